package main

import (
	"math"
	"slices"
	"strings"

	"pantau/sentiment"
)

// term is a word or pair of words that the texts hold.
type term struct {
	text     string
	n        int
	families map[string]int
	english  int // texts of English sets among n
}

// sources is how many families must hold a term. Most English texts describe
// products, so that two of their families are hardly independent.
func (t *term) sources() int {
	if t.english == t.n {
		return 3
	}
	return 2
}

// counter counts terms over all sets.
type counter struct {
	terms map[string]*term
}

func (c *counter) add(text string, d *dataset, seen map[string]bool) {
	if seen[text] {
		return
	}
	seen[text] = true
	t := c.terms[text]
	if t == nil {
		t = &term{text: text, families: map[string]int{}}
		c.terms[text] = t
	}
	t.n++
	t.families[d.family]++
	if d.english {
		t.english++
	}
}

// count returns the words of all sets, or their pairs.
func count(a *sentiment.Analyzer, sets []dataset, pairs bool, keep func(string) bool) map[string]*term {
	c := counter{map[string]*term{}}
	var words []sentiment.Word
	for i := range sets {
		for _, x := range sets[i].texts {
			words = a.Words(words[:0], x.text)
			seen := map[string]bool{}
			for k, w := range words {
				switch {
				case !pairs && !w.Break && keep(w.Text), !pairs && keep(w.Text):
					c.add(w.Text, &sets[i], seen)
				case pairs && k > 0 && together(words[k-1], w) && keep(words[k-1].Text) && keep(w.Text):
					c.add(words[k-1].Text+" "+w.Text, &sets[i], seen)
				}
			}
		}
	}
	return c.terms
}

// together reports whether two neighbours can be a phrase. One that ended in a
// negator would hide it from what it negates: "is not" before "good".
func together(x, y sentiment.Word) bool {
	return x.Known && y.Known && !y.Break && !y.Negates && !x.Contrasts && !y.Contrasts
}

// plainWord reports whether a form may become a word of the lexicon.
func plainWord(s string) bool {
	if len(s) < 2 || len(s) > 30 || s[0] == '<' {
		return false
	}
	letters := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			letters++
		} else if c != '\'' && (c < '0' || c > '9') {
			return false
		}
	}
	return letters >= 2
}

// clitics are stripped from a form when the rest is a word of its own.
var clitics = []string{"nya", "lah", "kah", "ku", "mu", "pun"}

// foldClitics merges "harganya" into "harga", except for words that mean
// something else than their stem.
func foldClitics(terms map[string]*term, apart map[string]bool) {
	for text, t := range terms {
		if apart[text] || strings.Contains(text, " ") {
			continue
		}
		for _, c := range clitics {
			stem, ok := strings.CutSuffix(text, c)
			if !ok || len(stem) < 3 || len(c) == 2 && len(stem) < 4 {
				continue
			}
			if s := terms[stem]; s != nil && s.n*4 >= t.n {
				for f, n := range t.families {
					s.families[f] += n
				}
				s.n += t.n
				s.english += t.english
				delete(terms, text)
				break
			}
		}
	}
}

// sorted returns the terms in the order of their text.
func sorted(terms map[string]*term) []*term {
	var out []*term
	for _, t := range terms {
		out = append(out, t)
	}
	slices.SortFunc(out, func(x, y *term) int { return strings.Compare(x.text, y.text) })
	return out
}

// impact says how much an entry moves verdicts: its weight times how often.
func impact(w *weights, id int, n float64) float64 {
	return (math.Abs(w.pol[id]) + 0.5*math.Abs(w.sub[id])) * math.Sqrt(n)
}
