package collectors

import (
	"slices"
	"time"
)

const (
	fewestGaps  = 5 // below that nobody knows what is usual
	silenceGaps = 3 // times the usual longest gap
	silenceRuns = 2
)

// Silent judges a source that brought something new at the given times, oldest
// first. It is silent when nothing came for more than three times the gap that 95
// of 100 of its gaps do not exceed, and for at least two runs, which have happened
// (runs counts those after the last arrival) and are due every so often. A gap that
// it had twice before, such as a weekend, is no silence either: without this every
// busy source with quiet nights would be reported twice a month. usual is the first
// of these gaps, 0 when it was not needed.
//
// A source that was read all the time and brings nothing looks like one on which
// nobody complains. This is how the difference is noticed.
func Silent(at []time.Time, runs int, every time.Duration, now time.Time) (usual time.Duration, silent bool) {
	if len(at) <= fewestGaps {
		return 0, false
	}
	if now.Sub(at[len(at)-1]) <= silenceRuns*every || runs < silenceRuns {
		return 0, false // the common case needs no sorting
	}
	gaps := make([]time.Duration, len(at)-1)
	for i := range gaps {
		gaps[i] = at[i+1].Sub(at[i])
	}
	slices.Sort(gaps)
	usual = gaps[(len(gaps)*95+99)/100-1]
	return usual, now.Sub(at[len(at)-1]) > max(silenceGaps*usual, gaps[len(gaps)-2])
}

// Next returns what an operator does about a status, "" when nothing.
func (s Status) Next() string {
	switch s {
	case Degraded:
		return "open the address in a browser and compare"
	case Blocked:
		return "use an official interface, or import exports"
	case RateLimited:
		return "wait, or read it less often"
	case Failed:
		return "mend what the reason names"
	}
	return ""
}
