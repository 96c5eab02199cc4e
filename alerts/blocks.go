package alerts

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"pantau/brand"
)

// maxBlockRunes bounds the JSON of all blocks of one message. Slack refuses
// somewhat more than 13,000 with msg_blocks_too_long and documents no figure.
const maxBlockRunes = 10_000

// icons are the first character of the news and of the reports.
var icons = map[brand.Change]string{
	brand.Taken: "👀", brand.Noted: "📝", brand.Silenced: "🔕", brand.Reminded: "⏰", brand.Escalated: "📣",
	brand.Daily: "📋", brand.Weekly: "📊", brand.HandOver: "🌅", brand.Storm: "🚨",
}

// icon is the first character of a message, readable before any word.
func icon(m Message) string {
	if isReport(m.Change) {
		return icons[m.Change]
	}
	return mark(m.State, m.Severity)
}

// mark is the colour of an incident.
func mark(state brand.State, severity brand.Severity) string {
	switch {
	case state == brand.FalseAlarm:
		return "⚪"
	case state == brand.Recovered:
		return "🟢"
	case severity == brand.Critical:
		return "🔴"
	case severity == brand.Warning:
		return "🟠"
	}
	return "🟡"
}

// lockScreen is the text of the notification, at most 120 runes. Slack shows it
// instead of the blocks where it cannot show blocks.
func lockScreen(m Message) string {
	return cmp.Or(icons[m.Change], icon(m)) + " " + m.Headline
}

// living is m for the message that stands above a thread: what happened to an
// incident is told below it, and its notification, which searches and lists of
// threads show, says how the incident stands.
func (m Message) living() Message {
	m.News = ""
	if m.Standing != "" {
		m.Change, m.Headline = "", m.Standing // without the icon of the news
	}
	return m
}

// blocks lays out the living message of an incident in at most fourteen blocks,
// or a report. What makes them too long is shortened: first a list, which stays
// complete, then hostile quotes, then facts.
func blocks(m Message, w writer, notes ...string) []slack.Block {
	for level := 0; ; {
		b := layout(m, w, level, notes)
		switch {
		case blockRunes(b) <= maxBlockRunes:
			return b
		case len(m.List) > 0 && level < lastLevel:
			level++
		case len(m.Quotes) > 0:
			m.Quotes = m.Quotes[:len(m.Quotes)-1]
		case len(m.Facts) > 0:
			m.Facts = m.Facts[:len(m.Facts)-1]
		default:
			return nil // the short plain text alone
		}
	}
}

// blockRunes is the length of blocks as they are sent.
func blockRunes(b []slack.Block) int {
	text, err := json.Marshal(b)
	if err != nil {
		return maxBlockRunes + 1
	}
	return utf8.RuneCount(text)
}

func layout(m Message, w writer, level int, notes []string) []slack.Block {
	title := slack.NewTextBlockObject(slack.PlainTextType, icon(m)+" "+m.Title, true, false)
	all := []slack.Block{slack.NewHeaderBlock(title)}
	if m.News != "" {
		all = append(all, rich(slack.NewRichTextSection(bold(m.News))))
	}
	all = append(all, rich(slack.NewRichTextSection(text(m.Sentence))))
	switch {
	case isReport(m.Change):
		for _, l := range m.Facts {
			all = append(all, rich(section(l)...))
		}
	default:
		numbers, places := parted(m.Facts, w)
		for _, some := range [][]Line{numbers, places} {
			if len(some) > 0 {
				all = append(all, rich(labelled(some)))
			}
		}
	}
	if len(m.List) > 0 {
		all = append(all, rich(listed(m.List, w, level)...))
	}
	if len(m.Quotes) > 0 {
		all = append(all, slack.NewDividerBlock(), rich(slack.NewRichTextSection(bold(w.labels.quotes))))
	}
	for _, q := range m.Quotes {
		all = append(all, rich(quote(q, w)))
	}
	small := slices.Clone(notes)
	for _, l := range m.Closing {
		if l.Label == w.labels.next {
			all = append(all, slack.NewDividerBlock(), rich(labelled([]Line{l})))
			continue
		}
		small = append(small, l.Label+": "+l.Text)
	}
	all = append(all, m.actions...)
	if len(small) > 0 {
		footer := slack.NewTextBlockObject(slack.PlainTextType, strings.Join(small, "\n"), false, false)
		all = append(all, slack.NewContextBlock("", footer))
	}
	return all
}

// reply lays out the news of a change for the thread: what people did, or the
// sentence and the numbers that changed, because the rest stands in the message
// above it.
func reply(m Message, w writer) []slack.Block {
	if m.News != "" {
		return []slack.Block{rich(slack.NewRichTextSection(bold(lockScreen(m)), text("\n"+m.News)))}
	}
	news := slices.DeleteFunc(slices.Clone(m.Facts), func(l Line) bool {
		return m.Change != brand.Closed && l.Label != w.labels.observed && l.Label != w.labels.expected && l.Label != w.labels.cause
	})
	b := []slack.Block{rich(slack.NewRichTextSection(bold(icon(m)+" "+m.Headline), text("\n"+m.Sentence)))}
	if len(news) > 0 {
		b = append(b, rich(labelled(news)))
	}
	if blockRunes(b) > maxBlockRunes {
		return nil
	}
	return b
}

// parted puts an end to the numbers after the causes, so that a dozen lines do
// not stand in one heap.
func parted(facts []Line, w writer) (numbers, places []Line) {
	for n, l := range facts {
		if l.Label == w.labels.cause {
			return facts[:n+1], facts[n+1:]
		}
	}
	return facts, nil
}

// labelled writes lines below one another, the items of a ranking below their
// label. All of it is one section, because sections do not break lines.
func labelled(lines []Line) slack.RichTextElement {
	var all []slack.RichTextSectionElement
	for n, l := range lines {
		value := " " + l.Text
		for _, item := range l.Items {
			value += "\n• " + item
		}
		if n < len(lines)-1 {
			value += "\n"
		}
		all = append(all, bold(marked(l.Label)), text(value))
	}
	return slack.NewRichTextSection(all...)
}

// marked ends a label with a colon, unless it is a question.
func marked(label string) string {
	if strings.HasSuffix(label, "?") {
		return label
	}
	return label + ":"
}

// section writes one line of a report as a paragraph of its own, its items as a
// list that Slack indents.
func section(l Line) []slack.RichTextElement {
	if len(l.Items) == 0 {
		return []slack.RichTextElement{labelled([]Line{l})}
	}
	var items []slack.RichTextElement
	for _, item := range l.Items {
		items = append(items, slack.NewRichTextSection(text(item)))
	}
	return []slack.RichTextElement{
		slack.NewRichTextSection(bold(l.Label)),
		slack.NewRichTextList(slack.RTEListBullet, 0, items...),
	}
}

// quote writes what a customer said and why it counts. Text elements of a
// rich_text block are literal: nothing in them becomes a mention, a link or a
// format. Slack refuses those that are empty.
func quote(q Quote, w writer) slack.RichTextElement {
	all := []slack.RichTextSectionElement{text("“" + isolated(q.Text) + "”")}
	if q.Detail != "" {
		all = append(all, text("\n"+q.Detail))
	}
	if q.URL != "" {
		all = append(all, text(separator), slack.NewRichTextSectionLinkElement(q.URL, w.openLink, nil))
	}
	if q.Why != "" {
		why := slack.NewRichTextSectionTextElement("\n"+isolated(q.Why), &slack.RichTextSectionTextStyle{Italic: true})
		all = append(all, why)
	}
	return &slack.RichTextQuote{Type: slack.RTEQuote, Elements: all}
}

// isolated keeps text written from right to left from reordering its
// surroundings. [plain] has removed all other controls of direction.
func isolated(s string) string {
	for _, r := range s {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko) {
			return "\u2068" + s + "\u2069"
		}
	}
	return s
}

// maxElement keeps each text well below the 3,000 characters that Slack grants a
// text elsewhere; for rich_text it documents no figure.
const maxElement = 2500

// listed writes a list in as few sections as its length allows.
func listed(list []Entry, w writer, level int) []slack.RichTextElement {
	var all []slack.RichTextElement
	for _, part := range chunks(w.listing(list, level), maxElement) {
		all = append(all, slack.NewRichTextSection(text(part)))
	}
	return all
}

func rich(e ...slack.RichTextElement) slack.Block { return slack.NewRichTextBlock("", e...) }

func text(s string) slack.RichTextSectionElement { return slack.NewRichTextSectionTextElement(s, nil) }

func bold(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(s, &slack.RichTextSectionTextStyle{Bold: true})
}
