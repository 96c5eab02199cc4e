package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// Run is what one round of a source did and could see.
type Run struct {
	StartedAt, FinishedAt time.Time
	From, To              time.Time // window that was covered; zero when unknown
	Fetched               int       // items the source gave
	Added, Edited         int
	Rejected              int // items that could not be kept
	Gap                   bool
	Status                string // fresh, degraded, blocked, rate_limited or failed
	Reason                string
	Cursor                string // where the next run goes on; unchanged when empty
}

// FinishRun records a run, moves the cursor and marks the hours that it covered.
func (tx *Tx) FinishRun(o Origin, r Run) error {
	if err := tx.exec(`INSERT INTO runs (source_id, started_at, finished_at, covered_from, covered_to, fetched, added, edited, rejected, gap, status, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, o.SourceID, r.StartedAt.Unix(), r.FinishedAt.Unix(), unix(r.From), unix(r.To),
		r.Fetched, r.Added, r.Edited, r.Rejected, r.Gap, r.Status, r.Reason); err != nil {
		return err
	}
	if r.Cursor != "" {
		if err := tx.exec(`UPDATE sources SET cursor = ? WHERE id = ?`, r.Cursor, o.SourceID); err != nil {
			return err
		}
	}
	if err := tx.catchUp(); err != nil {
		return err
	}
	if r.From.IsZero() || !r.To.After(r.From) {
		return nil
	}
	return tx.cover(o.SourceID, r.From, r.To)
}

// cover marks the hours between two times as watched, the first and the last in
// part.
func (tx *Tx) cover(sourceID int64, from, to time.Time) error {
	first, last := hourOf(from), hourOf(to)
	for _, hour := range slices.Compact([]int64{first, last}) {
		var had float64
		if err := tx.tx.QueryRowContext(tx.ctx, `SELECT coalesce((SELECT share FROM coverage WHERE source_id = ? AND hour = ?), 0)`, sourceID, hour).Scan(&had); err != nil {
			return err
		}
		if err := tx.exec(`INSERT OR REPLACE INTO coverage (source_id, hour, share) VALUES (?, ?, ?)`, sourceID, hour, watchedAfter(had, from.Unix(), to.Unix(), hour)); err != nil {
			return err
		}
	}
	if last <= first+1 {
		return nil
	}
	return tx.exec(`WITH RECURSIVE h (hour) AS (SELECT ?1 UNION ALL SELECT hour + 1 FROM h WHERE hour + 1 < ?2)
		INSERT INTO coverage (source_id, hour, share) SELECT ?3, hour, 1 FROM h WHERE true
		ON CONFLICT (source_id, hour) DO UPDATE SET share = 1`, first+1, last, sourceID)
}

// watchedAfter returns which share of an hour was watched after a run from one time
// to another, in Unix seconds, when had was watched before. Parts of the hour in
// which a run begins add up, because runs follow each other. A run that began before
// the hour saw its start as well: what earlier ones saw of it is inside.
func watchedAfter(had float64, from, to, hour int64) float64 {
	part := float64(max(min(to, hour*3600+3600)-max(from, hour*3600), 0)) / 3600
	if hour > from/3600 {
		return max(had, part)
	}
	return min(had+part, 1)
}

// SourceHealth is how a source fares.
type SourceHealth struct {
	Brand       string    `json:"brand"`
	Source      string    `json:"source"`
	Kind        string    `json:"kind"`
	Status      string    `json:"status"` // of the last run; "never" before the first
	Reason      string    `json:"reason,omitempty"`
	LastRun     time.Time `json:"last_run,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastNew     time.Time `json:"last_new,omitzero"`
	Mentions    int       `json:"mentions"`
	Rejected    int       `json:"rejected"` // in the last run
	Gap         bool      `json:"gap"`      // the last run may have missed items
	Silent      bool      `json:"silent"`   // people were told that nothing comes any more
}

const sourceHealth = `SELECT b.name, s.name, s.kind, coalesce(r.status, 'never'), coalesce(r.reason, ''), r.finished_at,
	(SELECT max(finished_at) FROM runs WHERE source_id = s.id AND status IN ('fresh', 'degraded')),
	(SELECT max(finished_at) FROM runs WHERE source_id = s.id AND added > 0),
	s.mentions, coalesce(r.rejected, 0), coalesce(r.gap, 0), coalesce((SELECT value FROM settings WHERE key = 'silent:' || b.name || ':' || s.name), '')
	FROM sources s JOIN brands b ON b.id = s.brand_id
	LEFT JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE source_id = s.id)
	WHERE (s.kind <> 'import' OR s.mentions > 0 OR EXISTS (SELECT 1 FROM runs WHERE source_id = s.id AND status IN ('fresh', 'degraded')))` // as v_source_health

// Sources returns the health of every source that ever ran, but for files that could
// not be imported: what failed was said then, and nothing tries it again.
func (db *DB) Sources(ctx context.Context) ([]SourceHealth, error) {
	return scanHealth(db.read.QueryContext(ctx, sourceHealth+` ORDER BY b.name, s.name`))
}

// Sources is [DB.Sources] as this transaction sees it.
func (tx *Tx) Sources() ([]SourceHealth, error) {
	return scanHealth(tx.tx.QueryContext(tx.ctx, sourceHealth+` ORDER BY b.name, s.name`))
}

// SourcesOf returns the health of the sources of one brand as this transaction
// sees them.
func (tx *Tx) SourcesOf(brandID int64) ([]SourceHealth, error) {
	return scanHealth(tx.tx.QueryContext(tx.ctx, sourceHealth+` AND b.id = ? ORDER BY s.name`, brandID))
}

// SourceNames returns every name that a source ever had.
func (db *DB) SourceNames(ctx context.Context) ([]string, error) {
	return texts(db.read.QueryContext(ctx, `SELECT DISTINCT name FROM sources ORDER BY name`))
}

// Watched returns which share of the time between from and to was watched, by
// brand and source. A source that watched nothing of it is not in it.
func (db *DB) Watched(ctx context.Context, from, to time.Time) (map[[2]string]float64, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT b.name, s.name, sum(c.share) FROM coverage c JOIN sources s ON s.id = c.source_id JOIN brands b ON b.id = s.brand_id
		WHERE c.hour BETWEEN ? AND ? GROUP BY c.source_id`, hourOf(from), hourOf(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	shares := map[[2]string]float64{}
	for rows.Next() {
		var b, source string
		var hours float64
		if err := rows.Scan(&b, &source, &hours); err != nil {
			return nil, err
		}
		shares[[2]string{b, source}] = min(hours/to.Sub(from).Hours(), 1)
	}
	return shares, rows.Err()
}

func scanHealth(rows *sql.Rows, err error) (list []SourceHealth, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h SourceHealth
		var run, success, fresh sql.NullInt64
		var silent string
		if err := rows.Scan(&h.Brand, &h.Source, &h.Kind, &h.Status, &h.Reason, &run, &success, &fresh, &h.Mentions, &h.Rejected, &h.Gap, &silent); err != nil {
			return nil, err
		}
		h.LastRun, h.LastSuccess, h.LastNew = when(run), when(success), when(fresh)
		h.Silent = silent != "" && silent == h.LastNew.Format(time.RFC3339)
		list = append(list, h)
	}
	return list, rows.Err()
}

func when(s sql.NullInt64) time.Time {
	if !s.Valid {
		return time.Time{}
	}
	return time.Unix(s.Int64, 0).UTC()
}
