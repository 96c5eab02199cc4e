package clean

import (
	"strings"
	"unicode"
)

// Matcher finds out whether a text speaks of a brand. It is immutable and safe
// for concurrent use.
type Matcher struct {
	include []pattern
	exclude []pattern
}

// pattern is a keyword as words. A phrase wants them side by side and in order,
// everything else wants all of them somewhere.
type pattern struct {
	words  []string
	phrase bool
}

// NewMatcher takes keywords and exclusions. Case does not matter and words are
// whole, except that the Indonesian endings -nya, -ku and -mu may follow. A
// keyword in double quotes, or of one word, is a phrase; of several words
// without quotes it wants all of them in any order.
//
// An exclusion that contains a keyword, such as "dana pensiun" for the brand
// "dana", hides just that place of the text; any other exclusion hides the
// whole text. Without keywords everything matches that is not excluded.
func NewMatcher(keywords, exclude []string) *Matcher {
	return &Matcher{patterns(keywords, false), patterns(exclude, true)}
}

func patterns(texts []string, phrase bool) []pattern {
	var out []pattern
	for _, t := range texts {
		quoted := strings.HasPrefix(t, `"`) && strings.HasSuffix(t, `"`)
		if words := wordsOf(t, nil); len(words) > 0 {
			out = append(out, pattern{words, phrase || quoted || len(words) == 1})
		}
	}
	return out
}

// Match reports whether text speaks of the brand.
func (m *Matcher) Match(text string) bool {
	var room [64]string
	words := wordsOf(text, room[:0])
	for _, x := range m.exclude {
		for at := x.find(words, 0); at >= 0; at = x.find(words, at+1) {
			if !m.names(x) {
				return false
			}
			for i := range x.words {
				words[at+i] = ""
			}
		}
	}
	for _, k := range m.include {
		if k.in(words) {
			return true
		}
	}
	return len(m.include) == 0
}

// names reports whether an exclusion contains one of the keywords.
func (m *Matcher) names(x pattern) bool {
	for _, k := range m.include {
		if k.in(x.words) {
			return true
		}
	}
	return false
}

func (p pattern) in(words []string) bool {
	if p.phrase {
		return p.find(words, 0) >= 0
	}
	for _, w := range p.words {
		if (pattern{words: []string{w}}).find(words, 0) < 0 {
			return false
		}
	}
	return true
}

// find returns where the phrase begins at or after from, or -1.
func (p pattern) find(words []string, from int) int {
	last := len(p.words) - 1
	for at := from; at+last < len(words); at++ {
		i := 0
		for i < last && words[at+i] == p.words[i] {
			i++
		}
		if i == last && isForm(words[at+i], p.words[i]) {
			return at
		}
	}
	return -1
}

// isForm reports whether word is the keyword, with or without a possessive ending.
func isForm(word, keyword string) bool {
	ending, ok := strings.CutPrefix(word, keyword)
	return ok && (ending == "" || ending == "nya" || ending == "ku" || ending == "mu")
}

// wordsOf appends the lower-case words of text to words.
func wordsOf(text string, words []string) []string {
	text = strings.ToLower(text)
	start := -1
	for i, r := range text {
		inside := r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r))
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			words = append(words, text[start:i])
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words
}
