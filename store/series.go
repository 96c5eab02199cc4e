package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"pantau/brand"
	"pantau/trends"
)

// Series returns the hourly counts of a brand over all its sources, from the
// hour of from up to and including the hour of now. The running hour is covered
// only as far as it has passed.
func (tx *Tx) Series(brandID int64, from, now time.Time) (trends.Series, error) {
	first, last := hourOf(from), hourOf(now)
	s := trends.Series{Start: time.Unix(first*3600, 0).In(tx.zone), Hours: make([]trends.Hour, last-first+1)}
	volume, err := tx.countHours(brandID, 0, first, last, s.Hours)
	if err != nil {
		return s, err
	}
	return s, tx.coverHours(brandID, 0, first, last, volume, s.Hours)
}

// A Part is one source or one cause of a brand, judged alone: what disappears in
// a big brand may be plain there.
type Part struct {
	Cause    bool // else a source
	ID       int64
	Name     string
	Observed int // negatives of the last 24 hours
	Past     int // of the 28 local days before yesterday
}

// Parts counts the negatives of every source and known cause of a brand.
func (tx *Tx) Parts(brandID int64, now time.Time) ([]Part, error) {
	last := hourOf(now)
	today := dayOf(localHour(now.In(tx.zone)))
	rows, err := tx.tx.QueryContext(tx.ctx, `
		SELECT 0, s.id, s.name, (SELECT coalesce(sum(voices), 0) FROM hours WHERE brand_id = ?1 AND hour BETWEEN ?2 AND ?3 AND source_id = s.id),
			(SELECT coalesce(sum(voices), 0) FROM days WHERE brand_id = ?1 AND day >= ?4 AND day < ?5 AND source_id = s.id)
		FROM sources s WHERE s.brand_id = ?1
		UNION ALL
		SELECT 1, c.id, c.cause, coalesce(h.negatives, 0), coalesce(d.negatives, 0) FROM causes c
			LEFT JOIN (SELECT cause_id, sum(negatives) AS negatives FROM cause_hours WHERE brand_id = ?1 AND hour BETWEEN ?2 AND ?3 GROUP BY 1) h ON h.cause_id = c.id
			LEFT JOIN (SELECT cause_id, sum(negatives) AS negatives FROM cause_days WHERE brand_id = ?1 AND day >= ?4 AND day < ?5 GROUP BY 1) d ON d.cause_id = c.id
		WHERE c.id > 0`, brandID, last-23, last, today-29, today-1)
	return scanAll(rows, err, func(p *Part) []any { return []any{&p.Cause, &p.ID, &p.Name, &p.Observed, &p.Past} })
}

// PartSeries returns the hours of a part like those of its brand, whole. A cause
// has the mentions and the coverage of the brand; copies of one text count as one
// there as well.
func (tx *Tx) PartSeries(brandID int64, p Part, whole trends.Series) (trends.Series, error) {
	first := hourOf(whole.Start)
	last := first + int64(len(whole.Hours)) - 1
	s := trends.Series{Start: whole.Start, Hours: make([]trends.Hour, len(whole.Hours))}
	if !p.Cause {
		volume, err := tx.countHours(brandID, p.ID, first, last, s.Hours)
		if err != nil {
			return s, err
		}
		return s, tx.coverHours(brandID, p.ID, first, last, volume, s.Hours)
	}
	for i, h := range whole.Hours {
		s.Hours[i] = trends.Hour{Mentions: h.Mentions, Coverage: h.Coverage}
	}
	return s, tx.eachCauses(brandID, first, last, func(hour int64, c *causeCounts) {
		h, w, n := &s.Hours[hour-first], &whole.Hours[hour-first], int32(c[p.ID])
		h.Negatives, h.Repeats = n, max(n-(w.Negatives-w.Repeats), 0)
	})
}

// CauseHour is how many negatives of one hour of a series had a cause.
type CauseHour struct {
	Hour  int // of the series
	Cause brand.Cause
	Count int
}

// ErrNoBrand means that nothing is stored under that name.
var ErrNoBrand = errors.New("nothing is stored about this brand")

// History is everything that is known of a brand, by the hour.
type History struct {
	trends.Series
	Causes   []CauseHour
	Lateness Lateness
}

// History returns all hours of a brand, from the first with a mention to the last
// that has one or was watched, the causes of its negatives, and what came late.
// Each text and each author counts once in a day.
func (db *DB) History(ctx context.Context, name string) (h History, err error) {
	err = db.Read(ctx, func(tx *Tx) (err error) {
		h, err = tx.history(name)
		return err
	})
	return h, err
}

func (tx *Tx) history(name string) (h History, err error) {
	id, err := tx.BrandID(name)
	if err != nil {
		return h, err
	}
	var first, last sql.NullInt64
	if err := tx.tx.QueryRowContext(tx.ctx, `SELECT min(hour),
		max(max(hour), coalesce((SELECT max(c.hour) FROM coverage c JOIN sources s ON s.id = c.source_id WHERE s.brand_id = ?1), 0)) FROM hours WHERE brand_id = ?1`, id).Scan(&first, &last); err != nil {
		return h, err
	}
	if !last.Valid {
		return h, fmt.Errorf("%q: %w", name, ErrNoBrand)
	}
	if h.Series, err = tx.Series(id, time.Unix(first.Int64*3600, 0), time.Unix(last.Int64*3600, 0)); err != nil {
		return h, err
	}
	if _, err := tx.CountAuthors(id, Part{}, h.Start, h.Hours, AllComplaints); err != nil {
		return h, err
	}
	if h.Causes, err = tx.causeHours(id, first.Int64); err != nil {
		return h, err
	}
	h.Lateness, err = tx.lateness(id, first.Int64, h.Series)
	return h, err
}

// causeHours counts the negatives of a brand by hour from first on, and cause.
func (tx *Tx) causeHours(brandID, first int64) (list []CauseHour, err error) {
	err = tx.eachCauses(brandID, first, math.MaxInt64, func(hour int64, c *causeCounts) {
		for cause, n := range c {
			if n > 0 {
				list = append(list, CauseHour{int(hour - first), brand.Cause(cause), n})
			}
		}
	})
	return list, err
}

// countHours fills in the counts of a source, or of all (0), and returns the
// volume of each.
func (tx *Tx) countHours(brandID, only, first, last int64, hours []trends.Hour) (map[int64]float64, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT hour, source_id, mentions, negatives, voices FROM hours
		WHERE brand_id = ?1 AND hour BETWEEN ?2 AND ?3 AND (?4 = 0 OR source_id = ?4)`, brandID, first, last, only)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	volume := map[int64]float64{}
	for rows.Next() {
		var hour, source int64
		var mentions, negatives, voices int32
		if err := rows.Scan(&hour, &source, &mentions, &negatives, &voices); err != nil {
			return nil, err
		}
		h := &hours[hour-first]
		h.Mentions += mentions
		h.Negatives += negatives
		h.Repeats += negatives - voices
		volume[source] += float64(mentions)
	}
	return volume, rows.Err()
}

// coverHours sets the coverage of each hour by a source, or by all (0): the mean
// over the sources that had begun by then, weighted by their volume, because a
// silent small source hides less than a silent big one.
func (tx *Tx) coverHours(brandID, only, first, last int64, volume map[int64]float64, hours []trends.Hour) error {
	begun, err := tx.firstCovered(brandID, only)
	if err != nil {
		return err
	}
	weigh := weights{begun, volume}
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT c.source_id, c.hour, c.share FROM coverage c JOIN sources s ON s.id = c.source_id
		WHERE s.brand_id = ?1 AND c.hour BETWEEN ?2 AND ?3 AND (?4 = 0 OR s.id = ?4)`, brandID, first, last, only)
	if err != nil {
		return err
	}
	defer rows.Close()
	watched := make([]float64, len(hours))
	for rows.Next() {
		var source, hour int64
		var share float64
		if err := rows.Scan(&source, &hour, &share); err != nil {
			return err
		}
		watched[hour-first] += share * weigh.of(source)
	}
	for i := range hours {
		hours[i].Coverage = 0
		if total := weigh.all(first + int64(i)); total > 0 {
			hours[i].Coverage = float32(min(watched[i]/total, 1))
		}
	}
	return rows.Err()
}

// weights say how much of a brand its sources are.
type weights struct {
	begun  map[int64]int64 // source → the first hour that it watched
	volume map[int64]float64
}

func (w weights) of(source int64) float64 { return w.volume[source] + 1 }

// all is the weight of the sources that had begun.
func (w weights) all(hour int64) (total float64) {
	for source, start := range w.begun {
		if hour >= start {
			total += w.of(source)
		}
	}
	return total
}

// firstCovered returns the first hour that a source of a brand watched, or each of
// them (0).
func (tx *Tx) firstCovered(brandID, only int64) (map[int64]int64, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT s.id, (SELECT min(hour) FROM coverage WHERE source_id = s.id)
		FROM sources s WHERE s.brand_id = ?1 AND (?2 = 0 OR s.id = ?2) AND EXISTS (SELECT 1 FROM coverage WHERE source_id = s.id)`, brandID, only)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	first := map[int64]int64{}
	for rows.Next() {
		var source, hour int64
		if err := rows.Scan(&source, &hour); err != nil {
			return nil, err
		}
		first[source] = hour
	}
	return first, rows.Err()
}
