package trends

import (
	"math"
	"math/bits"
)

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
	alpha := max(d.negatives.alpha(), d.others.alpha())
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

// listenDay looks at so many watched hours with which a day begins; those with a bit
// in silent, the lowest for the newest, have no mentions. It changes nothing and
// returns false when they are too quiet.
func (d *Detector) listenDay(silent uint, hours int) bool {
	s, p := &d.silence, &d.profile
	hourly := d.today.negatives + d.today.others
	if due := s.due + s.dueOthers; due+24*hourly > surprise { // else no silence of the day says anything
		all := 0.0
		for rest := silent; rest != 0; rest &= rest - 1 {
			all += p.hour[hours-1-bits.TrailingZeros(rest)]
		}
		if d.tooQuiet(due + all*hourly) { // as one
			return false
		}
	}
	last := hours - bits.TrailingZeros(^silent) // the hour after the last mention
	if last > 0 {
		s.from, s.due, s.dueOthers = d.hours+last, 0, 0
	}
	since := float64(p.rest[last] - p.rest[hours])
	s.due += since * d.today.negatives
	s.dueOthers += since * d.today.others
	return true
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
