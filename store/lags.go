package store

import (
	"context"
	"database/sql"
	"time"

	"pantau/trends"
)

// Day returns the local date of a time.
func (db *DB) Day(at time.Time) string { return at.In(db.zone).Format(time.DateOnly) }

// Lags learns how late each source of a brand usually brings what was written, and
// under "" the brand as a whole: from what was collected until the local midnight
// before now. It reads the mentions of a month, so it is for once a day.
func (db *DB) Lags(ctx context.Context, name string, now time.Time) (map[string]trends.Lag, error) {
	sqlTx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = sqlTx.Rollback() }()
	tx := &Tx{ctx: ctx, tx: sqlTx, zone: db.zone}
	id, err := tx.BrandID(name)
	if err != nil || id == 0 {
		return nil, err
	}
	sources, err := tx.sourceNames(id)
	if err != nil {
		return nil, err
	}
	sources[0] = "" // the whole brand
	y, m, d := now.In(db.zone).Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, db.zone)
	lags := map[string]trends.Lag{}
	for source, name := range sources {
		if lags[name], err = tx.lag(id, source, midnight); err != nil {
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

// lag learns that of a source, or of all (0), from what was collected until midnight.
func (tx *Tx) lag(brandID, only int64, midnight time.Time) (trends.Lag, error) {
	first, last := hourOf(midnight)-trends.LagMemory, hourOf(midnight)
	hours := make([]trends.Hour, last-first+1)
	volume, err := tx.countHours(brandID, only, first, last, hours)
	if err != nil {
		return nil, err
	}
	if err := tx.coverHours(brandID, only, first, last, volume, hours); err != nil {
		return nil, err
	}
	late, err := tx.lateCounts(brandID, only, first, last)
	if err != nil {
		return nil, err
	}
	watched, err := tx.lateWatch(brandID, only, first, last, first*3600)
	return trends.LearnLag(hours, append(late, watched...), len(hours)-1), err
}

// lateCounts counts the live mentions of the hours from first to last that were
// collected after their hour, as far as that is a lag. A run that covers nothing, such
// as one that failed, brings nothing that is live.
func (tx *Tx) lateCounts(brandID, only, first, last int64) (list []trends.Late, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `WITH begun AS (SELECT r.source_id, min(r.started_at) AS at FROM runs r JOIN sources s ON s.id = r.source_id
			WHERE s.brand_id = ?1 AND s.kind <> 'import' AND (?2 = 0 OR s.id = ?2) AND r.covered_to > r.covered_from GROUP BY r.source_id)
		SELECT m.published_at / 3600 - ?3, m.collected_at / 3600 - ?3, count(*) FROM mentions m JOIN begun b ON b.source_id = m.source_id AND m.collected_at > b.at
		WHERE m.brand_id = ?1 AND m.published_at BETWEEN ?3 * 3600 AND ?4 * 3600 + 3599 AND m.collected_at / 3600 > m.published_at / 3600 GROUP BY 1, 2`,
		brandID, only, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l trends.Late
		if err := rows.Scan(&l.Hour, &l.Known, &l.Gain.Mentions); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, rows.Err()
}
