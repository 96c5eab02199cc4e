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

// poisson draws a count: small ones by multiplying uniform numbers (Knuth), others
// by the transformed rejection PTRS of Hörmann (1993), whose cost does not grow.
func (c chance) poisson(mean float64) int32 {
	switch {
	case mean <= 0:
		return 0
	case mean >= 10:
		return c.rejected(mean)
	}
	n, p, least := int32(0), c.Float64(), math.Exp(-mean)
	for p > least {
		n++
		p *= c.Float64()
	}
	return n
}

// rejected is PTRS for means of 10 and more.
func (c chance) rejected(mean float64) int32 {
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	inverse := 1.1239 + 1.1328/(b-3.4)
	squeeze := 0.9277 - 3.6224/(b-2)
	for {
		u := c.Float64() - 0.5
		v := c.Float64()
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + mean + 0.43)
		if us >= 0.07 && v <= squeeze {
			return int32(k)
		}
		if k < 0 || us < 0.013 && v > us {
			continue
		}
		lg, _ := math.Lgamma(k + 1)
		if math.Log(v)+math.Log(inverse)-math.Log(a/(us*us)+b) <= k*math.Log(mean)-mean-lg {
			return int32(k)
		}
	}
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
