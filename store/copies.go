package store

import (
	"math/bits"
	"slices"
	"strings"
	"time"

	"pantau/brand"
	"pantau/trends"
)

const (
	similar   = 6              // of the 64 bits of two fingerprints may differ between copies with small changes
	copyWords = 5              // shorter texts are alike because people are, not because somebody copies
	copySpan  = 24 * time.Hour // a later one is a voice again
	copyMost  = 20_000         // negatives that a batch is compared with, so that a flood cannot slow the store down
)

// earlier is a negative that a later one may repeat.
type earlier struct {
	at          int64
	id          int64
	fingerprint uint64
}

// markCopies finds the fresh negatives that repeat one of the same brand within
// a day, older or newer: whichever was stored first is the voice.
func (tx *Tx) markCopies(brandID int64, fresh []row) error {
	var negatives []*row
	for i := range fresh {
		if r := &fresh[i]; r.Score.Polarity == brand.Negative && r.Fingerprint != 0 && hasWords(r.Text, copyWords) {
			negatives = append(negatives, r)
		}
	}
	slices.SortStableFunc(negatives, func(a, b *row) int { return a.PublishedAt.Compare(b.PublishedAt) })
	for len(negatives) > 0 {
		n := 1
		for n < len(negatives) && negatives[n].PublishedAt.Sub(negatives[n-1].PublishedAt) < 2*copySpan {
			n++
		}
		if err := tx.markSpan(brandID, negatives[:n]); err != nil {
			return err
		}
		negatives = negatives[n:]
	}
	return nil
}

// markSpan compares negatives, in the order of time, with those stored around
// them and with each other.
func (tx *Tx) markSpan(brandID int64, negatives []*row) error {
	from, to := negatives[0].PublishedAt.Add(-copySpan), negatives[len(negatives)-1].PublishedAt.Add(copySpan)
	stored, err := tx.negativesAround(brandID, from, to)
	if err != nil {
		return err
	}
	var batch []earlier
	firstStored, firstBatch := 0, 0
	for _, r := range negatives {
		at := r.PublishedAt.Unix()
		oldest := at - int64(copySpan/time.Second)
		for firstStored < len(stored) && stored[firstStored].at < oldest {
			firstStored++
		}
		for firstBatch < len(batch) && batch[firstBatch].at < oldest {
			firstBatch++
		}
		newest := at + int64(copySpan/time.Second)
		id := original(stored[firstStored:], newest, r.Fingerprint)
		if id == 0 {
			id = original(batch[firstBatch:], newest, r.Fingerprint)
		}
		if id != 0 {
			r.copyOf = id
			continue
		}
		batch = append(batch, earlier{at, r.id, r.Fingerprint})
	}
	return nil
}

// original returns the id of the first that is alike, or 0.
func original(list []earlier, newest int64, fingerprint uint64) int64 {
	for _, e := range list {
		if e.at > newest {
			break
		}
		if bits.OnesCount64(e.fingerprint^fingerprint) <= similar {
			return e.id
		}
	}
	return 0
}

func (tx *Tx) negativesAround(brandID int64, from, to time.Time) (list []earlier, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT published_at, id, fingerprint FROM mentions INDEXED BY negatives
		WHERE brand_id = ? AND published_at BETWEEN ? AND ? AND polarity = 1 ORDER BY published_at LIMIT ?`, brandID, from.Unix(), to.Unix(), copyMost)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e earlier
		var fingerprint int64
		if err := rows.Scan(&e.at, &e.id, &fingerprint); err != nil {
			return nil, err
		}
		e.fingerprint = uint64(fingerprint)
		list = append(list, e)
	}
	return list, rows.Err()
}

// again marks the complaints of a brand, ?1, and of a source, ?4, or a cause, ?5,
// that somebody wrote within a day of another one of theirs. Authors are pseudonyms
// of a source, so nobody is confused with a namesake elsewhere. Copies take no part:
// they are no voice already. It reads the newest ?6 of them.
const again = `SELECT id, published_at FROM (SELECT id, published_at,
		published_at - lag(published_at) OVER (PARTITION BY author ORDER BY published_at, id) AS since FROM (SELECT id, published_at, author
			FROM mentions INDEXED BY negatives WHERE brand_id = ?1 AND published_at BETWEEN ?2 AND ?3 AND polarity = 1 AND copy_of IS NULL AND author IS NOT NULL
			AND (?4 = 0 OR source_id = ?4) AND (?5 = 0 OR EXISTS (SELECT 1 FROM numbers WHERE n < length(causes) / 3 AND unicode(substr(causes, 3 * n + 1, 1)) = ?5))
			ORDER BY published_at DESC LIMIT ?6)) WHERE since <= 86400`

// AllComplaints sets no limit to what [Tx.CountAuthors] reads.
const AllComplaints = -1

// CountAuthors adds to the repeats of hours, the last of a series that begins with
// the hour of start, what people complained more than once within a day, and reports
// whether there was any. The zero part is the whole brand. It reads the complaints
// of the hours and of the day before, at most so many of the newest, and so is for
// hours that decide: counting authors as mentions come would cost every batch a look
// at all complaints near it.
func (tx *Tx) CountAuthors(brandID int64, p Part, start time.Time, hours []trends.Hour, most int) (found bool, err error) {
	source, cause := p.ID, int64(0)
	if p.Cause {
		source, cause = 0, p.ID
	}
	first := hourOf(start)
	from, to := (first*3600)-int64(copySpan/time.Second), (first+int64(len(hours)))*3600-1
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT published_at / 3600 - ?7, count(*) FROM (`+again+`)
		WHERE published_at >= ?7 * 3600 GROUP BY 1`, brandID, from, to, source, cause, most, first)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var hour int64
		var n int32
		if err := rows.Scan(&hour, &n); err != nil {
			return found, err
		}
		hours[hour].Repeats += n
		found = true
	}
	return found, rows.Err()
}

// hasWords reports whether a text has at least n words.
func hasWords(text string, n int) bool {
	for range strings.FieldsSeq(text) {
		if n--; n == 0 {
			return true
		}
	}
	return false
}
