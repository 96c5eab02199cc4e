package store

import (
	"cmp"
	"slices"
	"time"

	"pantau/brand"
	"pantau/trends"
)

// Digest reports on the span [from, to) beside the span of the same length before.
func (tx *Tx) Digest(from, to time.Time) (*brand.Digest, error) {
	d := &brand.Digest{From: from, To: to}
	var err error
	if d.Moods, err = tx.moods(from, to); err != nil {
		return nil, err
	}
	if d.Alerts, err = tx.incidentsOf(from, to); err != nil {
		return nil, err
	}
	d.Card, err = tx.scorecard(from, to)
	return d, err
}

// spans are the arguments of a query over a span and the one before it.
func spans(from, to time.Time) []any {
	a, b := hourOf(from), hourOf(to)
	return []any{a, a, a, a, a - (b - a), b}
}

func (tx *Tx) moods(from, to time.Time) ([]brand.Mood, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT b.name, b.competitor, sum(iif(hour >= ?, mentions, 0)), sum(iif(hour >= ?, negatives, 0)),
		sum(iif(hour < ?, mentions, 0)), sum(iif(hour < ?, negatives, 0)), coalesce((SELECT json_extract(verdict, '$.reason') FROM watches WHERE brand_id = b.id), '')
		FROM hours h JOIN brands b ON b.id = h.brand_id WHERE hour >= ? AND hour < ? GROUP BY b.id ORDER BY b.competitor, b.name`, spans(from, to)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var moods []brand.Mood
	for rows.Next() {
		var m brand.Mood
		if err := rows.Scan(&m.Brand, &m.Competitor, &m.Mentions, &m.Negatives, &m.PreviousMentions, &m.PreviousNegatives, &m.Remark); err != nil {
			return nil, err
		}
		switch trends.Reason(m.Remark) {
		case trends.VolumeUp, trends.ToneWorsening, trends.SlowBurn, trends.ReviewBombing:
		default:
			m.Remark = "" // nothing worth a remark
		}
		moods = append(moods, m)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range moods {
		if moods[i].Causes, err = tx.risingCauses(moods[i].Brand, from, to); err != nil {
			return nil, err
		}
	}
	return moods, nil
}

// risingCauses returns the causes of a brand, those first that rose most.
func (tx *Tx) risingCauses(name string, from, to time.Time) (list []brand.Driver, _ error) {
	id, err := tx.BrandID(name)
	if err != nil {
		return nil, err
	}
	first, end := hourOf(from), hourOf(to)
	groups, err := tx.causeGroups(id, first-(end-first), first, end-1)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		list = append(list, brand.Driver{Key: g.Key, Observed: g.Observed, Expected: float64(g.Past)})
	}
	slices.SortStableFunc(list, func(a, b brand.Driver) int { return cmp.Compare(b.Excess(), a.Excess()) })
	return list, nil
}

// incidentsOf returns the incidents that changed in a span, and all that are open
// now, as they are now: nobody may read that all was calm while one is open that
// began after the span, or of which there was no news in it.
func (tx *Tx) incidentsOf(from, to time.Time) (list []brand.Alert, _ error) {
	ids, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT incident_id FROM incident_changes WHERE at >= ? AND at < ?
		UNION SELECT id FROM incidents WHERE state NOT IN ('recovered', 'false_alarm') ORDER BY 1`, from.Unix(), to.Unix()))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		i, _, err := tx.IncidentByID(id)
		if err != nil {
			return nil, err
		}
		i.Quotes, i.Sources, i.Versions = nil, nil, nil // a line needs no evidence
		list = append(list, brand.Alert{Incident: *i})
	}
	return list, nil
}

func (tx *Tx) scorecard(from, to time.Time) (*brand.Scorecard, error) {
	c := new(brand.Scorecard)
	err := tx.tx.QueryRowContext(tx.ctx, `SELECT coalesce(sum(change = 'opened'), 0), count(DISTINCT iif(change = 'acknowledged', incident_id, NULL)),
		coalesce(sum(change = 'false_alarm'), 0), coalesce(sum(change = 'recovered'), 0) FROM incident_changes WHERE at >= ? AND at < ?`,
		from.Unix(), to.Unix()).Scan(&c.Opened, &c.Acknowledged, &c.FalseAlarms, &c.Recovered)
	if err != nil {
		return nil, err
	}
	for _, m := range []struct {
		into  *time.Duration
		query string
	}{
		{&c.MedianDelay, `SELECT sent_at - queued_at FROM deliveries WHERE state = 'sent' AND incident_id IS NOT NULL AND change <> 'erased' AND sent_at >= ? AND sent_at < ?`},
		{&c.MedianToAck, `SELECT acked_at - opened_at FROM incidents WHERE acked_at >= ? AND acked_at < ?`},
		{&c.MedianToClose, `SELECT recovered_at - started_at FROM incidents WHERE recovered_at >= ? AND recovered_at < ?`},
	} {
		seconds, err := ints(tx.tx.QueryContext(tx.ctx, m.query, from.Unix(), to.Unix()))
		if err != nil {
			return nil, err
		}
		*m.into = median(seconds)
		if m.into == &c.MedianDelay {
			c.Sent = len(seconds)
		}
	}
	return c, nil
}

func median(seconds []int64) time.Duration {
	if len(seconds) == 0 {
		return 0
	}
	slices.Sort(seconds)
	return time.Duration(seconds[len(seconds)/2]) * time.Second
}
