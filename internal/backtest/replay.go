package backtest

import (
	"time"

	"pantau/brand"
	"pantau/trends"
)

// Incident is one alarm of a replay with its numbers.
type Incident struct {
	Opened    time.Time      `json:"opened"`
	Recovered *time.Time     `json:"recovered"` // null while it goes on
	Expected  float64        `json:"expected"`  // negatives that are usual from its start to its recovery
	Observed  int            `json:"observed"`  // negatives in that time
	Score     float64        `json:"score"`     // the greatest
	Causes    []brand.Driver `json:"causes"`    // by excess
	Alerts    []Alert        `json:"alerts"`    // what people would have been told
	Label     Label          `json:"label,omitempty"`

	opened, last int // hours: of the alarm, and the last that belongs to it
}

// Label says what an alarm has to do with the incidents that people marked.
type Label string

// The labels of alarms. Without marks, and in the warm-up, an alarm has none.
const (
	Labelled   Label = "labelled"   // it opened near a marked incident
	Unlabelled Label = "unlabelled" // it did not: a false alarm, or one that nobody marked
)

// Alert is one message about an incident.
type Alert struct {
	At     time.Time    `json:"at"`
	Change brand.Change `json:"change"`
	hour   int
}

// replay is what a rule did on a history.
type replay struct {
	fires     []bool
	hours     []trends.Hour // as far as they were known at the newest verdict
	life      trends.Life
	incidents []Incident
	days      []trends.Day // expected per day, of our own rule only
	near      []NearMiss   // of our own rule only
}

// replayPantau runs our rule with the life of incidents.
func (h *History) replayPantau(o trends.Options, progress func(share float64)) replay {
	r := replay{fires: make([]bool, len(h.Hours)), hours: h.Hours}
	if h.Arrivals != nil && len(h.Arrivals.Late) > 0 {
		h.replayArrivals(o, &r, progress)
		return r
	}
	d := trends.NewDetector(o, h.Start)
	for i, hour := range h.Hours {
		h.report(progress, i)
		r.feed(h, d.Push(hour), i)
	}
	return r
}

// report tells the progress at hour i, now and then.
func (h *History) report(progress func(share float64), i int) {
	if i%256 == 0 {
		progress(float64(i) / float64(len(h.Hours)))
	}
}

// feed goes on with a verdict that is reached at the end of hour i.
func (r *replay) feed(h *History, v trends.Verdict, i int) {
	r.fires[i] = r.fires[i] || v.Fires
	if r.life.State == 0 || r.life.State.Ended() {
		r.nearMiss(v)
	}
	var causes []brand.Driver
	if v.Fires {
		causes = h.drivers(r.hours, max(i+1-v.Window, 0), i+1, v.Expected)
	}
	next, change := r.life.Next(v, causes, h.end(i))
	if change == brand.Opened {
		r.incidents = append(r.incidents, Incident{Opened: h.end(i), opened: i})
	}
	if n := len(r.incidents); n > 0 && next.State != 0 {
		r.incidents[n-1].follow(h, r.hours, next, change, i)
	}
	r.life = next
}

// follow brings the incident up to date with its life at hour i.
func (x *Incident) follow(h *History, hours []trends.Hour, l trends.Life, change brand.Change, i int) {
	if change != "" {
		x.Alerts = append(x.Alerts, Alert{h.end(i), change, i})
	}
	switch l.State {
	case brand.Open, brand.Relapsed:
		x.last, x.Recovered = i, nil
	case brand.Recovering:
		if x.Recovered == nil {
			at := l.RecoveringAt
			x.Recovered = &at
		}
		return
	default:
		return
	}
	x.Observed, x.Score = l.Total, l.Score
	x.Expected = float64(l.Total) - l.Excess
	x.Causes = h.drivers(hours, max(hoursBetween(h.Start, l.StartedAt), 0), i+1, x.Expected)
}

// quiet is how many hours without firing end an alarm of a peer's rule.
const quiet = 24

// replayPeer runs a rule that only has a score and a threshold: an alarm is the
// first firing after 24 quiet hours.
func (h *History) replayPeer(rule Rule, threshold float64) replay {
	scores := h.Scores(rule)
	r := replay{fires: make([]bool, len(scores))}
	for i, score := range scores {
		if !(score >= threshold) || score == 0 {
			continue
		}
		r.fires[i] = true
		n := len(r.incidents)
		if n == 0 || i-r.incidents[n-1].last > quiet {
			at := h.end(i)
			r.incidents = append(r.incidents, Incident{Opened: at, opened: i, Alerts: []Alert{{at, brand.Opened, i}}})
			n++
		}
		x := &r.incidents[n-1]
		x.last, x.Score = i, max(x.Score, score)
	}
	for i := range r.incidents {
		r.incidents[i].sumUp(h)
	}
	return r
}

// sumUp fills in the counts of a peer's alarm: the day before it until its last
// firing, against the mean of the four weeks before.
func (x *Incident) sumUp(h *History) {
	from, before := max(x.opened-23, 0), 0
	for i := from; i <= x.last; i++ {
		x.Observed += int(h.Hours[i].Negatives)
	}
	for i := max(from-warmup, 0); i < from; i++ {
		before += int(h.Hours[i].Negatives)
	}
	x.Expected = float64(before) / warmup * float64(x.last+1-from)
	if x.last+quiet < len(h.Hours) {
		at := h.end(x.last)
		x.Recovered = &at
	}
	x.Causes = h.drivers(h.Hours, from, x.last+1, x.Expected)
}
