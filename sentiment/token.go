package sentiment

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one word, mark or emoji of a text.
type token struct {
	start, end int32  // bytes of the original text
	word       uint32 // 0 when unknown
	flags      tokenFlags
}

type tokenFlags uint8

const (
	tokenCaps   tokenFlags = 1 << iota // written in capitals
	tokenBreak                         // a clause ended before it
	tokenComma                         // a comma stands before it
	tokenJoined                        // came from the same surface form as the one before
	tokenMark                          // punctuation, number or address: no word
	tokenPlain                         // ASCII letters and digits only
	tokenOpens                         // a clause starts with it
)

// The classes of bytes.
const (
	classSpace = iota
	classWord
	classBreak
	classComma
	classMark
	classAt
	classAngle
	classHigh
	classOther
)

var class = func() (c [256]uint8) {
	for b := range c {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9':
			c[b] = classWord
		case b == '!' || b == '?':
			c[b] = classMark
		case strings.IndexByte(".;\n", byte(b)) >= 0:
			c[b] = classBreak
		case strings.IndexByte(",:()[]{}|/\"", byte(b)) >= 0:
			c[b] = classComma
		case b == '@':
			c[b] = classAt
		case b == '<':
			c[b] = classAngle
		case b >= 0x80:
			c[b] = classHigh
		case b == ' ' || b == '\t' || b == '\r':
			c[b] = classSpace
		default:
			c[b] = classOther
		}
	}
	return c
}()

// endings are the signs after a word that may belong to it, with the sizes that the
// word must have for that, a bit each: an apostrophe, a letter outside ASCII, the
// start of an address.
var endings = func() (t [256]uint8) {
	t['\''] = 0xff
	t['.'] = 1 << len("www")
	t['_'] = 1 << len("T")
	t[':'] = 1<<len("http") | 1<<len("https")
	for b := 0x80; b < len(t); b++ {
		t[b] = 0xff
	}
	return t
}()

// pauses are what signs do to the next word where they are no part of something else:
// tokenPlain where that is nothing, and tokenJoined as well where a sign may join the word
// before it to another. Signs that always are something else have none.
var pauses = func() (t [256]tokenFlags) {
	for b := range t {
		switch class[b] {
		case classBreak:
			t[b] = tokenBreak
		case classComma:
			t[b] = tokenComma
		case classSpace, classOther:
			t[b] = tokenPlain
		}
	}
	for _, b := range "'_:" {
		t[b] |= tokenJoined
	}
	t['['] = 0
	return t
}()

// tokenise fills sc.tokens with the words of text.
func (a *Analyzer) tokenise(sc *scratch, text string) {
	sc.load(text)
	a.cut(sc, text)
	a.look(sc)
	if a.settle(sc) >= a.model.special {
		a.unfold(sc)
	}
}

// settle finds the words behind unknown forms, and numbers. The words of signs are
// known. It returns the greatest number of all these words.
func (a *Analyzer) settle(sc *scratch) (greatest uint32) {
	for _, n := range sc.noted {
		if t := &sc.tokens[n]; t.flags&tokenPlain != 0 {
			t.shout(sc.text)
			t.word = a.resolve(sc, t)
			greatest = max(greatest, t.word)
		}
	}
	for _, s := range sc.signs {
		sc.tokens[s.token].word = s.word
		greatest = max(greatest, s.word)
	}
	if sc.digits {
		a.digits(sc)
	}
	return greatest
}

// maxDigits is the length of the numbers that may be words of their own.
const maxDigits = 3

// digits gives a short number its own word where the lexicon knows it beside a neighbour,
// and no number there: of "bintang 1" and "bintang 5", only the digit says which is praise.
func (a *Analyzer) digits(sc *scratch) {
	number := a.model.number
	word := func(n int) uint32 {
		if n < 0 || n >= len(sc.tokens) {
			return 0
		}
		return sc.tokens[n].word
	}
	own := func(n int) uint32 {
		if word(n) != number || sc.tokens[n].end-sc.tokens[n].start > maxDigits {
			return 0
		}
		return a.table.find(hashOf(sc.text[sc.tokens[n].start:sc.tokens[n].end]))
	}
	for _, k := range sc.noted {
		n := int(k)
		w, before, after := own(n), word(n-1), word(n+1)
		if (a.pair(before, w) || a.pair(w, after) || a.pair(w, own(n+1))) && !a.pair(before, number) && !a.pair(number, after) {
			sc.tokens[n].word = w
		}
	}
}

// pair reports whether a phrase starts with two words, or consists of them.
func (a *Analyzer) pair(first, second uint32) bool {
	return first != 0 && second != 0 && a.trie.next(first, second, pairHash(first, second)) != 0
}

// resolve finds the word of a token that needs a closer look.
func (a *Analyzer) resolve(sc *scratch, t *token) uint32 {
	if form := sc.text[t.start:t.end]; form[0] <= '9' && isNumber(form) {
		t.flags ^= tokenPlain | tokenMark
		sc.marks++
		sc.digits = sc.digits || len(form) <= maxDigits
		return a.model.number
	} else if len(form) >= longWord || len(a.table.rest) > 0 {
		t.word = a.table.find(sc.hash(t))
	}
	if t.word != 0 {
		return t.word
	}
	return a.unseen(sc, int(t.start), int(t.end))
}

// gapAt reads one sign at i, which is no letter or digit.
func (a *Analyzer) gapAt(sc *scratch, text string, i int, gap *tokenFlags) int {
	switch class[text[i]] {
	case classSpace:
		return i + 1
	case classMark:
		return a.markAt(sc, text, i, gap)
	case classBreak:
		return a.breakAt(sc, text, i, gap)
	case classAt:
		return a.handleAt(sc, text, i, gap)
	case classHigh:
		return a.runeAt(sc, text, i, gap)
	}
	return a.signAt(sc, text, i, gap)
}

// mayJoin reports whether a sign after a word of a size may belong to it.
func mayJoin(sign byte, size int) bool { return endings[sign]>>(uint(size)&7)&1 != 0 }

// joined reads a word that goes on after a sign, or an address, and returns the
// end of it. It returns end when the word simply ends there.
func (a *Analyzer) joined(sc *scratch, text string, i, end int, gap *tokenFlags) int {
	switch {
	case end == len(text):
		return end
	case text[end] == '\'' || text[end] >= 0x80:
		if wordRune(text, end) > end {
			return a.foldedWord(sc, text, i, gap)
		}
	case text[end] == '_': // T_T
		return max(end, a.emoticonAt(sc, text, i, gap))
	case end-i <= 5 && isAddress(text, i, end):
		return a.addressAt(sc, text, i, gap)
	}
	return end
}

// unfold puts the words that a surface form stands for in its place. The clitic
// nya, where it is written apart, belongs to the word before it.
func (a *Analyzer) unfold(sc *scratch) {
	n, special := 0, a.model.special
	for n < len(sc.tokens) && sc.tokens[n].word < special {
		n++
	}
	from := append(sc.folded[:0], sc.tokens[n:]...)
	sc.folded, sc.tokens = from, sc.tokens[:n]
	for _, t := range from {
		if t.word < special {
			sc.tokens = append(sc.tokens, t)
			continue
		}
		switch w := &a.words[t.word]; {
		case w.flags&wordSilent != 0:
			counted := false // with the span of the word before it
			if n := len(sc.tokens); n > 0 && t.flags&tokenBreak == 0 {
				sc.tokens[n-1].end = t.end
				counted = sc.tokens[n-1].flags&tokenPlain != 0
			}
			if !counted {
				sc.count(&t)
			}
		case w.flags&wordExpands != 0:
			for _, x := range a.expansion(w) {
				t.word = x
				sc.tokens = append(sc.tokens, t)
				t.flags = tokenJoined
			}
		}
	}
}

// expansion returns the words that w stands for.
func (a *Analyzer) expansion(w *word) []uint32 {
	at := uint32(w.extra) + 1
	return a.expand[at : at+a.expand[w.extra]]
}

// sign is a token that was no run of letters and digits, and its word.
type sign struct {
	token int32
	word  uint32
}

// add adds a sign.
func (s *scratch) add(t token) {
	s.signs = append(s.signs, sign{int32(len(s.tokens)), t.word})
	s.tokens = append(s.tokens, t)
}

// mark adds a token that is no word.
func (s *scratch) mark(t token) {
	t.flags |= tokenMark
	s.marks++
	s.add(t)
}

// count counts the letters of a token for [scratch.shouts].
func (s *scratch) count(t *token) {
	if t.flags&tokenPlain == 0 {
		return
	}
	for i, end := int(t.start), int(t.end); i < end; i += 8 {
		x := eightAt(s.text, i)
		letters := x & wordBits & masks[min(end-i, 8)].head
		small := letters & (x & caseBits << 1)
		s.lower += bits.OnesCount64(small)
		s.upper += bits.OnesCount64(letters &^ small)
	}
}

// markAt reads a run of ! and ?.
func (a *Analyzer) markAt(sc *scratch, text string, i int, gap *tokenFlags) int {
	start, asks := i, false
	for i < len(text) && class[text[i]] == classMark {
		asks = asks || text[i] == '?'
		i++
	}
	w := a.model.bang
	if asks {
		w = a.model.question
	}
	sc.mark(token{int32(start), int32(i), w, *gap})
	*gap = tokenBreak
	return i
}

// breakAt reads an emoticon that winks, the end of a clause, or dots that trail off.
func (a *Analyzer) breakAt(sc *scratch, text string, i int, gap *tokenFlags) int {
	end := a.emoticonAt(sc, text, i, gap)
	if end > i {
		return end
	}
	end++
	for text[i] == '.' && end < len(text) && text[end] == '.' {
		end++
	}
	if end > i+1 {
		sc.mark(token{int32(i), int32(end), a.model.dots, *gap})
	}
	*gap |= tokenBreak
	return end
}

// signAt reads an emoticon, or passes over one sign.
func (a *Analyzer) signAt(sc *scratch, text string, i int, gap *tokenFlags) int {
	if closing := closings[text[i]]; closing != 0 {
		if end := strings.IndexByte(text[i:min(len(text), i+10)], closing); end > 0 && placeholders[text[i+1:i+end]] {
			return a.placeholder(sc, text, i, i+end+1, gap)
		}
	}
	if end := a.emoticonAt(sc, text, i, gap); end > i {
		return end
	}
	if class[text[i]] == classComma {
		*gap |= tokenComma
	}
	return i + 1
}

// emoticonAt reads the longest emoticon at i and returns its end, or i.
func (a *Analyzer) emoticonAt(sc *scratch, text string, i int, gap *tokenFlags) int {
	if !a.emoticons[twoLetters(text[i], sc.text[i+1])] ||
		i > 0 && class[text[i-1]] == classWord && text[i] != '<' && text[i] != ':' {
		return i
	}
	for n := min(4, len(text)-i); n >= 2; n-- {
		last := text[i+n-1]
		if last == 0 || class[last] == classWord && class[sc.text[i+n]] == classWord {
			continue // a zero byte is no part of a form, and the hash does not see it; "lama:desain" is no smile
		}
		for k := range n {
			sc.alt[k] = lowerByte(text[i+k])
		}
		if w := a.table.find(hashOf(sc.alt[:n])); w != 0 {
			sc.add(token{int32(i), int32(i + n), w, *gap | tokenComma}) // no word before it negates it
			*gap = tokenComma
			return i + n
		}
	}
	return i
}

// closings are the signs that end what redaction leaves behind.
var closings = [256]byte{'<': '>', '[': ']'}

// placeholders are what redaction writes for personal data. They are no words.
var placeholders = map[string]bool{"url": true, "num": true, "user": true, "email": true, "phone": true,
	"order": true, "account": true, "nik": true, "card": true}

// placeholder reads <url>, [phone] and the like.
func (a *Analyzer) placeholder(sc *scratch, text string, start, end int, gap *tokenFlags) int {
	w := uint32(0)
	switch text[start+1 : end-1] {
	case "url", "email":
		w = a.model.address
	case "num", "phone", "order", "account", "nik", "card":
		w = a.model.number
	case "user":
		w = a.model.handle
	}
	sc.mark(token{int32(start), int32(end), w, *gap})
	*gap = 0
	return end
}

// runeAt reads an emoji or a word that starts with a letter outside ASCII.
func (a *Analyzer) runeAt(sc *scratch, text string, i int, gap *tokenFlags) int {
	r, n := utf8.DecodeRuneInString(text[i:])
	switch {
	case r == utf8.RuneError && n <= 1, widthless(r), r >= 0x1f3fb && r <= 0x1f3ff:
		return i + n
	case isLetter(r):
		return a.foldedWord(sc, text, i, gap)
	case r == '…':
		sc.mark(token{int32(i), int32(i + n), a.model.dots, *gap})
		*gap |= tokenBreak
		return i + n
	case r == '。':
		*gap |= tokenBreak
		return i + n
	case unicode.IsSpace(r), unicode.IsPunct(r):
		return i + n
	}
	sc.add(token{int32(i), int32(i + n), a.table.find(hashOf(text[i : i+n])), *gap | tokenComma})
	*gap = tokenComma
	return i + n
}

// foldedWord reads a word with letters outside ASCII or an apostrophe.
func (a *Analyzer) foldedWord(sc *scratch, text string, start int, gap *tokenFlags) int {
	end, n := start, 0
	for end < len(text) {
		if class[text[end]] == classWord {
			if n < foldMax {
				sc.alt[n] = lowerByte(text[end])
				n++
			}
			end++
			continue
		}
		next := wordRune(text, end)
		if next == end {
			break
		}
		r, _ := utf8.DecodeRuneInString(text[end:])
		n = foldRune(&sc.alt, n, r)
		end = next
	}
	w := a.table.find(hashOf(sc.alt[:n]))
	if w == 0 && n < foldMax {
		w = a.variants(sc, sc.alt[:n])
	}
	sc.lower += n
	sc.add(token{int32(start), int32(end), w, *gap})
	*gap = 0
	return end
}

// wordRune returns the end of the rune at i when a word may go on with it.
func wordRune(text string, i int) int {
	if text[i] == '\'' {
		if i > 0 && i+1 < len(text) && class[text[i-1]] >= classWord && class[text[i+1]] == classWord && text[i-1] != ' ' {
			return i + 1
		}
		return i
	}
	if text[i] < 0x80 {
		return i
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	if n > 1 && (isLetter(r) || widthless(r) || r == '’' && i+n < len(text) && class[text[i+n]] == classWord ||
		r == '²' && i > 0 && class[text[i-1]] == classWord) { // lama² is lama2
		return i + n
	}
	return i
}

// widthless reports whether a rune adds no letter to the word it stands in: a combining
// mark, a joiner, a soft hyphen.
func widthless(r rune) bool { return unicode.In(r, unicode.M, unicode.Cf) }

func isLetter(r rune) bool {
	return r >= 0xaa && r < 0x2000 && unicode.IsLetter(r) || r > 0x2e80 && unicode.IsLetter(r)
}

// handleAt reads @name. The name is nobody's opinion, but to address somebody is a
// habit of those who have one.
func (a *Analyzer) handleAt(sc *scratch, text string, start int, gap *tokenFlags) int {
	end := start + 1
	for end < len(text) && (class[text[end]] == classWord || text[end] == '_' || text[end] == '.' && end+1 < len(text) && class[text[end+1]] == classWord) {
		end++
	}
	if end > start+1 {
		sc.mark(token{int32(start), int32(end), a.model.handle, *gap})
		*gap = 0
	}
	return end
}

// isAddress reports whether the word at start opens a link.
func isAddress(text string, start, end int) bool {
	switch end - start {
	case 3:
		return end+1 < len(text) && text[end] == '.' && strings.EqualFold(text[start:end], "www")
	case 4, 5:
		return strings.HasPrefix(text[end:], "://")
	}
	return false
}

func (a *Analyzer) addressAt(sc *scratch, text string, start int, gap *tokenFlags) int {
	end := start
	for end < len(text) && class[text[end]] != classSpace && text[end] != '\n' {
		end++
	}
	sc.mark(token{int32(start), int32(end), a.model.address, *gap})
	*gap = 0
	return end
}
