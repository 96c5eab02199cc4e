package main

import (
	"maps"
	"math"
	"slices"
)

// The pull of an English entry that nobody vouches for grows with the doubt
// whether its sources agree.
const (
	doubtPull = 4.0
	doubtLeft = 0.25 // keeps the pull finite where nothing leans either way
	mostSay   = 5.0  // a family says at most as much as twenty texts, ten of either side
)

// doubts returns the factor of the pull of every entry. Nine of ten English texts
// come from one collection; without this its habits become the weights of "are"
// and "some". The Indonesian families are few and speak of different trades, so
// that to ask them for agreement would lose what only one of them can know.
func (t *trainer) doubts(names []string, stats []tally) []float64 {
	shares := t.shares()
	out := make([]float64, len(names))
	for i, name := range names {
		out[i] = 1
		if t.prior[name].Text == "" && t.english(name) {
			out[i] += doubtPull / (doubtLeft + stats[i].agreement(shares))
		}
	}
	return out
}

// english reports whether only English sets hold a term.
func (t *trainer) english(name string) bool {
	x := t.words[name]
	if x == nil {
		x = t.pairs[name]
	}
	return x != nil && x.english == x.n
}

// shares counts the texts of every family by label.
func (t *trainer) shares() map[string]*[3]int {
	var all tally
	for _, d := range t.sets {
		for _, x := range d.texts {
			all.count(d.family, x.label)
		}
	}
	return all.sources
}

// agreement is the square of how many standard errors the log odds of praise,
// beside the usual ones of each family, lie from zero. Odds are counted with one
// text more on either side.
func (y *tally) agreement(shares map[string]*[3]int) float64 {
	var weight, sum float64
	for _, family := range slices.Sorted(maps.Keys(y.sources)) { // the last bit of a sum depends on the order
		by, of := y.sources[family], shares[family]
		praise, blame := float64(by[positive]+1), float64(by[negative]+1)
		odds := math.Log(praise/blame) - math.Log(float64(of[positive])/float64(of[negative]))
		w := min(1/(1/praise+1/blame), mostSay)
		weight += w
		sum += w * odds
	}
	if weight == 0 {
		return 0
	}
	return sum * sum / weight
}
