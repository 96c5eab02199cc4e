package alerts

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pantau/brand"
)

// Entry is one incident in a report that lists all of them.
type Entry struct {
	Icon   string // its colour
	Name   string // of the brand
	Detail string // cause, state and size
	Size   string // complaints, alone
}

// rollOf writes a report that lists everything it was given.
func (w writer) rollOf(c brand.Change, d brand.Digest) Message {
	summary, sentence := w.report.held, w.report.heldLine
	if c == brand.Storm {
		summary, sentence = w.report.storm, w.report.stormLine
	}
	critical, causes := 0, map[brand.Cause]int{}
	for _, a := range d.Alerts {
		causes[a.Incident.Cause]++
		if a.Incident.Severity == brand.Critical && !a.Incident.State.Ended() {
			critical++
		}
	}
	loud := ""
	if critical > 0 {
		loud = fill(w.report.critical, "n", w.count(critical))
	}
	incidents := w.unit(len(d.Alerts), w.report.incident)
	return Message{
		Change:   c,
		Title:    w.report.titles[c],
		Headline: clip(join(separator, w.report.words[c], fill(summary, "incidents", incidents), loud), maxHeadline),
		Sentence: fill(sentence, "incidents", incidents),
		Facts:    lines(Line{Label: w.labels.cause, Text: w.shared(causes)}),
		List:     w.entries(d.Alerts),
	}
}

// shared counts the causes, the most frequent first.
func (w writer) shared(causes map[brand.Cause]int) string {
	order := slices.Sorted(maps.Keys(causes))
	slices.SortStableFunc(order, func(a, b brand.Cause) int { return causes[b] - causes[a] })
	var parts []string
	for _, c := range order[:min(len(order), maxDrivers)] {
		parts = append(parts, fill(w.report.shared, "name", c.Name(w.language), "n", w.count(causes[c])))
	}
	return strings.Join(parts, separator)
}

// entries lists incidents, those that need somebody first, then by size.
func (w writer) entries(all []brand.Alert) []Entry {
	all = slices.Clone(all)
	rank := func(a brand.Alert) int {
		if a.Incident.State.Ended() {
			return 0
		}
		return int(a.Incident.Severity)
	}
	slices.SortStableFunc(all, func(a, b brand.Alert) int {
		return cmp.Or(rank(b)-rank(a), b.Incident.Observed-a.Incident.Observed)
	})
	list := make([]Entry, 0, len(all))
	for _, a := range all {
		list = append(list, w.entry(a.Incident))
	}
	return list
}

func (w writer) entry(i brand.Incident) Entry {
	state, owner := w.report.entryStates[i.State], plain(i.Owner, maxName)
	if owner != "" && (i.State == brand.Acknowledged || i.State == brand.Relapsed || i.State == brand.Recovering) {
		state = fill(w.statusOwned, "owner", owner)
	}
	e := Entry{Icon: mark(i.State, i.Severity), Name: plain(i.Brand, maxName)}
	size := ""
	switch {
	case i.State.Ended() && i.Peak > 0:
		e.Size = w.count(i.Peak)
		size = fill(w.report.entryPeak, "peak", e.Size)
	case !i.State.Ended() && i.Observed > 0:
		e.Size = w.count(i.Observed)
		if size = e.Size; i.Window > 0 {
			size += fill(w.sizeWindow, "window", w.window(i.Window))
		}
		if i.Expected > 0 {
			size = fill(w.report.entrySize, "n", size, "usual", w.usual(i.Expected))
		}
	}
	e.Detail = join(separator, i.Cause.Name(w.language), size, state)
	return e
}

// lastLevel is the level of a list at which names are cut to six runes.
const lastLevel = 2 + maxName - 6

// squeezed cuts the middle out of a name that is too long: what tells two
// branches apart often stands at the end.
func squeezed(name string, limit int) string {
	runes := []rune(name)
	if len(runes) <= limit {
		return name
	}
	tail := limit / 3
	return strings.TrimRight(string(runes[:limit-1-tail]), " ") + "…" + strings.TrimLeft(string(runes[len(runes)-tail:]), " ")
}

// listing writes a list, each entry in full on its own line at level 0. Further
// levels are one line a colour: with the sizes at level 1, then names alone, one
// rune shorter at each level. Every entry is there at every level.
func (w writer) listing(list []Entry, level int) []string {
	if level == 0 {
		var all []string
		for _, e := range list {
			all = append(all, e.Icon+" "+e.Name+": "+e.Detail)
		}
		return all
	}
	groups := map[string][]string{}
	var order []string
	for _, e := range list {
		if groups[e.Icon] == nil {
			order = append(order, e.Icon)
		}
		name := squeezed(e.Name, maxName-max(level-2, 0))
		if level == 1 && e.Size != "" {
			name += " (" + e.Size + ")"
		}
		groups[e.Icon] = append(groups[e.Icon], name)
	}
	var all []string
	for _, icon := range order {
		names := groups[icon]
		all = append(all, icon+" "+w.count(len(names))+": "+strings.Join(names, ", "))
	}
	return all
}

// chunks joins lines into texts of at most limit runes, and breaks a longer line
// after a comma.
func chunks(lines []string, limit int) []string {
	var all []string
	text, used := "", 0
	for n, line := range lines {
		if n < len(lines)-1 {
			line += "\n"
		}
		for _, piece := range strings.SplitAfter(line, ", ") {
			runes := utf8.RuneCountInString(piece)
			if used > 0 && used+runes > limit {
				all, text, used = append(all, text), "", 0
			}
			text, used = text+piece, used+runes
		}
	}
	if text != "" {
		all = append(all, text)
	}
	return all
}

// span names the days of a report: "Sabtu, 21 Nov 2026" or "16–22 Nov 2026".
func (w writer) span(from, to time.Time) string {
	last := to.Add(-time.Second).In(w.zone)
	text := w.shortSpan(from, to) + " " + last.Format("2006")
	if from.In(w.zone).Format(time.DateOnly) == last.Format(time.DateOnly) {
		return w.weekdays[last.Weekday()] + ", " + text
	}
	return text
}

// shortSpan is span without weekday and year, for a lock screen.
func (w writer) shortSpan(from, to time.Time) string {
	first, last := from.In(w.zone), to.Add(-time.Second).In(w.zone)
	text := w.dayOf(last)
	switch {
	case first.Format(time.DateOnly) == last.Format(time.DateOnly):
		return text
	case first.Month() == last.Month():
		return first.Format("2") + "–" + text
	}
	return w.dayOf(first) + " – " + text
}
