// Command power is the first process of a small virtual machine. It mounts the
// disk, says how many mentions it finds there, and stores more, one a
// transaction, until the machine loses its power.
//
// A number is printed after its commit returned: what was printed must be there
// at the next start.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"pantau/brand"
	"pantau/store"
)

const database = "/data/pantau.db"

func main() {
	fmt.Println("ERROR", run())
	select {} // the first process must not end
}

// run stores mentions until something fails.
func run() error {
	if err := mount(); err != nil {
		return err
	}
	ctx := context.Background()
	_, statErr := os.Stat(database)
	problems := []string{}
	if statErr == nil {
		v, err := store.Verify(ctx, database)
		if err != nil {
			return err
		}
		problems = v.Problems
	}
	db, err := store.Open(ctx, database, time.UTC)
	if err != nil {
		return err
	}
	newest := 0
	err = db.Query(ctx, `SELECT coalesce(max(cast(external_id AS INTEGER)), 0) FROM mentions`, func([]string) error { return nil }, func(row []any) (err error) {
		newest, err = strconv.Atoi(fmt.Sprint(row[0]))
		return err
	})
	if err != nil {
		return err
	}
	fmt.Printf("FOUND %d PROBLEMS %d %s\n", newest, len(problems), strings.Join(problems, "; "))
	for n := newest + 1; ; n++ {
		if err := add(ctx, db, n); err != nil {
			return err
		}
		fmt.Println("COMMITTED", n)
	}
}

func add(ctx context.Context, db *store.DB, n int) error {
	at := time.Date(2026, 1, 1, 0, n, 0, 0, time.UTC)
	m := brand.Mention{Brand: "Sandang Senja", Source: "toko", ExternalID: strconv.Itoa(n), Text: strings.Repeat("paket belum sampai ", 20), PublishedAt: at, CollectedAt: at}
	return db.Write(ctx, func(tx *store.Tx) error {
		o, err := tx.Origin("Sandang Senja", false, "toko", "sample", "proof")
		if err != nil {
			return err
		}
		_, err = tx.Add(o, []store.Item{{Scored: brand.Scored{Mention: m, Score: brand.Score{Polarity: brand.Negative}}}})
		return err
	})
}

// mount loads the modules of the disk, in the order of their file names, and
// mounts it.
func mount() error {
	for _, dir := range []string{"/dev", "/data", "/proc", "/tmp"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	_ = unix.Mount("dev", "/dev", "devtmpfs", 0, "") // the kernel may have done it
	_ = unix.Mount("proc", "/proc", "proc", 0, "")
	modules, err := os.ReadDir("/modules")
	if err != nil {
		return err
	}
	for _, m := range modules {
		if err := load("/modules/" + m.Name()); err != nil {
			return fmt.Errorf("%s: %w", m.Name(), err)
		}
	}
	for range 200 { // the disk appears a moment after its driver
		if _, err := os.Stat("/dev/vda"); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return unix.Mount("/dev/vda", "/data", "ext4", 0, "")
}

func load(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.FinitModule(int(f.Fd()), "", 0); err != nil && err != unix.EEXIST {
		return err
	}
	return nil
}
