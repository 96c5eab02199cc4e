package store

import (
	"time"

	"pantau/brand"
)

// Rivals counts the negatives with one cause at every competitor in the hours
// [from, to], beside what is usual for them by their 28 days before.
func (tx *Tx) Rivals(cause brand.Cause, from, to time.Time) ([]brand.Rival, error) {
	first, last := hourOf(from), hourOf(to)
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT b.name, (SELECT coalesce(sum(negatives), 0) FROM cause_hours WHERE brand_id = b.id AND hour BETWEEN ?1 AND ?2 AND cause_id = ?3),
		(SELECT coalesce(sum(negatives), 0) FROM cause_hours WHERE brand_id = b.id AND hour BETWEEN ?1 - 28 * 24 AND ?1 - 1 AND cause_id = ?3) * (?2 - ?1 + 1.0) / (28 * 24)
		FROM brands b WHERE b.competitor = 1 ORDER BY b.name`, first, last, int64(cause))
	return scanAll(rows, err, func(r *brand.Rival) []any { return []any{&r.Brand, &r.Observed, &r.Expected} })
}

// Replies says how a brand answered its negative reviews of the 28 days before
// now in public, on the sources that show replies; nil when none does.
func (tx *Tx) Replies(brandID int64, now time.Time) (*brand.Replies, error) {
	hours, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT coalesce(replied_at - published_at, -1) FROM mentions INDEXED BY negatives
		WHERE brand_id = ?1 AND published_at BETWEEN ?2 AND ?3 AND polarity = 1
		AND source_id IN (SELECT source_id FROM days WHERE brand_id = ?1 AND day BETWEEN ?4 - 28 AND ?4 AND replied > 0)`,
		brandID, now.AddDate(0, 0, -28).Unix(), now.Unix(), dayOf(localHour(now.In(tx.zone)))))
	if err != nil || len(hours) == 0 {
		return nil, err
	}
	answered := make([]int64, 0, len(hours))
	for _, h := range hours {
		if h >= 0 {
			answered = append(answered, h)
		}
	}
	return &brand.Replies{Negatives: len(hours), Answered: len(answered), MedianHours: median(answered).Hours()}, nil
}

// Alarms counts the incidents of a brand that opened in the 90 days before now.
func (tx *Tx) Alarms(brandID int64, now time.Time) (int, error) {
	n, err := tx.id(`SELECT count(*) FROM incidents WHERE brand_id = ? AND opened_at >= ? AND opened_at < ?`, brandID, now.AddDate(0, 0, -90).Unix(), now.Unix())
	return int(n), err
}
