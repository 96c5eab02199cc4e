package store

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"pantau/brand"
)

func TestFaultOf(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want Fault
	}{
		{"no space, says SQLite", sqlite3.Error{Code: sqlite3.ErrFull}, DiskFull},
		{"no space, says the system", &fs.PathError{Op: "write", Err: syscall.ENOSPC}, DiskFull},
		{"over the quota", syscall.EDQUOT, DiskFull},
		{"a disk that fails", sqlite3.Error{Code: sqlite3.ErrIoErr}, DiskFail},
		{"a disk that fails, says the system", syscall.EIO, DiskFail},
		{"mounted read-only", syscall.EROFS, ReadOnly},
		{"another writer", sqlite3.Error{Code: sqlite3.ErrBusy}, Busy},
		{"damage", sqlite3.Error{Code: sqlite3.ErrCorrupt}, Corrupt},
		{"another kind of file", sqlite3.Error{Code: sqlite3.ErrNotADB}, Corrupt},
		{"a mistake of ours", sqlite3.Error{Code: sqlite3.ErrConstraint}, Unknown},
		{"something else", context.Canceled, Unknown},
		{"nothing", nil, Unknown},
	}
	for _, tt := range tests {
		if got := FaultOf(tt.err); got != tt.want {
			t.Errorf("%s: FaultOf(%v) = %s, want %s", tt.name, tt.err, got, tt.want)
		}
		if got := FaultOf(fmt.Errorf("source toko: %w", tt.err)); tt.err != nil && got != tt.want {
			t.Errorf("%s, wrapped: FaultOf = %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestEngine refuses the versions that can lose a checkpoint.
func TestEngine(t *testing.T) {
	for number, safe := range map[int]bool{3_040_001: false, 3_051_002: false, 3_051_003: true, 3_052_000: false, 3_053_000: true, 3_054_001: true} {
		if err := safeEngine(fmt.Sprint(number), number); (err == nil) != safe {
			t.Errorf("SQLite %d: %v, want safe = %v", number, err, safe)
		}
	}
	if version, err := Engine(); err != nil {
		t.Errorf("the bundled SQLite %s is refused: %v", version, err)
	}
}

// TestQuickCheck finds damage, and none where there is none.
func TestQuickCheck(t *testing.T) {
	db := openWithEverything(t)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	for _, full := range []bool{false, true} {
		if err := QuickCheck(t.Context(), path, full); err != nil {
			t.Errorf("a sound file, full = %v: %v", full, err)
		}
	}
	if err := QuickCheck(t.Context(), path+".missing", true); err != nil {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.Truncate(path, 40<<10); err != nil {
		t.Fatal(err)
	}
	if err := QuickCheck(t.Context(), path, true); FaultOf(err) != Corrupt {
		t.Errorf("a truncated file: %v, want it corrupt", err)
	}
}

// TestOutboxes: what the quiet hours hold does not wait for people.
func TestOutboxes(t *testing.T) {
	db, ctx := open(t), t.Context()
	err := db.Write(ctx, func(tx *Tx) error {
		for _, channel := range []string{"held", "late"} {
			if err := tx.QueueReport(brand.Alert{Change: brand.Daily}, "daily", []string{channel}, noon.Add(-time.Hour)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d, _, _, err := db.Next(ctx, "held")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Postpone(ctx, d.ID, noon.Add(time.Hour), false, "quiet hours"); err != nil {
		t.Fatal(err)
	}
	list, err := db.Outboxes(ctx, "quiet hours", noon)
	if err != nil || len(list) != 2 {
		t.Fatalf("Outboxes = %+v, %v", list, err)
	}
	for _, o := range list {
		if o.Waits() != (o.Channel == "late") || o.Count != 1 || !o.Oldest.Equal(noon.Add(-time.Hour)) {
			t.Errorf("%+v: waits = %v", o, o.Waits())
		}
	}
}

// TestQuiet measures how long it usually takes until something new comes.
func TestQuiet(t *testing.T) {
	db, ctx := open(t), t.Context()
	runs := func(from, to int) (usual time.Duration, newest time.Time, ok bool) {
		for n := from; n < to; n++ {
			err := db.Write(ctx, func(tx *Tx) error {
				o, err := tx.Origin("A", false, "s", "sample", "test")
				if err != nil {
					return err
				}
				at := noon.Add(time.Duration(n) * 10 * time.Minute)
				return tx.FinishRun(o, Run{StartedAt: at, FinishedAt: at, Added: 1 - n%2, Status: "fresh"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		usual, newest, ok, err := db.Quiet(ctx, noon.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return usual, newest, ok
	}
	if _, newest, ok := runs(0, 30); ok || !newest.Equal(noon.Add(280*time.Minute)) {
		t.Errorf("after 30 runs: newest %s, %v; want too few gaps to say", newest, ok)
	}
	if usual, newest, ok := runs(30, 60); !ok || usual != 20*time.Minute || !newest.Equal(noon.Add(580*time.Minute)) {
		t.Errorf("after 60 runs: %s, newest %s, %v; want 20 min between two new items", usual, newest, ok)
	}
}

// TestBackupsOfTwoDatabasesInOneFolder: each has its own, whatever the other is called.
func TestBackupsOfTwoDatabasesInOneFolder(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 11, 21, 2, 23, 0, 0, time.UTC)
	databases := []string{filepath.Join(dir, "toko.db"), filepath.Join(dir, "toko-2.db"), filepath.Join(dir, "pantau")}
	want := map[string][]string{}
	for n, database := range databases {
		for day := range 3 {
			file, err := NewBackupFile(database, at.AddDate(0, 0, day).Add(time.Duration(n)*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			want[database] = append(want[database], file)
			if got := BackupTime(file); !got.Equal(at.AddDate(0, 0, day).Add(time.Duration(n) * time.Second)) {
				t.Errorf("%s was made at %s", file, got)
			}
		}
	}
	if err := PruneBackups(databases[0], 1); err != nil {
		t.Fatal(err)
	}
	want[databases[0]] = want[databases[0]][2:]
	for _, database := range databases {
		if got, err := Backups(database); err != nil || !slices.Equal(got, want[database]) {
			t.Errorf("backups of %s: %q, %v; want %q", filepath.Base(database), got, err, want[database])
		}
	}
	if !BackupTime("x.db").IsZero() {
		t.Error("x.db has a time")
	}
}
