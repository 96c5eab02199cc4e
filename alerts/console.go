package alerts

import (
	"context"
	"fmt"
	"io"
	"strings"

	"pantau/brand"
)

// console writes alerts for people in front of a terminal, or in the journal.
type console struct {
	w      io.Writer
	style  Style
	colour bool
	width  int // columns
}

// minColumns keeps labels and text side by side; narrower terminals wrap.
const minColumns = 40

// NewConsole returns a notifier that writes each alert to w in one Write, no
// line wider than width columns (72 when it is zero, 40 at least). Colour is
// only used when asked for. Its receipts are all "console".
func NewConsole(w io.Writer, s Style, width int, colour bool) Notifier {
	if width == 0 {
		width = 72
	}
	return &console{w: w, style: s, colour: colour, width: max(width, minColumns)}
}

func (c *console) Notify(ctx context.Context, d Delivery) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", &RetryError{Err: err}
	}
	text := c.render(c.compose(d))
	if _, err := io.WriteString(c.w, text); err != nil {
		return "", &RetryError{Err: fmt.Errorf("write to console: %w", err)}
	}
	return "console", nil
}

// compose says what d says, with a line of text where others show a picture.
func (c *console) compose(d Delivery) Message {
	w := newWriter(c.style)
	m := compose(d, c.style).brief(w)
	if pictured(d) {
		m.Facts = append(m.Facts, w.trend(d.Days))
	}
	return m
}

// labelColumns is the width of the column of labels, the longest and two spaces.
const labelColumns = 12

func (c *console) render(m Message) string {
	w := newWriter(c.style)
	var b strings.Builder
	rule := strings.Repeat("─", c.width) + "\n"
	b.WriteString(c.paint(m, rule))
	for _, line := range wrap(m.Headline, c.width) {
		b.WriteString(c.paint(m, line) + "\n")
	}
	b.WriteString(c.paint(m, rule))
	if m.News != "" {
		c.paragraph(&b, "", m.News)
	}
	c.paragraph(&b, "", m.Sentence)
	if len(m.Facts) > 0 {
		b.WriteByte('\n')
	}
	c.labelled(&b, m.Facts)
	if len(m.List) > 0 {
		b.WriteByte('\n')
	}
	for _, line := range w.listing(m.List, 0) {
		c.paragraph(&b, "", line)
	}
	if len(m.Quotes) > 0 {
		b.WriteString("\n" + w.labels.quotes + "\n")
	}
	for _, q := range m.Quotes {
		c.paragraph(&b, "  ", "“"+q.Text+"”")
		for _, detail := range []string{q.Detail, q.Why, q.URL} {
			if detail != "" {
				c.paragraph(&b, "    ", detail)
			}
		}
	}
	if len(m.Closing) > 0 {
		b.WriteByte('\n')
	}
	c.labelled(&b, m.Closing)
	b.WriteByte('\n')
	return b.String()
}

// labelled writes each line beside its label, items one below the other.
func (c *console) labelled(b *strings.Builder, lines []Line) {
	for _, l := range lines {
		label := l.Label + strings.Repeat(" ", max(labelColumns-columns(l.Label), 1))
		texts := l.Items
		if l.Text != "" {
			texts = pack(strings.Split(l.Text, separator), c.width-labelColumns)
		}
		for _, text := range texts {
			for _, line := range wrap(text, c.width-labelColumns) {
				b.WriteString(label + line + "\n")
				label = strings.Repeat(" ", labelColumns)
			}
		}
	}
}

// pack joins parts again, as many to a line as fit, so that a long line breaks
// between its parts.
func pack(parts []string, limit int) []string {
	packed := []string{parts[0]}
	for _, part := range parts[1:] {
		last := &packed[len(packed)-1]
		if longer := *last + separator + part; columns(longer) <= limit {
			*last = longer
		} else {
			packed = append(packed, part)
		}
	}
	return packed
}

func (c *console) paragraph(b *strings.Builder, indent, text string) {
	for _, line := range wrap(text, c.width-len(indent)) {
		b.WriteString(indent + line + "\n")
	}
}

// paint colours the frame of the headline by how loud the alert is.
func (c *console) paint(m Message, text string) string {
	if !c.colour {
		return text
	}
	code := "33" // yellow
	switch {
	case m.Change == brand.Closed:
		code = "32" // green
	case m.Severity == brand.Critical:
		code = "1;31" // bold red
	}
	line := strings.TrimSuffix(text, "\n")
	return "\x1b[" + code + "m" + line + "\x1b[0m" + text[len(line):]
}
