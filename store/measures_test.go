package store

import (
	"context"
	"testing"
	"time"

	"pantau/brand"
)

// TestMeasures stores what sources say beside texts: the last average of a day
// stays, an answer comes once and may be corrected, and none of it is a mention.
func TestMeasures(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *Tx, o Origin) error {
		if err := tx.AddRatings(o, []brand.Rating{
			{Subject: "Tas", At: noon, Value: 4.2, Best: 5, Count: 80},
			{Subject: "Tas", At: noon.Add(time.Hour), Value: 8.2, Best: 10, Count: 0},
			{Subject: "Tas", At: noon.Add(-time.Hour), Value: 1, Best: 5, Count: 9}, // came late
			{Subject: "Tas", At: noon.AddDate(0, 0, 1), Value: 4, Best: 5, Count: 90},
		}); err != nil {
			return err
		}
		for _, want := range []int{3, 0} { // the second time everything is known
			added, err := tx.AddAnswers(o, []brand.Answer{{ExternalID: "a", At: noon, Score: 10}, {ExternalID: "b", At: noon, Score: 7}, {ExternalID: "c", At: noon, Score: 0}})
			if err != nil || added != want {
				t.Errorf("AddAnswers = %d, %v, want %d", added, err, want)
			}
		}
		_, err := tx.AddAnswers(o, []brand.Answer{{ExternalID: "c", At: noon, Score: 9}})
		return err
	})
	if got, want := rows(t, db, `SELECT subject, value, best, mean_stars, ratings FROM v_ratings ORDER BY day`), "Tas|8.2|10|4.1|<nil>\nTas|4|5|4|90\n"; got != want {
		t.Errorf("v_ratings = %q, want %q", got, want)
	}
	if got, want := rows(t, db, `SELECT answers, promoters, passives, detractors, nps FROM v_nps_daily`), "3|2|1|0|66.7\n"; got != want {
		t.Errorf("v_nps_daily = %q, want %q", got, want)
	}
	if got := rows(t, db, `SELECT count(*) FROM v_mentions`) + rows(t, db, `SELECT count(*) FROM v_daily`) + rows(t, db, `SELECT count(*) FROM v_rating_daily`); got != "0\n0\n0\n" {
		t.Errorf("mentions, days and stars are %q, want none of a survey or an average", got)
	}
	if err := db.Write(context.Background(), func(tx *Tx) error { return tx.moveDays(time.UTC) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Forget(context.Background(), noon.AddDate(1, 0, 0), noon.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, `SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM ratings)`); got != "0|2\n" {
		t.Errorf("after the retention %q, want the averages only", got)
	}
}

// TestAdvice follows a recommendation that changes without its text.
func TestAdvice(t *testing.T) {
	db := open(t)
	advice := func(a brand.Advice) Item {
		i := item("a", "seru", noon, brand.Positive)
		i.Stars, i.Advice = 0, a
		return i
	}
	for _, a := range []brand.Advice{brand.Recommended, brand.Discouraged} {
		write(t, db, func(tx *Tx, o Origin) error {
			added, err := tx.Add(o, []Item{advice(a), advice(a), item("b", "biasa", noon, brand.Neutral)})
			if added.Edited > 0 {
				t.Errorf("%+v: another advice is no other text", added)
			}
			return err
		})
		want := map[brand.Advice]string{brand.Recommended: "1|1\n", brand.Discouraged: "1|0\n"}[a]
		if got := rows(t, db, `SELECT mention_id, recommended FROM v_advice`); got != want {
			t.Errorf("v_advice = %q, want %q", got, want)
		}
	}
	if got := rows(t, db, `SELECT stars FROM v_mentions WHERE external_id = 'a'`); got != "<nil>\n" {
		t.Errorf("stars %q were invented", got)
	}
}
