package store

import (
	"database/sql"
	"slices"

	"pantau/brand"
)

// The causes of a mention are stored as its hits are: three characters each, whose
// code points are the cause, 1 + first byte and 1 + length in bytes of the evidence,
// in the order of causes.

// writeCauses returns causes as they are stored, with the first evidence of each; ""
// when there is none.
func writeCauses(hits []brand.CauseHit) string {
	b := make([]byte, 0, 4*len(hits))
	for _, h := range evidenceOf(hits) {
		b = appendNumber(b, int64(h.Cause))
		b = appendNumber(b, int64(h.Start)+1)
		b = appendNumber(b, int64(h.End-h.Start)+1)
	}
	return string(b)
}

// evidenceOf returns what the store keeps of the evidence for causes: the first
// piece for each, in their order.
func evidenceOf(hits []brand.CauseHit) (kept []brand.CauseHit) {
	for _, h := range hits {
		if h.Cause != brand.Unexplained && !slices.ContainsFunc(kept, func(k brand.CauseHit) bool { return k.Cause == h.Cause }) {
			kept = append(kept, h)
		}
	}
	slices.SortFunc(kept, func(a, b brand.CauseHit) int { return int(a.Cause) - int(b.Cause) })
	return kept
}

// readCauses is the reverse of writeCauses.
func readCauses(text string) (hits []brand.CauseHit) {
	for len(text) > 0 {
		var n [3]int64
		for i := range n {
			n[i], text = nextNumber(text)
		}
		start := int(n[1] - 1)
		hits = append(hits, brand.CauseHit{Cause: brand.Cause(n[0]), Start: start, End: start + int(n[2]-1)})
	}
	return hits
}

// causeCounts are complaints by cause. One with two causes counts twice, one without
// a known cause as unexplained. They are stored in the same way, two characters for
// each that is not 0: 1 + cause, and the count.
type causeCounts [32]int

// add counts complaints with the same causes.
func (c *causeCounts) add(causes uint32, n int) {
	if causes == 0 {
		causes = 1 << brand.Unexplained
	}
	for i := 0; causes != 0; i, causes = i+1, causes>>1 {
		if causes&1 == 1 {
			c[i] += n
		}
	}
}

func (c *causeCounts) plus(d *causeCounts) {
	for i, n := range d {
		c[i] += n
	}
}

const (
	countMost = surrogates - 1 // a larger count takes several entries: the views need not skip any
	takenOff  = 32             // added to the cause of a change that is below 0
)

// String returns the form in which they are stored, "" when all are 0.
func (c *causeCounts) String() string {
	var b []byte
	for i, n := range c {
		code := int64(i) + 1
		if n < 0 {
			code, n = code+takenOff, -n
		}
		for ; n > 0; n -= countMost {
			b = appendNumber(appendNumber(b, code), int64(min(n, countMost)))
		}
	}
	return string(b)
}

// parse adds what is stored.
func (c *causeCounts) parse(text string) {
	for len(text) > 0 {
		var code, n int64
		code, text = nextNumber(text)
		n, text = nextNumber(text)
		code--
		if code&takenOff != 0 {
			n = -n
		}
		c[code%takenOff] += int(n)
	}
}

// addCauses is the SQL function add_causes(a, b), which adds up counts.
func addCauses(a, b any) any {
	sum := newCauseSum()
	sum.Step(a)
	sum.Step(b)
	return sum.Done()
}

// causeSum is the SQL function sum_causes(causes), which adds up those of many rows.
type causeSum struct{ causeCounts }

func newCauseSum() *causeSum { return new(causeSum) }

// Step takes one row.
func (s *causeSum) Step(causes any) {
	counts, _ := causes.(string) // NULL is none
	s.parse(counts)
}

// Done returns the sum.
func (s *causeSum) Done() any { return text(s.String()) }

// eachCauses calls f with the complaints of a brand by cause in each hour from first
// to last that has any, in the order of time.
func (tx *Tx) eachCauses(brandID, first, last int64, f func(hour int64, c *causeCounts)) error {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT hour, causes FROM hours WHERE brand_id = ? AND hour BETWEEN ? AND ? AND causes IS NOT NULL ORDER BY hour`, brandID, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	var at int64
	var sum causeCounts // of the sources
	flush := func() {
		if sum != (causeCounts{}) {
			f(at, &sum)
		}
		sum = causeCounts{}
	}
	for rows.Next() {
		var hour int64
		var causes sql.RawBytes
		if err := rows.Scan(&hour, &causes); err != nil {
			return err
		}
		if hour != at {
			flush()
			at = hour
		}
		sum.parse(string(causes))
	}
	flush()
	return rows.Err()
}
