package trends

import (
	"math"
	"time"
)

// Detector learns what is usual for one series and judges its hours. Make one
// with [NewDetector].
type Detector struct {
	options Options
	clock   clock
	days    int // local days closed so far

	profile   profile
	negatives level
	others    level
	spread    spread
	jam       quarantine
	silence   silence
	today     today

	cells    [longest]cell // ring of the newest hours
	hours    int           // taken so far; the newest is cells[(hours-1)%longest]
	since    int           // windows start at this hour, set at recovery
	dayBegan int           // first hour of the local day
	seen     int           // mentions ever
	slow     float64       // slow-rise sum of the closed days
	ringing  bool          // an episode goes on
	calm     int           // calm hours in a row while ringing
	dark     int           // hours in a row without data that should have come
	wary     int           // until this hour a gap makes the rule ask for more proof
}

// cell is one hour with what was expected of it. It is small because a Detector
// holds 72 of them and a program holds thousands of Detectors.
type cell struct {
	negatives, others float32 // tested counts
	raw               int32   // negatives with their copies
	mean, othersMean  float32 // forecast for the watched part
	coverage          float32
	hour              uint8 // local hour of day
}

// today is what is the same for all hours of a local day.
type today struct {
	negatives, others float64 // forecast of an average hour
	silence           float64 // mentions that can be due without one coming
}

// NewDetector returns a detector of a series whose first hour begins at start,
// which must be on a full hour. The location of start gives the local days.
func NewDetector(o Options, start time.Time) *Detector {
	d := &Detector{options: o, clock: newClock(start), profile: newProfile()}
	d.beginDay()
	return d
}

// Push closes the next hour and returns the verdict at its end.
func (d *Detector) Push(h Hour) Verdict {
	d.take(h)
	v := d.judge()
	d.follow(&v)
	d.tick()
	return v
}

// Learn is [Detector.Push] without a verdict: it is for history that nobody will
// ask about, and several times faster. It does not follow episodes.
func (d *Detector) Learn(h Hour) {
	d.take(h)
	d.tick()
}

// Preview judges the hour that is running, as if it ended now. The coverage of
// h says how much of it has passed. Nothing is learned.
func (d *Detector) Preview(h Hour) Verdict {
	running := *d
	running.take(h)
	v := running.judge()
	v.Running = true
	return v
}

// take books an hour with its forecast.
func (d *Detector) take(h Hour) {
	x := &d.cells[d.hours%longest]
	*x = cell{hour: uint8(d.clock.hour())}
	d.hours++
	if c := h.coverage(); c > 0 { // what nobody watched is unknown, whatever the count says
		k, o := h.counts()
		part := d.profile.hour[x.hour] * c
		if len(d.options.Events) > 0 {
			part *= d.factor()
		}
		x.negatives, x.others, x.raw = float32(k), float32(o), int32(min(max(h.Negatives, 0), math.MaxInt32))
		x.coverage, x.mean, x.othersMean = float32(c), float32(d.today.negatives*part), float32(d.today.others*part)
		d.seen += k + o
	}
	d.listen(x)
}

// tick ends the hour that was taken, and the day with its last hour.
func (d *Detector) tick() {
	last := d.clock.dayEnds()
	if last {
		d.closeDay()
	}
	d.clock.tick()
	if last {
		d.beginDay()
	}
}

// beginDay works out what all hours of the day share.
func (d *Detector) beginDay() {
	d.dayBegan = d.hours
	hourly := d.profile.weekday[d.clock.weekday] / 24
	alpha := max(d.negatives.alpha(), d.others.alpha())
	d.today = today{negatives: d.rate() * hourly, others: d.otherRate() * hourly,
		silence: (math.Pow(10, -tooQuiet*alpha) - 1) / alpha}
}

// Rates never fall below half a mention in four weeks: nothing is impossible.
const leastRate = 0.5 / 28

func (d *Detector) rate() float64      { return max(d.negatives.rate, leastRate) }
func (d *Detector) otherRate() float64 { return max(d.others.rate, leastRate) }

// usualShare is the share of negatives in the baseline, with a prior of 0.3 that
// is worth four mentions in four weeks.
func (d *Detector) usualShare() float64 {
	const prior, worth = 0.3, 4.0 / 28
	return (d.rate() + prior*worth) / (d.rate() + d.otherRate() + worth)
}

const (
	slowFactor = 2.5 // the rise that the slow-rise sum looks for
	slowCap    = 12
	slowScale  = 1 / math.Ln10 // decades per unit (Wald's inequality)
)

// rising is the slow-rise sum at this moment: a CUSUM over days of the
// log-likelihood ratio of slowFactor times the rate against the rate (Höhle and
// Paul 2008). Days and not hours, because the hours of a day err together.
func (d *Detector) rising() float64 {
	var s sums
	for i := d.dayBegan; i < d.hours; i++ {
		s.add(&d.cells[i%longest])
	}
	if s.negatives == 0 && d.slow == 0 || s.mean <= 0 {
		return d.slow
	}
	var up surge
	up.look(d, dayWindow, &s)
	t := d.explain(dayWindow, &s, &s, up)
	r, mean := 1/t.alpha, t.expected()
	llr := s.negatives*math.Log(slowFactor) - (s.negatives+r)*math.Log((r+slowFactor*mean)/(r+mean))
	return min(max(0, d.slow+llr), slowCap)
}

// calmHours in a row end an episode. With three, one in fourteen real incidents
// was told twice; five cost two hours.
const calmHours = 5

// follow keeps track of the episode: at its end the windows start afresh, so that
// the sum over a day does not hold it open.
func (d *Detector) follow(v *Verdict) {
	d.ringing = d.ringing || v.Fires
	switch {
	case !d.ringing || v.Unsure:
	case !v.Calm:
		d.calm = 0
	default:
		if d.calm++; d.calm >= calmHours {
			d.ringing, d.calm, d.since, d.slow = false, 0, d.hours, 0
		}
	}
}

// closeDay learns from the local day that has just ended.
func (d *Detector) closeDay() {
	d.slow = d.rising()
	x, watched := d.collectDay()
	d.days++
	if watched < 0.2 {
		return // no data is not zero
	}
	k, o := total(&x.negatives), total(&x.others)
	teaches := d.jam.admit(d, k, o, watched)
	if teaches.negatives && d.negatives.rate > 0 {
		d.spread.learn(&x)
	}
	if d.others.rate > 0 {
		d.profile.learn(d.clock.weekday, &x, d.rate()+d.otherRate())
	}
	if teaches.negatives {
		d.negatives.update(k, watched)
	}
	if teaches.others {
		d.others.update(o, watched)
	}
}

// collectDay adds up the cells of the day by local hour and returns its exposure
// in standard days.
func (d *Detector) collectDay() (x day, exposure float64) {
	for i := d.dayBegan; i < d.hours; i++ {
		c := &d.cells[i%longest]
		h := c.hour
		x.negatives[h] += float64(c.negatives)
		x.others[h] += float64(c.others)
		x.negativesMean[h] += float64(c.mean)
		x.othersMean[h] += float64(c.othersMean)
		part := float64(c.mean) / d.today.negatives
		x.exposure[h] = min(x.exposure[h]+part/d.profile.hour[h], 2) // what a gap lent is no rhythm
		exposure += part
	}
	return x, exposure * d.profile.weekday[d.clock.weekday] / 24
}

func total(xs *[24]float64) (sum float64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}
