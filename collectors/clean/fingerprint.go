package clean

import (
	"unicode"
	"unicode/utf8"
)

// Fingerprint returns a 64-bit SimHash of the words of a text (Charikar 2002):
// texts that share most words and pairs of words differ in few bits. Case,
// punctuation and numbers of any size make no difference. A text without a
// letter has the fingerprint 0.
//
// Copies have distance 0 ([bits.OnesCount64] of a XOR b), light edits of texts
// with ten words and more up to about 10, unrelated texts around 32.
func Fingerprint(text string) uint64 {
	var v votes
	var previous uint64
	word, rest, ok := nextWord(text)
	for first := true; ok; first = false {
		v.add(word)
		if !first {
			v.add(mix(previous*31 + word))
		}
		previous = word
		word, rest, ok = nextWord(rest)
	}
	return v.majority()
}

// votes counts for each of 64 bits how many hashes set it. Eight counters share
// a word, one byte each, which is eight times as fast as 64 counters.
type votes struct {
	lanes   [8]uint64 // bit i of a hash is byte i/8 of lanes[i%8]
	pending int       // hashes in lanes, at most 255
	counts  [64]int
	all     int
}

func (v *votes) add(h uint64) {
	const low = 0x0101010101010101
	for i := range v.lanes {
		v.lanes[i] += h >> i & low
	}
	if v.pending++; v.pending == 255 {
		v.flush()
	}
}

func (v *votes) flush() {
	for i := range v.counts {
		v.counts[i] += int(v.lanes[i%8] >> (i / 8 * 8) & 0xff)
	}
	v.all += v.pending
	v.lanes, v.pending = [8]uint64{}, 0
}

func (v *votes) majority() (out uint64) {
	v.flush()
	for i, n := range v.counts {
		if 2*n > v.all {
			out |= 1 << i
		}
	}
	return out
}

// nextWord returns the hash of the first word of s and what follows it. Every number
// hashes alike, so that copies with another order number are copies.
func nextWord(s string) (hash uint64, rest string, ok bool) {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h, started, last := uint64(offset), false, rune(0)
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r >= 'a' && r <= 'z':
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r >= '0' && r <= '9':
			r = '0'
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			r = unicode.ToLower(r)
		default:
			if started {
				return mix(h), s[i:], true
			}
			i += size
			continue
		}
		if r != '0' || last != '0' {
			h = (h ^ uint64(r)) * prime
		}
		started, last = true, r
		i += size
	}
	return mix(h), "", started
}

// mix spreads the bits of an FNV hash, whose high bits are weak for short words
// (finaliser of MurmurHash3).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return h
}
