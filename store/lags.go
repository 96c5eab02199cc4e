package store

import (
	"context"
	"time"

	"pantau/trends"
)

// Day returns the local date of a time.
func (db *DB) Day(at time.Time) string { return at.In(db.zone).Format(time.DateOnly) }

// Lags learns how late each source of a brand usually brings what was written, and
// under "" the brand as a whole: from what was collected until the local midnight
// before now. It reads the mentions of a month, so it is for once a day.
func (db *DB) Lags(ctx context.Context, name string, now time.Time) (lags map[string]trends.Lag, _ error) {
	err := db.Read(ctx, func(tx *Tx) (err error) {
		lags, err = tx.lags(name, now)
		return err
	})
	return lags, err
}

func (tx *Tx) lags(name string, now time.Time) (map[string]trends.Lag, error) {
	id, err := tx.BrandID(name)
	if err != nil || id == 0 {
		return nil, err
	}
	sources, err := tx.sourceNames(id)
	if err != nil {
		return nil, err
	}
	sources[0] = "" // the whole brand
	y, m, d := now.In(tx.zone).Date()
	last := hourOf(time.Date(y, m, d, 0, 0, 0, 0, tx.zone))
	first := last - trends.LagMemory
	late, err := tx.lateCounts(id, first, last)
	if err != nil {
		return nil, err
	}
	lags := map[string]trends.Lag{}
	for source, name := range sources {
		if lags[name], err = tx.lag(id, source, first, last, late[source]); err != nil {
			return nil, err
		}
	}
	return lags, nil
}

// sourceNames returns the sources of a brand that collect.
func (tx *Tx) sourceNames(brandID int64) (map[int64]string, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT id, name FROM sources WHERE brand_id = ? AND kind <> 'import'`, brandID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := map[int64]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Err()
}

// lag learns that of a source, or of all (0), from the hours from first to last and
// what came late in them.
func (tx *Tx) lag(brandID, only, first, last int64, late []trends.Late) (trends.Lag, error) {
	hours := make([]trends.Hour, last-first+1)
	volume, err := tx.countHours(brandID, only, first, last, hours)
	if err != nil {
		return nil, err
	}
	if err := tx.coverHours(brandID, only, first, last, volume, hours); err != nil {
		return nil, err
	}
	watched, err := tx.lateWatch(brandID, only, first, last, first*3600, volume)
	return trends.LearnLag(hours, append(late, watched...), len(hours)-1), err
}

// lateCounts counts the live mentions of the hours from first to last that were
// collected after their hour, by source and, under 0, of all. A run that covers
// nothing, such as one that failed, brings nothing that is live.
func (tx *Tx) lateCounts(brandID, first, last int64) (map[int64][]trends.Late, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `WITH begun AS (SELECT r.source_id, min(r.started_at) AS at FROM runs r JOIN sources s ON s.id = r.source_id
			WHERE s.brand_id = ?1 AND s.kind <> 'import' AND r.covered_to > r.covered_from GROUP BY r.source_id)
		SELECT m.source_id, m.published_at / 3600 - ?2, m.collected_at / 3600 - ?2, count(*) FROM mentions m JOIN begun b ON b.source_id = m.source_id AND m.collected_at > b.at
		WHERE m.brand_id = ?1 AND m.published_at BETWEEN ?2 * 3600 AND ?3 * 3600 + 3599 AND m.collected_at / 3600 > m.published_at / 3600 GROUP BY 1, 2, 3`,
		brandID, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	late := map[int64][]trends.Late{}
	for rows.Next() {
		var source int64
		var l trends.Late
		if err := rows.Scan(&source, &l.Hour, &l.Known, &l.Gain.Mentions); err != nil {
			return nil, err
		}
		late[source], late[0] = append(late[source], l), append(late[0], l)
	}
	return late, rows.Err()
}
