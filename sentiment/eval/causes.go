package eval

import (
	"embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"pantau/brand"
	"pantau/sentiment"
)

// CauseResult is what a file of texts labelled with causes says about the
// scorer. Shares are from 0 to 1.
type CauseResult struct {
	File     string           `json:"file"`
	N        int              `json:"n"`
	MicroF1  float64          `json:"micro_f1"`
	MacroF1  float64          `json:"macro_f1"` // mean over the labels that occur
	PerLabel map[string]Label `json:"per_label"`
}

// Label is how well one label was found.
type Label struct {
	N         int     `json:"n"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

//go:embed aspects.tsv
var aspectFiles embed.FS

// aspect says how a label of a foreign collection is found in our terms.
type aspect struct {
	label string
	rest  bool          // what remains when no other label fits
	topic []brand.Cause // their subject words name the label
	cause []brand.Cause // their evidence names the label
	words []phrase      // phrases that name the label where our causes do not
	hints []phrase      // phrases that speak for it where nothing else speaks
	broad bool          // it says what is wrong, not with what: any other label is more telling
	blame []phrase      // phrases that name the label where they stand in what a complaint is about
}

// phrase is a phrase of normalised words, of which the last may be the start of one, or
// two groups of them, of which one of each must stand near the other.
type phrase struct{ first, second []string }

// Causes reads "label[,label]<TAB>text" lines and measures the causes that a
// finds. Labels are our own causes, or those of aspects.tsv; any other label is
// never found. A file with one label a line gets one label a text.
func Causes(a *sentiment.Analyzer, file string, r io.Reader) (CauseResult, error) {
	aspects, err := readAspects()
	if err != nil {
		return CauseResult{}, err
	}
	var xs []causeExample
	err = eachLine(file, r, func(_ int, labels, text string) error {
		xs = append(xs, causeExample{strings.Split(labels, ","), text})
		return nil
	})
	if err != nil {
		return CauseResult{}, err
	}
	if len(xs) == 0 {
		return CauseResult{}, fmt.Errorf("%s: no labelled text", file)
	}
	return measureCauses(a, file, xs, aspects), nil
}

type causeExample struct {
	labels []string
	text   string
}

func measureCauses(a *sentiment.Analyzer, file string, xs []causeExample, aspects []aspect) CauseResult {
	single := !slices.ContainsFunc(xs, func(x causeExample) bool { return len(x.labels) > 1 })
	counts := map[string]*tally{}
	for _, x := range xs {
		for _, l := range x.labels {
			if counts[l] == nil {
				counts[l] = &tally{}
			}
		}
	}
	used := relevant(aspects, counts)
	for _, x := range xs {
		found := find(a, x.text, used, single)
		for l, c := range counts {
			c.add(slices.Contains(x.labels, l), slices.Contains(found, l))
		}
	}
	return summarise(file, len(xs), counts)
}

type tally struct{ hit, said, is int }

func (t *tally) add(is, said bool) {
	if is {
		t.is++
	}
	if said {
		t.said++
	}
	if is && said {
		t.hit++
	}
}

func (t *tally) label() Label {
	l := Label{N: t.is}
	if t.hit > 0 {
		l.Precision, l.Recall = float64(t.hit)/float64(t.said), float64(t.hit)/float64(t.is)
		l.F1 = 2 * l.Precision * l.Recall / (l.Precision + l.Recall)
	}
	return l
}

func summarise(file string, n int, counts map[string]*tally) CauseResult {
	res := CauseResult{File: file, N: n, PerLabel: map[string]Label{}}
	var all tally
	for _, name := range slices.Sorted(maps.Keys(counts)) { // in one order, as sums of shares differ in their last digit
		c := counts[name]
		l := c.label()
		res.PerLabel[name] = l
		res.MacroF1 += l.F1
		all.hit, all.said, all.is = all.hit+c.hit, all.said+c.said, all.is+c.is
	}
	res.MacroF1 /= float64(len(counts))
	res.MicroF1 = all.label().F1
	return res
}

// relevant keeps the aspects whose labels occur. Where all labels are causes of ours, they
// mean what ours mean; another collection may name a group of them like one of ours.
func relevant(aspects []aspect, counts map[string]*tally) []aspect {
	var own, used []aspect
	for _, c := range append(brand.Causes(), brand.Unexplained) {
		if counts[c.String()] != nil {
			own = append(own, aspect{label: c.String(), rest: c == brand.Unexplained, cause: []brand.Cause{c}})
		}
	}
	if len(own) == len(counts) {
		return own
	}
	for _, x := range aspects {
		if counts[x.label] != nil {
			used = append(used, x)
		}
	}
	for _, x := range own {
		if !slices.ContainsFunc(used, func(u aspect) bool { return u.label == x.label }) {
			used = append(used, x)
		}
	}
	return used
}

// find returns the labels of a text: all that have evidence, or the one with
// the most.
func find(a *sentiment.Analyzer, text string, aspects []aspect, single bool) []string {
	score := a.Score(text, 0)
	topics := a.Topics(text)
	words := plain(a, text)
	blamed := blamed(a, text, score.Causes)
	best, top, rest := "", 0, ""
	var all []string
	for _, x := range aspects {
		if x.rest {
			rest = x.label
			continue
		}
		n := x.strength(score.Causes, topics, words, blamed)
		if n > 0 {
			all = append(all, x.label)
		}
		if n > top {
			best, top = x.label, n
		}
	}
	switch {
	case top == 0 && rest != "":
		return []string{rest}
	case top == 0:
		return nil
	case single:
		return []string{best}
	}
	return all
}

// plain writes a text in its own words and then in those of the lexicon, with a space
// around each.
func plain(a *sentiment.Analyzer, text string) string {
	own := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words := append(own, "|")
	for _, w := range a.Words(nil, text) {
		words = append(words, w.Text)
	}
	return " " + strings.Join(words, " ") + " "
}

// blamed returns the plain words of what is complained about: the evidence for causes that
// was found in the text, and that in each of its clauses, as a text shows only the first
// for every cause.
func blamed(a *sentiment.Analyzer, text string, found []brand.CauseHit) string {
	var b strings.Builder
	add := func(part string, found []brand.CauseHit) {
		for _, h := range found {
			b.WriteString(plain(a, part[h.Start:h.End]))
		}
	}
	for _, clause := range strings.FieldsFunc(text, clauseEnd) {
		add(clause, a.Score(clause, 0).Causes)
	}
	add(text, found)
	return b.String()
}

func clauseEnd(r rune) bool { return strings.ContainsRune(".,;!?\n", r) }

// in counts which of its words stand in plain words.
func (p *phrase) in(words string) int {
	n := 0
	for _, x := range p.first {
		for at := start(words, x, 0); at >= 0; at = start(words, x, at+1) {
			if len(p.second) == 0 || near(words, at, at+len(x), p.second) {
				n++
				break
			}
		}
	}
	return n
}

// start returns where x starts a word, or follows the prefix of one, at or behind an
// offset, -1 for nowhere.
func start(words, x string, from int) int {
	for from < len(words) {
		i := strings.Index(words[from:], x)
		if i < 0 {
			break
		}
		i += from
		if slices.Contains(prefixes, words[strings.LastIndexByte(words[:i], ' ')+1:i]) {
			return i
		}
		from = i + 1
	}
	return -1
}

// prefixes are what may stand before a word of a phrase: those of verbs and nouns.
var prefixes = []string{"", "di", "ke", "se", "me", "mem", "men", "meng", "menge", "memper", "ber", "pe", "pem", "pen", "peng", "per", "ter", "n", "ng", "nge", "auto"}

// phraseReach is how many words may stand between two parts of a phrase.
const phraseReach = 5

// near reports whether one of xs stands within reach of the words from at to end.
func near(words string, at, end int, xs []string) bool {
	from, to := at, end
	for n := 0; from > 0 && n <= phraseReach; n++ {
		from = strings.LastIndexByte(words[:from], ' ')
	}
	for n := 0; to < len(words) && n <= phraseReach+1; n++ {
		i := strings.IndexByte(words[to:], ' ')
		if i < 0 {
			to = len(words)
			break
		}
		to += i + 1
	}
	window := words[max(from, 0):at] + " " + words[min(end, to):to]
	for _, x := range xs {
		if start(window, x, 0) >= 0 {
			return true
		}
	}
	return false
}

// What speaks for an aspect, most telling first: evidence of a complaint or a phrase that
// names it, its topic, a hint. What speaks for it besides adds little.
const (
	strengthNamed = 3
	strengthTopic = 2
	strengthHint  = 1
	mostBesides   = 2
)

// strength says how much a text speaks for the aspect.
func (x *aspect) strength(found []brand.CauseHit, topics map[brand.Cause]int, words, blamed string) int {
	best, signs := 0, 0
	count := func(strength int) {
		best = max(best, strength)
		signs++
	}
	for _, h := range found {
		if slices.Contains(x.cause, h.Cause) {
			count(strengthNamed)
		}
	}
	for _, c := range x.topic {
		for range topics[c] {
			count(strengthTopic)
		}
	}
	for _, group := range []struct {
		phrases  []phrase
		in       string
		strength int
	}{{x.words, words, strengthNamed}, {x.hints, words, strengthHint}, {x.blame, blamed, strengthNamed}} {
		for i := range group.phrases {
			for range group.phrases[i].in(group.in) {
				count(group.strength)
			}
		}
	}
	if x.broad {
		best = min(best, strengthTopic)
	}
	return best + min(max(signs-1, 0), mostBesides)
}

// readAspects reads "label, kind (cause, topic, words, hint, blame, broad or rest), value" lines.
func readAspects() ([]aspect, error) {
	f, err := aspectFiles.Open("aspects.tsv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []aspect
	err = eachLine("aspects.tsv", f, func(n int, label, rest string) error {
		if strings.HasPrefix(label, "#") {
			return nil
		}
		kind, value, _ := strings.Cut(rest, "\t")
		i := slices.IndexFunc(out, func(x aspect) bool { return x.label == label })
		if i < 0 {
			i = len(out)
			out = append(out, aspect{label: label})
		}
		x := &out[i]
		switch kind {
		case "rest":
			x.rest = true
		case "broad":
			x.broad = true
		case "words":
			x.words = append(x.words, phraseOf(value))
		case "hint":
			x.hints = append(x.hints, phraseOf(value))
		case "blame":
			x.blame = append(x.blame, phraseOf(value))
		case "cause", "topic":
			c, err := brand.ParseCause(value)
			if err != nil {
				return fmt.Errorf("aspects.tsv:%d: %w", n, err)
			}
			if kind == "topic" {
				x.topic = append(x.topic, c)
			} else {
				x.cause = append(x.cause, c)
			}
		default:
			return fmt.Errorf("aspects.tsv:%d: %q is no kind: use cause, topic, words, hint, blame, broad or rest", n, kind)
		}
		return nil
	})
	return out, err
}

// phraseOf reads "phrase" or "phrase, phrase + phrase, phrase": one of each near the other.
func phraseOf(value string) phrase {
	first, second, two := strings.Cut(value, " + ")
	p := phrase{first: strings.Split(first, ", ")}
	if two {
		p.second = strings.Split(second, ", ")
	}
	return p
}
