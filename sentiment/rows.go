package sentiment

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

func (lex *lexicon) modelRow(r row) error {
	if r.field(0) == "release" {
		lex.release = r.field(1)
		return nil
	}
	v, err := strconv.ParseFloat(r.field(1), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return r.errorf("%q is not a number", r.field(1))
	}
	lex.numbers[r.field(0)] = v
	return nil
}

func (lex *lexicon) denyRow(r row) error {
	text := normalText(r.field(0))
	lex.word(text).marks |= itemDenied | itemUsed // a word of its own, so that no affix is taken off: Melayu is not layu
	return nil
}

func (lex *lexicon) slangRow(r row) error {
	if r.field(1) == "" {
		return r.errorf("no standard form for %q", r.field(0))
	}
	it := lex.word(r.field(0)).number
	to := lex.words(nil, r.field(1))
	lex.use(to)
	lex.items[it].alias = uint16(len(lex.alias))
	lex.alias = append(lex.alias, to)
	return nil
}

// maxAffixes is the number of bits in a set of affixes.
const maxAffixes = 32

func (lex *lexicon) affixRow(r row) error {
	if r.field(1) == "" {
		return r.errorf("%q has no form", r.field(0))
	}
	switch r.field(0) {
	case "silent":
		lex.silent = append(lex.silent, r.field(1))
	case "clitic":
		lex.clitics = append(lex.clitics, r.field(1))
	case "suffix":
		lex.suffix = append(lex.suffix, r.field(1))
	case "prefix":
		lex.prefix = append(lex.prefix, [2]string{r.field(1), r.field(2)})
	default:
		return r.errorf("%q is no kind of affix: use silent, clitic, prefix or suffix", r.field(0))
	}
	if len(lex.clitics)+len(lex.suffix) > maxAffixes || len(lex.prefix) > maxAffixes {
		return r.errorf("too many affixes: use at most %d prefixes, and as many clitics and suffixes together", maxAffixes)
	}
	return nil
}

// modifierFlags are those of the words that change how much another counts.
var modifierFlags = map[string]wordFlags{"before": wordBoost, "after": wordBoost | wordAfter, "expletive": wordExpletive}

// modifierRow reads negators, intensifiers, diminishers, contrast words and expletives. Of
// several words, as in "benar benar", only those that stand before what they change, and
// expletives.
func (lex *lexicon) modifierRow(r row) error {
	words := lex.words(nil, r.field(1))
	expletive := r.field(0) == "expletive"
	if len(words) == 0 || len(words) > 1 && r.field(0) != "before" && !expletive {
		return r.errorf("%q is no modifier: use one word, or several that stand before what they change or are an expletive", r.field(1))
	}
	lex.use(words)
	w := lex.at(words)
	if len(words) > 1 || expletive {
		lex.file(w, words, entryRow{sources: lex.once("curated"), origin: lex.once("curated"), reason: lex.once("modifier"), file: lex.once(r.file), line: int32(r.line)})
	}
	switch r.field(0) {
	case "negator":
		w.flags |= wordNegator
		reach, err := strconv.Atoi(cmp.Or(r.field(2), strconv.Itoa(negationReach)))
		if err != nil || reach < 1 || reach > negationReach {
			return r.errorf("%q is not a reach: use 1 to %d words", r.field(2), negationReach)
		}
		w.boost = uint8(reach)
	case "contrast":
		w.flags |= wordContrast
	case "before", "after", "expletive":
		f, err := strconv.ParseFloat(r.field(2), 32)
		if err != nil || f < 0.1 || f > 2.5 {
			return r.errorf("%q is not a factor: use a number from 0.1 to 2.5", r.field(2))
		}
		w.flags |= modifierFlags[r.field(0)]
		w.boost = uint8(math.Round(100 * f))
	default:
		return r.errorf("%q is no kind of modifier: use negator, contrast, before, after or expletive", r.field(0))
	}
	return nil
}

func (lex *lexicon) commonRow(r row) error {
	w := lex.word(r.field(0))
	w.marks |= itemUsed
	for code := range strings.SplitSeq(r.field(1), ",") {
		bit, ok := languageBits[code]
		if !ok {
			return r.errorf("%q is no language: use id, en, ms, jv, su or xx", code)
		}
		w.flags |= bit
	}
	return nil
}

// weights reads the polarity and the subjectivity of an entry.
func (r row) weights() (w pair, err error) {
	if w.pol, err = r.weight(1); err != nil {
		return w, err
	}
	w.sub, err = r.weight(2)
	return w, err
}

// entryRow reads "entry pol sub [reason]" lines.
func (lex *lexicon) entryRow(r row) error {
	weight, err := r.weights()
	if err != nil {
		return err
	}
	return lex.set(r, entryRow{weight: weight, sources: lex.origin, origin: lex.origin, reason: lex.once(r.field(3))})
}

// learnedRow reads "entry pol sub n sources origin" lines.
func (lex *lexicon) learnedRow(r row) error {
	weight, err := r.weights()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.field(3))
	if err != nil {
		return r.errorf("%q is not a count", r.field(3))
	}
	return lex.set(r, entryRow{weight: weight, n: int32(n), sources: lex.once(r.field(4)), origin: lex.once(r.field(5))})
}

// once returns the number of s. Strings beyond the 65536th are empty.
func (lex *lexicon) once(s string) uint16 {
	if s == lex.strings[lex.last] {
		return lex.last // the usual case: neighbours say the same
	}
	n, ok := lex.known[s]
	if !ok && len(lex.strings) <= math.MaxUint16 { // a clone, so that the file need not stay
		s = strings.Clone(s)
		n = uint16(len(lex.strings))
		lex.known[s] = n
		lex.strings = append(lex.strings, s)
	}
	lex.last = n
	return n
}

// set files an entry under its text, or as the negated form of it. A learned
// entry keeps the reason that a curator gave.
func (lex *lexicon) set(r row, e entryRow) error {
	text, negated := strings.CutPrefix(normalText(r.field(0)), "~")
	words := lex.entryWords(text)
	if len(words) == 0 || len(words) > maxPhrase {
		return r.errorf("%q is not an entry: use 1 to %d words", r.field(0), maxPhrase)
	}
	it := lex.place(words)
	if r.file != lex.strings[lex.reading] { // once a file, not once a row
		lex.reading = lex.once(r.file)
	}
	e.file, e.line = lex.reading, int32(r.line)
	if negated {
		it.negated = e.weight
		it.marks |= itemNegated
		return nil
	}
	if e.n > 0 && it.entry >= 0 {
		e.reason = lex.entries[it.entry].reason
	}
	lex.file(it, words, e)
	return nil
}

// file puts e at it, the place of words.
func (lex *lexicon) file(it *item, words []uint32, e entryRow) {
	e.item, e.path, e.words = it.number, uint32(len(lex.paths)), uint8(len(words))
	if it.entry >= 0 {
		e.path = lex.entries[it.entry].path
		lex.entries[it.entry] = e
		return
	}
	it.entry = int32(len(lex.entries))
	lex.entries = append(lex.entries, e)
	lex.paths = append(lex.paths, words...)
}

// path returns the words of an entry.
func (lex *lexicon) path(e *entryRow) []uint32 { return lex.paths[e.path : e.path+uint32(e.words)] }
