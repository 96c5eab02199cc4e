package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks in a row are kept: scripts need up to
// three, "zalgo" text piles up dozens.
const maxMarks = 3

// Text normalises a text of several lines: valid UTF-8 in NFC, no control
// characters except line breaks, nothing invisible and nothing that turns the
// direction of what follows.
func Text(s string) string { return tidy(s, maxText, true) }

// Line is [Text] for a single line.
func Line(s string) string { return tidy(s, maxLine, false) }

func tidy(s string, limit int, breaks bool) string {
	if isPlain(s, limit, breaks) {
		return s
	}
	s = strings.ToValidUTF8(cut(s, limit), "\uFFFD")
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for i, r := range s {
		switch kind := kindOf(r); {
		case kind == dropped || r == zeroWidthJoiner && !joins(s, i):
		case kind == mark && r != variation:
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
		case r == '\r' && breaks:
			if !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
		case r == '\n' && breaks:
			b.WriteByte('\n')
			marks = 0
		case kind == space:
			b.WriteByte(' ')
			marks = 0
		default:
			b.WriteRune(r)
			marks = 0
		}
	}
	// Last, because what was dropped may have stood between a letter and its mark.
	s = norm.NFC.String(b.String())
	return strings.TrimRight(cut(collapse(s), limit), " \n")
}

// isPlain reports whether s is printable ASCII without anything to tidy.
func isPlain(s string, limit int, breaks bool) bool {
	if len(s) > limit || s == "" {
		return s == ""
	}
	last := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' && !(c == '\n' && breaks) || c >= 0x7f || isGap(c) && isGap(last) {
			return false
		}
		last = c
	}
	return !isGap(last)
}

func isGap(c byte) bool { return c == ' ' || c == '\n' }

// cut shortens s to at most limit bytes between two runes.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

const (
	zeroWidthJoiner = '\u200d'
	variation       = '\ufe0f' // chooses the coloured form of an emoji
)

type kind uint8

const (
	visible kind = iota
	space
	mark
	dropped
)

func kindOf(r rune) kind {
	switch {
	case r < 0x7f && r > ' ':
		return visible
	case r == zeroWidthJoiner, r == variation:
		return visible
	case unicode.In(r, unicode.Mn, unicode.Me):
		return mark
	case unicode.IsSpace(r), unicode.IsControl(r):
		return space
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r), r == '\u3164', r == '\uffa0', r == '\u115f', r == '\u1160':
		return dropped // bidi controls, zero width, soft hyphen, tags, private use, fillers
	}
	return visible
}

// joins reports whether the joiner at s[i] stands between two emoji, where it
// builds one picture of them.
func joins(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+len("\u200d"):])
	return isPicture(before) && isPicture(after)
}

func isPicture(r rune) bool {
	return r == variation || unicode.Is(unicode.So, r) || r >= 0x1f3fb && r <= 0x1f3ff
}

// collapse makes one space of several, at most two line breaks, and trims.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	spaces, breaks := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ':
			spaces++
			continue
		case '\n':
			breaks++
			continue
		}
		switch {
		case b.Len() == 0:
		case breaks > 0:
			b.WriteString("\n\n"[:min(breaks, 2)])
		case spaces > 0:
			b.WriteByte(' ')
		}
		spaces, breaks = 0, 0
		b.WriteByte(s[i])
	}
	return b.String()
}
