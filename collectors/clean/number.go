package clean

import "strings"

// maxGroups bounds how far a number with separators is followed.
const maxGroups = 12

// digitGroup is a run of digits in the text.
type digitGroup struct{ from, to int }

// number handles what begins with a digit, a plus or a bracket. A label covers
// the longest sequence of groups that is something; "2 0812…" is tried group by
// group.
func (r *redactor) number(i int) int {
	groups := r.groups(i)
	if len(groups) == 0 {
		return i + 1
	}
	first := groups[0]
	total := 0
	for _, g := range groups {
		total += g.to - g.from
	}
	if total < 5 {
		return r.afterNumber(groups, first)
	}
	if n := dateGroups(r.in, groups); n > 0 {
		return groups[n-1].to
	}
	c := contextOf(r.before(first.from))
	for last := len(groups) - 1; last >= 0; last-- {
		n := candidate{text: r.in, groups: groups[:last+1], context: c, inURL: i < r.url}
		label, to := n.label(), groups[last].to
		if label == "[order]" || label == "[account]" {
			to, _ = r.code(to) // letters and digits that are glued to it
		}
		if label != "" {
			return r.label(n.start(max(r.done, i)), to, label)
		}
	}
	return r.afterNumber(groups, first)
}

// afterNumber goes on behind a number that stays, unless letters follow it and
// make it a code, such as 240512ABCDEF.
func (r *redactor) afterNumber(groups []digitGroup, first digitGroup) int {
	if first.to < len(r.in) && (isLetter(r.in[first.to]) || len(groups) > 1 && r.in[first.to] == '-') && first.from >= r.url {
		if end, _ := r.code(first.from); r.isCode(first.from, end) {
			return r.label(first.from, end, "[order]")
		}
	}
	return first.to
}

// groups returns the runs of digits from i on that one to three separators keep
// together.
func (r *redactor) groups(i int) []digitGroup {
	var out []digitGroup
	s := r.in
	for i < len(s) && !isDigit(s[i]) && (s[i] == '+' || s[i] == '(' || s[i] == ' ') {
		i++
	}
	for i < len(s) && isDigit(s[i]) && len(out) < maxGroups {
		g := digitGroup{from: i}
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		g.to = i
		out = append(out, g)
		n := 0
		for i < len(s) && n < 3 && strings.IndexByte(" -.()/", s[i]) >= 0 {
			i++
			n++
		}
	}
	return out
}

// dateGroups returns how many of the first groups are a calendar date, 0 or 3.
func dateGroups(s string, groups []digitGroup) int {
	if len(groups) < 3 {
		return 0
	}
	var n [3]int
	var width [3]int
	for i := range n {
		width[i] = groups[i].to - groups[i].from
		if width[i] > 4 || i > 0 && groups[i].from-groups[i-1].to != 1 {
			return 0
		}
		for _, c := range []byte(s[groups[i].from:groups[i].to]) {
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	isYear := func(i int) bool { return width[i] == 4 && n[i] >= 1900 && n[i] < 2100 }
	isDay := func(i int) bool { return width[i] <= 2 && n[i] >= 1 && n[i] <= 31 }
	if isYear(0) && isDay(1) && isDay(2) || isDay(0) && isDay(1) && (isYear(2) || width[2] == 2) {
		return 3
	}
	return 0
}

// candidate is a number that may be personal data.
type candidate struct {
	text    string
	groups  []digitGroup
	context context
	inURL   bool
}

// start returns where the label begins: a plus belongs to the number, and so does
// a bracket that closes behind its first group.
func (n candidate) start(from int) int {
	g := n.groups[0]
	i := g.from
	if i > from && n.text[i-1] == '+' {
		i--
	}
	if i > from && n.text[i-1] == '(' && len(n.groups) > 1 && n.text[g.to] == ')' {
		i--
	}
	return i
}

func (n candidate) digits() string {
	if len(n.groups) == 1 {
		return n.text[n.groups[0].from:n.groups[0].to]
	}
	var b strings.Builder
	for _, g := range n.groups {
		b.WriteString(n.text[g.from:g.to])
	}
	return b.String()
}

// label decides what the number is, "" when it may stay.
func (n candidate) label() string {
	d := n.digits()
	if len(d) < 5 || len(d) > 24 || n.context.money || isRound(d) || n.isGrouped() || n.isVersion() {
		return ""
	}
	if len(n.groups) > 2 && n.lastWidth() <= 3 && isAmount(n.text[n.groups[len(n.groups)-1].to:]) {
		return "" // 0812 345 678, 100 ribu
	}
	phone := n.isPhone(d)
	if n.inURL && !phone {
		return ""
	}
	amount := isAmount(n.text[n.groups[0].to:])
	switch {
	case phone && n.context.topic == parcelTopic, !phone && n.isOrder(d) && !amount:
		return "[order]"
	case phone && !n.isAnnouncedAccount(d):
		return "[phone]"
	case n.isIdentity(d):
		return "[nik]"
	case n.isCard(d):
		return "[card]"
	case !amount && n.isAccount(d):
		return "[account]"
	}
	return ""
}
