package trends

const (
	spreadMemory = 1 - 1.0/28
	priorSpread  = 0.08 // squared coefficient of variation beyond Poisson
	priorDays    = 12   // days that the prior is worth
	priorSquares = 300  // negatives a day, squared, at which that is doubled: with few, moments say little
)

// spread measures which part of the scatter negatives and others share: busy and
// calm days, not better and worse ones.
type spread struct {
	cross float64 // discounted sum of how far both strayed from their forecasts, multiplied
	both  float64 // the same of the forecasts
}

// learn adds one day. Above its forecast no count strays farther than the forecast
// and one, as below it: one day must not decide.
func (s *spread) learn(x *day) {
	negatives := smaller(x.negatives-x.mean, 1+x.mean)
	others := smaller(x.others-x.othersMean, 1+x.othersMean)
	s.cross = spreadMemory*s.cross + negatives*others
	s.both = spreadMemory*s.both + x.mean*x.othersMean
}

// common returns the squared coefficient of variation that both share, given
// their daily rates.
func (s *spread) common(rate, otherRate float64) float64 {
	const worth = 8 // days
	prior := worth * rate * otherRate
	return larger((s.cross+priorSpread/2*prior)/(s.both+prior+1e-9), 0.005)
}
