package store

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
)

// TestCausesComeBack stores causes and reads them with Go and through the views, in
// this SQLite and in the one of the system.
func TestCausesComeBack(t *testing.T) {
	db := open(t)
	i := item("1", "teks", noon, brand.Negative)
	i.Score.Causes = []brand.CauseHit{{Cause: brand.Communication, Start: 0, End: 4}, {Cause: brand.LateDelivery, Start: 126, End: 300},
		{Cause: brand.LateDelivery, Start: 1, End: 2}, {Cause: brand.ProductQuality, Start: 55_294, End: 2 * 55_295}}
	var got []brand.Cause
	write(t, db, func(tx *Tx, o Origin) error {
		if _, err := tx.Add(o, []Item{i, item("2", "lain", noon, brand.Negative)}); err != nil {
			return err
		}
		list, err := tx.Negatives(o.BrandID, noon, noon, 10)
		got = list[1].Causes
		verdict, readErr := tx.scorerVerdict(1)
		want := []brand.CauseHit{i.Score.Causes[3], i.Score.Causes[1], i.Score.Causes[0]} // the first of each, in their order
		if diff := cmp.Diff(want, verdict.causes); diff != "" || readErr != nil {
			t.Errorf("evidence (-want +got):\n%s%v", diff, readErr)
		}
		return err
	})
	if diff := cmp.Diff([]brand.Cause{brand.ProductQuality, brand.LateDelivery, brand.Communication}, got); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
	for query, want := range map[string]string{
		`SELECT id, causes FROM v_mentions ORDER BY id`:               "1|product_quality,delivery,communication\n2|\n",
		`SELECT cause FROM v_quotes WHERE mention_id = 1`:             "product_quality\ndelivery\ncommunication\n",
		`SELECT cause, negatives FROM v_causes_daily ORDER BY cause`:  "communication|1\ndelivery|1\nproduct_quality|1\nunexplained|1\n",
		`SELECT cause_id, negatives FROM cause_hours ORDER BY 1`:      "0|1\n1|1\n3|1\n16|1\n",
		`SELECT count(*) FROM v_quotes WHERE cause = 'after_sales'`:   "0\n",
		`SELECT count(*) FROM v_quotes WHERE cause = 'communication'`: "1\n",
	} {
		if got := strings.ReplaceAll(rows(t, db, query), "<nil>", ""); got != want {
			t.Errorf("%s\n%swant\n%s", query, got, want)
		}
		if out, err := exec.Command("sqlite3", "-readonly", db.path, query).CombinedOutput(); err != nil {
			t.Logf("no other SQLite: %v %s", err, out)
		} else if string(out) != want {
			t.Errorf("%s\nby another SQLite\n%swant\n%s", query, out, want)
		}
	}
}

// TestCauseCounts adds up stored counts, as batches, edits and corrections do.
func TestCauseCounts(t *testing.T) {
	counts := func(pairs ...int) string {
		var c causeCounts
		for i := 0; i < len(pairs); i += 2 {
			c[pairs[i]] += pairs[i+1]
		}
		return c.String()
	}
	tests := []struct {
		name    string
		a, b    any
		want    any
		because string
	}{
		{"nothing", nil, nil, nil, "NULL is no complaint"},
		{"the first", nil, counts(0, 1), counts(0, 1), ""},
		{"another cause", counts(3, 2), counts(7, 1), counts(3, 2, 7, 1), ""},
		{"the same cause", counts(3, 2), counts(3, 60), counts(3, 62), ""},
		{"one is taken off", counts(3, 2, 7, 1), counts(3, -1), counts(3, 1, 7, 1), "an edit"},
		{"one moves", counts(3, 2), counts(3, -1, 16, 1), counts(3, 1, 16, 1), "a correction"},
		{"the last is taken off", counts(3, 2), counts(3, -2), nil, "what is 0 is not kept"},
		{"on both sides of the surrogates", counts(1, 55_295, 2, 55_296), counts(1, 1, 2, 1), counts(1, 55_296, 2, 55_297), "these code points are no characters"},
		{"more than a character holds", counts(3, countMost), counts(3, 5), counts(3, countMost+5), ""},
		{"and less again", counts(3, 2*countMost+5), counts(3, -countMost), counts(3, countMost+5), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := addCauses(tt.a, tt.b); got != tt.want {
				t.Errorf("add_causes(%q, %q) = %q, want %q: %s", tt.a, tt.b, got, tt.want, tt.because)
			}
		})
	}
	var c causeCounts
	if c.parse(counts(3, 2*countMost+5)); c[3] != 2*countMost+5 {
		t.Errorf("a count of several characters came back as %d", c[3])
	}
}

// TestEditsAfterTheRetention brings mentions again whose texts were deleted: the same
// ones are known, and a changed one is an edit.
func TestEditsAfterTheRetention(t *testing.T) {
	db, ctx := open(t), context.Background()
	a, b := item("a", "paket hilang", noon, brand.Negative), item("b", "bagus", noon, brand.Positive)
	a.Title, a.Stars, a.Reply = "Kecewa", 1, "mohon maaf"
	b.Stars = 9 // of another scale: no rating
	add := func(want Added) {
		t.Helper()
		write(t, db, func(tx *Tx, o Origin) error {
			got, err := tx.Add(o, []Item{a, b})
			if got != want {
				t.Errorf("Add = %+v, want %+v", got, want)
			}
			return err
		})
	}
	add(Added{New: 2})
	add(Added{})
	if err := db.Forget(ctx, noon.Add(time.Hour), noon.AddDate(-2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, `SELECT count(text), count(content), count(stars) FROM mentions`); got != "0|2|1\n" {
		t.Fatalf("texts, hashes and stars after the retention: %s", got)
	}
	add(Added{})
	b.Text = "jadi jelek"
	add(Added{Edited: 1})
	add(Added{})
	if got := rows(t, db, `SELECT id, text, revision FROM v_mentions ORDER BY id`); got != "1|<nil>|1\n2|jadi jelek|2\n" {
		t.Errorf("after the edit:\n%s", got)
	}
}
