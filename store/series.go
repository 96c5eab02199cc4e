package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	volume, err := tx.countHours(brandID, first, last, s.Hours)
	if err != nil {
		return s, err
	}
	return s, tx.coverHours(brandID, first, last, volume, s.Hours)
}

// CauseHour is how many negatives of one hour of a series had a cause.
type CauseHour struct {
	Hour  int // of the series
	Cause brand.Cause
	Count int
}

// ErrNoBrand means that nothing is stored under that name.
var ErrNoBrand = errors.New("nothing is stored about this brand")

// History returns all hours of a brand, from the first that was watched or has a
// mention to the last with one, and the causes of its negatives.
func (db *DB) History(ctx context.Context, name string) (s trends.Series, causes []CauseHour, err error) {
	sqlTx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s, nil, explain(err)
	}
	defer func() { _ = sqlTx.Rollback() }() // one view of the data for all questions
	tx := &Tx{ctx: ctx, tx: sqlTx, zone: db.zone}
	id, err := tx.BrandID(name)
	if err != nil {
		return s, nil, err
	}
	var first, last sql.NullInt64
	if err := sqlTx.QueryRowContext(ctx, `SELECT min(hour), max(hour) FROM hours WHERE brand_id = ?`, id).Scan(&first, &last); err != nil {
		return s, nil, err
	}
	if !last.Valid {
		return s, nil, fmt.Errorf("%q: %w", name, ErrNoBrand)
	}
	if s, err = tx.Series(id, time.Unix(first.Int64*3600, 0), time.Unix(last.Int64*3600, 0)); err != nil {
		return s, nil, err
	}
	causes, err = tx.causeHours(id, first.Int64)
	return s, causes, err
}

// causeHours counts the negatives of a brand by hour from first on, and cause.
func (tx *Tx) causeHours(brandID, first int64) (list []CauseHour, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT hour - ?, cause_id, sum(negatives) FROM cause_hours
		WHERE brand_id = ? AND hour >= ? GROUP BY hour, cause_id ORDER BY hour`, first, brandID, first)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c CauseHour
		if err := rows.Scan(&c.Hour, &c.Cause, &c.Count); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// countHours fills in the counts and returns the volume of each source.
func (tx *Tx) countHours(brandID, first, last int64, hours []trends.Hour) (map[int64]float64, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT hour, source_id, mentions, negatives, voices FROM hours
		WHERE brand_id = ? AND hour BETWEEN ? AND ?`, brandID, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	volume := map[int64]float64{}
	for rows.Next() {
		var hour, source int64
		var mentions, negatives, voices int
		if err := rows.Scan(&hour, &source, &mentions, &negatives, &voices); err != nil {
			return nil, err
		}
		h := &hours[hour-first]
		h.Mentions += mentions
		h.Negatives += negatives
		h.Voices += voices
		volume[source] += float64(mentions)
	}
	return volume, rows.Err()
}

// coverHours sets the coverage of each hour: the mean over the sources that had
// begun by then, weighted by their volume, because a silent small source hides
// less than a silent big one.
func (tx *Tx) coverHours(brandID, first, last int64, volume map[int64]float64, hours []trends.Hour) error {
	begun, err := tx.firstCovered(brandID)
	if err != nil {
		return err
	}
	weight := func(source int64) float64 { return volume[source] + 1 }
	for i := range hours {
		total := 0.0
		for source, start := range begun {
			if first+int64(i) >= start {
				total += weight(source)
			}
		}
		hours[i].Coverage = -total // turned into a share below
	}
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT c.source_id, c.hour, c.share FROM coverage c JOIN sources s ON s.id = c.source_id
		WHERE s.brand_id = ? AND c.hour BETWEEN ? AND ?`, brandID, first, last)
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
		watched[hour-first] += share * weight(source)
	}
	for i := range hours {
		if total := -hours[i].Coverage; total > 0 {
			hours[i].Coverage = min(watched[i]/total, 1)
		} else {
			hours[i].Coverage = 0
		}
	}
	return rows.Err()
}

// firstCovered returns the first hour that each source of a brand watched.
func (tx *Tx) firstCovered(brandID int64) (map[int64]int64, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT s.id, (SELECT min(hour) FROM coverage WHERE source_id = s.id)
		FROM sources s WHERE s.brand_id = ? AND EXISTS (SELECT 1 FROM coverage WHERE source_id = s.id)`, brandID)
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

// Groups are the negatives of one window and of the time before it, by cause,
// source, app version, language and place.
type Groups struct {
	Causes, Sources, Versions, Languages, Places []trends.Group
}

// Groups counts the negatives of a brand in the hours [from, to] and in those of
// the 28 days before, by what may have driven them.
func (tx *Tx) Groups(brandID int64, from, to time.Time) (g Groups, err error) {
	first, last := hourOf(from), hourOf(to)
	args := []any{first, first, brandID, first - 28*24, last}
	if g.Causes, err = tx.groups(`SELECT c.cause, sum(iif(hour >= ?, negatives, 0)), sum(iif(hour < ?, negatives, 0))
		FROM cause_hours h JOIN causes c ON c.id = h.cause_id WHERE brand_id = ? AND hour BETWEEN ? AND ? GROUP BY 1`, args...); err != nil {
		return g, err
	}
	if g.Sources, err = tx.groups(`SELECT s.name, sum(iif(hour >= ?, negatives, 0)), sum(iif(hour < ?, negatives, 0))
		FROM hours h JOIN sources s ON s.id = h.source_id WHERE h.brand_id = ? AND hour BETWEEN ? AND ? GROUP BY 1`, args...); err != nil {
		return g, err
	}
	raw := []any{first * 3600, first * 3600, brandID, (first - 28*24) * 3600, last*3600 + 3599}
	if g.Versions, err = tx.groups(`SELECT version, sum(published_at >= ?), sum(published_at < ?) FROM mentions INDEXED BY negatives
		WHERE brand_id = ? AND published_at BETWEEN ? AND ? AND polarity = 1 AND version IS NOT NULL GROUP BY 1`, raw...); err != nil {
		return g, err
	}
	g.Languages, err = tx.groups(`SELECT CASE language WHEN 1 THEN 'id' WHEN 2 THEN 'en' WHEN 3 THEN 'mixed' ELSE 'other' END,
		sum(published_at >= ?), sum(published_at < ?) FROM mentions INDEXED BY negatives
		WHERE brand_id = ? AND published_at BETWEEN ? AND ? AND polarity = 1 GROUP BY 1`, raw...)
	if err != nil {
		return g, err
	}
	g.Places, err = tx.groups(`SELECT place, sum(published_at >= ?), sum(published_at < ?) FROM mentions INDEXED BY negatives
		WHERE brand_id = ? AND published_at BETWEEN ? AND ? AND polarity = 1 AND place IS NOT NULL GROUP BY 1`, raw...)
	return g, err
}

func (tx *Tx) groups(query string, args ...any) (list []trends.Group, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g trends.Group
		if err := rows.Scan(&g.Key, &g.Observed, &g.Past); err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, rows.Err()
}
