package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"pantau/brand"
	"pantau/trends"
)

// BrandID returns the id of a brand, or 0 when nothing was ever stored for it.
func (tx *Tx) BrandID(name string) (id int64, err error) {
	if id, err = tx.id(`SELECT id FROM brands WHERE name = ?`, name); errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// Watch returns what the rule remembers of a brand and when it was last judged;
// zero values for a brand that never was.
func (tx *Tx) Watch(brandID int64) (life trends.Life, evaluated time.Time, err error) {
	var text string
	var at int64
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT life, evaluated_at FROM watches WHERE brand_id = ?`, brandID).Scan(&text, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return life, evaluated, nil
	}
	if err != nil {
		return life, evaluated, err
	}
	err = json.Unmarshal([]byte(text), &life)
	return life, time.Unix(at, 0), err
}

// SaveWatch remembers the life of a brand's incident and the last verdict.
func (tx *Tx) SaveWatch(brandID int64, at time.Time, life trends.Life, v trends.Verdict) error {
	l, err := json.Marshal(life)
	if err != nil {
		return err
	}
	verdict, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO watches (brand_id, evaluated_at, life, verdict) VALUES (?, ?, ?, ?)
		ON CONFLICT (brand_id) DO UPDATE SET evaluated_at = excluded.evaluated_at, life = excluded.life, verdict = excluded.verdict`,
		brandID, at.Unix(), string(l), string(verdict))
}

// Newest returns the newest verdict on a brand, in JSON, and when it was reached; nil
// when there was none.
func (db *DB) Newest(ctx context.Context, brand string) (verdict []byte, at time.Time, err error) {
	var seconds int64
	err = db.read.QueryRowContext(ctx, `SELECT verdict, evaluated_at FROM watches WHERE brand_id = (SELECT id FROM brands WHERE name = ?)`, brand).Scan(&verdict, &seconds)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, at, nil
	}
	return verdict, time.Unix(seconds, 0), explain(err)
}

// SaveLife changes what the rule remembers without an evaluation.
func (tx *Tx) SaveLife(brandID int64, evaluated time.Time, life trends.Life) error {
	l, err := json.Marshal(life)
	if err != nil {
		return err
	}
	return tx.exec(`UPDATE watches SET life = ? WHERE brand_id = ? AND evaluated_at = ?`, string(l), brandID, evaluated.Unix())
}

// LastIncident returns the newest incident of a brand, or nil when there never
// was one.
func (tx *Tx) LastIncident(brandID int64) (*brand.Incident, error) {
	id, err := tx.id(`SELECT coalesce(max(id), 0) FROM incidents WHERE brand_id = ?`, brandID)
	if err != nil || id == 0 {
		return nil, err
	}
	i, _, err := tx.IncidentByID(id)
	return i, err
}

// SaveIncident writes an incident, which gets its id when it is new, and records
// the change with all its numbers. It returns the number of the change.
func (tx *Tx) SaveIncident(brandID int64, i *brand.Incident, change brand.Change, v trends.Verdict) (number int64, err error) {
	if i.ID == 0 {
		if i.ID, err = tx.id(`SELECT coalesce(max(id), 0) + 1 FROM incidents`); err != nil {
			return 0, err
		}
	}
	snapshot, err := json.Marshal(i)
	if err != nil {
		return 0, err
	}
	verdict, err := json.Marshal(v)
	if err != nil {
		return 0, err
	}
	if err := tx.exec(`INSERT OR REPLACE INTO incidents (id, brand_id, state, severity, cause_id, started_at, opened_at, updated_at, acked_at,
		recovering_at, recovered_at, owner, note, window_hours, observed, expected, score, peak, excess, snapshot)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		i.ID, brandID, i.State.String(), i.Severity.String(), int64(i.Cause), i.StartedAt.Unix(), i.OpenedAt.Unix(), i.UpdatedAt.Unix(), unix(i.AckedAt),
		unix(i.RecoveringAt), unix(i.RecoveredAt), i.Owner, i.Note, int(i.Window.Hours()), i.Observed, i.Expected, i.Score, i.Peak, i.Excess, string(snapshot)); err != nil {
		return 0, err
	}
	if err := tx.exec(`INSERT OR IGNORE INTO incident_mentions (incident_id, mention_id)
		SELECT ?, id FROM mentions WHERE brand_id = ? AND published_at BETWEEN ? AND ? AND polarity = 1`,
		i.ID, brandID, i.StartedAt.Unix(), i.UpdatedAt.Unix()); err != nil {
		return 0, err
	}
	return tx.id(`INSERT INTO incident_changes (incident_id, at, change, state, snapshot, verdict) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		i.ID, i.UpdatedAt.Unix(), string(change), i.State.String(), string(snapshot), string(verdict))
}

// IncidentChange is one line in the history of an incident.
type IncidentChange struct {
	At       time.Time       `json:"at"`
	Change   brand.Change    `json:"change"`
	Incident brand.Incident  `json:"incident"` // as it was then
	Verdict  json.RawMessage `json:"verdict"`  // every number of the decision
}

// ErrNoIncident says that an id names no incident.
var ErrNoIncident = errors.New("no such incident")

// Incident returns an incident and its history, oldest change first.
func (db *DB) Incident(ctx context.Context, id int64) (i brand.Incident, history []IncidentChange, err error) {
	rows, err := db.read.QueryContext(ctx, `SELECT at, change, snapshot, verdict FROM incident_changes WHERE incident_id = ? ORDER BY id`, id)
	if err != nil {
		return i, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c IncidentChange
		var at int64
		var snapshot, verdict string
		if err := rows.Scan(&at, &c.Change, &snapshot, &verdict); err != nil {
			return i, nil, err
		}
		c.At, c.Verdict = time.Unix(at, 0).UTC(), json.RawMessage(verdict)
		if err := json.Unmarshal([]byte(snapshot), &c.Incident); err != nil {
			return i, nil, err
		}
		history = append(history, c)
	}
	if len(history) == 0 && rows.Err() == nil {
		return i, nil, fmt.Errorf("incident %d: %w", id, ErrNoIncident)
	}
	if rows.Err() == nil {
		i = history[len(history)-1].Incident
	}
	return i, history, rows.Err()
}

// Incidents returns all incidents, newest first.
func (db *DB) Incidents(ctx context.Context) (list []brand.Incident, _ error) {
	rows, err := db.read.QueryContext(ctx, `SELECT snapshot FROM incidents ORDER BY id DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var i brand.Incident
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &i); err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, rows.Err()
}
