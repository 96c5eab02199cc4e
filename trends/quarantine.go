package trends

// quarantine keeps days inside an incident from teaching the baseline, unless
// the new level lasts. Days far below the baseline teach at once, and when there
// are enough of them the baseline follows them down.
type quarantine struct {
	seen      [14]dayCount // ring of the last days
	next      int
	negatives run
	others    run
}

// dayCount is one day of the ring.
type dayCount struct {
	negatives, others float32
	exposure          float32
	jammed, flooded   bool // too many negatives, too many others
}

// run counts the days that disagree with the baseline.
type run struct {
	above int // of the last 14 days
	below int // in a row, up to today
}

const (
	newNormal = 10 // of the last 14 days far above are a new normal
	newLow    = 8  // days in a row at half the level are one, too; a week of holidays is not
)

// teach says what a day may teach.
type teach struct{ negatives, others bool }

// admit decides what a day with k negatives and o others may teach.
func (q *quarantine) admit(d *Detector, k, o, exposure float64) teach {
	c := dayCount{negatives: float32(k), others: float32(o), exposure: float32(exposure)}
	if d.days > 2 {
		c.jammed = isJam(k, d.rate()*exposure, d.negatives.alpha, 4)
		c.flooded = isJam(o, d.otherRate()*exposure, d.others.alpha, 8)
	}
	old := &q.seen[q.next]
	q.negatives.add(c.jammed, old.jammed, k, d.rate()*exposure)
	q.others.add(c.flooded, old.flooded, o, d.otherRate()*exposure)
	*old = c
	q.next = (q.next + 1) % len(q.seen)
	t := teach{negatives: !c.jammed, others: !c.flooded}
	if q.settle(&q.negatives, &d.negatives, func(c *dayCount) (float32, *bool) { return c.negatives, &c.jammed }) {
		t.negatives = false // it was just counted
	}
	if q.settle(&q.others, &d.others, func(c *dayCount) (float32, *bool) { return c.others, &c.flooded }) {
		t.others = false
	}
	return t
}

// add counts a day; old is the one that leaves the ring.
func (r *run) add(above, old bool, n, mean float64) {
	r.above += count(above) - count(old)
	r.below++
	if mean < 4 || n > mean/2 {
		r.below = 0
	}
}

// settle restarts the level when enough days disagree with it, and reports
// whether it did.
func (q *quarantine) settle(r *run, l *level, field func(*dayCount) (float32, *bool)) bool {
	low := r.below >= newLow
	if !low && r.above < newNormal {
		return false
	}
	var sum, exposure float64
	for i := range q.seen {
		c := &q.seen[(q.next+i)%len(q.seen)] // oldest first
		n, above := field(c)
		if low && i >= len(q.seen)-newLow || !low && *above {
			sum += float64(n)
			exposure += float64(c.exposure)
		}
		*above = false
	}
	*r = run{}
	l.restart(sum, exposure)
	return true
}

// isJam reports whether a day's count is too far above its mean to teach.
func isJam(n, mean, alpha, least float64) bool {
	return n >= least && n >= 1.8*mean && logTailNB(int(n), max(mean, 1e-3), alpha) < -2.5
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
