package alerts

import (
	"strconv"
	"unicode/utf8"

	"pantau/brand"
)

// byHand reports a change that a person made. Where no living message carries
// the numbers, its alert is short: the numbers are old news.
func byHand(c brand.Change) bool {
	switch c {
	case brand.Taken, brand.Noted, brand.Silenced, brand.Denied:
		return true
	}
	return false
}

// bySilence reports a change that nobody made, for want of an owner.
func bySilence(c brand.Change) bool { return c == brand.Reminded || c == brand.Escalated }

// lasting is the change whose words the living message shows: people do not
// change what happened.
func lasting(c brand.Change, i brand.Incident) brand.Change {
	switch {
	case i.State == brand.Recovered:
		return brand.Closed
	case byHand(c) || bySilence(c):
		return brand.Opened
	}
	return c
}

// Standing is the alert that shows an incident as it stands after its changes,
// oldest first: what the rule told last, with its numbers and their time, and what
// people did since.
func Standing(history []brand.Alert) brand.Alert {
	last := history[len(history)-1]
	standing := brand.Alert{Change: lasting(last.Change, last.Incident), Incident: last.Incident}
	for _, a := range history {
		if !byHand(a.Change) && !bySilence(a.Change) && a.Change != brand.Erased && !(a.Change == brand.Closed && declared(a.Incident)) {
			standing.Incident.UpdatedAt = a.Incident.UpdatedAt
		}
	}
	return standing
}

// brief is m for where each message stands alone: of what people did or forgot
// only the news, the state and the number of the incident. An escalation goes to
// people who have not seen the alert, so it stays whole.
func (m Message) brief(w writer) Message {
	if !byHand(m.Change) && m.Change != brand.Reminded {
		return m
	}
	m.Title, m.Sentence, m.News, m.Facts, m.Quotes = m.Headline, m.News, "", nil, nil
	var closing []Line
	for _, l := range m.Closing {
		if l.Label == w.labels.status || l.Label == w.labels.incident || l.Label == w.labels.delayed {
			closing = append(closing, l)
		}
	}
	m.Closing = closing
	return m
}

// newsHeadline says what people did, or did not do. The brand's name gives way
// when it is too long, then the end of the line.
func (w writer) newsHeadline(c brand.Change, i brand.Incident) string {
	word, size := w.people.words[c], ""
	switch c {
	case brand.Taken:
		size = w.between(w.people.afterAlert, i.OpenedAt, i.AckedAt)
	case brand.Reminded:
		word, size = word+" "+w.reminder(i), w.size(i)
	case brand.Escalated:
		size = w.size(i)
	}
	text := join(separator, word, w.newsFill(w.people.titles[c], i), size)
	if over := utf8.RuneCountInString(text) - maxHeadline; over > 0 {
		i.Brand = clip(i.Brand, max(utf8.RuneCountInString(i.Brand)-over, 10))
		text = join(separator, word, w.newsFill(w.people.titles[c], i), size)
	}
	return clip(text, maxHeadline)
}

// news is the sentence about what people did, or did not do; empty for what the
// rule decided.
func (w writer) news(c brand.Change, i brand.Incident) string {
	duration, n := "", ""
	switch c {
	case brand.Taken:
		duration = w.between(w.people.afterAlert, i.OpenedAt, i.AckedAt)
	case brand.Reminded:
		duration, n = w.between("{duration}", i.OpenedAt, i.RemindedAt), w.reminder(i)
	case brand.Escalated:
		duration = w.between("{duration}", i.OpenedAt, i.RemindedAt)
		n = w.unit(max(i.Reminders-1, 0), w.people.reminded) // the escalation counts as one
	}
	if w.people.news[c] == "" {
		return ""
	}
	return capital(w.newsFill(w.people.news[c], i, "duration", duration, "n", n))
}

// newsFill fills in what every form of the news may name.
func (w writer) newsFill(form string, i brand.Incident, more ...string) string {
	owner, matter := i.Owner, w.complaint[1]
	if owner == "" {
		owner = w.people.somebody
	}
	if i.Cause != brand.Unexplained {
		matter = fill(w.people.matter, "cause", i.Cause.Name(w.language))
	}
	return fill(form, append(more, "brand", i.Brand, "owner", owner, "matter", matter, "note", i.Note,
		"until", w.clock(i.SilencedUntil, i.UpdatedAt))...)
}

func (w writer) reminder(i brand.Incident) string {
	if w.reminders >= i.Reminders {
		return fill(w.people.reminderOf, "n", strconv.Itoa(i.Reminders), "all", strconv.Itoa(w.reminders))
	}
	return fill(w.people.reminder, "n", strconv.Itoa(i.Reminders))
}

// signed adds who made a change to the news of it. Who takes an incident is its
// owner, and named already.
func (w writer) signed(news string, a brand.Alert) string {
	if news == "" || a.By == "" || a.Change == brand.Taken {
		return news
	}
	return news + " " + fill(w.people.by, "name", plain(a.By, maxName))
}

// broken is the message to the other channels about one that refuses its own.
func (w writer) broken(a brand.Alert) Message {
	name := plain(a.By, maxName)
	title := fill(w.people.brokenTitle, "name", name)
	return Message{Change: a.Change, Severity: brand.Warning, Title: title, Headline: clip(title, maxHeadline),
		Sentence: fill(w.people.brokenText, "name", name, "reason", plain(a.Incident.Note, maxNote)),
		Closing:  lines(Line{Label: w.labels.next, Text: w.people.brokenNext})}
}

// stopped is the message about the service itself, from the service manager:
// nobody else is left to send it.
func (w writer) stopped(a brand.Alert) Message {
	return Message{Change: a.Change, Severity: brand.Warning, Title: w.people.stoppedTitle, Headline: clip(w.people.stoppedTitle, maxHeadline),
		Sentence: fill(w.people.stoppedText, "unit", plain(a.By, maxName), "reason", plain(a.Incident.Note, maxNote))}
}

// silentSources is the message about sources that bring nothing new any more. What is
// written there meanwhile, nobody here sees.
func (w writer) silentSources(a brand.Alert) Message {
	sources := a.Digest.Sources
	title := fill(w.people.silentTitle, "n", w.count(len(sources)))
	if len(sources) == 1 {
		title = fill(w.people.silentOne, "name", plain(sources[0].Source, maxName))
	}
	m := Message{Change: a.Change, Severity: brand.Warning, Title: clip(title, maxTitle), Headline: clip(title, maxHeadline), Sentence: w.people.silentText}
	for _, s := range sources[:min(len(sources), maxSources)] {
		text := fill(w.people.silentSince, "brand", plain(s.Brand, maxName), "date", w.date(s.Since), "duration", w.duration(s.Usual))
		if s.Reason != "" {
			text += " " + plain(s.Reason, maxNote)
		}
		m.Facts = append(m.Facts, Line{Label: plain(s.Source, maxName), Text: text})
	}
	m.Closing = lines(Line{Label: w.labels.next, Text: w.people.silentNext})
	return m
}

// maxSources is how many sources one message names.
const maxSources = 8
