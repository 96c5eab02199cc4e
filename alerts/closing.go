package alerts

import (
	"strconv"
	"strings"
	"time"

	"pantau/brand"
)

// status says who is on it, what they noted and until when they want silence.
func (w writer) status(i brand.Incident, now time.Time) string {
	owner, note := i.Owner, i.Note
	if owner != "" {
		owner = fill(w.statusOwned, "owner", owner)
	}
	if note != "" {
		note = fill(w.note, "note", note)
	}
	switch i.State {
	case brand.Recovered:
		return join(separator, w.statusClosed, note)
	case brand.FalseAlarm:
		return join(separator, w.statusFalse, note)
	case brand.Recovering:
		since := ""
		if !i.RecoveringAt.IsZero() {
			since = fill(w.statusRecovering, "since", w.clock(i.RecoveringAt, i.UpdatedAt))
		}
		return join(separator, since, owner, note)
	}
	if owner == "" {
		owner = w.statusOpen
	}
	silence := ""
	if i.SilencedUntil.After(now) {
		silence = fill(w.people.statusSilent, "until", w.clock(i.SilencedUntil, now))
	}
	return join(separator, owner, silence, note)
}

// maxSilent is how many silent sources an alert names before it counts them.
const maxSilent = 3

func (w writer) coverage(i brand.Incident) string {
	if len(i.Coverage) == 0 {
		return ""
	}
	fresh, silent := 0, []string{}
	for _, s := range i.Coverage {
		if s.Fresh {
			fresh++
			continue
		}
		silent = append(silent, w.silence(s, i.UpdatedAt))
	}
	parts := []string{fill(w.fresh, "fresh", w.count(fresh), "all", w.count(len(i.Coverage)))}
	parts = append(parts, silent[:min(len(silent), maxSilent)]...)
	if more := len(silent) - maxSilent; more > 0 {
		parts = append(parts, fill(w.silentMore, "n", w.count(more)))
	}
	if len(silent) > 0 {
		parts = append(parts, w.notCounted)
	}
	return strings.Join(parts, separator)
}

func (w writer) silence(s brand.SourceState, near time.Time) string {
	text := fill(w.silent, "source", plain(s.Source, maxName))
	if !s.Since.IsZero() {
		text = fill(w.silentSince, "source", plain(s.Source, maxName), "since", w.clock(s.Since, near))
	}
	if status := w.statuses[s.Status]; status != "" {
		text += " (" + status + ")"
	}
	return text
}

func (w writer) reference(i brand.Incident) string {
	var id, rule, lexicon string
	if i.ID > 0 {
		id = fill(w.details, "id", strconv.FormatInt(i.ID, 10))
	}
	if r := plain(i.Rule, maxRule); r != "" {
		rule = fill(w.rule, "rule", r)
	}
	if l := plain(i.Lexicon, maxName); l != "" {
		lexicon = fill(w.lexicon, "lexicon", l)
	}
	return join(separator, id, rule, lexicon)
}
