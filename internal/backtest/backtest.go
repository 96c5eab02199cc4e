package backtest

import (
	"slices"

	"pantau/brand"
	"pantau/trends"
)

// Options choose what is replayed.
type Options struct {
	Rule        Rule                // [Pantau] when empty
	Sensitivity trends.Sensitivity  // of our own rule
	Threshold   float64             // of a peer's rule; 0 is its usual one
	Events      []trends.Event      // calendar of our own rule
	Labels      *Labels             // nil without labels
	Alone       bool                // leave out what the other sensitivities would do, and what was usual for each day
	Beside      []Rule              // further rules on the same history, at their usual thresholds
	Progress    func(share float64) // told how much of the work is done, 0 to 1; nil for nobody
}

// Result is what a replay found. The first four weeks are a warm-up: what was
// alerted or labelled in them is in Incidents and Warmup, and in no other number.
type Result struct {
	Series   string `json:"series"`
	Rule     Rule   `json:"rule"`
	Labelled int    `json:"labelled"` // incidents that people marked
	Found    int    `json:"found"`    // those that were alerted in time

	Recall                float64  `json:"recall"`
	Precision             float64  `json:"precision"` // hits among hits and false alarms
	Alarms                int      `json:"alarms"`    // incidents opened
	AlarmsPer90Days       float64  `json:"alarms_per_90d"`
	MedianDelay           *float64 `json:"median_delay_h"`          // hours from the onset; null when nothing was found
	MedianNegativesBefore *float64 `json:"median_negatives_before"` // negatives seen from the onset to the alert

	FalseAlarms       int     `json:"false_alarms"` // far from everything that is labelled
	FalsePer90Days    float64 `json:"false_alarms_per_90d"`
	AlertsPerIncident float64 `json:"alerts_per_incident"` // messages that ring: opened and relapsed

	Warmup        Warmup  `json:"warmup"`
	Sensitivities []Level `json:"sensitivities,omitempty"` // what the other settings would do
	Rules         []Side  `json:"rules,omitempty"`         // what the rules beside found
	Undated       int     `json:"undated"`                 // rows left out for want of a time
	Live          int     `json:"live"`                    // mentions replayed in the order in which they were collected
	Stars         *Check  `json:"stars_check,omitempty"`   // the verdicts against the stars, where texts decided

	Incidents []Incident `json:"incidents"`
	Findings  []Finding  `json:"findings,omitempty"`    // one per labelled incident
	Near      []NearMiss `json:"near_misses,omitempty"` // the closest windows that did not alert

	History *History `json:"-"`
	replay  replay
}

// Warmup is what happened in the first four weeks, when little is known.
type Warmup struct {
	Labelled int `json:"labelled"`
	Found    int `json:"found"`
	Alarms   int `json:"alarms"`
}

// Level is how often a sensitivity would have alerted.
type Level struct {
	Sensitivity     trends.Sensitivity `json:"sensitivity"`
	Alarms          int                `json:"alarms"`
	AlarmsPer90Days float64            `json:"alarms_per_90d"`
}

// Run replays the history.
func Run(h *History, o Options) *Result {
	if o.Rule == "" {
		o.Rule = Pantau
	}
	r := &Result{Series: h.Name, Rule: o.Rule, Undated: len(h.Undated), History: h}
	if h.Arrivals != nil {
		r.Live = h.Arrivals.Live
	}
	if h.Check.Agreed < h.Check.Rated {
		r.Stars = &h.Check
	}
	if o.Rule == Pantau {
		detector := trends.Options{Sensitivity: o.Sensitivity, Events: o.Events}
		r.replay = h.replayPantau(detector, o.part(0))
		if !o.Alone {
			r.replay.days = trends.Daily(detector, h.Series)
			r.Sensitivities = levels(h, o, r.replay)
		}
	} else {
		threshold := o.Threshold
		if threshold == 0 {
			threshold = usualThresholds[o.Rule]
		}
		r.replay = h.replayPeer(o.Rule, threshold)
	}
	r.Incidents, r.Near = r.replay.incidents, r.replay.closest()
	if r.Incidents == nil {
		r.Incidents = []Incident{}
	}
	for i := range r.Incidents {
		if x := &r.Incidents[i]; x.Causes == nil {
			x.Causes = []brand.Driver{} // a list in JSON, whatever is in it
		}
	}
	r.Alarms = alarms(r.Incidents)
	r.Warmup.Alarms = len(r.Incidents) - r.Alarms
	r.AlarmsPer90Days = per90(r.Alarms, h.days()-28)
	r.ring()
	if o.Labels != nil {
		r.compare(o.Labels)
	}
	r.beside(h, o)
	return r
}

// part is the progress of replay n of those that Run makes.
func (o Options) part(n int) func(share float64) {
	if o.Progress == nil {
		return func(float64) {}
	}
	all := 1
	if o.Rule == Pantau && !o.Alone {
		all = len(levelsShown)
	}
	return func(share float64) { o.Progress((float64(n) + share) / float64(all)) }
}

// Side is what another rule would have done.
type Side struct {
	Rule            Rule     `json:"rule"`
	Alarms          int      `json:"alarms"`
	AlarmsPer90Days float64  `json:"alarms_per_90d"`
	Found           int      `json:"found"`
	FalsePer90Days  float64  `json:"false_alarms_per_90d"`
	MedianDelay     *float64 `json:"median_delay_h"`
}

// beside runs further rules and puts them in a row with this one.
func (r *Result) beside(h *History, o Options) {
	for _, rule := range o.Beside {
		s := r
		if rule != r.Rule {
			s = Run(h, Options{Rule: rule, Sensitivity: o.Sensitivity, Events: o.Events, Labels: o.Labels, Alone: true})
		}
		r.Rules = append(r.Rules, Side{rule, s.Alarms, s.AlarmsPer90Days, s.Found, s.FalsePer90Days, s.MedianDelay})
	}
}

// Fires tells for every hour whether the rule's window was above its threshold
// when the hour ended.
func (r *Result) Fires() []bool { return r.replay.fires }

// levelsShown are the sensitivities from the most to the least.
var levelsShown = [...]trends.Sensitivity{trends.Peka, trends.Seimbang, trends.Tenang}

// levels tries every sensitivity.
func levels(h *History, o Options, done replay) []Level {
	var ls []Level
	tried := 0
	for _, s := range levelsShown {
		r := done
		if s != o.Sensitivity {
			tried++
			r = h.replayPantau(trends.Options{Sensitivity: s, Events: o.Events}, o.part(tried))
		}
		n := alarms(r.incidents)
		ls = append(ls, Level{s, n, per90(n, h.days()-28)})
	}
	return ls
}

// leastLevels is how many days say what a sensitivity costs: the warm-up and two
// weeks more.
const leastLevels = 42

// Levels says how often each sensitivity would have alerted on a history, in 90
// days after the first four weeks; nil when that is too short to say.
func Levels(h *History, events []trends.Event) []Level {
	if h.days() < leastLevels {
		return nil
	}
	o := Options{Events: events}
	return levels(h, o, h.replayPantau(trends.Options{Events: events}, o.part(0)))
}

// alarms counts the incidents that opened after the warm-up.
func alarms(incidents []Incident) (n int) {
	for _, x := range incidents {
		if x.opened >= warmup {
			n++
		}
	}
	return n
}

func per90(n int, days float64) float64 {
	if days <= 0 {
		return 0
	}
	return float64(n) / days * 90
}

// median returns the middle of the values, nil without any.
func median(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	m := (values[(len(values)-1)/2] + values[len(values)/2]) / 2
	return &m
}
