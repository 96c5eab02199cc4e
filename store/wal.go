package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// What the -wal file may grow to. It is copied back at 48 MiB and stays below
// WALUsual, unless somebody reads in one transaction all the time: then nothing in
// it may be overwritten, and only the end of that reader helps. Past WALUsual the
// daemon raises an alarm that names the reader. From WALCap on nothing is added:
// sources are not read, so that what they hold waits there, an import waits, a
// rescore stops. Decisions and deliveries go on; they are small.
const (
	WALUsual = 64 << 20
	WALCap   = 1 << 30
)

// WALState says how large the -wal file is and, when it is too large, who keeps
// it so.
type WALState struct {
	Bytes   int64
	Readers []string // other processes that have the database open, "name (pid)"
}

// TooLarge reports whether the operator must look.
func (s WALState) TooLarge() bool { return s.Bytes > WALUsual }

// String is the alarm: what is wrong, who did it, and what helps.
func (s WALState) String() string {
	text := fmt.Sprintf("-wal file %d MiB", s.Bytes>>20)
	if !s.TooLarge() {
		return text
	}
	who := "a reader that this user may not see"
	if len(s.Readers) > 0 {
		who = strings.Join(s.Readers, ", ")
	}
	return text + ": a transaction of " + who + " keeps it growing; end it, and give it the copy for analysts instead"
}

// WAL returns the state of the -wal file.
func (db *DB) WAL(context.Context) (s WALState, err error) {
	info, err := os.Stat(db.path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	if s.Bytes = info.Size(); s.TooLarge() {
		s.Readers = holders(db.path)
	}
	return s, nil
}

// Room returns an error that names the reader when the -wal file is at its cap and
// cannot be started anew. Whoever adds much asks before each batch.
func (db *DB) Room(ctx context.Context) error {
	if db.walSize() <= db.walCap {
		return nil
	}
	// A connection of its own, because the writer's would wait half a minute.
	pool := connect(dsn(db.path, "mode=rw&_busy_timeout=50"), 1)
	defer pool.Close()
	var busy, log, done int
	if err := pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done); err != nil {
		return explain(err)
	}
	if busy == 0 {
		return nil
	}
	s, err := db.WAL(ctx)
	if err != nil {
		return err
	}
	return fmt.Errorf("nothing is added for the moment: %s", s)
}

// walSize returns the size of the -wal file, 0 when there is none.
func (db *DB) walSize() int64 {
	info, err := os.Stat(db.path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// holders returns the other processes that have a file open, as far as this user
// may know.
func holders(path string) (list []string) {
	want, err := os.Stat(path)
	if err != nil {
		return nil
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*") // the pattern is well formed
	for _, link := range links {
		pid := strings.Split(link, "/")[2]
		if pid == strconv.Itoa(os.Getpid()) {
			continue
		}
		if is, err := os.Stat(link); err != nil || !os.SameFile(is, want) {
			continue
		}
		name, _ := os.ReadFile("/proc/" + pid + "/comm")
		if who := fmt.Sprintf("%s (%s)", strings.TrimSpace(string(name)), pid); !slices.Contains(list, who) {
			list = append(list, who)
		}
	}
	return list
}
