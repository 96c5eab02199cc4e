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
