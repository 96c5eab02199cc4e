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

func eightAt(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }

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
// digits start and end, in turn. Behind them stands a run that nothing passes.
func (s *scratch) load(text string) {
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
	runs[k], runs[k+1] = int32(n), 1<<31-1
}

// fit makes room for a text of n bytes.
func (s *scratch) fit(n int) {
	if len(s.text) >= n+room+64 {
		return
	}
	size := n + n/4 + room + 64
	s.text = make([]byte, size)
	s.runs = make([]int32, size+2)
	s.missing = make([]miss, size/2+1)
}

// written is what one look at a word finds: its hash in lower case, and all its
// bytes laid over each other.
type written struct{ hash, over uint64 }

// wordOf reads the letters and digits from i to end.
func wordOf(b []byte, i, end int) written {
	n := end - i
	if n > 16 {
		return longWord(b, i, end)
	}
	head := uint64(1)<<(8*n) - 1 // a shift by 64 and more leaves nothing: all ones
	tail := uint64(1)<<(8*max(n-8, 0)) - 1
	x, y := eightAt(b, i)&head, eightAt(b, i+8)&tail
	return written{hashStep(hashSeed, x|caseBits&head, y|caseBits&tail), x | y}
}

func longWord(b []byte, i, end int) (w written) {
	w.hash = hashSeed
	for ; i < end; i += 16 {
		head := uint64(1)<<(8*min(end-i, 8)) - 1
		tail := uint64(1)<<(8*max(min(end-i, 16)-8, 0)) - 1
		x, y := eightAt(b, i)&head, eightAt(b, i+8)&tail
		w.hash = hashStep(w.hash, x|caseBits&head, y|caseBits&tail)
		w.over |= x | y
	}
	return w
}

// digits reports whether a word is a number.
func (w written) digits() bool { return w.over&wordBits == 0 }

// capitals is tokenCaps for a word of n letters, at least two, that are all
// capitals, and else nothing. It is asked of every word and takes no branch.
func (w written) capitals(n int) tokenFlags {
	small := w.over&caseBits | uint64(2>>uint(n))
	return tokenFlags((small-1)&^small>>63) * tokenCaps
}
