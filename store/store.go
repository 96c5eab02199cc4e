// Package store keeps everything in one SQLite file: mentions with their
// scores, hourly buckets, coverage, incidents and the outbox of alerts. All SQL
// of the program lives here.
//
// There is one writer connection and a pool of read-only ones. [DB.Write] runs a
// function in one transaction: what belongs together commits together. Times go
// in and come out as [time.Time]; inside they are unix seconds.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"

	"pantau/brand"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open store. It is safe for concurrent use.
type DB struct {
	path  string
	zone  *time.Location
	write *sql.DB // one connection
	read  *sql.DB
	ask   *sql.DB // reads, too, and refuses what else a statement of an analyst may do

	entries *entries
	walCap  int64 // see [WALCap]
}

// readers is how many connections read at the same time.
const readers = 4

// Open opens the file at path, creates it when it is missing and brings its
// schema up to date, after a backup. The zone decides on which local day an
// hour falls. A file of a newer program is refused.
func Open(ctx context.Context, path string, zone *time.Location) (*DB, error) {
	if err := Writable(path); err != nil {
		return nil, err
	}
	share()
	if err := create(ctx, path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, explain(err))
	}
	db := &DB{path: path, zone: zone, write: connect(writerDSN(path), 1), entries: newEntries(), walCap: WALCap}
	db.connectReaders(readerDSN(path), readers)
	if err := db.prepare(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%s: %w", path, explain(err))
	}
	return db, nil
}

// OpenExisting is [Open] for a file that must be there already.
func OpenExisting(ctx context.Context, path string, zone *time.Location) (*DB, error) {
	if err := exists(path); err != nil {
		return nil, err
	}
	return Open(ctx, path, zone)
}

func exists(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such database: let pantau once or pantau run write it first", path)
	}
	if err == nil && info.IsDir() {
		return fmt.Errorf("%s: a directory: name the database in it, such as pantau.db", path)
	}
	if err == nil && info.Size() == 0 { // SQLite takes it for a new database
		return fmt.Errorf("%s: %w", path, errNoDatabase)
	}
	return nil
}

var errNoDatabase = errors.New("no database of Pantau: name the one of config.toml, or let pantau once or pantau run write it first")

// OpenReadOnly opens an existing file for queries only.
func OpenReadOnly(ctx context.Context, path string, zone *time.Location) (*DB, error) {
	if err := exists(path); err != nil {
		return nil, err
	}
	db := &DB{path: path, zone: zone}
	db.connectReaders(readerDSN(path), 2)
	err := current(ctx, db.read)
	if unwritable(err) && db.walSize() == 0 {
		// A copy where this user may not make the -wal and -shm files that SQLite
		// wants. Nobody writes to it: the files of a writer stay beside the database.
		_ = db.Close()
		db.connectReaders(readerDSN(path)+"&immutable=true", 2)
		err = current(ctx, db.read)
	}
	if err != nil {
		_ = db.Close()
		if unwritable(err) {
			return nil, fmt.Errorf("%s: %w: give this user the right to read it and the -wal and -shm files beside it, or the copy for analysts", path, err)
		}
		return nil, fmt.Errorf("%s: %w", path, explain(err))
	}
	return db, nil
}

// unwritable reports whether a file cannot be read because of what this user may
// not do.
func unwritable(err error) bool {
	var se sqlite3.Error
	return errors.As(err, &se) && (se.Code == sqlite3.ErrReadonly || se.Code == sqlite3.ErrCantOpen)
}

// Zone returns the name of the zone of the days in a file, "" where nobody has set
// one or the file cannot be read.
func Zone(ctx context.Context, path string) (name string) {
	if exists(path) != nil {
		return ""
	}
	pool := connect(readerDSN(path), 1)
	defer pool.Close()
	if pool.QueryRowContext(ctx, `SELECT value FROM settings WHERE key = 'zone'`).Scan(&name) != nil {
		return "" // to open it says what is wrong
	}
	return name
}

// current refuses a file of another schema.
func current(ctx context.Context, pool *sql.DB) error {
	latest, err := latestMigration()
	if err != nil {
		return err
	}
	have, err := schemaVersion(ctx, pool)
	switch {
	case err != nil:
	case have == 0:
		err = errNoDatabase
	case have > latest:
		err = newer(have, latest)
	case have < latest:
		err = fmt.Errorf("written by an older version (schema %d, this program reads %d): let pantau once or pantau run bring it up to date", have, latest)
	}
	return err
}

func newer(have, latest int64) error {
	return fmt.Errorf("written by a newer version (schema %d, this program knows %d): install the newer program, or restore the backup from before its migration", have, latest)
}

// closeWait is how long [DB.Close] waits for a transaction that does not end.
const closeWait = 10 * time.Second

// Close waits for the running transaction and closes the file.
func (db *DB) Close() error {
	if db.write != nil { // its one connection is free when the transaction has ended
		ctx, cancel := context.WithTimeout(context.Background(), closeWait)
		defer cancel()
		if conn, err := db.write.Conn(ctx); err == nil {
			_ = conn.Close()
		}
	}
	err := errors.Join(db.read.Close(), db.ask.Close())
	if db.write != nil {
		err = errors.Join(err, db.write.Close())
	}
	return err
}

// Path returns the file name.
func (db *DB) Path() string { return db.path }

// Writable says what to do when the directory of a database cannot be written,
// where SQLite only says that it cannot open a file.
func Writable(path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("%s: the directory of the database does not exist: create it, or set database in config.toml", dir)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: not a directory: set database in config.toml", dir)
	}
	probe, err := os.CreateTemp(dir, ".pantau-probe-*")
	if err != nil {
		return fmt.Errorf("%s: cannot write here (%w): make it writable for this user, or set database in config.toml", dir, errors.Unwrap(err))
	}
	_ = probe.Close()
	return os.Remove(probe.Name())
}

// create begins a new file with pages of 8 KiB: half as much stays empty at the end of
// each as of 4 KiB. A file keeps the size that it was created with, and the first
// pragma of a DSN already writes.
func create(ctx context.Context, path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return nil
	}
	pool := connect(dsn(path, ""), 1)
	defer pool.Close()
	_, err := pool.ExecContext(ctx, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL")
	return err
}

// Pragmas belong in the DSN: a PRAGMA that is run as a statement reaches one
// pooled connection only. FULL, because NORMAL loses committed rows when the
// power goes; batches make it cheap. Thirty seconds, because pantau erase rewrites
// the file while a daemon waits. Immediate, because a read that turns into
// a write in a deferred transaction fails at once when somebody else writes. No
// mutex, because database/sql gives a connection to one goroutine at a time.
func writerDSN(path string) string {
	return dsn(path, "_journal_mode=WAL&_synchronous=FULL&_busy_timeout=30000&_foreign_keys=on&_txlock=immediate&_secure_delete=fast&_mutex=no&_stmt_cache_size=64&_cache_size=-32768")
}

func readerDSN(path string) string {
	return dsn(path, "mode=ro&_query_only=true&_busy_timeout=5000&_mutex=no&_stmt_cache_size=64&_cache_size=-2048")
}

func dsn(path, options string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options
}

// connector opens connections without registering a driver under a global name.
type connector struct {
	dsn   string
	setUp func(*sqlite3.SQLiteConn) error
}

func (c connector) Connect(context.Context) (driver.Conn, error) {
	return (&sqlite3.SQLiteDriver{ConnectHook: c.setUp}).Open(c.dsn)
}

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// connectionPragmas are those that a DSN cannot carry. The WAL is copied back
// into the file at 48 MiB, 6144 pages of a new file, and cut to 64 MiB afterwards; a larger one would save
// little. Temporary data stays in memory: the journals of statements that insert
// many rows would otherwise be nine tenths of all that is written.
const connectionPragmas = `PRAGMA wal_autocheckpoint = 6144; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY`

// setUp gives a connection the functions that the schema uses. The -wal and -shm
// files stay when the last connection closes: without them a user who may only
// read the file and its directory cannot open it.
func setUp(c *sqlite3.SQLiteConn) error {
	if err := c.RegisterFunc("search_words", searchWords, true); err != nil {
		return err
	}
	if err := c.RegisterFunc("mention_key", mentionKey, true); err != nil {
		return err
	}
	if err := c.RegisterFunc("content_hash", storedContent, true); err != nil {
		return err
	}
	if err := c.RegisterFunc("add_causes", addCauses, true); err != nil {
		return err
	}
	if err := c.RegisterAggregator("sum_causes", newCauseSum, true); err != nil {
		return err
	}
	if err := c.RegisterFunc("shorter_hits", shorterHits, true); err != nil { // of a migration
		return err
	}
	if err := c.RegisterAggregator("key_list", newKeyListOf, true); err != nil { // of a migration
		return err
	}
	if err := c.SetFileControlInt("main", sqlite3.SQLITE_FCNTL_PERSIST_WAL, 1); err != nil {
		return err
	}
	_, err := c.Exec(connectionPragmas, nil)
	return err
}

func connect(dsn string, most int) *sql.DB { return connector{dsn, setUp}.pool(most) }

func (db *DB) connectReaders(dsn string, most int) {
	db.read, db.ask = connect(dsn, most), connector{dsn, setUpGuarded}.pool(most)
}

func (c connector) pool(most int) *sql.DB {
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	return pool
}

func (db *DB) prepare(ctx context.Context) error {
	latest, err := latestMigration()
	if err != nil {
		return err
	}
	have, err := schemaVersion(ctx, db.write)
	switch {
	case err != nil:
		return err
	case have > latest:
		return newer(have, latest)
	case have == 0 && db.foreign(ctx):
		return errors.New("a database of another program: name another file, or set database in config.toml")
	case have < latest:
		if err := db.migrate(ctx, have, latest); err != nil {
			return err
		}
	}
	if err := db.Write(ctx, func(tx *Tx) error {
		if err := tx.checkIndex(); err != nil {
			return err
		}
		return tx.fillWords(db.zone)
	}); err != nil {
		return err
	}
	return db.buryAgain(ctx)
}

// foreign reports whether a file has tables and no note of a migration, which is the
// first that Pantau writes.
func (db *DB) foreign(ctx context.Context) (foreign bool) {
	err := db.write.QueryRowContext(ctx, `SELECT count(*) > 0 AND sum(name = 'goose_db_version') = 0 FROM sqlite_schema WHERE type = 'table'`).Scan(&foreign)
	return err == nil && foreign
}

func (db *DB) migrate(ctx context.Context, have, latest int64) error {
	backup := fmt.Sprintf("%s.before-schema-%d", db.path, latest)
	interrupted, err := db.interrupted(ctx, have)
	if err != nil {
		return err
	}
	if have > 0 && !interrupted { // otherwise the backup is there, and this is no longer the file of before
		if err := db.Backup(ctx, backup); err != nil {
			return fmt.Errorf("back up before the migration: %w", err)
		}
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.write, files)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		if have > 0 {
			return fmt.Errorf("%w: start again to go on, or pantau restore %s", err, backup)
		}
		return err
	}
	if err := db.giveBack(ctx); err != nil {
		return fmt.Errorf("%w: start again to go on, or pantau restore %s", err, backup)
	}
	_, err = db.write.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", latest))
	return err
}

// giveBack rewrites a file of which a migration has left a quarter empty: it is
// large, and what was deleted there can still be read by whoever has the disk.
func (db *DB) giveBack(ctx context.Context) error {
	var pages, free int64
	if err := db.write.QueryRowContext(ctx, `SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count`).Scan(&pages, &free); err != nil {
		return err
	}
	if 4*free < pages {
		return nil
	}
	if err := rewrite(ctx, db.write); err != nil {
		return err
	}
	_, err := db.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)") // beside a reader the -wal stays large until it ends
	return err
}

// interrupted reports whether an earlier migration of this file did not get to its
// end: the version of the file is the last that changes.
//
// A step is one transaction with the note that it is done, but for those that have to
// turn foreign keys off: between the two a process may die. What such a step leaves
// behind tells that it is done, and the note is added here. The first start of all
// takes the same steps.
func (db *DB) interrupted(ctx context.Context, have int64) (bool, error) {
	var begun bool
	if err := db.write.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&begun); err != nil || !begun {
		return false, err
	}
	for step, table := range map[int64]string{3: "days", 6: "entries", 8: "key_lists", 9: "versions"} {
		if _, err := db.write.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied)
			SELECT ?1, 1 WHERE EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?2) AND NOT EXISTS (SELECT 1 FROM goose_db_version WHERE version_id = ?1)`, step, table); err != nil {
			return false, err
		}
	}
	var done int64
	err := db.write.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&done)
	return done > have, err
}

func latestMigration() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	number, _, _ := strings.Cut(filepath.Base(names[len(names)-1]), "_") // in the order of names
	return strconv.ParseInt(number, 10, 64)
}

func schemaVersion(ctx context.Context, pool *sql.DB) (version int64, err error) {
	err = pool.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}

// explained is an error that says already what to do.
type explained struct{ error }

func (e explained) Unwrap() error { return e.error }

// explain adds what to do to the errors of SQLite that an operator meets, once.
func explain(err error) error {
	var se sqlite3.Error
	var once explained
	if !errors.As(err, &se) || errors.As(err, &once) {
		return err
	}
	hint := map[sqlite3.ErrNo]string{
		sqlite3.ErrNotADB:   "move the file aside, or set database in config.toml",
		sqlite3.ErrBusy:     "another program is writing to it; stop that one first",
		sqlite3.ErrLocked:   "another program is writing to it; stop that one first",
		sqlite3.ErrCorrupt:  "keep the file aside and restore the newest backup",
		sqlite3.ErrFull:     "free space on the disk; nothing committed is lost",
		sqlite3.ErrReadonly: "give this user the right to write the file and its directory",
		sqlite3.ErrCantOpen: "give this user the right to write the file and its directory",
	}[se.Code]
	if hint == "" {
		return err
	}
	return explained{fmt.Errorf("%w: %s", err, hint)}
}

// Tx is one transaction of the writer, or one that only reads. Its methods live
// beside the tables that they write.
type Tx struct {
	ctx  context.Context
	tx   *sql.Tx
	conn *sql.Conn // on which tx runs; nil when it only reads
	zone *time.Location

	entries    *entries
	registered map[entry]int64 // entries that this transaction brought
	versions   map[string]int64
}

// Write runs f in one transaction, which commits when f returns nil.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = sqlTx.Rollback() }() // unless it is committed, also when f panics: the connection is the only one
	tx := &Tx{ctx: ctx, tx: sqlTx, conn: conn, zone: db.zone, entries: db.entries}
	if err := f(tx); err != nil {
		return explain(err)
	}
	if err := sqlTx.Commit(); err != nil {
		return explain(err)
	}
	if tx.registered != nil {
		db.entries.add(tx.registered)
	}
	return nil
}

// Read runs f in one transaction that only reads, beside the writer: all its questions
// see the same state.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	sqlTx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(err)
	}
	defer func() { _ = sqlTx.Rollback() }()
	return explain(f(&Tx{ctx: ctx, tx: sqlTx, zone: db.zone, entries: db.entries}))
}

// exec runs a statement that returns no rows. It goes the way of a query, on
// which the driver hands over all arguments in one call into C; on the other way
// each one is a call, which for many rows costs more than the statement.
func (tx *Tx) exec(query string, args ...any) error {
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return err
	}
	return errors.Join(rows.Err(), rows.Close())
}

// fillWords keeps the table of causes in step with the program, and the days of
// the buckets in step with the configured zone.
func (tx *Tx) fillWords(zone *time.Location) error {
	for _, c := range append(brand.Causes(), brand.Unexplained) {
		if err := tx.exec(`INSERT INTO causes (id, cause, name_id, name_en) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET cause = excluded.cause, name_id = excluded.name_id, name_en = excluded.name_en`,
			c, c.String(), c.Name("id"), c.Name("en")); err != nil {
			return err
		}
	}
	if before, err := tx.setting("zone"); err != nil || before == zone.String() {
		return err
	}
	if err := tx.moveDays(zone); err != nil {
		return err
	}
	return tx.set("zone", zone.String())
}

// setting returns what set remembered, "" for nothing.
func (tx *Tx) setting(key string) (value string, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT value FROM settings WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, err
}

// set remembers a setting.
func (tx *Tx) set(key, value string) error {
	return tx.exec(`INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
}

// scanAll returns what a query gave, a T for each row. into says where the columns go.
func scanAll[T any](rows *sql.Rows, err error, into func(*T) []any) (list []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var row, empty T
	columns := into(&row)
	for rows.Next() {
		row = empty
		if err := rows.Scan(columns...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

func ints(rows *sql.Rows, err error) ([]int64, error) {
	return scanAll(rows, err, func(n *int64) []any { return []any{n} })
}

func texts(rows *sql.Rows, err error) ([]string, error) {
	return scanAll(rows, err, func(s *string) []any { return []any{s} })
}

// hourOf returns the bucket of a time.
func hourOf(t time.Time) int64 {
	s := t.Unix()
	if s < 0 {
		s -= 3599 // round down before 1970 as well
	}
	return s / 3600
}

func unix(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
