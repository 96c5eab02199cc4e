package main

import (
	"math"
	"testing"
)

// A phrase weighs what its words weigh and what it means beyond them; its
// negation negates its words.
func TestPhraseStandsForItsWords(t *testing.T) {
	const sangat, buruk, sangatBuruk = 0, 1, 2
	o := defaults()
	w := newWeights(3, 1)
	w.pol[sangat], w.pol[buruk], w.pol[sangatBuruk] = 0.1, -2, -0.5
	w.sub[buruk], w.sub[sangatBuruk] = 1, 0.25
	w.parts[sangatBuruk] = []feature{{id: sangat, value: 1}, {id: buruk, value: 1.3}}
	pol, sub := w.entry(o, sangatBuruk, false)
	if want := -0.5 + 0.1 - 2*1.3; math.Abs(pol-want) > 1e-12 || math.Abs(sub-(0.25+1.3)) > 1e-12 {
		t.Errorf("the phrase weighs %v %v, want %v 1.55", pol, sub, want)
	}
	turned, _ := w.entry(o, sangatBuruk, true)
	if want := o.negatedNegative*(0.5+2*1.3) - o.negatedPositive*0.1; math.Abs(turned-want) > 1e-12 {
		t.Errorf("its negation weighs %v, want %v", turned, want)
	}
	x := example{features: []feature{{id: sangatBuruk, value: 0.5}}}
	x.expand(w.parts)
	if got, _ := w.sums(o, &x); math.Abs(got-0.5*pol) > 1e-12 {
		t.Errorf("a text with the phrase sums to %v, want half of %v", got, pol)
	}
}
