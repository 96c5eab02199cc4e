package sentiment

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// A text is read through a copy with room behind it, so that eight bytes may be
// loaded wherever a word starts.
const room = 80

const (
	ones     = 0x0101010101010101
	highs    = 0x80 * ones
	caseBits = 0x20 * ones // clear in capitals, set in small letters and digits
	wordBits = 0x40 * ones // clear in digits, set in letters
)

func eightAt(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8 : i+8]) }

// alphanumeric returns one bit for each byte of a block, the first byte lowest:
// whether it is an ASCII letter or digit. Its constants want all registers.
//
//go:noinline
func alphanumeric(block *[64]byte) (in uint64) {
	for j := 0; j < 64; j += 8 {
		x := binary.LittleEndian.Uint64(block[j:])
		low := x &^ highs
		small := low | caseBits
		// Each sum has a high bit from a border on. A byte between two borders is past
		// an odd number of them.
		past := (low + (0x80-'0')*ones) ^ (low + (0x7f-'9')*ones) ^ (small + (0x80-'a')*ones) ^ (small + (0x7f-'z')*ones)
		in |= (past &^ x & highs) * 0x0002040810204081 >> 56 << j
	}
	return in
}

// load copies text into the scratch and notes where its runs of letters and digits
// start and end, in turn. Behind them stands a run that nothing passes.
func (s *scratch) load(text string) {
	n := len(text)
	s.fit(n)
	b, runs := s.text, s.runs
	copy(b, text)
	clear(b[n : n+room])
	k, last := 0, uint64(0) // whether the byte before is in a run
	for base := 0; base <= n; base += 64 {
		in := alphanumeric((*[64]byte)(b[base:]))
		edges := in ^ (in<<1 | last)
		last = in >> 63
		for ; edges != 0; edges &= edges - 1 {
			runs[k] = int32(base + bits.TrailingZeros64(edges))
			k++
		}
	}
	runs[k], runs[k+1] = int32(n), int32(n+1)
	s.ends = k
	b[n+1] = '\'' // an ending: no word is joined to this one
}

// line appends the run at k, after a gap, and those that follow with a space or a
// pause between them and no sign at their end that may join them to something. It
// returns the place of the run after them.
func (s *scratch) line(k int, gap tokenFlags) int {
	b, runs := s.text, s.runs
	made, n := slices.Grow(s.tokens, (s.ends-k)/2), len(s.tokens)
	made = made[:cap(made)]
	i, end := runs[k], runs[k+1]
	for {
		t := &made[n]
		t.start, t.end, t.flags = i, end, tokenPlain|gap
		n, k, gap = n+1, k+2, 0
		sign, next := b[end], end+1
		i, end = runs[k], runs[k+1]
		if i != next || sign != ' ' {
			if sign == ' ' && i == next+2 {
				sign, next = b[next], next+1 // a pause that stands apart
			}
			if gap = pauses[sign]; gap == 0 || i != next && (i != next+1 || b[next] != ' ') {
				break
			}
		}
		if mayJoin(b[end], int(end-i)) {
			break
		}
	}
	s.tokens = made[:n]
	return k
}

// hash computes the hashes of all tokens, zero for numbers.
func (s *scratch) hash() {
	b, tokens := s.text, s.tokens
	s.hashes = slices.Grow(s.hashes[:0], len(tokens))[:len(tokens)]
	hashes := s.hashes[:len(tokens)]
	for k := range tokens {
		t := &tokens[k]
		w := wordOf((*[16]byte)(b[uint32(t.start):]), &masks[min(uint32(t.end-t.start), longWord)])
		if w.capitals() && t.end-t.start > 1 {
			t.flags |= t.flags / tokenPlain & 1 * tokenCaps
		}
		if w.digits() {
			w.hash = 0
		}
		hashes[k] = w.hash
	}
}

// look finds the words of all tokens. A branch that waits for the table at every
// word costs more than all the arithmetic, so it takes none: what is no word at
// its first place is noted, for [Analyzer.settle].
func (a *Analyzer) look(s *scratch) {
	tokens, words, first := s.tokens, a.words, a.table.first
	hashes := s.hashes[:len(tokens)]
	s.missed = slices.Grow(s.missed[:0], len(tokens))
	missed, n, greatest := s.missed[:len(tokens)], 0, uint32(0)
	for k := range tokens {
		h := hashes[k]
		w := &words[first[h>>firstShift]]
		word := w.number
		if w.hash != uint32(h) {
			word = 0
		}
		missed[n] = int32(k)
		if word == 0 {
			n++
		}
		greatest = max(greatest, word)
		tokens[k].word = word
	}
	s.missed, s.greatest = missed[:n], greatest
}

// fit makes room for a text of n bytes.
func (s *scratch) fit(n int) {
	if len(s.text) >= n+room+64 {
		return
	}
	size := n + n/4 + room + 64
	s.text = make([]byte, size)
	s.runs = make([]int32, size+2)
}

// written is what one look at a word finds: its hash in lower case, and all its
// bytes laid over each other.
type written struct{ hash, over uint64 }

// mask covers the first bytes of sixteen, in two words, and the case bits of them.
type mask struct{ head, tail, headCase, tailCase uint64 }

// masks are by the number of bytes. That of a long word covers nothing.
var masks = func() (t [longWord + 1]mask) {
	for n := range longWord {
		m := &t[n]
		m.head, m.tail = 1<<(8*n)-1, 1<<(8*max(n-8, 0))-1 // a shift by 64 leaves nothing, less one: all ones
		m.headCase, m.tailCase = m.head&caseBits, m.tail&caseBits
	}
	return t
}()

// longWord is the number of bytes from which a word needs more than one step.
const longWord = 17

// wordOf reads the at most 16 letters and digits that b starts with.
func wordOf(b *[16]byte, m *mask) written {
	x := binary.LittleEndian.Uint64(b[:8]) & m.head
	y := binary.LittleEndian.Uint64(b[8:]) & m.tail
	return written{hashStep(hashSeed, x|m.headCase, y|m.tailCase), x | y}
}

// wordAt reads a word of any length.
func (s *scratch) wordAt(t *token) written {
	w := written{hash: hashSeed}
	for i := int(t.start); i < int(t.end); i += longWord - 1 {
		m := &masks[min(int(t.end)-i, longWord-1)]
		x, y := eightAt(s.text, i)&m.head, eightAt(s.text, i+8)&m.tail
		w.hash = hashStep(w.hash, x|m.headCase, y|m.tailCase)
		w.over |= x | y
	}
	return w
}

// digits reports whether a word is a number.
func (w written) digits() bool { return w.over&wordBits == 0 }

// capitals reports whether a word has capitals only.
func (w written) capitals() bool { return w.over&caseBits == 0 }
