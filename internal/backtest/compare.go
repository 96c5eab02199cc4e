package backtest

import (
	"time"

	"pantau/brand"
)

// Finding is one labelled incident and how it was found.
type Finding struct {
	From            time.Time `json:"from"`
	To              time.Time `json:"to"`
	Found           bool      `json:"found"`
	Delay           int       `json:"delay_h"`   // hours from the onset to the alert
	NegativesBefore int       `json:"negatives"` // from the onset to the alert
}

const (
	grace = 6  // hours after the end in which an alert still counts
	early = 12 // hours before the onset in which an alarm that goes on counts as one in the first hour
	halo  = 72 // hours after a labelled incident in which an alarm is not false
)

// compare scores the replay against the labels. A labelled incident is found when
// people were told something between its onset and six hours after its end, or
// in the twelve hours before it by an alarm that still goes on. An alarm is false
// when it opens away from everything labelled.
func (r *Result) compare(l *Labels) {
	var delays, before []float64
	for _, span := range l.Incidents {
		if span.To > len(r.History.Hours) {
			continue
		}
		f := r.find(span)
		r.Findings = append(r.Findings, f)
		if span.From < warmup {
			r.Warmup.Labelled++
			r.Warmup.Found += count(f.Found)
			continue
		}
		r.Labelled++
		if f.Found {
			r.Found++
			delays = append(delays, float64(f.Delay))
			before = append(before, float64(f.NegativesBefore))
		}
	}
	near, days := r.ignored(l)
	for i := range r.Incidents {
		switch x := &r.Incidents[i]; {
		case !near[x.opened]:
			x.Label = Unlabelled
			r.FalseAlarms++
		case x.opened >= warmup:
			x.Label = Labelled
		}
	}
	r.FalsePer90Days = per90(r.FalseAlarms, days)
	r.MedianDelay, r.MedianNegativesBefore = median(delays), median(before)
	if r.Labelled > 0 {
		r.Recall = float64(r.Found) / float64(r.Labelled)
	}
	if n := r.Found + r.FalseAlarms; n > 0 {
		r.Precision = float64(r.Found) / float64(n)
	}
}

// find looks for the first alert about a labelled span.
func (r *Result) find(span Span) Finding {
	h := r.History
	f := Finding{From: h.end(span.From - 1), To: h.end(span.To - 1)}
	at := len(h.Hours)
	for _, x := range r.Incidents {
		if x.opened < span.From && x.opened >= span.From-early && x.last >= span.From-1 {
			at = span.From
		}
		for _, a := range x.Alerts {
			if a.Change != brand.Closed && a.hour >= span.From && a.hour < min(span.To+grace, at) {
				at = a.hour
			}
		}
	}
	if at == len(h.Hours) {
		return f
	}
	f.Found, f.Delay = true, at-span.From+1
	for _, hour := range h.Hours[span.From : at+1] {
		f.NegativesBefore += int(hour.Negatives)
	}
	return f
}

// ignored marks the hours in which an alarm is not false, and returns how many
// days are left.
func (r *Result) ignored(l *Labels) (near []bool, days float64) {
	near = make([]bool, len(r.History.Hours))
	mark := func(from, to int) {
		for i := max(from, 0); i < min(to, len(near)); i++ {
			near[i] = true
		}
	}
	mark(0, warmup)
	for _, s := range l.Incidents {
		mark(s.From-early, s.To+halo)
	}
	for _, s := range l.Minor {
		mark(s.From-24, s.To+halo)
	}
	for _, n := range near {
		days += float64(count(!n)) / 24
	}
	return near, days
}

// ring counts the messages that ring a bell.
func (r *Result) ring() {
	n := 0
	for _, x := range r.Incidents {
		for _, a := range x.Alerts {
			n += count(a.Change == brand.Opened || a.Change == brand.BackAgain)
		}
	}
	if len(r.Incidents) > 0 {
		r.AlertsPerIncident = float64(n) / float64(len(r.Incidents))
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
