package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"pantau/brand"
	"pantau/collectors/clean"
)

// Scorer is what judges a text; a sentiment.Analyzer is one.
type Scorer interface {
	Score(text string, stars int) brand.Score
	Version() string
}

// rescoreBatch is how many mentions one transaction of a rescore takes: a daemon
// that collects meanwhile waits for one of them.
const rescoreBatch = 5000

// Rescored says how far a rescore is.
type Rescored struct {
	Seen    int64 `json:"seen"`    // mentions looked at, in this call and in the ones it resumes
	Changed int64 `json:"changed"` // of this call: another polarity or other causes
	Total   int64 `json:"total"`   // mentions in the store
}

// Rescore judges all stored texts again, oldest first, and moves the counts with
// them. It never alerts: incidents stay as they were decided. What was stopped
// goes on where it was when the lexicon is the same. Labels stay; beside them
// stands the new verdict. Mentions without text keep the old one.
//
// It is the one function here that starts a goroutine, and it waits for it: while
// a batch is written on one core, the next one is read and judged on another.
// progress is called after every batch.
func (db *DB) Rescore(ctx context.Context, s Scorer, progress func(Rescored)) (Rescored, error) {
	r := rescore{db: db, scorer: s, values: newValues(9)}
	if err := db.Write(ctx, r.begin); err != nil {
		return r.Rescored, err
	}
	batches, after := make(chan []judged), r.after
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(batches)
		return r.readAhead(running, after, batches)
	})
	g.Go(func() error {
		for batch := range batches {
			if err := db.Room(running); err != nil {
				return err
			}
			if err := db.Write(running, func(tx *Tx) error { return r.write(tx, batch) }); err != nil {
				return err
			}
			progress(r.Rescored)
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return r.Rescored, err
	}
	return r.Rescored, db.Write(ctx, func(tx *Tx) error { return tx.exec(`DELETE FROM settings WHERE key = 'rescore'`) })
}

// rescore is one call of [DB.Rescore].
type rescore struct {
	Rescored
	db      *DB
	scorer  Scorer
	lexicon int64
	after   int64 // id of the last mention that is done
	values  values
	untouched
}

// begin finds out where to go on. The setting is "lexicon id of the last".
func (r *rescore) begin(tx *Tx) (err error) {
	if r.lexicon, err = tx.lexiconID(r.scorer.Version()); err != nil {
		return err
	}
	at, err := tx.setting("rescore")
	if err != nil {
		return err
	}
	lexicon, after, _ := strings.Cut(at, " ")
	if lexicon == strconv.FormatInt(r.lexicon, 10) {
		r.after, _ = strconv.ParseInt(after, 10, 64) // 0 for what nobody wrote
	}
	if r.Total, err = tx.id(`SELECT count(*) FROM mentions`); err != nil {
		return err
	}
	if r.Seen, err = tx.id(`SELECT count(*) FROM mentions WHERE id <= ?`, r.after); err != nil {
		return err
	}
	return r.mark(tx)
}

// untouched tells whether anybody else has written since a mark: then what was
// read ahead may be out of date.
type untouched struct{ others, own int64 }

func (u *untouched) now(tx *Tx) (is untouched, err error) {
	if is.others, err = tx.id(`PRAGMA data_version`); err != nil { // of other connections
		return is, err
	}
	is.own, err = tx.id(`SELECT total_changes()`) // of this one
	return is, err
}

func (u *untouched) mark(tx *Tx) (err error) {
	*u, err = u.now(tx)
	return err
}

// judged is a stored mention with the new verdict on it.
type judged struct {
	fact
	id, brandID, sourceID int64
	text                  sql.NullString
	hits, evidence        string // as they are stored
	compound, pNegative   int64
	fingerprint           int64
	doubtful, labelled    bool
	score                 brand.Score
}

// readAhead sends one batch after another until there is no more.
func (r *rescore) readAhead(ctx context.Context, after int64, into chan<- []judged) error {
	for {
		var batch []judged
		err := r.db.Read(ctx, func(tx *Tx) (err error) {
			batch, err = r.judge(tx, after)
			return err
		})
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].id
		select {
		case into <- batch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// judge reads the mentions after an id and judges them.
func (r *rescore) judge(tx *Tx, after int64) ([]judged, error) {
	list, err := tx.readStored(after)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	labelled, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT mention_id FROM labels WHERE mention_id BETWEEN ? AND ? ORDER BY 1`, list[0].id, list[len(list)-1].id))
	if err != nil {
		return nil, err
	}
	for i := range list {
		m := &list[i]
		if m.text.Valid {
			_, m.labelled = slices.BinarySearch(labelled, m.id)
			m.score = r.scorer.Score(m.text.String, m.stars)
		}
	}
	return list, nil
}

func (tx *Tx) readStored(after int64) (list []judged, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT id, brand_id, source_id, published_at, polarity, coalesce(stars, 0), language, coalesce((SELECT version FROM versions WHERE id = version_id), ''), replied_at,
		copy_of IS NOT NULL, iif(text = '', title, text), coalesce(hits, ''), coalesce(causes, ''), compound, p_negative, doubtful, fingerprint
		FROM mentions WHERE id > ? ORDER BY id LIMIT ?`, after, rescoreBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list = make([]judged, 0, rescoreBatch)
	for rows.Next() {
		list = append(list, judged{})
		m := &list[len(list)-1]
		var at, polarity, stars, language, copied, doubtful int64 // as they are stored: to convert them is slow
		var replied sql.NullInt64
		if err := rows.Scan(&m.id, &m.brandID, &m.sourceID, &at, &polarity, &stars, &language, &m.version, &replied,
			&copied, &m.text, &m.hits, &m.evidence, &m.compound, &m.pNegative, &doubtful, &m.fingerprint); err != nil {
			return nil, err
		}
		m.polarity, m.stars, m.language, m.copied, m.doubtful = brand.Polarity(polarity), int(stars), brand.Language(language), copied != 0, doubtful != 0
		m.at, m.repliedAt, m.causes = time.Unix(at, 0), when(replied), causeSet(readCauses(m.evidence))
	}
	return list, rows.Err()
}

// write stores the verdicts on a batch and moves the counts.
func (r *rescore) write(tx *Tx, list []judged) error {
	now, err := r.now(tx)
	if err != nil {
		return err
	}
	if now != r.untouched {
		if list, err = r.judge(tx, r.after); err != nil || len(list) == 0 {
			return err
		}
	}
	type origin struct{ brandID, sourceID int64 }
	moved := map[origin]*buckets{}
	for i := range list {
		m := &list[i]
		r.after = m.id
		r.Seen++
		if !m.text.Valid {
			continue
		}
		is, err := r.update(tx, m)
		if err != nil {
			return err
		}
		if is == m.fact {
			continue
		}
		r.Changed++
		key := origin{m.brandID, m.sourceID}
		if moved[key] == nil {
			moved[key] = newBuckets(tx.zone)
		}
		moved[key].add(m.fact, -1)
		moved[key].add(is, 1)
	}
	if err := tx.exec(`UPDATE mentions SET lexicon_id = ? WHERE id BETWEEN ? AND ? AND text IS NOT NULL AND lexicon_id <> ?`, r.lexicon, list[0].id, r.after, r.lexicon); err != nil {
		return err
	}
	for o, b := range moved {
		if err := tx.addBuckets(o.brandID, o.sourceID, b); err != nil {
			return err
		}
	}
	if err := tx.set("rescore", fmt.Sprintf("%d %d", r.lexicon, r.after)); err != nil {
		return err
	}
	return r.mark(tx)
}

// update writes the new verdict on a mention, if it is another one, and returns
// what the mention counts as now.
func (r *rescore) update(tx *Tx, m *judged) (is fact, err error) {
	is = m.fact
	is.language = m.score.Language
	evidence := m.evidence
	if m.labelled {
		if err := tx.exec(`UPDATE labels SET scorer_polarity = ?, scorer_causes = ? WHERE mention_id = ?`,
			int64(m.score.Polarity), writeCauseHits(m.score.Causes), m.id); err != nil {
			return is, err
		}
	} else {
		is.polarity, is.causes, evidence = m.score.Polarity, causeSet(m.score.Causes), writeCauses(m.score.Causes)
	}
	hits, err := tx.writeHits(m.score.Hits)
	if err != nil {
		return is, err
	}
	compound, pNegative := hundredths(m.score.Compound), hundredths(m.score.PNegative)
	if is.polarity == m.polarity && is.language == m.language && hits == m.hits && evidence == m.evidence && compound == m.compound && pNegative == m.pNegative && m.score.Doubtful == m.doubtful {
		return is, nil
	}
	if is.polarity == brand.Negative && m.fingerprint == 0 {
		m.fingerprint = int64(clean.Fingerprint(m.text.String))
	}
	r.values.set(int64(is.polarity), compound, pNegative, traits(m.stars, &m.score), text(hits), text(evidence), m.fingerprint, r.lexicon, m.id)
	return is, tx.step(`UPDATE mentions SET polarity = ?, compound = ?, p_negative = ?, traits = ?, hits = ?, causes = ?, fingerprint = ?, lexicon_id = ? WHERE id = ?`, r.values)
}
