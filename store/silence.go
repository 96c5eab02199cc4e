package store

import (
	"slices"
	"time"
)

// mostArrivals is how many arrivals say what is usual for a source.
const mostArrivals = 1000

// Arrivals returns when runs of a source brought something new since a time, the
// oldest first, and how many runs there were after the last of them.
func (tx *Tx) Arrivals(brand, source string, since time.Time) (at []time.Time, runs int, err error) {
	id, err := tx.id(`SELECT s.id FROM sources s JOIN brands b ON b.id = s.brand_id WHERE b.name = ? AND s.name = ?`, brand, source)
	if err != nil {
		return nil, 0, err
	}
	times, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT finished_at FROM runs WHERE source_id = ? AND finished_at >= ? AND added > 0
		ORDER BY finished_at DESC LIMIT ?`, id, since.Unix(), mostArrivals))
	if err != nil || len(times) == 0 {
		return nil, 0, err
	}
	for _, t := range slices.Backward(times) {
		at = append(at, time.Unix(t, 0).UTC())
	}
	n, err := tx.id(`SELECT count(*) FROM runs WHERE source_id = ? AND finished_at > ?`, id, times[0])
	return at, int(n), err
}

// TellOnce remembers that something was told, by a name, and reports whether it is
// news: the state of it has not been told before.
func (tx *Tx) TellOnce(name, state string) (news bool, err error) {
	told, err := tx.setting(name)
	if err != nil || told == state {
		return false, err
	}
	return true, tx.set(name, state)
}
