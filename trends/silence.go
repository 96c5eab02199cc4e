package trends

import "math"

// silence notices that mentions stop coming although many were due. No data is
// not zero: a source that fails without saying so must not teach that all is
// well, and what arrives in a lump afterwards belongs to the silence.
type silence struct {
	from              int     // first hour without mentions
	dark              int     // unwatched hours since the last mention
	due, dueOthers    float64 // negatives and others that were expected since then
	negatives, others float64 // what the failure owes
}

// surprise is how many mentions must be due at least before a silence says
// something: a Poisson count is zero with a chance of 1 in 1,000.
const surprise = 3 * math.Ln10

// tooQuiet reports whether silence is a failure when so many mentions were due: a
// negative binomial count would be zero with a chance below 1 in 1,000.
func (d *Detector) tooQuiet(due float64) bool {
	if due <= surprise || d.days < 2 { // not even a Poisson count, or nothing is known
		return false
	}
	alpha := max(d.negatives.alpha, d.others.alpha)
	return due > (math.Exp(surprise*alpha)-1)/alpha
}

// longGap is how many hours without data make the day after them doubtful: what
// comes then may be late, a part, or twice.
const longGap = 6

// listen looks at the hour that was just taken.
func (d *Detector) listen(x *cell) {
	s := &d.silence
	switch {
	case x.negatives+x.others > 0:
		if s.others > 0 {
			s.repay(x)
		}
		if s.dark >= longGap {
			d.wary = d.hours + 30
		}
		s.from, s.dark, s.due, s.dueOthers = d.hours, 0, 0, 0
	case x.coverage == 0:
		s.dark++
		s.negatives += d.today.negatives * d.profile.hour[x.hour]
		s.others += d.today.others * d.profile.hour[x.hour]
	default:
		s.due += float64(x.mean)
		s.dueOthers += float64(x.othersMean)
		if d.tooQuiet(s.due + s.dueOthers) {
			d.hush()
		}
	}
}

// listenDay looks at a whole watched day that begins now, with so many silent hours
// in a row at most, and returns false when it is too quiet.
func (d *Detector) listenDay(x *day, longestSilence int) (s silence, ok bool) {
	s = d.silence
	hourly := d.today.negatives + d.today.others
	silent := 0.0 // average hours since the last mention
	from := 0
	if s.due+s.dueOthers+d.profile.most*hourly*float64(longestSilence) <= surprise { // no run of hours is too quiet, only the last matters
		for from = len(x.mentions); from > 0 && x.mentions[from-1] == 0; from-- {
		}
		if from > 0 {
			s.from, s.due, s.dueOthers = d.hours+from, 0, 0
		}
	}
	for h := from; h < len(x.mentions); h++ {
		if x.mentions[h] > 0 {
			s.from, s.due, s.dueOthers, silent = d.hours+h+1, 0, 0, 0
			continue
		}
		silent += d.profile.hour[h]
		if d.tooQuiet(s.due + s.dueOthers + silent*hourly) {
			return s, false
		}
	}
	s.due += silent * d.today.negatives
	s.dueOthers += silent * d.today.others
	return s, true
}

// hush takes the silent hours for unwatched.
func (d *Detector) hush() {
	s := &d.silence
	s.negatives, s.others = s.due, s.dueOthers
	s.dark = d.hours - s.from
	for i := max(s.from, d.hours-longest, 0); i < d.hours; i++ {
		c := &d.cells[i%longest]
		c.coverage, c.mean, c.othersMean = 0, 0, 0
	}
	d.stale = true
}

// repay lends the expectation of the failure to the first hours after it, as far
// as they bring more than their own. Only the others decide how far: more
// complaints never excuse themselves.
func (s *silence) repay(x *cell) {
	own := float64(x.othersMean)
	lump := float64(x.others) - own
	if lump <= 2*own { // nothing was held back
		s.negatives, s.others = 0, 0
		return
	}
	part := min(1, lump/s.others)
	x.mean += float32(part * s.negatives)
	x.othersMean += float32(part * s.others)
	s.negatives -= part * s.negatives
	s.others -= part * s.others
}
