package alerts

import (
	"math"
	"strings"
	"time"

	"pantau/brand"
)

// onlyUs says whether competitors suffer the same in the same window: a courier
// that fails everybody is another story than our own warehouse.
//
// A competitor has it as well when its count stands three standard deviations
// (Poisson) above its own usual and is three at least. One at its usual level is
// evidence for "only us" when our multiple would show there as five complaints
// or more; a quieter one says nothing.
func (w writer) onlyUs(i brand.Incident) string {
	if len(i.Rivals) == 0 {
		return ""
	}
	ours := multiple(mainDriver(i))
	var same, usual []string
	for _, r := range i.Rivals {
		name, expected := plain(r.Brand, maxName), max(r.Expected, 0)
		switch count := float64(r.Observed); {
		case name == "":
		case count >= 3 && count > expected+3*math.Sqrt(max(expected, 1)):
			if expected >= 1 {
				name = fill(w.people.times, "name", name, "times", w.decimal(count/expected))
			}
			same = append(same, name)
		case expected*ours >= 5:
			usual = append(usual, name)
		}
	}
	switch {
	case len(same) > 0:
		return fill(w.people.notOnlyUs[min(len(same)-1, 1)], "names", w.some(same))
	case len(usual) > 0:
		return fill(w.people.onlyUs, "names", w.some(usual))
	}
	return w.people.cannotSay
}

// mainDriver is the excess of the incident's main cause, or of all negatives
// when the causes do not name it.
func mainDriver(i brand.Incident) brand.Driver {
	for _, d := range i.Causes {
		if d.Key == i.Cause.String() {
			return d
		}
	}
	return brand.Driver{Observed: i.Observed, Expected: i.Expected}
}

// multiple is how many times the usual a group is, at most 20: beyond that the
// usual is too small to divide by.
func multiple(d brand.Driver) float64 {
	return min(float64(d.Observed)/max(d.Expected, 0.5), 20)
}

// some names the first of a list.
func (w writer) some(names []string) string {
	return strings.Join(names[:min(len(names), maxDrivers)], ", ")
}

// languages lists languages with their excess on one line.
func (w writer) languages(drivers []brand.Driver) string {
	named := make([]brand.Driver, len(drivers))
	for n, d := range drivers {
		if name := w.people.languages[d.Key]; name != "" {
			d.Key = name
		}
		named[n] = d
	}
	return w.places(named)
}

// repliesLine says how the brand answers in public.
func (w writer) repliesLine(r *brand.Replies) string {
	switch {
	case r == nil || r.Negatives <= 0:
		return ""
	case r.Answered <= 0:
		return fill(w.people.unanswered, "complaints", w.unit(r.Negatives, w.complaint))
	}
	text := fill(w.people.answered, "answered", w.count(r.Answered), "complaints", w.unit(r.Negatives, w.complaint))
	if !(r.MedianHours > 0) {
		return text
	}
	hours := time.Duration(min(r.MedianHours, 1e5) * float64(time.Hour))
	return join(separator, text, fill(w.people.median, "duration", w.duration(hours)))
}

// alarms says how often this brand was alerted lately, so that a reader can tell
// a rare alarm from a nervous rule.
func (w writer) alarms(i brand.Incident) string {
	if i.Alarms <= 0 {
		return ""
	}
	return fill(w.people.alarms, "times", w.unit(i.Alarms, w.people.fired))
}
