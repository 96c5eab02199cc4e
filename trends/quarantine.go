package trends

import "math/bits"

// quarantine keeps days inside an incident from teaching the baseline, unless
// the new level lasts. Days far below the baseline teach at once, and when there
// are enough of them the baseline follows them down.
type quarantine struct {
	seen      [quarantineDays]dayCount // ring of the last days
	next      int
	negatives run
	others    run
}

const quarantineDays = 14

// dayCount is one day of the ring.
type dayCount struct{ negatives, others, exposure float32 }

// run counts the days that disagree with the baseline.
type run struct {
	above uint16 // of the last 14 days: one bit each, the lowest is the newest
	below uint16 // in a row, up to today
}

const (
	newNormal = 10 // of the last 14 days far above are a new normal
	newLow    = 8  // days in a row at half the level are one, too; a week of holidays is not
)

// teach says what a day may teach.
type teach struct{ negatives, others bool }

// admit decides what a day with k negatives and o others may teach.
func (q *quarantine) admit(d *Detector, k, o, exposure float64) teach {
	mean, othersMean := d.rate()*exposure, d.otherRate()*exposure
	jammed := k >= larger(4, 1.8*mean) && d.days > 2 && d.negatives.rare(k, mean)
	flooded := o >= larger(8, 1.8*othersMean) && d.days > 2 && d.others.rare(o, othersMean)
	q.seen[q.next] = dayCount{negatives: float32(k), others: float32(o), exposure: float32(exposure)}
	if q.next++; q.next == len(q.seen) {
		q.next = 0
	}
	t := teach{negatives: !jammed, others: !flooded}
	if q.negatives.add(jammed, k, mean) {
		q.settle(&q.negatives, &d.negatives, func(c dayCount) float32 { return c.negatives })
		t.negatives = false // it was just counted
	}
	if q.others.add(flooded, o, othersMean) {
		q.settle(&q.others, &d.others, func(c dayCount) float32 { return c.others })
		t.others = false
	}
	return t
}

// add counts a day and reports whether enough of them disagree.
func (r *run) add(above bool, n, mean float64) bool {
	r.above = r.above << 1 & (1<<quarantineDays - 1)
	if above {
		r.above |= 1
	}
	if r.below++; n > mean/2 || mean < 4 {
		r.below = 0
	}
	return r.below >= newLow || r.above != 0 && bits.OnesCount16(r.above) >= newNormal
}

// settle restarts the level at the days that disagree with it.
func (q *quarantine) settle(r *run, l *level, field func(dayCount) float32) {
	var sum, exposure float64
	for age := len(q.seen) - 1; age >= 0; age-- { // oldest first
		if r.below >= newLow && age < newLow || r.below < newLow && r.above>>age&1 == 1 {
			c := q.seen[(q.next+len(q.seen)-1-age)%len(q.seen)]
			sum += float64(field(c))
			exposure += float64(c.exposure)
		}
	}
	*r = run{}
	l.restart(sum, exposure)
}

// larger and smaller are max and min of numbers, as a branch: those of Go look for NaN
// and the sign of zero, and were a tenth of the cost of a day.
func larger(a, b float64) float64 {
	if a > b {
		return a
	}
	return b
}

func smaller(a, b float64) float64 {
	if a < b {
		return a
	}
	return b
}
