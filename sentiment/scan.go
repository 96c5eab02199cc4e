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

// look finds the words of all tokens and notes those that need a closer look.
func (a *Analyzer) look(s *scratch) {
	s.noted = slices.Grow(s.noted[:0], len(s.tokens))
	s.noted = s.noted[:a.table.look(s.text, s.tokens, s.noted[:len(s.tokens)], a.model.odd)]
}

// look finds the words of tokens in a text. A branch that waits for the table at every
// word costs more than all the arithmetic, so it takes none: what is no word, or one
// from odd on, is noted. It returns how many are.
func (t *table) look(text []byte, tokens []token, noted []int32, odd uint32) (n int) {
	slots, turns := t.slots, t.turns
	_, _ = slots[0], turns[0] // so that the loop need not look whether they are there
	noted = noted[:len(tokens)]
	odd--
	for k := range tokens {
		t := &tokens[k]
		i, size := uint64(uint32(t.start)), uint32(t.end-t.start)
		b := (*[16]byte)(text[i : i+16 : i+16])
		if binary.LittleEndian.Uint16(b[:])&(caseBits&0xffff) == 0 && size > 1 {
			t.shout(text)
		}
		h := folds[min(size, longWord)].hash(b)
		f := &slots[h*uint64(turns[h%(1<<turnBits)])>>slotShift]
		word := f.word
		if f.hash != uint32(h) {
			word = 0
		}
		t.word = word
		noted[n] = int32(k)
		if word-1 >= odd {
			n++
		}
	}
	return n
}

// shout notes that a token that starts with two capitals has no small letter or digit.
//
//go:noinline
func (t *token) shout(text []byte) {
	var over uint64
	for i, end := int(t.start), int(t.end); i < end; i += 8 {
		over |= eightAt(text, i) & masks[min(end-i, 8)].head
	}
	if over&caseBits == 0 {
		t.flags |= t.flags / tokenPlain & 1 * tokenCaps
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
}

// mask covers the first bytes of sixteen, in two words.
type mask struct{ head, tail uint64 }

// masks are by the number of bytes. That of a long word covers nothing.
var masks = func() (t [longWord + 1]mask) {
	for n := range longWord {
		m := &t[n]
		m.head, m.tail = 1<<(8*n)-1, 1<<(8*max(n-8, 0))-1 // a shift by 64 leaves nothing, less one: all ones
	}
	return t
}()

// longWord is the number of bytes from which a word needs more than one step.
const longWord = 17

// fold takes the first bytes of sixteen, in lower case, into a hash: it keeps all but
// their case bits and flips what [hashStep] flips, and these.
type fold struct{ keep, flip [2]uint64 }

// folds are by the number of bytes.
var folds = func() (t [longWord + 1]fold) {
	for n, m := range masks {
		t[n] = fold{[2]uint64{m.head &^ caseBits, m.tail &^ caseBits}, [2]uint64{m.head&caseBits ^ hashSeed, m.tail&caseBits ^ hashPrime}}
	}
	return t
}()

func (f *fold) hash(b *[16]byte) uint64 {
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b[:8])&f.keep[0]^f.flip[0], binary.LittleEndian.Uint64(b[8:])&f.keep[1]^f.flip[1])
	return hi ^ lo
}

// longHash returns the hash of a word of any length.
func (s *scratch) longHash(t *token) uint64 {
	h := uint64(hashSeed)
	for i := int(t.start); i < int(t.end); i += longWord - 1 {
		m := &masks[min(int(t.end)-i, longWord-1)]
		h = hashStep(h, (eightAt(s.text, i)|caseBits)&m.head, (eightAt(s.text, i+8)|caseBits)&m.tail)
	}
	return h
}
