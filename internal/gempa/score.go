package gempa

import (
	"math"
	"slices"
	"time"

	"pantau/brand"
	"pantau/internal/backtest"
	"pantau/trends"
)

// Method is a rule with a threshold.
type Method struct {
	Rule        backtest.Rule
	Threshold   float64            // of a peer's rule
	Sensitivity trends.Sensitivity // of ours
}

// Tally is what a method did on the cases of one group.
type Tally struct {
	Cases     int
	Incidents int
	Found     int
	Innocent  int // spans in which nothing should page
	Paged     int // those in which people were told something for the worse
	Caused    int // those among them in which the control tells nothing: what was done to the history did it
	Spared    int // those that did not page although the control does
	Opened    int // alarms opened within incidents
	False     int // alarms outside everything
	Days      float64

	delays, negatives, closing []float64
}

// Recall is the share of incidents found, NaN without any.
func (t *Tally) Recall() float64 { return float64(t.Found) / float64(t.Incidents) }

// PageRate is the share of innocent spans that paged, NaN without any.
func (t *Tally) PageRate() float64 { return float64(t.Paged) / float64(t.Innocent) }

// CausedRate is the share of innocent spans that paged and would not have done so
// without what was done to them.
func (t *Tally) CausedRate() float64 { return float64(t.Caused) / float64(t.Innocent) }

// SparedRate is the share of innocent spans that would have paged without it.
func (t *Tally) SparedRate() float64 { return float64(t.Spared) / float64(t.Innocent) }

// FalsePer90 is the number of false alarms in 90 days of one brand.
func (t *Tally) FalsePer90() float64 { return float64(t.False) / t.Days * 90 }

// Delay is the quantile q of the hours from onset to alarm.
func (t *Tally) Delay(q float64) float64 { return quantile(t.delays, q) }

// Negatives is the median of the negatives seen before the alarm.
func (t *Tally) Negatives() float64 { return quantile(t.negatives, 0.5) }

// Closing is the median of the hours from the end of an incident to recovery.
func (t *Tally) Closing() float64 { return quantile(t.closing, 0.5) }

// PerIncident is the number of alarms opened per incident found.
func (t *Tally) PerIncident() float64 { return float64(t.Opened) / float64(t.Found) }

func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[int(q*float64(len(values)-1)+0.5)]
}

const (
	warmup = 28 * 24
	grace  = 6  // hours after the end in which an alarm still counts
	early  = 12 // hours before the onset from which an alarm may ring on
	halo   = 72 // hours after an incident in which an alarm is not false
)

// Score runs a method over all cases.
func Score(m Method, cases []Case) []Tally {
	tallies := make([]Tally, len(cases))
	for i := range cases {
		tallies[i].add(m, &cases[i])
	}
	return tallies
}

// sum adds up the tallies of the cases that keep returns true for.
func sum(cases []Case, tallies []Tally, keep func(*Case) bool) *Tally {
	t := &Tally{}
	for i := range cases {
		if keep(&cases[i]) {
			t.join(&tallies[i])
		}
	}
	return t
}

func (t *Tally) join(o *Tally) {
	t.Cases += o.Cases
	t.Incidents += o.Incidents
	t.Found += o.Found
	t.Innocent += o.Innocent
	t.Paged += o.Paged
	t.Caused += o.Caused
	t.Spared += o.Spared
	t.Opened += o.Opened
	t.False += o.False
	t.Days += o.Days
	t.delays = append(t.delays, o.delays...)
	t.negatives = append(t.negatives, o.negatives...)
	t.closing = append(t.closing, o.closing...)
}

// run replays the hours of a case, or those of its control.
func (c *Case) run(m Method, hours []trends.Hour) *backtest.Result {
	h := &backtest.History{Name: c.Group, Series: trends.Series{Start: begin, Hours: hours}}
	return backtest.Run(h, backtest.Options{Rule: m.Rule, Threshold: m.Threshold, Sensitivity: m.Sensitivity, Alone: true})
}

func (t *Tally) add(m Method, c *Case) {
	r := c.run(m, c.Hours)
	fires := r.Fires()
	t.Cases++
	for _, s := range c.Incidents {
		t.find(c, r, fires, s)
	}
	if len(c.Innocent) > 0 {
		t.pair(c, r, c.run(m, c.Control))
	}
	t.countFalse(c, r)
}

// pair counts the innocent spans that paged, beside what the control did in each: a
// page is caused by a gap, a sale or a campaign only when it does not come without.
func (t *Tally) pair(c *Case, r, control *backtest.Result) {
	for _, s := range c.Innocent {
		s.To += grace
		t.Innocent++
		switch paged, without := rings(r, s), rings(control, s); {
		case paged && without:
			t.Paged++
		case paged:
			t.Paged++
			t.Caused++
		case without:
			t.Spared++
		}
	}
}

// alarm returns the hour of the first new alarm in the span, its first hour when
// one rings on from shortly before, or -1.
func alarm(fires []bool, s backtest.Span) int {
	if s.From > 0 && fires[s.From-1] {
		begun := s.From - 1
		for begun > 0 && fires[begun-1] {
			begun--
		}
		if s.From-begun <= early {
			return s.From
		}
		return -1
	}
	if i := slices.Index(fires[s.From:min(s.To, len(fires))], true); i >= 0 {
		return s.From + i
	}
	return -1
}

// rings reports whether people are told something for the worse in the span: an
// alarm opens, worsens or comes back. One that went on before does not count
// again: it is a false alarm where it opened.
func rings(r *backtest.Result, s backtest.Span) bool {
	for _, x := range r.Incidents {
		for _, a := range x.Alerts {
			if hour := hourOf(a.At); a.Change != brand.Closed && hour >= s.From && hour < s.To {
				return true
			}
		}
	}
	return false
}

// hourOf is the hour of a case that ends at t.
func hourOf(t time.Time) int { return int(t.Sub(begin).Hours()) - 1 }

func (t *Tally) find(c *Case, r *backtest.Result, fires []bool, s backtest.Span) {
	t.Incidents++
	hour := alarm(fires, backtest.Span{From: s.From, To: s.To + grace})
	if hour < 0 {
		return
	}
	t.Found++
	t.delays = append(t.delays, float64(hour-s.From+1))
	seen := 0
	for i := s.From; i <= hour; i++ {
		seen += int(c.Hours[i].Negatives)
	}
	t.negatives = append(t.negatives, float64(seen))
	end := begin.Add(hours(s.To))
	for _, x := range r.Incidents {
		if x.Opened.After(begin.Add(hours(s.From-early))) && !x.Opened.After(end.Add(hours(grace))) {
			t.Opened++
			if x.Recovered != nil {
				t.closing = append(t.closing, x.Recovered.Sub(end).Hours())
			}
		}
	}
}

// countFalse counts the alarms away from everything that was planted.
func (t *Tally) countFalse(c *Case, r *backtest.Result) {
	near := make([]bool, len(c.Hours))
	mark := func(from, to int) {
		for i := max(from, 0); i < min(to, len(near)); i++ {
			near[i] = true
		}
	}
	mark(0, warmup)
	for _, s := range slices.Concat(c.Incidents, c.Innocent) {
		mark(s.From-1, s.To+halo)
	}
	for _, n := range near {
		if !n {
			t.Days += 1.0 / 24
		}
	}
	for _, x := range r.Incidents {
		if !near[hourOf(x.Opened)] {
			t.False++
		}
	}
}

// Tune returns the least threshold of a peer's rule that keeps within the budget
// of false alarms in 90 days on quiet cases.
func Tune(rule backtest.Rule, cases []Case, budget float64) float64 {
	var all []float64
	quiet := slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return c.Group != quietGroup })
	for _, c := range quiet {
		h := &backtest.History{Series: trends.Series{Start: begin, Hours: c.Hours}}
		scores := h.Scores(rule)
		slices.Sort(scores)
		all = append(all, scores[len(scores)-200:]...)
	}
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(s float64) bool { return s <= 0 })
	lo, hi := 0, len(all)-1
	for lo < hi {
		mid := (lo + hi) / 2
		tallies := Score(Method{Rule: rule, Threshold: all[mid]}, quiet)
		if sum(quiet, tallies, func(*Case) bool { return true }).FalsePer90() <= budget {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return all[lo]
}
