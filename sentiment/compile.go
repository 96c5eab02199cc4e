package sentiment

import (
	"bytes"
	"hash/crc32"
	"math"
	"math/bits"
	"slices"
)

// word is what the scorer knows about one word. It is kept small, because the
// words of a text lie all over the lexicon.
type word struct {
	entry int32  // sentiment entry, -1 when there is none
	extra uint16 // number of its causes, or of its expansion
	flags wordFlags
}

// entryInfo is the part of an entry that scoring reads.
type entryInfo struct {
	name    span    // as negated, "~" and the text
	weights [2]pair // as it is, negated
	flags   entryFlags
	boost   uint8 // of an expletive, or a phrase that intensifies or diminishes what follows: its factor in per cent
	_       [2]uint8
}

// span is a part of the text of an analyzer.
type span struct {
	start uint32
	size  uint16
	_     uint16
}

type entryFlags uint8

const (
	entryContext      entryFlags = 1 << iota // a mark or class of tokens: it counts, but makes no text known
	entryClosed                              // negation is folded into it and goes no further
	entryFault                               // a stern complaint, that is a fault of the topic before it
	entryTurnedFault                         // the same, negated
	entryPraise                              // praise that settles the topic before it
	entryTurnedPraise                        // the same, negated
	entryExpletive                           // beside an opposite it only intensifies
)

type wordFlags uint16

const (
	wordNegator wordFlags = 1 << iota
	wordBoost
	wordAfter
	wordExpletive // beside an opposite it only intensifies
	wordContrast
	wordContext // stands for a class of tokens
	wordSilent  // a clitic written apart
	wordExpands // stands for several words
	wordRoot    // affixes may be stripped down to it
	wordCauses  // has a part in a cause
	wordIndonesian
	wordEnglish
	wordMalay
	wordContinues // the second word of a phrase
	wordStarts    // a phrase starts with it
)

// wordActs are the flags of words that do something to others, or count otherwise.
const wordActs = wordNegator | wordBoost | wordExpletive | wordContrast | wordContext

// digest sums up what the lexicon was read from. The processor has an instruction
// for this sum.
type digest struct{ sum uint32 }

func (d *digest) Write(p []byte) (int, error) {
	d.sum = crc32.Update(d.sum, castagnoli, p)
	return len(p), nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// entryDetails is the rest of an entry, which only readers of the lexicon want.
type entryDetails struct {
	n, line                       int32
	sources, origin, reason, file uint16 // numbers of strings
}

// compiler turns the files into tables.
type compiler struct {
	*lexicon
	a       *tables
	forms   []filed
	odd     uint32 // the first word that is a number or special
	special uint32 // the first word that is silent or stands for several
}

// compile builds the tables. It cannot fail: the rows were checked.
func (lex *lexicon) compile() *tables {
	c := &compiler{lexicon: lex, a: &tables{emoticons: new([1 << 10]bool)}}
	c.fileRoles()
	c.fileAffixes()
	c.fileEntries()
	c.lendEntries()
	c.fileWords()
	c.filePhrases()
	c.fileAliases()
	c.a.table = newTable(c.forms)
	c.fileDenied()
	c.a.strings = c.saved(c.strings)
	c.fileModel()
	c.a.text = string(c.text)
	return c.a
}

// fileRoles numbers the parts in causes that words and phrases play: a few hundred,
// which stay in the nearest cache, for the thousands of rows.
func (c *compiler) fileRoles() {
	known := map[causeRoles]uint16{}
	numbers := make([]uint16, len(c.roles))
	for i, r := range c.roles {
		n, ok := known[r]
		if !ok {
			n = uint16(len(c.a.roles))
			known[r] = n
			c.a.roles = append(c.a.roles, r)
		}
		numbers[i] = n
	}
	for i := range c.items {
		c.items[i].roles = numbers[c.items[i].roles]
	}
}

// hotFirst returns the numbers of heat, those of great heat first, by powers of
// two: what is read most then lies together in memory. Numbers without heat (-1)
// are left out.
func hotFirst(heat []int32) []uint32 {
	var starts [34]int
	for _, h := range heat {
		starts[33-bits.Len32(uint32(h+1))]++ // -1 falls into the last one
	}
	at := 0
	for k, count := range starts {
		starts[k] = at
		at += count
	}
	order := make([]uint32, len(heat))
	for i, h := range heat {
		k := 33 - bits.Len32(uint32(h+1))
		order[starts[k]] = uint32(i)
		starts[k]++
	}
	return order[:starts[32]]
}

// denied reports whether a word of an entry is on the deny list.
func (c *compiler) denied(e *entryRow) bool {
	for _, w := range c.path(e) {
		if c.items[w].marks&itemDenied != 0 {
			return true
		}
	}
	return false
}

// fileEntries numbers the entries that carry weight.
func (c *compiler) fileEntries() {
	heat := make([]int32, len(c.entries))
	for i := range c.entries {
		if heat[i] = c.entries[i].n; c.denied(&c.entries[i]) {
			heat[i] = -1
		}
	}
	order := hotFirst(heat)
	for i := range c.items {
		c.items[i].entry = -1
	}
	c.a.info = make([]entryInfo, len(order))
	c.a.details = make([]entryDetails, len(order))
	share := [2]float64{c.numbers["negated_positive"], c.numbers["negated_negative"]}
	for k, i := range order {
		e := &c.entries[i]
		words := c.path(e)
		it := &c.items[e.item]
		it.entry = int32(k)
		c.buf[0] = c.standard(c.buf[0][:0], words)
		for _, w := range c.buf[0] {
			c.items[w].marks |= itemUsed
			c.items[w].hot = max(c.items[w].hot, e.n)
		}
		negated := it.turned(e.weight, share)
		c.a.info[k] = entryInfo{name: c.name(words), weights: [2]pair{e.weight, negated}, flags: c.entryFlags(e, it, words, negated)}
		if len(words) > 1 || it.flags&wordExpletive != 0 {
			c.a.info[k].boost = it.boost
		}
		c.a.details[k] = entryDetails{e.n, e.line, e.sources, e.origin, e.reason, e.file}
	}
}

// lendEntries gives a word with a clitic that only phrases hold the entry of its root: it
// would be found as the root if no phrase held it.
func (c *compiler) lendEntries() {
	const function = wordNegator | wordBoost | wordContrast
	for w := range uint32(len(c.items)) {
		it := &c.items[w]
		if it.entry >= 0 || it.flags != 0 || it.alias != 0 || it.marks != itemUsed {
			continue
		}
		if root, ok := c.root(w); ok && root.flags&function == 0 {
			c.items[w].entry = root.entry
		}
	}
}

// name writes "~" and the words of an entry.
func (c *compiler) name(words []uint32) span {
	start := len(c.text)
	mark := byte('~')
	for _, w := range words {
		c.text = append(append(c.text, mark), c.spelling(w)...)
		mark = ' '
	}
	return span{start: uint32(start), size: uint16(len(c.text) - start)}
}

// mood returns what an entry with weights w does to a topic.
func (w pair) mood() entryFlags {
	switch {
	case w.pol <= -sternFault:
		return entryFault
	case w.pol >= plainFault:
		return entryPraise
	}
	return 0
}

// isWord reports whether w does not stand for a class of tokens.
func (c *compiler) isWord(w uint32) bool {
	s := c.spelling(w)
	return s[0] != '<' || !slices.Contains(classWords[:], string(s))
}

func (c *compiler) entryFlags(e *entryRow, it *item, words []uint32, negated pair) (flags entryFlags) {
	learned := c.strings[e.origin] == "learned"
	if len(words) > 1 && !learned && c.items[words[0]].flags&wordNegator != 0 {
		flags |= entryClosed
	}
	if it.flags&wordExpletive != 0 {
		flags |= entryExpletive
	}
	switch {
	case !slices.ContainsFunc(words, c.isWord):
		flags |= entryContext
	case it.marks&itemFact == 0 && (len(words) == 1 || !learned): // neither its own cause nor a learned phrase, which often holds the topic
		flags |= e.weight.mood() | negated.mood()<<ruleNegated
	}
	return flags
}

// turned returns the negated weights of an entry: learned ones, or a share of
// its own turned round.
func (it *item) turned(own pair, share [2]float64) pair {
	if it.marks&itemNegated != 0 {
		return it.negated
	}
	by := share[0]
	if own.pol < 0 {
		by = share[1]
	}
	return pair{int8(math.Round(-by * float64(own.pol))), own.sub}
}

// fileWords numbers the words that a text may contain: after others numbers, then words
// that are silent and, at last, the forms that stand for several words.
func (c *compiler) fileWords() {
	heat := make([]int32, len(c.items))
	for i := range c.items {
		if heat[i] = c.items[i].hot; c.items[i].marks&itemUsed == 0 {
			heat[i] = -1
		}
	}
	order := hotFirst(heat)
	n := 1 + len(order) + len(c.silent) + len(c.alias)
	c.a.words = make([]word, 1, n)
	c.a.names = make([]span, 1, n)
	c.a.boosts = make([]uint8, n)
	c.a.words[0].entry = -1
	c.forms = make([]filed, 0, n)
	for i := range c.items {
		c.items[i].number = 0
	}
	c.number(order, false)
	c.odd = uint32(len(c.a.words))
	c.number(order, true)
	c.special = uint32(len(c.a.words))
	for _, s := range c.silent {
		it := c.word(s)
		it.number = c.add(it, word{entry: -1, flags: wordSilent})
		c.file(it, it.number)
	}
}

// number numbers words, those of digits only or all others.
func (c *compiler) number(order []uint32, digits bool) {
	for _, i := range order {
		it := &c.items[i]
		if it.flags&wordSilent != 0 || isNumber(c.spelling(i)) != digits {
			continue
		}
		it.number = c.add(it, c.properties(it))
		c.a.boosts[it.number] = it.boost
		if it.alias == 0 {
			c.file(it, it.number)
		}
	}
}

// isNumber reports whether a form has digits only.
func isNumber(form []byte) bool {
	return !slices.ContainsFunc(form, func(b byte) bool { return b < '0' || b > '9' })
}

// add numbers a word.
func (c *compiler) add(it *item, w word) uint32 {
	n := uint32(len(c.a.words))
	c.a.words = append(c.a.words, w)
	c.a.names = append(c.a.names, it.span())
	return n
}

// file lets the form of an item lead to a word.
func (c *compiler) file(it *item, word uint32) {
	c.forms = append(c.forms, filed{hash: it.hash, word: word})
	if form := c.text[it.last : it.last+uint32(it.size)]; len(form) > 1 && (class[form[0]] != classWord || form[1] == '_') {
		c.a.emoticons[twoLetters(form[0], form[1])] = true
	}
}

func (c *compiler) properties(it *item) word {
	w := word{entry: it.entry, extra: it.roles, flags: it.flags}
	if it.roles != 0 && c.a.roles[it.roles] != onlyAsks { // which is looked at afterwards, and rarely
		w.flags |= wordCauses | wordRoot
	}
	if it.entry >= 0 {
		if c.a.info[it.entry].flags&entryContext != 0 {
			w.flags |= wordContext
		}
		if p := c.a.info[it.entry].weights[0].pol; p >= rootPolarity || p <= -rootPolarity {
			w.flags |= wordRoot
		}
	}
	return w
}

// rootPolarity is the size of the polarity from which affixes may be stripped
// down to a word.
const rootPolarity = 12

// filePhrases builds the paths over word numbers. An item comes after the one that
// it goes on from.
func (c *compiler) filePhrases() {
	heat := make([]int32, len(c.items))
	for i := range c.items {
		it := &c.items[i]
		heat[i] = -1
		if it.from == 0 || c.items[it.last].number == 0 || c.items[it.from].number == 0 && heat[it.from] < 0 {
			continue // no text may contain it
		}
		heat[i] = 0
		if it.entry >= 0 {
			heat[i] = c.a.details[it.entry].n
		}
	}
	for i := len(heat) - 1; i > 0; i-- {
		if from := c.items[i].from; heat[i] >= 0 && c.items[from].from != 0 {
			heat[from] = max(heat[from], heat[i])
		}
	}
	order := hotFirst(heat)
	c.a.trie = newTrie(len(order))
	for _, i := range order {
		it := &c.items[i]
		from, last := &c.items[it.from], &c.items[it.last]
		it.number = c.a.trie.put(node{from: from.number, word: last.number, entry: it.entry, roles: it.roles})
		if from.from == 0 {
			c.a.words[from.number].flags |= wordStarts
			c.a.words[last.number].flags |= wordContinues
		}
	}
}

// fileAliases files slang under its standard words.
func (c *compiler) fileAliases() {
	for i := range c.items {
		it := &c.items[i]
		if it.alias == 0 {
			continue
		}
		to := c.alias[it.alias]
		if len(to) == 1 {
			c.file(it, c.items[to[0]].number)
			continue
		}
		c.file(it, c.add(it, word{entry: -1, flags: wordExpands, extra: uint16(len(c.a.expand))}))
		c.a.expand = append(c.a.expand, uint32(len(to)))
		for _, x := range to {
			c.a.expand = append(c.a.expand, c.items[x].number)
		}
	}
}

// fileAffixes saves the affixes, and marks the words that are known without an
// entry.
func (c *compiler) fileAffixes() {
	for _, s := range c.silent {
		it := c.word(s)
		it.marks |= itemUsed
		it.flags |= wordSilent
	}
	for _, s := range classWords {
		c.word(s).marks |= itemUsed
	}
	x := affixes{clitics: c.saved(c.clitics), suffixes: c.saved(c.suffix), starts: new([1 << 10]uint32), ends: new([1 << 10]uint32)}
	for _, p := range c.prefix {
		x.prefixes = append(x.prefixes, prefix{c.save(p[0]), c.save(p[1])})
	}
	for y := range byte(32) {
		for k, p := range c.prefix {
			x.starts[twoLetters(p[0][0], append([]byte(p[0]), y)[1])] |= 1 << k
		}
		for k, s := range slices.Concat(c.clitics, c.suffix) {
			last := append([]byte{y}, s...)
			x.ends[twoLetters(last[len(last)-2], last[len(last)-1])] |= 1 << k
		}
	}
	c.a.affixes = x
}

// save adds s, or its first 65535 bytes, to the text.
func (c *compiler) save(s string) span {
	start := len(c.text)
	c.text = append(c.text, s[:min(len(s), math.MaxUint16)]...)
	return span{start: uint32(start), size: uint16(len(c.text) - start)}
}

func (c *compiler) saved(list []string) []span {
	spans := make([]span, len(list))
	for i, s := range list {
		spans[i] = c.save(s)
	}
	return spans
}

// fileDenied lists the words of the deny list.
func (c *compiler) fileDenied() {
	for i := range c.items {
		if it := &c.items[i]; it.marks&itemDenied != 0 {
			c.a.deny = append(c.a.deny, it.span())
		}
	}
	text := func(s span) []byte { return c.text[s.start : s.start+uint32(s.size)] }
	slices.SortFunc(c.a.deny, func(x, y span) int { return bytes.Compare(text(x), text(y)) })
}

// fileModel fills in the numbers of the scorer.
func (c *compiler) fileModel() {
	n := c.numbers
	m := &model{
		bias:     Weights{n["bias_polarity"], n["bias_subjectivity"]},
		evidence: n["evidence"], emphasis: n["capitals"],
		prior: n["prior"],
		odd:   c.odd, special: c.special, sum: c.sum.sum, release: c.save(c.release),
	}
	for i, to := range [...]*uint32{&m.number, &m.address, &m.bang, &m.question, &m.handle, &m.dots} {
		*to = c.word(classWords[i]).number
	}
	c.a.model = m
}

// classWords are the words that stand for classes of tokens.
var classWords = [...]string{"<num>", "<url>", "<!>", "<?>", "<@>", "<...>"}
