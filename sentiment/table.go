package sentiment

import (
	"cmp"
	"math/bits"
	"slices"
)

// table leads from the hash of a form to its word. It is a perfect hash: every form
// has a slot of its own, and one look settles whether a word is known. With 16 bits
// that choose the slot and 32 bits that it keeps, an unknown word is taken for a known
// one once in 10^9 words.
type table struct {
	turns *[1 << turnBits]uint8 // by the low bits of a hash: the factor that takes the forms with them to slots of their own
	slots *[1 << slotBits]slot  // by the high bits of the hash times its factor
	rest  []filed               // what found no slot, by hash: nothing, but with huge overlays
}

const (
	turnBits  = 13 // four forms share a factor
	slotBits  = 16
	slotShift = 64 - slotBits
)

// slot is a form: the low half of its hash and its word, 0 when the slot is free.
type slot struct{ hash, word uint32 }

// filed is a form that a table is to hold.
type filed struct {
	hash uint64
	word uint32
	_    uint32
}

// newTable files forms, and reorders them. Where two have the same hash, the first
// counts. Forms that share a factor with many others are filed first: later ones find
// fewer free slots.
func newTable(forms []filed) table {
	t := table{turns: new([1 << turnBits]uint8), slots: new([1 << slotBits]slot)}
	slices.SortStableFunc(forms, func(x, y filed) int { return cmp.Compare(x.hash%(1<<turnBits), y.hash%(1<<turnBits)) })
	var sharing [1<<turnBits + 1]int // where the forms of a factor start
	for _, f := range forms {
		sharing[f.hash%(1<<turnBits)+1]++
	}
	most := slices.Max(sharing[:])
	for k := range t.turns {
		sharing[k+1] += sharing[k]
	}
	for n := most; n > 0; n-- {
		for k := range t.turns {
			if with := forms[sharing[k]:sharing[k+1]]; len(with) == n && !t.turn(&t.turns[k], with) {
				t.rest = append(t.rest, with...)
			}
		}
	}
	slices.SortStableFunc(t.rest, func(x, y filed) int { return cmp.Compare(x.hash, y.hash) })
	return t
}

// turn finds the least factor that takes forms to free slots, and files them.
func (t *table) turn(turn *uint8, forms []filed) bool {
	for *turn = 1; *turn != 0; *turn++ {
		n := 0
		for ; n < len(forms) && t.file(forms[n]); n++ {
		}
		if n == len(forms) {
			return true
		}
		for _, f := range forms[:n] {
			*t.at(f.hash) = slot{}
		}
	}
	return false
}

// file files a form in its slot, unless another has it.
func (t *table) file(f filed) bool {
	s := t.at(f.hash)
	if s.word == 0 {
		*s = slot{uint32(f.hash), f.word}
	}
	return s.hash == uint32(f.hash)
}

// at returns the slot that a hash leads to.
func (t *table) at(h uint64) *slot {
	return &t.slots[h*uint64(t.turns[h%(1<<turnBits)])>>slotShift]
}

// find returns the word of a hash, 0 when there is none.
func (t *table) find(h uint64) uint32 {
	if s := t.at(h); s.hash == uint32(h) {
		return s.word
	}
	return t.later(h)
}

// later finds a word without a slot.
func (t *table) later(h uint64) uint32 {
	if len(t.rest) == 0 {
		return 0
	}
	i, ok := slices.BinarySearchFunc(t.rest, h, func(f filed, h uint64) int { return cmp.Compare(f.hash, h) })
	if !ok {
		return 0
	}
	return t.rest[i].word
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

// edgeHash is the hash of the phrase that goes on from an item with a word.
func edgeHash(from, word uint32) uint64 {
	return hashStep(hashSeed, uint64(from)<<32|uint64(word), 0)
}

// trie holds phrases as paths of word numbers. A place on a path is the number
// of its first word, and then firstNode and the number of its node. The nodes of
// frequent phrases lie together.
type trie struct {
	nodes []node   // the first stands for none
	slots []uint32 // open-addressed by the hash of an edge
	pairs *pairSet // of words that a phrase starts with
}

const firstNode = 1 << 31

// A slot has the number of a node in its low bits, zero when it is free, and above them
// bits of the hash that save most looks at what is another's.
const (
	nodeBits = 24
	tagMask  = 1<<32 - 1<<nodeBits
)

// placeOf returns the place of a hash in a list whose size is a power of two, and one more
// than mask.
func placeOf(h, mask uint64) uint64 { return h >> bits.LeadingZeros64(mask) }

// node is the end of a path. A path without an entry or cause has neither.
type node struct {
	from, word uint32
	entry      int32  // sentiment entry, -1 when there is none
	roles      uint16 // number of its causes, 0 when there are none
	follow     uint16 // the bits of the words that a longer phrase goes on with
}

// followBit is one of sixteen: most words that do not follow need no search.
func followBit(word uint32) uint16 { return 1 << (word * (hashSeed >> 32) >> 28) }

// newTrie returns a trie with room for n nodes.
func newTrie(n int) trie {
	return trie{make([]node, 1, n+1), make([]uint32, 1<<bits.Len(uint(n))), new(pairSet)}
}

// pairHash mixes two numbers, into its high half.
func pairHash(first, second uint32) uint64 { return (uint64(first)<<32 | uint64(second)) * hashSeed }

// pairSet has one bit for every pair of words that is in it, by their hash.
type pairSet [1 << pairBits / 64]uint64

const pairBits = 18

func (p *pairSet) add(hash uint64) {
	b := hash >> (64 - pairBits)
	p[b>>6] |= 1 << (b & 63)
}

// has reports whether a pair is in the set, if may is 1, and nothing is if may is
// 0: pairs that cannot be need no memory but the first word. It may report a pair
// that was not added, in one case of twelve.
func (p *pairSet) has(hash uint64, may wordFlags) bool {
	b := hash >> (64 - pairBits) & -uint64(may&1)
	return p[b>>6]>>(b&63)&uint64(may) != 0
}

// put files a node and returns its place. Nodes that are put first are found first.
func (t *trie) put(n node) uint32 {
	h := pairHash(n.from, n.word)
	if n.from < firstNode {
		t.pairs.add(h)
	} else {
		t.node(n.from).follow |= followBit(n.word)
	}
	number, mask := uint32(len(t.nodes)), uint64(len(t.slots)-1)
	t.nodes = append(t.nodes, n)
	i := placeOf(h, mask)
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = edgeTag(h) | number
	return firstNode + number
}

// edgeTag returns the bits of a hash that a slot keeps.
func edgeTag(h uint64) uint32 { return uint32(h>>16) & tagMask }

// next follows word from a place, where hash is that of the two. It reports 0 when
// no phrase goes on there.
func (t *trie) next(from, word uint32, hash uint64) uint32 {
	mask, tag := uint64(len(t.slots)-1), edgeTag(hash)
	for i := placeOf(hash, mask); ; i++ {
		slot := t.slots[i&mask]
		if slot == 0 {
			return 0
		}
		if slot&tagMask == tag {
			number := slot &^ tagMask
			if n := &t.nodes[number]; n.word == word && n.from == from {
				return firstNode + number
			}
		}
	}
}

func (t *trie) node(place uint32) *node { return &t.nodes[place-firstNode] }
