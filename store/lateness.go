package store

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"pantau/brand"
	"pantau/trends"
)

// Lateness says when a history came to be known. A mention is live when it was
// collected as it came; what an import brought, or the first run of a source, is
// history, and nobody knows when it could have been seen.
type Lateness struct {
	Mentions int // that are still stored
	Live     int
	Late     []trends.Late
	Causes   []LateCause
}

// LateCause is how many late negatives of an hour had a cause.
type LateCause struct {
	Hour, Known int // as in [trends.Late]
	Cause       brand.Cause
	Count       int
}

// lateness says what of a series that begins with the hour first was late.
func (tx *Tx) lateness(brandID, first int64, s trends.Series) (l Lateness, err error) {
	lastOfSeries := first + int64(len(s.Hours)) - 1
	if err := tx.tx.QueryRowContext(tx.ctx, liveMentions+`SELECT count(*), count(b.source_id) FROM mentions m
		LEFT JOIN begun b ON b.source_id = m.source_id AND m.collected_at > b.at WHERE m.brand_id = ?1`, brandID).Scan(&l.Mentions, &l.Live); err != nil {
		return l, err
	}
	if l.Late, err = tx.lateMentions(brandID, first); err != nil {
		return l, err
	}
	if l.Causes, err = tx.lateCauses(brandID, first); err != nil {
		return l, err
	}
	volume, err := tx.countHours(brandID, 0, first, lastOfSeries, make([]trends.Hour, lastOfSeries-first+1))
	if err != nil {
		return l, err
	}
	watched, err := tx.lateWatch(brandID, 0, first, lastOfSeries, 0, volume)
	if err != nil {
		return l, err
	}
	l.Late = append(l.Late, watched...)
	slices.SortStableFunc(l.Late, func(x, y trends.Late) int { return cmp.Or(x.Known-y.Known, x.Hour-y.Hour) })
	return l, nil
}

// liveMentions names the sources that collect, and when their first run was: what
// it brought has its time as collected_at.
const liveMentions = `WITH begun AS (SELECT m.source_id, min(m.collected_at) AS at FROM mentions m JOIN sources s ON s.id = m.source_id
	WHERE m.brand_id = ?1 AND s.kind <> 'import' GROUP BY m.source_id)
	`

// isLate holds for live mentions that were collected after their hour.
const isLate = ` JOIN begun b ON b.source_id = m.source_id AND m.collected_at > b.at
	WHERE m.brand_id = ?1 AND m.published_at >= ?2 AND m.collected_at / 3600 > m.published_at / 3600`

func (tx *Tx) lateMentions(brandID, first int64) (list []trends.Late, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, liveMentions+`, again AS MATERIALIZED (`+again+`)
		SELECT m.published_at / 3600 - ?7, m.collected_at / 3600 - ?7, count(*), sum(m.polarity = 1),
			sum(m.polarity = 1 AND (m.copy_of IS NOT NULL OR m.id IN (SELECT id FROM again))) FROM mentions m`+isLate+` GROUP BY 1, 2`,
		brandID, first*3600, math.MaxInt64, 0, 0, AllComplaints, first)
	return scanAll(rows, err, func(l *trends.Late) []any {
		return []any{&l.Hour, &l.Known, &l.Gain.Mentions, &l.Gain.Negatives, &l.Gain.Repeats}
	})
}

func (tx *Tx) lateCauses(brandID, first int64) ([]LateCause, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, liveMentions+`SELECT m.published_at / 3600 - ?3, m.collected_at / 3600 - ?3, coalesce(unicode(substr(m.causes, 3 * i.n + 1, 1)), 0), count(*)
		FROM mentions m INDEXED BY negatives LEFT JOIN numbers i ON i.n < length(m.causes) / 3`+isLate+` AND m.polarity = 1 GROUP BY 1, 2, 3`, brandID, first*3600, first)
	return scanAll(rows, err, func(l *LateCause) []any { return []any{&l.Hour, &l.Known, &l.Cause, &l.Count} })
}

// lateWatch goes through the runs of a source, or of all (0), that ended since a time,
// in Unix seconds, in the order in which they ended. It says which coverage of an hour
// came after it: a run at five past sees the end of the hour before. The weights of the
// sources are those of [Tx.Series], from the volume of each.
func (tx *Tx) lateWatch(brandID, only, first, last, since int64, volume map[int64]float64) ([]trends.Late, error) {
	begun, err := tx.firstCovered(brandID, only)
	if err != nil {
		return nil, err
	}
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT source_id, covered_from, covered_to, finished_at / 3600 FROM runs
		WHERE source_id IN (SELECT id FROM sources WHERE brand_id = ?1 AND kind <> 'import' AND (?2 = 0 OR id = ?2)) AND finished_at >= ?3
		AND covered_from IS NOT NULL AND covered_to > covered_from ORDER BY id`, brandID, only, since)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	w := watch{first: first, last: last, seen: map[[2]int64]float64{}, late: map[[2]int64]float64{}, full: map[int64][2]int64{}, weights: weights{begun, volume}}
	ran := map[int64]bool{}
	for rows.Next() {
		var source, from, to, known int64
		if err := rows.Scan(&source, &from, &to, &known); err != nil {
			return nil, err
		}
		w.cover(source, from, to, known, ran[source])
		ran[source] = true
	}
	return w.list(), rows.Err()
}

// watch builds the coverage of hours as the runs did.
type watch struct {
	first, last int64
	seen        map[[2]int64]float64 // source and hour → share
	late        map[[2]int64]float64 // hour and hour of the run → share of the brand
	full        map[int64][2]int64   // source → hours, half open, that were watched from end to end
	weights
}

// cover adds a run and books what it saw of earlier hours; the first run of a source
// brings history.
func (w *watch) cover(source, from, to, known int64, live bool) {
	start := from / 3600
	full := w.full[source]
	if start >= full[0] && start <= full[1] { // many runs see weeks again
		start, full[1] = full[1], max(full[1], to/3600)
	} else {
		full = [2]int64{start + 1, max(to/3600, start+1)}
	}
	w.full[source] = full
	for hour := max(start, w.first); hour <= min(to/3600, w.last); hour++ {
		key := [2]int64{source, hour}
		had := w.seen[key]
		now := watchedAfter(had, from, to, hour)
		w.seen[key] = now
		if live && known > hour && now > had {
			w.late[[2]int64{hour, known}] += (now - had) * (w.of(source) / max(w.all(hour), 1))
		}
	}
}

func (w *watch) list() (list []trends.Late) {
	for _, key := range slices.SortedFunc(maps.Keys(w.late), func(a, b [2]int64) int { return cmp.Or(cmp.Compare(a[1], b[1]), cmp.Compare(a[0], b[0])) }) {
		list = append(list, trends.Late{Hour: int(key[0] - w.first), Known: int(key[1] - w.first), Gain: trends.Hour{Coverage: float32(w.late[key])}})
	}
	return list
}
