package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"pantau/brand"
)

// Label is what a person says of one mention.
type Label struct {
	Polarity brand.Polarity
	Causes   []brand.Cause // of a complaint; may be empty
	Author   string
	Note     string
	At       time.Time
}

// ErrNoMention says that an id names no mention.
var ErrNoMention = errors.New("no such mention")

// ErrNoLabel says that a mention has no label to take back.
var ErrNoLabel = errors.New("has no label")

// Label corrects a mention: from now on it counts as the person says, and the
// scorer's verdict stays beside it. A second label replaces the first; every one
// stays in the audit.
func (db *DB) Label(ctx context.Context, id int64, l Label) error {
	return db.Write(ctx, func(tx *Tx) error {
		scorer, err := tx.scorerVerdict(id)
		if err != nil {
			return err
		}
		now := verdict{polarity: l.Polarity}
		for _, c := range l.Causes {
			now.causes = append(now.causes, brand.CauseHit{Cause: c})
		}
		if err := tx.exec(`INSERT OR REPLACE INTO labels (mention_id, at, author, note, scorer_polarity, scorer_causes) VALUES (?, ?, ?, ?, ?, ?)`,
			id, l.At.Unix(), l.Author, l.Note, int64(scorer.polarity), writeCauseHits(scorer.causes)); err != nil {
			return err
		}
		return tx.correct(id, now, l)
	})
}

// Unlabel takes a label back: the scorer's verdict counts again. Of l, the
// author, the note and the time go into the audit.
func (db *DB) Unlabel(ctx context.Context, id int64, l Label) error {
	return db.Write(ctx, func(tx *Tx) error {
		scorer, err := tx.scorerVerdict(id)
		if err != nil {
			return err
		}
		if _, err := tx.id(`DELETE FROM labels WHERE mention_id = ? RETURNING 1`, id); errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%d %w", id, ErrNoLabel)
		} else if err != nil {
			return err
		}
		return tx.correct(id, scorer, l)
	})
}

// verdict is what a mention counts as, with the evidence for its causes.
type verdict struct {
	polarity brand.Polarity
	causes   []brand.CauseHit
}

// correct changes the verdict of a mention, writes the audit and moves the counts.
func (tx *Tx) correct(id int64, now verdict, l Label) error {
	old, err := tx.factOf(id)
	if err != nil {
		return err
	}
	if err := tx.exec(`UPDATE mentions SET polarity = ?, causes = ? WHERE id = ?`, int64(now.polarity), text(writeCauses(now.causes)), id); err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO label_changes (mention_id, at, author, note, polarity_before, polarity, causes_before, causes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		id, l.At.Unix(), l.Author, l.Note, int64(old.polarity), int64(now.polarity), causeNames(old.causes), causeNames(causeSet(now.causes))); err != nil {
		return err
	}
	var brandID, sourceID int64
	if err := tx.tx.QueryRowContext(tx.ctx, `SELECT brand_id, source_id FROM mentions WHERE id = ?`, id).Scan(&brandID, &sourceID); err != nil {
		return err
	}
	is, err := tx.factOf(id)
	if err != nil {
		return err
	}
	b := newBuckets(tx.zone)
	b.add(old, -1)
	b.add(is, 1)
	return tx.addBuckets(brandID, sourceID, b)
}

// scorerVerdict returns what the scorer says of a mention, labelled or not.
func (tx *Tx) scorerVerdict(id int64) (v verdict, err error) {
	var list string
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT scorer_polarity, scorer_causes FROM labels WHERE mention_id = ?`, id).Scan(&v.polarity, &list)
	if err == nil {
		v.causes, err = readCauseHits(list)
		return v, err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return v, err
	}
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT polarity, coalesce(causes, '') FROM mentions WHERE id = ?`, id).Scan(&v.polarity, &list)
	if errors.Is(err, sql.ErrNoRows) {
		return v, fmt.Errorf("%d: %w", id, ErrNoMention)
	}
	v.causes = readCauses(list)
	return v, err
}

func writeCauseHits(hits []brand.CauseHit) string {
	list := make([][3]int, len(hits))
	for i, h := range hits {
		list[i] = [3]int{int(h.Cause), h.Start, h.End}
	}
	text, _ := json.Marshal(list) // numbers always marshal
	return string(text)
}

func readCauseHits(text string) (hits []brand.CauseHit, _ error) {
	var list [][3]int
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	for _, l := range list {
		hits = append(hits, brand.CauseHit{Cause: brand.Cause(l[0]), Start: l[1], End: l[2]})
	}
	return hits, nil
}

func causeNames(set uint32) string {
	names := []string{}
	for c := brand.Unexplained; set != 0; c, set = c+1, set>>1 {
		if set&1 == 1 {
			names = append(names, c.String())
		}
	}
	text, _ := json.Marshal(names) // strings always marshal
	return string(text)
}
