package trends

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"pantau/brand"
)

// Group is one cause, source, version or place with its negatives in the window
// and in the history before it.
type Group struct {
	Key      string
	Observed int // in the window
	Past     int // in the history
}

// Tally adds up groups by their key.
type Tally map[string]Group

// Add counts negatives of a group.
func (t Tally) Add(key string, observed, past int) {
	g := t[key]
	t[key] = Group{Key: key, Observed: g.Observed + observed, Past: g.Past + past}
}

// Groups returns the groups in the order of their keys.
func (t Tally) Groups() []Group {
	return slices.SortedFunc(maps.Values(t), func(a, b Group) int { return cmp.Compare(a.Key, b.Key) })
}

const (
	leastExpected = 0.05 // negatives: a group that was never seen may have been missed
	groupSpread   = 0.3  // groups scatter more than their sum
	surprising    = -2.0 // log10 of the chance above which a group is no driver
)

// Drivers ranks the groups by excess, greatest first, and leaves out those whose
// count may well be chance (more than 1 %). The expectation of a group is its own
// past times scale: what is usual in the window over what the history held.
func Drivers(groups []Group, scale float64) []brand.Driver {
	var drivers []brand.Driver
	for _, g := range groups {
		expected := max(float64(g.Past)*scale, leastExpected)
		if math.IsNaN(expected) || logTailNB(g.Observed, expected, groupSpread) > surprising {
			continue
		}
		drivers = append(drivers, brand.Driver{Key: g.Key, Observed: g.Observed, Expected: expected})
	}
	slices.SortFunc(drivers, func(a, b brand.Driver) int {
		return cmp.Or(cmp.Compare(b.Excess(), a.Excess()), cmp.Compare(a.Key, b.Key))
	})
	return drivers
}

// MainCause returns the first known cause of a ranking.
func MainCause(causes []brand.Driver) brand.Cause {
	for _, d := range causes {
		if cause, err := brand.ParseCause(d.Key); err == nil && cause != brand.Unexplained {
			return cause
		}
	}
	return brand.Unexplained
}
