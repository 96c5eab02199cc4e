package gempa

import (
	"math"
	"time"

	"pantau/internal/backtest"
	"pantau/trends"
)

// The rhythm of a brand: how mentions spread over the local hours (mean 1) and
// over the weekdays from Monday, pooled over public Indonesian review histories.
var (
	hourOfDay = [24]float64{
		0.422, 0.264, 0.198, 0.171, 0.198, 0.343, 0.580, 0.870, 1.133, 1.318, 1.476, 1.529,
		1.397, 1.344, 1.344, 1.292, 1.423, 1.555, 1.529, 1.529, 1.423, 1.213, 0.844, 0.606,
	}
	weekday = [7]float64{1.08, 1.03, 1.00, 1.02, 1.03, 0.95, 0.89}
)

// fasting is hourOfDay in Ramadan: more before dawn and late, less at noon.
func fasting() (hours [24]float64) {
	sum := 0.0
	for h, f := range hourOfDay {
		switch {
		case h == 3 || h == 4:
			f *= 3
		case h >= 11 && h < 15:
			f *= 0.8
		case h >= 20 && h < 23:
			f *= 1.25
		}
		hours[h] = f
		sum += f
	}
	for h := range hours {
		hours[h] *= 24 / sum
	}
	return hours
}

const (
	caseDays = 150
	share    = 0.3 // of negatives
)

var (
	wib     = time.FixedZone("WIB", 7*3600)
	begin   = time.Date(2026, 1, 5, 0, 0, 0, 0, wib) // a Monday
	ramadan = [2]int{60, 90}                         // days
	plan    = []int{40, 68, 96, 124}                 // days on which something happens, 28 apart
	volumes = []float64{3, 30, 300, 3_000, 30_000}   // mentions a day
)

// world is a brand without incidents, and the hourly means behind its counts.
type world struct {
	chance
	hours             []trends.Hour
	negatives, others []float64
}

// newWorld draws 150 days of a brand: level and share drift from day to day, the
// hours scatter more than Poisson.
func newWorld(c chance, volume float64, ramadanToo bool) *world {
	w := &world{chance: c}
	fast, slow, tone := walk{0, 0.9, 0.18}, walk{0, 0.97, 0.35}, walk{0, 0.85, 0.22}
	for day := range caseDays {
		level := volume / 24 * math.Exp(fast.step(c)+slow.step(c)) * weekday[day%7]
		p := 1 / (1 + math.Exp(-(math.Log(share/(1-share)) + tone.step(c))))
		profile := hourOfDay
		if ramadanToo && day >= ramadan[0] && day < ramadan[1] {
			profile = fasting()
		}
		for _, f := range profile {
			mean := level * f * c.gamma(0.04)
			w.negatives = append(w.negatives, mean*p)
			w.others = append(w.others, mean*(1-p))
			k := c.poisson(mean * p)
			w.hours = append(w.hours, trends.Hour{Mentions: k + c.poisson(mean*(1-p)), Negatives: k, Coverage: 1})
		}
	}
	return w
}

// add raises the hours of the span: negatives and others by so many times their
// means.
func (w *world) add(s backtest.Span, negatives, others float64) {
	for i := s.From; i < min(s.To, len(w.hours)); i++ {
		k := w.poisson(negatives * w.negatives[i])
		w.hours[i].Negatives += k
		w.hours[i].Mentions += k + w.poisson(others*w.others[i])
	}
}

// spread adds so many negatives to the span, in proportion to its rhythm.
func (w *world) spread(s backtest.Span, negatives float64) {
	sum := 0.0
	for i := s.From; i < s.To; i++ {
		sum += w.negatives[i]
	}
	for i := s.From; i < s.To; i++ {
		k := w.poisson(negatives * w.negatives[i] / sum)
		w.hours[i].Negatives += k
		w.hours[i].Mentions += k
	}
}

// at is the span of so many hours from an hour of a day.
func at(day, hour, hours int) backtest.Span {
	return backtest.Span{From: day*24 + hour, To: day*24 + hour + hours}
}

// thin keeps each mention of the span with a probability.
func (w *world) thin(s backtest.Span, keep float64) {
	draw := func(n int32) (kept int32) {
		for range n {
			if w.Float64() < keep {
				kept++
			}
		}
		return kept
	}
	for i := s.From; i < s.To; i++ {
		h := &w.hours[i]
		k, o := draw(h.Negatives), draw(h.Mentions-h.Negatives)
		h.Negatives, h.Mentions = k, k+o
	}
}
