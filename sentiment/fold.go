package sentiment

import (
	"encoding/binary"
	"math/bits"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldMax bounds the words that are looked at closely; longer ones are unknown.
const foldMax = 48

// folded is a buffer for a word, with room behind it for loads of eight bytes.
type folded [foldMax + 32]byte

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
// length: é becomes e, ｇ becomes g, a combining mark or a joiner becomes nothing. Letters
// of other scripts become their low bits: they match no entry by accident.
func foldRune(b *folded, n int, r rune) int {
	var c byte
	switch {
	case widthless(r):
		return n
	case r == '\'' || r == '’':
		c = '\''
	case r == '²':
		c = '2'
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

// unseen looks for the word behind a form, from i to end, that the table does not
// hold. Most such forms are names and rare words: they have no letter twice and
// no affix, and are given up at once.
func (a *Analyzer) unseen(sc *scratch, i, end int) uint32 {
	b, n := sc.text, end-i
	if n < 3 {
		return 0
	}
	if n <= 16 && !doubles(b, i, end) {
		if !a.affixed(b[i], b[i+1], b[end-2], b[end-1]) {
			return 0
		}
		return a.stemmed(sc, sc.lowered(i, end))
	}
	form := sc.shortened(i, end)
	if len(form) < 3 || len(form) > foldMax {
		return 0
	}
	if len(form) < n {
		if w := a.form(form); w != 0 {
			return w
		}
	}
	return a.variants(sc, form)
}

// lowered copies the at most 16 letters from i to end, in lower case, to alt.
func (s *scratch) lowered(i, end int) []byte {
	binary.LittleEndian.PutUint64(s.alt[:], eightAt(s.text, i)|caseBits)
	binary.LittleEndian.PutUint64(s.alt[8:], eightAt(s.text, i+8)|caseBits)
	return s.alt[:end-i]
}

// shortened copies the letters from i to end, in lower case and with runs of
// letters cut to two, to alt. What is still too long is cut.
func (s *scratch) shortened(i, end int) []byte {
	n, last, before := 0, byte(0), byte(0)
	for _, c := range s.text[i:end] {
		c |= 0x20
		s.alt[n] = c
		if c != last || c != before {
			n++
		}
		if before, last = last, c; n > foldMax {
			break
		}
	}
	return s.alt[:n]
}

// doubles reports whether the at most 16 letters from i to end may be stretched or
// said twice: they have a digit, or two equal ones side by side.
func doubles(b []byte, i, end int) bool {
	m := &masks[end-i]
	x, y := eightAt(b, i)|caseBits, eightAt(b, i+8)|caseBits
	pairs := zeroBytes(x^(x>>8|y<<56))&(m.head>>8|m.tail<<56) | zeroBytes(y^y>>8)&(m.tail>>8)
	return pairs|^x&wordBits&m.head|^y&wordBits&m.tail != 0
}

// zeroBytes sets the high bit of the bytes of x that are zero.
func zeroBytes(x uint64) uint64 { return ^((x&^highs + ^uint64(highs)) | x) & highs }

// affixed reports whether a form with these letters at its ends may have an affix.
func (a *Analyzer) affixed(first, second, last2, last byte) bool {
	return a.affixes.starts[twoLetters(first, second)]|a.affixes.ends[twoLetters(last2, last)] != 0
}

// variants tries, in this order: letters stretched, a word said twice, clitics,
// affixes. Every guess must be a form of our own lexicon. The form lies in alt.
func (a *Analyzer) variants(sc *scratch, form []byte) uint32 {
	if len(form) < 3 {
		return 0
	}
	if w := a.stretched(sc, form); w != 0 {
		return w
	}
	if w := a.doubled(form); w != 0 {
		return w
	}
	return a.stemmed(sc, form)
}

// stretched finds "bagusss", "mantaap" and "bangett". The form as it is was looked for.
func (a *Analyzer) stretched(sc *scratch, form []byte) uint32 {
	n := sc.squeeze(form, -1)
	if n == len(form) {
		return 0
	}
	if n > 2 {
		if w := a.form(sc.buf[:n]); w != 0 {
			return w
		}
	}
	if n == len(form)-1 {
		return 0 // its only run of two is the form as it is
	}
	// One run is real, the others are stretched: "maaaassuk" is masuk, "aammaann" aman.
	for i := range form {
		if i == 0 || form[i] != form[i-1] {
			continue
		}
		if w := a.form(sc.buf[:sc.squeeze(form, i)]); w != 0 {
			return w
		}
	}
	return 0
}

// squeeze copies form to buf with one letter for a run of them, except at keep,
// and returns its length.
func (s *scratch) squeeze(form []byte, keep int) (n int) {
	last := byte(0)
	for j, c := range form {
		s.buf[n] = c
		if c != last || j == keep {
			n++
		}
		last = c
	}
	return n
}

// form returns the word of a form that lies in alt or buf.
func (a *Analyzer) form(form []byte) uint32 {
	b := form[: len(form)+16 : len(form)+16]
	h := uint64(hashSeed)
	for n := len(form); n > 0; n, b = n-16, b[16:] {
		m := &masks[min(n, 16)]
		h = hashStep(h, eightAt(b, 0)&m.head, eightAt(b, 8)&m.tail)
	}
	return a.table.find(h)
}

// doubled finds "lama2", "lama2nya" and "jelek2".
func (a *Analyzer) doubled(form []byte) uint32 {
	for i := len(form) - 1; i >= 3; i-- {
		if form[i] == '2' {
			return a.form(form[:i])
		}
	}
	return 0
}

// twoLetters is a number for two letters; other bytes share theirs.
func twoLetters(x, y byte) int { return int(x&31)<<5 | int(y&31) }

// affixes are what may stand before and behind the form of an entry.
type affixes struct {
	clitics, suffixes []span
	prefixes          []prefix
	starts            *[1 << 10]uint32 // by the first two letters, a bit for every prefix
	ends              *[1 << 10]uint32 // by the last two letters, a bit for every clitic, then suffix
}

type prefix struct{ strip, restore span }

// startsOf and endsOf return a bit for every affix that a form may have.
func (x *affixes) startsOf(form []byte) uint32 { return x.starts[twoLetters(form[0], form[1])] }
func (x *affixes) endsOf(form []byte) uint32 {
	return x.ends[twoLetters(form[len(form)-2], form[len(form)-1])]
}

// stemmed strips clitics and light affixes.
func (a *Analyzer) stemmed(sc *scratch, form []byte) uint32 {
	x := &a.affixes
	for set := x.endsOf(form) & (1<<len(x.clitics) - 1); set != 0; set &= set - 1 {
		rest, ok := cutSuffix(form, a.name(x.clitics[bits.TrailingZeros32(set)]))
		if !ok || len(rest) < 3 {
			continue
		}
		if w := a.form(rest); w != 0 {
			return w
		}
		if w := a.form(form[:len(rest)+1]); w != 0 { // of two letters one is left out: "layananya" is layanan and nya
			return w
		}
		if w := a.stretched(sc, rest); w != 0 {
			return w
		}
		if w := a.prefixed(sc, rest); w != 0 {
			return w
		}
	}
	return a.prefixed(sc, form)
}

func cutSuffix(form []byte, s string) ([]byte, bool) {
	n := len(form) - len(s)
	if n < 0 || string(form[n:]) != s {
		return form, false
	}
	return form[:n], true
}

// prefixed strips one verb prefix and at most one suffix. The root must carry
// weight or a cause, so that a chance likeness costs nothing.
func (a *Analyzer) prefixed(sc *scratch, form []byte) uint32 {
	x := &a.affixes
	for set := x.startsOf(form); set != 0; set &= set - 1 {
		p := &x.prefixes[bits.TrailingZeros32(set)]
		strip := a.name(p.strip)
		if len(form) < len(strip)+3 || string(form[:len(strip)]) != strip {
			continue
		}
		n := copy(sc.buf[:], a.name(p.restore))
		n += copy(sc.buf[n:], form[len(strip):])
		if w := a.root(sc.buf[:n]); w != 0 {
			return w
		}
		if w := a.suffixed(sc.buf[:n]); w != 0 {
			return w
		}
	}
	return a.suffixed(form)
}

// suffixed strips one suffix.
func (a *Analyzer) suffixed(form []byte) uint32 {
	x := &a.affixes
	for set := x.endsOf(form) >> len(x.clitics); set != 0; set &= set - 1 {
		if rest, ok := cutSuffix(form, a.name(x.suffixes[bits.TrailingZeros32(set)])); ok {
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
	w := a.form(form)
	if a.words[w].flags&wordRoot == 0 {
		return 0
	}
	return w
}
