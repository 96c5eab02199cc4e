// Package learn proposes entries of the lexicon from the star-rated reviews of
// one brand, for an analyst to accept or to strike out. It is pure.
package learn

import (
	"cmp"
	"math"
	"slices"
	"strings"

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
	Low      int      // reviews with one or two stars that hold it
	High     int      // reviews with four or five stars that hold it
	Examples []string // up to three, first of the side that the weight speaks of

	against []string // while counting, those with four or five stars
}

const (
	leastReviews = 5   // a term in fewer reviews is chance
	leastZ       = 3.0 // standard errors that its log odds must be from zero
	prior        = 1.0 // reviews that are added to each side, against small numbers
	perLogit     = 16
	maxWeight    = 48 // stars are weak labels: a proposal stays below curated entries
	examples     = 3
)

// Propose returns what the reviews teach that the lexicon of a does not know yet
// or sees the other way round, most certain first. Names on the deny list are
// never proposed, nor is any term that fewer than five reviews hold.
func Propose(a *sentiment.Analyzer, reviews []Review) []Proposal {
	c := counter{a: a, terms: map[string]*Proposal{}}
	for _, r := range reviews {
		c.add(r)
	}
	var out []Proposal
	certainty := map[string]float64{}
	for _, p := range c.terms {
		odds, z := c.odds(p)
		if p.Low+p.High < leastReviews || math.Abs(z) < leastZ || c.known(p.Term, odds) {
			continue
		}
		p.Weight = int(math.Round(min(maxWeight, max(-maxWeight, odds/2*perLogit))))
		if certainty[p.Term] = math.Abs(z); z > 0 {
			p.Examples, p.against = p.against, p.Examples
		}
		p.Examples = append(p.Examples, p.against...)
		p.Examples, p.against = p.Examples[:min(examples, len(p.Examples))], nil
		out = append(out, *p)
	}
	slices.SortFunc(out, func(x, y Proposal) int {
		if by := cmp.Compare(certainty[y.Term], certainty[x.Term]); by != 0 {
			return by
		}
		return strings.Compare(x.Term, y.Term)
	})
	return out
}

// counter counts the terms of reviews by their stars.
type counter struct {
	a         *sentiment.Analyzer
	terms     map[string]*Proposal
	low, high int
	words     []sentiment.Word
}

// add counts the words and pairs of a review, each once. Three stars say nothing.
func (c *counter) add(r Review) {
	if r.Stars == 3 || r.Stars < 1 || r.Stars > 5 {
		return
	}
	if r.Stars < 3 {
		c.low++
	} else {
		c.high++
	}
	seen := map[string]bool{}
	c.words = c.a.Words(c.words[:0], r.Text)
	for i, w := range c.words {
		c.count(w.Text, r, seen)
		if i > 0 && !w.Break {
			c.count(c.words[i-1].Text+" "+w.Text, r, seen)
		}
	}
}

func (c *counter) count(term string, r Review, seen map[string]bool) {
	if seen[term] || !plain(term) || c.a.Denied(term) {
		return
	}
	seen[term] = true
	p := c.terms[term]
	if p == nil {
		p = &Proposal{Term: term}
		c.terms[term] = p
	}
	side := &p.Examples
	if r.Stars < 3 {
		p.Low++
	} else {
		p.High++
		side = &p.against
	}
	if len(*side) < examples {
		*side = append(*side, r.Text)
	}
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

// odds returns how much likelier a term is in good reviews, as the logarithm of
// the odds ratio, and how many standard errors that is.
func (c *counter) odds(p *Proposal) (odds, z float64) {
	low, high := float64(p.Low)+prior, float64(p.High)+prior
	noLow, noHigh := float64(c.low-p.Low)+prior, float64(c.high-p.High)+prior
	odds = math.Log(high * noLow / (low * noHigh))
	return odds, odds / math.Sqrt(1/low+1/high+1/noLow+1/noHigh)
}

// known reports whether the lexicon already agrees about a term.
func (c *counter) known(term string, odds float64) bool {
	e, ok := c.a.Entry(term)
	return ok && float64(e.Polarity)*odds > 0
}
