package trends

import "math"

// logTailNB returns log10 P(X >= k) for a negative binomial X with the given
// mean and variance mean+alpha*mean². It stays exact far beyond the smallest
// float64, because the result is a logarithm throughout.
//
// P(X >= k) = I_x(k, r) with r = 1/alpha and x = mean/(mean+r), the regularised
// incomplete beta function.
func logTailNB(k int, mean, alpha float64) float64 {
	if k <= 0 {
		return 0
	}
	r := 1 / alpha
	return logBetaTail(float64(k), r, mean/(mean+r), r/(mean+r))
}

// logBetaTail returns log10 I_x(a, b); y is 1-x, given apart so that it is exact
// when x is close to 1.
func logBetaTail(a, b, x, y float64) float64 {
	if x <= 0 {
		return math.Inf(-1)
	}
	if y <= 0 {
		return 0
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := lab - la - lb + a*math.Log(x) + b*math.Log(y)
	if x < (a+1)/(a+b+2) {
		return (front + math.Log(betaFraction(a, b, x)/a)) / math.Ln10
	}
	upper := math.Exp(front) * betaFraction(b, a, y) / b
	return math.Log1p(-min(upper, 1)) / math.Ln10
}

// betaFraction evaluates the continued fraction of the incomplete beta function
// by Lentz's method (DLMF 8.17.22). It needs O(sqrt(max(a, b))) terms.
func betaFraction(a, b, x float64) float64 {
	const tiny, enough = 1e-300, 1e-12
	away := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/away(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < 10_000; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / away(1+even*d)
		c = away(1 + even/c)
		f *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / away(1+odd*d)
		c = away(1 + odd/c)
		f *= d * c
		if math.Abs(d*c-1) < enough {
			break
		}
	}
	return f
}

// quantileNB returns the smallest k with P(X <= k) >= p.
func quantileNB(p, mean, alpha float64) int {
	tail := math.Log10(1 - p)
	lo, hi := -1, 1+int(mean+10*math.Sqrt(mean+alpha*mean*mean)+10)
	for hi-lo > 1 { // P(X <= k) >= p  ⇔  P(X >= k+1) <= 1-p
		mid := lo + (hi-lo)/2
		if logTailNB(mid+1, mean, alpha) <= tail {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// logWiderNB is the natural logarithm of how many times likelier the count n is for a
// negative binomial variable with alpha 1 than for one with the given alpha, both of the
// same mean and variance mean+alpha*mean². Gamma functions are written with their
// Stirling errors as in Loader's saddle-point expansion (2000): it takes half the
// logarithms and cancels nothing large.
func logWiderNB(n, mean, alpha float64) float64 {
	r, k := 1/alpha, n+1
	nr := n + r
	return k*math.Log(k/(mean+1)) - nr*math.Log(nr/(mean+r)) + 0.5*math.Log(nr/(r*k)) +
		stirlingError(k) - stirlingErrors[1] + stirlingError(r) - stirlingError(nr)
}

// stirlingErrors are those of the small whole numbers.
var stirlingErrors = [8]float64{
	1: 0.08106146679532726, 0.04134069595540929, 0.027677925684998339, 0.020790672103765093,
	0.016644691189821192, 0.013876128823070748, 0.01189670994589177,
}

// stirlingError is what the natural logarithm of the gamma function has above
// Stirling's approximation (x-1/2) ln x - x + ln(2π)/2 (DLMF 5.11.1).
func stirlingError(x float64) float64 {
	if x >= 8 {
		y := 1 / x
		z := y * y
		return y * (1./12 - z*(1./360-z*(1./1260-z*(1./1680-z/1188))))
	}
	if i := int(x); i > 0 && float64(i) == x {
		return stirlingErrors[i]
	}
	const half = 0.9189385332046727 // ln(2π)/2
	gamma, _ := math.Lgamma(x)
	return gamma - (x-0.5)*math.Log(x) + x - half
}
