package clean

import "strings"

// maxCode bounds the length of a code, and with it the cost of "a-a-a-a-…".
const maxCode = 64

// code returns the end of the token at i, made of letters, digits and the
// separators - / _ between them, and the end of its first run of letters.
func (r *redactor) code(i int) (end, letters int) {
	s := r.in[:min(len(r.in), i+maxCode)]
	for end = i; end < len(s); end++ {
		inner := strings.IndexByte("-/_", s[end]) >= 0 && end+1 < len(s) && isWord(s[end+1])
		if !isWord(s[end]) && !inner {
			break
		}
	}
	for letters = i; letters < end && isLetter(s[letters]); letters++ {
	}
	return end, max(letters, i+1)
}

// isCode reports whether the token is the number of an order, a parcel or a
// booking: letters and digits mixed, long, or called so.
func (r *redactor) isCode(from, to int) bool {
	token := r.in[from:to]
	if len(token) < 5 || from > 0 && (r.in[from-1] == '@' || r.in[from-1] == '[') || isContact(token) {
		return false
	}
	digits, segments, shouted := measure(token)
	if digits < 2 || digits == len(token) || isMeasure(token) {
		return false
	}
	for _, s := range segments {
		if d, _, _ := measure(s); len(s) >= 10 && d >= 6 && d < len(s) {
			return true
		}
	}
	if shouted && len(segments) > 1 && isLetter(token[0]) && isSerial(segments) {
		return true
	}
	if from > 0 && r.in[from-1] == '#' && isLetter(token[0]) {
		return false // a hashtag
	}
	c := contextOf(r.before(from))
	if c.topic != orderTopic && c.topic != parcelTopic {
		return false
	}
	if c.marked || c.topic == parcelTopic {
		return digits >= 3 || shouted
	}
	return len(token) >= 8 && digits >= 5
}

// isContact reports words such as wa0812…, whose digits are judged alone.
func isContact(token string) bool {
	end := 0
	for end < len(token) && isLetter(token[end]) {
		end++
	}
	word := strings.ToLower(token[:end])
	return end > 0 && end < len(token) && (topics[word] == phoneTopic || markers[word] || word == "ke" || word == "di") && strings.IndexByte("0+68", token[end]) >= 0
}

// measure counts digits, splits at separators, and reports whether all letters
// are capitals.
func measure(token string) (digits int, segments []string, shouted bool) {
	shouted = true
	start := 0
	for i := 0; i < len(token); i++ {
		switch c := token[i]; {
		case isDigit(c):
			digits++
		case c >= 'a' && c <= 'z':
			shouted = false
		case !isLetter(c):
			segments = append(segments, token[start:i])
			start = i + 1
		}
	}
	return digits, append(segments, token[start:]), shouted
}

// isSerial reports segments with at least six digits, four of them together, that
// are not a year or a date: B737-700 is an aeroplane.
func isSerial(segments []string) bool {
	all, longest := 0, 0
	for _, s := range segments {
		d, _, _ := measure(s)
		isDate := d == len(s) && (len(s) == 4 || len(s) == 8) && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
		if !isDate {
			all += d
			longest = max(longest, d)
		}
	}
	return all >= 6 && longest >= 4
}

// isMeasure reports digits with a unit behind them (10000mAh, 150rb) and sizes
// (1920x1080).
func isMeasure(token string) bool {
	i := 0
	for i < len(token) && isDigit(token[i]) {
		i++
	}
	rest := token[i:]
	return i > 0 && (quantities[strings.ToLower(rest)] || len(rest) > 1 && rest[0]|0x20 == 'x' && isDigit(rest[1]))
}
