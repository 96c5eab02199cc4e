package alerts

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pantau/brand"
)

// openFacts are the lines of an incident that goes on.
func (w writer) openFacts(i brand.Incident) []Line {
	return lines(
		Line{Label: w.labels.observed, Text: w.observedLine(i)},
		Line{Label: w.labels.expected, Text: w.expectedLine(i)},
		Line{Label: w.labels.since, Text: w.sinceLine(i)},
		Line{Label: w.labels.sure, Text: join(separator, w.certainty(i), w.alarms(i))},
		Line{Label: w.labels.cause, Items: w.causes(i.Causes)},
		Line{Label: w.labels.part, Text: w.partLine(i.Part)},
		Line{Label: w.labels.words, Text: w.wordsLine(i.Words)},
		Line{Label: w.labels.where, Text: w.places(i.Sources)},
		Line{Label: w.labels.version, Text: w.places(i.Versions)},
		Line{Label: w.people.placeLabel, Text: w.places(i.Places)},
		Line{Label: w.people.cityLabel, Text: w.places(i.Cities)},
		Line{Label: w.labels.language, Text: w.languages(i.Languages)},
		Line{Label: w.labels.onlyUs, Text: w.onlyUs(i)},
		Line{Label: w.labels.stars, Text: w.starsLine(i.Stars)},
		Line{Label: w.labels.voices, Text: w.voicesLine(i)},
		Line{Label: w.labels.replies, Text: w.repliesLine(i.Replies)},
	)
}

// closedFacts are the numbers that an incident ends with. They say "after",
// never "because of": nothing here knows what helped.
func (w writer) closedFacts(i brand.Incident) []Line {
	return lines(
		Line{Label: w.labels.recovered, Text: w.recoveredLine(i)},
		Line{Label: w.labels.detected, Text: w.between(w.afterStart, i.StartedAt, i.OpenedAt)},
		Line{Label: w.labels.taken, Text: w.takenLine(i)},
		Line{Label: w.labels.peak, Text: w.peakLine(i)},
		Line{Label: w.labels.total, Text: w.totalLine(i)},
		Line{Label: w.labels.now, Text: w.nowLine(i)},
		Line{Label: w.labels.cause, Items: w.causes(i.Causes)},
	)
}

func (w writer) observedLine(i brand.Incident) string {
	switch complaints := w.unit(i.Observed, w.complaint); {
	case i.Observed <= 0:
		return ""
	case i.Mentions <= 0:
		return complaints
	default:
		share := i.Share
		if share <= 0 {
			share = float64(i.Observed) / float64(i.Mentions)
		}
		return fill(w.ofMentions, "complaints", complaints, "mentions", w.count(i.Mentions)) + " (" + w.percent(share) + ")"
	}
}

func (w writer) expectedLine(i brand.Incident) string {
	if i.Expected <= 0 {
		return ""
	}
	usual := w.usual(i.Expected)
	if i.Expected >= 1 {
		usual = fill(w.about, "usual", usual)
	}
	var band, share string
	if low, high := whole(i.Low), whole(i.High); high > 0 && low <= high {
		band = fill(w.usualRange, "low", w.count(low), "high", w.count(high))
	}
	if i.UsualShare > 0 {
		share = fill(w.usualShare, "share", w.percent(i.UsualShare))
	}
	return join(separator, usual, band, share)
}

func (w writer) sinceLine(i brand.Incident) string {
	var start, window string
	if !i.StartedAt.IsZero() {
		start = w.date(i.StartedAt)
	}
	if i.Window > 0 && !i.UpdatedAt.IsZero() {
		window = fill(w.windowUntil, "window", w.window(i.Window), "until", w.clock(i.UpdatedAt, i.StartedAt))
	}
	return join(separator, start, window)
}

func (w writer) certainty(i brand.Incident) string {
	stage := ""
	switch i.Confidence {
	case "learning":
		stage = w.learning
	case "low", "low_confidence":
		stage = w.low
	}
	if stage != "" { // too little history to say how rare this is
		return stage
	}
	return w.rarity(i.Score)
}

// ranked returns the drivers with the greatest excess first, without those that
// are at their usual level.
func ranked(drivers []brand.Driver) []brand.Driver {
	up := slices.DeleteFunc(slices.Clone(drivers), func(d brand.Driver) bool { return whole(d.Excess()) < 1 })
	slices.SortStableFunc(up, func(a, b brand.Driver) int { return cmp.Compare(b.Excess(), a.Excess()) })
	return up
}

// causes ranks the causes by excess. What no cause explains always has its
// place, at the end when it does not reach the top.
func (w writer) causes(drivers []brand.Driver) []string {
	var items []string
	for n, d := range ranked(drivers) {
		unexplained := d.Key == brand.Unexplained.String()
		if n >= maxDrivers && !unexplained {
			continue
		}
		usual := "<1" // short, because most causes are rare
		if d.Expected >= 1 {
			usual = w.usual(d.Expected)
		}
		items = append(items, fill(w.driver, "excess", w.count(whole(d.Excess())), "name", w.causeName(d.Key),
			"observed", w.count(d.Observed), "usual", usual))
	}
	return items
}

// causeName is the name that people read; a newer database may hold keys that
// have none yet.
func (w writer) causeName(key string) string {
	if c, err := brand.ParseCause(key); err == nil {
		return c.Name(w.language)
	}
	return plain(key, maxName)
}

// places lists sources or versions with their excess on one line.
func (w writer) places(drivers []brand.Driver) string {
	var parts []string
	for _, d := range ranked(drivers) {
		if name := plain(d.Key, maxName); name != "" && len(parts) < maxDrivers {
			parts = append(parts, name+" +"+w.count(whole(d.Excess())))
		}
	}
	return strings.Join(parts, separator)
}

func (w writer) voicesLine(i brand.Incident) string {
	switch {
	case i.Voices <= 0 || i.Observed <= 0:
		return ""
	case i.Voices >= i.Observed:
		return fill(w.allVoices, "complaints", w.unit(i.Observed, w.complaint))
	case bombed(i):
		copies := 1 - float64(i.Voices)/float64(i.Observed)
		return fill(w.copied, "percent", w.percent(copies), "voices", w.unit(i.Voices, w.voice), "complaints", w.unit(i.Observed, w.complaint))
	}
	return fill(w.voices, "voices", w.unit(i.Voices, w.voice), "complaints", w.unit(i.Observed, w.complaint))
}

// bombed reports whether most complaints repeat each other: one text by many
// hands, or by one. They are shown as they came, and only their voices are tested.
func bombed(i brand.Incident) bool { return i.Observed-i.Voices >= 10 && 2*i.Voices <= i.Observed }

// partLine says that only a part of the brand was out of the ordinary.
func (w writer) partLine(part string) string {
	return w.ofPart(part, "", w.partCause, w.partSource)
}

// wordsLine names the words that came up; they are a stranger's.
func (w writer) wordsLine(words []brand.Driver) string {
	var parts []string
	for _, d := range words[:min(len(words), maxWords)] {
		if word := plain(d.Key, maxWord); word != "" {
			parts = append(parts, fill(w.word, "word", word, "texts", w.unit(d.Observed, w.text)))
		}
	}
	return strings.Join(parts, separator)
}

// starsLine lists the excess by stars.
func (w writer) starsLine(stars []brand.Driver) string {
	starred := make([]brand.Driver, len(stars))
	for i, d := range stars {
		starred[i] = d
		starred[i].Key += "★"
	}
	return w.places(starred)
}

func (w writer) recoveredLine(i brand.Incident) string {
	if recovery(i) <= 0 {
		return ""
	}
	since := w.closedSince
	if declared(i) {
		since = w.people.closedSince
	}
	return join(separator, fill(w.closedTook, "duration", w.duration(recovery(i))), fill(since, "date", w.date(easedAt(i))))
}

// between is a duration in words, empty unless both ends are known and ordered.
func (w writer) between(form string, from, to time.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	return fill(form, "duration", w.duration(to.Sub(from)))
}

func (w writer) takenLine(i brand.Incident) string {
	if i.AckedAt.IsZero() {
		return w.nobody
	}
	owner := i.Owner
	if owner != "" {
		owner = fill(w.byOwner, "owner", owner)
	}
	return join(", ", owner, w.between(w.afterAlert, i.OpenedAt, i.AckedAt))
}

func (w writer) peakLine(i brand.Incident) string {
	if i.Peak <= 0 {
		return ""
	}
	var worst string
	if i.Depth > 0 {
		worst = fill(w.worstShare, "share", w.percent(i.Depth))
	}
	return join(separator, w.unit(i.Peak, w.complaint)+w.windowOf(i), worst)
}

func (w writer) totalLine(i brand.Incident) string {
	// Total counts closed hours. A person who closes the incident within its first
	// hours leaves fewer of them than the peak shows.
	if whole(i.Excess) < 1 || declared(i) && i.Excess+i.Expected < float64(i.Peak)-1 {
		return ""
	}
	return fill(w.aboveUsual, "complaints", w.unit(whole(i.Excess), w.complaint))
}

// nowLine is left out when the numbers are still those of the peak, or were not
// counted anew because a person closed the incident.
func (w writer) nowLine(i brand.Incident) string {
	if i.Observed >= i.Peak || i.Expected <= 0 || declared(i) {
		return ""
	}
	return w.unit(i.Observed, w.complaint) + w.windowOf(i) + fill(w.usually, "usual", w.usual(i.Expected))
}

func (w writer) windowOf(i brand.Incident) string {
	if i.Window <= 0 {
		return ""
	}
	return fill(w.inWindow, "window", w.window(i.Window))
}
