package backtest

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Rule is a way to find spikes.
type Rule string

// The rules: ours and, for comparison, what products and papers do. Each peer
// sees the same hourly counts and reports a score at every hour.
const (
	Pantau     Rule = "pantau"     // package trends
	Fixed      Rule = "fixed"      // negatives in 24 h
	Ratio      Rule = "ratio"      // 24 h over the daily mean of the 7 days before, 5 negatives or more
	ZScore     Rule = "zscore"     // 24 h against mean and standard deviation of the 7 days before
	EARS       Rule = "ears"       // the same with two days between (EARS C2)
	EWMA       Rule = "ewma"       // EWMA chart of 6 h against the same hours of four weeks
	Farrington Rule = "farrington" // quasi-Poisson exceedance of 24 h on the 2/3-power scale
)

// Rules are all rules, ours first.
func Rules() []Rule { return []Rule{Pantau, Fixed, Ratio, ZScore, EARS, EWMA, Farrington} }

// usualThresholds are the thresholds that products and papers use by default.
var usualThresholds = map[Rule]float64{Fixed: 20, Ratio: 2, ZScore: 3, EARS: 3.09, EWMA: 3, Farrington: 2.58}

// warmup is the length of the history, in hours, on which no rule is scored.
const warmup = 28 * 24

// Scores returns the score of a peer's rule at the end of every hour, 0 during
// the first four weeks.
func (h *History) Scores(rule Rule) []float64 {
	k := make([]float64, len(h.Hours))
	for i, hour := range h.Hours {
		k[i] = float64(max(hour.Negatives, 0))
	}
	var scores []float64
	switch rule {
	case Fixed:
		scores = sumOver(k, 24)
	case Ratio:
		scores = ratio(k)
	case ZScore:
		scores = zscore(k, 7, 0)
	case EARS:
		scores = zscore(k, 7, 2)
	case EWMA:
		scores = ewma(k)
	case Farrington:
		scores = farrington(k)
	}
	for i := range min(warmup, len(scores)) {
		scores[i] = 0
	}
	return scores
}

// sumOver returns at every hour the sum of the last w hours.
func sumOver(k []float64, w int) []float64 {
	sums := make([]float64, len(k))
	sum := 0.0
	for i := range k {
		sum += k[i]
		if i >= w {
			sum -= k[i-w]
		}
		sums[i] = sum
	}
	return sums
}

func ratio(k []float64) []float64 {
	const least, floor = 5, 0.5
	day, eight := sumOver(k, 24), sumOver(k, 8*24)
	scores := make([]float64, len(k))
	for i := range k {
		if day[i] >= least {
			scores[i] = day[i] / max((eight[i]-day[i])/7, floor)
		}
	}
	return scores
}

// meanAndSD returns mean and standard deviation of sums at the same hour of n
// days, lag days back; the deviation is at least a half (Burkom 2003).
func meanAndSD(sums []float64, i, n, lag int) (mean, sd float64) {
	for j := 1; j <= n; j++ {
		mean += sums[i-24*(j+lag)] / float64(n)
	}
	for j := 1; j <= n; j++ {
		e := sums[i-24*(j+lag)] - mean
		sd += e * e / float64(n-1)
	}
	return mean, max(math.Sqrt(sd), 0.5)
}

func zscore(k []float64, n, lag int) []float64 {
	day := sumOver(k, 24)
	scores := make([]float64, len(k))
	for i := 24 * (n + lag); i < len(k); i++ {
		mean, sd := meanAndSD(day, i, n, lag)
		scores[i] = (day[i] - mean) / sd
	}
	return scores
}

func ewma(k []float64) []float64 {
	const lambda = 0.3
	six := sumOver(k, 6)
	scores := make([]float64, len(k))
	z := 0.0
	for i := warmup; i < len(k); i++ {
		mean, sd := meanAndSD(six, i, 28, 0)
		z = (1-lambda)*z + lambda*(six[i]-mean)/sd
		scores[i] = z / math.Sqrt(lambda/(2-lambda))
	}
	return scores
}

// farrington is the quasi-Poisson exceedance of Farrington et al. (1996): past
// days far above the mean are down-weighted, and five cases in four weeks are
// the least.
func farrington(k []float64) []float64 {
	day, month := sumOver(k, 24), sumOver(k, 28*24)
	scores := make([]float64, len(k))
	past := make([]float64, 28)
	for i := warmup; i < len(k); i++ {
		if month[i] < 5 {
			continue
		}
		for j := range past {
			past[j] = day[i-24*(j+1)]
		}
		mean, phi := quasiPoisson(past)
		sd := 2.0 / 3 * math.Pow(mean, 1.0/6) * math.Sqrt(phi*(1+1.0/28))
		scores[i] = (math.Pow(day[i], 2.0/3) - math.Pow(mean, 2.0/3)) / sd
	}
	return scores
}

// quasiPoisson fits mean and dispersion with weights that forget past outbreaks.
func quasiPoisson(past []float64) (mean, phi float64) {
	weights := slices.Repeat([]float64{1}, len(past))
	for range 3 {
		sum, total, squares := 0.0, 0.0, 0.0
		for j, y := range past {
			sum += weights[j] * y
			total += weights[j]
		}
		mean = max(sum/total, 0.05)
		for j, y := range past {
			squares += weights[j] * (y - mean) * (y - mean) / mean
		}
		phi = max(1, squares/max(total-1, 1))
		for j, y := range past {
			r := 1.5 * (math.Pow(y, 2.0/3) - math.Pow(mean, 2.0/3)) / (math.Pow(mean, 1.0/6) * math.Sqrt(phi))
			weights[j] = 1
			if r > 2.58 {
				weights[j] = 1 / (r * r)
			}
		}
	}
	return mean, phi
}

// ParseRule reads the name of a rule.
func ParseRule(name string) (Rule, error) {
	if rule := Rule(name); slices.Contains(Rules(), rule) {
		return rule, nil
	}
	var names []string
	for _, r := range Rules() {
		names = append(names, string(r))
	}
	return "", fmt.Errorf("%q is not a rule: use %s", name, strings.Join(names, ", "))
}
