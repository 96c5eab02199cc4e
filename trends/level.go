package trends

import "math"

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
	scale := newRootScale(l.alpha)
	seen := scale.root(count)
	for j := range memories {
		e := scale.between(scale.root(l.rates[j]*exposure), seen)
		l.loss[j] = lossMemory*l.loss[j] + min(e*e, 25)
	}
	m := l.rate * exposure
	e := count - m
	l.extra = spreadMemory*l.extra + min(e*e, 9*(m+priorSpread*m*m)+9) - m
	l.mean2 = spreadMemory*l.mean2 + m*m
	if count <= m {
		return 1
	}
	if r := scale.between(scale.root(m), seen); r > 2 {
		return 4 / (r * r)
	}
	return 1
}

// forecast mixes the memories by their likelihood and works out the spread.
func (l *level) forecast() {
	least := math.Inf(1)
	for _, loss := range l.loss {
		least = min(least, loss)
	}
	rate, sure, total := 0.0, 0.0, 0.0
	for j := range memories {
		w := 1.0
		if l.loss[j] > least {
			w = math.Exp((least - l.loss[j]) / 2)
		}
		l.rates[j] = l.seen[j] / max(l.exposure[j], 1e-9)
		rate += w * l.rates[j]
		sure += w * l.seen[j]
		total += w
	}
	l.rate, l.sure = rate/total, sure/total
	prior := priorDays * l.rate * l.rate
	l.alpha = min(max((max(l.extra, 0)+priorSpread*prior)/(l.mean2+prior+1e-9), leastAlpha), 3)
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

// rootScale is the scale on which a negative binomial count has variance 1
// whatever its mean (Anscombe 1948).
type rootScale struct{ alpha, unit float64 }

func newRootScale(alpha float64) rootScale { return rootScale{alpha, 2 / math.Sqrt(alpha)} }

// between is how far b stands above a, given the roots of both.
func (s rootScale) between(a, b float64) float64 { return s.unit * quickLog(b/a) }

// root is e to the power of asinh(sqrt(y)).
func (s rootScale) root(x float64) float64 {
	y := s.alpha * (x + 0.375)
	return math.Sqrt(y) + math.Sqrt(y+1)
}
