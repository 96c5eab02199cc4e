package trends

import "time"

// Event is a span in which more mentions than usual are expected: a sale, a
// holiday, a release. It raises the expectation and never mutes; series about
// data security should be judged without events.
type Event struct {
	Name     string
	From, To time.Time // half open
	Factor   float64   // of the usual; what is not above 1 changes nothing
}

// event returns the event with the greatest factor in the running hour.
func (d *Detector) event() (name string, factor float64) {
	at := d.clock.at()
	factor = 1
	for i := range d.options.Events {
		e := &d.options.Events[i]
		if e.Factor > factor && !at.Before(e.From) && at.Before(e.To) {
			name, factor = e.Name, min(e.Factor, maxFactor)
		}
	}
	return name, factor
}

// maxFactor keeps an infinite factor from muting.
const maxFactor = 20

func (d *Detector) factor() float64 {
	_, factor := d.event()
	return factor
}
