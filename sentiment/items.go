package sentiment

// item is a word, or a phrase: another item and the word that follows it.
type item struct {
	hash    uint64
	from    uint32 // of a phrase
	last    uint32 // of a phrase; of a word, where its text starts
	entry   int32  // -1 when there is none
	hot     int32  // texts of the most frequent entry with the word
	number  uint32
	alias   uint16
	roles   uint16
	flags   wordFlags
	negated pair // learned weights of the negated entry
	size    uint8
	boost   uint8
	marks   itemMarks
}

// intern returns the item of a hash, made when needed. The index has the number of
// an item below half of its hash, so that few others are looked at on the way.
func (lex *lexicon) intern(h uint64) *item {
	const half = 1<<32 - 1
	mask := uint64(len(lex.index) - 1)
	i := h & mask
	for ; lex.index[i] != 0; i = (i + 1) & mask {
		if at := lex.index[i]; at>>32 == h>>32 {
			if it := &lex.items[at&half]; it.hash == h {
				return it
			}
		}
	}
	if 4*len(lex.items) >= 3*len(lex.index) {
		lex.grow()
		return lex.intern(h)
	}
	lex.index[i] = h&^half | uint64(len(lex.items))
	lex.items = append(lex.items, item{hash: h, entry: -1, number: uint32(len(lex.items))})
	return &lex.items[len(lex.items)-1]
}

func (lex *lexicon) grow() {
	from := lex.index
	lex.index = make([]uint64, 2*len(from))
	mask := uint64(len(lex.index) - 1)
	for _, at := range from {
		if at == 0 {
			continue
		}
		i := lex.items[uint32(at)].hash & mask
		for lex.index[i] != 0 {
			i = (i + 1) & mask
		}
		lex.index[i] = at
	}
}

// maxWord is the greatest number of bytes of a word.
const maxWord = 255

// word returns the item of a word.
func (lex *lexicon) word(text string) *item {
	it := lex.intern(hashOf(text))
	if it.size == 0 {
		it.last, it.size = uint32(len(lex.text)), uint8(min(len(text), maxWord))
		lex.text = append(lex.text, text[:it.size]...)
	}
	return it
}

// span returns where the text of a word stands.
func (it *item) span() span { return span{start: it.last, size: uint16(it.size)} }

// spelling returns the text of a word.
func (lex *lexicon) spelling(w uint32) []byte {
	it := &lex.items[w]
	return lex.text[it.last : it.last+uint32(it.size)]
}

// words appends the items of the words of text, between spaces, to dst.
func (lex *lexicon) words(dst []uint32, text string) []uint32 {
	for start, i := 0, 0; i <= len(text); i++ {
		if i < len(text) && text[i] != ' ' {
			continue
		}
		if i > start {
			dst = append(dst, lex.word(text[start:i]).number)
		}
		start = i + 1
	}
	return dst
}

// standard appends words to dst with slang replaced.
func (lex *lexicon) standard(dst, words []uint32) []uint32 {
	for _, w := range words {
		if to := lex.items[w].alias; to != 0 {
			dst = append(dst, lex.alias[to]...)
		} else {
			dst = append(dst, w)
		}
	}
	return dst
}

// at returns the item at the end of words.
func (lex *lexicon) at(words []uint32) *item {
	it := &lex.items[words[0]]
	for _, w := range words[1:] {
		from := it.number
		it = lex.intern(edgeHash(from, w))
		it.from, it.last = from, w
	}
	return it
}

// entryWords returns the standard words of an entry, valid until the next call.
func (lex *lexicon) entryWords(text string) []uint32 {
	lex.buf[0] = lex.words(lex.buf[0][:0], text)
	lex.buf[1] = lex.standard(lex.buf[1][:0], lex.buf[0])
	return lex.buf[1]
}

// place returns the item of an entry. A standard word may itself be written
// otherwise in texts.
func (lex *lexicon) place(words []uint32) *item {
	lex.buf[2] = lex.standard(lex.buf[2][:0], words)
	return lex.at(lex.buf[2])
}

// use marks words that a text may contain.
func (lex *lexicon) use(words []uint32) {
	for _, w := range words {
		lex.items[w].marks |= itemUsed
	}
}
