package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"pantau/brand"
)

// Delivery is one alert on its way to one channel.
type Delivery struct {
	ID          int64
	Key         string
	Alert       brand.Alert
	Root        string // receipt of the incident's first message on the channel
	Ambiguous   bool   // an attempt ended without an answer: it may have arrived
	QueuedAt    time.Time
	AttemptedAt time.Time // zero before the first attempt
	Attempts    int
	Reason      string // why it was postponed last, "" when it never was
}

// Queue puts an alert into the outbox of every channel. The number is that of
// the change, so that a decision can never be queued twice.
func (tx *Tx) Queue(a brand.Alert, number int64, channels []string, at time.Time) error {
	for _, channel := range channels {
		if err := tx.enqueue(fmt.Sprintf("%d:%d:%s", a.Incident.ID, number, channel), a, channel, at); err != nil {
			return err
		}
	}
	return nil
}

// QueueReport puts a digest into the outbox of every channel, unless it is there
// already: a report of one day is written once, however often the daemon starts.
func (tx *Tx) QueueReport(a brand.Alert, name string, channels []string, at time.Time) error {
	for _, channel := range channels {
		key := name + ":" + channel
		n, err := tx.id(`SELECT count(*) FROM deliveries WHERE key = ?`, key)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if err := tx.enqueue(key, a, channel, at); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) enqueue(key string, a brand.Alert, channel string, at time.Time) error {
	payload, err := json.Marshal(a)
	if err != nil {
		return err
	}
	var incident any
	if a.Incident.ID != 0 {
		incident = a.Incident.ID
	}
	change := a.Change
	if a.Edit {
		change = brand.Erased
	}
	return tx.exec(`INSERT INTO deliveries (key, incident_id, channel, change, payload, state, queued_at, not_before)
		VALUES (?, ?, ?, ?, ?, 'pending', ?, ?)`, key, incident, channel, string(change), string(payload), at.Unix(), at.Unix())
}

// queueEdit has the living message of an incident brought up to date with the
// newest alert about it, from which the erased quotes are gone.
func (tx *Tx) queueEdit(incident int64, channel string, at time.Time) error {
	var payload string
	err := tx.tx.QueryRowContext(tx.ctx, `SELECT payload FROM deliveries WHERE incident_id = ? AND channel = ?
		AND state IN ('pending', 'sending', 'ambiguous', 'sent') ORDER BY id DESC LIMIT 1`, incident, channel).Scan(&payload)
	if err != nil {
		return err
	}
	var a brand.Alert
	if err := json.Unmarshal([]byte(payload), &a); err != nil {
		return err
	}
	a.Edit = true
	return tx.enqueue(fmt.Sprintf("%d:%s:%d:%s", incident, brand.Erased, at.UnixMilli(), channel), a, channel, at)
}

// undelivered is what the index deliveries_open holds. SQLite takes it only for a question
// that says so in the same words.
const undelivered = `state IN ('pending', 'sending', 'ambiguous')`

// Next returns the oldest open delivery of a channel, and false when there is
// none. A channel is a queue: a later alert never overtakes an earlier one, so
// the caller waits until notBefore.
func (db *DB) Next(ctx context.Context, channel string) (d Delivery, notBefore time.Time, ok bool, err error) {
	return db.next(ctx, channel, "")
}

// NextCritical is [DB.Next] among the critical ones: they may overtake what the
// quiet hours hold back.
func (db *DB) NextCritical(ctx context.Context, channel string) (d Delivery, notBefore time.Time, ok bool, err error) {
	return db.next(ctx, channel, ` AND json_extract(payload, '$.incident.severity') = 'critical'`)
}

func (db *DB) next(ctx context.Context, channel, only string) (d Delivery, notBefore time.Time, ok bool, err error) {
	var payload, state string
	var queued, before int64
	var incident, attempted sql.NullInt64
	err = db.read.QueryRowContext(ctx, `SELECT id, key, incident_id, payload, state, queued_at, attempted_at, attempts, not_before, error
		FROM deliveries WHERE channel = ? AND `+undelivered+only+` ORDER BY id LIMIT 1`, channel).
		Scan(&d.ID, &d.Key, &incident, &payload, &state, &queued, &attempted, &d.Attempts, &before, &d.Reason)
	if errors.Is(err, sql.ErrNoRows) {
		return d, notBefore, false, nil
	}
	if err != nil {
		return d, notBefore, false, err
	}
	// An attempt that a stopped process left in the middle may have arrived.
	d.QueuedAt, d.AttemptedAt, d.Ambiguous = time.Unix(queued, 0).UTC(), when(attempted), state != "pending"
	if err := json.Unmarshal([]byte(payload), &d.Alert); err != nil {
		return d, notBefore, false, err
	}
	err = db.read.QueryRowContext(ctx, `SELECT receipt FROM deliveries WHERE incident_id = ? AND channel = ? AND state = 'sent' AND receipt <> ''
		ORDER BY id LIMIT 1`, incident, channel).Scan(&d.Root)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return d, time.Unix(before, 0), err == nil, err
}

// Sending marks the start of an attempt, before anything leaves the machine.
func (db *DB) Sending(ctx context.Context, id int64, at time.Time) error {
	return db.update(ctx, `UPDATE deliveries SET state = 'sending', attempts = attempts + 1, attempted_at = ? WHERE id = ?`, at.Unix(), id)
}

// Sent marks the end: the channel has the alert.
func (db *DB) Sent(ctx context.Context, id int64, receipt string, at time.Time) error {
	return db.update(ctx, `UPDATE deliveries SET state = 'sent', sent_at = ?, receipt = ?, error = '' WHERE id = ?`, at.Unix(), receipt, id)
}

// Postpone keeps a delivery for later. Ambiguous says that the attempt may have
// arrived all the same.
func (db *DB) Postpone(ctx context.Context, id int64, until time.Time, ambiguous bool, reason string) error {
	state := "pending"
	if ambiguous {
		state = "ambiguous"
	}
	return db.update(ctx, `UPDATE deliveries SET state = ?, not_before = ?, error = ? WHERE id = ?`, state, until.Unix(), reason, id)
}

// Park takes a delivery out of the queue that would fail the same way for ever.
func (db *DB) Park(ctx context.Context, id int64, reason string) error {
	return db.update(ctx, `UPDATE deliveries SET state = 'parked', error = ? WHERE id = ?`, reason, id)
}

func (db *DB) update(ctx context.Context, query string, args ...any) error {
	return db.Write(ctx, func(tx *Tx) error { return tx.exec(query, args...) })
}

// Unpark gives what was parked another chance: at the start, and after the
// configuration was mended.
func (db *DB) Unpark(ctx context.Context) error {
	return db.update(ctx, `UPDATE deliveries SET state = 'pending' WHERE state = 'parked'`)
}

// Pending counts what waits for a channel and could be listed, and what it was
// sent since a time. Edits are not counted: nobody has to read them.
func (db *DB) Pending(ctx context.Context, channel string, since time.Time) (pending, sent int, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT coalesce(sum(state = 'pending'`+listable+`), 0), coalesce(sum(state = 'sent' AND sent_at > ?), 0)
		FROM deliveries WHERE channel = ? AND change <> 'erased' AND (state = 'pending' OR sent_at > ?)`, since.Unix(), channel, since.Unix()).Scan(&pending, &sent)
	return pending, sent, err
}

// Collapse turns everything that waits for a channel into one report that lists
// all of it. Nothing is dropped: each alert is in the list. With reopen, the
// newest alert of every incident that is not over follows the list, so that it
// gets its living message.
func (db *DB) Collapse(ctx context.Context, channel string, change brand.Change, reopen bool, at time.Time) error {
	return db.Write(ctx, func(tx *Tx) error {
		ids, waiting, err := tx.pending(channel)
		if err != nil || len(waiting) == 0 {
			return err
		}
		newest := newestAlerts(waiting)
		key := fmt.Sprintf("%s:%d:%s", change, ids[len(ids)-1], channel)
		parts := 0
		for part := range slices.Chunk(newest, brand.MaxListed) {
			report := brand.Alert{Change: change, Digest: &brand.Digest{From: at, To: at, Alerts: part}}
			if err := tx.enqueue(fmt.Sprintf("%s:%d", key, parts), report, channel, at); err != nil {
				return err
			}
			parts++
		}
		if err := tx.exec(`UPDATE deliveries SET state = 'listed', error = 'listed in ' || ? WHERE channel = ? AND state = 'pending' AND id <= ?`+listable,
			key, channel, ids[len(ids)-1]); err != nil {
			return err
		}
		for _, a := range newest {
			if !reopen || a.Incident.ID == 0 || a.Incident.State.Ended() {
				continue
			}
			if err := tx.enqueue(fmt.Sprintf("%d:%s:%s", a.Incident.ID, key, channel), a, channel, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// listable leaves out what a list of incidents cannot hold: reports, messages to
// operators, and edits, which nobody has to read.
const listable = ` AND change NOT IN ('daily', 'weekly', 'channel_broken', 'source_silent', 'degraded', 'mended', 'erased')`

func (tx *Tx) pending(channel string) (ids []int64, alerts []brand.Alert, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT id, payload FROM deliveries WHERE channel = ? AND `+undelivered+` AND state = 'pending'`+listable+` ORDER BY id`, channel)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var payload string
		var a brand.Alert
		if err := rows.Scan(&id, &payload); err != nil {
			return nil, nil, err
		}
		if err := json.Unmarshal([]byte(payload), &a); err != nil {
			return nil, nil, err
		}
		ids, alerts = append(ids, id), append(alerts, a)
	}
	return ids, alerts, rows.Err()
}

// newestAlerts keeps the last alert of each incident, in the order of the first.
// The list says what an incident is now, not how it came there.
func newestAlerts(all []brand.Alert) (list []brand.Alert) {
	at := map[int64]int{}
	for _, a := range all {
		if a.Digest != nil {
			list = append(list, a.Digest.Alerts...) // a list in a list becomes one list
			continue
		}
		i, seen := at[a.Incident.ID]
		if !seen {
			at[a.Incident.ID] = len(list)
			list = append(list, a)
			continue
		}
		list[i] = a
	}
	for i := range list { // a line needs no evidence
		list[i].Incident.Quotes, list[i].Incident.Sources, list[i].Incident.Versions = nil, nil, nil
	}
	return list
}
