package backtest

import (
	"slices"

	"pantau/trends"
)

// rewindable replays a series that changes behind its newest hour. It keeps what
// the detector was before each of the newest hours, and before each day.
type rewindable struct {
	hours  []trends.Hour // as they are known now
	lag    trends.Lag    // how late they usually come
	begins int           // first hour of newest
	newest []trends.Hour // the hours that the lag may change, as they are judged
	state  *trends.Detector
	next   int // hour that state takes next
	recent [recentHours]trends.Detector
	days   []trends.Detector // before hour 24 × index
}

// Mentions come late by hours, not by weeks: going further back costs a replay of
// up to a day more.
const recentHours = 48

// memory is how many hours the daemon looks back: what changes before is not seen.
const memory = 90 * 24

// replayArrivals judges as a daemon does that looks once an hour: in the last
// minute of each, the hour before, which is closed, and the running one, both as
// far as they had been collected by then.
func (h *History) replayArrivals(o trends.Options, r *replay, progress func(share float64)) {
	x := rewindable{hours: slices.Clone(h.Hours), state: trends.NewDetector(o, h.Start)}
	all := h.Arrivals.Late
	for _, l := range all {
		x.gain(l, -1)
	}
	r.hours = x.hours
	for i, done, old := 0, 0, 0; i < len(h.Hours); i++ {
		h.report(progress, i)
		first := max(i-1, 0)
		for ; done < len(all) && all[done].Known <= i; done++ {
			x.gain(all[done], 1)
			if all[done].Hour > i-memory {
				first = min(first, all[done].Hour)
			}
		}
		if i%24 == 0 {
			for old < done && all[old].Known < i-trends.LagMemory {
				old++
			}
			first = min(first, i-len(x.lag)) // the hours that the old lag changed
			x.lag = trends.LearnLag(x.hours, all[old:done], i)
		}
		if v, ok := x.push(max(min(first, i-len(x.lag)), 0), i); ok {
			r.feed(h, v, i)
		}
		r.feed(h, x.state.Preview(x.at(i)), i)
	}
}

// gain adds what came late (n = 1), or takes it out (n = -1).
func (x *rewindable) gain(l trends.Late, n int32) {
	h := &x.hours[l.Hour]
	h.Mentions += n * l.Gain.Mentions
	h.Negatives += n * l.Gain.Negatives
	h.Repeats += n * l.Gain.Repeats
	h.Coverage += float32(n) * l.Gain.Coverage
}

// push takes the hours from the first that changed to the one before i again, and
// returns the verdict on that.
func (x *rewindable) push(first, i int) (v trends.Verdict, ok bool) {
	x.rewind(first)
	x.begins = max(i-len(x.lag), 0)
	x.newest = x.lag.Apply(x.hours[x.begins:i+1], 1)
	for ; x.next < i; x.next++ {
		x.recent[x.next%recentHours] = *x.state
		if day := x.next / 24; x.next%24 == 0 {
			x.days = append(x.days[:day], *x.state)
		}
		v, ok = x.state.Push(x.at(x.next)), true
	}
	return v, ok
}

// at returns an hour as it is judged.
func (x *rewindable) at(hour int) trends.Hour {
	if hour >= x.begins {
		return x.newest[hour-x.begins]
	}
	return x.hours[hour]
}

// rewind brings the detector back to before hour, or a little earlier.
func (x *rewindable) rewind(hour int) {
	switch {
	case hour >= x.next:
	case x.next-hour <= recentHours:
		*x.state = x.recent[hour%recentHours]
		x.next = hour
	default:
		*x.state = x.days[hour/24]
		x.next = hour / 24 * 24
	}
}
