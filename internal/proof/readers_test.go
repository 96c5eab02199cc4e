package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pantau/store"
)

const inboxConfig = `
database = "%s"
console = false
[[brands]]
name = "Sandang Senja"
[[sources]]
name = "ekspor"
kind = "file"
brand = "Sandang Senja"
schedule = "@every 1s"
options = { path = "%s/*.csv", map = { id = "id", time = "time", stars = "stars", text = "text" } }
`

// inbox is a folder into which somebody drops exports.
type inbox struct {
	dir  string
	next int
	size int // of a text in bytes
}

// drop adds a file with so many new reviews.
func (in *inbox) drop(t *testing.T, rows int) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, "id,time,stars,text")
	for range rows {
		in.next++
		fmt.Fprintf(&b, "n%d,%s,2,%s\n", in.next, time.Now().Add(-time.Hour).Format(time.RFC3339), strings.Repeat("barang biasa saja ", max(1, in.size/18)))
	}
	name := filepath.Join(in.dir, fmt.Sprintf("%08d", in.next))
	writeFile(t, name+".part", b.String())
	if err := os.Rename(name+".part", name+".csv"); err != nil {
		t.Fatal(err)
	}
}

// TestReaderChild reads as its variable says, until it is killed: again and
// again, or in one transaction without an end, or it locks the file.
func TestReaderChild(t *testing.T) {
	how, path, found := strings.Cut(os.Getenv("PANTAU_PROOF_READER"), ":")
	if !found {
		t.Skip("runs as a child of TestReaders")
	}
	if how == "lock" {
		db := openStore(t, path)
		_ = db.Write(context.Background(), func(*store.Tx) error { time.Sleep(time.Hour); return nil })
	}
	for {
		db, err := store.OpenReadOnly(context.Background(), path, wib)
		if err != nil {
			fmt.Println("READER", err)
			time.Sleep(time.Second)
			continue
		}
		err = db.Query(context.Background(), `SELECT id, text FROM mentions`, func([]string) error { return nil }, func([]any) error {
			if how == "hold" {
				time.Sleep(time.Hour)
			}
			return nil
		})
		if err != nil {
			fmt.Println("READER", err)
		}
		_ = db.Close()
		time.Sleep(time.Second)
	}
}

// reader starts a process that reads.
func reader(t *testing.T, how, database string) *exec.Cmd {
	t.Helper()
	cmd := again("TestReaderChild", "PANTAU_PROOF_READER", how+":"+database)
	out := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// TestReaders lets four processes read all mentions again and again while the daemon stores, and
// one hold a transaction for eight of ten minutes. The daemon must go on, and say
// who makes the write-ahead log grow. The control locks the file.
func TestReaders(t *testing.T) {
	if !long() {
		t.Skip("ten minutes: make prove")
	}
	dir := tempDir(t)
	in := &inbox{dir: filepath.Join(dir, "inbox"), size: 3000}
	if err := os.Mkdir(in.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(dir, "pantau.db")
	writeFile(t, filepath.Join(dir, "config.toml"), fmt.Sprintf(inboxConfig, database, in.dir))
	in.drop(t, 10)
	s := startService(t, dir, nil, "run")
	eventually(t, "the first mentions", 30*time.Second, func() bool { return strings.Contains(s.out.String(), "added=10") })
	var readers []*exec.Cmd
	for range 4 {
		readers = append(readers, reader(t, "loop", database))
	}
	holder := reader(t, "hold", database)
	begin := time.Now()
	for time.Since(begin) < 10*time.Minute {
		in.drop(t, 60)
		time.Sleep(time.Second)
		if holder != nil && time.Since(begin) > 8*time.Minute {
			_ = holder.Process.Kill()
			holder = nil
		}
	}
	db, err := store.OpenReadOnly(context.Background(), database, wib)
	if err != nil {
		t.Fatal(err)
	}
	stored := func() string { return query(t, db, `SELECT count(*) FROM mentions`) }
	behind := eventually(t, "all mentions are stored", 2*time.Minute, func() bool { return stored() == fmt.Sprint(in.next) })
	before := stored()
	_ = db.Close()
	log := s.out.String()
	locked, alarms := strings.Count(log, "locked"), strings.Count(log, "keeps it growing")
	named := strings.Contains(log, filepath.Base(os.Args[0])[:10])
	for _, r := range readers {
		_ = r.Process.Kill()
	}
	grown := walSize(t, database)
	shrunk := eventually(t, "a small write-ahead log", 2*time.Minute, func() bool {
		in.drop(t, 60)
		time.Sleep(time.Second)
		return walSize(t, database) <= store.WALCap
	})
	t.Logf("proof: 10 min, 4 readers and a transaction of 8 min: all %s mentions stored %.0f s after the last came, %d times locked, the alarm names the reader: %t, -wal %d MiB beside them and small %.0f s after they left",
		before, behind.Seconds(), locked, alarms > 0 && named, grown>>20, shrunk.Seconds())
	if locked > 0 || alarms == 0 || !named || shrunk > time.Minute {
		t.Errorf("want no lock, an alarm that names the reader, and a small log within a minute\n%s", tail([]byte(log)))
	}
	reader(t, "lock", database)
	in.drop(t, 10)
	eventually(t, "the daemon meets the lock", 2*time.Minute, func() bool { return strings.Count(s.out.String(), "locked") > 0 })
	t.Log("control: a process that locks the file makes the daemon say database is locked")
}

func walSize(t *testing.T, database string) int64 {
	t.Helper()
	info, err := os.Stat(database + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
