package sentiment

import (
	"math/bits"
)

// table is an open-addressed map from the hash of a form to a word number. It
// keeps the 32 bits of the hash that do not choose a slot: with 48 bits in all, an
// unknown word is taken for a known one once in 10^9 words.
//
// It has two parts. The first place of a hash holds the most frequent word with
// it, so that most words cost one look; the others lie in the rest.
type table struct {
	first  firstPlaces
	rest   []slot
	shift  uint
	filter []uint64 // one bit a hash: a miss mostly ends here, in the first-level cache
}

// firstPlaces are slots as one number, the tag above the word.
type firstPlaces [1 << 16]uint64

const firstShift = 64 - 16

type slot struct{ tag, word uint32 }

const filterBits = 18

// newTable returns a table for n words.
func newTable(n int) table {
	size := 1 << bits.Len(uint(n/2))
	return table{rest: make([]slot, size), shift: uint(64 - bits.TrailingZeros(uint(size))),
		filter: make([]uint64, 1<<filterBits/64)}
}

// put files a word. What is put twice has its last word.
func (t *table) put(h uint64, w uint32) {
	f := h >> (64 - filterBits)
	t.filter[f>>6] |= 1 << (f & 63)
	if first := &t.first[h>>firstShift]; *first == 0 || uint32(*first>>32) == uint32(h) {
		*first = h<<32 | uint64(w)
		return
	}
	mask := uint64(len(t.rest) - 1)
	i := h >> t.shift
	for t.rest[i&mask].word != 0 && t.rest[i&mask].tag != uint32(h) {
		i++
	}
	t.rest[i&mask] = slot{uint32(h), w}
}

// get returns the word of a hash, 0 when there is none.
func (t *table) get(h uint64) uint32 {
	f := h >> (64 - filterBits)
	if t.filter[f>>6]>>(f&63)&1 == 0 {
		return 0
	}
	if first := t.first[h>>firstShift]; uint32(first>>32) == uint32(h) {
		return uint32(first)
	}
	return t.later(h)
}

// later is get for a hash that does not lie at its first place.
func (t *table) later(h uint64) uint32 {
	mask := uint64(len(t.rest) - 1)
	for i := h >> t.shift; ; i++ {
		s := &t.rest[i&mask]
		if s.tag == uint32(h) || s.word == 0 {
			return s.word
		}
	}
}

// The hash of a form takes in sixteen bytes with one wide multiplication, whose
// halves are folded together. Forms hold no zero bytes, so the zeros behind a
// short one make it no other.
const (
	hashSeed  = 0x9e3779b97f4a7c15
	hashPrime = 0xff51afd7ed558ccd
)

func hashStep(h, x, y uint64) uint64 {
	hi, lo := bits.Mul64(x^h, y^hashPrime)
	return hi ^ lo
}

// bytesAt reads eight bytes of s from i on, with zeros after the last one. The
// compiler makes the usual case one load.
func bytesAt[T string | []byte](s T, i int) (x uint64) {
	if i+8 <= len(s) {
		return uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
	}
	for k := len(s) - 1; k >= i; k-- {
		x = x<<8 | uint64(s[k])
	}
	return x
}

func hashOf[T string | []byte](form T) uint64 {
	h := uint64(hashSeed)
	for i := 0; i < len(form); i += 16 {
		h = hashStep(h, bytesAt(form, i), bytesAt(form, i+8))
	}
	return h
}

// trie holds phrases as paths of word numbers. A place on a path is the number
// of its first word, and then base and the number of a slot.
type trie struct {
	slots []node
	shift uint
	base  uint32
	pairs *pairSet // of words that a phrase starts with
}

// node is the end of a path. A path without an entry or cause has neither.
type node struct {
	tag    uint32 // half of the hash of the place before and the word, 0 in an empty slot
	entry  int32  // sentiment entry, -1 when there is none
	roles  uint16 // number of its causes, 0 when there are none
	goesOn bool   // a longer phrase goes on from it
}

// newTrie returns a trie for n nodes. Places below base are words.
func newTrie(n int, base uint32) trie {
	size := 1 << bits.Len(uint(n*2))
	return trie{slots: make([]node, size), shift: uint(64 - bits.TrailingZeros(uint(size))), base: base,
		pairs: new(pairSet)}
}

// pairSet has one bit for every pair of words that is in it, by their hash.
type pairSet [1 << pairBits / 64]uint64

const pairBits = 18

func pairBit(first, second uint32) uint64 {
	return (uint64(first)<<32 | uint64(second)) * hashSeed >> (64 - pairBits)
}

func (p *pairSet) add(first, second uint32) {
	b := pairBit(first, second)
	p[b>>6] |= 1 << (b & 63)
}

// has may report a pair that was not added, in one case of thirty.
func (p *pairSet) has(first, second uint32) bool {
	b := pairBit(first, second)
	return p[b>>6]&(1<<(b&63)) != 0
}

func edgeHash(from, word uint32) uint64 {
	return hashStep(hashSeed, uint64(from)<<32|uint64(word), 0)
}

// put adds a node after from and returns its place.
func (t *trie) put(from, word uint32, entry int32, roles uint16) uint32 {
	h, mask := edgeHash(from, word), uint64(len(t.slots)-1)
	i := h >> t.shift & mask
	for t.slots[i].tag != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = node{uint32(h) | 1, entry, roles, false}
	if from >= t.base {
		t.node(from).goesOn = true
	}
	return t.base + uint32(i)
}

// next follows word from a place and reports 0 when no phrase goes on there.
func (t *trie) next(from, word uint32) uint32 {
	h, mask := edgeHash(from, word), uint64(len(t.slots)-1)
	for i := h >> t.shift & mask; ; i = (i + 1) & mask {
		switch t.slots[i].tag {
		case uint32(h) | 1:
			return t.base + uint32(i)
		case 0:
			return 0
		}
	}
}

func (t *trie) node(place uint32) *node { return &t.slots[place-t.base] }
