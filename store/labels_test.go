package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
)

// bucketsEqualRawRows compares every table of counts with the mentions.
func bucketsEqualRawRows(t *testing.T, db *DB) {
	t.Helper()
	const sums = `sum(polarity = 1), sum(polarity = 2), sum(polarity = 3), sum(polarity = 0), sum(polarity = 1 AND copy_of IS NULL)`
	const numbers = `negatives, neutrals, positives, unknowns, voices`
	const ratings = `count(stars), coalesce(sum(stars), 0), count(replied_at), coalesce(sum(replied_at - published_at), 0)`
	const day = `(published_at + 7 * 3600) / 86400`
	const causes = ` FROM mentions m LEFT JOIN numbers i ON i.n < length(m.causes) / 3 WHERE polarity = 1 GROUP BY 1, 2, 3, 4`
	const cause = `SELECT brand_id, coalesce(unicode(substr(m.causes, 3 * i.n + 1, 1)), 0) AS cause, source_id, `
	for _, c := range []struct{ name, want, got string }{
		{"hours", `SELECT brand_id, source_id, published_at / 3600, published_at / 3600 + 7, ` + sums + `, count(*) FROM mentions GROUP BY 1, 2, 3`,
			`SELECT brand_id, source_id, hour, local_hour, ` + numbers + `, mentions FROM hours WHERE mentions > 0 ORDER BY 1, 2, 3`},
		{"days", `SELECT brand_id, source_id, ` + day + `, ` + sums + `, count(*), ` + ratings + ` FROM mentions GROUP BY 1, 2, 3`,
			`SELECT brand_id, source_id, day, ` + numbers + `, mentions, ` + ratingColumns + ` FROM days WHERE mentions > 0 ORDER BY 1, 2, 3`},
		{"cause_hours", cause + `published_at / 3600, count(*)` + causes,
			`SELECT brand_id, cause_id, source_id, hour, negatives FROM cause_hours WHERE negatives > 0 ORDER BY 1, 2, 3, 4`},
		{"cause_days", cause + day + `, count(*)` + causes,
			`SELECT brand_id, cause_id, source_id, day, negatives FROM cause_days WHERE negatives > 0 ORDER BY 1, 2, 3, 4`},
		{"calendar", `SELECT DISTINCT ` + day + `, date(published_at + 7 * 3600, 'unixepoch') FROM mentions ORDER BY 1`, `SELECT DISTINCT day, date FROM calendar JOIN days USING (day) ORDER BY 1`},
		{"facet_days", `SELECT 2, brand_id, source_id, ` + day + `, stars, count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3) FROM mentions WHERE stars IS NOT NULL GROUP BY 2, 3, 4, 5
			UNION ALL SELECT 3, brand_id, source_id, ` + day + `, version, count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3) FROM mentions JOIN versions ON versions.id = version_id WHERE 1 GROUP BY 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
			`SELECT facet_id, brand_id, source_id, day, value, mentions, negatives, neutrals, positives FROM facet_days WHERE facet_id > 1 AND mentions > 0 ORDER BY 1, 2, 3, 4, 5`},
	} {
		want, got := rows(t, db, c.want), rows(t, db, c.got)
		if want == "" {
			t.Errorf("nothing to compare with %s", c.name)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s differ from the mentions (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCountsEqualRawRows(t *testing.T) {
	db := openWithEverything(t)
	bucketsEqualRawRows(t, db)
	if got := rows(t, db, `SELECT count(*) > 0 FROM mentions WHERE copy_of IS NOT NULL`); got != "1\n" {
		t.Error("no copy was found: this test proves less than it says")
	}
	if err := db.Write(context.Background(), func(tx *Tx) error { return tx.moveDays(wib) }); err != nil {
		t.Fatal(err)
	}
	bucketsEqualRawRows(t, db)
}

func TestLabel(t *testing.T) {
	db, ctx := open(t), context.Background()
	write(t, db, func(tx *Tx, o Origin) error {
		_, err := tx.Add(o, []Item{item("1", "mantap, paket hilang", noon, brand.Positive), item("2", "biasa", noon, brand.Neutral)})
		return err
	})
	const counts = `SELECT negatives, neutrals, positives FROM v_daily`
	const verdict = `SELECT polarity, causes, labelled FROM v_mentions WHERE id = 1`
	label := Label{Polarity: brand.Negative, Causes: []brand.Cause{brand.LateDelivery, brand.OrderFulfilment}, Author: "Rani", Note: "sindiran", At: noon}
	if err := db.Label(ctx, 1, label); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, counts) + rows(t, db, verdict); got != "1|1|0\nnegative|delivery,order_fulfilment|1\n" {
		t.Errorf("after the label: %s", got)
	}
	label.Polarity, label.Causes = brand.Neutral, nil
	if err := db.Label(ctx, 1, label); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, `SELECT polarity, scorer_polarity, causes, scorer_causes, author, note FROM v_labels`); got != "neutral|positive|<nil>|<nil>|Rani|sindiran\n" {
		t.Errorf("v_labels after a second label: %s", got)
	}
	if err := db.Unlabel(ctx, 1, Label{Author: "Budi", At: noon}); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, counts) + rows(t, db, verdict); got != "0|1|1\npositive|<nil>|0\n" {
		t.Errorf("after the label was taken back: %s", got)
	}
	if got, want := rows(t, db, `SELECT author, polarity_before, polarity, causes FROM v_label_changes ORDER BY id`),
		"Rani|positive|negative|[\"delivery\",\"order_fulfilment\"]\nRani|negative|neutral|[]\nBudi|neutral|positive|[]\n"; got != want {
		t.Errorf("the audit:\n%swant\n%s", got, want)
	}
	if err := db.Unlabel(ctx, 1, label); !errors.Is(err, ErrNoLabel) {
		t.Errorf("Unlabel = %v once more, want ErrNoLabel", err)
	}
	if got := rows(t, db, `SELECT count(*) FROM v_label_changes`); got != "3\n" {
		t.Errorf("%s changes in the audit, want the 3 that there were", got)
	}
	if err := db.Label(ctx, 99, label); !errors.Is(err, ErrNoMention) {
		t.Errorf("Label(99) = %v, want ErrNoMention", err)
	}
}

// TestCountsFollowCorrections labels, takes back, edits and rescores at random.
func TestCountsFollowCorrections(t *testing.T) {
	db, ctx := openWithEverything(t), context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		id := 1 + random.Int64N(1200)
		l := Label{Polarity: brand.Polarity(1 + random.IntN(3)), Author: "Rani", At: noon}
		if l.Polarity == brand.Negative && id%2 == 0 {
			l.Causes = []brand.Cause{brand.PriceFees}
		}
		var err error
		switch random.IntN(3) {
		case 0:
			if err = db.Unlabel(ctx, id, l); errors.Is(err, ErrNoLabel) {
				err = nil
			}
		case 1:
			write(t, db, func(tx *Tx, o Origin) error {
				_, err := tx.Add(o, []Item{item(fmt.Sprintf("m%04d", id%600), fmt.Sprint("lain lagi ", id), noon, brand.Polarity(random.IntN(4)), brand.AfterSales)})
				return err
			})
		default:
			err = db.Label(ctx, id, l)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	bucketsEqualRawRows(t, db)
	if _, err := db.Rescore(ctx, byLength{}, func(Rescored) {}); err != nil {
		t.Fatal(err)
	}
	bucketsEqualRawRows(t, db)
}
