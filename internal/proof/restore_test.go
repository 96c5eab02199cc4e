package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pantau/store"
)

// writeHistory writes a CSV of so many invented reviews.
func writeHistory(t *testing.T, path string, rows int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	texts := []string{
		"Barang bagus, pengiriman cepat, penjual ramah", "sudah 9 hari paket belum sampai, chat tidak dibalas, kecewa",
		"Aplikasi sering error setelah update, tidak bisa masuk", "good quality and fast delivery, will order again", "ok",
	}
	fmt.Fprintln(w, "id,time,stars,text,author")
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, wib)
	for i := range rows {
		fmt.Fprintf(w, "r%d,%s,%d,\"%s %d\",pembeli%d\n", i, start.Add(time.Duration(i)*2*time.Minute).Format(time.RFC3339), 1+i%5, texts[i%len(texts)], i%977, i%5000)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// hashes returns the hash of all rows of each table, as lines.
func hashes(t *testing.T, path string) string {
	t.Helper()
	db, err := store.OpenReadOnly(context.Background(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	tables := query(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`)
	for _, table := range strings.Fields(tables) {
		h, n := sha256.New(), 0
		err := db.Query(context.Background(), `SELECT * FROM "`+table+`" ORDER BY 1, 2`, func([]string) error { return nil }, func(row []any) error {
			n++
			_, err := fmt.Fprintf(h, "%q\n", row)
			return err
		})
		if err != nil && strings.Contains(err.Error(), "ORDER BY term out of range") {
			err = db.Query(context.Background(), `SELECT * FROM "`+table+`" ORDER BY 1`, func([]string) error { return nil }, func(row []any) error {
				n++
				_, err := fmt.Fprintf(h, "%q\n", row)
				return err
			})
		}
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		fmt.Fprintf(&out, "%s %d %s\n", table, n, hex.EncodeToString(h.Sum(nil)[:8]))
	}
	return out.String()
}

// TestRestore imports a history, backs it up, loses the database, restores it,
// and compares every row of every table.
func TestRestore(t *testing.T) {
	rows := pick(10_000, 1_000_000)
	dir := tempDir(t)
	pantau := func(args ...string) {
		cmd := exec.Command(program(t), args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("pantau %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	writeHistory(t, filepath.Join(dir, "history.csv"), rows)
	pantau("import", "history.csv", "--brand", "Sandang Senja", "--database", "pantau.db")
	before := hashes(t, filepath.Join(dir, "pantau.db"))
	begin := time.Now()
	pantau("backup", "copy.db", "--database", "pantau.db")
	backup := time.Since(begin)
	if err := os.Remove(filepath.Join(dir, "pantau.db")); err != nil {
		t.Fatal(err)
	}
	begin = time.Now()
	pantau("restore", "copy.db", "--database", "pantau.db")
	took := time.Since(begin)
	if after := hashes(t, filepath.Join(dir, "pantau.db")); after != before {
		t.Errorf("the rows differ\nbefore\n%s\nafter\n%s", before, after)
	}
	t.Logf("proof: %d mentions: identical hashes of %d tables; backup %.1f s, verify and restore %.1f s", rows, strings.Count(before, "\n"), backup.Seconds(), took.Seconds())

	db := openStore(t, filepath.Join(dir, "pantau.db"))
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Origin("Sandang Senja", true, "history", "import", "proof")
		return err
	})
	_ = db.Close()
	if changed := hashes(t, filepath.Join(dir, "pantau.db")); err != nil || changed == before {
		t.Errorf("a changed row is not seen: %v", err)
	}
	t.Log("control: one changed row changes the hashes")
}
