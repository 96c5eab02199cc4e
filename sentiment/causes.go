package sentiment

import (
	"math/bits"

	"pantau/brand"
)

// causeRoles are sets of causes, a bit each, that a word or phrase plays a part
// in. A direct phrase is evidence by itself; a topic is evidence together with
// a fault nearby; an expectation is a fault when it is negated.
type causeRoles struct {
	direct, topic, fault, expected uint32
}

func (r *causeRoles) add(o causeRoles) {
	r.direct |= o.direct
	r.topic |= o.topic
	r.fault |= o.fault
	r.expected |= o.expected
}

// causeRow reads "cause role pattern" lines.
func (lex *lexicon) causeRow(r row) error {
	bit := uint32(0)
	if r.field(0) != "any" {
		c, err := brand.ParseCause(r.field(0))
		if err != nil {
			return r.errorf("%v", err)
		}
		bit = 1 << c
	} else {
		for _, c := range brand.Causes() {
			bit |= 1 << c
		}
	}
	var roles causeRoles
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
		return r.errorf("%q is no role: use direct, topic, fault or expected", r.field(1))
	}
	text := normalText(r.field(2))
	if text == "" {
		return r.errorf("no pattern")
	}
	if roles.direct != 0 {
		lex.direct = append(lex.direct, directRow{text, int32(r.line)})
	}
	words := lex.entryWords(text)
	lex.use(words)
	it := lex.at(words)
	if it.roles == 0 {
		it.roles = uint16(len(lex.roles))
		lex.roles = append(lex.roles, causeRoles{})
	}
	lex.roles[it.roles].add(roles)
	return nil
}

// causeReach is how far apart, in words, topic and fault may stand.
const causeReach = 6

// causeState remembers the last topic and fault of every cause, and the last
// entry that is negative by its weight whatever it is about.
type causeState struct {
	topic, fault [32]seen
	negative     seen
	latest       seen   // the last topic of any cause
	about        uint32 // its causes
	suspects     uint32 // causes that are blamed for want of a better one
}

// seen is where a role was seen: its last token plus one, so that zero is never.
type seen struct{ token, start, end int32 }

// near reports whether the role stands in the clause of s, in reach of token i.
func (r *seen) near(s *scope, i int) bool {
	return int(r.token) > s.opened && i+1-int(r.token) <= causeReach
}

// causes notes the roles of the word or phrase from token i to token j.
func (a *Analyzer) causes(sc *scratch, s *scope, i, j int, r *causeRoles) {
	if !sc.caused {
		sc.caused, sc.last = true, causeState{}
	}
	negated := s.negator >= 0 && s.negator < i
	here := seen{int32(j) + 1, sc.tokens[i].start, sc.tokens[j].end}
	if !negated && r.direct != 0 {
		sc.fact = true
		for m := r.direct; m != 0; m &= m - 1 {
			sc.blame(bits.TrailingZeros32(m), here, here)
		}
	}
	if r.topic != 0 {
		if !sc.topical {
			a.open(sc)
		}
		sc.topics(s, i, here, r.topic)
	}
	faults := r.fault
	if negated {
		faults = r.expected
		here.start = sc.tokens[s.negator].start
	}
	for m := faults; m != 0; m &= m - 1 {
		c := bits.TrailingZeros32(m)
		sc.last.fault[c] = here
		if t := sc.last.topic[c]; t.near(s, j) {
			sc.blame(c, t, here)
		}
	}
}

// open makes up for the moods before the first topic: only the last complaint
// can matter to it.
func (a *Analyzer) open(sc *scratch) {
	sc.topical = true
	for i := len(sc.matches) - 1; i >= 0; i-- {
		m := &sc.matches[i]
		if a.info[m.entry].flags&entryMood != 0 && a.polarity(m) <= -plainFault {
			sc.last.negative = seen{m.last + 1, m.start, m.end}
			return
		}
	}
}

// polarity is that of the entry of m as it is used, in sixteenths.
func (a *Analyzer) polarity(m *match) int8 {
	return a.info[m.entry].weights[m.rule&ruleNegated].pol
}

// topics pairs a topic with the faults before it.
func (sc *scratch) topics(s *scope, i int, here seen, set uint32) {
	l := &sc.last
	bad := l.negative.near(s, i) && !l.latest.near(s, int(l.negative.token)-1)
	if l.latest.token == here.token {
		l.about |= set
	} else {
		l.latest, l.about = here, set
	}
	for m := set; m != 0; m &= m - 1 {
		c := bits.TrailingZeros32(m)
		l.topic[c] = here
		if f := l.fault[c]; f.near(s, i) {
			sc.blame(c, f, here)
		} else if bad && generic>>c&1 != 0 {
			sc.suspect(c, l.negative, here)
		}
	}
}

// plainFault is the polarity, in sixteenths, from which an entry is a fault of
// whatever it is said about.
const plainFault = 14

// generic are the causes whose topic makes a complaint with any negative entry:
// "the courier was awful". The others need a fault of their own.
const generic uint32 = 1<<brand.ProductQuality | 1<<brand.LateDelivery | 1<<brand.CustomerService |
	1<<brand.AfterSales

// mood lets a polar entry settle the topic before it: a negative one is a fault,
// a positive one ends the topic. Only entries with entryMood can.
func (a *Analyzer) mood(sc *scratch, s *scope, i int, m *match) {
	pol := a.polarity(m)
	l := &sc.last
	switch {
	case pol <= -plainFault:
		l.negative = seen{m.last + 1, m.start, m.end}
		if l.latest.near(s, i) && (i < int(m.last) || int(l.latest.token) <= i) { // a word is not its own fault
			for set := l.about & generic; set != 0; set &= set - 1 {
				sc.suspect(bits.TrailingZeros32(set), l.latest, l.negative)
			}
		}
	case pol >= plainFault:
		l.about = 0
	}
}

// suspect blames a cause for want of a better one. See settle.
func (sc *scratch) suspect(cause int, x, y seen) {
	if !sc.blamed(cause) {
		sc.last.suspects |= 1 << cause
	}
	sc.accuse(cause, x, y)
}

// blame adds evidence that stands by itself.
func (sc *scratch) blame(cause int, x, y seen) {
	sc.last.suspects &^= 1 << cause
	sc.accuse(cause, x, y)
}

func (sc *scratch) blamed(cause int) bool {
	for i := range sc.causes {
		if sc.causes[i].Cause == brand.Cause(cause) {
			return true
		}
	}
	return false
}

// settle lets words speak for one cause where one explains them better: "the
// courier is late" is not also about the manners of couriers, and the "not
// sent" of a code that is not sent is not about parcels.
func (sc *scratch) settle() {
	if len(sc.causes) < 2 {
		return
	}
	all, kept := sc.causes, 0
	var keep uint32
	for i := range all {
		if !sc.explained(i) {
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

// explained reports whether another cause has a better claim to the words of
// evidence i: a firm one to the words of a suspect, or a longer one around it.
func (sc *scratch) explained(i int) bool {
	x := &sc.causes[i]
	suspect := sc.last.suspects>>x.Cause&1 != 0
	for j := range sc.causes {
		y := &sc.causes[j]
		if i == j || x.Start >= y.End || y.Start >= x.End || sc.last.suspects>>y.Cause&1 != 0 {
			continue
		}
		if suspect || y.Start <= x.Start && x.End <= y.End && y.End-y.Start > x.End-x.Start {
			return true
		}
	}
	return false
}

// accuse adds the evidence from x to y, or widens what overlaps it.
func (sc *scratch) accuse(cause int, x, y seen) {
	start, end := int(min(x.start, y.start)), int(max(x.end, y.end))
	for i := range sc.causes {
		h := &sc.causes[i]
		if h.Cause == brand.Cause(cause) {
			if start < h.End && end > h.Start {
				h.Start, h.End = min(h.Start, start), max(h.End, end)
			}
			return
		}
	}
	sc.causes = append(sc.causes, brand.CauseHit{Cause: brand.Cause(cause), Start: start, End: end})
}
