// Package backtest replays a history hour by hour, as if it happened now, and
// says what would have been alerted: with the rule of package trends, or with a
// simple rule of others beside it. With labelled incidents it says how many were
// found, how late, and how many alarms were false.
//
// Nothing after an hour is visible when that hour is judged.
package backtest

import (
	"fmt"
	"slices"
	"time"

	"pantau/brand"
	"pantau/trends"
)

// Event is one mention of a history.
type Event struct {
	Time     time.Time
	Negative bool
	Causes   []brand.Cause // of a negative; none is [brand.Unexplained]
}

// History is one series with what made its negatives.
type History struct {
	Name string
	trends.Series
	Undated []int // lines of the file without a usable time; they are left out

	causes []causeAt // in the order of time
}

// causeAt counts the negatives of one cause in one hour.
type causeAt struct {
	hour, count int
	cause       brand.Cause
}

// maxHours refuses a stray year: half a century of hours.
const maxHours = 50 * 366 * 24

// FromEvents puts mentions, in any order, into the hours of the zone. The series
// begins at the first local midnight and ends with the hour of the last event.
func FromEvents(name string, events []Event, zone *time.Location) (*History, error) {
	h := &History{Name: name}
	if len(events) == 0 {
		return h, nil
	}
	byTime := func(a, b Event) int { return a.Time.Compare(b.Time) }
	first, last := slices.MinFunc(events, byTime).Time, slices.MaxFunc(events, byTime).Time
	h.Start = midnight(first, zone)
	n := hoursBetween(h.Start, last) + 1
	if n > maxHours {
		return nil, fmt.Errorf("the events span %d years, from %s to %s: is one of the times wrong?",
			n/(365*24), first.Format(time.DateOnly), last.Format(time.DateOnly))
	}
	h.Hours = make([]trends.Hour, n)
	for i := range h.Hours {
		h.Hours[i].Coverage = 1
	}
	for _, e := range events {
		h.add(e)
	}
	slices.SortStableFunc(h.causes, func(a, b causeAt) int { return a.hour - b.hour })
	return h, nil
}

// CauseCount is how many negatives of an hour of a series had a cause.
type CauseCount struct {
	Hour  int // of the series
	Cause brand.Cause
	Count int
}

// FromSeries makes a history of counts, with what made the negatives.
func FromSeries(name string, s trends.Series, causes []CauseCount) *History {
	h := &History{Name: name, Series: s}
	for _, c := range causes {
		h.causes = append(h.causes, causeAt{c.Hour, c.Count, c.Cause})
	}
	slices.SortStableFunc(h.causes, func(a, b causeAt) int { return a.hour - b.hour })
	return h
}

// counts adds up all hours.
func (h *History) counts() (mentions, negatives int) {
	for _, hour := range h.Hours {
		mentions += hour.Mentions
		negatives += hour.Negatives
	}
	return mentions, negatives
}

func (h *History) add(e Event) {
	i := hoursBetween(h.Start, e.Time)
	h.Hours[i].Mentions++
	if !e.Negative {
		return
	}
	h.Hours[i].Negatives++
	if len(e.Causes) == 0 {
		h.causes = append(h.causes, causeAt{i, 1, brand.Unexplained})
	}
	for _, c := range e.Causes {
		h.causes = append(h.causes, causeAt{i, 1, c})
	}
}

// midnight is the beginning of the local day of t.
func midnight(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// hoursBetween counts the full hours from a to b.
func hoursBetween(a, b time.Time) int { return int(b.Sub(a) / time.Hour) }

// end is when hour i ends.
func (h *History) end(i int) time.Time { return h.Start.Add(time.Duration(i+1) * time.Hour) }

// days is the length of the history in days.
func (h *History) days() float64 { return float64(len(h.Hours)) / 24 }

// causesIn counts the negatives by cause in the hours from a to b.
func (h *History) causesIn(a, b int) map[brand.Cause]int {
	counts := map[brand.Cause]int{}
	i, _ := slices.BinarySearchFunc(h.causes, a, func(c causeAt, hour int) int { return c.hour - hour })
	for ; i < len(h.causes) && h.causes[i].hour < b; i++ {
		counts[h.causes[i].cause] += h.causes[i].count
	}
	return counts
}

// drivers ranks the causes of the hours from a to b against the four weeks
// before them; expected is what is usual in those hours for all causes together.
func (h *History) drivers(a, b int, expected float64) []brand.Driver {
	const before = 28 * 24
	past := h.causesIn(max(a-before, 0), a)
	sum := 0
	for i := max(a-before, 0); i < a; i++ {
		sum += h.Hours[i].Negatives
	}
	var groups []trends.Group
	for cause, n := range h.causesIn(a, b) {
		groups = append(groups, trends.Group{Key: cause.String(), Observed: n, Past: past[cause]})
	}
	return trends.Drivers(groups, expected/float64(max(sum, 1)))
}
