package sentiment

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldMax bounds the words that are looked at closely; longer ones are unknown.
const foldMax = 48

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

const (
	latinFirst = 0xc0
	latinLast  = 0x24f
)

// latin maps accented letters to their plain lower-case letter.
var latin = func() (t [latinLast - latinFirst + 1]byte) {
	for i := range t {
		plain := norm.NFKD.String(string(unicode.ToLower(rune(latinFirst + i))))
		if plain[0] < 0x80 {
			t[i] = plain[0]
		}
	}
	return t
}()

// foldRune appends the plain lower-case letter of r to b and returns the new
// length: é becomes e, ｇ becomes g, a combining mark becomes nothing. Letters
// of other scripts become their low bits: they match no entry by accident.
func foldRune(b *[foldMax]byte, n int, r rune) int {
	var c byte
	switch {
	case unicode.IsMark(r):
		return n
	case r == '\'' || r == '’':
		c = '\''
	case r >= latinFirst && r <= latinLast:
		c = latin[r-latinFirst]
	case r >= 0xff21 && r <= 0xff5a:
		c = lowerByte(byte(r - 0xfee0))
	case r >= 0x1d400 && r < 0x1d6a4: // 𝐠𝐚𝐲𝐚 of fancy keyboards, in runs of 52 letters
		c = lowerByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(r-0x1d400)%52])
	default:
		c = 0x80 | byte(r&0x7f)
	}
	if c != 0 && n < foldMax {
		b[n] = c
		n++
	}
	return n
}

// unseen looks for the word behind a form that the table does not hold. The
// scratch remembers its last findings, because names and typos come in flocks.
func (a *Analyzer) unseen(sc *scratch, form string, h uint64) uint32 {
	if len(form) < 3 {
		return 0
	}
	m := &sc.memo[h>>(64-memoBits)]
	if m.hash != h {
		m.hash, m.word = h, a.guess(sc, form)
	}
	return m.word
}

// guess lower-cases form, cuts runs of letters to two and tries its variants.
func (a *Analyzer) guess(sc *scratch, form string) uint32 {
	n := 0
	for i := 0; i < len(form); i++ {
		c := lowerByte(form[i])
		if n >= 2 && sc.alt[n-1] == c && sc.alt[n-2] == c {
			continue
		}
		if n == foldMax {
			return 0
		}
		sc.alt[n] = c
		n++
	}
	return a.variants(sc, sc.alt[:n])
}

// doubles reports whether a form may be stretched or said twice: it has a digit,
// or two equal letters side by side.
func doubles(form []byte) bool {
	var last byte
	for _, c := range form {
		if c == last || c <= '9' {
			return true
		}
		last = c
	}
	return false
}

// variants tries, in this order: letters stretched, a word said twice, clitics,
// affixes. Every guess must be a form of our own lexicon.
func (a *Analyzer) variants(sc *scratch, form []byte) uint32 {
	if len(form) < 3 {
		return 0
	}
	if doubles(form) {
		if w := a.stretched(sc, form); w != 0 {
			return w
		}
		if w := a.doubled(sc, form); w != 0 {
			return w
		}
	}
	return a.stemmed(sc, form)
}

// stretched finds "bagusss", "mantaap" and "bangett".
func (a *Analyzer) stretched(sc *scratch, form []byte) uint32 {
	n, runs := 0, false
	for _, c := range form {
		if n > 0 && sc.buf[n-1] == c {
			runs = true
			continue
		}
		sc.buf[n] = c
		n++
	}
	if !runs {
		return 0
	}
	if w := a.table.get(hashOf(form)); w != 0 {
		return w
	}
	if w := a.table.get(hashOf(sc.buf[:n])); w != 0 && n > 2 {
		return w
	}
	// One run is real, the others are stretched: "maaaassuk" is masuk, "aammaann" aman.
	for i := range form {
		if i == 0 || form[i] != form[i-1] {
			continue
		}
		n = 0
		for j, c := range form {
			if j != i && n > 0 && sc.buf[n-1] == c {
				continue
			}
			sc.buf[n] = c
			n++
		}
		if w := a.table.get(hashOf(sc.buf[:n])); w != 0 {
			return w
		}
	}
	return 0
}

// doubled finds "lama2", "lama2nya" and "jelek2".
func (a *Analyzer) doubled(sc *scratch, form []byte) uint32 {
	for i := len(form) - 1; i >= 3; i-- {
		if form[i] == '2' {
			return a.table.get(hashOf(form[:i]))
		}
	}
	return 0
}

// twoLetters is a number for two letters; other bytes share theirs.
func twoLetters(x, y byte) int { return int(x&31)<<5 | int(y&31) }

// stemmed strips clitics and light affixes.
func (a *Analyzer) stemmed(sc *scratch, form []byte) uint32 {
	if n := len(form); !a.model.starts[twoLetters(form[0], form[1])] && !a.model.ends[twoLetters(form[n-2], form[n-1])] {
		return 0 // most words
	}
	for _, clitic := range a.model.clitics {
		if rest, ok := cutSuffix(form, clitic); ok && len(rest) >= 3 {
			if w := a.table.get(hashOf(rest)); w != 0 {
				return w
			}
			if w := a.stretched(sc, rest); w != 0 {
				return w
			}
			if w := a.prefixed(sc, rest); w != 0 {
				return w
			}
		}
	}
	return a.prefixed(sc, form)
}

func cutSuffix(form []byte, s string) ([]byte, bool) {
	n := len(form) - len(s)
	if n < 0 || form[len(form)-1] != s[len(s)-1] || string(form[n:]) != s {
		return form, false
	}
	return form[:n], true
}

// prefixed strips one verb prefix and at most one suffix. The root must carry
// weight or a cause, so that a chance likeness costs nothing.
func (a *Analyzer) prefixed(sc *scratch, form []byte) uint32 {
	for _, p := range a.model.prefixes {
		if p.strip[0] != form[0] || len(form) < len(p.strip)+3 || string(form[:len(p.strip)]) != p.strip {
			continue
		}
		n := copy(sc.buf[:], p.restore)
		n += copy(sc.buf[n:], form[len(p.strip):])
		if w := a.root(sc.buf[:n]); w != 0 {
			return w
		}
		for _, s := range a.model.suffixes {
			if rest, ok := cutSuffix(sc.buf[:n], s); ok {
				if w := a.root(rest); w != 0 {
					return w
				}
			}
		}
	}
	for _, s := range a.model.suffixes {
		if rest, ok := cutSuffix(form, s); ok {
			if w := a.root(rest); w != 0 {
				return w
			}
		}
	}
	return 0
}

func (a *Analyzer) root(form []byte) uint32 {
	if len(form) < 4 {
		return 0
	}
	w := a.table.get(hashOf(form))
	if w != 0 && a.words[w].flags&wordRoot != 0 {
		return w
	}
	return 0
}
