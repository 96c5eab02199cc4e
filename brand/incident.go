package brand

import "time"

// State is where an incident stands in its life:
//
//	open → acknowledged → recovering → recovered | relapsed
//
// or false_alarm, by the word of a person.
type State uint8

// The states, in the order in which the store numbers them.
const (
	Open State = iota + 1
	Acknowledged
	Recovering
	Recovered
	Relapsed
	FalseAlarm
)

var stateNames = [...]string{"", "open", "acknowledged", "recovering", "recovered", "relapsed", "false_alarm"}

// String returns the name that SQL and logs use.
func (s State) String() string { return nameOf(stateNames[:], int(s)) }

// MarshalText lets a state appear by name in JSON.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *State) UnmarshalText(text []byte) error { return parseName(stateNames[:], s, text) }

// Ended reports whether nothing more is expected of the incident.
func (s State) Ended() bool { return s == Recovered || s == FalseAlarm }

// Incident is a negative spike with a beginning, reasons, an owner and an end.
// Its numbers are those of the moment of the last alert, so that an alert can
// be reproduced long after the mentions behind it were deleted.
type Incident struct {
	ID       int64    `json:"id"`
	Brand    string   `json:"brand"`
	State    State    `json:"state"`
	Severity Severity `json:"severity"`
	Cause    Cause    `json:"cause"` // the one with the greatest excess

	StartedAt    time.Time `json:"started_at"` // first hour of the window that raised it
	OpenedAt     time.Time `json:"opened_at"`  // when the rule decided
	UpdatedAt    time.Time `json:"updated_at"`
	AckedAt      time.Time `json:"acknowledged_at,omitzero"`
	RecoveringAt time.Time `json:"recovering_at,omitzero"`
	RecoveredAt  time.Time `json:"recovered_at,omitzero"`
	Owner        string    `json:"owner,omitempty"`
	Note         string    `json:"note,omitempty"`

	SilencedUntil time.Time `json:"silenced_until,omitzero"`
	Reminders     int       `json:"reminders,omitempty"` // about a critical incident that nobody took
	RemindedAt    time.Time `json:"reminded_at,omitzero"`

	Window           time.Duration `json:"window"` // length of the deciding window
	Mentions         int           `json:"mentions"`
	ExpectedMentions float64       `json:"expected_mentions"`
	Observed         int           `json:"observed"` // negatives in the window
	Expected         float64       `json:"expected"` // negatives that are usual in such a window
	Low              float64       `json:"low"`      // usual range, 10th and 90th percentile
	High             float64       `json:"high"`
	Share            float64       `json:"share"`           // negatives among mentions in the window
	UsualShare       float64       `json:"usual_share"`     // the same in the baseline
	Score            float64       `json:"score"`           // decades of days: 10^score days pass between two such windows by chance
	Peak             int           `json:"peak"`            // greatest Observed so far
	Depth            float64       `json:"depth,omitempty"` // greatest Share so far
	Excess           float64       `json:"excess"`          // negatives above the usual since StartedAt
	Voices           int           `json:"voices"`          // independent texts among the negatives

	Causes    []Driver `json:"causes,omitempty"` // by excess, unexplained included
	Sources   []Driver `json:"sources,omitempty"`
	Versions  []Driver `json:"versions,omitempty"`
	Languages []Driver `json:"languages,omitempty"` // by language code
	Stars     []Driver `json:"stars,omitempty"`     // "1" to "5"
	Words     []Driver `json:"words,omitempty"`     // that came up; counts are of texts
	Part      string   `json:"part,omitempty"`      // what was judged alone: "source NAME" or "cause KEY"; empty for the whole brand
	Places    []Driver `json:"places,omitempty"`    // cities or regions, where the source names them
	Cities    []Driver `json:"cities,omitempty"`    // that the texts name; counts are of texts
	Rivals    []Rival  `json:"rivals,omitempty"`    // competitors in the same window
	Replies   *Replies `json:"replies,omitempty"`   // nil when no source shows replies
	Alarms    int      `json:"alarms"`              // incidents of this brand in the 90 days before
	Quotes    []Quote  `json:"quotes,omitempty"`

	Coverage   []SourceState `json:"coverage,omitempty"`
	Confidence string        `json:"confidence"` // learning, low, normal
	Rule       string        `json:"rule"`       // identity and parameters of the rule
	Lexicon    string        `json:"lexicon"`    // version that scored the mentions
}

// Rival is a competitor in the same window: what it suffers as well is not our
// fault alone.
type Rival struct {
	Brand    string  `json:"brand"`
	Observed int     `json:"observed"` // negatives with the incident's main cause
	Expected float64 `json:"expected"`
}

// Replies is how the brand answers its negative reviews in public.
type Replies struct {
	Negatives   int     `json:"negatives"` // of the last 28 days, on sources that show replies
	Answered    int     `json:"answered"`
	MedianHours float64 `json:"median_hours"` // of the answered ones
}

// Driver is one group of negatives (a cause, a source, a version) and how far it
// stands above what is usual for it.
type Driver struct {
	Key      string  `json:"key"`
	Observed int     `json:"observed"`
	Expected float64 `json:"expected"`
}

// Excess is how many negatives of the group are above the usual.
func (d Driver) Excess() float64 { return float64(d.Observed) - d.Expected }

// Quote is a mention shown as evidence, with personal data already redacted.
type Quote struct {
	MentionID   int64     `json:"mention_id"`
	Text        string    `json:"text"`
	Stars       int       `json:"stars,omitempty"`
	Source      string    `json:"source"`
	URL         string    `json:"url,omitempty"`
	PublishedAt time.Time `json:"published_at"`
	Words       []string  `json:"words,omitempty"` // what made it negative, as written
}

// SourceState says what a source could see when the incident was decided.
type SourceState struct {
	Source string    `json:"source"`
	Fresh  bool      `json:"fresh"`
	Since  time.Time `json:"since,omitzero"`   // of the last success when not fresh
	Status string    `json:"status,omitempty"` // of its last run when not fresh, as in v_source_health
	Reason string    `json:"reason,omitempty"` // in English, for the operator

	Brand string        `json:"brand,omitempty"` // where several are listed
	Usual time.Duration `json:"usual,omitempty"` // longest usual time without anything new
}

// Change is what happened to an incident; each one makes an alert.
type Change string

// The changes that the rule decides.
const (
	Opened       Change = "opened"
	Worsened     Change = "worsened"      // negatives doubled since the last alert
	CauseChanged Change = "cause_changed" // another cause leads now
	BackAgain    Change = "relapsed"      // opened again within a day of recovering
	Closed       Change = "recovered"
)

// The changes that a person makes, by a button or on the command line.
const (
	Taken    Change = "acknowledged" // somebody owns it
	Noted    Change = "noted"
	Silenced Change = "silenced"
	Denied   Change = "false_alarm"
)

// The changes that silence makes: nobody took a critical incident in time.
const (
	Reminded  Change = "reminder"
	Escalated Change = "escalated"
)

// Erased brings the living message of an incident up to date, because a quote in
// it was erased. Nothing is posted.
const Erased Change = "erased"

// Broken tells the other channels that one refuses its messages for good. By
// names it, Incident.Note says why.
const Broken Change = "channel_broken"

// Degraded tells the operator that a part of the program does not work, and
// Mended that it does again. By names the part, Incident.Note says what happened.
const (
	Degraded Change = "degraded"
	Mended   Change = "mended"
)

// Stopped tells the operator that the service itself failed. By names its unit,
// Incident.Note says how it ended.
const Stopped Change = "stopped"

// SourceSilent tells operators that sources bring nothing new any more, or cannot
// be read: Digest.Sources lists them. It is said once of each silence.
const SourceSilent Change = "source_silent"

// Reports that are about no single incident; Alert.Digest holds them.
const (
	Daily    Change = "daily"    // what yesterday was like
	Weekly   Change = "weekly"   // what last week was like
	HandOver Change = "handover" // what the quiet hours held back
	Storm    Change = "storm"    // too many alerts at once: all of them in one list
)

// Alert is an incident at the moment of a change, or a report, ready to be told
// to people.
type Alert struct {
	Change   Change   `json:"change"`
	By       string   `json:"by,omitempty"`   // who made the change, when a person did
	Test     bool     `json:"test,omitempty"` // a planted one, that must be marked TEST
	Edit     bool     `json:"edit,omitempty"` // only the living message is brought up to date; see [Erased]
	Incident Incident `json:"incident,omitzero"`
	Digest   *Digest  `json:"digest,omitempty"`
}

// MaxListed is how many incidents one list names: more do not fit into a message,
// whatever they are called.
const MaxListed = 500

// Digest is a report on a span of time.
type Digest struct {
	From    time.Time     `json:"from"`
	To      time.Time     `json:"to"`
	Moods   []Mood        `json:"moods,omitempty"`   // one a brand, competitors last
	Alerts  []Alert       `json:"alerts,omitempty"`  // incidents of the span, or those held back
	Sources []SourceState `json:"sources,omitempty"` // that are not fresh
	Card    *Scorecard    `json:"card,omitempty"`
}

// Mood is how people spoke about a brand in a span, beside the span before.
type Mood struct {
	Brand             string   `json:"brand"`
	Competitor        bool     `json:"competitor,omitempty"`
	Mentions          int      `json:"mentions"`
	Negatives         int      `json:"negatives"`
	PreviousMentions  int      `json:"previous_mentions"`
	PreviousNegatives int      `json:"previous_negatives"`
	Causes            []Driver `json:"causes,omitempty"` // negatives beside those of the span before, greatest rise first
	Remark            string   `json:"remark,omitempty"` // volume_up, tone_worsening, slow_burn or review_bombing
}

// Scorecard is how the alerts of a span fared.
type Scorecard struct {
	Opened        int           `json:"opened"`
	Acknowledged  int           `json:"acknowledged"`
	FalseAlarms   int           `json:"false_alarms"`
	Recovered     int           `json:"recovered"`
	Sent          int           `json:"sent"`         // messages
	MedianDelay   time.Duration `json:"median_delay"` // from decided to delivered
	MedianToAck   time.Duration `json:"median_to_ack"`
	MedianToClose time.Duration `json:"median_to_close"`
}
