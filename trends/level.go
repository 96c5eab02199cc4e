package trends

// The daily discounts of the forecasts that compete: mean ages of about 6 and 28
// days. A third between them found no more.
const (
	shortMemory = 0.84
	longMemory  = 0.965
	lossMemory  = 0.95
	leastAlpha  = 0.01
	mostAlpha   = 3
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
	beyond       float64 // the variance of a day beyond Poisson, in parts of
	squares      float64 // so many squared means: what is needed every day is faster without their quotient
}

// mean is the forecast of one memory.
type mean struct {
	rate     float64
	exposure float64 // discounted standard days that it rests on
	loss     float64 // discounted squared errors
}

// learn takes in a day with the counts of both kinds and its exposure in standard
// days, as far as each may teach. Each step waits for the one before it, so the levels
// take turns: the processor works on both at once.
func (t *teach) learn(negatives, others *level, x *day, exposure float64) {
	t.negatives = t.negatives && negatives.learn(x.negatives, exposure)
	t.others = t.others && others.learn(x.others, exposure)
	if t.negatives {
		negatives.forecast()
	}
	if t.others {
		others.forecast()
	}
}

// learn takes in the count of a day: it books how far it strays from its forecast and
// moves both memories. It reports whether there was a forecast, which must be made anew
// then; else the count starts one.
func (l *level) learn(count, exposure float64) bool {
	if l.short.exposure == 0 {
		l.restart(count, exposure)
		return false
	}
	m := l.rate * exposure
	e := count - m
	e2 := e * e
	weight := 1.0           // days far above the forecast teach less (Noufaily 2013: (2/r)²)
	half := (count + m) / 2 // the variance there is nearly that of variance-stabilised counts (Anscombe 1948), without roots or logarithms
	if far := 4 * l.variances(half); e2*l.squares > far && e > 0 {
		weight = far / (e2 * l.squares)
	}
	if e2 > 9*m+9 { // seldom
		e2 = min(e2, 9*(m+priorSpread*m*m)+9)
	}
	l.extra = spreadMemory*l.extra + e2 - m
	l.mean2 = spreadMemory*l.mean2 + m*m
	precision := l.squares / l.variances(m)
	l.short.update(shortMemory, count, exposure, weight, precision)
	l.long.update(longMemory, count, exposure, weight, precision)
	return true
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

// variances is how much squares days of the given mean vary together.
func (l *level) variances(mean float64) float64 {
	return (mean+0.375)*l.squares + mean*mean*l.beyond
}

// start makes l a level that has seen nothing.
func (l *level) start() { l.beyond, l.squares = leastAlpha, 1 }

// rare reports whether a count far above its mean has a chance below 1 in 300. Within
// two and a half standard deviations it has more than 1 in 200, as the tail of a negative
// binomial is heavier than the normal one, and need not be worked out.
func (l *level) rare(count, mean float64) bool {
	e := count - mean
	near := e*e*l.squares <= 2.5*2.5*(mean*l.squares+mean*mean*l.beyond)
	return !near && logTailNB(int(count), larger(mean, 1e-3), l.alpha()) < -2.5
}

// alpha is the squared coefficient of variation of a day beyond Poisson.
func (l *level) alpha() float64 { return l.beyond / l.squares }

// forecast mixes the memories by their likelihood and works out the spread.
func (l *level) forecast() {
	short, long := &l.short, &l.long
	a, b := 1.0, 1.0
	if more := long.loss - short.loss; more > 0 { // as on most days before
		a = unlikely(more)
	} else {
		b = unlikely(-more)
	}
	part := 1 / (a + b)
	a, b = a*short.rate, b*long.rate
	l.rate = (a + b) * part
	l.sure = (a*short.exposure + b*long.exposure) * part
	square := l.rate * l.rate // and few steps from here: the next day waits for them
	l.beyond = priorSpread*priorDays*square + (l.extra + priorSpread*priorDays*priorSquares)
	l.squares = priorDays*square + (l.mean2 + priorDays*priorSquares)
	if least, most := leastAlpha*l.squares, mostAlpha*l.squares; l.beyond < least || l.beyond > most { // seldom
		l.beyond = min(max(l.beyond, least), most)
	}
}

// restart accepts a new normal: count over exposure becomes the level.
func (l *level) restart(count, exposure float64) {
	*l = level{extra: l.extra, mean2: l.mean2}
	l.short = mean{rate: count / exposure, exposure: min(exposure, 1/(1-shortMemory))}
	l.long = mean{rate: count / exposure, exposure: min(exposure, 1/(1-longMemory))}
	l.forecast()
}

// unlikely is how many times less likely a forecast is than one whose loss is so much
// smaller. It is roughly e to the power of half of it, as a weight needs it.
func unlikely(loss float64) float64 {
	x := 1 + loss/16
	x *= x
	x *= x
	return x * x
}
