package trends

// lagHours is how far behind a source is followed. What comes later than three days
// is no lag but history.
const lagHours = 72

// LagMemory is how many hours before now a lag is learned from: what an hour before
// them gained before them says nothing.
const LagMemory = month + lagHours

const week, month = 7 * 24, 28 * 24

// Late is what an hour gained after it was over: mentions that were collected later,
// or a watch that was completed later.
type Late struct {
	Hour, Known int // of the series: the hour, and the one in which it gained
	Gain        Hour
}

// Lag says how late a series usually comes: Lag[a] is the share of the mentions of an
// hour that are known when the hour number a after it ends, of those that the watch
// until then should have brought. Nil is a series that comes in time.
//
// Feeds that moderate, and shops that publish at noon what was written in the morning,
// make the newest hours look calm, or silent, whatever happens. What is usual there is
// less, so less is expected of them.
type Lag []float64

// LearnLag learns from the four weeks that ended three days before the hour now, which
// is the number of one of hours, or from the newest of these weeks where that says that
// more is known: what comes earlier than expected must not look like an incident. late
// has what the hours gained until now, in any order.
func LearnLag(hours []Hour, late []Late, now int) Lag {
	const (
		inTime    = 0.95 // of an hour are known at its end: nothing to correct
		nearlyAll = 0.99 // from here on all of it
	)
	lag, newest := lagOf(hours, late, now, month), lagOf(hours, late, now, week)
	n := 0
	for age := range lag {
		if lag[age] = max(lag[age], newest[age]); lag[age] < nearlyAll {
			n = age + 1
		}
	}
	if lag[0] >= inTime {
		return nil
	}
	return lag[:n]
}

// lagOf is the lag in a span that ended three days before now.
func lagOf(hours []Hour, late []Late, now, span int) Lag {
	const worth = 20 // mentions in time that are supposed before any is seen
	first, end := max(now-lagHours-span, 0), now-lagHours
	all := float64(worth)
	for i := first; i < end; i++ {
		all += float64(max(hours[i].Mentions, 0))
	}
	var missing, unwatched [lagHours]float64 // mentions that came, or were watched, more than so many hours later
	for _, l := range late {
		age := l.Known - l.Hour - 1 // the last at which it was not there
		if l.Hour < first || l.Hour >= end || l.Known > now || age < 0 || age >= lagHours {
			continue
		}
		h := &hours[l.Hour]
		missing[age] += float64(l.Gain.Mentions)
		if c := h.coverage(); c > 0 {
			unwatched[age] += float64(max(h.Mentions, 0)) * min(l.Gain.coverage()/c, 1)
		}
	}
	lag := make(Lag, lagHours)
	away, dark, known := 0.0, 0.0, 1.0
	for age := lagHours - 1; age >= 0; age-- {
		away, dark = away+missing[age], dark+unwatched[age]
		known = min(known, max(all-away, 0)/max(all-dark, 1))
		lag[age] = known
	}
	return lag
}

// Apply returns the hours with the newest watched only as far as they are usually
// known by now: the last of them is the running one, of which a part has passed, 1 at
// its end. The counts stay what they are. It changes nothing in place.
func (l Lag) Apply(hours []Hour, passed float64) []Hour {
	if l == nil {
		return hours
	}
	const least = 1e-4 // what came all the same is not unseen
	out := append(hours[:0:0], hours...)
	for age := range min(len(l)+1, len(out)) {
		share := l.known(age)
		if age > 0 {
			share = l.known(age-1) + passed*(share-l.known(age-1))
		}
		out[len(out)-1-age].Coverage *= float32(max(share, least))
	}
	return out
}

// known is the share that is known when hour number age ends.
func (l Lag) known(age int) float64 {
	if age < len(l) {
		return l[age]
	}
	return 1
}
