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
	hours              [24]block
	mentions           [24]float64
	exposure           *[24]float64 // hours watched, times the factor of the calendar
	count, countOthers float64      // of the whole day
}

// wholeDay is the exposure of a day that was watched throughout.
var wholeDay = [24]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}

// block is a run of hours: how far the negatives and the others strayed from
// their forecasts for the watched part, and the forecasts.
type block struct{ negatives, mean, others, othersMean float64 }

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
	blocks, length := d.hours[:], 1
	for i := range s.extra {
		blocks = join(blocks, windows[i]/length) // 24, 8, 4 and 1
		length = windows[i]
		m := momentsOf(blocks)
		s.extra[i] = spreadMemory*s.extra[i] + m.extra
		s.mean2[i] = spreadMemory*s.mean2[i] + m.mean2
		s.cross[i] = spreadMemory*s.cross[i] + m.cross
		s.both[i] = spreadMemory*s.both[i] + m.both
	}
}

// join makes one block of so many neighbours, in place.
func join(blocks []block, neighbours int) []block {
	if neighbours == 1 {
		return blocks
	}
	n := len(blocks) / neighbours
	for j := range n {
		var negatives, mean, others, othersMean float64 // in registers
		for i := j * neighbours; i < (j+1)*neighbours; i++ {
			b := &blocks[i]
			negatives += b.negatives
			mean += b.mean
			others += b.others
			othersMean += b.othersMean
		}
		blocks[j] = block{negatives, mean, others, othersMean}
	}
	return blocks[:n]
}

// moments are what the blocks of one length add up to in a day.
type moments struct{ extra, mean2, cross, both float64 }

// momentsOf limits what one block may say. The limits seldom hold and branches
// that are foreseen cost nothing, so most blocks never compute them.
func momentsOf(blocks []block) (m moments) {
	for i := range blocks {
		b := &blocks[i]
		square, negatives, others := b.negatives*b.negatives, b.negatives, b.others
		if square > 9*b.mean+9 {
			square = min(square, 9*(b.mean+priorSpread*b.mean*b.mean)+9)
		}
		if negatives > 1+b.mean { // below its mean no count strays farther than the mean
			negatives = 1 + b.mean
		}
		if others > 1+b.othersMean {
			others = 1 + b.othersMean
		}
		m.extra += square - b.mean
		m.mean2 += b.mean * b.mean
		m.cross += negatives * others
		m.both += b.mean * b.othersMean
	}
	return m
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
