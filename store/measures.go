package store

import (
	"maps"
	"slices"
	"time"

	"pantau/brand"
)

// AddRatings stores averages that a source shows, one a subject and local day: a
// later one of the same day takes the place of the earlier.
func (tx *Tx) AddRatings(o Origin, list []brand.Rating) error {
	for _, r := range list {
		if err := tx.exec(`INSERT INTO ratings (source_id, subject, day, at, value, best, count) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source_id, subject, day) DO UPDATE SET at = excluded.at, value = excluded.value, best = excluded.best, count = excluded.count
			WHERE excluded.at >= at`, o.SourceID, r.Subject, r.At.In(tx.zone).Format(time.DateOnly), r.At.Unix(), r.Value, r.Best, r.Count); err != nil {
			return err
		}
	}
	return nil
}

// AddAnswers stores answers to a survey. One that is known by its external id, a
// pseudonym, is corrected. It returns how many were new.
func (tx *Tx) AddAnswers(o Origin, list []brand.Answer) (added int, err error) {
	count := func() (n int64, err error) {
		return tx.id(`SELECT count(*) FROM answers WHERE source_id = ?`, o.SourceID)
	}
	before, err := count()
	if err != nil {
		return 0, err
	}
	if err := tx.upsert(`answers (source_id, key, at, day, score)`, `(source_id, key)`, `at = excluded.at, day = excluded.day, score = excluded.score`, []any{o.SourceID}, len(list), func(i int, v values) {
		a := &list[i]
		v.set(a.ExternalID, a.At.Unix(), a.At.In(tx.zone).Format(time.DateOnly), int64(a.Score))
	}); err != nil {
		return 0, err
	}
	after, err := count()
	return int(after - before), err
}

// addAdvices stores what the authors of mentions recommend, by the ids of these.
func (tx *Tx) addAdvices(list map[int64]brand.Advice) error {
	ids := slices.Sorted(maps.Keys(list))
	return tx.upsert(`advices (mention_id, recommended)`, `(mention_id)`, `recommended = excluded.recommended`, nil, len(ids), func(i int, v values) {
		v.set(ids[i], list[ids[i]] == brand.Recommended)
	})
}

// moveMeasures assigns averages and answers to their local days again.
func (tx *Tx) moveMeasures(zone *time.Location) error {
	for _, table := range []string{"ratings", "answers"} {
		times, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT DISTINCT at FROM `+table))
		if err != nil {
			return err
		}
		for _, at := range times {
			if err := tx.exec(`UPDATE OR REPLACE `+table+` SET day = ? WHERE at = ?`, time.Unix(at, 0).In(zone).Format(time.DateOnly), at); err != nil {
				return err
			}
		}
	}
	return nil
}
