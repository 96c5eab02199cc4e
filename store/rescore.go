package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pantau/brand"
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
// progress is called after every batch.
func (db *DB) Rescore(ctx context.Context, s Scorer, progress func(Rescored)) (Rescored, error) {
	var r rescore
	r.scorer = s
	for first := true; ; first = false {
		var more bool
		err := db.Write(ctx, func(tx *Tx) (err error) {
			r.tx = tx
			if first {
				if err := r.begin(); err != nil {
					return err
				}
			}
			more, err = r.batch()
			return err
		})
		if err != nil || !more {
			return r.Rescored, err
		}
		progress(r.Rescored)
	}
}

// rescore is one call of [DB.Rescore].
type rescore struct {
	Rescored
	tx      *Tx
	scorer  Scorer
	lexicon int64
	after   int64 // id of the last mention that is done

	update   *sql.Stmt // of the running batch
	replaced []row     // mentions of the batch with other causes or evidence
}

// begin finds out where to go on. The setting is "lexicon id of the last".
func (r *rescore) begin() (err error) {
	if r.lexicon, err = r.tx.id(`INSERT INTO lexicons (version) VALUES (?)
		ON CONFLICT (version) DO UPDATE SET version = excluded.version RETURNING id`, r.scorer.Version()); err != nil {
		return err
	}
	var at string
	err = r.tx.tx.QueryRowContext(r.tx.ctx, `SELECT value FROM settings WHERE key = 'rescore'`).Scan(&at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	lexicon, after, _ := strings.Cut(at, " ")
	if lexicon == strconv.FormatInt(r.lexicon, 10) {
		r.after, _ = strconv.ParseInt(after, 10, 64) // 0 for what nobody wrote
	}
	if r.Total, err = r.tx.id(`SELECT count(*) FROM mentions`); err != nil {
		return err
	}
	r.Seen, err = r.tx.id(`SELECT count(*) FROM mentions WHERE id <= ?`, r.after)
	return err
}

// stored is a mention as a rescore reads it.
type stored struct {
	fact
	id, brandID, sourceID int64
	text                  sql.NullString
	hits                  string
	compound, pNegative   int64
	doubtful, labelled    bool
	evidence              int64 // checksum of the causes with their places
}

// evidenceOf is the checksum that [rescore.read] selects.
func evidenceOf(hits []brand.CauseHit) (sum int64) {
	seen := uint32(0)
	for _, h := range hits {
		if bit := uint32(1) << h.Cause; seen&bit == 0 { // the first piece is kept
			seen |= bit
			sum += (int64(h.Cause)+1)*1_000_003 + int64(h.Start)*1009 + int64(h.End)
		}
	}
	return sum
}

func (r *rescore) batch() (more bool, err error) {
	list, err := r.read()
	if err != nil {
		return false, err
	}
	if len(list) == 0 {
		return false, r.tx.exec(`DELETE FROM settings WHERE key = 'rescore'`)
	}
	if r.update, err = r.tx.tx.PrepareContext(r.tx.ctx, `UPDATE mentions SET polarity = ?, compound = ?, p_negative = ?, doubtful = ?, language = ?, hits = ? WHERE id = ?`); err != nil {
		return false, err
	}
	defer r.update.Close()
	r.replaced = r.replaced[:0]
	type origin struct{ brandID, sourceID int64 }
	moved := map[origin]*buckets{}
	for i := range list {
		m := &list[i]
		r.after = m.id
		r.Seen++
		if !m.text.Valid {
			continue
		}
		score := r.scorer.Score(m.text.String, m.stars)
		is, err := r.judge(m, score)
		if err != nil {
			return false, err
		}
		if is == m.fact {
			continue
		}
		r.Changed++
		key := origin{m.brandID, m.sourceID}
		if moved[key] == nil {
			moved[key] = newBuckets(r.tx.zone)
		}
		moved[key].add(m.fact, -1)
		moved[key].add(is, 1)
	}
	if err := r.replaceCauses(); err != nil {
		return false, err
	}
	if err := r.tx.exec(`UPDATE mentions SET lexicon_id = ? WHERE id BETWEEN ? AND ? AND text IS NOT NULL AND lexicon_id <> ?`, r.lexicon, list[0].id, r.after, r.lexicon); err != nil {
		return false, err
	}
	for o, b := range moved {
		if err := r.tx.addBuckets(o.brandID, o.sourceID, b); err != nil {
			return false, err
		}
	}
	return true, r.tx.set("rescore", fmt.Sprintf("%d %d", r.lexicon, r.after))
}

// judge writes the new verdict on a mention and returns what it counts as now.
func (r *rescore) judge(m *stored, score brand.Score) (is fact, err error) {
	is = m.fact
	is.language = score.Language
	if m.labelled {
		err = r.tx.exec(`UPDATE labels SET scorer_polarity = ?, scorer_causes = ? WHERE mention_id = ?`, int64(score.Polarity), writeCauseHits(score.Causes), m.id)
	} else {
		is.polarity, is.causes = score.Polarity, causeSet(score.Causes)
		if evidenceOf(score.Causes) != m.evidence {
			r.replaced = append(r.replaced, row{id: m.id, Item: &Item{Scored: brand.Scored{Score: score}}})
		}
	}
	if err != nil {
		return is, err
	}
	hits, err := r.tx.writeHits(score.Hits)
	if err != nil {
		return is, err
	}
	compound, pNegative := tenThousandths(score.Compound), tenThousandths(score.PNegative)
	if is == m.fact && hits == m.hits && compound == m.compound && pNegative == m.pNegative && score.Doubtful == m.doubtful {
		return is, nil
	}
	_, err = r.update.ExecContext(r.tx.ctx, int64(is.polarity), compound, pNegative, score.Doubtful, int64(score.Language), text(hits), m.id)
	return is, err
}

// replaceCauses writes the causes that changed in a batch.
func (r *rescore) replaceCauses() error {
	ids := make([]int64, len(r.replaced))
	for i, m := range r.replaced {
		ids[i] = m.id
	}
	if err := r.tx.exec(`DELETE FROM mention_causes WHERE mention_id IN (SELECT value FROM json_each(?))`, idList(ids)); err != nil {
		return err
	}
	return r.tx.insertCauses(r.replaced)
}

func (r *rescore) read() (list []stored, _ error) {
	rows, err := r.tx.tx.QueryContext(r.tx.ctx, `SELECT m.id, m.brand_id, m.source_id, m.published_at, m.polarity, coalesce(m.stars, 0), m.language, coalesce(m.version, ''), m.replied_at,
		m.copy_of IS NOT NULL, iif(m.text = '', m.title, m.text), coalesce(m.hits, ''), m.compound, m.p_negative, m.doubtful,
		EXISTS (SELECT 1 FROM labels WHERE mention_id = m.id),
		(SELECT coalesce(sum(1 << cause_id), 0) FROM mention_causes WHERE mention_id = m.id),
		(SELECT coalesce(sum((cause_id + 1) * 1000003 + start_byte * 1009 + end_byte), 0) FROM mention_causes WHERE mention_id = m.id)
		FROM mentions m WHERE m.id > ? ORDER BY m.id LIMIT ?`, r.after, rescoreBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m stored
		var at int64
		var replied sql.NullInt64
		if err := rows.Scan(&m.id, &m.brandID, &m.sourceID, &at, &m.polarity, &m.stars, &m.language, &m.version, &replied,
			&m.copied, &m.text, &m.hits, &m.compound, &m.pNegative, &m.doubtful, &m.labelled, &m.causes, &m.evidence); err != nil {
			return nil, err
		}
		m.at, m.repliedAt = time.Unix(at, 0), when(replied)
		list = append(list, m)
	}
	return list, rows.Err()
}
