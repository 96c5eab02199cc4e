package main

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// feature is one entry of a text with how much it counts there.
type feature struct {
	id      int32
	negated bool
	part    bool // counted as a part of a phrase
	value   float64
}

// example is one text as the model sees it.
type example struct {
	features []feature
	label    int
	set      int
	habit    int // of its family, -1 for none
	weight   float64
}

// weights holds the two weights of every entry and of its negated form. A
// negated form starts from its plain form turned round and learns the rest.
type weights struct {
	pol, sub         []float64
	negPol, negSub   []float64
	priorPol, priorS []float64
	frozen           []bool      // a curator's zero stays zero
	keys             []uint64    // hashes of the entries
	parts            [][]feature // what a phrase stands for besides itself
	biasPol, biasSub []float64   // by set: a set's own share of labels is not the words' doing
	habits           []habit
}

// habit is what entries mean in one family beyond what they mean everywhere. It is
// learned beside the weights and left behind: "quickly" is a complaint where
// batteries run down, and "button" where cameras are compared.
type habit struct{ pol, sub []float64 }

func newWeights(entries, sets int) *weights {
	f := func(n int) []float64 { return make([]float64, n) }
	w := &weights{f(entries), f(entries), f(entries), f(entries), f(entries), f(entries), make([]bool, entries), make([]uint64, entries), make([][]feature, entries), f(sets), f(sets), nil}
	for range habitual {
		w.habits = append(w.habits, habit{f(entries), f(entries)})
	}
	return w
}

// expand adds the parts of the phrases that the example holds. The negation of a
// phrase is the negation of its parts.
func (x *example) expand(parts [][]feature) {
	for _, f := range x.features {
		for _, p := range parts[f.id] {
			x.features = append(x.features, feature{p.id, p.negated != f.negated, true, f.value * p.value})
		}
	}
}

// entry returns the weights of an entry or its negation with those of its parts.
func (w *weights) entry(o options, id int32, negated bool) (pol, sub float64) {
	x := example{features: []feature{{id: id, negated: negated, value: 1}}}
	x.expand(w.parts)
	for _, f := range x.features {
		p, s := w.own(o, f.id, f.negated)
		pol, sub = pol+f.value*p, sub+f.value*s
	}
	return pol, sub
}

// own returns the weights of an entry or its negation without its parts.
func (w *weights) own(o options, id int32, negated bool) (pol, sub float64) {
	if negated {
		return w.negPol[id] - o.turned(w.pol[id])*w.pol[id], w.negSub[id] + w.sub[id]
	}
	return w.pol[id], w.sub[id]
}

// turned is the share of a weight that negation turns round.
func (o options) turned(pol float64) float64 {
	if pol < 0 {
		return o.negatedNegative
	}
	return o.negatedPositive
}

// sums returns the two sums of an example.
func (w *weights) sums(o options, x *example) (pol, sub float64) {
	pol, sub = w.biasPol[x.set], w.biasSub[x.set]
	for _, f := range x.features {
		p, s := w.own(o, f.id, f.negated)
		if x.habit >= 0 {
			h := &w.habits[x.habit]
			p, s = p+f.side()*h.pol[f.id], s+h.sub[f.id]
		}
		pol, sub = pol+f.value*p, sub+f.value*s
	}
	return pol, sub
}

// side is how a feature counts the polarity of its habit: negation turns round
// about as much of it as of other weights.
func (f feature) side() float64 {
	if f.negated {
		return -0.6
	}
	return 1
}

// gradient returns the derivative of the loss of an example by its two sums.
// A set without neutral texts says nothing about subjectivity.
func gradient(pol, sub float64, label int, polar bool) (dPol, dSub float64) {
	if polar {
		p := 1 / (1 + math.Exp(-2*pol))
		if label == positive {
			p--
		}
		return 2 * p, 0
	}
	top := max(0, sub+pol, sub-pol)
	pos, neg, neu := math.Exp(sub+pol-top), math.Exp(sub-pol-top), math.Exp(-top)
	z := pos + neg + neu
	pos, neg = pos/z, neg/z
	switch label {
	case positive:
		return pos - 1 - neg, pos + neg - 1
	case negative:
		return pos - neg + 1, pos + neg - 1
	}
	return pos - neg, pos + neg
}

// fit runs AdaGrad over the examples. Every weight is pulled toward its prior by
// ridge, shared over the examples that hold it.
func fit(o options, w *weights, xs []example, polar []bool, ridge, flat func(int32) float64) {
	n := len(w.pol)
	seen := make([]float64, n)
	for i := range xs {
		for _, f := range xs[i].features {
			seen[f.id] += 1
		}
	}
	pulls := make([]float64, n)
	for i := range pulls {
		pulls[i] = ridge(int32(i))/seen[i] + flat(int32(i))
	}
	ada := [4][]float64{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
	adaHabits := newWeights(n, 0).habits
	adaBias := [2][]float64{make([]float64, len(w.biasPol)), make([]float64, len(w.biasPol))}
	rng := rand.New(rand.NewPCG(o.seed, 7))
	move := func(v *float64, hist *float64, g float64) {
		*hist += g * g
		*v -= o.rate * g / (math.Sqrt(*hist) + 1e-6)
	}
	mean, means := newWeights(n, len(w.biasPol)), 0
	var kept example
	for epoch := range o.epochs {
		for _, k := range rng.Perm(len(xs)) {
			x := thin(w.keys, mix(o.seed, uint64(epoch), uint64(k)), o.dropout, &xs[k], &kept)
			pol, sub := w.sums(o, x)
			dp, ds := gradient(pol, sub, x.label, polar[x.set])
			dp, ds = dp*x.weight, ds*x.weight
			for _, f := range x.features {
				i, pull := f.id, pulls[f.id]
				if x.habit >= 0 {
					h, ada := &w.habits[x.habit], &adaHabits[x.habit]
					move(&h.pol[i], &ada.pol[i], f.side()*dp*f.value+pull*h.pol[i])
					move(&h.sub[i], &ada.sub[i], ds*f.value+pull*h.sub[i])
				}
				if w.frozen[i] {
					move(&w.sub[i], &ada[1][i], ds*f.value+pull*(w.sub[i]-w.priorS[i]))
					continue
				}
				if f.negated {
					t := o.turned(w.pol[i])
					move(&w.negPol[i], &ada[2][i], dp*f.value+4*pull*w.negPol[i])
					move(&w.negSub[i], &ada[3][i], ds*f.value+4*pull*w.negSub[i])
					move(&w.pol[i], &ada[0][i], -t*dp*f.value+pull*(w.pol[i]-w.priorPol[i]))
				} else {
					move(&w.pol[i], &ada[0][i], dp*f.value+pull*(w.pol[i]-w.priorPol[i]))
				}
				move(&w.sub[i], &ada[1][i], ds*f.value+pull*(w.sub[i]-w.priorS[i]))
			}
			move(&w.biasPol[x.set], &adaBias[0][x.set], dp)
			move(&w.biasSub[x.set], &adaBias[1][x.set], ds)
		}
		if 2*epoch >= o.epochs {
			mean.add(w)
			means++
		}
	}
	w.become(mean, means)
}

// thin copies x into dst without a random share of its entries; the others count
// for them. What is learned from thinned texts leans on no single word, and so
// carries over to other texts. What is left out depends on the draw and the entry
// alone: an entry more in the lexicon changes nothing for texts without it.
func thin(keys []uint64, draw uint64, share float64, x, dst *example) *example {
	features := dst.features[:0]
	for _, f := range x.features {
		if float64(mix(draw, keys[f.id])>>11)/(1<<53) >= share {
			f.value /= 1 - share
			features = append(features, f)
		}
	}
	*dst = *x
	dst.features = features
	return dst
}

// mix hashes numbers with the steps of splitmix64.
func mix(xs ...uint64) (h uint64) {
	for _, x := range xs {
		h += x + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// hash returns the FNV-1a hash of an entry.
func hash(entry string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(entry))
	return h.Sum64()
}

// vectors lists everything that is learned.
func (w *weights) vectors() [][]float64 {
	return [][]float64{w.pol, w.sub, w.negPol, w.negSub, w.biasPol, w.biasSub}
}

// add adds the weights of o.
func (w *weights) add(o *weights) {
	to, from := w.vectors(), o.vectors()
	for k := range to {
		for i := range to[k] {
			to[k][i] += from[k][i]
		}
	}
}

// become takes the mean of n added weights: it depends less on the order of the
// texts than the weights of the last pass do.
func (w *weights) become(sum *weights, n int) {
	to, from := w.vectors(), sum.vectors()
	for k := range to {
		for i := range to[k] {
			to[k][i] = from[k][i] / float64(n)
		}
	}
}
