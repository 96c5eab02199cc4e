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

// classes returns two bits for each byte of a block, the first byte lowest: whether it
// is an ASCII letter or digit, and whether it is neither that nor a space, or the zero
// that stands behind a text. Its constants want all registers, and serve more than one step.
//
//go:noinline
func classes(block *[64]byte) (in, signs uint64) {
	for j := 64 - 32; j >= 0; j -= 32 {
		in, signs = eight(binary.LittleEndian.Uint64(block[j+24:]), in, signs)
		in, signs = eight(binary.LittleEndian.Uint64(block[j+16:]), in, signs)
		in, signs = eight(binary.LittleEndian.Uint64(block[j+8:]), in, signs)
		in, signs = eight(binary.LittleEndian.Uint64(block[j:]), in, signs)
	}
	return in, signs
}

// eight puts the classes of eight bytes before others.
func eight(x, in, signs uint64) (uint64, uint64) {
	low := x &^ highs
	small := low | caseBits
	// Each sum has a high bit from a border on. A byte between two borders is past
	// an odd number of them.
	past := (low + (0x80-'0')*ones) ^ (low + (0x7f-'9')*ones) ^ (small + (0x80-'a')*ones) ^ (small + (0x7f-'z')*ones)
	word := past &^ x & highs
	sign := (low&^caseBits+0x7f*ones|x)&highs ^ word
	return in<<8 | word*gather>>56, signs<<8 | sign*gather>>56
}

// gather is the factor that brings the high bits of eight bytes to the highest one.
const gather = 0x0002040810204081

// load copies text into the scratch.
func (s *scratch) load(text string) {
	n := len(text)
	s.fit(n)
	copy(s.text, text)
	clear(s.text[n : n+room])
}

// cutter is where the cutting of a text stands.
type cutter struct {
	text  string
	read  int        // no token starts before it
	open  uint64     // 1 when a word goes on in the next block
	start int        // of that word
	gap   tokenFlags // of the next token
}

// cut fills sc.tokens with the words of text, which are still to be found, and with
// what else it holds.
func (a *Analyzer) cut(sc *scratch, text string) {
	c := cutter{text: text}
	for base := 0; base <= len(text); base += 64 {
		in, signs := classes((*[64]byte)(sc.text[base:]))
		for a.block(sc, &c, base, in, signs) {
		}
	}
}

// block cuts the block at base. It takes all words in it, as if only spaces stood between
// them, and then notes what pauses do to the words behind them. At another sign, which is
// rare, it takes the words behind it back and reports true, to go on from c.read.
func (a *Analyzer) block(sc *scratch, c *cutter, base int, in, signs uint64) bool {
	if c.read > base {
		after := ^uint64(0) << (c.read - base)
		in, signs, c.open = in&after, signs&after, 0
	}
	if cap(sc.tokens)-len(sc.tokens) < 64 {
		sc.tokens = slices.Grow(sc.tokens, 64)
	}
	past := in<<1 | c.open
	starts, ends := in&^past, past&^in
	start := c.start
	if first, rest := base+bits.TrailingZeros64(starts), starts&(starts-1); c.open == 0 {
		start, starts = first, rest
	}
	made, n, flags := sc.tokens[:cap(sc.tokens)], len(sc.tokens), tokenPlain|c.gap
	for left := ends; left != 0; left &= left - 1 {
		t := &made[n]
		t.start, t.end, t.flags = int32(start), int32(base+bits.TrailingZeros64(left)), flags
		start = base + bits.TrailingZeros64(starts)
		starts &= starts - 1
		flags = tokenPlain
		n++
	}
	made[n].flags = flags // of the first word of the next block
	text, first := sc.text, len(sc.tokens)
	for ; signs != 0; signs &= signs - 1 {
		i := base + bits.TrailingZeros64(signs)
		next := first + bits.OnesCount64(ends&(signs^(signs-1)))
		pause, ended := pauses[text[i]], past&signs&-signs != 0
		if ended && pause&tokenJoined != 0 || pause&^tokenJoined == 0 || text[i+1] == '.' ||
			a.emoticons[twoLetters(text[i], text[i+1])] || i > 0 && text[i-1]|0x20 == 'w' { // as in www.
			sc.tokens, c.gap = sc.tokens[:next], made[next].flags&^tokenPlain
			c.read = a.sign(sc, c, i, ended)
			return true
		}
		made[next].flags |= pause & (tokenBreak | tokenComma)
	}
	sc.tokens = sc.tokens[:n]
	c.open, c.start, c.gap = in>>63, start, made[n].flags&^tokenPlain
	return false
}

// sign reads the sign at i, which may join the word that ends there to something, and
// returns where to go on.
func (a *Analyzer) sign(sc *scratch, c *cutter, i int, ended bool) int {
	if n := len(sc.tokens) - 1; ended && mayJoin(c.text[i], i-int(sc.tokens[n].start)) {
		word := sc.tokens[n]
		sc.tokens = sc.tokens[:n]
		gap := word.flags &^ tokenPlain
		if to := a.joined(sc, c.text, int(word.start), i, &gap); to > i {
			c.gap = gap
			return to
		}
		sc.tokens = append(sc.tokens, word)
	}
	return a.gapAt(sc, c.text, i, &c.gap)
}

// look finds the words of all tokens and notes those that need a closer look.
func (a *Analyzer) look(s *scratch) {
	s.noted = slices.Grow(s.noted[:0], len(s.tokens))
	s.noted = s.noted[:a.table.look(s.text, s.tokens, s.noted[:len(s.tokens)], a.model.odd)]
}

// look finds the words of tokens in a text. A branch that waits for the table at every
// word costs more than all the arithmetic, so it takes none: what is no word, or one from
// odd on, or starts with two capitals, is noted. It returns how many are.
func (t *table) look(text []byte, tokens []token, noted []int32, odd uint32) (n int) {
	slots, turns := t.slots, t.turns
	_, _ = slots[0], turns[0] // so that the loop need not look whether they are there
	noted = noted[:len(tokens)]
	odd--
	for k := range tokens {
		t := &tokens[k]
		i, size := uint64(uint32(t.start)), uint32(t.end-t.start)
		b := (*[16]byte)(text[i : i+16 : i+16])
		h := folds[min(size, longWord)].hash(b)
		f := &slots[h*uint64(turns[h%(1<<turnBits)])>>slotShift]
		word := f.word
		if f.hash != uint32(h) {
			word = 0
		}
		t.word = word
		noted[n] = int32(k)
		if word--; binary.LittleEndian.Uint16(b[:])&(caseBits&0xffff) == 0 {
			word = odd
		}
		if word >= odd {
			n++
		}
	}
	return n
}

// shout notes whether a word of letters and digits has capitals only.
func (t *token) shout(text []byte) {
	i, end, over := int(t.start), int(t.end), uint64(0)
	if eightAt(text, i)&(caseBits&0xffff) != 0 || end-i == 1 {
		return
	}
	for ; i < end; i += 8 {
		over |= eightAt(text, i) & masks[min(end-i, 8)].head
	}
	if over&caseBits == 0 {
		t.flags |= tokenCaps
	}
}

// fit makes room for a text of n bytes.
func (s *scratch) fit(n int) {
	if len(s.text) < n+room+64 {
		s.text = make([]byte, n+n/4+room+64)
	}
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

// hash returns the hash of a word of any length.
func (s *scratch) hash(t *token) uint64 {
	h := uint64(hashSeed)
	for i := int(t.start); i < int(t.end); i += longWord - 1 {
		m := &masks[min(int(t.end)-i, longWord-1)]
		h = hashStep(h, (eightAt(s.text, i)|caseBits)&m.head, (eightAt(s.text, i+8)|caseBits)&m.tail)
	}
	return h
}
