// Package trends finds negative spikes in hourly counts and follows them until
// they are over. Hours go in, decisions with all their numbers come out; the
// package does no I/O, reads no clock and starts nothing.
//
// A [Detector] learns what is usual for one series and judges every hour; a
// [Life] turns its verdicts into the changes of one incident; [Drivers] says which
// causes, sources or versions make the excess. docs/detection.md describes the
// rule for people.
//
// A Detector holds one series and is not safe for concurrent use. The same hours
// give the same verdicts, bit for bit, so a restart only has to push them again.
package trends

import (
	"fmt"
	"time"
)

// Hour is what is known of one hour of one series.
type Hour struct {
	Mentions  int32 // all of them, negatives included
	Negatives int32
	Repeats   int32   // negatives that are no voice of their own: copies of a text, and more from the same author
	Coverage  float32 // 0 to 1: share of the hour that was watched; of the running hour, the share that has passed
}

// counts returns the negatives and the other mentions that the rule tests. Of
// many copies of one text, and of one author, only the first counts. Impossible
// input is clamped.
func (h *Hour) counts() (negatives, others int) {
	n := max(int(h.Negatives), 0)
	others = max(int(h.Mentions)-n, 0)
	return n - min(max(int(h.Repeats), 0), n), others
}

// raw is the number of negatives with their copies.
func (h *Hour) raw() int32 { return max(h.Negatives, 0) }

func (h *Hour) coverage() float64 {
	if !(h.Coverage > 0) { // NaN too
		return 0
	}
	return min(float64(h.Coverage), 1)
}

// Series is a run of consecutive hours.
type Series struct {
	Start time.Time // beginning of the first hour; its Location gives hour of day and weekday
	Hours []Hour
}

// Sensitivity is how rare a window must be before it may raise an incident.
type Sensitivity uint8

// The sensitivities. The zero value is [Seimbang], the default.
const (
	Seimbang Sensitivity = iota // balanced
	Peka                        // sensitive: earlier, with more false alarms
	Tenang                      // calm: only what is beyond doubt
)

var sensitivityNames = [...]string{"seimbang", "peka", "tenang"}

// String returns the Indonesian name, as config.toml spells it.
func (s Sensitivity) String() string {
	if int(s) < len(sensitivityNames) {
		return sensitivityNames[s]
	}
	return "invalid"
}

// MarshalText lets a sensitivity appear by name in JSON.
func (s Sensitivity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSensitivity reads the Indonesian or the English name.
func ParseSensitivity(name string) (Sensitivity, error) {
	switch name {
	case "peka", "sensitive":
		return Peka, nil
	case "seimbang", "balanced":
		return Seimbang, nil
	case "tenang", "calm":
		return Tenang, nil
	}
	return Seimbang, fmt.Errorf("%q is not a sensitivity: use peka, seimbang or tenang (sensitive, balanced, calm)", name)
}

// Options are the settings of a [Detector]. The zero value is the default.
type Options struct {
	Sensitivity Sensitivity
	Events      []Event // spans in which more mentions than usual are expected
	Margin      float64 // added to the threshold: of a series that is one of n, log10 n
	// Afresh is when a person said that an episode is over, or zero: windows start
	// with the next full hour, as after a recovery that was measured.
	Afresh time.Time
}
