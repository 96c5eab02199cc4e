package store

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pantau/brand"
)

// byLength is a scorer with an opinion of its own.
type byLength struct{}

func (byLength) Version() string { return "by length" }

func (byLength) Score(text string, stars int) brand.Score {
	s := brand.Score{Polarity: brand.Polarity(len(text) % 4), Compound: 0.5, Language: brand.English}
	if s.Polarity == brand.Negative {
		s.Causes = []brand.CauseHit{{Cause: brand.PriceFees, Start: 1, End: 2}, {Cause: brand.PriceFees, Start: 3, End: 4}}
	}
	return s
}

func TestRescore(t *testing.T) {
	db, ctx := openWithEverything(t), context.Background()
	if err := db.Label(ctx, 5, Label{Polarity: brand.Positive, Author: "Rani", At: noon}); err != nil {
		t.Fatal(err)
	}
	incidents := rows(t, db, `SELECT * FROM incidents`) + rows(t, db, `SELECT * FROM deliveries`)
	r, err := db.Rescore(ctx, byLength{}, func(Rescored) {})
	if err != nil || r.Seen != 1200 || r.Total != 1200 || r.Changed == 0 {
		t.Fatalf("Rescore = %+v, %v", r, err)
	}
	bucketsEqualRawRows(t, db)
	if got := rows(t, db, `SELECT count(*) FROM v_mentions WHERE NOT labelled AND (polarity <> CASE length(text) % 4 WHEN 0 THEN 'unknown' WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' ELSE 'positive' END OR lexicon <> 'by length')`); got != "0\n" {
		t.Errorf("%s mentions keep the old verdict", got)
	}
	if got := rows(t, db, `SELECT polarity, causes, scorer_polarity = CASE length(text) % 4 WHEN 0 THEN 'unknown' WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' ELSE 'positive' END FROM v_labels WHERE mention_id = 5`); got != "positive|<nil>|1\n" {
		t.Errorf("the label after a rescore: %s", got)
	}
	if got := rows(t, db, `SELECT * FROM incidents`) + rows(t, db, `SELECT * FROM deliveries`); got != incidents {
		t.Error("a rescore changed incidents or queued alerts")
	}
	if r, err = db.Rescore(ctx, byLength{}, func(Rescored) {}); err != nil || r.Changed != 0 {
		t.Errorf("a second Rescore = %+v, %v; want nothing changed", r, err)
	}
}

func TestRescoreGoesOnWhereItStopped(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *Tx, o Origin) error {
		var items []Item
		for n := range 2*rescoreBatch + 10 {
			items = append(items, item(fmt.Sprint(n), "teks", noon, brand.Positive))
		}
		_, err := tx.Add(o, items)
		return err
	})
	ctx, stop := context.WithCancel(context.Background())
	r, err := db.Rescore(ctx, byLength{}, func(r Rescored) {
		if r.Seen == rescoreBatch {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || r.Seen != rescoreBatch {
		t.Fatalf("a stopped Rescore = %+v, %v", r, err)
	}
	bucketsEqualCounts := rows(t, db, `SELECT positives, unknowns FROM v_daily`)
	if want := fmt.Sprintf("%d|%d\n", rescoreBatch+10, rescoreBatch); bucketsEqualCounts != want {
		t.Errorf("counts in the middle = %swant %s", bucketsEqualCounts, want)
	}
	r, err = db.Rescore(context.Background(), byLength{}, func(Rescored) {})
	if err != nil || r.Seen != 2*rescoreBatch+10 || r.Changed != rescoreBatch+10 {
		t.Errorf("the resumed Rescore = %+v, %v; want only the rest changed", r, err)
	}
}
