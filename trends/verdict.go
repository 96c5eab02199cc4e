package trends

import (
	"math"
	"time"
)

// Reason says in one name why a verdict is what it is.
type Reason string

// The reasons.
const (
	Fired           Reason = "fired"             // rare enough: opens or feeds an incident
	Quiet           Reason = "quiet"             // as usual
	BelowFloor      Reason = "below_floor"       // too few negatives to say anything
	BelowThreshold  Reason = "below_threshold"   // above the usual, but not rare enough
	NoShareEvidence Reason = "no_share_evidence" // rare, but the tone did not change
	VolumeUp        Reason = "volume_up"         // more mentions than usual, tone as usual: for the digest
	ToneWorsening   Reason = "tone_worsening"    // more of the mentions negative, their number usual: for the digest
	ReviewBombing   Reason = "review_bombing"    // copies of few texts: rare by number, ordinary by voices: for the digest
	SlowBurn        Reason = "slow_burn"         // four weeks clearly worse than four weeks two months ago: for the digest
	Learning        Reason = "learning"          // less than two days known
	StaleCoverage   Reason = "stale_coverage"    // the newest hours were not watched
)

// Stage says how sure the baseline is.
type Stage string

// The stages.
const (
	StageLearning      Stage = "learning"       // first two days: no rule
	StageLowConfidence Stage = "low_confidence" // first two weeks: a higher threshold
	StageSettling      Stage = "settling"       // up to four weeks, or fewer than 30 mentions
	StageNormal        Stage = "normal"
)

// Verdict is the decision on one series at one moment, with every number that is
// needed to reproduce it: the score of a window is -log10 P(X >= Voices), less
// log10(24/min(Coverage*Window, 24)), where X is negative binomial of mean Tested
// and variance Tested+Alpha*Tested², and with the probability Sale of mean
// SaleTested and variance SaleTested+SaleAlpha*SaleTested²; see [Verdict.Check].
type Verdict struct {
	At     time.Time `json:"at"` // end of the window
	Fires  bool      `json:"fires"`
	Reason Reason    `json:"reason"`
	Stage  Stage     `json:"stage"`

	Score     float64 `json:"score"`          // decades of days: 10^score days pass between two such windows by chance
	Threshold float64 `json:"threshold"`      // the score that fires
	Window    int     `json:"window"`         // hours of the deciding window, of the last day when none decides; cut at the last recovery
	Rise      int     `json:"rise,omitempty"` // hours of the window since which complaints are above the usual, when it fires
	Slow      bool    `json:"slow"`           // the slow-rise sum decided
	Cold      bool    `json:"cold"`           // the share decided: the level is not known yet

	Observed         int     `json:"observed"` // negatives in the window, copies included
	Voices           int     `json:"voices"`   // independent ones among them, each text and each author once: what was tested
	Expected         float64 `json:"expected"` // negatives that are usual in such a window
	Low              float64 `json:"low"`      // usual range, 10th and 90th percentile
	High             float64 `json:"high"`
	Mentions         int     `json:"mentions"`
	ExpectedMentions float64 `json:"expected_mentions"`
	Share            float64 `json:"share"`       // negatives among mentions
	UsualShare       float64 `json:"usual_share"` // the same in the baseline

	Tested     float64 `json:"tested"`      // expectation given how many other mentions came: what Voices was tested against
	Alpha      float64 `json:"alpha"`       // squared coefficient of variation of the test beyond Poisson
	Sale       float64 `json:"sale"`        // probability that everything rises, as on a sale: the weight of the next two
	SaleTested float64 `json:"sale_tested"` // expectation if so
	SaleAlpha  float64 `json:"sale_alpha"`
	SlowSum    float64 `json:"slow_sum"`                // log-likelihood ratio of the slow-rise sum
	Negatives  int     `json:"negatives_24"`            // negatives of the last 24 h
	Coverage   float64 `json:"coverage"`                // watched share of the window
	Newest     int     `json:"newest"`                  // negatives of the newest hour
	Usual      float64 `json:"newest_usual"`            // and what is usual for it
	NewVoices  int     `json:"newest_voices,omitempty"` // independent ones of the newest hour
	Factor     float64 `json:"factor"`                  // what the calendar raised the expectation by, 1 without an event
	Event      string  `json:"event,omitempty"`

	Part string `json:"part,omitempty"` // the source or cause that was judged alone, such as "source toko"; the caller's word

	Running bool `json:"running,omitempty"` // of an hour that is not over
	Calm    bool `json:"calm"`              // back to the usual, as far as the coverage lets one say
	Unsure  bool `json:"unsure"`            // too few mentions or too little coverage to say whether it is calm
}

// ReturnPeriod returns the number of days that pass between two such windows by
// chance alone.
func ReturnPeriod(score float64) (days float64) { return math.Pow(10, score) }

// Check works out the score again from the numbers of the verdict. A verdict of
// the slow-rise sum has none but SlowSum.
func (v Verdict) Check() (score float64) {
	if v.Slow {
		return v.SlowSum * slowScale
	}
	if v.Score == 0 {
		return 0
	}
	t := test{mean: v.Tested, alpha: v.Alpha, sale: v.Sale, saleMean: v.SaleTested, saleAlpha: v.SaleAlpha}
	return scoreOf(t.chance(v.Voices), v.Coverage*float64(v.Window))
}
