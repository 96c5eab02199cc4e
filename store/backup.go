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
	"time"
)

// Backup writes a compact, consistent copy to path, which it replaces when it is
// there. Nobody ever sees half a copy, and nobody has to wait for it.
func (db *DB) Backup(ctx context.Context, path string) error {
	return db.copyTo(ctx, path, 0o600)
}

// Publish writes the copy that analysts are given: like a backup, but readable
// by the group, in one file without -wal and -shm, which any tool can open.
func (db *DB) Publish(ctx context.Context, path string) error {
	return db.copyTo(ctx, path, 0o640)
}

// SnapshotPath is where the copy for analysts of a database stands.
func SnapshotPath(database string) string {
	return strings.TrimSuffix(database, ".db") + "-analyst.db"
}

// BackupDir is where the backups of a database stand.
func BackupDir(database string) string { return filepath.Join(filepath.Dir(database), "backups") }

func (db *DB) copyTo(ctx context.Context, path string, mode fs.FileMode) error {
	part := path + ".part"
	if err := remove(part); err != nil {
		return err
	}
	defer os.Remove(part) // when something went wrong; otherwise it is gone
	// VACUUM INTO only reads, and must not wait for the writer.
	pool := connect(dsn(db.path, "mode=ro&_busy_timeout=5000"), 1)
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return fmt.Errorf("copy to %s: %w", path, explain(err))
	}
	if err := os.Chmod(part, mode); err != nil {
		return err
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Verified is what a check of a database file found.
type Verified struct {
	File     string    `json:"file"`
	Schema   int64     `json:"schema"`
	Mentions int64     `json:"mentions"`
	Newest   time.Time `json:"newest,omitzero"` // collected_at of the newest mention
	Problems []string  `json:"problems"`
}

// Verify checks a backup from end to end: every page and index, the references
// between tables, the schema, that the days add up from the hours, and that every
// mention has its dedup key.
func Verify(ctx context.Context, path string) (v Verified, err error) {
	v = Verified{File: path, Problems: []string{}}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return v, fmt.Errorf("%s: no such file: check the path", path)
	case err != nil:
		return v, err
	case info.IsDir():
		return v, fmt.Errorf("%s: a directory: name a backup in it", path)
	}
	pool := connect(dsn(path, "mode=ro&_query_only=true&_busy_timeout=5000"), 1)
	defer pool.Close()
	if v.Schema, err = schemaVersion(ctx, pool); err != nil {
		return v, fmt.Errorf("%s: %w", path, err) // what explain advises is for the database in use
	}
	latest, err := latestMigration()
	if err != nil {
		return v, err
	}
	if v.Schema > latest || v.Schema == 0 {
		v.Problems = append(v.Problems, fmt.Sprintf("schema %d, this program knows 1 to %d", v.Schema, latest))
		return v, nil
	}
	if v.Problems, err = problems(ctx, pool, v.Schema == latest); err != nil {
		v.Problems = append(v.Problems, explain(err).Error())
		return v, nil
	}
	var newest sql.NullInt64
	err = pool.QueryRowContext(ctx, `SELECT count(*), max(collected_at) FROM mentions`).Scan(&v.Mentions, &newest)
	v.Newest = when(newest)
	return v, err
}

// problems lists what is wrong with a database, whose schema may be an older one. An
// error is a problem, too, and the last that can be found.
func problems(ctx context.Context, pool *sql.DB, current bool) (list []string, _ error) {
	list = []string{}
	checks := []string{`PRAGMA integrity_check`, `SELECT 'a row of ' || "table" || ' refers to nothing' FROM pragma_foreign_key_check`}
	if current {
		checks = append(checks, `SELECT 'the days do not add up from the hours' WHERE
			(SELECT coalesce(sum(mentions), 0) + coalesce(sum(negatives), 0) FROM days) <> (SELECT coalesce(sum(mentions), 0) + coalesce(sum(negatives), 0) FROM hours)`,
			`SELECT 'there are counts of an unknown source' WHERE EXISTS
			(SELECT 1 FROM days d LEFT JOIN sources s ON s.id = d.source_id AND s.brand_id = d.brand_id WHERE s.id IS NULL)`)
	}
	for _, query := range checks {
		found, err := texts(pool.QueryContext(ctx, query))
		if err != nil {
			return list, err
		}
		list = append(list, slices.DeleteFunc(found, func(f string) bool { return f == "ok" })...)
	}
	if !current {
		return list, nil
	}
	problem, err := keysProblem(ctx, pool)
	if problem != "" {
		list = append(list, problem)
	}
	return list, err
}

// Restore puts a backup in the place of a database that nobody has open. What
// was there is moved aside, never deleted; aside is its new name, "" when there
// was nothing. A process that dies meanwhile leaves all of it to [FinishRestore].
func Restore(backup, path string, at time.Time) (aside string, err error) {
	if err := FinishRestore(path); err != nil {
		return "", err
	}
	part := path + ".part"
	if err := copyFile(backup, part); err != nil {
		return "", errors.Join(err, remove(part))
	}
	if err := os.Rename(part, restoring(path)); err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err == nil {
		aside = path + replaced + at.UTC().Format("20060102-150405")
		if err := os.Rename(path, aside); err != nil {
			return "", err
		}
	}
	return aside, place(path, aside)
}

// replaced is what a file that was moved aside is called after its own name.
const replaced = ".replaced-"

// restoring is a whole copy of a backup that is about to take the place of path.
func restoring(path string) string { return path + ".restoring" }

// FinishRestore ends what a process did not that was killed in [Restore], for one that
// has the lock of the database: otherwise the next start would find no file there and
// make an empty one. Before the old file was moved nothing has happened, and nothing will.
func FinishRestore(path string) error {
	if _, err := os.Stat(restoring(path)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(path); err == nil {
		return remove(restoring(path))
	}
	aside := ""
	if found, _ := filepath.Glob(path + replaced + "????????-??????"); len(found) > 0 { // the pattern is well formed
		aside = found[len(found)-1] // sorted by time
	}
	return place(path, aside)
}

// place moves what is left of the old file aside and the copy to its place. The -wal
// belongs to the old file: with the new one it would be garbage.
func place(path, aside string) error {
	for _, suffix := range []string{"-wal", "-shm"} {
		_, err := os.Stat(aside + suffix)
		if aside != "" && errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(path+suffix, aside+suffix)
		} else { // of a file that is gone
			err = os.Remove(path + suffix)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(restoring(path), path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := out.ReadFrom(in); err != nil {
		return errors.Join(err, out.Close())
	}
	return errors.Join(out.Sync(), out.Close())
}
