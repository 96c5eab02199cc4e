package trends

import "math"

// sums are the totals of a window.
type sums struct {
	hours             int
	negatives, others float64
	mean, othersMean  float64
	raw               int     // negatives with their copies
	watched           float64 // hours
}

func (s *sums) add(c *cell) {
	s.hours++
	s.negatives += float64(c.negatives)
	s.others += float64(c.others)
	s.mean += float64(c.mean)
	s.othersMean += float64(c.othersMean)
	s.raw += int(c.raw)
	s.watched += float64(c.coverage)
}

// share is the share of negatives, pulled to one half by a single mention.
func (s *sums) share() float64 { return (s.negatives + 0.5) / (s.negatives + s.others + 1) }

// addUp fills in the sums of the windows number from up to to, which follow on
// those before. A window that would reach back before the last recovery is
// shorter.
func (d *Detector) addUp(all *[len(windows)]sums, from, to int) {
	var s sums
	if from > 0 {
		s = all[from-1]
	}
	oldest := max(d.hours-longest, d.since, 0)
	for w := from; w < to; w++ {
		for i := d.hours - 1 - s.hours; i >= oldest && s.hours < windows[w]; i-- {
			s.add(&d.cells[i%longest])
		}
		all[w] = s
	}
}

// test is a count with what it was tested against.
type test struct {
	mean, alpha float64
	chance      float64 // log10 of the probability of so many or more
	score       float64 // decades of days
}

// examine tests window number i: the count against its expectation, given how
// many other mentions came. There are two innocent explanations, and the more
// likely one counts: an ordinary day, on which the others say how busy it is as
// far as they usually do; and a sale or campaign, on which negatives rise with
// the others whatever was usual. Complaints that come alone fit neither.
func (d *Detector) examine(i int, s, day *sums) test {
	t, sale := d.explain(i, s, day)
	t.chance = logTailNB(int(s.negatives), t.mean, t.alpha)
	if sale.mean > t.mean {
		sale.chance = logTailNB(int(s.negatives), sale.mean, sale.alpha)
		if sale.chance > t.chance {
			t = sale
		}
	}
	t.score = scoreOf(t.chance, s.watched)
	return t
}

// scoreOf turns log10 of a chance into decades of days: a window of an hour has
// more chances a day than one of a day, and one of a minute more still.
func scoreOf(chance, watched float64) float64 {
	return -chance - math.Log10(24/min(max(watched, 0.01), 24))
}

// busiest is the explanation that expects more negatives.
func (d *Detector) busiest(i int, s, day *sums) test {
	t, sale := d.explain(i, s, day)
	if sale.mean > t.mean {
		return sale
	}
	return t
}

// explain returns the two innocent explanations of window number i. The level of
// the others scatters like a gamma variable with a squared coefficient of
// variation of 1/shape; its posterior after their count multiplies the mean. In
// windows shorter than a day the last day tells the level, and a sale may show in
// either.
func (d *Detector) explain(i int, s, day *sums) (ordinary, sale test) {
	const saleShape = 1 // nothing is known beforehand
	if i > dayWindow {
		day = s
	}
	usual := d.scatter(i)
	pull := d.pull()
	common := pull * min(d.spread.common(i, d.rate(), d.otherRate()), usual)
	alone := max(usual-common, 0.005)
	shape := 1 / max(common, 1e-3)
	mean := max(s.mean, 1e-4)
	ordinary = test{mean: mean * (shape + day.others) / (shape + day.othersMean), alpha: alone + 1/(shape+day.others)}
	times, others := (saleShape+s.others)/(saleShape+s.othersMean), s.others
	if t := (saleShape + day.others) / (saleShape + day.othersMean); t > times {
		times, others = t, day.others
	}
	sale = test{mean: mean * (1 + pull*(times-1)), alpha: alone + 1/(saleShape+others)}
	return ordinary, sale
}

// scatter is the squared coefficient of variation of the count in window i.
func (d *Detector) scatter(i int) float64 {
	return max(d.spread.alpha(i, d.rate()), 1/(d.negatives.sure+1))
}

// pull is how much the other mentions say about the negatives, 0 to 1. Where
// most mentions complain anyway, complaints are the volume.
func (d *Detector) pull() float64 {
	const all, none = 0.4, 0.6 // usual shares
	return min(max((none-d.usualShare())/(none-all), 0), 1)
}

// toneChanged is the share evidence.
func (d *Detector) toneChanged(s *sums) bool {
	const (
		leastOdds = 1.5  // of the share against the usual share
		ruledBy   = 0.55 // a brand whose usual share is above this
		mostly    = 0.65 // needs this share and no more
	)
	share, usual := s.share(), d.usualShare()
	return odds(share) >= leastOdds*odds(usual) ||
		usual >= ruledBy && s.negatives >= mostly*(s.negatives+s.others)
}
