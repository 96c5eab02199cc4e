package alerts

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"pantau/brand"
)

// Limits of what a message holds, in runes or entries. A phone shows about 120
// characters of a notification; an icon and a space go before the headline.
const (
	maxLockScreen = 120
	maxHeadline   = maxLockScreen - 2
	maxTitle      = 140 // Slack's headers hold 150
	maxName       = 40  // brand, source, owner
	maxQuote      = 200
	maxQuotes     = 3
	maxWord       = 24
	maxWords      = 5
	maxDrivers    = 4
	maxURL        = 300
	maxNote       = 140
	maxRule       = 60
)

// separator stands between the parts of a line.
const separator = " · "

// Message is what one alert says, ready to be laid out. All of it is harmless
// plain text on one line each; empty fields and missing lines mean that there is
// nothing to say.
type Message struct {
	Change   brand.Change
	Severity brand.Severity
	State    brand.State
	Headline string // severity, brand, cause and size, or the news; at most 118 runes
	Standing string // the headline of the incident as it stands, when Headline is what people did; else empty
	Title    string // what the incident is, without the size, at most 140 runes
	News     string // what a person did or nobody did; empty when the rule decided the change
	Sentence string
	Facts    []Line  // numbers, certainty, causes, places, voices
	List     []Entry // the incidents of a report that lists all of them
	Quotes   []Quote
	Closing  []Line // next step, status, coverage, number

	actions []slack.Block // the buttons of a living message
}

// Line is one labelled statement; a ranking has Items instead of a Text.
type Line struct {
	Label string
	Text  string
	Items []string
}

// Quote is what one customer wrote, with where, when and why it counts as
// negative. Text and Why are a stranger's words; besides them only the names of
// app versions among the facts come from outside.
type Quote struct {
	Text   string
	Detail string // stars, source, age
	Why    string // the words that made it negative
	URL    string // http or https, or empty
}

// compose says what an alert says at the moment now. It is pure: the same input makes
// the same message.
func (w writer) compose(a brand.Alert, now time.Time) Message {
	if a.Change == brand.SourceSilent && a.Digest != nil {
		return w.silentSources(a)
	}
	if a.Digest != nil {
		return w.reportOn(a.Change, *a.Digest)
	}
	if a.Change == brand.Broken {
		return w.broken(a)
	}
	if a.Change == brand.Degraded || a.Change == brand.Mended {
		return w.operation(a)
	}
	if a.Change == brand.Stopped {
		return w.stopped(a)
	}
	i := a.Incident
	i.Brand, i.Owner, i.Note = plain(i.Brand, maxName), plain(i.Owner, maxName), plain(i.Note, maxNote)
	shown := lasting(a.Change, i)
	m := Message{Change: a.Change, Severity: i.Severity, State: i.State, News: w.signed(w.news(a.Change, i), a)}
	m.Title, m.Headline = clip(w.title(shown, i), maxTitle), w.headline(a.Change, i)
	if shown != a.Change {
		m.Standing = w.headline(shown, i)
	}
	step := w.nextRecovered
	if shown == brand.Closed {
		m.State = brand.Recovered
		m.Sentence, m.Facts = w.closedSentence(i), w.closedFacts(i)
	} else {
		// People change the incident between two counts: the numbers stay older.
		counted := i
		if m.News != "" {
			counted.UpdatedAt = time.Time{}
		}
		m.Sentence, m.Facts = w.openSentence(shown, counted, now), w.openFacts(counted)
		m.Quotes = w.pickQuotes(i.Quotes, now)
		step = Step(i.Cause, w.language)
	}
	m.Closing = lines(
		Line{Label: w.labels.next, Text: step},
		Line{Label: w.labels.status, Text: w.status(i, now)},
		Line{Label: w.labels.coverage, Text: w.coverage(i)},
		Line{Label: w.labels.incident, Text: w.reference(i)},
	)
	return m
}

// lateAfter is how long a delivery may take before the message says that it is
// late; below that the numbers are still today's news.
const lateAfter = 10 * time.Minute

// compose says what d says to people who read in style s, with the marks of a test and
// of a late message.
func compose(d Delivery, s Style) Message {
	w := newWriter(s)
	w.reminders = d.Reminders
	m := w.compose(d.Alert, d.now())
	if late := d.now().Sub(d.QueuedAt); !d.QueuedAt.IsZero() && late > lateAfter {
		m.Headline = clip(fill(w.lateMark, "duration", w.duration(late))+separator+m.Headline, maxHeadline)
		text := fill(w.late, "duration", w.duration(late), "date", w.date(d.QueuedAt))
		m.Closing = slices.Insert(m.Closing, 0, Line{Label: w.labels.delayed, Text: text})
	}
	if d.Test {
		m.Headline = clip(w.test+separator+m.Headline, maxHeadline)
		m.Title = clip(w.test+separator+m.Title, maxTitle)
	}
	return m
}

// lines leaves out those that say nothing.
func lines(all ...Line) []Line {
	return slices.DeleteFunc(all, func(l Line) bool { return l.Text == "" && len(l.Items) == 0 })
}

// title puts severity, brand and cause on one line.
func (w writer) title(c brand.Change, i brand.Incident) string {
	titles, severity := w.titles, ""
	if i.Cause == brand.Unexplained {
		titles = w.unclearTitles
	}
	form, known := titles[c]
	switch {
	case !known:
		form = titles[brand.Opened]
	case c == brand.Closed && declared(i) && i.Cause == brand.Unexplained:
		form = w.people.closedUnclear
	case c == brand.Closed && declared(i):
		form = w.people.closedTitle
	}
	if c == brand.Closed {
		severity = w.allClear
	} else if i.State == brand.FalseAlarm {
		severity = w.people.words[brand.Denied]
	} else if int(i.Severity) < len(w.severities) {
		severity = w.severities[i.Severity]
	}
	return join(separator, severity, fill(form, "brand", i.Brand, "cause", i.Cause.Name(w.language)))
}

// headline adds the size to the title. A long name of a brand gives way first:
// its people know it, and the size must stay.
func (w writer) headline(c brand.Change, i brand.Incident) string {
	if byHand(c) || bySilence(c) {
		return w.newsHeadline(c, i)
	}
	size := w.size(i)
	if c == brand.Closed {
		size = ""
		if d := recovery(i); d > 0 && i.Peak > 0 {
			size = fill(w.sizeClosed, "duration", w.duration(d), "peak", w.count(i.Peak))
		}
	}
	text := join(separator, w.title(c, i), size)
	if over := utf8.RuneCountInString(text) - maxHeadline; over > 0 {
		i.Brand = clip(i.Brand, max(utf8.RuneCountInString(i.Brand)-over, 10))
		text = join(separator, w.title(c, i), size)
	}
	return clip(text, maxHeadline)
}

func (w writer) size(i brand.Incident) string {
	if i.Observed <= 0 {
		return ""
	}
	size := w.count(i.Observed)
	if i.Window > 0 {
		size += fill(w.sizeWindow, "window", w.window(i.Window))
	}
	if i.Expected > 0 {
		size += fill(w.sizeUsual, "usual", w.usual(i.Expected))
	}
	return size
}

// stale is the age from which on a window is no longer the last hours: its numbers
// are those of its own time.
const stale = time.Hour

func (w writer) openSentence(c brand.Change, i brand.Incident, now time.Time) string {
	cause := i.Cause.Name(w.language)
	lead := fill(w.leads[c], "cause", cause)
	if i.UpdatedAt.IsZero() {
		lead = w.people.lastCount
	}
	form, window := w.sentenceWindow, w.window(i.Window)
	switch {
	case i.Window <= 0:
		form = w.sentence
	case i.UpdatedAt.IsZero():
		form = w.sentenceCounted
	case now.Sub(i.UpdatedAt) > stale:
		form = w.sentenceUntil
	}
	if i.Window == time.Hour && form != w.sentenceCounted {
		window = w.oneHour
	}
	text := fill(form, "complaints", w.unit(i.Observed, w.complaint), "brand", w.counted(i), "window", window,
		"until", w.clock(i.UpdatedAt, now))
	about, usual := fill(w.sentenceCause, "cause", cause), w.multiple(i)
	switch {
	case isCause(i.Part):
		text += usual
	case i.Cause == brand.Unexplained:
		text += usual + w.sentenceUnclear
	case c == brand.CauseChanged: // the lead has named the cause
		text += usual
	case usual == w.sentenceScarce: // would part the cause from what it belongs to
		text += about + usual
	default:
		text += usual + about
	}
	return capital(lead + text + ".")
}

// counted names what was counted: the brand, or the source or cause of it that was
// judged alone.
func (w writer) counted(i brand.Incident) string {
	return w.ofPart(i.Part, i.Brand, w.ofCause, w.ofSource, "brand", i.Brand)
}

// ofPart fills the form for a cause or for a source, whichever part of a brand was
// judged alone, with its {name} besides values; whole stands for the brand itself.
func (w writer) ofPart(part, whole, ofCause, ofSource string, values ...string) string {
	kind, name, _ := strings.Cut(part, " ")
	switch {
	case name == "":
		return whole
	case kind == "cause":
		return fill(ofCause, append(values, "name", w.causeName(name))...)
	}
	return fill(ofSource, append(values, "name", plain(name, maxName))...)
}

// isCause reports a part of a brand that is one cause.
func isCause(part string) bool { return strings.HasPrefix(part, "cause ") }

// multiple compares the count with the usual one; nobody can picture a multiple
// of less than one complaint.
func (w writer) multiple(i brand.Incident) string {
	switch times := float64(i.Observed) / i.Expected; {
	case i.Expected <= 0:
		return ""
	case i.Expected < 1:
		return w.sentenceScarce
	case times >= 10:
		return fill(w.sentenceTimes, "times", w.count(whole(times)))
	case times >= 1.5:
		return fill(w.sentenceTimes, "times", w.decimal(times))
	}
	return ""
}

// closedSentence says what was measured, or that it is the word of a person.
func (w writer) closedSentence(i brand.Incident) string {
	form, formAfter := w.closed, w.closedAfter
	if declared(i) {
		form, formAfter = w.people.closed, w.people.closedAfter
	}
	if d := recovery(i); d > 0 {
		return fill(formAfter, "brand", i.Brand, "duration", w.duration(d))
	}
	return fill(form, "brand", i.Brand)
}

// recovery is how long complaints were above the usual: from the start to the
// hour in which they eased for good, which the close only confirms.
func recovery(i brand.Incident) time.Duration {
	end := easedAt(i)
	if i.StartedAt.IsZero() || end.Before(i.StartedAt) {
		return 0
	}
	return end.Sub(i.StartedAt)
}

// declared reports that a person said that the incident is over, before it was
// measured.
func declared(i brand.Incident) bool { return i.RecoveringAt.IsZero() }

func easedAt(i brand.Incident) time.Time {
	if declared(i) {
		return i.RecoveredAt
	}
	return i.RecoveringAt
}

// capital makes the first letter of a sentence large.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// join puts sep between the parts that are not empty.
func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}
