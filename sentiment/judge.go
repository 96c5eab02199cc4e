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
	prior                           float64 // in favour of complaints, in logits
	number, address, bang, question uint32  // words that stand for classes of tokens
	handle, dots                    uint32
	odd                             uint32 // words from here on are numbers or special
	special                         uint32 // words from here on are silent or stand for several
	sum                             uint32 // of the files
	_                               uint32
	release                         span
}

// Weights are the two sums of a text, in logits.
type Weights struct{ Polarity, Subjectivity float64 }

// judge turns the matches of sc into the verdict.
func (a *Analyzer) judge(dst *brand.Score, sc *scratch, stars int) {
	dst.Causes = append(dst.Causes[:0], sc.causes...)
	dst.Language = a.language(sc)
	if len(sc.matches) == sc.contexts {
		dst.Polarity, dst.Compound, dst.PNegative, dst.Doubtful, dst.Hits = brand.Unknown, 0, a.silent, false, dst.Hits[:0]
		return
	}
	sum, mixed := a.explain(dst, sc)
	odds := sum.odds()
	dst.Polarity, dst.Compound = sum.class(), compound(odds)
	dst.PNegative = a.pNegative(sum, odds)
	dst.Doubtful = doubtful(dst, stars, mixed)
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
func Verdict(sum Weights) (brand.Polarity, float64) { return sum.class(), compound(sum.odds()) }

func (w Weights) class() brand.Polarity {
	class := int(brand.Positive)
	if w.Polarity < 0 {
		class = int(brand.Negative)
	}
	if w.Subjectivity+math.Abs(w.Polarity) <= 0 {
		class = int(brand.Neutral)
	}
	return brand.Polarity(class)
}

// odds are those of praise against a complaint.
func (w Weights) odds() float64 { return math.Exp(2 * w.Polarity) }

// compound is the hyperbolic tangent of the polarity, by what its odds are.
func compound(odds float64) float64 { return 1 - 2/(1+odds) }

// explain sets the hits with their contributions, and returns what [Sum] makes of them and
// whether both sides have at least a third of the weight.
func (a *Analyzer) explain(dst *brand.Score, sc *scratch) (sum Weights, mixed bool) {
	scale := sc.scale(a.model.evidence) / 16
	emphasis := 1.0
	if sc.loud {
		emphasis = a.emphasis(sc)
	}
	matches, info, text := sc.matches, a.info, a.text
	hits := slices.Grow(dst.Hits[:0], len(matches))[:len(matches)]
	dst.Hits = hits
	sum = a.model.bias
	var praise, blame float64
	for i := range matches {
		m, h := &matches[i], &hits[i]
		e := &info[uint32(m.entry)]
		negated := m.rule & ruleNegated
		v := float64(m.value) * scale
		if m.rule&ruleCaps != 0 {
			v *= emphasis
		}
		w := &e.weights[negated]
		polarity, subjectivity := v*float64(w.pol), v*float64(w.sub)
		name := text[e.name.start+1-uint32(negated) : e.name.start+uint32(e.name.size)]
		h.Start, h.End = int(uint32(m.start)), int(uint32(m.end)) // never negative: without a sign they load faster
		h.Weight, h.Subjectivity = polarity, subjectivity
		h.Entry, h.Rule = name, ruleNames[m.rule&(1<<7-1)]
		sum.Polarity += polarity
		sum.Subjectivity += subjectivity
		size := math.Abs(polarity) // either sum takes twice the weight or nothing: the sign is anybody's guess
		praise += size + polarity
		blame += size - polarity
	}
	return sum, min(praise, blame) > max(1, 0.5*max(praise, blame))
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
	if !sc.uneven {
		return 1 / math.Sqrt(evidence+float64(len(sc.matches)))
	}
	for i := range sc.matches {
		v := float64(sc.matches[i].value)
		evidence += v * v
	}
	return 1 / math.Sqrt(evidence)
}

// pNegative is the calibrated share of texts with such sums that complain: against a
// complaint stand praise and silence.
func (a *Analyzer) pNegative(w Weights, odds float64) float64 {
	silence := math.Exp(w.Polarity - w.Subjectivity)
	return 1 / (1 + a.against*(odds+silence)) // what overflows leaves zero
}

// disagree are the polarities, a bit each, that stars speak against.
var disagree = [6]uint8{1: 1 << brand.Positive, 2: 1 << brand.Positive, 4: 1 << brand.Negative, 5: 1 << brand.Negative}

// doubtful reports that a person should read the text before it counts: stars and words
// disagree, praise meets a complaint, or both sides weigh much. It collects the polarities
// that would be doubtful, because which one it is is anybody's guess.
func doubtful(s *brand.Score, stars int, mixed bool) bool {
	against := int(disagree[min(max(stars, 0), 5)])
	if len(s.Causes) > 0 {
		against |= 1 << brand.Positive
	}
	if mixed || s.Language == brand.Malay { // close to Indonesian, but not what the weights were learned from
		against = -1
	}
	return against>>s.Polarity&1 != 0
}

// ruleNames holds a name for every set of rules, so that none is built.
var ruleNames = func() (names [128]string) {
	parts := [...]string{"negated", "intensified", "diminished", "capitals", "repeated", "ironic", "outweighed"}
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
