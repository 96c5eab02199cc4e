package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"pantau/brand"
)

func addOne(db *DB, id string) error {
	return db.Write(context.Background(), func(tx *Tx) error {
		o, err := tx.Origin("A", false, "s", "sample", "test")
		if err != nil {
			return err
		}
		_, err = tx.Add(o, []Item{item(id, strings.Repeat("panjang sekali ", 200), noon, brand.Negative)})
		return err
	})
}

func TestFaultsAreExplained(t *testing.T) {
	tests := []struct {
		name  string
		fault func(t *testing.T, db *DB)
		want  string
	}{
		{"another program writes", func(t *testing.T, db *DB) {
			other := connect(writerDSN(db.path), 1)
			t.Cleanup(func() { _ = other.Close() })
			tx, err := other.Begin()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = tx.Rollback() })
			if _, err := db.write.Exec(`PRAGMA busy_timeout = 20`); err != nil {
				t.Fatal(err)
			}
		}, "another program is writing"},
		{"the disk is full", func(t *testing.T, db *DB) {
			var pages int
			if err := db.write.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
				t.Fatal(err)
			}
			if err := db.write.QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+2)).Scan(&pages); err != nil {
				t.Fatal(err)
			}
		}, "free space on the disk; nothing committed is lost"},
		{"the file may not be written", func(t *testing.T, db *DB) {
			if _, err := db.write.Exec(`PRAGMA query_only = 1`); err != nil {
				t.Fatal(err)
			}
		}, "right to write"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := open(t)
			if err := addOne(db, "before"); err != nil {
				t.Fatal(err)
			}
			tt.fault(t, db)
			var err error
			for n := 0; n < 50 && err == nil; n++ {
				err = addOne(db, fmt.Sprint(n))
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("a write = %v, want %q", err, tt.want)
			}
			if got := rows(t, db, `SELECT count(*) > 0 FROM mentions WHERE external_id = 'before'`) + rows(t, db, `PRAGMA integrity_check`); got != "1\nok\n" {
				t.Errorf("after the fault: %s", got)
			}
		})
	}
}

// TestADamagedFileIsNamed damages files in ways that a disk or a person may. Whoever
// uses one is told to restore, and nothing is written into it unseen.
func TestADamagedFileIsNamed(t *testing.T) {
	const page = 8192
	for name, damage := range map[string]func(data []byte) []byte{
		"truncated":         func(data []byte) []byte { return data[:len(data)/3] },
		"cut within a page": func(data []byte) []byte { return data[:len(data)-page-17] },
		"pages of noise": func(data []byte) []byte {
			for i := 30 * page; i < len(data)-page; i++ {
				data[i] = byte(i * 7)
			}
			return data
		},
		"pages of zeros": func(data []byte) []byte { clear(data[30*page : len(data)-page]); return data },
	} {
		t.Run(name, func(t *testing.T) {
			db, ctx := openWithEverything(t), context.Background()
			path := filepath.Join(t.TempDir(), "pantau.db")
			if err := db.Backup(ctx, path); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
			use := func() error {
				damaged, err := Open(ctx, path, wib)
				if err != nil {
					return err
				}
				defer damaged.Close()
				if err := damaged.Query(ctx, `SELECT id, text, hits FROM v_mentions`, func([]string) error { return nil }, func([]any) error { return nil }); err != nil {
					return err
				}
				_, err = damaged.Rescore(ctx, byLength{}, func(Rescored) {})
				return err
			}
			if err := use(); err == nil || !strings.Contains(err.Error(), "restore the newest backup") {
				t.Errorf("using the file = %v, want to be told to restore", err)
			}
			if v, err := Verify(ctx, path); err == nil && len(v.Problems) == 0 {
				t.Errorf("Verify = %+v: it found nothing", v)
			}
		})
	}
}

// TestKilledWriter is not a test when it runs on its own: it is the process that
// the next one kills.
func TestKilledWriter(t *testing.T) {
	path := os.Getenv("PANTAU_KILLED_WRITER")
	if path == "" {
		t.Skip("runs as a child of TestNothingCommittedIsLost")
	}
	db, err := Open(context.Background(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		if err := addOne(db, fmt.Sprintf("%d-%d", os.Getpid(), n)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("committed") // after the commit: what is printed must be there
	}
}

func TestNothingCommittedIsLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pantau.db")
	committed := 0
	for range 5 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWriter$")
		cmd.Env = append(os.Environ(), "PANTAU_KILLED_WRITER="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			if lines.Text() != "committed" {
				continue
			}
			committed++
			if n++; n == 20 {
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait()
	}
	db, err := Open(context.Background(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	stored, _ := strconv.Atoi(strings.TrimSpace(rows(t, db, `SELECT count(*) FROM mentions`)))
	if committed < 100 || stored < committed || rows(t, db, `PRAGMA integrity_check`) != "ok\n" {
		t.Errorf("%d mentions were committed before the kills, %d are there, integrity %s", committed, stored, rows(t, db, `PRAGMA integrity_check`))
	}
	bucketsEqualRawRows(t, db)
}

// TestAReaderIsNamed lets another process hold the file while the -wal grows.
func TestAReaderIsNamed(t *testing.T) {
	db := open(t)
	file, err := os.Open(db.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sleeper := exec.Command("sleep", "60")
	sleeper.ExtraFiles = []*os.File{file}
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sleeper.Process.Kill(); _ = sleeper.Wait() }()
	if s, err := db.WAL(context.Background()); err != nil || s.TooLarge() {
		t.Errorf("WAL = %v, %v; want a small one", s, err)
	}
	if err := os.Truncate(db.path+"-wal", WALUsual+1<<20); err != nil {
		t.Fatal(err)
	}
	s, err := db.WAL(context.Background())
	if err != nil || !s.TooLarge() || !strings.Contains(s.String(), fmt.Sprintf("sleep (%d)", sleeper.Process.Pid)) {
		t.Errorf("WAL = %v, %v; want the sleeper named", s, err)
	}
}

// TestTheWALShrinks holds a reader's transaction, and ends it.
func TestTheWALShrinks(t *testing.T) {
	db, ctx := open(t), context.Background()
	if _, err := db.write.Exec(`PRAGMA wal_autocheckpoint = 100; PRAGMA journal_size_limit = 1000000`); err != nil {
		t.Fatal(err)
	}
	reader, err := db.read.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.QueryRow(`SELECT count(*) FROM mentions`).Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	sizes := func(from, to int) int64 {
		for n := from; n < to; n++ {
			if err := addOne(db, fmt.Sprint(n)); err != nil {
				t.Fatal(err)
			}
		}
		s, err := db.WAL(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return s.Bytes
	}
	held := sizes(0, 200)
	_ = reader.Rollback()
	begin := time.Now()
	if after := sizes(200, 210); held < 2_000_000 || after > 1_000_000 {
		t.Errorf("the -wal file has %d bytes beside a reader and %d after it (%v): want it small again", held, after, time.Since(begin))
	}
}

// TestAReaderForHalfAnHour writes beside a reader that holds its transaction. By
// itself it takes a moment and has a small cap;
//
//	PANTAU_READER=30m go test ./store -run TestAReaderForHalfAnHour -v -timeout 1h
//
// holds the reader for so long beside the cap of the program.
func TestAReaderForHalfAnHour(t *testing.T) {
	db, ctx := open(t), context.Background()
	span, demanded := time.ParseDuration(os.Getenv("PANTAU_READER"))
	g := newGenerator(10_000_000)
	add := func() time.Duration {
		begin := time.Now()
		name, source, items := g.batch(500)
		if err := db.Write(ctx, func(tx *Tx) error {
			o, err := tx.Origin(name, false, source, "sample", "figures")
			if err != nil {
				return err
			}
			_, err = tx.Add(o, items)
			return err
		}); err != nil {
			t.Fatalf("beside a reader: %v", err)
		}
		return time.Since(begin)
	}
	var alone, beside []time.Duration
	without := 20 // before and after, because the file grows
	if demanded == nil {
		without = 500
	}
	for range without {
		alone = append(alone, add())
	}
	reader, err := db.read.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.QueryRow(`SELECT count(*) FROM mentions`).Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	if demanded != nil {
		span, db.walCap = time.Second, db.walSize()+2<<20
	}
	var largest int64
	var full error
	for end := time.Now().Add(span); time.Now().Before(end); {
		if full = db.Room(ctx); full == nil {
			beside = append(beside, add())
		} else {
			time.Sleep(span / 1000) // what a daemon writes meanwhile is little
		}
		largest = max(largest, db.walSize())
		// Small writes, such as deliveries, go on.
		if err := db.Write(ctx, func(tx *Tx) error { return tx.set("test", time.Now().String()) }); err != nil {
			t.Fatal(err)
		}
	}
	if full == nil || !strings.Contains(full.Error(), "nothing is added for the moment") || largest > db.walCap+16<<20 {
		t.Errorf("the -wal file grew to %d MiB with a cap of %d MiB, and Room = %v", largest>>20, db.walCap>>20, full)
	}
	_ = reader.Rollback()
	if err := db.Room(ctx); err != nil {
		t.Errorf("Room after the reader = %v", err)
	}
	add()
	if after := db.walSize(); after > WALUsual {
		t.Errorf("the -wal file has %d MiB after the reader", after>>20)
	}
	for range without {
		alone = append(alone, add())
	}
	usual, slow := percentiles(alone)
	usualHeld, slowHeld := percentiles(beside)
	t.Logf("batch of 500 p50 %.0f ms and p99 %.0f ms alone, %.0f and %.0f ms beside the reader (want <= 2 x); -wal at most %d MiB of %d, %d MiB after it; %d batches",
		ms(usual), ms(slow), ms(usualHeld), ms(slowHeld), largest>>20, db.walCap>>20, db.walSize()>>20, len(beside))
	if got := rows(t, db, `PRAGMA integrity_check`); got != "ok\n" {
		t.Errorf("integrity_check = %s", got)
	}
}

// What to do is said once, however many layers an error passes.
func TestExplainOnce(t *testing.T) {
	err := explain(fmt.Errorf("open: %w", explain(sqlite3.Error{Code: sqlite3.ErrFull})))
	if n := strings.Count(err.Error(), "free space on the disk"); n != 1 {
		t.Errorf("%q says %d times what to do, want once", err, n)
	}
	var se sqlite3.Error
	if !errors.As(err, &se) || se.Code != sqlite3.ErrFull {
		t.Errorf("%v is no error of SQLite any more", err)
	}
}
