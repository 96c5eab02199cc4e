package daemon

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pantau/brand"
	"pantau/store"
	"pantau/trends"
)

// rule names the detection rule and its version in every incident. A change of
// the rule's numbers changes it.
const rule = "negative-spike/6"

// incident composes the incident as it stands after the change.
func (d *decision) incident() (*brand.Incident, error) {
	i, err := d.current()
	if err != nil {
		return nil, err
	}
	d.fillLife(i)
	d.fillNumbers(i)
	if err := d.fillFacets(i); err != nil {
		return nil, err
	}
	if err := d.fillEvidence(i); err != nil {
		return nil, err
	}
	i.Coverage, err = d.coverage()
	i.Severity = severity(i)
	return i, err
}

// current returns the incident that the change is about.
func (d *decision) current() (*brand.Incident, error) {
	if d.change == brand.Opened {
		return &brand.Incident{Brand: d.brand.Name}, nil
	}
	i, err := d.tx.LastIncident(d.brandID)
	if err == nil && i == nil {
		i = &brand.Incident{Brand: d.brand.Name}
	}
	return i, err
}

func (d *decision) fillLife(i *brand.Incident) {
	i.State, i.Cause = d.life.State, trends.MainCause(drivers(d.groups.Causes, d.groups, d.verdict))
	if alone, ok := causeOf(d.verdict.Part); ok { // the numbers are of this cause, whatever else the brand hears
		i.Cause = alone
	}
	if i.Cause == brand.Unexplained {
		i.Cause = d.life.Cause
	}
	i.StartedAt, i.UpdatedAt = d.life.StartedAt, d.verdict.At
	i.RecoveringAt, i.RecoveredAt = d.life.RecoveringAt, d.life.RecoveredAt
	i.Peak, i.Depth, i.Excess = d.life.Peak, d.life.Depth, d.life.Excess
	if i.UpdatedAt.After(d.now) {
		i.UpdatedAt = d.now
	}
	if d.change == brand.Opened {
		i.OpenedAt = d.now // the life may have opened in an hour that was judged late
	}
}

func (d *decision) fillNumbers(i *brand.Incident) {
	v := d.verdict
	i.Window = time.Duration(v.Window) * time.Hour
	i.Mentions, i.ExpectedMentions = v.Mentions, v.ExpectedMentions
	i.Voices = v.Voices
	i.Observed, i.Expected, i.Low, i.High = v.Observed, v.Expected, v.Low, v.High
	i.Share, i.UsualShare, i.Score = v.Share, v.UsualShare, v.Score
	i.Confidence = string(v.Stage)
	i.Rule = rule + " " + d.p.Sensitivity
	i.Lexicon = d.p.Scorer.Version()
	i.Causes = drivers(d.groups.Causes, d.groups, v)
	i.Sources = drivers(d.groups.Sources, d.groups, v)
	i.Part = v.Part
}

// fillFacets says in which version, language, place, star and city the excess is.
func (d *decision) fillFacets(i *brand.Incident) error {
	v := d.verdict
	from, to := d.window(v)
	f, err := d.tx.Facets(d.brandID, from, to.Add(-time.Second))
	if err != nil {
		return err
	}
	i.Versions = drivers(f.Versions, d.groups, v)
	i.Languages = drivers(f.Languages, d.groups, v)
	i.Places = drivers(f.Places, d.groups, v)
	i.Stars = drivers(f.Stars, d.groups, v)
	i.Cities, err = d.cities(from, to.Add(-time.Second))
	return err
}

// most is how many negatives are looked at for quotes.
const most = 500

func (d *decision) fillEvidence(i *brand.Incident) error {
	from, to := d.window(d.verdict)
	list, err := d.tx.Negatives(d.brandID, from, to, most)
	if err != nil {
		return err
	}
	i.Quotes = quotes(list, i.Cause)
	before, err := d.tx.Negatives(d.brandID, from.AddDate(0, 0, -28), from.Add(-time.Second), wordsBefore)
	if err != nil {
		return err
	}
	i.Words = newWords(list, before)
	if i.Rivals, err = d.tx.Rivals(i.Cause, from, to.Add(-time.Second)); err != nil {
		return err
	}
	if i.Replies, err = d.tx.Replies(d.brandID, d.now); err != nil {
		return err
	}
	i.Alarms, err = d.tx.Alarms(d.brandID, d.now)
	return err
}

// similar is how many of the 64 bits of two fingerprints may differ between
// copies of one text with small changes; of unrelated texts half of them do.
const similar = 10

func alike(a, b uint64) bool { return bits.OnesCount64(a^b) <= similar }

// An alert shows three quotes. It gets more, and leaves out those that only look
// different to a fingerprint.
const quoteCount = 6

// wordCount is how many words of a quote are named as its reasons.
const wordCount = 3

// quotes picks the texts that explain the incident best: those that show its
// main cause, are clearly negative, neither a word nor an essay, not copies of
// each other, and if possible from different sources.
func quotes(list []store.Evidence, main brand.Cause) []brand.Quote {
	slices.SortStableFunc(list, func(a, b store.Evidence) int { return cmp.Compare(worth(&b, main), worth(&a, main)) })
	var picked []store.Evidence
	sources := map[string]int{}
	for limit := 1; limit <= quoteCount && len(picked) < quoteCount; limit++ {
		for _, e := range list {
			if len(picked) < quoteCount && sources[e.Source] < limit && distinct(e, picked) {
				picked = append(picked, e)
				sources[e.Source]++
			}
		}
	}
	out := make([]brand.Quote, len(picked))
	for i, e := range picked {
		out[i] = e.Quote
		out[i].Words = words(e)
	}
	return out
}

func worth(e *store.Evidence, main brand.Cause) (w float64) {
	w = e.PNegative
	if slices.Contains(e.Causes, main) {
		w++
	}
	switch n := utf8.RuneCountInString(e.Text); {
	case n < 25:
		w -= 1.5
	case n > 220:
		w -= 0.3
	}
	return w
}

func distinct(e store.Evidence, picked []store.Evidence) bool {
	return !slices.ContainsFunc(picked, func(p store.Evidence) bool { return alike(e.Fingerprint, p.Fingerprint) })
}

// words returns what made a text negative, as it is written there, the heaviest
// first.
func words(e store.Evidence) (list []string) {
	hits := slices.Clone(e.Hits)
	slices.SortStableFunc(hits, func(a, b brand.Hit) int { return cmp.Compare(a.Weight, b.Weight) })
	for _, h := range hits {
		// A word that adds little explains little.
		if h.Weight >= 0 || h.Weight > hits[0].Weight/3 || len(list) == wordCount || h.Start < 0 || h.End > len(e.Text) || h.Start >= h.End {
			continue
		}
		word := strings.ToValidUTF8(e.Text[h.Start:h.End], "")
		if !strings.Contains(strings.Join(list, " "), word) {
			list = append(list, word)
		}
	}
	return list
}

// coverage says which sources of the brand could be read.
func (d *decision) coverage() ([]brand.SourceState, error) {
	health, err := d.tx.SourcesOf(d.brandID)
	return d.p.states(health, d.now), err
}

// severity says how loudly to speak: by how many more complaints there are than
// usual, and how many times the usual that is. Data security always speaks up.
func severity(i *brand.Incident) brand.Severity {
	excess, times := float64(i.Observed)-i.Expected, float64(i.Observed)/max(i.Expected, 0.5)
	switch {
	case i.Cause == brand.DataSecurityFraud && excess >= 8, excess >= 40 && times >= 5:
		return brand.Critical
	case excess >= 10 && times >= 2.5:
		return brand.Warning
	}
	return brand.Notice
}
