package trends

import "math"

// windows are the lengths, in hours, of the windows that are tested every hour.
var windows = [...]int{1, 3, 6, 24, 72}

const longest = 72

// sums are the totals of a window.
type sums struct {
	hours             int
	negatives, others float64
	mean, othersMean  float64
	raw               int     // negatives with their copies
	watched           float64 // hours
}

// add adds cells up. It keeps the sums in registers: a day is judged by 72 cells.
func (s *sums) add(cells []cell) {
	mean, othersMean := s.mean, s.othersMean
	negatives, others, raw, coverage := 0, 0, 0, 0
	for i := range cells {
		c := &cells[i]
		negatives += int(c.negatives)
		others += int(c.others)
		mean += float64(c.mean)
		othersMean += float64(c.othersMean)
		raw += int(c.raw)
		coverage += int(c.coverage)
	}
	s.hours += len(cells)
	s.negatives += float64(negatives)
	s.others += float64(others)
	s.mean, s.othersMean, s.raw = mean, othersMean, s.raw+raw
	s.watched += float64(coverage) / fullCoverage
}

// drop takes the oldest cell out again.
func (s *sums) drop(c *cell) {
	s.hours--
	s.negatives -= float64(c.negatives)
	s.others -= float64(c.others)
	s.mean -= float64(c.mean)
	s.othersMean -= float64(c.othersMean)
	s.raw -= int(c.raw)
	s.watched -= c.watched()
}

// share is the share of negatives, pulled to one half by a single mention.
func (s *sums) share() float64 { return (s.negatives + 0.5) / (s.negatives + s.others + 1) }

// roll moves the sums of a day and of three days on to the newest cell. Sums of
// float32 values in float64 lose nothing that matters in a day; each day begins
// with fresh ones. Those of three days are made when they are first asked for.
func (d *Detector) roll() {
	if d.stale {
		d.lastDay = d.sum(24)
		d.lastThree, d.stale = sums{}, false
		d.today.proof = d.proof()
		return
	}
	newest := (d.hours - 1) % longest
	d.lastDay.add(d.cells[newest : newest+1])
	if d.lastThree.hours > 0 {
		d.lastThree.add(d.cells[newest : newest+1])
	}
	if d.lastDay.hours > 24 {
		d.lastDay.drop(&d.cells[(d.hours-25)%longest])
	}
}

// sum adds up the newest hours, as far back as the last recovery.
func (d *Detector) sum(hours int) (s sums) {
	d.extend(&s, hours)
	return s
}

// extend adds the hours before those that s holds, until it holds so many.
func (d *Detector) extend(s *sums, hours int) {
	older, newer := d.ring(max(d.hours-hours, d.since, 0), d.hours-s.hours)
	s.add(newer)
	s.add(older)
}

// ring returns the cells of the hours from from to to, which are in two runs where
// the ring begins anew.
func (d *Detector) ring(from, to int) (older, newer []cell) {
	if from >= to {
		return nil, nil
	}
	from, to = from%longest, to%longest
	if from < to {
		return d.cells[from:to], nil
	}
	return d.cells[from:], d.cells[:to]
}

// windows returns the sums of all windows.
func (d *Detector) windows() (all [len(windows)]sums) {
	var s sums
	for w := range dayWindow {
		d.extend(&s, windows[w])
		all[w] = s
	}
	if d.lastThree.hours == 0 {
		d.lastThree = d.lastDay
		d.extend(&d.lastThree, longest)
	}
	all[dayWindow], all[dayWindow+1] = d.lastDay, d.lastThree
	return all
}

// watchedLately reports whether any of the newest three hours was watched.
func (d *Detector) watchedLately() bool {
	for i := d.hours - 1; i >= max(d.hours-3, d.since, 0); i-- {
		if d.cells[i%longest].coverage > 0 {
			return true
		}
	}
	return false
}

// test is a count with what it was tested against: a mixture of an ordinary day
// and, with the weight sale, of a day on which everything rises.
type test struct {
	mean, alpha         float64
	sale                float64 // 0 to 1
	saleMean, saleAlpha float64
	score               float64 // decades of days
}

// expected is the mean of the mixture.
func (t *test) expected() float64 { return t.mean + t.sale*(t.saleMean-t.mean) }

// chance is log10 of the probability of k or more.
func (t *test) chance(k int) float64 {
	ordinary := logTailNB(k, t.mean, t.alpha)
	if t.sale == 0 {
		return ordinary
	}
	return logMixed(t.sale, logTailNB(k, t.saleMean, t.saleAlpha), ordinary)
}

// logMixed is log10 of weight*10^a + (1-weight)*10^b.
func logMixed(weight, a, b float64) float64 {
	a, b = a+math.Log10(weight), b+math.Log10(1-weight)
	top := max(a, b)
	if math.IsInf(top, -1) {
		return top
	}
	return top + math.Log10(math.Pow(10, a-top)+math.Pow(10, b-top))
}

// examine tests window number i: the count against its expectation, given how
// many other mentions came. There are two innocent explanations, mixed by how
// likely the others make them: an ordinary day, on which the others say how busy
// it is as far as they usually do; and a sale or campaign, on which negatives rise
// with the others whatever was usual. Complaints that come alone fit neither.
func (d *Detector) examine(i int, s, day *sums, up surge) test {
	h := d.habit()
	t := h.explain(i, s, day, up)
	t.score = scoreOf(t.chance(int(s.negatives)), s.watched)
	return t
}

// scoreOf turns log10 of a chance into decades of days: a window of an hour has
// more chances a day than one of a day, and one of a minute more still.
func scoreOf(chance, watched float64) float64 {
	return -chance - math.Log10(24/min(max(watched, 0.01), 24))
}

// surge is the evidence that mentions of every kind rise: a sale, a campaign, a
// lump after a gap.
type surge struct {
	window int     // number of the window that shows it best
	times  float64 // the usual number of others
	others float64 // that say so
	factor float64 // logarithm of the Bayes factor
	weight float64 // posterior probability, 0 without evidence
}

const (
	surgePrior  = 0.4  // of a rise of unknown size, before the others are counted
	surgeShape  = 0.1  // what is known beforehand of its size, in mentions
	hourScatter = 0.05 // of the others in windows shorter than a day, beyond that of days
)

// look keeps the window when it shows a rise of the others better than those
// before: the Bayes factor of an exponential level against the usual scatter.
func (u *surge) look(d *Detector, i int, s *sums) {
	if s.others <= s.othersMean {
		return
	}
	scatter := d.others.alpha()
	if i < dayWindow {
		scatter += hourScatter
	}
	mean := max(s.othersMean, 1e-4)
	factor := logWiderNB(s.others, mean, scatter)
	const clearly = 1e-6 // rounding chooses no window, nor does a probability that is 1 for all of them
	if u.weight > 0 && factor < u.factor+clearly {
		return
	}
	odds := surgePrior / (1 - surgePrior) * math.Exp(min(factor, 100))
	*u = surge{i, timesUsual(s), s.others, factor, odds / (1 + odds)}
}

// habit is how far negatives follow the others on usual days: pull of all that moves
// the others, and of the squared coefficients of variation the part that is common to
// both and the part of negatives alone.
type habit struct{ pull, common, alone float64 }

func (d *Detector) habit() habit {
	const leastAlone = 0.015 // complaints never follow the others closer than this
	usual, pull := d.scatter(), d.pull()
	common := pull * smaller(d.spread.common(d.rate(), d.otherRate()), usual)
	return habit{pull: pull, common: larger(common, 1e-3), alone: larger(usual-common, leastAlone)}
}

// usual returns the expectation of an ordinary day and its scatter. The level of the
// others scatters like a gamma variable with a squared coefficient of variation of
// common; its posterior after their count multiplies the mean. In windows shorter than
// a day the last day tells the level.
func (h *habit) usual(s, day *sums) (mean, alpha float64) {
	told := 1 + h.common*day.others
	return larger(s.mean, 1e-4) * told / (1 + h.common*day.othersMean), h.alone + h.common/told
}

// timesUsual is how many times the usual number of others there are.
func timesUsual(s *sums) float64 { return (surgeShape + s.others) / (surgeShape + s.othersMean) }

// surged is what a surge that multiplies the others makes of a mean.
func (h *habit) surged(mean, times float64) float64 {
	return larger(mean, 1e-4) * (1 + h.pull*(times-1))
}

// explain returns what window number i is tested against. A surge that a longer window
// shows counts in all shorter ones.
func (h *habit) explain(i int, s, day *sums, up surge) (t test) {
	if i > dayWindow {
		day = s
	}
	t.mean, t.alpha = h.usual(s, day)
	if up.weight == 0 {
		return t
	}
	times, others := timesUsual(s), s.others
	if i < up.window && up.times > times {
		times, others = up.times, up.others
	}
	if m := h.surged(s.mean, times); m > t.mean {
		t.sale, t.saleMean, t.saleAlpha = up.weight, m, h.alone+1/(surgeShape+others)
	}
	return t
}

// scatter is the squared coefficient of variation of the negatives around their
// forecast, beyond Poisson. Days say it for all windows: what is learned from hours
// tells no more.
func (d *Detector) scatter() float64 {
	return larger(d.negatives.alpha(), 1/(d.negatives.sure+1))
}

// pull is how much the other mentions say about the negatives, 0 to 1. Where
// most mentions complain anyway, complaints are the volume.
func (d *Detector) pull() float64 {
	const all, none = 0.4, 0.6 // usual shares
	return smaller(larger((none-d.today.share)*(1/(none-all)), 0), 1)
}

// toneChanged is the share evidence.
func (d *Detector) toneChanged(s *sums) bool {
	const (
		leastOdds = 1.5  // of the share against the usual share
		ruledBy   = 0.55 // a brand whose usual share is above this
		mostly    = 0.65 // needs this share and no more
	)
	share, usual := s.share(), d.today.share
	return odds(share) >= leastOdds*odds(usual) ||
		usual >= ruledBy && s.negatives >= mostly*(s.negatives+s.others)
}
