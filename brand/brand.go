// Package brand holds the words that the whole program shares: a [Mention] and
// its [Score], the [Cause] of a complaint, and the [Incident] that many of them
// make. It does no I/O, reads no clock and starts nothing.
//
// The same words name the same things in Go, SQL, TOML, the log and Slack.
package brand

import (
	"fmt"
	"time"
)

// Mention is one public text about a brand. A mention with stars is a review.
type Mention struct {
	Brand       string    // name of the configured brand
	Source      string    // name of the configured source
	ExternalID  string    // identity within the source; an edit keeps it
	URL         string    // public permalink, may be empty
	Title       string    // headline, may be empty
	Text        string    // plain text, UTF-8
	Author      string    // handle as the source gives it; stored only as a keyed pseudonym
	Stars       int       // 1 to 5, 0 when the source gives no rating
	Advice      Advice    // where the source asks for one instead of stars
	Version     string    // app version the review is about
	Place       string    // city or region when the source names one
	PublishedAt time.Time // event time; zero when the source gives none
	DayEnd      time.Time // last second of the day, where the source gives a date without a time of day; else zero
	FirstSight  bool      // its page was never read before: without a date it may be of any age
	CollectedAt time.Time // when this program first saw it
	Reply       string    // public answer of the brand
	RepliedAt   time.Time // zero when there is no answer
}

// Polarity is the verdict on one text. The zero value is [Unknown]: a text
// without a known word is unknown, never negative.
type Polarity uint8

// The polarities, in the order in which the store numbers them.
const (
	Unknown Polarity = iota
	Negative
	Neutral
	Positive
)

var polarityNames = [...]string{"unknown", "negative", "neutral", "positive"}

// String returns the English lower-case name.
func (p Polarity) String() string { return nameOf(polarityNames[:], int(p)) }

// MarshalText lets a polarity appear by name in JSON.
func (p Polarity) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name.
func (p *Polarity) UnmarshalText(text []byte) error { return parseName(polarityNames[:], p, text) }

// Language is the outcome of the vote over the words of a text.
type Language uint8

// The languages, in the order in which the store numbers them.
const (
	LanguageUnknown Language = iota
	Indonesian
	English
	Mixed
	Malay // flagged, not scored as confident Indonesian
	OtherLanguage
)

var languageNames = [...]string{"unknown", "id", "en", "mixed", "ms", "other"}

// String returns the code: id, en, mixed, ms, other or unknown.
func (l Language) String() string { return nameOf(languageNames[:], int(l)) }

// MarshalText lets a language appear by code in JSON.
func (l Language) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a code.
func (l *Language) UnmarshalText(text []byte) error { return parseName(languageNames[:], l, text) }

// Score is the verdict on one text with everything that led to it.
type Score struct {
	Polarity  Polarity   `json:"polarity"`
	Compound  float64    `json:"compound"`   // -1 (worst) to 1 (best)
	PNegative float64    `json:"p_negative"` // calibrated probability that the text complains
	Doubtful  bool       `json:"doubtful"`   // stars and text disagree, or praise meets a complaint
	Language  Language   `json:"language"`
	Hits      []Hit      `json:"hits"`
	Causes    []CauseHit `json:"causes"`
}

// Hit is one entry of the lexicon that was found in a text.
type Hit struct {
	Start        int     `json:"start"` // byte offsets in the original text, half open
	End          int     `json:"end"`
	Entry        string  `json:"entry"`          // normalised form as the lexicon spells it
	Weight       float64 `json:"weight"`         // contribution to the score, sign included
	Subjectivity float64 `json:"subjectivity"`   // contribution to speaking of an opinion at all
	Rule         string  `json:"rule,omitempty"` // what changed the entry's own weight: negated, intensified, …
}

// CauseHit is the evidence for one cause in a text.
type CauseHit struct {
	Cause Cause `json:"cause"`
	Start int   `json:"start"` // byte offsets in the original text, half open
	End   int   `json:"end"`
}

// Scored is a mention with its verdict.
type Scored struct {
	Mention
	Score Score
}

// Severity says how loudly an incident should speak.
type Severity uint8

// The severities, in rising order.
const (
	Notice Severity = iota + 1
	Warning
	Critical
)

var severityNames = [...]string{"", "notice", "warning", "critical"}

// String returns the English lower-case name.
func (s Severity) String() string { return nameOf(severityNames[:], int(s)) }

// MarshalText lets a severity appear by name in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *Severity) UnmarshalText(text []byte) error { return parseName(severityNames[:], s, text) }

func nameOf(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return "invalid"
	}
	return names[i]
}

func parseName[T ~uint8](names []string, into *T, text []byte) error {
	for i, name := range names {
		if name == string(text) {
			*into = T(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %q", text, names)
}
