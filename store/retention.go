package store

import (
	"context"
	"time"
)

// Forget deletes the texts that were collected before texts, and everything
// about mentions that were collected before numbers. Buckets and incidents stay:
// they hold no text of anybody but the quotes of an alert, which go with the texts.
// Alerts that people have go with the numbers.
func (db *DB) Forget(ctx context.Context, texts, numbers time.Time) error {
	return db.Write(ctx, func(tx *Tx) error {
		old, err := tx.id(`SELECT count(*) FROM mentions WHERE collected_at < ? AND (text IS NOT NULL OR collected_at < ?)`, texts.Unix(), numbers.Unix())
		if err != nil {
			return err
		}
		if err := tx.forgetKeys(keyedMentions+`collected_at < ?`, numbers.Unix()); err != nil {
			return err
		}
		for _, s := range []struct {
			query string
			at    time.Time
		}{
			{`DELETE FROM search WHERE docid IN (SELECT id FROM mentions WHERE collected_at < ? AND text IS NOT NULL)`, later(texts, numbers)},
			{`DELETE FROM mentions WHERE collected_at < ?`, numbers},
			{`UPDATE mentions SET text = NULL, title = NULL, url = NULL, author = NULL, reply = NULL, hits = NULL,
				content = content_hash(title, text, traits % 6, reply) WHERE collected_at < ? AND text IS NOT NULL`, texts},
			{`UPDATE revisions SET text = NULL, title = NULL WHERE replaced_at < ? AND text IS NOT NULL`, texts},
			{`UPDATE incidents SET snapshot = json_remove(snapshot, '$.quotes') WHERE updated_at < ?`, texts},
			{`UPDATE incident_changes SET snapshot = json_remove(snapshot, '$.quotes') WHERE at < ?`, texts},
			{`DELETE FROM deliveries WHERE state IN ('sent', 'listed') AND queued_at < ?`, numbers},
			{`UPDATE deliveries SET payload = json_remove(payload, '$.incident.quotes') WHERE queued_at < ? AND instr(payload, '"quotes"') > 0`, texts},
			{`DELETE FROM runs WHERE finished_at < ?`, numbers},
			{`DELETE FROM answers WHERE at < ?`, numbers},
		} {
			if err := tx.exec(s.query, s.at.Unix()); err != nil {
				return err
			}
		}
		if old == 0 {
			return nil
		}
		return tx.mergeIndex() // until then the words of deleted texts stay in the older pieces
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
