package trends

import "math"

// The daily discounts of the forecasts that compete: mean ages of about 6 and 28
// days. A third between them found no more.
const (
	shortMemory = 0.84
	longMemory  = 0.965
	lossMemory  = 0.95
	leastAlpha  = 0.01
)

// level forecasts the daily rate of one kind of mention. It keeps a discounted
// mean for every memory and weighs them by how well each foretold the last
// weeks: a steady brand gets a long memory, a drifting one a short memory, and
// nobody has to choose.
type level struct {
	short, long  mean
	extra, mean2 float64 // discounted sums of (y-m)²-m and m²
	rate         float64 // the forecast, per standard day
	sure         float64 // counts that the forecast rests on
	alpha        float64 // squared coefficient of variation of a day beyond Poisson
}

// mean is the forecast of one memory.
type mean struct {
	rate     float64
	exposure float64 // discounted standard days that it rests on
	loss     float64 // discounted squared errors
}

// learn takes in a day with the counts of both kinds and its exposure in standard
// days, as far as each may teach. Their steps take turns because each step waits for
// the one before it: the processor works on both levels at once.
func (t *teach) learn(negatives, others *level, x *day, exposure float64) {
	var weight, otherWeight, precision, otherPrecision float64
	if t.negatives = t.negatives && negatives.began(x.negatives, exposure); t.negatives {
		weight, precision = negatives.score(x.negatives, negatives.rate*exposure)
	}
	if t.others = t.others && others.began(x.others, exposure); t.others {
		otherWeight, otherPrecision = others.score(x.others, others.rate*exposure)
	}
	if t.negatives {
		negatives.update(x.negatives, exposure, weight, precision)
	}
	if t.others {
		others.update(x.others, exposure, otherWeight, otherPrecision)
	}
	if t.negatives {
		negatives.forecast()
	}
	if t.others {
		others.forecast()
	}
}

// began reports whether there is a forecast. If not, the count starts one.
func (l *level) began(count, exposure float64) bool {
	if l.short.exposure > 0 {
		return true
	}
	l.restart(count, exposure)
	return false
}

// update moves both memories.
func (l *level) update(count, exposure, weight, precision float64) {
	l.short.update(shortMemory, count, exposure, weight, precision)
	l.long.update(longMemory, count, exposure, weight, precision)
}

// update takes in a day that teaches so much, with the reciprocal of its usual variance.
func (m *mean) update(memory, count, exposure, weight, precision float64) {
	e := count - m.rate*exposure
	e2 := e * e * precision
	if e2 > 25 { // seldom, and a branch is faster than min
		e2 = 25
	}
	m.loss = lossMemory*m.loss + e2
	m.exposure = memory*m.exposure + weight*exposure
	m.rate += weight * e / m.exposure
}

// score books how far a count strays from its forecast m. It returns how much the
// day may teach, as days far above the forecast teach less (Noufaily 2013: (2/r)²),
// and the reciprocal of the variance that is usual around m.
func (l *level) score(count, m float64) (weight, precision float64) {
	e := count - m
	e2 := e * e
	weight = 1
	half := (count + m) / 2 // the variance there is nearly that of variance-stabilised counts (Anscombe 1948), without roots or logarithms
	if far := 4 * l.variance(half); e2 > far && e > 0 {
		weight = far / e2
	}
	if e2 > 9*m+9 { // seldom
		e2 = min(e2, 9*(m+priorSpread*m*m)+9)
	}
	l.extra = spreadMemory*l.extra + e2 - m
	l.mean2 = spreadMemory*l.mean2 + m*m
	return weight, 1 / l.variance(m)
}

// variance is that of a day with the given mean.
func (l *level) variance(mean float64) float64 { return mean + l.alpha*mean*mean + 0.375 }

// forecast mixes the memories by their likelihood and works out the spread.
func (l *level) forecast() {
	short, long := &l.short, &l.long
	a, b := unlikely(long.loss-short.loss), unlikely(short.loss-long.loss)
	part := 1 / (a + b)
	a, b = a*short.rate, b*long.rate
	l.rate = (a + b) * part
	l.sure = (a*short.exposure + b*long.exposure) * part
	prior := priorDays * (l.rate*l.rate + priorSquares)
	l.alpha = (l.extra + priorSpread*prior) / (l.mean2 + prior)
	if l.alpha < leastAlpha || l.alpha > 3 { // seldom
		l.alpha = min(max(l.alpha, leastAlpha), 3)
	}
}

// restart accepts a new normal: count over exposure becomes the level.
func (l *level) restart(count, exposure float64) {
	*l = level{extra: l.extra, mean2: l.mean2}
	l.short = mean{rate: count / exposure, exposure: min(exposure, 1/(1-shortMemory))}
	l.long = mean{rate: count / exposure, exposure: min(exposure, 1/(1-longMemory))}
	l.forecast()
}

// unlikely is how many times less likely a forecast is than one whose loss is so
// much smaller, at least 1. It is roughly e to the power of half of it, as a weight
// needs it.
func unlikely(loss float64) float64 {
	x := 1 + (loss+math.Abs(loss))/32 // of what is positive of it, without a branch, as it may go either way
	x *= x
	x *= x
	return x * x
}
