package backtest

import (
	"cmp"
	"slices"
	"time"

	"pantau/trends"
)

// NearMiss is a window that was out of the ordinary, but not rare enough to
// alert: what a more sensitive setting looks at first.
type NearMiss struct {
	At        time.Time `json:"at"`       // end of the window
	Window    int       `json:"window"`   // hours
	Observed  int       `json:"observed"` // negatives
	Expected  float64   `json:"expected"`
	Score     float64   `json:"score"`
	Threshold float64   `json:"threshold"`
}

// A near miss stands for the day around it, and a history shows the ten closest.
const (
	nearMissDay = 24 * time.Hour
	nearMisses  = 10
)

// nearMiss keeps the closest window of each day without an incident.
func (r *replay) nearMiss(v trends.Verdict) {
	if v.Reason != trends.BelowThreshold {
		return
	}
	x := NearMiss{v.At, v.Window, v.Observed, v.Expected, v.Score, v.Threshold}
	n := len(r.near)
	if n == 0 || x.At.Sub(r.near[n-1].At) >= nearMissDay {
		r.near = append(r.near, x)
	} else if x.Score > r.near[n-1].Score {
		r.near[n-1] = x
	}
}

// closest leaves out what an incident followed within a day: that was no miss.
func (r *replay) closest() []NearMiss {
	list := slices.DeleteFunc(slices.Clone(r.near), func(x NearMiss) bool {
		return slices.ContainsFunc(r.incidents, func(i Incident) bool {
			after := i.Opened.Sub(x.At)
			return after >= 0 && after < nearMissDay
		})
	})
	slices.SortFunc(list, func(a, b NearMiss) int { return cmp.Compare(b.Score, a.Score) })
	list = list[:min(len(list), nearMisses)]
	slices.SortFunc(list, func(a, b NearMiss) int { return a.At.Compare(b.At) })
	return list
}
