package store

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// unquote removes the quotes of mentions from incidents, their history and
// alerts, and notes which alerts have left the house with one.
func (tx *Tx) unquote(ids []int64, r *Receipt) error {
	for _, t := range []struct{ table, column string }{
		{"incidents", "snapshot"}, {"incident_changes", "snapshot"}, {"deliveries", "payload"},
	} {
		docs, err := tx.quoting(t.table, t.column)
		if err != nil {
			return err
		}
		for _, d := range docs {
			kept, n, err := withoutQuotes(d.text, ids)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			r.Quotes += n
			if err := tx.exec(`UPDATE `+t.table+` SET `+t.column+` = ? WHERE id = ?`, kept, d.id); err != nil {
				return err
			}
			if t.table == "deliveries" {
				if err := tx.noteSent(d.id, r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// quoting is a stored document with quotes.
type quoting struct {
	id   int64
	text string
}

func (tx *Tx) quoting(table, column string) ([]quoting, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT id, `+column+` FROM `+table+` WHERE instr(`+column+`, '"mention_id":') > 0`)
	return scanAll(rows, err, func(d *quoting) []any { return []any{&d.id, &d.text} })
}

// withoutQuotes removes what quotes one of the mentions from a JSON document,
// wherever it stands, and returns how many there were.
func withoutQuotes(doc string, ids []int64) (kept string, n int, err error) {
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber() // numbers keep their digits
	var v any
	if err := d.Decode(&v); err != nil {
		return "", 0, err
	}
	v = drop(v, ids, &n)
	if n == 0 {
		return doc, 0, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err = e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), n, err
}

func drop(v any, ids []int64, n *int) any {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			v[key] = drop(x, ids, n)
		}
	case []any:
		kept := v[:0]
		for _, x := range v {
			if quotes(x, ids) {
				*n++
				continue
			}
			kept = append(kept, drop(x, ids, n))
		}
		return kept
	}
	return v
}

func quotes(v any, ids []int64) bool {
	object, ok := v.(map[string]any)
	if !ok {
		return false
	}
	number, ok := object["mention_id"].(json.Number)
	if !ok {
		return false
	}
	id, err := number.Int64()
	return err == nil && slices.Contains(ids, id)
}

// noteSent adds a delivery to the receipt if a channel has it, or may have it.
func (tx *Tx) noteSent(id int64, r *Receipt) error {
	var s SentAlert
	var state string
	err := tx.tx.QueryRowContext(tx.ctx, `SELECT coalesce(incident_id, 0), channel, receipt, state FROM deliveries WHERE id = ? AND state IN ('sent', 'sending', 'ambiguous')`, id).
		Scan(&s.Incident, &s.Channel, &s.Receipt, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	s.inFlight = state != "sent"
	r.Published = append(r.Published, s)
	return nil
}

// editPublished queues one edit for each incident and channel whose message can
// be edited, in the transaction that erases: it is neither lost nor made twice.
// Only the first message of an incident ever shows a quote.
func (tx *Tx) editPublished(r *Receipt, editable func(receipt string) bool) error {
	type place struct {
		incident int64
		channel  string
	}
	queued := map[place]bool{}
	for i := range r.Published {
		s := &r.Published[i]
		if s.Incident == 0 || !s.inFlight && (editable == nil || !editable(s.Receipt)) {
			continue
		}
		s.Edited = true
		at := place{s.Incident, s.Channel}
		if queued[at] {
			continue
		}
		queued[at] = true
		if err := tx.queueEdit(s.Incident, s.Channel, r.At); err != nil {
			return err
		}
	}
	return nil
}
