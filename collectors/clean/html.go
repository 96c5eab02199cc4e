package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTML returns what a reader of the markup sees: paragraphs become lines, scripts
// and styles vanish, pictures that stand for emoji become their emoji, entities
// are resolved once. It reads tokens and builds no tree, so nesting costs nothing.
func HTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	if text, ok := simple(s); ok {
		return text
	}
	return tokenized(s)
}

// simple is [HTML] for what nine texts in ten are: tags without anything odd. It
// gives up at the first thing that a browser would need rules for. The tokenizer
// sets up four kilobytes for each text, which costs more than the text itself.
func simple(s string) (text string, ok bool) {
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		run := s
		if i := strings.IndexByte(s, '<'); i >= 0 {
			run = s[:i]
		}
		s = s[len(run):]
		if strings.IndexByte(run, '\x00') >= 0 || strings.IndexByte(run, '\r') >= 0 {
			return "", false
		}
		if strings.IndexByte(run, '&') >= 0 {
			run = html.UnescapeString(run)
		}
		b.WriteString(strings.Map(lineToSpace, run))
		if s == "" {
			break
		}
		tag, closing, length := simpleTag(s)
		if length == 0 || tag == atom.Img || isHidden(tag) || isRaw(tag) {
			return "", false
		}
		if !closing || tag != atom.Br {
			b.WriteString(breakBefore(tag))
		}
		s = s[length:]
	}
	return collapse(b.String()), true
}

// simpleTag reads a tag at the start of s whose attributes, if it has any, are in
// double quotes without markup. length is 0 for everything else.
func simpleTag(s string) (tag atom.Atom, closing bool, length int) {
	i := 1
	if closing = strings.HasPrefix(s, "</"); closing {
		i++
	}
	start, known := i, [12]byte{}
	for ; i < len(s) && i-start < len(known) && isWord(s[i]); i++ {
		known[i-start] = s[i] | 0x20 // lower case; digits stay
	}
	if i == start || !isLetter(s[start]) || i == len(s) {
		return 0, closing, 0
	}
	name, quoted := known[:i-start], false
	if c := s[i]; c != '>' && c != ' ' && !(c == '/' && strings.HasPrefix(s[i:], "/>")) {
		return 0, closing, 0
	}
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '<' || c == '\'' || c == 0 || c == '>' && quoted:
			return 0, closing, 0
		case c == '>':
			return atom.Lookup(name), closing, i + 1
		}
	}
	return 0, closing, 0
}

// isRaw reports elements whose text is no markup.
func isRaw(tag atom.Atom) bool {
	switch tag {
	case atom.Textarea, atom.Title, atom.Xmp, atom.Noembed, atom.Noframes, atom.Plaintext:
		return true
	}
	return false
}

// tokenized is [HTML] for everything.
func tokenized(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken: // io.EOF: a string has no other error
			return collapse(b.String())
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(strings.Map(lineToSpace, string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, attributes := z.TagName()
			tag := atom.Lookup(name)
			if isHidden(tag) {
				hidden++
			}
			if tag == atom.Img && attributes && hidden == 0 {
				b.WriteString(emojiOf(z))
			}
			b.WriteString(breakBefore(tag))
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if isHidden(tag) && hidden > 0 {
				hidden--
			}
			if tag != atom.Br {
				b.WriteString(breakBefore(tag))
			}
		}
	}
}

// lineToSpace: a line break in the source of a page is a space on the page.
func lineToSpace(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return r
}

func isHidden(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object, atom.Svg:
		return true
	}
	return false
}

func breakBefore(tag atom.Atom) string {
	switch tag {
	case atom.P, atom.Div, atom.Br, atom.Li, atom.Ul, atom.Ol, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Tr, atom.Table, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Figure, atom.Figcaption, atom.Pre, atom.Hr, atom.Dt, atom.Dd:
		return "\n"
	case atom.Td, atom.Th:
		return " "
	}
	return ""
}

// emojiOf returns the alternative text of a picture when it is an emoji, as
// WordPress draws them: short and without ASCII letters.
func emojiOf(z *html.Tokenizer) string {
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "alt" && len(value) > 0 && len(value) <= 32 && value[0] >= 0x80 {
			return string(value)
		}
	}
	return ""
}
