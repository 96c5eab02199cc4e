package sentiment

import "slices"

// match is one entry found in a text.
type match struct {
	start, end int32
	entry      int32
	last       int32   // its last token
	value      float32 // how much the entry counts: 1, changed by emphasis and repetition
	rule       rules
	size       uint8 // in tokens
	negators   uint8 // tokens that negate it, where rule says so
	boosters   uint8 // tokens that intensify or diminish it, where rule says so
	negator    int32 // the first of the negators
	booster    int32 // the last of the boosters
}

// first returns its first token.
func (m *match) first() int32 { return m.last - int32(m.size) + 1 }

type rules uint8

const (
	ruleNegated rules = 1 << iota // the lowest, because it is an index as well
	ruleIntensified
	ruleDiminished
	ruleCaps
	ruleRepeated
	ruleIronic
	ruleOutweighed
)

// The reach of words that change others, in words.
const (
	negationReach  = 3 // of most negators
	intensifyReach = 2
	echoWindow     = 16 // matches that are searched for the same entry
)

// none is a token before all texts, out of reach of their first.
const none = -max(negationReach, intensifyReach) - 1

// clause is where a token stands.
type clause struct {
	negator  int32 // token of the open negator, or none
	opened   int32 // first token of the clause
	sentence int32 // first token of the sentence
}

// scope is what the words before the current one do to it.
type scope struct {
	clause
	reach   int     // of the negator, in words
	turned  int8    // polarity of the first entry that it turned
	booster int     // last token of the last intensifier, or none
	oath    bool    // it is an expletive
	words   uint8   // of it
	boost   float32 // its factor
	since   int     // first token whose match a following intensifier may raise
	taken   int     // tokens before it belong to an entry
	plain   int     // from this token on nothing is open but an entry
	denial  denial  // the last one
	earlier int     // from this token on the text speaks of the past, or concedes, or none
}

// denial is the tokens of words that say something of what starts at their end: that a
// complaint is not there, as "tidak ada" does, or that praise is lacking, as "kurang" does.
type denial struct {
	first, end    int
	absent, lacks bool
}

// turns reports whether it turns an entry of a polarity round.
func (d *denial) turns(pol int8) bool { return d.absent && pol <= -sternFault || d.lacks && pol > 0 }

// match cuts the tokens of sc into entries, longest first, and finds causes. Most
// tokens are an entry by themselves, or nothing, with nothing open before them:
// they take few branches that a text can surprise.
func (a *Analyzer) match(sc *scratch) {
	s := scope{clause: clause{negator: none}, booster: none, denial: denial{end: none}, earlier: none}
	sc.tokens = append(sc.tokens, token{flags: tokenBreak}) // so that every token has a next one
	tokens := sc.tokens
	sc.tokens = tokens[:len(tokens)-1]
	sc.matches = slices.Grow(sc.matches[:0], len(tokens))
	words, pairs := a.words, a.trie.pairs
	next := &words[tokens[0].word]
	for i := range sc.tokens {
		t, after, w := &tokens[i], tokens[i+1].word, next
		next = &words[after]
		sc.votes[w.flags/wordIndonesian&7]++
		pair := pairs.has(pairHash(t.word, after), w.flags/wordStarts&(next.flags/wordContinues))
		if t.flags&tokenBreak != 0 {
			s.cut(sc, i)
			s.sentence = int32(i)
		}
		if w.flags&wordActs != 0 || t.flags&tokenCaps != 0 || i < s.plain {
			a.step(sc, &s, i, w, pair)
			continue
		}
		entry, last := w.entry, i
		if pair {
			entry, last = a.phrase(sc, &s, i, w)
		}
		if w.flags&wordCauses != 0 {
			a.note(sc, &s, i, i, w.extra)
		}
		if last > i {
			if i >= s.taken {
				s.taken = last + 1
				sc.repeat(sc.found(i, last, entry))
				a.modified(sc, &s, i, last, entry)
			}
			continue
		}
		at := len(sc.matches)
		m := &sc.matches[:at+1][at] // field by field: a copy would wait for its parts to be stored
		m.start, m.end, m.entry, m.last, m.value, m.rule, m.size = t.start, t.end, entry, int32(i), 1, 0, 1
		no := int(entry>>31) | (i-s.taken)>>63 // all bits, or not one: whether there is an entry is anybody's guess
		sc.matches = sc.matches[:at+1+no]
		heard, bit := &sc.heard[entry>>6&3], uint64(1+no)<<(entry&63)
		if *heard&bit != 0 {
			sc.repeat(m)
		} else {
			*heard |= bit
		}
	}
	a.blames(sc)
	a.irony(sc)
}

// strongPraise is the polarity, in sixteenths, of praise that irony turns round.
const strongPraise = 24

// ironicTokens bounds the texts in which irony is looked for: in a long one,
// praise and complaint are more likely both meant.
const ironicTokens = 12

// pauses reports whether the token after the byte end follows a comma or stop, and sets
// nothing against what came before.
func (a *Analyzer) pauses(sc *scratch, end int32) bool {
	for i := range sc.tokens {
		if t := &sc.tokens[i]; t.start >= end {
			return t.flags&(tokenComma|tokenBreak) != 0 && a.words[t.word].flags&wordContrast == 0
		}
	}
	return false
}

// irony turns the opening praise of "mantap, 3 minggu belum sampai" round: the
// text states a fault as a fact and has nothing else good to say.
func (a *Analyzer) irony(sc *scratch) {
	if !sc.fact || len(sc.matches) < 2 || len(sc.tokens) > ironicTokens {
		return
	}
	opening := &sc.matches[0]
	if !a.pauses(sc, opening.end) {
		return
	}
	if opening.rule&ruleNegated != 0 || a.info[opening.entry].weights[0].pol < strongPraise {
		return
	}
	for i := 1; i < len(sc.matches); i++ {
		m := &sc.matches[i]
		if m.rule&ruleNegated == 0 && a.info[m.entry].weights[0].pol >= plainFault {
			return
		}
	}
	opening.rule |= ruleNegated | ruleIronic
}

// cut ends the clause before token i.
func (s *scope) cut(sc *scratch, i int) {
	s.negator, s.booster, s.since = none, none, i
	s.begin(sc, i)
}

// begin lets a clause start at token i.
func (s *scope) begin(sc *scratch, i int) {
	s.opened = int32(i)
	sc.tokens[i].flags |= tokenOpens
}

// step handles what starts at token i, whatever is open.
func (a *Analyzer) step(sc *scratch, s *scope, i int, w *word, pair bool) {
	t := &sc.tokens[i]
	if i-int(s.negator) > s.reach || t.flags&tokenComma != 0 {
		s.negator = none
	}
	entry, last := w.entry, i
	if pair {
		entry, last = a.phrase(sc, s, i, w)
	}
	if w.flags&wordCauses != 0 {
		a.note(sc, s, i, i, w.extra)
	}
	if i >= s.taken {
		if last == i && w.flags&(wordNegator|wordBoost|wordContrast) != 0 {
			a.modify(sc, s, i, w)
		}
		if entry >= 0 {
			a.hit(sc, s, i, last, w, entry)
			a.take(sc, s, i, last, w, entry)
		}
	}
	s.plain = max(s.denial.end+1, int(s.negator)+s.reach+1, s.booster+intensifyReach+1)
}

// take notes that the entry at tokens i to last is a match.
func (a *Analyzer) take(sc *scratch, s *scope, i, last int, w *word, entry int32) {
	s.taken = last + 1
	if last > i || w.flags&wordExpletive != 0 {
		a.modified(sc, s, i, last, entry)
	}
	if last > i && w.flags&wordNegator != 0 {
		s.negator, s.reach, s.turned = int32(i), negationReach, 0
		if a.info[entry].flags&entryClosed != 0 {
			s.negator = none
		}
	}
}

// modified lets the phrase or expletive at tokens first to last, which is the last match,
// intensify or diminish what stands beside it.
func (a *Analyzer) modified(sc *scratch, s *scope, first, last int, entry int32) {
	e := &a.info[entry]
	if e.boost == 0 {
		return
	}
	s.booster, s.words, s.boost, s.oath = last, uint8(last-first+1), float32(e.boost)/100, e.flags&entryExpletive != 0
	s.plain = max(s.plain, last+intensifyReach+1)
	if !s.oath || sc.tokens[first].flags&tokenComma != 0 {
		return
	}
	at := len(sc.matches) - 1
	if p := a.before(sc, s, at); p != nil && first-int(p.last) <= intensifyReach && a.stressed(p, e.weights[0].pol) {
		sc.matches = sc.matches[:at]
		sc.emphasise(p, s.boost, last, s.words)
		s.booster = none
	}
}

// stressed reports whether an expletive, with a polarity of its own, only stresses the match
// that it stands beside, because it says the opposite or nothing: "enak parah", "damn good",
// "mahal luar biasa".
func (a *Analyzer) stressed(m *match, own int8) bool {
	pol := int(a.info[m.entry].weights[m.rule&ruleNegated].pol)
	return max(pol, -pol) >= plainFault && pol*int(own) <= 0
}

// stress lets the intensifier before the last match, at token i, act on it. An expletive that
// does is nothing else.
func (a *Analyzer) stress(sc *scratch, s *scope, i int) {
	at := len(sc.matches) - 1
	m := &sc.matches[at]
	if s.oath {
		if at == 0 || int(sc.matches[at-1].last) != s.booster || !a.stressed(m, a.info[sc.matches[at-1].entry].weights[0].pol) ||
			sc.marked(int32(s.booster+1), int32(i), tokenComma|tokenBreak) {
			return
		}
		sc.matches[at-1] = *m
		sc.matches = sc.matches[:at]
		m = &sc.matches[at-1]
	}
	sc.emphasise(m, s.boost, s.booster, s.words)
}

// phrase returns the longest entry that starts at token i and its last token. Causes
// that end on the way are noted.
func (a *Analyzer) phrase(sc *scratch, s *scope, i int, w *word) (entry int32, last int) {
	entry, last = w.entry, i
	at, follow := sc.tokens[i].word, ^uint16(0)
	for j := i + 1; j < len(sc.tokens); j++ {
		t := &sc.tokens[j]
		if t.flags&tokenBreak != 0 || follow&followBit(t.word) == 0 {
			break
		}
		if at = a.trie.next(at, t.word, pairHash(at, t.word)); at == 0 {
			break
		}
		if w.flags&wordContrast != 0 {
			s.begin(sc, i) // also where it starts an entry, as in "padahal sinyal bagus"
		}
		n := a.trie.node(at)
		if n.entry >= 0 {
			entry, last = n.entry, j
		}
		if n.roles != 0 {
			a.note(sc, s, i, j, n.roles)
		}
		follow = n.follow
	}
	return entry, last
}

// modify lets negators, intensifiers and contrast words do their work.
func (a *Analyzer) modify(sc *scratch, s *scope, i int, w *word) {
	switch {
	case w.flags&wordNegator != 0:
		if s.negator >= 0 && s.turned == 0 && sc.tokens[i].flags&tokenJoined == 0 {
			s.negator = none // two negators cancel out
			return
		}
		s.negator, s.reach, s.turned = int32(i), int(a.boosts[sc.tokens[i].word]), 0
	case w.flags&wordContrast != 0:
		s.cut(sc, i)
	default:
		boost := float32(a.boosts[sc.tokens[i].word]) / 100
		s.booster, s.words, s.boost, s.oath = i, 1, boost, false
		if w.flags&wordAfter == 0 {
			return
		}
		if m := a.before(sc, s, len(sc.matches)); m != nil && i-int(m.last) <= intensifyReach {
			sc.emphasise(m, boost, i, 1)
			s.booster = none
		}
	}
}

// before returns the last match before match at in its clause, nil when there is none.
func (a *Analyzer) before(sc *scratch, s *scope, at int) *match {
	for k := at - 1; k >= 0; k-- {
		m := &sc.matches[k]
		if int(m.first()) < s.since {
			break
		}
		if a.info[m.entry].flags&entryContext == 0 {
			return m
		}
	}
	return nil
}

// emphasise changes what an entry counts, once: "bagus banget banget banget" is
// not more than "bagus banget". What does it are some words up to token by.
func (sc *scratch) emphasise(m *match, factor float32, by int, words uint8) {
	if m.rule&(ruleIntensified|ruleDiminished) != 0 {
		return
	}
	sc.weight(m, factor)
	m.booster, m.boosters = int32(by), words
	if factor > 1 {
		m.rule |= ruleIntensified
	} else {
		m.rule |= ruleDiminished
	}
}

// found appends the entry at tokens i to last.
func (sc *scratch) found(i, last int, entry int32) *match {
	at := len(sc.matches)
	sc.matches = sc.matches[:at+1]
	m := &sc.matches[at]
	m.start, m.end, m.entry, m.last, m.value, m.rule, m.size = sc.tokens[i].start, sc.tokens[last].end, entry, int32(last), 1, 0, uint8(last-i+1)
	return m
}

// hit appends the entry at tokens i to last, and lets what is open act on it.
func (a *Analyzer) hit(sc *scratch, s *scope, i, last int, w *word, entry int32) {
	m, t := sc.found(i, last, entry), &sc.tokens[i]
	if w.flags&wordContext != 0 && (last == i || a.info[entry].flags&entryContext != 0) {
		sc.contexts++
		return
	}
	if i == s.denial.end && t.flags&(tokenComma|tokenBreak) == 0 && s.denial.turns(a.info[entry].weights[0].pol) {
		m = a.acquit(sc, s, m)
	} else if by := int(s.negator); by < i && i-by <= s.reach && s.agrees(a.info[entry].weights[0].pol) {
		m.rule |= ruleNegated
		m.negator, m.negators = s.negator, 1
		if p := a.before(sc, s, len(sc.matches)-1); p == nil || p.last < s.negator {
			m.start = sc.tokens[s.negator].start
		}
	}
	if t.flags&tokenCaps != 0 {
		m.rule |= ruleCaps
		sc.loud = true
	}
	if i-s.booster <= intensifyReach {
		a.stress(sc, s, i)
	}
	sc.repeat(&sc.matches[len(sc.matches)-1])
}

// agrees reports whether an entry of a polarity is negated like the first one, which it
// remembers: "tidak mahal dan enak" denies no praise.
func (s *scope) agrees(pol int8) bool {
	if max(pol, -pol) < plainFault {
		return true
	}
	if s.turned == 0 {
		s.turned = pol
	}
	return s.turned^pol >= 0
}

// acquit turns the last match m round, because a denial stands before it. A complaint
// takes the place of the denial where that is an entry: "tidak ada penipuan" is one
// statement. It returns the match.
func (a *Analyzer) acquit(sc *scratch, s *scope, m *match) *match {
	last := len(sc.matches) - 2
	if p := a.before(sc, s, last+1); p != nil && p == &sc.matches[last] && int(p.first()) == s.denial.first && a.info[m.entry].weights[0].pol < 0 {
		*p = *m
		sc.matches = sc.matches[:last+1]
		m = p
	}
	m.rule |= ruleNegated
	m.negator, m.negators = int32(s.denial.first), uint8(s.denial.end-s.denial.first)
	m.start = sc.tokens[s.denial.first].start
	return m
}

// past is the bytes of a text that speak of what is over.
type past struct{ start, end int32 }

const (
	outweighedShare = 0.3 // what an entry counts that speaks of the past or concedes
	outweighReach   = 24  // words that past and present may be apart to be set against each other
)

// outweigh lets what was so once, or is conceded, count less where the text comes to what is
// so now, at token i: "dulu sering eror, sekarang lancar", "sering eror, tapi sekarang
// lancar", "walaupun mahal, tetap enak". It is over, or still so.
func (a *Analyzer) outweigh(sc *scratch, s *scope, i int, over bool) {
	from := s.earlier
	if i > 0 && a.words[sc.tokens[i-1].word].flags&wordContrast != 0 && (from < 0 || from > int(s.sentence)) {
		from = int(s.sentence)
	}
	if from < 0 || from == i || i-from > outweighReach {
		return
	}
	for k := len(sc.matches) - 1; k >= 0 && int(sc.matches[k].first()) >= from; k-- {
		if m := &sc.matches[k]; m.rule&ruleOutweighed == 0 {
			sc.weight(m, outweighedShare)
			m.rule |= ruleOutweighed
		}
	}
	if over {
		sc.past = past{sc.tokens[from].start, sc.tokens[i-1].end}
	}
	s.earlier = none
}

// weight lets a match count more or less.
func (sc *scratch) weight(m *match, factor float32) {
	m.value *= factor
	sc.uneven = true
}

// repeat lowers what a match counts when its entry was there before.
func (sc *scratch) repeat(m *match) {
	heard, bit := &sc.heard[m.entry>>6&3], uint64(1)<<(m.entry&63)
	if *heard&bit == 0 {
		*heard |= bit
	} else if k := sc.echoes(len(sc.matches) - 1); k > 0 {
		m.rule |= ruleRepeated
		sc.weight(m, echo[min(k, len(echo)-1)])
	}
}

// echo is the share that the second, third, … occurrence of an entry counts:
// the steps of log2(1+n).
var echo = [...]float32{1, 0.585, 0.415, 0.322, 0.263, 0.222, 0.193, 0.17, 0.152, 0.1}

// echoes counts matches of the same entry and sign not long before match at.
func (s *scratch) echoes(at int) (k int) {
	m := &s.matches[at]
	for i := max(0, at-echoWindow); i < at; i++ {
		p := &s.matches[i]
		if p.entry == m.entry && (p.rule^m.rule)&ruleNegated == 0 {
			k++
		}
	}
	return k
}
