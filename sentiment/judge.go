package sentiment

import (
	"math"
	"slices"

	"pantau/brand"
)

// model is everything of the lexicon that is not a list.
type model struct {
	bias                            Weights // in logits
	evidence                        float64 // added under the root that normalises for length
	emphasis                        float64 // factor of an entry in capitals
	temperature, prior              float64 // calibration of P(negative)
	number, address, bang, question uint32  // words that stand for classes of tokens
	handle, dots                    uint32
	special                         uint32 // words from here on are silent or stand for several
	sum                             uint32 // of the files
	release                         span
}

// Weights are the two sums of a text, in logits.
type Weights struct{ Polarity, Subjectivity float64 }

// judge turns the matches of sc into the verdict.
func (a *Analyzer) judge(dst *brand.Score, sc *scratch, stars int) {
	*dst = brand.Score{Hits: dst.Hits[:0], Causes: append(dst.Causes[:0], sc.causes...), Language: a.language(sc)}
	if len(sc.matches) == sc.contexts {
		dst.PNegative = a.pNegative(a.model.bias)
		return
	}
	sum := a.explain(dst, sc)
	dst.Polarity, dst.Compound = Verdict(sum)
	dst.PNegative = a.pNegative(sum)
	dst.Doubtful = doubtful(dst, stars)
}

// Bias is what every score starts from.
func (a *Analyzer) Bias() Weights { return a.model.bias }

// Sum adds the contributions of hits to the bias. Nothing else enters a score.
func Sum(bias Weights, hits []brand.Hit) Weights {
	for i := range hits {
		bias.Polarity += hits[i].Weight
		bias.Subjectivity += hits[i].Subjectivity
	}
	return bias
}

// Verdict turns the two sums of a text into its class and its compound, the
// hyperbolic tangent of the polarity. A text is neutral when neither side
// outweighs silence, whose logit is zero.
func Verdict(sum Weights) (brand.Polarity, float64) {
	compound := math.Tanh(sum.Polarity)
	switch {
	case sum.Subjectivity+math.Abs(sum.Polarity) <= 0:
		return brand.Neutral, compound
	case sum.Polarity < 0:
		return brand.Negative, compound
	}
	return brand.Positive, compound
}

// explain appends the hits with their contributions and returns what [Sum] makes
// of them.
func (a *Analyzer) explain(dst *brand.Score, sc *scratch) Weights {
	scale := sc.scale(a.model.evidence) / 16
	emphasis := 1.0
	if sc.loud {
		emphasis = a.emphasis(sc)
	}
	matches, sum := sc.matches, a.model.bias
	hits := slices.Grow(dst.Hits[:0], len(matches))[:len(matches)]
	for i := range matches {
		m, h := &matches[i], &hits[i]
		e := &a.info[m.entry]
		negated := m.rule & ruleNegated
		w, start := &e.weights[negated], e.name.start+1-uint32(negated)
		v := float64(m.value) * scale
		if m.rule&ruleCaps != 0 {
			v *= emphasis
		}
		h.Rule = ruleNames[m.rule&(1<<7-1)]
		h.Start, h.End = int(m.start), int(m.end)
		h.Entry = a.text[start : e.name.start+uint32(e.name.size)]
		h.Weight, h.Subjectivity = v*float64(w.pol), v*float64(w.sub)
		sum.Polarity += h.Weight
		sum.Subjectivity += h.Subjectivity
	}
	dst.Hits = hits
	return sum
}

// emphasis is the factor of an entry in capitals. In a text that shouts
// throughout, capitals say nothing about one word.
func (a *Analyzer) emphasis(sc *scratch) float64 {
	if sc.shouts() {
		return 1
	}
	return a.model.emphasis
}

// shouts reports whether most letters of a text are capitals. Only a text with
// an entry in capitals asks.
func (s *scratch) shouts() bool {
	if !s.loud {
		return false
	}
	for i := range s.tokens {
		s.count(&s.tokens[i])
	}
	return s.upper > s.lower
}

// scale is the reciprocal of the length of the evidence: a long text does not
// become certain by being long.
func (sc *scratch) scale(evidence float64) float64 {
	for i := range sc.matches {
		v := float64(sc.matches[i].value)
		evidence += v * v
	}
	return 1 / math.Sqrt(evidence)
}

// pNegative is the calibrated share of texts with such sums that complain.
func (a *Analyzer) pNegative(w Weights) float64 {
	t := a.model.temperature
	neg, pos := (w.Subjectivity-w.Polarity)/t+a.model.prior, (w.Subjectivity+w.Polarity)/t
	return 1 / (1 + math.Exp(pos-neg) + math.Exp(-neg)) // what overflows leaves zero
}

// doubtful reports that a person should read the text before it counts: stars
// and words disagree, or praise meets a complaint.
func doubtful(s *brand.Score, stars int) bool {
	switch {
	case stars >= 4 && s.Polarity == brand.Negative, stars >= 1 && stars <= 2 && s.Polarity == brand.Positive:
		return true
	case s.Polarity == brand.Positive && len(s.Causes) > 0:
		return true
	case s.Language == brand.Malay: // close to Indonesian, but not what the weights were learned from
		return true
	}
	return mixed(s.Hits)
}

// mixed reports that both sides have at least a third of the weight.
func mixed(hits []brand.Hit) bool {
	var pos, neg float64
	for i := range hits { // without branches: the sign of a hit is anybody's guess
		w := math.Float64bits(hits[i].Weight)
		minus := uint64(int64(w) >> 63)
		pos += math.Float64frombits(w &^ minus)
		neg += math.Float64frombits(w & minus &^ (1 << 63))
	}
	return min(pos, neg) > 0.5 && min(pos, neg) > 0.5*max(pos, neg)
}

// ruleNames holds a name for every set of rules, so that none is built.
var ruleNames = func() (names [128]string) {
	parts := [...]string{"negated", "intensified", "diminished", "capitals", "repeated", "ironic", "past"}
	for set := range names {
		for b, p := range parts {
			if set>>b&1 == 0 {
				continue
			}
			if names[set] != "" {
				names[set] += ","
			}
			names[set] += p
		}
	}
	return names
}()
