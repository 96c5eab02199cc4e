package trends

// memories are the daily discounts of the forecasts that compete: mean ages of
// about 4, 8 and 28 days.
var memories = [...]float64{0.75, 0.88, 0.965}

const (
	lossMemory = 0.95
	leastAlpha = 0.01
)

// level forecasts the daily rate of one kind of mention. It keeps a discounted
// mean for every memory and weighs them by how well each foretold the last
// weeks: a steady brand gets a long memory, a drifting one a short memory, and
// nobody has to choose.
type level struct {
	seen, exposure [len(memories)]float64 // discounted counts and standard days
	rates          [len(memories)]float64 // the forecasts of the memories
	loss           [len(memories)]float64 // discounted squared errors of the forecasts
	extra, mean2   float64                // discounted sums of (y-m)²-m and m²
	rate           float64                // the forecast, per standard day
	sure           float64                // counts that the forecast rests on
	alpha          float64                // squared coefficient of variation of a day beyond Poisson
}

func newLevel() level { return level{alpha: leastAlpha} }

// update takes in a day with its count and its exposure in standard days.
func (l *level) update(count, exposure float64) {
	if exposure <= 0 {
		return
	}
	weight := 1.0
	if l.exposure[0] > 0 {
		weight = l.score(count, exposure)
	}
	for j, m := range memories {
		l.seen[j] = m*l.seen[j] + weight*count
		l.exposure[j] = m*l.exposure[j] + weight*exposure
	}
	l.forecast()
}

// score books the errors of the forecasts and returns how much the day may
// teach: days far above the forecast teach less (Noufaily 2013: (2/r)²).
func (l *level) score(count, exposure float64) float64 {
	for j := range memories {
		e := l.error2(count, l.rates[j]*exposure)
		if e > 25 {
			e = 25
		}
		l.loss[j] = lossMemory*l.loss[j] + e
	}
	m := l.rate * exposure
	e := (count - m) * (count - m)
	if e > 9*m+9 { // seldom
		e = min(e, 9*(m+priorSpread*m*m)+9)
	}
	l.extra = spreadMemory*l.extra + e - m
	l.mean2 = spreadMemory*l.mean2 + m*m
	if count > m {
		if r := l.error2(count, m); r > 4 {
			return 4 / r
		}
	}
	return 1
}

// error2 is the squared distance of a count from its forecast in standard
// deviations, those of a mean halfway between: it is nearly that of
// variance-stabilised counts (Anscombe 1948), and needs neither roots nor logarithms.
func (l *level) error2(count, mean float64) float64 {
	e, half := count-mean, (count+mean)/2
	return e * e / (half + l.alpha*half*half + 0.375)
}

// forecast mixes the memories by their likelihood and works out the spread.
func (l *level) forecast() {
	least := l.loss[0]
	for j := range memories {
		if l.loss[j] < least {
			least = l.loss[j]
		}
	}
	rate, sure, total := 0.0, 0.0, 0.0
	for j := range memories {
		l.rates[j] = l.seen[j] / l.exposure[j]
		w := quickExp((l.loss[j] - least) / 2)
		rate += w * l.rates[j]
		sure += w * l.seen[j]
		total += w
	}
	part := 1 / total
	l.rate, l.sure = rate*part, sure*part
	prior := priorDays * (l.rate*l.rate + priorSquares)
	l.alpha = (l.extra + priorSpread*prior) / (l.mean2 + prior)
	if l.alpha < leastAlpha || l.alpha > 3 { // seldom
		l.alpha = min(max(l.alpha, leastAlpha), 3)
	}
}

// restart accepts a new normal: count over exposure becomes the level.
func (l *level) restart(count, exposure float64) {
	*l = level{extra: l.extra, mean2: l.mean2}
	for j := range memories {
		days := min(exposure, 1/(1-memories[j]))
		l.seen[j], l.exposure[j] = count/exposure*days, days
	}
	l.forecast()
}

// quickExp is roughly e to the power of -x for x of 0 and more, as a weight needs it: it
// is at most 0.04 too high.
func quickExp(x float64) float64 {
	y := 1 / (1 + x/8)
	y *= y
	y *= y
	return y * y
}
