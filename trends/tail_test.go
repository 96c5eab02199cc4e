package trends

import (
	"math"
	"testing"
)

// sumNB adds up the probabilities of the negative binomial one by one.
func sumNB(k int, mean, alpha float64) float64 {
	r := 1 / alpha
	below := 0.0
	p := math.Pow(r/(mean+r), r)
	for i := range k {
		below += p
		p *= (float64(i) + r) / float64(i+1) * mean / (mean + r)
	}
	return 1 - below
}

func TestTailAgreesWithTheSum(t *testing.T) {
	for _, tt := range []struct {
		k           int
		mean, alpha float64
	}{
		{1, 0.3, 0.1}, {4, 1, 0.08}, {10, 3, 0.2}, {3, 9, 0.05}, {40, 20, 0.3}, {200, 150, 0.02}, {9, 9, 3},
	} {
		got, want := math.Pow(10, logTailNB(tt.k, tt.mean, tt.alpha)), sumNB(tt.k, tt.mean, tt.alpha)
		if math.Abs(got-want) > 1e-9+1e-7*want {
			t.Errorf("P(NB(mean %g, alpha %g) >= %d) = %.12g, want %.12g", tt.mean, tt.alpha, tt.k, got, want)
		}
	}
}

func TestWiderAgreesWithTheGammaFunctions(t *testing.T) {
	logNB := func(n, mean, alpha float64) float64 {
		r := 1 / alpha
		lnr, _ := math.Lgamma(n + r)
		lr, _ := math.Lgamma(r)
		return lnr - lr + n*math.Log(mean/(mean+r)) + r*math.Log(r/(mean+r))
	}
	for _, n := range []float64{0, 1, 2, 3, 5, 6, 7, 8, 30, 1000, 1e5} {
		for _, mean := range []float64{1e-4, 0.3, 1, 7.5, 400, 1e5} {
			for _, alpha := range []float64{0.01, 0.08, 0.125, 0.13, 0.5, 1, 3.05} {
				got, want := logWiderNB(n, mean, alpha), logNB(n, mean, 1)-logNB(n, mean, alpha)
				if math.Abs(got-want) > 1e-12*(n+1)*math.Log(n+1e5) {
					t.Errorf("alpha %g, mean %g: %g is e^%.15g times likelier with alpha 1, want e^%.15g", alpha, mean, n, got, want)
				}
			}
		}
	}
}

// The score must stay exact where a probability would be rounded to zero.
func TestTailBelowTheSmallestFloat(t *testing.T) {
	last := 0.0
	for _, k := range []int{10, 1_000, 10_000, 100_000, 1_000_000, 10_000_000} {
		got := logTailNB(k, 3, 0.01)
		if math.IsNaN(got) || math.IsInf(got, 0) || got >= last {
			t.Errorf("log10 P(NB(3, 0.01) >= %d) = %g, want a number below %g", k, got, last)
		}
		last = got
	}
	if last > -10_000 {
		t.Errorf("ten million where three are usual: 10^%g, want far below 10^-10000", last)
	}
}

func TestTailAtTheEdges(t *testing.T) {
	if got := logTailNB(0, 5, 0.1); got != 0 {
		t.Errorf("none or more: 10^%g, want certainty", got)
	}
	if got := logTailNB(2, 1e9, 0.1); got > 0 || got < -1e-6 {
		t.Errorf("two or more where a milliard is usual: 10^%g, want about certainty", got)
	}
}

func TestQuantileIsTheInverse(t *testing.T) {
	for _, mean := range []float64{0.05, 1, 7, 80, 4000} {
		for _, p := range []float64{0.1, 0.5, 0.9} {
			k := quantileNB(p, mean, 0.1)
			at, before := 1-math.Pow(10, logTailNB(k+1, mean, 0.1)), 1-math.Pow(10, logTailNB(k, mean, 0.1))
			if at < p-1e-9 || k > 0 && before >= p {
				t.Errorf("quantile %g of mean %g is %d with P(X<=k) %g and %g before", p, mean, k, at, before)
			}
		}
	}
}

// Working out the tail only of counts that are far enough must never change the answer.
func TestRareAgreesWithTheTail(t *testing.T) {
	rare, near := 0, 0
	for _, alpha := range []float64{leastAlpha, 0.02, 0.05, 0.1, 0.3, 1, mostAlpha} {
		for mean := 0.01; mean < 30_000; mean *= 1.07 {
			l := level{beyond: 40 * alpha, squares: 40}
			for sd := 1.0; sd < 6; sd += 0.05 {
				n := math.Ceil(mean + sd*math.Sqrt(mean+alpha*mean*mean))
				want := logTailNB(int(n), mean, alpha) < -2.5
				if got := l.rare(n, mean); got != want {
					t.Fatalf("%g where %g are usual, alpha %g: rare is %v, want %v", n, mean, alpha, got, want)
				}
				rare += indicator(want)
				near += indicator(!want)
			}
		}
	}
	if rare < 1000 || near < 1000 {
		t.Errorf("%d rare, %d not: the grid is too narrow", rare, near)
	}
}

func TestUnlikelyIsRoughlyTheExponential(t *testing.T) {
	for loss := 0.0; loss < 8; loss += 0.01 {
		if want, got := math.Exp(-loss/2), 1/unlikely(loss); got < want-1e-15 || got > want+0.04 {
			t.Fatalf("a forecast that loses %g more weighs %g, want %g", loss, got, want)
		}
	}
}

func TestSlowRiseEndsOnlyWhereTheSumFallsToZero(t *testing.T) {
	ended, fallen := 0, 0
	for _, slow := range []float64{0, 0.1, 0.5, 2, 11} {
		for _, negatives := range []float64{0, 1, 2, 5, 40, 3000} {
			for _, mean := range []float64{1e-4, 0.1, 0.7, 2, 9, 100, 2500} {
				for _, alpha := range []float64{0.001, 0.016, 0.1, 1, 3} {
					sum := slow + slowRatioOf(negatives, mean, alpha)
					end := ends(slow, negatives, mean, alpha)
					if end && sum > 1e-9 {
						t.Errorf("%g and %g where %g are usual, alpha %g: ends at %g", slow, negatives, mean, alpha, sum)
					}
					if end {
						ended++
					}
					if sum <= 0 {
						fallen++
					}
				}
			}
		}
	}
	if ended < fallen*9/10 {
		t.Errorf("%d of %d falls to zero were seen without a logarithm, want nine of ten", ended, fallen)
	}
}
