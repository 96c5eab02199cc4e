package sentiment

import "math/bits"

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// scan is what one pass over the bytes of a word finds.
type scan struct {
	hash          uint64
	end           int
	upper, digits int
}

// classify looks at eight bytes at once. In the results the high bit of a byte
// stands for it: it is a letter, a capital, a digit. Bytes outside ASCII are none.
func classify(x uint64) (letters, capitals, digits uint64) {
	ascii := ^x & highs
	low := x &^ highs
	lower := low | 0x20*ones
	letters = (lower + (0x80-'a')*ones) &^ (lower + (0x7f-'z')*ones) & ascii
	digits = (low + (0x80-'0')*ones) &^ (low + (0x7f-'9')*ones) & ascii
	return letters, letters &^ (x << 2), digits
}

// scanWord hashes the letters and digits from i on, in lower case.
func scanWord(text string, i int) scan {
	s := scan{hash: hashSeed, end: i}
	for {
		var x uint64
		if s.end+8 <= len(text) {
			x = eightAt(text, s.end)
		} else {
			x = fewAt(text, s.end)
		}
		letters, capitals, digits := classify(x)
		n := bits.TrailingZeros64(^(letters|digits)&highs) >> 3
		if n == 8 {
			s.upper += bits.OnesCount64(capitals)
			s.digits += bits.OnesCount64(digits)
			s.hash = hashStep(s.hash, x|letters>>2)
			s.end += 8
			continue
		}
		if n > 0 {
			keep := uint64(1)<<(8*n) - 1
			s.upper += bits.OnesCount64(capitals & keep)
			s.digits += bits.OnesCount64(digits & keep)
			s.hash = hashStep(s.hash, (x|letters>>2)&keep)
			s.end += n
		}
		s.hash = hashEnd(s.hash, s.end-i)
		return s
	}
}
