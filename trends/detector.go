package trends

import (
	"math"
	"time"
)

// Detector learns what is usual for one series and judges its hours. Make one
// with [NewDetector].
//
// What every hour needs comes first, what only the end of a day needs last: a
// program holds thousands of Detectors, and reading them from memory costs more
// than the arithmetic.
type Detector struct {
	options Options
	clock   clock
	today   today

	lastDay, lastThree sums // of the newest 24 and 72 hours since the last recovery
	stale              bool // they must be added up afresh
	ringing            bool // an episode goes on
	rang               int  // hour in which it began
	hours              int  // taken so far; the newest is cells[(hours-1)%longest]
	days               int  // local days closed so far
	since              int  // windows start at this hour, set at recovery
	dayBegan           int  // first hour of the local day
	seen               int  // mentions ever
	calm               int  // calm hours in a row while ringing
	wary               int  // until this hour a gap or a long episode makes the rule ask for more proof
	afresh             int  // from this hour on windows start afresh by the word of a person, 0 for none
	silence            silence

	cells   [longest]cell // ring of the newest hours
	profile profile

	slow      float64 // slow-rise sum of the closed days
	negatives level
	others    level
	spread    spread
	jam       quarantine
}

// cell is one hour with what was expected of it. It is small because a Detector
// holds 72 of them and a program holds thousands of Detectors.
type cell struct {
	negatives, others int32   // tested counts
	raw               int32   // negatives with their copies
	mean, othersMean  float32 // forecast for the watched part
	coverage          uint16  // in parts of fullCoverage
	hour              uint8   // local hour of day
}

const fullCoverage = 1 << 15 // a power of two divides exactly and fast

// watched is the coverage, 0 to 1.
func (c *cell) watched() float64 { return float64(c.coverage) / fullCoverage }

// today is what is the same for all hours of a local day.
type today struct {
	negatives, others float64 // forecast of an average hour
	share             float64 // usual share of negatives
	proof             float64 // what a busy brand adds to the threshold; [Detector.roll] sets it, as learning needs none
}

// NewDetector returns a detector of a series whose first hour begins at start,
// which must be on a full hour. The location of start gives the local days.
func NewDetector(o Options, start time.Time) *Detector {
	d := new(Detector) // inlined, and so on the stack of a caller who keeps it there
	d.start(o, start)
	return d
}

// start makes d a detector that has seen nothing.
func (d *Detector) start(o Options, start time.Time) {
	d.options, d.clock = o, newClock(start)
	d.profile.start()
	d.negatives.start()
	d.others.start()
	if after := o.Afresh.Sub(start); !o.Afresh.IsZero() && after > 0 {
		d.afresh = int((after + time.Hour - 1) / time.Hour)
	}
	d.beginDay()
}

// Push closes the next hour and returns the verdict at its end.
func (d *Detector) Push(h Hour) (v Verdict) {
	d.take(h)
	d.roll()
	d.judge(&v)
	d.follow(&v)
	d.tick()
	return v
}

// Learn is [Detector.Push] without a verdict: it is for history that nobody will
// ask about, and several times faster. It does not follow episodes.
func (d *Detector) Learn(h Hour) {
	d.take(h)
	d.stale = true
	d.tick()
}

// LearnAll learns a run of hours. It takes the watched hours of a day at once, which
// is several times faster than [Detector.Learn] and the same but for rounding.
func (d *Detector) LearnAll(hours []Hour) {
	for len(hours) > 0 {
		n := min(24, len(hours))
		if !d.learnDay(hours[:n], len(hours)-n < longest-1) {
			d.Learn(hours[0])
			n = 1
		}
		hours = hours[n:]
	}
}

// learnDay learns a local day of 24 watched hours, or the hours with which it begins.
// It books them when windows will reach back to them. It changes nothing and returns
// false when the day is not so plain.
func (d *Detector) learnDay(hours []Hour, book bool) bool {
	if d.hours != d.dayBegan || !d.clock.whole || len(d.options.Events) > 0 || d.silence.others > 0 || d.silence.dark > 0 {
		return false
	}
	counted := &d.profile.week
	if len(hours) < 24 {
		counted = new(byHour) // the end of the day counts them again
	}
	c, n, ok := counted.count(hours)
	if !ok || !d.listenDay(c.silent, n) {
		counted.forget(hours[:n])
		return false
	}
	if book {
		d.book(hours)
	}
	d.stale = true
	d.seen += c.negatives + c.others
	d.hours += len(hours)
	d.clock.hours += len(hours) - 1
	if len(hours) == 24 {
		x := day{whole: hours}
		x.negatives, x.others = float64(c.negatives), float64(c.others)
		x.mean, x.othersMean = 24*d.today.negatives, 24*d.today.others
		d.closeDay(&x, d.profile.weekday[d.clock.weekday], &x.sums)
	}
	d.clock.tick()
	if len(hours) == 24 {
		d.beginDay()
	}
	return true
}

// book fills the cells of watched hours with which the day begins. Their counts are
// possible.
func (d *Detector) book(hours []Hour) {
	older, newer := d.ring(d.hours, d.hours+len(hours))
	d.fill(older, hours, 0)
	d.fill(newer, hours[len(older):], len(older))
}

// fill books hours in so many cells. The first of them is that local hour.
func (d *Detector) fill(cells []cell, hours []Hour, first int) {
	factors := d.profile.hour[first:]
	hours, factors = hours[:len(cells)], factors[:len(cells)]
	for i := range cells {
		c, hour, part := &cells[i], &hours[i], factors[i]
		c.negatives, c.others, c.raw = hour.Negatives-hour.Repeats, hour.Mentions-hour.Negatives, hour.Negatives
		c.mean, c.othersMean = float32(d.today.negatives*part), float32(d.today.others*part)
		c.coverage, c.hour = fullCoverage, uint8(first+i)
	}
}

// Preview judges the hour that is running, as if it ended now. The coverage of
// h says how much of it has passed. Nothing is learned.
func (d *Detector) Preview(h Hour) (v Verdict) {
	running := *d
	running.take(h)
	running.roll()
	running.judge(&v)
	v.Running = true
	return v
}

// take books an hour with its forecast.
func (d *Detector) take(h Hour) {
	x := &d.cells[d.hours%longest]
	if d.lastThree.hours == longest && !d.stale {
		d.lastThree.drop(x)
	}
	*x = cell{hour: uint8(d.clock.hour())}
	d.hours++
	if c := h.coverage(); c > 0 { // what nobody watched is unknown, whatever the count says
		k, o := h.counts()
		part := d.profile.hour[x.hour] * c
		if len(d.options.Events) > 0 {
			part *= d.factor()
		}
		x.negatives, x.others, x.raw = int32(k), int32(o), h.raw()
		x.coverage, x.mean, x.othersMean = uint16(max(c*fullCoverage, 1)), float32(d.today.negatives*part), float32(d.today.others*part)
		d.seen += k + o
	}
	d.listen(x)
}

// tick ends the hour that was taken, and the day with its last hour.
func (d *Detector) tick() {
	last := d.clock.dayEnds()
	if last {
		var mentions, exposure [24]float32
		x := day{mentions: &mentions, exposure: &exposure}
		watched := d.collectDay(&x)
		s := &x.sums
		if d.since > d.dayBegan {
			s = new(d.sum(d.hours - d.dayBegan))
		}
		d.closeDay(&x, watched, s)
	}
	d.clock.tick()
	if last {
		d.beginDay()
	}
}

// beginDay works out what all hours of the day share.
func (d *Detector) beginDay() {
	d.dayBegan, d.stale = d.hours, true
	hourly := d.profile.weekday[d.clock.weekday] / 24
	rate, otherRate := d.rate(), d.otherRate()
	d.today.negatives, d.today.others, d.today.share = rate*hourly, otherRate*hourly, usualShare(rate, otherRate)
}

// Rates never fall below half a mention in four weeks: nothing is impossible.
const leastRate = 0.5 / 28

func (d *Detector) rate() float64      { return larger(d.negatives.rate, leastRate) }
func (d *Detector) otherRate() float64 { return larger(d.others.rate, leastRate) }

// usualShare is the share of negatives at these daily rates, with a prior of 0.3 that
// is worth four mentions in four weeks.
func usualShare(rate, otherRate float64) float64 {
	const prior, worth = 0.3, 4.0 / 28
	return (rate + prior*worth) / (rate + otherRate + worth)
}

const (
	slowFactor    = 2.5                // the rise that the slow-rise sum looks for
	logSlowFactor = 0.9162907318741551 // its natural logarithm
	slowCap       = 12
	slowScale     = 1 / math.Ln10 // decades per unit (Wald's inequality)
)

// rising is the slow-rise sum after the day so far, s: a CUSUM over days of the
// log-likelihood ratio of slowFactor times the rate against the rate (Höhle and
// Paul 2008). Days and not hours, because the hours of a day err together.
func (d *Detector) rising(s *sums) float64 {
	if d.slow == 0 && !couldRise(s) || s.mean <= 0 {
		return d.slow
	}
	h := d.habit()
	mean, alpha := h.usual(s, s)
	if s.others > s.othersMean { // a surge would take more away
		mean = larger(mean, h.surged(s.mean, timesUsual(s)))
	}
	if ends(d.slow, s.negatives, mean, alpha) {
		return 0
	}
	return smaller(max(0, d.slow+slowRatioOf(s.negatives, mean, alpha)), slowCap)
}

// couldRise reports whether a day may be evidence of a rise: with less than so many
// times the expectation the likelihood ratio is below 1 for every alpha. The others
// never explain away more than their own part.
func couldRise(s *sums) bool {
	const least = 0.999 * 1.5
	return s.negatives > 0 && s.negatives*s.othersMean >= least*s.mean*smaller(s.othersMean, s.others)
}

// slowRatioOf is the logarithm of the likelihood ratio of slowFactor times the
// expectation against the expectation.
func slowRatioOf(negatives, mean, alpha float64) float64 {
	m := alpha * mean
	return negatives*logSlowFactor - (negatives+1/alpha)*math.Log((1+slowFactor*m)/(1+m))
}

// ends reports whether a slow-rise sum falls to 0 for certain, without a logarithm or a
// division: the logarithm of 1+z is at least 2z/(2+z).
func ends(slow, negatives, mean, alpha float64) bool {
	const rise = slowFactor - 1
	m := alpha * mean
	return (slow+negatives*logSlowFactor)*alpha*(2+(2+rise)*m) <= (1+negatives*alpha)*2*rise*m
}

// calmHours in a row end an episode. With three, one in fourteen real incidents
// was told twice; five cost two hours.
const calmHours = 5

// follow keeps track of the episode: at its end the windows start afresh, so that
// the sum over a day does not hold it open.
func (d *Detector) follow(v *Verdict) {
	if v.Fires && !d.ringing {
		d.ringing, d.rang = true, d.hours
	}
	switch {
	case d.hours == d.afresh:
		d.over()
	case !d.ringing || v.Unsure:
	case !v.Calm:
		d.calm = 0
	default:
		if d.calm++; d.calm >= calmHours {
			d.over()
		}
	}
}

const (
	longEpisode = 3 * 24  // hours: what lasts so long flares up again while it ebbs,
	ebb         = 10 * 24 // and for so long more proof is asked for afterwards
)

// over ends the episode and starts the windows afresh.
func (d *Detector) over() {
	if d.ringing && d.hours-d.rang >= longEpisode {
		d.wary = max(d.wary, d.hours+ebb)
	}
	d.ringing, d.calm, d.since, d.slow, d.stale = false, 0, d.hours, 0, true
}

// closeDay learns from the local day that has just ended: its hours, its exposure
// in standard days and its sums.
func (d *Detector) closeDay(x *day, exposure float64, s *sums) {
	d.slow = d.rising(s)
	d.days++
	if exposure < 0.2 {
		d.profile.week.forget(x.whole)
		return // no data is not zero
	}
	teaches := d.jam.admit(d, x.negatives, x.others, exposure)
	if d.others.rate > 0 {
		d.profile.learn(d.clock.weekday, x, d.rate()+d.otherRate())
	} else {
		d.profile.week.forget(x.whole)
	}
	if teaches.negatives && d.negatives.rate > 0 {
		d.spread.learn(x)
	}
	teaches.learn(&d.negatives, &d.others, x, exposure)
}

// collectDay adds up the cells of the day by local hour into x and returns its
// exposure in standard days.
func (d *Detector) collectDay(x *day) (exposure float64) {
	older, newer := d.ring(d.dayBegan, d.hours)
	usual := 1 / d.today.negatives
	if summed := !d.stale && d.lastDay.hours == d.hours-d.dayBegan; summed {
		x.sums = d.lastDay
	} else {
		x.add(older)
		x.add(newer)
	}
	for _, cells := range [...][]cell{older, newer} {
		for i := range cells {
			c := &cells[i]
			watched := &x.exposure[c.hour]
			x.mentions[c.hour] += float32(c.negatives + c.others)
			*watched = float32(smaller(float64(*watched)+float64(c.mean)*usual/d.profile.hour[c.hour], 2)) // what a gap lent is no rhythm
		}
	}
	return x.mean * usual * d.profile.weekday[d.clock.weekday] / 24
}
