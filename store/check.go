package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
)

// Fault says what kind of trouble an error of the store is.
type Fault string

// The faults. Only a corrupt file cannot be waited out.
const (
	Corrupt  Fault = "corrupt"   // pages or indexes are damaged
	DiskFull Fault = "disk_full" // no space left
	DiskFail Fault = "disk_io"   // the disk answered with an error
	ReadOnly Fault = "read_only" // the file or its file system may not be written
	Busy     Fault = "busy"      // another program writes for longer than we wait
	Unknown  Fault = "unknown"
)

// FaultOf returns what kind of trouble err is.
func FaultOf(err error) Fault {
	var se sqlite3.Error
	var no syscall.Errno
	if !errors.As(err, &se) {
		_ = errors.As(err, &no)
		return faultOfSystem(no)
	}
	switch se.Code {
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return Corrupt
	case sqlite3.ErrFull:
		return DiskFull
	case sqlite3.ErrIoErr:
		return DiskFail
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm:
		return ReadOnly
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return Busy
	}
	return Unknown
}

// faultOfSystem is [FaultOf] for what is not written through SQLite.
func faultOfSystem(no syscall.Errno) Fault {
	switch no {
	case syscall.ENOSPC, syscall.EDQUOT:
		return DiskFull
	case syscall.EIO:
		return DiskFail
	case syscall.EROFS, syscall.EACCES, syscall.EPERM:
		return ReadOnly
	}
	return Unknown
}

// Engine returns the version of SQLite in this program, and an error when it is
// one that can corrupt a database in WAL mode: 3.7.0 to 3.51.2 and 3.52 can lose
// a checkpoint when the log is reset (https://sqlite.org/wal.html).
func Engine() (version string, err error) {
	version, number, _ := sqlite3.Version()
	return version, safeEngine(version, number)
}

func safeEngine(version string, number int) error {
	if number >= 3_053_000 || number >= 3_051_003 && number < 3_052_000 {
		return nil
	}
	return fmt.Errorf("SQLite %s can corrupt a database in WAL mode: build with the bundled SQLite, or with 3.51.3, 3.53.0 or newer", version)
}

// QuickCheck looks for damage in every page of the database at path, and with
// full in every index as well. A missing file is sound. The error is a [Corrupt]
// one when the file is damaged.
func QuickCheck(ctx context.Context, path string, full bool) error {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	}
	check := "PRAGMA quick_check(1)"
	if full {
		check = "PRAGMA integrity_check(1)"
	}
	pool := connect(dsn(path, "mode=ro&_query_only=true&_busy_timeout=5000&_cache_size=-2048"), 1)
	defer pool.Close()
	found, err := texts(pool.QueryContext(ctx, check))
	if err != nil {
		return fmt.Errorf("%s: %w", path, explain(err))
	}
	if !slices.Equal(found, []string{"ok"}) {
		return fmt.Errorf("%s: %v: %w", path, found, sqlite3.Error{Code: sqlite3.ErrCorrupt})
	}
	return nil
}

// Probe writes a row and waits until the disk has it.
func (db *DB) Probe(ctx context.Context, at time.Time) error {
	return db.Write(ctx, func(tx *Tx) error { return tx.set("probe", at.UTC().Format(time.RFC3339Nano)) })
}

// backupTime is how the names of backups end, after that of their database. Two
// databases of one folder must not replace each other, and names sort by time.
const backupTime = "-20060102-150405.db"

// backupBase is how the names of the backups of a database begin.
func backupBase(database string) string { return strings.TrimSuffix(filepath.Base(database), ".db") }

// NewBackupFile names the next backup in the folder beside the database, which
// it makes when it is missing.
func NewBackupFile(database string, at time.Time) (string, error) {
	dir := BackupDir(database)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return filepath.Join(dir, backupBase(database)+at.UTC().Format(backupTime)), nil
}

// BackupTime returns when a backup of that name was made.
func BackupTime(file string) time.Time {
	at, _ := time.Parse(backupTime, file[max(len(file)-len(backupTime), 0):]) // zero for other names
	return at
}

// Backups returns the backups of a database, oldest first.
func Backups(database string) ([]string, error) {
	dir := BackupDir(database)
	entries, err := os.ReadDir(dir) // sorted by name
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var files []string
	for _, e := range entries {
		if when, ours := strings.CutPrefix(e.Name(), backupBase(database)); ours && len(when) == len(backupTime) && !BackupTime(when).IsZero() {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, err
}

// PruneBackups removes the oldest backups of a database until keep are left.
func PruneBackups(database string, keep int) error {
	files, err := Backups(database)
	for _, file := range files[:max(len(files)-max(keep, 1), 0)] {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}

// Recovery is what was done about a damaged database.
type Recovery struct {
	Damage error  // what was found
	Aside  string // where the damaged file is now
	Backup string // what stands in its place
	Newest time.Time
}

// Recover puts the newest good backup in the place of a damaged database that
// nobody has open. The damaged one is moved aside, never deleted. Without a good
// backup nothing is changed.
func Recover(ctx context.Context, path string, damage error, at time.Time) (Recovery, error) {
	files, err := Backups(path)
	if err != nil {
		return Recovery{}, err
	}
	for _, file := range slices.Backward(files) {
		v, err := Verify(ctx, file)
		if err != nil || len(v.Problems) > 0 {
			continue
		}
		aside, err := Restore(file, path, at)
		return Recovery{Damage: damage, Aside: aside, Backup: file, Newest: v.Newest}, err
	}
	return Recovery{}, fmt.Errorf("%w; none of the %d backups in %s can replace it: move the file aside to start an empty one, or restore a copy with pantau restore",
		damage, len(files), BackupDir(path))
}

// Outbox is how much waits for a channel.
type Outbox struct {
	Channel string
	State   string // pending, sending, ambiguous or parked
	Count   int
	Oldest  time.Time // queued_at of the oldest of them
	Held    bool      // the quiet hours hold the channel's deliveries back
}

// Waits reports whether the deliveries of o should be with people by now.
func (o Outbox) Waits() bool { return o.State != "parked" && !o.Held }

const outboxes = `SELECT channel, state, count(*), min(queued_at),
	EXISTS (SELECT 1 FROM deliveries h WHERE h.channel = d.channel AND ` + undelivered + ` AND state = 'pending' AND error = ? AND not_before > ?)
	FROM (SELECT channel, state, queued_at FROM deliveries WHERE ` + undelivered + ` UNION ALL
	      SELECT channel, state, queued_at FROM deliveries WHERE state = 'parked') d GROUP BY 1, 2 ORDER BY 1, 2`

// Outboxes returns what is not with people yet, by channel and state. Held is the
// reason with which the quiet hours postpone.
func (db *DB) Outboxes(ctx context.Context, held string, at time.Time) (list []Outbox, err error) {
	rows, err := db.read.QueryContext(ctx, outboxes, held, at.Unix())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o Outbox
		var oldest int64
		if err := rows.Scan(&o.Channel, &o.State, &o.Count, &oldest, &o.Held); err != nil {
			return nil, err
		}
		o.Oldest = time.Unix(oldest, 0).UTC()
		list = append(list, o)
	}
	return list, rows.Err()
}

// Quiet returns how long it usually takes until some source brings something
// new: the gap that 19 of 20 gaps since a time do not exceed, and the time of the
// newest item. ok is false when there are too few gaps to say.
func (db *DB) Quiet(ctx context.Context, since time.Time) (usual time.Duration, newest time.Time, ok bool, err error) {
	// By source, because there the index finds the newest of two years of runs.
	times, err := ints(db.read.QueryContext(ctx, `SELECT DISTINCT finished_at FROM runs
		WHERE source_id IN (SELECT id FROM sources) AND finished_at >= ? AND added > 0 ORDER BY 1`, since.Unix()))
	if err != nil || len(times) == 0 {
		return 0, time.Time{}, false, err
	}
	newest = time.Unix(times[len(times)-1], 0).UTC()
	gaps := make([]int64, len(times)-1)
	for i := range gaps {
		gaps[i] = times[i+1] - times[i]
	}
	if len(gaps) < 20 {
		return 0, newest, false, nil
	}
	slices.Sort(gaps)
	return time.Duration(gaps[len(gaps)*19/20]) * time.Second, newest, true, nil
}

// Planted returns when the newest delivery whose key begins with prefix arrived,
// and when the oldest that has not arrived was queued.
func (db *DB) Planted(ctx context.Context, prefix string) (arrived, waiting time.Time, err error) {
	var last, first sql.NullInt64
	err = db.read.QueryRowContext(ctx, `SELECT max(sent_at), min(iif(state IN ('sent', 'listed'), NULL, queued_at))
		FROM deliveries WHERE key >= ?1 AND key < ?1 || char(0x10ffff)`, prefix).Scan(&last, &first)
	return when(last), when(first), err
}

// Rest gives back the memory that work left behind in the connections: pages of
// the writer's cache, and readers that nobody uses.
func (db *DB) Rest(ctx context.Context) error {
	db.read.SetMaxIdleConns(0)
	db.read.SetMaxIdleConns(readers)
	_, err := db.write.ExecContext(ctx, "PRAGMA shrink_memory")
	trim()
	return err
}
