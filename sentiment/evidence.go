package sentiment

import (
	"cmp"
	"fmt"
	"io/fs"
	"math/bits"
	"slices"
	"strings"

	"pantau/brand"
)

// Open builds an analyzer from a lexicon folder, such as an edited copy of the
// embedded one.
func Open(fsys fs.FS, dir string, overlays ...Overlay) (*Analyzer, error) {
	lex, err := readLexicon(fsys, dir)
	if err != nil {
		return nil, err
	}
	for _, o := range overlays {
		if err := lex.overlay(o); err != nil {
			return nil, err
		}
	}
	return lex.compile().open(), nil
}

// Evidence is one entry found in a text before any weight is applied.
type Evidence struct {
	Entry   string
	Value   float64 // how much it counts, already scaled for the length of the text
	Negated bool
}

// Evidence appends the entries found in text to dst: the features that training
// learns weights for. Score is their weighted sum.
func (a *Analyzer) Evidence(dst []Evidence, text string) []Evidence {
	sc := a.scratch.Get().(*scratch)
	defer a.scratch.Put(sc)
	sc.reset()
	a.tokenise(sc, text)
	a.match(sc)
	scale, emphasis := sc.scale(a.model.evidence), a.emphasis(sc)
	for i := range sc.matches {
		m := &sc.matches[i]
		v := float64(m.value) * scale
		if m.rule&ruleCaps != 0 {
			v *= emphasis
		}
		dst = append(dst, Evidence{a.name(a.info[m.entry].name)[1:], v, m.rule&ruleNegated != 0})
	}
	return dst
}

// finds reports whether a text that is the entry holds it.
func (a *Analyzer) finds(entry string) bool {
	return slices.ContainsFunc(a.Evidence(nil, entry), func(e Evidence) bool { return e.Entry == entry })
}

// mute returns an error for an entry of an overlay that no text can hold, such as
// "siap-siap": a text gives two words for it.
func (a *Analyzer) mute() error {
	for i := range a.info {
		e := a.entry(i)
		if e.Origin != "overlay" || a.finds(e.Text) {
			continue
		}
		var words []string
		for _, w := range a.Words(nil, e.Text) {
			words = append(words, w.Text)
		}
		if len(words) == 0 {
			return fmt.Errorf("%s:%d: %q is never found: it is no word of its own", e.File, e.Line, e.Text)
		}
		return fmt.Errorf("%s:%d: %q is never found: write %q, the words that a text has for it", e.File, e.Line, e.Text, strings.Join(words, " "))
	}
	return nil
}

// Span is a part of a text that pulls its score one way: neighbouring hits of one
// sign, with nothing but space between them. It is what a reader sees marked.
type Span struct {
	Start, End int     // byte offsets in the original text, half open
	Weight     float64 // sum of the contributions of its hits
}

// Spans joins the hits of a text to spans and appends them to dst, the strongest
// in the direction of sign (-1 or 1) first. Hits without polarity join neither.
func Spans(dst []Span, text string, hits []brand.Hit, sign float64) []Span {
	first := len(dst)
	for _, h := range hits {
		if h.Weight == 0 {
			continue
		}
		if n := len(dst); n > first {
			if last := &dst[n-1]; last.Weight*h.Weight > 0 && (h.Start <= last.End || strings.TrimSpace(text[last.End:h.Start]) == "") {
				last.End, last.Weight = max(last.End, h.End), last.Weight+h.Weight
				continue
			}
		}
		dst = append(dst, Span{h.Start, h.End, h.Weight})
	}
	slices.SortStableFunc(dst[first:], func(x, y Span) int { return cmp.Compare(sign*y.Weight, sign*x.Weight) })
	return dst
}

// Scope is a word that changes what a hit counts: a negator, an intensifier or a
// diminisher.
type Scope struct {
	Hit   int    `json:"hit"`   // index of the hit that it acts on
	Start int    `json:"start"` // byte offsets in the original text, half open
	End   int    `json:"end"`
	Rule  string `json:"rule"` // negated, intensified or diminished
}

// Scopes appends the words of text that act on its hits to dst. Hits are numbered
// as [Analyzer.Score] returns them.
func (a *Analyzer) Scopes(dst []Scope, text string) []Scope {
	sc := a.scratch.Get().(*scratch)
	defer a.scratch.Put(sc)
	sc.reset()
	a.tokenise(sc, text)
	a.match(sc)
	for i := range sc.matches {
		m := &sc.matches[i]
		if m.rule&ruleNegated != 0 && m.rule&ruleIronic == 0 {
			dst = append(dst, sc.scope(i, m.negator, m.negators, ruleNegated))
		}
		if by := m.rule & (ruleIntensified | ruleDiminished); by != 0 {
			dst = append(dst, sc.scope(i, m.booster-int32(m.boosters)+1, m.boosters, by))
		}
	}
	return dst
}

// scope is that of n tokens.
func (s *scratch) scope(hit int, first int32, n uint8, rule rules) Scope {
	end := s.tokens[first+int32(n)-1].end
	return Scope{hit, int(s.tokens[first].start), int(end), ruleNames[rule]}
}

// Word is one normalised word of a text.
type Word struct {
	Text  string // as the lexicon spells it, or the lower-case form when unknown
	Known bool
	Break bool // a clause or sentence ended before it

	Negates, Contrasts bool // it turns what follows, or sets it against what came before
}

// Words appends the normalised words of text to dst.
func (a *Analyzer) Words(dst []Word, text string) []Word {
	sc := a.scratch.Get().(*scratch)
	defer a.scratch.Put(sc)
	sc.reset()
	a.tokenise(sc, text)
	for i := range sc.tokens {
		t := &sc.tokens[i]
		flags := a.words[t.word].flags
		w := Word{Text: a.name(a.names[t.word]), Known: t.word != 0, Break: t.flags&tokenBreak != 0,
			Negates: flags&wordNegator != 0, Contrasts: flags&wordContrast != 0}
		if !w.Known {
			w.Text = strings.ToLower(text[t.start:t.end])
		}
		dst = append(dst, w)
	}
	return dst
}

// Entries returns a copy of every entry, sorted by text.
func (a *Analyzer) Entries() []Entry {
	out := make([]Entry, len(a.info))
	for i := range out {
		out[i] = a.entry(i)
	}
	slices.SortFunc(out, func(x, y Entry) int { return strings.Compare(x.Text, y.Text) })
	return out
}

// Denied reports whether the deny list keeps an entry from carrying weight,
// because a word of it is a name, a place, a brand or a religion.
func (a *Analyzer) Denied(entry string) bool {
	for w := range strings.FieldsSeq(entry) {
		if _, ok := slices.BinarySearchFunc(a.deny, w, func(s span, w string) int { return strings.Compare(a.name(s), w) }); ok {
			return true
		}
	}
	return false
}

// Topics returns, by cause, how many words of a text name its subject, be it in
// praise, in a question or in a complaint.
func (a *Analyzer) Topics(text string) map[brand.Cause]int {
	sc := a.scratch.Get().(*scratch)
	defer a.scratch.Put(sc)
	sc.reset()
	a.tokenise(sc, text)
	out := map[brand.Cause]int{}
	for i := range sc.tokens {
		w := &a.words[sc.tokens[i].word]
		if w.flags&wordCauses == 0 {
			continue
		}
		for m := a.roles[w.extra].topic; m != 0; m &= m - 1 {
			out[brand.Cause(bits.TrailingZeros32(m))]++
		}
	}
	return out
}
