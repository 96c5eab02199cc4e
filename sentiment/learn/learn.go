// Package learn proposes entries of the lexicon from the star-rated reviews of
// one brand, for an analyst to accept or to strike out. It is pure.
//
// It asks what the lexicon leaves open. What the lexicon says of every review is
// the offset of a logistic regression on the stars, and the term that sets most
// right is proposed first; then what is left open beside it is asked again
// (forward stagewise regression; Hastie, Tibshirani, Friedman 2009, 3.3.3). So
// nothing is proposed that only stands beside words that the lexicon or another
// proposal knows.
package learn

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"pantau/brand"
	"pantau/sentiment"
)

// Review is a text with a rating from 1 to 5 stars.
type Review struct {
	Text  string
	Stars int
}

// Proposal is a term that the stars say something about.
type Proposal struct {
	Term     string
	Weight   int      // polarity in sixteenths of a logit, as an overlay file has it
	Before   int      // what the lexicon makes of it so far
	Low      int      // reviews with one or two stars that hold it
	High     int      // reviews with four or five stars that hold it
	Examples []string // up to three, first of the side that the weight leans to
}

// LeastReviews is how many reviews of either kind learning needs, and how many must
// hold a term: fewer are chance.
const LeastReviews = 5

const (
	leastSurplus = 3   // so many of its reviews must be of the other kind than expected
	leastZ       = 3.0 // standard errors that the reviews of a term must stray
	leastChange  = 8   // sixteenths of a logit: less is not worth a line
	perLogit     = 16
	maxWeight    = 48 // stars are weak labels: a proposal stays below curated entries
	spread       = 1  // logits: how far the weight of a term strays from what is known, a standard deviation
	examples     = 3
)

// Sides counts the reviews with one or two stars, and those with four or five.
func Sides(reviews []Review) (low, high int) {
	for i := range reviews {
		switch reviews[i].Stars {
		case 1, 2:
			low++
		case 4, 5:
			high++
		}
	}
	return low, high
}

// Propose returns at most limit entries that the lexicon of a does not know or sees
// otherwise than the stars: first what is new to it, each most certain first. Names on
// the deny list, words of the name of the brand and words that only hold a sentence
// together are never proposed, nor is any term that fewer than five reviews hold.
func Propose(a *sentiment.Analyzer, reviews []Review, name string, limit int) []Proposal {
	low, high := Sides(reviews)
	if min(low, high) < LeastReviews {
		return nil
	}
	f := fit{a: a, index: map[string]int32{}, closed: sentiment.Closed(), name: map[string]bool{}, low: float64(low) / float64(low+high)}
	for _, w := range a.Words(nil, name) {
		f.name[w.Text] = true
	}
	for i := range reviews {
		f.add(&reviews[i])
	}
	f.calibrate()
	return f.grow(limit)
}

// fit is the regression.
type fit struct {
	a       *sentiment.Analyzer
	closed  map[string]bool  // words that hold a sentence together
	name    map[string]bool  // words of the name of the brand
	index   map[string]int32 // number of a term
	terms   []term
	reviews []review
	low     float64 // share of the reviews with one or two stars
	unit    float64 // logits of a complaint for a logit of polarity, below zero

	words []sentiment.Word
	score brand.Score
}

// term is a word or a pair of words.
type term struct {
	text    string
	reviews []int32
	taken   bool
	weight  float64 // logits of polarity beyond what the lexicon says

	surplus      float64 // reviews that complain, beyond those expected to
	slope, curve float64 // derivatives of the likelihood by the weight; the second one negated
}

// review is a text with one or two stars, or with four or five.
type review struct {
	*Review
	terms     []int32
	polarity  float64 // of the lexicon, in logits
	share     float64 // of a weight that reaches the polarity
	complains float64 // 1 or 0
	logit     float64 // of the chance that it complains, by all that is known
	expected  float64 // that chance
}

// expect sets the chance that a review complains, by its logit.
func (r *review) expect(logit float64) {
	const least = 0.02 // nothing is certain: stars and texts disagree now and then
	r.logit = logit
	r.expected = min(max(1/(1+math.Exp(-logit)), least), 1-least)
}

// add takes in a review. Three stars say nothing.
func (f *fit) add(r *Review) {
	if r.Stars == 3 || r.Stars < 1 || r.Stars > 5 {
		return
	}
	f.a.ScoreInto(&f.score, r.Text, 0)
	x := review{Review: r, polarity: sentiment.Sum(f.a.Bias(), f.score.Hits).Polarity}
	x.share = 1 / math.Sqrt(float64(len(f.score.Hits)+2)) // with one more hit, roughly as the score has it
	if r.Stars < 3 {
		x.complains = 1
	}
	f.words = f.a.Words(f.words[:0], r.Text)
	for i, w := range f.words {
		if f.name[w.Text] {
			continue
		}
		if !f.closed[w.Text] {
			f.hold(&x, w.Text)
		}
		if i == 0 || w.Break {
			continue
		}
		if before := f.words[i-1].Text; !f.name[before] && !(f.closed[w.Text] && f.closed[before]) {
			f.hold(&x, before+" "+w.Text)
		}
	}
	f.reviews = append(f.reviews, x)
}

// hold notes that the next review holds a term.
func (f *fit) hold(x *review, text string) {
	if !plain(text) || f.a.Denied(text) {
		return
	}
	k, ok := f.index[text]
	if !ok {
		k = int32(len(f.terms))
		f.index[text] = k
		f.terms = append(f.terms, term{text: text})
	}
	t, n := &f.terms[k], int32(len(f.reviews))
	if last := len(t.reviews) - 1; last >= 0 && t.reviews[last] == n {
		return
	}
	t.reviews = append(t.reviews, n)
	x.terms = append(x.terms, k)
}

// plain reports whether a term is made of words, not of marks or numbers.
func plain(term string) bool {
	for w := range strings.FieldsSeq(term) {
		if len(w) < 3 || len(w) > 30 || strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) {
			return false
		}
	}
	return true
}

// calibrate fits how the polarity of the lexicon and the habits of the brand lead to
// its stars.
func (f *fit) calibrate() {
	const usual, loose = -1.5, 1.0 / 9 // of the unit; and how little is known of the level, as a precision
	level, unit := 0.0, usual
	for range 20 { // Newton's steps, shortened where they would leap
		g, gx, v, vx, vxx := -loose*level, usual-unit, loose, 0.0, 1.0
		for i := range f.reviews {
			r := &f.reviews[i]
			r.expect(level + unit*r.polarity)
			e, w, x := r.complains-r.expected, r.expected*(1-r.expected), r.polarity
			g, gx, v, vx, vxx = g+e, gx+e*x, v+w, vx+w*x, vxx+w*x*x
		}
		det := v*vxx - vx*vx
		level += min(max((vxx*g-vx*gx)/det, -1), 1)
		unit += min(max((v*gx-vx*g)/det, -1), 1)
	}
	const least = -0.25 // the lexicon is never wholly wrong
	f.unit = min(unit, least)
}

// grow takes one term after the other.
func (f *fit) grow(limit int) []Proposal {
	for k := range f.terms {
		f.measure(&f.terms[k])
	}
	var out []Proposal
	for len(out) < limit {
		best, z := -1, leastZ
		for k := range f.terms {
			if x := f.terms[k].z(); x > z {
				best, z = k, x
			}
		}
		if best < 0 {
			break
		}
		f.take(&f.terms[best])
		if p := f.proposal(&f.terms[best]); abs(p.Weight-p.Before) >= leastChange {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(x, y Proposal) int { return cmp.Compare(x.known(), y.known()) })
	return out
}

// known is 1 for what the lexicon has a view of already, 0 for what is new to it.
func (p *Proposal) known() int {
	if abs(p.Before) >= leastChange {
		return 1
	}
	return 0
}

// measure works out how the likelihood changes with the weight of a term.
func (f *fit) measure(t *term) {
	t.surplus, t.slope, t.curve = 0, 0, 0
	if len(t.reviews) < LeastReviews {
		return
	}
	for _, n := range t.reviews {
		r := &f.reviews[n]
		e, x := r.complains-r.expected, f.unit*r.share
		t.surplus += e
		t.slope += x * e
		t.curve += x * x * r.expected * (1 - r.expected)
	}
}

// z is how many standard errors the reviews of a term stray from what is expected
// (Rao's score test), zero where it is taken.
func (t *term) z() float64 {
	if t.taken || math.Abs(t.surplus) < leastSurplus {
		return 0
	}
	return math.Abs(t.slope) / math.Sqrt(t.curve)
}

// take gives a term the weight that sets its reviews right, as far as they are many,
// and measures the terms beside it anew.
func (f *fit) take(t *term) {
	const prior = 1.0 / (spread * spread)
	t.taken = true
	for range 3 { // Newton's steps
		f.measure(t)
		step := (t.slope - prior*t.weight) / (t.curve + prior)
		t.weight += step
		for _, n := range t.reviews {
			r := &f.reviews[n]
			r.expect(r.logit + f.unit*r.share*step)
		}
	}
	beside := map[int32]bool{}
	for _, n := range t.reviews {
		for _, k := range f.reviews[n].terms {
			beside[k] = true
		}
	}
	for k := range beside {
		f.measure(&f.terms[k])
	}
}

// proposal puts together what is known of a term. It never leans to the other side
// than the stars of its reviews: what they say less of than the lexicon is nothing.
func (f *fit) proposal(t *term) Proposal {
	var low, high []string
	for _, n := range t.reviews {
		if r := &f.reviews[n]; r.complains > 0 {
			low = append(low, r.Text)
		} else {
			high = append(high, r.Text)
		}
	}
	before := perLogit * f.before(t.text)
	most := max(maxWeight, math.Abs(before))
	weight := min(most, max(-most, before+perLogit*t.weight))
	if leansLow := float64(len(low)) > f.low*float64(len(t.reviews)); leansLow == (weight > 0) {
		weight = 0
	}
	texts := slices.Concat(high, low)
	if weight < 0 {
		texts = slices.Concat(low, high)
	}
	return Proposal{Term: t.text, Weight: int(math.Round(weight)), Before: int(math.Round(before)),
		Low: len(low), High: len(high), Examples: texts[:min(examples, len(texts))]}
}

// before is what the lexicon makes of a term, in logits of polarity: the weight of its
// entry, or what its words add up to.
func (f *fit) before(text string) (sum float64) {
	if e, ok := f.a.Entry(text); ok {
		return float64(e.Polarity) / perLogit
	}
	f.a.ScoreInto(&f.score, text, 0)
	for _, h := range f.score.Hits {
		sum += h.Weight
	}
	return sum * math.Sqrt(float64(len(f.score.Hits)+1)) // what the length took away
}

func abs(n int) int { return max(n, -n) }
