package gempa

import (
	"math"
	"math/rand/v2"
)

// chance draws from the distributions of the generator.
type chance struct{ *rand.Rand }

func newChance(seed uint64, stream string) chance {
	h := uint64(14695981039346656037) // FNV-1a, so that each case has its own numbers
	for _, b := range []byte(stream) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return chance{rand.New(rand.NewPCG(seed, h))}
}

// poisson draws a count. Above 60 it adds up smaller draws, above 5,000 it rounds
// a normal one.
func (c chance) poisson(mean float64) int {
	switch {
	case mean <= 0:
		return 0
	case mean > 5000:
		return max(0, int(math.Round(mean+math.Sqrt(mean)*c.NormFloat64())))
	case mean > 60:
		return c.poisson(mean/2) + c.poisson(mean/2)
	}
	n, p, least := 0, c.Float64(), math.Exp(-mean)
	for p > least {
		n++
		p *= c.Float64()
	}
	return n
}

// gamma draws with mean 1 and the given squared coefficient of variation, at most
// 1 (Marsaglia and Tsang 2000).
func (c chance) gamma(variation float64) float64 {
	d := 1/variation - 1.0/3
	k := 1 / math.Sqrt(9*d)
	for {
		x := c.NormFloat64()
		v := math.Pow(1+k*x, 3)
		if v > 0 && math.Log(c.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v * variation
		}
	}
}

// walk is a mean-reverting random walk of one step a day.
type walk struct{ at, memory, sd float64 }

func (w *walk) step(c chance) float64 {
	w.at = w.memory*w.at + math.Sqrt(1-w.memory*w.memory)*w.sd*c.NormFloat64()
	return w.at
}
