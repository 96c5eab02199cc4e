package trends

// Burn is a change for the worse that no window of hours or days can see: the
// last four weeks against four weeks that ended eight weeks ago.
type Burn struct {
	Before      float64 `json:"before"` // negatives a day
	Now         float64 `json:"now"`
	ShareBefore float64 `json:"share_before"` // of the mentions
	ShareNow    float64 `json:"share_now"`
}

const (
	burnDays   = 28
	burnBefore = 84   // days back at which the reference begins
	burnRatio  = 1.5  // times the reference
	burnOdds   = 1.25 // of the share
	burnSpread = 0.05 // months scatter, too
	burnChance = -3   // log10
)

// FindBurn reports whether complaints grew over weeks, in number and in share. It
// is for the digest and never pages. It needs twelve weeks, and half of both
// spans watched.
func FindBurn(s Series) (Burn, bool) {
	n := len(s.Hours)
	if n < burnBefore*24 {
		return Burn{}, false
	}
	before := addHours(s.Hours[n-burnBefore*24 : n-(burnBefore-burnDays)*24])
	now := addHours(s.Hours[n-burnDays*24:])
	if min(before.watched, now.watched) < burnDays*24/2 {
		return Burn{}, false
	}
	b := Burn{Before: before.negatives / before.watched * 24, Now: now.negatives / now.watched * 24,
		ShareBefore: before.share(), ShareNow: now.share()}
	expected := max(before.negatives, 0.5) * now.watched / before.watched
	worse := now.negatives >= burnRatio*expected && odds(b.ShareNow) >= burnOdds*odds(b.ShareBefore) &&
		logTailNB(int(now.negatives), expected, burnSpread+1/(before.negatives+1)) <= burnChance
	return b, worse
}

func odds(share float64) float64 { return share / (1 - share) }

// addHours adds up the watched hours.
func addHours(hours []Hour) (s sums) {
	for _, h := range hours {
		if c := h.coverage(); c > 0 {
			k, o := h.counts()
			s.negatives += float64(k)
			s.others += float64(o)
			s.watched += c
		}
	}
	return s
}
