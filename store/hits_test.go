package store

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
)

// TestHitsComeBack stores hits and reads them with Go and through both views, in
// this SQLite and in the one of the system: whoever asks gets the same numbers.
func TestHitsComeBack(t *testing.T) {
	db := open(t)
	// Numbers that are one to four bytes long, and on both sides of the code
	// points that are no characters.
	if _, err := db.write.Exec(`INSERT INTO entries (id, entry, rule) VALUES (55294, 'x', ''), (1000000, 'y', '')`); err != nil {
		t.Fatal(err)
	}
	hits := []brand.Hit{
		{Start: 0, End: 3, Entry: "gak", Weight: -1.25, Rule: "negated,capitals"},
		{Start: 127, End: 127 + 200, Entry: `tanda "kutip" \ dan 😡`, Weight: 0.01},
		{Start: 2047, End: 2050, Entry: "gak", Weight: 0.9},
		{Start: 5, End: 9, Entry: "tak berbobot", Weight: 0.004},
		{Start: 55293, End: 55295, Entry: "sisi bawah", Weight: 276.47, Rule: "negated"},
		{Start: 55294, End: 55295, Entry: "x", Weight: -276.48},
		{Start: 55295, End: 2 * 55295, Entry: "y", Weight: 276.49},
		{Start: 60_000, End: 60_001, Entry: "sisi atas", Weight: -50},
	}
	i := item("1", "teks", noon, brand.Negative)
	i.Score.Hits = hits
	var got []brand.Hit
	write(t, db, func(tx *Tx, o Origin) error {
		if _, err := tx.Add(o, []Item{i, item("2", "tanpa", noon, brand.Neutral)}); err != nil {
			return err
		}
		list, err := tx.Negatives(o.BrandID, noon, noon, 10)
		got = list[0].Hits
		return err
	})
	want := append(append([]brand.Hit{}, hits[:3]...), hits[4:]...) // what weighs nothing is not kept
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hits (-want +got):\n%s", diff)
	}
	var array []any
	var lines strings.Builder
	for _, h := range want {
		fields := []any{h.Start, h.End, h.Weight, h.Entry}
		if h.Rule != "" {
			fields = append(fields, h.Rule)
		}
		array = append(array, fields)
		fmt.Fprintf(&lines, "%d|%d|%.4f|%s|%s\n", h.Start, h.End-h.Start, h.Weight, h.Entry, h.Rule)
	}
	wantJSON, _ := json.Marshal(array)
	const asJSON, asRows = `SELECT hits FROM v_mentions WHERE id = 1`, `SELECT start_byte, bytes, printf('%.4f', weight), entry, rule FROM v_hits WHERE mention_id = 1`
	sameJSON := func(got string) {
		t.Helper()
		var a, b any
		if err := json.Unmarshal([]byte(got), &a); err != nil {
			t.Fatalf("%v in %s", err, got)
		}
		_ = json.Unmarshal(wantJSON, &b)
		if diff := cmp.Diff(b, a); diff != "" {
			t.Errorf("v_mentions.hits (-want +got):\n%s", diff)
		}
	}
	sameJSON(rows(t, db, asJSON))
	if diff := cmp.Diff(lines.String(), rows(t, db, asRows)); diff != "" {
		t.Errorf("v_hits (-want +got):\n%s", diff)
	}
	if got := rows(t, db, `SELECT count(*) FROM v_hits WHERE mention_id = 2`); got != "1\n" {
		t.Errorf("the other mention has %s hits, want its own", got)
	}
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip(err)
	}
	for query, same := range map[string]func(string){asJSON: sameJSON, asRows: func(got string) {
		if diff := cmp.Diff(lines.String(), got); diff != "" {
			t.Errorf("v_hits by another SQLite (-want +got):\n%s", diff)
		}
	}} {
		out, err := exec.Command("sqlite3", "-readonly", db.path, query).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		same(string(out))
	}
}
