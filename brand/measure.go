package brand

import "time"

// Advice says whether the author of a mention recommends what it is about, where
// a source asks that instead of for stars. It never becomes stars.
type Advice uint8

// The advices. The zero value is that of sources that do not ask.
const (
	NoAdvice Advice = iota
	Recommended
	Discouraged
)

// Rating is the average that a page or a store shows of all its ratings at one
// moment. It is a series of its own, no review and no verdict.
type Rating struct {
	Subject string    // what is rated, such as a page, a place or a product
	At      time.Time // when it was read
	Value   float64   // as shown, 0 to Best
	Best    float64   // end of the scale, above 0
	Count   int       // ratings behind it, 0 when the page does not say
}

// Answer is one answer to "how likely are you to recommend us?", from 0 to 10.
// It is the metric of a survey (Net Promoter Score), never stars or a polarity.
type Answer struct {
	ExternalID string // identity within the source; a correction keeps it
	At         time.Time
	Score      int
}
