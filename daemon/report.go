package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pantau/alerts"
	"pantau/brand"
	"pantau/internal/health"
	"pantau/store"
	"pantau/trends"
)

// Report queues the report that is due now, once a day or week however often it
// is asked for.
func (p *Pipeline) Report(ctx context.Context, change brand.Change, zone *time.Location) error {
	now := p.Now().In(zone)
	y, m, d := now.Date()
	to := time.Date(y, m, d, 0, 0, 0, 0, zone)
	from := to.AddDate(0, 0, -1)
	if change == brand.Weekly {
		from = to.AddDate(0, 0, -7)
	}
	err := p.Store.Write(ctx, func(tx *store.Tx) error {
		digest, err := tx.Digest(from, to)
		if err != nil {
			return err
		}
		p.keepWatched(digest)
		if err := p.findBurns(tx, digest.Moods, now); err != nil {
			return err
		}
		list, err := tx.Sources()
		if err != nil {
			return err
		}
		for _, s := range p.states(list, now) {
			if !s.Fresh {
				digest.Sources = append(digest.Sources, s)
			}
		}
		name := fmt.Sprintf("%s:%s", change, to.Format(time.DateOnly))
		return tx.QueueReport(brand.Alert{Change: change, Digest: digest}, name, p.Channels, now)
	})
	if err == nil {
		p.Decided()
	}
	return err
}

// keepWatched takes out of a report what is no longer configured: an incident of a
// brand that nobody watches any more would stay open in every report.
func (p *Pipeline) keepWatched(d *brand.Digest) {
	ours := map[string]bool{} // of what is watched: competitors are not
	for _, b := range p.Brands {
		ours[b.Name] = !b.Competitor
	}
	d.Moods = slices.DeleteFunc(d.Moods, func(m brand.Mood) bool { _, watched := ours[m.Brand]; return !watched })
	d.Alerts = slices.DeleteFunc(d.Alerts, func(a brand.Alert) bool { return !ours[a.Incident.Brand] })
}

// findBurns remarks on the brands whose usual itself got worse over weeks: no
// window of days shows it, so it never pages, and belongs into a report.
func (p *Pipeline) findBurns(tx *store.Tx, moods []brand.Mood, now time.Time) error {
	for i := range moods {
		m := &moods[i]
		if m.Competitor || m.Remark != "" {
			continue
		}
		id, err := tx.BrandID(m.Brand)
		if err != nil {
			return err
		}
		series, err := tx.Series(id, now.Add(-history), now)
		if err != nil {
			return err
		}
		if _, burns := trends.FindBurn(known(series)); burns {
			m.Remark = string(trends.SlowBurn)
		}
	}
	return nil
}

// states says which of the configured sources could be read.
func (p *Pipeline) states(list []store.SourceHealth, now time.Time) (states []brand.SourceState) {
	for _, h := range list {
		every, configured := p.Intervals[h.Source]
		if !configured {
			continue // an import: history, not a source that could go blind
		}
		s := brand.SourceState{Source: h.Source, Fresh: health.Source{Every: every, LastSuccess: h.LastSuccess}.Fresh(now)}
		if !s.Fresh {
			s.Since, s.Status, s.Reason = h.LastSuccess, h.Status, h.Reason
		}
		states = append(states, s)
	}
	return states
}

// chartDays is what a chart of an alert shows.
const chartDays = 28

// Days returns the last four weeks of a brand for a chart, oldest first, today
// included as far as it has come.
func (p *Pipeline) Days(ctx context.Context, name string) (days []alerts.Day, err error) {
	now := p.Now()
	var series trends.Series
	err = p.Store.Read(ctx, func(tx *store.Tx) error {
		id, err := tx.BrandID(name)
		if err != nil || id == 0 {
			return err
		}
		series, err = tx.Series(id, now.Add(-history), now)
		return err
	})
	if err != nil || len(series.Hours) == 0 {
		return nil, err
	}
	options, err := p.options(name, series.Start, now)
	if err != nil {
		return nil, err
	}
	series = known(series)
	for _, d := range trends.Daily(options, series) {
		days = append(days, alerts.Day{Date: d.Start, Negatives: d.Observed, Expected: d.Expected, Low: d.Low, High: d.High, Covered: watched(series, d.Start)})
	}
	if n := len(days); n > 0 { // what is usual today is about what was usual yesterday
		today := days[n-1]
		today.Date = today.Date.AddDate(0, 0, 1)
		today.Negatives, today.Covered = negativesOn(series, today.Date), watched(series, today.Date)
		days = append(days, today)
	}
	for i := range days {
		if events := p.Calendar.Between(name, days[i].Date, days[i].Date.AddDate(0, 0, 1)); len(events) > 0 && events[0].Factor >= markFactor {
			days[i].Mark = events[0].Name
		}
	}
	return days[max(len(days)-chartDays, 0):], nil
}

// markFactor is how great an event must be to be marked in a chart: a month of
// paydays and fasting would be nothing but marks.
const markFactor = 1.3

// hoursOf returns the hours of a local day, as far as the series has them.
func hoursOf(s trends.Series, day time.Time) []trends.Hour {
	first := int(day.Sub(s.Start) / time.Hour)
	last := int(day.AddDate(0, 0, 1).Sub(s.Start) / time.Hour)
	return s.Hours[min(max(first, 0), len(s.Hours)):min(max(last, 0), len(s.Hours))]
}

func negativesOn(s trends.Series, day time.Time) (n int) {
	for _, h := range hoursOf(s, day) {
		n += int(h.Negatives)
	}
	return n
}

// watched reports whether somebody watched at least half of the hours.
func watched(s trends.Series, day time.Time) bool {
	seen, hours := float32(0), hoursOf(s, day)
	for _, h := range hours {
		seen += h.Coverage
	}
	return len(hours) > 0 && seen >= float32(len(hours))/2
}
