package store

import (
	"time"

	"pantau/brand"
)

// Evidence is a negative mention that may be quoted.
type Evidence struct {
	brand.Quote
	Fingerprint uint64
	PNegative   float64
	Hits        []brand.Hit
	Causes      []brand.Cause
}

// Negatives returns the negative mentions of a brand between two times, newest
// first, at most limit of them.
func (tx *Tx) Negatives(brandID int64, from, to time.Time, limit int) (list []Evidence, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT m.id, coalesce(m.text, ''), coalesce(m.stars, 0), s.name, coalesce(m.url, ''), m.published_at,
		m.fingerprint, m.p_negative / 100.0, coalesce(m.hits, ''), coalesce(m.causes, '')
		FROM mentions m INDEXED BY negatives JOIN sources s ON s.id = m.source_id
		WHERE m.brand_id = ? AND m.published_at BETWEEN ? AND ? AND m.polarity = 1
		ORDER BY m.published_at DESC, m.id DESC LIMIT ?`, brandID, from.Unix(), to.Unix(), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Evidence
		var at, fingerprint int64
		var hits, causes string
		if err := rows.Scan(&e.MentionID, &e.Text, &e.Stars, &e.Source, &e.URL, &at, &fingerprint, &e.PNegative, &hits, &causes); err != nil {
			return nil, err
		}
		e.PublishedAt, e.Fingerprint = time.Unix(at, 0).UTC(), uint64(fingerprint)
		if e.Hits, err = tx.readHits(hits); err != nil {
			return nil, err
		}
		for _, h := range readCauses(causes) {
			e.Causes = append(e.Causes, h.Cause)
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
