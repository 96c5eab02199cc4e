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

// logNB is the natural logarithm of P(X = n) for a negative binomial X with the
// given mean and variance mean+alpha*mean², but for a term that depends on n only.
func logNB(n, mean, alpha float64) float64 {
	r := 1 / alpha
	lnr, _ := math.Lgamma(n + r)
	lr, _ := math.Lgamma(r)
	return lnr - lr + n*math.Log(mean/(mean+r)) + r*math.Log(r/(mean+r))
}
