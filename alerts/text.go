package alerts

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// maxMarks is how many combining marks one letter may carry. Real scripts need
// two or three; hundreds of them paint over the lines above.
const maxMarks = 3

// link matches web addresses. A reader of an alert must not be sent where a
// stranger wants, and long addresses say nothing about the complaint.
var link = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+`)

// plain makes foreign text harmless for any display and cuts it to limit runes:
// one line, valid UTF-8, no control, bidirectional or invisible characters, few
// marks on a letter. Emoji stay.
func plain(text string, limit int) string {
	var b strings.Builder
	marks := 0
	// Four runes in for one out leave room for what is dropped, and bound the work.
	for _, r := range head(text, 4*limit+64) {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case marks > maxMarks || invisible(r):
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case unicode.IsControl(r) || r == utf8.RuneError:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return clip(strings.Join(strings.Fields(b.String()), " "), limit)
}

// head returns at most n runes of text, with invalid bytes as U+FFFD.
func head(text string, n int) string {
	for i := range text {
		if n == 0 {
			return strings.ToValidUTF8(text[:i], "\uFFFD")
		}
		n--
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// invisible reports format characters, which can reorder or hide text, private
// use and letters that are blank. The joiner of emoji families is the one
// exception.
func invisible(r rune) bool {
	return r != '\u200d' && (unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cs, r) ||
		r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0')
}

// clip cuts text to limit runes, at a word when one ends in the last third, and
// marks the cut.
func clip(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	cut := limit - 1
	for i := cut; i > limit*2/3; i-- {
		if runes[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(runes[:cut]), " ,.;:·-") + "…"
}

// columns is the width of text on a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// wrap breaks text into lines of at most limit columns, between words where it
// can. It returns at least one line.
func wrap(text string, limit int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(text) {
		n := columns(word)
		if line != "" && used+1+n > limit {
			lines, line, used = append(lines, line), "", 0
		}
		if line != "" {
			line, used = line+" ", used+1
		}
		for n > limit { // a word longer than a line; line is empty here
			cut := cutAt(word, limit)
			lines = append(lines, word[:cut])
			word = word[cut:]
			n = columns(word)
		}
		line, used = line+word, used+n
	}
	if line == "" && len(lines) > 0 {
		return lines
	}
	return append(lines, line)
}

// cutAt returns the bytes of word that fill at most limit columns, and at least
// one rune, so that a loop over it ends.
func cutAt(word string, limit int) int {
	used := 0
	for i, r := range word {
		if used += runeColumns(r); used > limit && i > 0 {
			return i
		}
	}
	return len(word)
}
