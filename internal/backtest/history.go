// Package backtest replays a history hour by hour, as if it happened now, and
// says what would have been alerted: with the rule of package trends, or with a
// simple rule of others beside it. With labelled incidents it says how many were
// found, how late, and how many alarms were false.
//
// Nothing after an hour is visible when that hour is judged; where it is known when
// mentions arrived, nothing that had not arrived is.
package backtest

import (
	"cmp"
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
	Arrived  time.Time     // when it was collected; zero when nobody knows
}

// History is one series with what made its negatives.
type History struct {
	Name string
	trends.Series
	Undated  []int     // lines of the file without a usable time; they are left out
	DateOnly int       // rows with a date and no time of day; they count at the end of the day, or when they were collected
	Arrivals *Arrivals // nil when nothing says when the mentions arrived
	Check    Check     // of the verdicts against the stars

	causes []causeAt // in the order of time
}

// Check compares the verdicts on the mentions that have stars with the stars.
type Check struct {
	Rated     int `json:"rated"`
	Negatives int `json:"negatives"` // by the verdict
	Low       int `json:"low"`       // one or two stars
	Agreed    int `json:"agreed"`
}

func (c *Check) add(negative bool, stars int) {
	if stars == 0 {
		return
	}
	low, _ := ByStars("", stars)
	c.Rated++
	c.Negatives += count(negative)
	c.Low += count(low)
	c.Agreed += count(low == negative)
}

// Arrivals say how much of a history is replayed in the order in which it came.
type Arrivals struct {
	Mentions int           // all that are known
	Live     int           // those that were collected as they came; the others count at once
	Late     []trends.Late // what hours gained after they were over, in the order of Known
}

// causeAt counts the negatives of one cause in one hour.
type causeAt struct {
	hour, known, count int // known: hour in which they were collected
	cause              brand.Cause
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
	live := liveSince(events)
	for _, e := range events {
		h.add(e, live)
	}
	h.sort()
	return h, nil
}

// liveSince returns from when on arrivals say when a mention could have been seen:
// a day after the first of them, zero when nothing arrived later than that. What
// came before is the history that a collection begins with.
func liveSince(events []Event) (live time.Time) {
	const beginning = 24 * time.Hour
	var last time.Time
	for _, e := range events {
		if !e.Arrived.IsZero() && (live.IsZero() || e.Arrived.Before(live)) {
			live = e.Arrived
		}
		if e.Arrived.After(last) {
			last = e.Arrived
		}
	}
	if live = live.Add(beginning); !last.After(live) {
		return time.Time{}
	}
	return live
}

// CauseCount is how many negatives of an hour of a series had a cause.
type CauseCount struct {
	Hour, Known int // of the series: when they were written, and when they were collected
	Cause       brand.Cause
	Count       int
}

// FromSeries makes a history of counts, with what made the negatives and, unless
// nil, when they arrived.
func FromSeries(name string, s trends.Series, causes []CauseCount, arrivals *Arrivals) *History {
	h := &History{Name: name, Series: s, Arrivals: arrivals}
	for _, c := range causes {
		h.causes = append(h.causes, causeAt{c.Hour, max(c.Hour, c.Known), c.Count, c.Cause})
	}
	h.sort()
	return h
}

func (h *History) sort() {
	slices.SortStableFunc(h.causes, func(a, b causeAt) int { return a.hour - b.hour })
	if h.Arrivals != nil {
		slices.SortStableFunc(h.Arrivals.Late, func(a, b trends.Late) int { return cmp.Or(a.Known-b.Known, a.Hour-b.Hour) })
	}
}

// ByEventTime forgets when the mentions arrived.
func (h *History) ByEventTime() {
	h.Arrivals = nil
	for i := range h.causes {
		h.causes[i].known = h.causes[i].hour
	}
}

// counts adds up all hours.
func (h *History) counts() (mentions, negatives int) {
	for _, hour := range h.Hours {
		mentions += int(hour.Mentions)
		negatives += int(hour.Negatives)
	}
	return mentions, negatives
}

// add counts an event. Those that arrived after live count when they arrived.
func (h *History) add(e Event, live time.Time) {
	i := hoursBetween(h.Start, e.Time)
	known := i
	gain := trends.Hour{Mentions: 1, Negatives: int32(count(e.Negative))}
	if !e.Arrived.IsZero() {
		if h.Arrivals == nil {
			h.Arrivals = &Arrivals{}
		}
		h.Arrivals.Mentions++
		if !live.IsZero() && e.Arrived.After(live) {
			h.Arrivals.Live++
			known = max(hoursBetween(h.Start, e.Arrived), i)
		}
	}
	if known > i {
		h.Arrivals.Late = append(h.Arrivals.Late, trends.Late{Hour: i, Known: known, Gain: gain})
	}
	h.Hours[i].Mentions += gain.Mentions
	h.Hours[i].Negatives += gain.Negatives
	if !e.Negative {
		return
	}
	if len(e.Causes) == 0 {
		h.causes = append(h.causes, causeAt{i, known, 1, brand.Unexplained})
	}
	for _, c := range e.Causes {
		h.causes = append(h.causes, causeAt{i, known, 1, c})
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

// causesIn counts the negatives by cause in the hours from a to b, as far as they
// were collected until the hour now.
func (h *History) causesIn(a, b, now int) map[brand.Cause]int {
	counts := map[brand.Cause]int{}
	i, _ := slices.BinarySearchFunc(h.causes, a, func(c causeAt, hour int) int { return c.hour - hour })
	for ; i < len(h.causes) && h.causes[i].hour < b; i++ {
		if h.causes[i].known <= now {
			counts[h.causes[i].cause] += h.causes[i].count
		}
	}
	return counts
}

// drivers ranks the causes of the hours from a to b against the four weeks
// before them, as they were known in the last of them; hours are the counts that
// were known, expected is what is usual in [a, b) for all causes together.
func (h *History) drivers(hours []trends.Hour, a, b int, expected float64) []brand.Driver {
	const before = 28 * 24
	past := h.causesIn(max(a-before, 0), a, b-1)
	sum := 0
	for i := max(a-before, 0); i < a; i++ {
		sum += int(hours[i].Negatives)
	}
	var groups []trends.Group
	for cause, n := range h.causesIn(a, b, b-1) {
		groups = append(groups, trends.Group{Key: cause.String(), Observed: n, Past: past[cause]})
	}
	return trends.Drivers(groups, expected/float64(max(sum, 1)))
}
