package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"pantau/sentiment"
)

// options are the choices of one training run.
type options struct {
	data, lexicon, queue, leave                string
	entries, epochs                            int
	minWord, minPair                           int
	least, ridge, freeRidge, phraseRidge, rate float64
	flatFree, flatPrior                        float64
	negatedPositive, negatedNegative, dropout  float64
	seed                                       uint64
}

func defaults() options {
	return options{entries: 10000, epochs: 16, minWord: 3, minPair: 5, least: 0.2, ridge: 0.05, freeRidge: 0.4, flatFree: 0.01, flatPrior: 0.003, phraseRidge: 0.2, rate: 0.1,
		negatedPositive: 0.8, negatedNegative: 0.4, seed: 7, dropout: 0.2}
}

// trainer holds one run.
type trainer struct {
	options
	sets   []dataset
	base   *sentiment.Analyzer        // the lexicon without learned weights
	prior  map[string]sentiment.Entry // what curators and the English prior say
	apart  map[string]bool
	closed map[string]bool // words that hold a sentence together
	words  map[string]*term
	pairs  map[string]*term
}

func run(o options) error {
	sets, err := readAll(o.data)
	if err != nil {
		return err
	}
	if o.leave != "" {
		sets = slices.DeleteFunc(sets, func(d dataset) bool { return d.family == o.leave })
	}
	t := &trainer{options: o, sets: sets, prior: map[string]sentiment.Entry{}}
	if err := t.readLists(); err != nil {
		return err
	}
	return t.run()
}

func (t *trainer) run() error {
	base, err := t.open(nil, nil)
	if err != nil {
		return err
	}
	t.base = base
	for _, e := range base.Entries() {
		t.prior[e.Text] = e
	}
	t.words = count(base, t.sets, false, plainWord)
	foldClitics(t.words, t.apart)
	prune(t.words, t.minWord, func(x *term) bool { return t.prior[x.text].Text == "" })
	if err := t.writeCommon(); err != nil {
		return err
	}
	vocabulary, err := t.open(t.candidateWords(), nil)
	if err != nil {
		return err
	}
	t.pairs = count(vocabulary, t.sets, true, func(w string) bool { return t.words[w] != nil })
	prune(t.pairs, t.minPair, func(*term) bool { return true })
	chosen := t.choosePhrases(vocabulary)
	return t.refit(t.candidateWords(), chosen)
}

func prune(terms map[string]*term, least int, may func(*term) bool) {
	for text, t := range terms {
		if t.n < least && may(t) {
			delete(terms, text)
		}
	}
}

// sourced reports whether a term has the sources that the rule asks for:
// several families of texts, or a dictionary or a curator's yes.
func (t *trainer) sourced(x *term) bool {
	if t.base.Denied(x.text) {
		return false
	}
	return len(x.families) >= x.sources() || t.prior[x.text].Text != ""
}

// candidateWords are the words that may get a weight. One that only holds a
// sentence together says more about the style of a collection than about an
// opinion.
func (t *trainer) candidateWords() []string {
	var out []string
	for _, x := range sorted(t.words) {
		if t.sourced(x) && !(t.closed[x.text] && t.prior[x.text].Text == "") {
			out = append(out, x.text)
		}
	}
	return out
}

// open builds an analyzer from the lexicon folder with extra entries that weigh
// nothing, and without the learned weights of an earlier run.
func (t *trainer) open(words, phrases []string) (*sentiment.Analyzer, error) {
	hidden := []string{"weights.tsv"}
	if t.base == nil { // the words of an earlier run would change the count
		hidden = append(hidden, "common.tsv")
	}
	var b strings.Builder
	for _, w := range append(words, phrases...) {
		if t.prior[w].Text == "" {
			fmt.Fprintf(&b, "%s\t0\t0\n", w)
		}
	}
	return sentiment.Open(without{os.DirFS(t.lexicon), hidden}, ".", sentiment.Overlay{Name: "candidates", Reader: strings.NewReader(b.String())})
}

// examples turns every text into features over index.
func (t *trainer) examples(features func(text string, add func(entry string, value float64, negated bool)), index map[string]int32) []example {
	var xs []example
	for si, d := range t.sets {
		weight := 10 * math.Pow(float64(len(d.texts)), -0.25)
		if d.name == tweets {
			weight *= tweetWeight
		}
		for _, l := range d.texts {
			x := example{label: l.label, set: si, habit: slices.Index(habitual, d.family), weight: weight}
			features(l.text, func(entry string, value float64, negated bool) {
				if id, ok := index[entry]; ok {
					x.features = append(x.features, feature{id: id, negated: negated, value: value})
				}
			})
			xs = append(xs, x)
		}
	}
	return xs
}

func (t *trainer) polar() []bool {
	var p []bool
	for _, d := range t.sets {
		p = append(p, d.polar)
	}
	return p
}

// choosePhrases fits words and pairs together and returns the pairs that mean
// most beyond their words.
func (t *trainer) choosePhrases(a *sentiment.Analyzer) []string {
	index, names := map[string]int32{}, []string{}
	add := func(s string) { index[s] = int32(len(names)); names = append(names, s) }
	for _, w := range t.candidateWords() {
		add(w)
	}
	words := len(names)
	for _, p := range sorted(t.pairs) {
		if len(p.families) >= p.sources() && !t.base.Denied(p.text) && t.prior[p.text].Text == "" && !t.idle(p.text) {
			add(p.text)
		}
	}
	var buf []sentiment.Word
	var ev []sentiment.Evidence
	features := func(text string, put func(string, float64, bool)) {
		ev = a.Evidence(ev[:0], text)
		scale := 1 / math.Sqrt(float64(len(ev)+1))
		for _, e := range ev {
			put(e.Entry, e.Value, e.Negated)
		}
		buf = a.Words(buf[:0], text)
		for i := 1; i < len(buf); i++ {
			if !buf[i].Break {
				put(buf[i-1].Text+" "+buf[i].Text, scale, false)
			}
		}
	}
	xs := t.examples(features, index)
	w := t.start(names, len(t.sets))
	fit(t.options, w, xs, t.polar(), func(id int32) float64 {
		if int(id) >= words {
			return t.phraseRidge
		}
		return t.pull(names[id])
	}, func(id int32) float64 {
		if int(id) >= words {
			return 0
		}
		return t.flat(names[id])
	})
	type scored struct {
		text   string
		impact float64
	}
	var ranked []scored
	for id := words; id < len(names); id++ {
		ranked = append(ranked, scored{names[id], impact(w, id, float64(t.pairs[names[id]].n))})
	}
	slices.SortFunc(ranked, func(x, y scored) int {
		if c := cmp.Compare(y.impact, x.impact); c != 0 {
			return c
		}
		return strings.Compare(x.text, y.text)
	})
	var out []string
	for _, r := range ranked[:min(len(ranked), t.entries/2)] {
		out = append(out, r.text)
	}
	slices.Sort(out)
	return out
}

// pull is the ridge of an entry: one that nobody vouches for is held near zero.
func (t *trainer) pull(name string) float64 {
	if t.prior[name].Text != "" {
		return t.ridge
	}
	return t.freeRidge
}

// flat is the pull per example.
func (t *trainer) flat(name string) float64 {
	if t.prior[name].Text != "" {
		return t.flatPrior
	}
	return t.flatFree
}

// function reports whether a curator set the polarity of an entry to zero.
func (t *trainer) function(name string) bool {
	e := t.prior[name]
	return e.Origin == "curated" && e.Polarity == 0
}

// idle reports whether all words of a phrase are such words or of closed classes:
// what it seems to say is the style of one collection of texts.
func (t *trainer) idle(phrase string) bool {
	for w := range strings.FieldsSeq(phrase) {
		if !t.function(w) && !(t.closed[w] && !t.english(phrase)) {
			return false
		}
	}
	return true
}

// start returns weights that stand at their priors.
func (t *trainer) start(names []string, sets int) *weights {
	w := newWeights(len(names), sets)
	for i, name := range names {
		e := t.prior[name]
		w.pol[i], w.sub[i] = float64(e.Polarity)/16, float64(e.Subjectivity)/16
		w.priorPol[i], w.priorS[i] = w.pol[i], w.sub[i]
		w.frozen[i], w.keys[i] = t.function(name), hash(name)
	}
	return w
}

// refit learns the weights of the chosen entries as the scorer will use them,
// twice: the second time without the entries that turned out to say nothing.
func (t *trainer) refit(words, phrases []string) error {
	names, w, xs, err := t.learn(words, phrases)
	if err != nil {
		return err
	}
	stats := t.tally(len(names), xs)
	keep := t.keep(names, w, stats)
	words = slices.DeleteFunc(words, func(s string) bool { return !keep[s] })
	phrases = slices.DeleteFunc(phrases, func(s string) bool { return !keep[s] })
	if names, w, xs, err = t.learn(words, phrases); err != nil {
		return err
	}
	stats = t.tally(len(names), xs)
	if t.queue != "" {
		if err := t.writeQueue(names, w, stats); err != nil {
			return err
		}
	}
	return t.write(names, w, stats)
}

// learn fits the weights of an analyzer with the given candidates. A learned
// phrase stands for its words and learns only what it means beyond them, so that
// one which few texts hold is not taken for silence.
func (t *trainer) learn(words, phrases []string) ([]string, *weights, []example, error) {
	a, err := t.open(words, phrases)
	if err != nil {
		return nil, nil, nil, err
	}
	plain, err := t.open(words, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	index, names := map[string]int32{}, []string{}
	for _, e := range a.Entries() {
		index[e.Text] = int32(len(names))
		names = append(names, e.Text)
	}
	w := t.start(names, len(t.sets))
	for _, p := range phrases {
		if id, ok := index[p]; ok {
			w.parts[id] = parts(plain, p, index)
		}
	}
	var ev []sentiment.Evidence
	xs := t.examples(func(text string, put func(string, float64, bool)) {
		ev = a.Evidence(ev[:0], text)
		for _, e := range ev {
			put(e.Entry, e.Value, e.Negated)
		}
	}, index)
	for i := range xs {
		xs[i].expand(w.parts)
	}
	doubt := t.doubts(names, t.tally(len(names), xs))
	fit(t.options, w, xs, t.polar(), func(id int32) float64 { return t.pull(names[id]) * doubt[id] }, func(id int32) float64 { return t.flat(names[id]) * doubt[id] })
	return names, w, xs, nil
}

// parts returns the entries that a phrase would count as without itself.
func parts(a *sentiment.Analyzer, phrase string, index map[string]int32) []feature {
	ev := a.Evidence(nil, phrase)
	var square float64 // of the values, which are scaled for the length of the text
	for _, e := range ev {
		square += e.Value * e.Value
	}
	scale := math.Sqrt(1 - square)
	var out []feature
	for _, e := range ev {
		if id, ok := index[e.Entry]; ok {
			out = append(out, feature{id: id, negated: e.Negated, value: e.Value / scale})
		}
	}
	return out
}

// keep returns the learned entries that matter most, and of those only the
// ones whose weight is more than a rounding error.
func (t *trainer) keep(names []string, w *weights, stats []tally) map[string]bool {
	order := make([]int, 0, len(names))
	for i := range names {
		if t.prior[names[i]].Text == "" && stats[i].n > 0 && max(math.Abs(w.pol[i]), math.Abs(w.sub[i])) >= t.least {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(x, y int) int {
		ix, iy := impact(w, x, float64(stats[x].n)), impact(w, y, float64(stats[y].n))
		if c := cmp.Compare(iy, ix); c != 0 {
			return c
		}
		return strings.Compare(names[x], names[y])
	})
	keep := map[string]bool{}
	for _, i := range order[:min(len(order), t.entries)] {
		keep[names[i]] = true
	}
	return keep
}
