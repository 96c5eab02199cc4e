package trends

import "time"

// Day is one local day with what was usual for it on its own morning. Hours that
// were not watched expect nothing.
type Day struct {
	Start            time.Time `json:"start"`
	Observed         int       `json:"observed"` // negatives
	Expected         float64   `json:"expected"`
	Low              float64   `json:"low"` // usual range, 10th and 90th percentile
	High             float64   `json:"high"`
	ExpectedMentions float64   `json:"expected_mentions"`
}

// Daily replays a series and returns its full local days, for charts. The first
// days expect next to nothing: nothing is known yet.
func Daily(o Options, s Series) []Day {
	d := NewDetector(o, s.Start)
	var days []Day
	for _, h := range s.Hours {
		d.take(h)
		if d.clock.dayEnds() {
			days = append(days, d.day())
		}
		d.tick()
	}
	return days
}

// day is the local day whose last hour was just taken.
func (d *Detector) day() Day {
	var s sums
	older, newer := d.ring(d.dayBegan, d.hours)
	s.add(older)
	s.add(newer)
	low, high := bandOf(s.mean, d.scatter())
	return Day{Start: d.clock.time(d.clock.begin), Observed: s.raw,
		Expected: s.mean, Low: low, High: high, ExpectedMentions: s.mean + s.othersMean}
}
