package alerts

import (
	"math"
	"slices"
	"strings"
	"time"

	"pantau/brand"
)

// isReport reports an alert that is about no single incident.
func isReport(c brand.Change) bool {
	switch c {
	case brand.Daily, brand.Weekly, brand.HandOver, brand.Storm:
		return true
	}
	return false
}

// Limits of a report: what a reader takes in, not what the data holds. Lists of
// incidents that were held back or came at once have none.
const (
	maxMoods     = 8
	maxMoves     = 5
	maxRemarks   = 6
	maxIncidents = 12
)

// leastMove is how many complaints a cause must have moved by to be news, and
// moveSigmas by how many standard deviations of the difference of two counts
// (Poisson: the square root of their sum).
const (
	leastMove  = 3
	moveSigmas = 2
)

// reportOn writes a report. An unknown kind reads like a daily one.
func (w writer) reportOn(c brand.Change, d brand.Digest) Message {
	if c == brand.HandOver || c == brand.Storm {
		return w.rollOf(c, d)
	}
	if c != brand.Weekly {
		c = brand.Daily
	}
	own, rivals := sides(d.Moods)
	m := Message{Change: c}
	m.Title = fill(w.report.titles[c], "span", w.span(d.From, d.To))
	tone, summary := "", w.summary(d, own)
	if !w.calm(d, own) {
		tone = w.tone(own)
	}
	m.Headline = clip(join(separator, fill(w.report.words[c], "span", w.shortSpan(d.From, d.To)), summary, tone), maxHeadline)
	m.Sentence = capital(summary) + "."
	if tone != "" {
		m.Sentence += " " + capital(tone) + "."
	}
	m.Facts = lines(
		Line{Label: w.report.labelIncidents, Items: w.incidentItems(d.Alerts)},
		Line{Label: w.report.labelWatch, Items: w.remarkItems(own)},
		Line{Label: w.report.labelBrands, Items: w.moodItems(own)},
		Line{Label: w.report.labelUp, Items: w.moves(own, 1)},
		Line{Label: w.report.labelDown, Items: w.moves(own, -1)},
		Line{Label: w.report.labelRivals, Items: w.moodItems(rivals)},
		Line{Label: w.report.labelCard, Items: w.cardItems(d.Card)},
	)
	m.Closing = lines(Line{Label: w.labels.coverage, Text: w.sourcesLine(d)})
	return m
}

// sides parts our brands from the competitors.
func sides(moods []brand.Mood) (own, rivals []brand.Mood) {
	for _, m := range moods {
		m.Brand = plain(m.Brand, maxName)
		if m.Competitor {
			rivals = append(rivals, m)
		} else {
			own = append(own, m)
		}
	}
	return own, rivals
}

// calm reports a span without anything to say. That needs eyes: a span is not
// calm while a source cannot be read.
func (w writer) calm(d brand.Digest, own []brand.Mood) bool {
	return len(d.Alerts)+len(d.Sources)+len(w.remarkItems(own)) == 0
}

// summary is the report in one line.
func (w writer) summary(d brand.Digest, own []brand.Mood) string {
	r := &w.report
	if w.calm(d, own) {
		return fill(r.calm, "mentions", w.unit(sum(own).Mentions, r.mention))
	}
	incidents := w.unit(len(d.Alerts), r.incident)
	open := len(slices.DeleteFunc(slices.Clone(d.Alerts), func(a brand.Alert) bool { return a.Incident.State.Ended() }))
	switch {
	case open > 0:
		return fill(r.trouble, "incidents", incidents, "open", fill(r.open, "n", w.count(open)))
	case len(d.Alerts) > 0:
		return fill(r.trouble, "incidents", incidents, "open", r.allOver)
	case len(d.Sources) > 0:
		return fill(r.blind, "incidents", incidents, "sources", w.unit(len(d.Sources), r.source))
	}
	return fill(r.watch, "incidents", incidents, "remarks", w.unit(len(w.remarkItems(own)), r.remark))
}

// sum adds the moods of brands up.
func sum(moods []brand.Mood) (all brand.Mood) {
	for _, m := range moods {
		all.Mentions += max(m.Mentions, 0)
		all.Negatives += max(m.Negatives, 0)
		all.PreviousMentions += max(m.PreviousMentions, 0)
		all.PreviousNegatives += max(m.PreviousNegatives, 0)
	}
	return all
}

// tone is the share of negatives beside that of the span before.
func (w writer) tone(own []brand.Mood) string {
	all := sum(own)
	if all.Mentions == 0 {
		return ""
	}
	form := w.report.tone
	if all.PreviousMentions > 0 {
		form = w.report.toneWas
	}
	return fill(form, "share", w.part(all.Negatives, all.Mentions), "mentions", w.unit(all.Mentions, w.report.mention),
		"before", w.part(all.PreviousNegatives, all.PreviousMentions))
}

// part is n of all in percent.
func (w writer) part(n, all int) string { return w.percent(float64(n) / float64(max(all, 1))) }

// moodItems lists the brands that people spoke about most and adds up the rest.
func (w writer) moodItems(moods []brand.Mood) []string {
	moods = slices.Clone(moods)
	slices.SortStableFunc(moods, func(a, b brand.Mood) int { return b.Mentions - a.Mentions })
	var items []string
	for _, m := range moods[:min(len(moods), maxMoods)] {
		items = append(items, w.moodItem(m))
	}
	if rest := moods[len(items):]; len(rest) > 0 {
		m := sum(rest)
		m.Brand = w.unit(len(rest), w.report.rest)
		items = append(items, w.moodItem(m))
	}
	return items
}

func (w writer) moodItem(m brand.Mood) string {
	if m.Mentions <= 0 {
		return fill(w.report.noMention, "brand", m.Brand)
	}
	was, share := "", fill(w.report.moodShare, "share", w.part(m.Negatives, m.Mentions))
	if m.PreviousMentions > 0 {
		was = fill(w.report.was, "n", w.count(m.PreviousMentions))
		share = fill(w.report.moodWas, "share", w.part(m.Negatives, m.Mentions), "before", w.part(m.PreviousNegatives, m.PreviousMentions))
	}
	return fill(w.report.mood, "brand", m.Brand, "share", share, "mentions", w.unit(m.Mentions, w.report.mention), "was", was)
}

// remarkItems says what is worth a look although nothing was raised.
func (w writer) remarkItems(own []brand.Mood) []string {
	var items []string
	for _, m := range own {
		if form := w.report.remarks[m.Remark]; form != "" {
			items = append(items, fill(form, "brand", m.Brand))
		}
	}
	return w.atMost(items, maxRemarks)
}

// atMost cuts a list and says how many are missing.
func (w writer) atMost(items []string, limit int) []string {
	if len(items) <= limit {
		return items
	}
	return append(items[:limit:limit], fill(w.report.more, "n", w.count(len(items)-limit)))
}

// moves lists the causes that moved most in one direction, over all our brands.
func (w writer) moves(own []brand.Mood, direction float64) []string {
	type move struct {
		brand string
		brand.Driver
	}
	var all []move
	for _, m := range own {
		for _, d := range m.Causes {
			moved, noise := direction*d.Excess(), math.Sqrt(max(float64(d.Observed)+d.Expected, 0))
			if moved >= leastMove && moved >= moveSigmas*noise {
				all = append(all, move{m.Brand, d})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b move) int { return whole(direction * (b.Excess() - a.Excess())) })
	var items []string
	for _, m := range all[:min(len(all), maxMoves)] {
		sign := "+"
		if direction < 0 {
			sign = "−"
		}
		items = append(items, fill(w.report.rise, "brand", m.brand, "excess", sign+w.count(whole(direction*m.Excess())),
			"name", w.causeName(m.Key), "observed", w.count(m.Observed), "usual", w.count(whole(m.Expected))))
	}
	return items
}

func (w writer) incidentItems(all []brand.Alert) []string {
	var items []string
	for _, e := range w.entries(all) {
		items = append(items, e.Icon+" "+e.Name+": "+e.Detail)
	}
	return w.atMost(items, maxIncidents)
}

// cardItems says how the alerts fared. A span without any says nothing.
func (w writer) cardItems(c *brand.Scorecard) []string {
	if c == nil || c.Opened+c.Acknowledged+c.FalseAlarms+c.Recovered+c.Sent == 0 {
		return nil
	}
	r := &w.report
	items := []string{fill(r.card, "opened", w.count(c.Opened), "acknowledged", w.count(c.Acknowledged),
		"false", w.unit(c.FalseAlarms, r.mistake), "recovered", w.count(c.Recovered))}
	if c.Sent > 0 {
		items = append(items, fill(r.cardSent, "messages", w.unit(c.Sent, r.message), "duration", w.moment(c.MedianDelay)))
	}
	if c.MedianToAck > 0 {
		items = append(items, fill(r.cardAck, "duration", w.moment(c.MedianToAck)))
	}
	if c.MedianToClose > 0 {
		items = append(items, fill(r.cardClose, "duration", w.moment(c.MedianToClose)))
	}
	return items
}

// moment is a duration that may be seconds only.
func (w writer) moment(d time.Duration) string {
	if d < time.Minute {
		return w.unit(int(max(d, 0).Round(time.Second)/time.Second), w.report.second)
	}
	return w.duration(d)
}

func (w writer) sourcesLine(d brand.Digest) string {
	var silent []string
	for _, s := range d.Sources {
		silent = append(silent, w.silence(s, d.To))
	}
	if len(silent) == 0 {
		return w.report.allFresh
	}
	return strings.Join(append(w.atMost(silent, maxIncidents), w.notCounted), separator)
}
