package sentiment

import (
	"encoding/binary"
	"math/bits"
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

// alphanumeric returns one bit for each of eight bytes, the first byte lowest:
// whether it is an ASCII letter or digit.
func alphanumeric(x uint64) uint64 {
	low := x &^ highs
	small := low | caseBits
	letters := (small + (0x80-'a')*ones) &^ (small + (0x7f-'z')*ones)
	digits := (low + (0x80-'0')*ones) &^ (low + (0x7f-'9')*ones)
	return ((letters | digits) &^ x & highs) * 0x0002040810204081 >> 56
}

// load copies text into the scratch and notes where the runs of letters and
// digits start and end, in turn. Behind them stands a run that nothing passes. It
// returns their number.
func (s *scratch) load(text string) int {
	n := len(text)
	s.fit(n)
	copy(s.text, text)
	clear(s.text[n : n+room])
	runs, k := s.runs, 0
	last := uint64(0) // whether the byte before is in a run
	for base := 0; base <= n; base += 64 {
		var in uint64
		block := s.text[base : base+64 : base+64]
		for j := 0; j < 64; j += 8 {
			in |= alphanumeric(binary.LittleEndian.Uint64(block[j:j+8])) << j
		}
		edges := in ^ (in<<1 | last)
		last = in >> 63
		for ; edges != 0; edges &= edges - 1 {
			runs[k] = int32(base + bits.TrailingZeros64(edges))
			k++
		}
	}
	s.made[k/2] = token{start: int32(n), end: int32(n + 1)}
	s.text[n+1] = '.' // an ending: no word is joined to this one
	return k / 2
}

// look makes tokens of the runs from one up to another. It takes no branch that a
// text can surprise, and the table is asked about all words before any answer is
// used.
func (a *Analyzer) look(sc *scratch, from, to int) {
	b, runs := sc.text, sc.runs[2*from:]
	slots, shift := a.table.slots, a.table.shift&63
	made := sc.made[from:to]
	for k := range made {
		i, end := runs[0], runs[1]
		runs = runs[2:]
		var w written
		if size := uint(end - i); size < uint(len(masks)) {
			w = wordOf((*[16]byte)(b[i:]), &masks[size])
		} else {
			w = longWord(b[i:end])
		}
		t := &made[k]
		t.start, t.end, t.word, t.flags = i, end, 0, tokenPlain
		if slot := &slots[w.hash>>shift]; slot.tag == uint32(w.hash) {
			t.word = slot.word
		}
		if w.digits() {
			t.word, t.flags = a.model.number, tokenMark
		} else if w.capitals() && end-i > 1 {
			t.flags |= tokenCaps
		}
	}
}

// fit makes room for a text of n bytes.
func (s *scratch) fit(n int) {
	if len(s.text) >= n+room+64 {
		return
	}
	size := n + n/4 + room + 64
	s.text = make([]byte, size)
	s.runs = make([]int32, size+2)
	s.made = make([]token, size/2+2)
}

// written is what one look at a word finds: its hash in lower case, and all its
// bytes laid over each other.
type written struct{ hash, over uint64 }

// mask covers the first bytes of sixteen, in two words, and the case bits of them.
type mask struct{ head, tail, headCase, tailCase uint64 }

// masks are by the number of bytes.
var masks = func() (t [17]mask) {
	for n := range t {
		m := &t[n]
		m.head, m.tail = 1<<(8*n)-1, 1<<(8*max(n-8, 0))-1 // a shift by 64 leaves nothing, less one: all ones
		m.headCase, m.tailCase = m.head&caseBits, m.tail&caseBits
	}
	return t
}()

// wordOf reads the at most 16 letters and digits that b starts with.
func wordOf(b *[16]byte, m *mask) written {
	x := binary.LittleEndian.Uint64(b[:8]) & m.head
	y := binary.LittleEndian.Uint64(b[8:]) & m.tail
	return written{hashStep(hashSeed, x|m.headCase, y|m.tailCase), x | y}
}

// longWord reads a word of any length.
func longWord(b []byte) written {
	w := written{hash: hashSeed}
	for n := len(b); n > 0; n -= 16 {
		m := &masks[min(n, 16)]
		x, y := eightAt(b[:cap(b)], 0)&m.head, eightAt(b[:cap(b)], 8)&m.tail
		w.hash = hashStep(w.hash, x|m.headCase, y|m.tailCase)
		w.over |= x | y
		b = b[min(n, 16):]
	}
	return w
}

// wordAt reads the letters and digits from i to end.
func (s *scratch) wordAt(i, end int) written {
	if end-i < len(masks) {
		return wordOf((*[16]byte)(s.text[i:]), &masks[end-i])
	}
	return longWord(s.text[i:end])
}

// digits reports whether a word is a number.
func (w written) digits() bool { return w.over&wordBits == 0 }

// capitals reports whether a word has capitals only.
func (w written) capitals() bool { return w.over&caseBits == 0 }
