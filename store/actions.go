package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"pantau/brand"
)

// IncidentByID returns an incident as it is now, with the id of its brand.
func (tx *Tx) IncidentByID(id int64) (i *brand.Incident, brandID int64, err error) {
	var text string
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT snapshot, brand_id FROM incidents WHERE id = ?`, id).Scan(&text, &brandID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, ErrNoIncident
	}
	if err != nil {
		return nil, 0, err
	}
	i = new(brand.Incident)
	return i, brandID, json.Unmarshal([]byte(text), i)
}

// Silence keeps the alerts of a brand back until a time.
func (tx *Tx) Silence(brandID int64, now, until time.Time, author, reason string) error {
	return tx.exec(`INSERT INTO silences (brand_id, created_at, until, author, reason) VALUES (?, ?, ?, ?, ?)`,
		brandID, now.Unix(), until.Unix(), author, reason)
}

// Silenced returns until when the alerts of a brand are kept back; the zero time
// when they are not.
func (tx *Tx) Silenced(brandID int64, now time.Time) (time.Time, error) {
	var until sql.NullInt64
	err := tx.tx.QueryRowContext(tx.ctx, `SELECT max(until) FROM silences WHERE brand_id = ? AND until > ?`, brandID, now.Unix()).Scan(&until)
	return when(until), err
}

// Told reports whether an incident was ever put into an outbox.
func (tx *Tx) Told(incident int64) (bool, error) {
	n, err := tx.id(`SELECT count(*) FROM deliveries WHERE incident_id = ?`, incident)
	return n > 0, err
}

// Take remembers a click by its key and reports whether it is the first of its
// kind: a chat may deliver the same click several times.
func (tx *Tx) Take(key string, at time.Time) (first bool, err error) {
	result, err := tx.tx.ExecContext(tx.ctx, `INSERT OR IGNORE INTO interactions (key, at) VALUES (?, ?)`, key, at.Unix())
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
