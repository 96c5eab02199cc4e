package sentiment

import (
	"math/bits"
	"slices"

	"pantau/brand"
)

// causeRoles are sets of causes, a bit each, that a word or phrase plays a part
// in. A direct phrase is evidence by itself; a topic is evidence together with
// a fault nearby; an expectation is a fault when it is negated or lacking.
//
// The bit of [brand.Unexplained] says what a phrase does to all causes: in direct,
// that its words are no evidence; in topic, that it asks; in fault, that what
// follows is absent; in expected, that what follows is lacking.
type causeRoles struct {
	direct, topic, fault, expected uint32
	time                           timeRole
}

// timeRole is what a phrase says of the time that is spoken of.
type timeRole uint32

const (
	timeEarlier timeRole = 1 + iota // what follows was so once, was expected or is conceded: "dulu", "kirain", "walaupun"
	timeLater                       // what follows is so now: "sekarang", "ternyata"
	timeStill                       // what follows is so all the same: "tetap"
)

// anyCause is the bit for all causes together.
const anyCause uint32 = 1 << brand.Unexplained

// onlyAsks is what a word does that asks and has no other part.
var onlyAsks = causeRoles{topic: anyCause}

func (r *causeRoles) harmless() bool { return r.direct&anyCause != 0 }
func (r *causeRoles) asks() bool     { return r.topic&anyCause != 0 }
func (r *causeRoles) absent() bool   { return r.fault&anyCause != 0 }
func (r *causeRoles) lacks() bool    { return r.expected&anyCause != 0 }

func (r *causeRoles) add(o *causeRoles) {
	r.direct |= o.direct
	r.topic |= o.topic
	r.fault |= o.fault
	r.expected |= o.expected
	r.time |= o.time
}

// causeRow reads "cause role pattern" lines.
func (lex *lexicon) causeRow(r row) error {
	roles, err := causeRole(r)
	if err != nil {
		return err
	}
	text := normalText(r.field(2))
	if text == "" {
		return r.errorf("no pattern")
	}
	if roles.direct&^anyCause != 0 {
		lex.direct = append(lex.direct, directRow{text, int32(r.line)})
	}
	words := lex.entryWords(text)
	lex.use(words)
	it := lex.at(words)
	if it.roles == 0 {
		it.roles = uint16(len(lex.roles))
		lex.roles = append(lex.roles, causeRoles{})
	}
	lex.roles[it.roles].add(&roles)
	return nil
}

// causeRole reads the role of a row, of one cause or of any.
func causeRole(r row) (roles causeRoles, err error) {
	if r.field(0) == "any" {
		switch r.field(1) {
		case "harmless":
			roles.direct = anyCause
		case "asks":
			roles.topic = anyCause
		case "absent":
			roles.fault = anyCause
		case "lacking":
			roles.expected = anyCause
		case "earlier":
			roles.time = timeEarlier
		case "later":
			roles.time = timeLater
		case "still":
			roles.time = timeStill
		default:
			err = r.errorf("%q is no role for any cause: use harmless, asks, absent, lacking, earlier, later or still", r.field(1))
		}
		return roles, err
	}
	c, err := brand.ParseCause(r.field(0))
	if err != nil {
		return roles, r.errorf("%v", err)
	}
	bit := uint32(1) << c
	switch r.field(1) {
	case "direct":
		roles.direct = bit
	case "topic":
		roles.topic = bit
	case "fault":
		roles.fault = bit
	case "expected":
		roles.expected = bit
	default:
		err = r.errorf("%q is no role of a cause: use direct, topic, fault or expected", r.field(1))
	}
	return roles, err
}

// causeReach is how far apart, in words, topic and fault may stand.
const causeReach = 6

// acrossReach is that of causes whose parts a contrast may set against each other.
const acrossReach = 8

// across are the causes whose two parts a contrast sets against each other:
// "katanya gratis, tapi bayar juga". Those of other causes stand in one clause.
const across uint32 = 1<<brand.BrokenPromise | 1<<brand.NotAsDescribed | 1<<brand.PolicyChange |
	1<<brand.OrderFulfilment | 1<<brand.BillingRefund

// causeState is what is remembered while the causes of a text are found.
type causeState struct {
	negative seen   // the last entry that is negative by its weight whatever it is about
	latest   seen   // the last topic of any cause
	about    uint32 // its causes
	open     uint32 // causes of which a topic may meet a fault
	suspects uint32 // causes that are blamed for want of a better one
	pairs    uint32 // causes whose evidence is a topic and a fault
	harmless int    // tokens before it are no evidence
	lacking  int    // the token that is lacking
	absent   int    // from this token on things are absent
	absence  int    // the token that says so
}

// sightings are the last topic and the last fault of every cause that is open: of the
// others they hold what an earlier text left.
type sightings struct{ topic, fault [32]seen }

// seen is where a role was seen: its last token plus one, so that zero is never.
type seen struct{ token, start, end int32 }

// near reports whether the role stands before token i, in its clause and in reach.
func (r *seen) near(s *clause, i int32) bool { return r.between(max(s.opened, i-causeReach), i) }

// between reports whether the role stands before token i and not before token from.
func (r *seen) between(from, i int32) bool { return r.token > from && r.token <= i }

// meets is near for a role of cause c.
func (r *seen) meets(s *clause, i int32, c int) bool {
	from := max(s.opened, i-causeReach)
	if across>>c&1 != 0 {
		from = max(s.sentence, i-acrossReach)
	}
	return r.between(from, i)
}

// mention is a word or phrase of a text with a part in a cause.
type mention struct {
	clause
	first, last int32 // its tokens
	roles       uint16
}

// note notes the word or phrase from token i to token j.
func (a *Analyzer) note(sc *scratch, s *scope, i, j int, roles uint16) {
	if i >= s.plain {
		s.negator = none
	}
	sc.mentions = append(sc.mentions, mention{s.clause, int32(i), int32(j), roles})
	r := &a.roles[roles]
	sc.parts.add(r)
	switch {
	case j >= s.denial.end && (r.absent() || r.lacks() && s.negator < 0): // of two that start here, the longer
		s.denial = denial{i, j + 1, r.absent(), r.lacks()}
		s.plain = max(s.plain, j+2)
	case r.time == timeEarlier:
		s.earlier = i
	case r.time == timeLater || r.time == timeStill && s.earlier >= 0:
		a.outweigh(sc, s, i, r.time == timeLater)
	}
}

// blames finds the causes in the mentions and moods of a text, in their order, where there
// may be evidence: a mention that is evidence by itself, or a topic and a fault of the same
// cause. Most texts need no closer look.
func (a *Analyzer) blames(sc *scratch) {
	p := &sc.parts
	faults := p.fault | p.expected
	if p.topic&generic != 0 && a.moods(sc) {
		faults |= generic
	}
	open := p.topic & faults &^ anyCause
	if open|p.direct&^anyCause == 0 {
		return
	}
	sc.last = causeState{open: open}
	for m := open; m != 0; m &= m - 1 {
		c := bits.TrailingZeros32(m)
		sc.seen.topic[c].token, sc.seen.fault[c].token = 0, 0
	}
	mentions, moods, next := sc.mentions, sc.moods, 0
	for i := range mentions {
		x := &mentions[i]
		for ; next < len(moods) && moods[next].first < x.first; next++ {
			sc.mood(&moods[next])
		}
		sc.mention(x, &a.roles[x.roles])
	}
	for ; next < len(moods); next++ {
		sc.mood(&moods[next])
	}
	if len(sc.causes) > 0 {
		a.weigh(sc)
	}
}

// mood is a match that can settle a topic: a stern negative entry is a fault of the topic
// before it, a positive one ends it.
type mood struct {
	first, match int32
	flags        entryFlags // entryFault or entryPraise
}

// moods lists the matches that can settle a topic. It reports whether one is a fault: if
// not, the others have nothing to do.
func (a *Analyzer) moods(sc *scratch) bool {
	matches, info := sc.matches, a.info
	list := slices.Grow(sc.moods, len(matches))[:len(matches)]
	n, all := 0, entryFlags(0)
	for i := range matches {
		m := &matches[i]
		flags := info[uint32(m.entry)].flags >> (m.rule & ruleNegated) & (entryFault | entryPraise)
		x := &list[n]
		x.first, x.match, x.flags = m.first(), int32(i), flags
		if flags != 0 {
			n++
		}
		all |= flags
	}
	if all&entryFault == 0 {
		return false
	}
	sc.moods = list[:n]
	return true
}

// mood lets a match play its part.
func (sc *scratch) mood(x *mood) {
	if x.flags == entryFault {
		sc.fault(&sc.matches[x.match])
	} else {
		sc.last.about = 0
	}
}

// mention lets a word or phrase play its part.
func (sc *scratch) mention(x *mention, r *causeRoles) {
	l, s, i, j := &sc.last, &x.clause, int(x.first), int(x.last)
	if r.harmless() {
		l.harmless = max(l.harmless, j+1)
	}
	if i < l.harmless {
		return
	}
	negator := sc.denies(s, i)
	here := seen{int32(j) + 1, sc.tokens[i].start, sc.tokens[j].end}
	if negator < 0 {
		for m := r.direct; m != 0; m &= m - 1 {
			sc.fact = true
			sc.blame(bits.TrailingZeros32(m), here)
		}
	}
	if set := r.topic &^ anyCause; set != 0 {
		sc.topics(s, x.first, here, set)
	}
	faults := r.fault
	if negator < 0 && l.lacking == i && i > 0 {
		negator = i - 1
	}
	if negator >= 0 {
		faults, here.start = r.expected, sc.tokens[negator].start
	}
	if r.lacks() {
		l.lacking = j + 1
	}
	if r.absent() {
		l.absent, l.absence = j+1, i
	}
	for m := faults & l.open; m != 0; m &= m - 1 {
		c := bits.TrailingZeros32(m)
		sc.seen.fault[c] = here
		if t := sc.seen.topic[c]; t.meets(s, x.first, c) {
			sc.pair(c, t, here)
		}
	}
}

// denies returns the token that denies what starts at token i, -1 when there is
// none. For causes, "tidak ada" does, though the scorer takes it for one entry.
func (sc *scratch) denies(s *clause, i int) int {
	if by := int(s.negator); by >= 0 && by < i {
		return by
	}
	from := sc.last.absent
	if i < from && i > sc.last.absence {
		return sc.last.absence // "tidak ada yang" holds the start of "ada yang bolong"
	}
	if from == 0 || from > i || i-from >= negationReach {
		return -1
	}
	if sc.marked(int32(from), int32(i), tokenComma|tokenBreak) {
		return -1
	}
	return from - 1
}

// marked reports whether one of the tokens from i to j has one of the flags.
func (sc *scratch) marked(i, j int32, flags tokenFlags) bool {
	for k := i; k <= j; k++ {
		if sc.tokens[k].flags&flags != 0 {
			return true
		}
	}
	return false
}

// topics pairs a topic with the faults before it.
func (sc *scratch) topics(s *clause, i int32, here seen, set uint32) {
	l := &sc.last
	bad := l.negative.near(s, i) && !l.latest.near(s, l.negative.token-1)
	if l.latest.token == here.token {
		l.about |= set
	} else {
		l.latest, l.about = here, set
	}
	for m := set & l.open; m != 0; m &= m - 1 {
		c := bits.TrailingZeros32(m)
		sc.seen.topic[c] = here
		if f := sc.seen.fault[c]; f.meets(s, i, c) && !sc.marked(f.token, i, tokenComma|tokenBreak) { // what is wrong comes after a pause, not what it is about
			sc.pair(c, f, here)
		} else if bad && generic>>c&1 != 0 {
			sc.suspect(c, l.negative, here)
		}
	}
}

// plainFault is the polarity, in sixteenths, from which an entry praises or
// complains. From sternFault on, it is a fault of whatever it is said about: below
// that, learned entries often only keep bad company.
const (
	plainFault = 14
	sternFault = 22
)

// generic are the causes whose topic makes a complaint with any negative entry:
// "the courier was awful". The others need a fault of their own.
const generic uint32 = 1<<brand.ProductQuality | 1<<brand.CustomerService |
	1<<brand.AfterSales

// fault lets a stern negative entry be a fault of the topic before it, in its clause and in
// reach, or in the entry: "koneksi rasa GPRS".
func (sc *scratch) fault(m *match) {
	l, i := &sc.last, m.first()
	l.negative = seen{m.last + 1, m.start, m.end}
	set := l.about & generic
	if set == 0 {
		return
	}
	within := m.size > 1 && l.latest.token > i
	if within || l.latest.between(max(0, i-causeReach), i) && !sc.marked(l.latest.token, i, tokenOpens) {
		for ; set != 0; set &= set - 1 {
			sc.suspect(bits.TrailingZeros32(set), l.latest, l.negative)
		}
	}
}

// suspect blames a cause for want of a better one. See explained.
func (sc *scratch) suspect(cause int, x, y seen) {
	if !sc.blamed(cause) {
		sc.last.suspects |= 1 << cause
		sc.accuse(cause, nothing, x, y)
	}
}

// blame adds evidence that stands by itself.
func (sc *scratch) blame(cause int, x seen) {
	l, bit, than := &sc.last, uint32(1)<<cause, nothing
	switch {
	case l.suspects&bit != 0:
		than = suspicion
	case l.pairs&bit != 0:
		than = twoParts
	}
	l.suspects &^= bit
	l.pairs &^= bit
	sc.accuse(cause, than, x, x)
}

// pair adds the evidence of a topic and a fault.
func (sc *scratch) pair(cause int, x, y seen) {
	l, bit, than := &sc.last, uint32(1)<<cause, nothing
	if l.suspects&bit != 0 {
		than = suspicion
	}
	if than == suspicion || !sc.blamed(cause) {
		l.pairs |= bit
	}
	l.suspects &^= bit
	sc.accuse(cause, than, x, y)
}

func (sc *scratch) blamed(cause int) bool {
	for i := range sc.causes {
		if sc.causes[i].Cause == brand.Cause(cause) {
			return true
		}
	}
	return false
}

// weigh lets words speak for one cause where one explains them better: "the
// courier is late" is not also about the manners of couriers, and the "not
// sent" of a code that is not sent is not about parcels. A question is no
// complaint, nor is what is over.
func (a *Analyzer) weigh(sc *scratch) {
	all, kept := sc.causes, 0
	var keep uint32
	for i := range all {
		if !sc.explained(i) && !a.asked(sc, i) && !sc.isOver(i) {
			keep |= 1 << i
		}
	}
	for i := range all {
		if keep>>i&1 != 0 {
			all[kept] = all[i]
			kept++
		}
	}
	sc.causes = all[:kept]
}

// isOver reports whether evidence i speaks of what was so once, and not of the change.
func (sc *scratch) isOver(i int) bool {
	x := &sc.causes[i]
	return across>>x.Cause&1 == 0 && x.Start >= int(sc.past.start) && x.End <= int(sc.past.end)
}

// explained reports whether another cause has a better claim to the words of
// evidence i: a firm one to the words of a suspect, a longer one around it, or,
// where two topics share a fault, the one whose topic is nearer.
func (sc *scratch) explained(i int) bool {
	x, l := &sc.causes[i], &sc.last
	suspect, pair := l.suspects>>x.Cause&1 != 0, l.pairs>>x.Cause&1 != 0
	for j := range sc.causes {
		y := &sc.causes[j]
		if i == j || x.Start >= y.End || y.Start >= x.End || l.suspects>>y.Cause&1 != 0 {
			continue
		}
		within, around := within(x, y), within(y, x)
		switch {
		case suspect:
			return true
		case pair && l.pairs>>y.Cause&1 != 0 && (x.Start == y.Start || x.End == y.End):
			if around && !within {
				return true
			}
		case within && !around:
			return true
		}
	}
	return false
}

// within reports whether the words of x stand in those of y.
func within(x, y *brand.CauseHit) bool { return y.Start <= x.Start && x.End <= y.End }

// questions reports whether a text has a question mark.
func (a *Analyzer) questions(sc *scratch) bool {
	for i := range sc.signs {
		if sc.signs[i].word == a.model.question {
			return true
		}
	}
	return false
}

// asked reports whether evidence i is part of a question for information: a
// sentence with a word that asks, a question mark, and nothing denied in the
// evidence. A direct phrase complains even there: "where is my parcel?"
func (a *Analyzer) asked(sc *scratch, i int) bool {
	x := &sc.causes[i]
	if (sc.last.pairs|sc.last.suspects)>>x.Cause&1 == 0 || !a.questions(sc) {
		return false
	}
	asks, inside := false, false
	for k := range sc.tokens {
		t := &sc.tokens[k]
		if t.flags&tokenBreak != 0 {
			if inside {
				return false
			}
			asks = false
		}
		w := &a.words[t.word]
		if w.flags&wordExpands == 0 && a.roles[w.extra].asks() {
			asks = true
		}
		if int(t.start) < x.End && int(t.end) > x.Start {
			inside = true
			if w.flags&wordNegator != 0 {
				return false
			}
		}
		if t.word == a.model.question && inside {
			return asks
		}
	}
	return false
}

// What new evidence for a cause may take the place of.
type weaker uint8

const (
	nothing weaker = iota
	suspicion
	twoParts // joined, where they overlap: "aplikasinya lemot banget"
)

// accuse adds the evidence from x to y, widens what overlaps it, or puts it in the
// place of weaker evidence.
func (sc *scratch) accuse(cause int, weaker weaker, x, y seen) {
	start, end := int(min(x.start, y.start)), int(max(x.end, y.end))
	for i := range sc.causes {
		h := &sc.causes[i]
		if h.Cause != brand.Cause(cause) {
			continue
		}
		overlaps := start < h.End && end > h.Start
		switch {
		case weaker == nothing && !overlaps:
			return
		case overlaps && weaker != suspicion:
			start, end = min(h.Start, start), max(h.End, end)
		}
		h.Start, h.End = start, end
		return
	}
	sc.causes = append(sc.causes, brand.CauseHit{Cause: brand.Cause(cause), Start: start, End: end})
}
