package trends

// windows are the lengths, in hours, of the windows that are tested every hour.
var windows = [...]int{1, 3, 6, 24, 72}

const longest = 72

const (
	spreadMemory = 1 - 1.0/28
	priorSpread  = 0.08 // squared coefficient of variation beyond Poisson
	priorDays    = 8    // days that the prior is worth
	alphaDays    = 12   // the same for the scatter of windows
	alphaSquares = 300  // negatives a day, squared, at which that is doubled: with few, moments say little
)

// day is what one local day brought, by local hour.
type day struct {
	negatives, others         [24]float64 // counted
	negativesMean, othersMean [24]float64 // forecast for the watched part
	exposure                  [24]float64 // hours watched, times the factor of the calendar
}

// spread measures how much more than Poisson the counts scatter around their
// forecast, for blocks of each window length within a day.
type spread struct {
	extra [4]float64 // discounted sum of (y-m)²-m over blocks of 1, 3, 6 and 24 h
	mean2 [4]float64 // discounted sum of m²
	cross [4]float64 // the same of negatives against others: what moves both
	both  [4]float64
}

// learn adds one day and uses it up.
func (s *spread) learn(d *day) {
	for h := range 24 { // from counts to deviations
		d.negatives[h] -= d.negativesMean[h]
		d.others[h] -= d.othersMean[h]
	}
	length := 1
	for i := range s.extra {
		n := 24 / windows[i]
		d.join(n, windows[i]/length) // halved and thirded in place: 24, 8, 4 and 1 blocks
		length = windows[i]
		var extra, mean2, cross, both float64
		for j := range n {
			y, m, o, om := d.negatives[j], d.negativesMean[j], d.others[j], d.othersMean[j]
			extra += min(y*y, 9*(m+priorSpread*m*m)+9) - m
			mean2 += m * m
			cross += clip(y, m) * clip(o, om)
			both += m * om
		}
		s.extra[i] = spreadMemory*s.extra[i] + extra
		s.mean2[i] = spreadMemory*s.mean2[i] + mean2
		s.cross[i] = spreadMemory*s.cross[i] + cross
		s.both[i] = spreadMemory*s.both[i] + both
	}
}

// join makes n blocks out of so many neighbours each.
func (d *day) join(n, neighbours int) {
	if neighbours == 1 {
		return
	}
	for j := range n {
		var y, m, o, om float64
		for h := j * neighbours; h < (j+1)*neighbours; h++ {
			y += d.negatives[h]
			m += d.negativesMean[h]
			o += d.others[h]
			om += d.othersMean[h]
		}
		d.negatives[j], d.negativesMean[j], d.others[j], d.othersMean[j] = y, m, o, om
	}
}

// clip limits a deviation to what one day may say about the spread.
func clip(e, m float64) float64 {
	limit := 1 + m
	return max(-limit, min(e, limit))
}

// alpha returns the squared coefficient of variation beyond Poisson of the
// negatives in window number i, given their daily rate.
func (s *spread) alpha(i int, rate float64) float64 {
	i = min(i, len(s.extra)-1)
	prior := alphaDays * (rate*rate + alphaSquares) * float64(windows[i]) / 24
	return min(max((max(s.extra[i], 0)+priorSpread*prior)/(s.mean2[i]+prior+1e-9), 0.01), 3)
}

// common returns the part of alpha that negatives and others share: busy and
// calm days, not better and worse ones.
func (s *spread) common(i int, rate, otherRate float64) float64 {
	i = min(i, len(s.extra)-1)
	prior := priorDays * rate * otherRate * float64(windows[i]) / 24
	return max((s.cross[i]+priorSpread/2*prior)/(s.both[i]+prior+1e-9), 0.005)
}
