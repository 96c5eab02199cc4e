package clean

import "strings"

// Redact replaces personal data by labels: [phone], [email], [nik] (identity
// card), [card] (payment card), [account] (bank account and other long numbers),
// [order] (order, parcel, ticket). Prices, years, dates, ratings and versions
// stay. It is a scanner and not a set of patterns, because only the words before
// a number and the shape of the whole number tell "transfer 1500000" from
// "rekening 1500123". To redact twice changes nothing.
func Redact(s string) string {
	if !suspicious(s) {
		return s
	}
	r := redactor{in: s}
	for i := 0; i < len(s); {
		i = r.step(i)
	}
	if r.done == 0 {
		return s
	}
	r.flush(len(s))
	return r.out.String()
}

// suspicious reports whether s could hold anything to redact.
func suspicious(s string) bool {
	digits := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '@', c == '(' && isAt(s[i:]), c == '[' && isAt(s[i:]):
			return true
		case isDigit(c):
			if digits++; digits >= 2 {
				return true
			}
		}
	}
	return false
}

// redactor walks over in; out is what has been decided so far.
type redactor struct {
	in   string
	out  strings.Builder
	done int // bytes of in that are in out; 0 until the first label
	url  int // end of the web address that the walk is in
}

// flush copies the text before i.
func (r *redactor) flush(i int) {
	if i > r.done {
		r.out.WriteString(r.in[r.done:i])
		r.done = i
	}
}

// label replaces in[from:to].
func (r *redactor) label(from, to int, name string) int {
	r.flush(from)
	r.out.WriteString(name)
	r.done = to
	return to
}

// before returns the text that leads to i as it will be stored: labels are no
// context for what follows, or a second pass would see more than the first.
func (r *redactor) before(i int) string {
	const far = 64
	text := r.in[max(r.done, i-far):i]
	if r.done == 0 || len(text) >= far {
		return text
	}
	// A label ends the context, and it is the last thing in out.
	return "]" + text
}

// step handles what begins at i and returns where to go on.
func (r *redactor) step(i int) int {
	c := r.in[i]
	switch {
	case c == '@' || (c == '(' || c == '[') && isAt(r.in[i:]):
		if from, to, ok := r.email(i); ok {
			return r.label(from, to, "[email]")
		}
	case isDigit(c) || c == '+' || c == '(':
		if i == 0 || !isDigit(r.in[i-1]) {
			return r.number(i)
		}
	case isLetter(c) && (i == 0 || !isWord(r.in[i-1]) && r.in[i-1] != ']'): // letters glued to a label belong to it
		return r.word(i)
	}
	return i + 1
}

// word handles what begins with a letter.
func (r *redactor) word(i int) int {
	rest := r.in[i:]
	if hasPrefixFold(rest, "http://") || hasPrefixFold(rest, "https://") || hasPrefixFold(rest, "www.") {
		r.url = i + strings.IndexAny(rest+" ", " \n\t")
		return i + 4
	}
	if to, ok := r.spelledPhone(i); ok {
		return r.label(i, to, "[phone]")
	}
	end, letters := r.code(i)
	if i >= r.url && r.isCode(i, end) {
		for end < len(r.in) && isWord(r.in[end]) { // longer than anybody looks at, and still one code
			end++
		}
		return r.label(i, end, "[order]")
	}
	return letters
}

// spelledPhone reads a phone number whose zero is the letter O.
func (r *redactor) spelledPhone(i int) (to int, ok bool) {
	if r.in[i]|0x20 != 'o' || !strings.HasPrefix(r.in[i+1:], "8") {
		return 0, false
	}
	to = i + 1
	for to < len(r.in) && (isDigit(r.in[to]) || r.in[to]|0x20 == 'o') {
		to++
	}
	return to, to-i >= 10 && to-i <= 13
}

// email returns the bounds of the address around the @ at i, or around (at).
// Spaces around the @ are forgiven for well-known providers.
func (r *redactor) email(i int) (from, to int, ok bool) {
	s, after := r.in, i+1
	spelled := s[i] != '@'
	if spelled {
		after = i + len("(at)")
	}
	from = i
	for from > r.done && s[from-1] == ' ' && i-from < 2 {
		from--
	}
	gap := from < i
	end := from
	for from > r.done && isLocal(s[from-1]) {
		from--
	}
	for from < end && (s[from] == '.' || s[from] == '-') {
		from++
	}
	start := after
	for after < len(s) && s[after] == ' ' && after-start < 2 {
		after++
	}
	gap = gap || after > start
	to, known := domain(s, after)
	if from == end || to == 0 || gap && !spelled && !known {
		return 0, 0, false
	}
	return from, to, true
}

// domain returns the end of the domain at i, 0 if there is none. known reports
// a provider of private mail, which needs no top level domain.
func domain(s string, i int) (end int, known bool) {
	start, dots := i, 0
	for {
		label := i
		for i < len(s) && (isWord(s[i]) || s[i] == '-') {
			i++
		}
		if i == label {
			break
		}
		end = i
		next := dot(s, i)
		if next == 0 {
			break
		}
		dots++
		i = next
	}
	if end == 0 {
		return 0, false
	}
	for _, provider := range []string{"gmail", "yahoo", "ymail", "hotmail", "outlook", "icloud", "rocketmail"} {
		if hasPrefixFold(s[start:end], provider) {
			return end, true
		}
	}
	last := s[strings.LastIndexAny(s[start:end], ". )]")+start+1 : end]
	if dots == 0 || len(last) < 2 || isDigit(last[0]) {
		return 0, false
	}
	return end, false
}

// dot returns the index after a dot between two labels, spelled out or not.
func dot(s string, i int) int {
	for _, d := range []string{".", " (dot) ", "(dot)", " [dot] ", "[dot]", " dot "} {
		if hasPrefixFold(s[i:], d) && i+len(d) < len(s) && isWord(s[i+len(d)]) {
			return i + len(d)
		}
	}
	return 0
}

func isAt(s string) bool { return hasPrefixFold(s, "(at)") || hasPrefixFold(s, "[at]") }

func isLocal(c byte) bool {
	return isWord(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-'
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isWord(c byte) bool   { return isDigit(c) || isLetter(c) }

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
