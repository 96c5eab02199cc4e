package sentiment

import (
	"math/bits"
)

// table leads from the hash of a form to a record of the list of words. A hash has
// one place in it, which belongs to the most frequent word with that place; other
// words are in the rest. With 16 bits that choose the place and 32 bits that the
// record keeps, an unknown word is taken for a known one once in 10^9 words.
type table struct {
	first *[1 << firstBits]uint16 // small enough to stay in the second-level cache
	rest  []uint32                // slots, open-addressed by the high bits of the hash
}

const (
	firstBits  = 16
	firstShift = 64 - firstBits
)

// A slot has a number in its low bits, zero when it is free, and above them bits of
// the hash that save most looks at what is another's.
const (
	slotBits = 24
	tagMask  = 1<<32 - 1<<slotBits
)

// newTable returns a table with room for n words. At most two fifths of them are not
// at the first place, and none from the 65536th on is.
func newTable(n int) table {
	rest := n / 2
	if n > 1<<16 {
		rest = n
	}
	return table{new([1 << firstBits]uint16), make([]uint32, 1<<bits.Len(uint(rest)))}
}

// placeOf returns the place of a hash in a list whose size is a power of two, and
// one more than mask.
func placeOf(h, mask uint64) uint64 { return h >> bits.LeadingZeros64(mask) }

// put files record n, whose form has hash h.
func (t *table) put(h uint64, n uint32) {
	if first := &t.first[h>>firstShift]; *first == 0 && n < 1<<16 {
		*first = uint16(n)
		return
	}
	mask := uint64(len(t.rest) - 1)
	i := placeOf(h, mask)
	for t.rest[i] != 0 {
		i = (i + 1) & mask
	}
	t.rest[i] = uint32(h)&tagMask | n
}

// find returns the word of a hash, 0 when there is none.
func (a *Analyzer) find(h uint64) uint32 {
	n := uint32(a.table.first[h>>firstShift])
	if n == 0 && len(a.words) < 1<<16 {
		return 0
	}
	if w := &a.words[n]; w.hash == uint32(h) {
		return w.number
	}
	return a.later(h)
}

// later finds a word that is not at the first place of its hash.
func (a *Analyzer) later(h uint64) uint32 {
	rest, tag := a.table.rest, uint32(h)&tagMask
	mask := uint64(len(rest) - 1)
	for i := placeOf(h, mask); ; i = (i + 1) & mask {
		slot := rest[i&mask]
		if slot == 0 {
			return 0
		}
		if slot&tagMask == tag {
			if w := &a.words[slot&^tagMask]; w.hash == uint32(h) {
				return w.number
			}
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

// edgeHash is the hash of the phrase that goes on from an item with a word.
func edgeHash(from, word uint32) uint64 {
	return hashStep(hashSeed, uint64(from)<<32|uint64(word), 0)
}

// trie holds phrases as paths of word numbers. A place on a path is the number
// of its first word, and then firstNode and the number of its node. The nodes of
// frequent phrases lie together.
type trie struct {
	nodes []node   // the first stands for none
	slots []uint32 // like those of [table], open-addressed by the hash of an edge
	pairs *pairSet // of words that a phrase starts with
}

const firstNode = 1 << 31

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
