package gempa

import (
	"fmt"
	"slices"

	"pantau/internal/backtest"
	"pantau/trends"
)

// Case is one generated history with what is in it.
type Case struct {
	Group     string  // row of the table, such as "G2 3x/24h"
	Volume    float64 // mentions a day
	Hours     []trends.Hour
	Control   []trends.Hour   // the same hours as they were before anything was done to them, nil without innocent spans
	Incidents []backtest.Span // an alarm should come
	Innocent  []backtest.Span // no alarm should come
	Cold      bool            // the incident comes during the warm-up
}

// group makes the cases of one row: it changes a world and says what to expect.
type group struct {
	name    string
	volumes []float64
	change  func(w *world, c *Case)
}

// Generate returns the cases of all scenarios for a seed, so many of each kind.
// The same seed gives the same cases.
func Generate(seed uint64, each int) []Case {
	var cases []Case
	for _, g := range groups() {
		for _, volume := range g.volumes {
			for i := range each {
				w := newWorld(newChance(seed, fmt.Sprint(g.name, volume, i)), volume, i%2 == 1)
				c := Case{Group: g.name, Volume: volume}
				before := slices.Clone(w.hours)
				g.change(w, &c)
				if c.Hours = w.hours; len(c.Innocent) > 0 {
					c.Control = before
				}
				cases = append(cases, c)
			}
		}
	}
	return cases
}

func groups() []group {
	busy := volumes[1:]
	list := []group{{"G1 quiet", volumes, func(*world, *Case) {}}}
	for _, times := range []float64{2, 3, 5} {
		for _, hours := range []int{6, 24, 72} {
			list = append(list, group{fmt.Sprintf("G2 %gx/%dh", times, hours), volumes, injected(times, hours)})
		}
	}
	for _, times := range []float64{2, 4, 10} {
		list = append(list, group{fmt.Sprintf("G3 sale x%g", times), volumes, innocent(24, times-1, times-1)})
	}
	return append(list,
		group{"G3 payday", volumes, innocent(5*24, 0.5, 0.5)},
		group{"G4 praise x20", volumes, innocent(24, 0.5, 28)},
		group{"G5 Lebaran", volumes, lebaran},
		group{"G6 no gap, 30h", volumes, nothing},
		group{"G6 lump 6h", volumes, gap(6, lump)},
		group{"G6 lump 48h", volumes, gap(48, lump)},
		group{"G6 trickle 48h", volumes, gap(48, trickle)},
		group{"G6 lost 48h", volumes, gap(48, lost)},
		group{"G6 lost 48h, known", volumes, gap(48, known)},
		group{"G7 source added", volumes, func(w *world, c *Case) { c.Innocent = sources(w, 0.5) }},
		group{"G7 source removed", volumes, func(w *world, c *Case) { c.Innocent = sources(w, -0.5) }},
		group{"G7 one source of five, 10x/24h", busy, injected(1+9.0/5, 24)},
		group{"G8 sparse, 8 more in 12h", []float64{0.5, 3, 10}, extra(8)},
		group{"G8 sparse, 15 more in 12h", []float64{0.5, 3, 10}, extra(15)},
		group{"G8 sparse, 40 more in 12h", []float64{0.5, 3, 10}, extra(40)},
		group{"G9 saga 18 days", busy, saga},
		group{"G9 twins 28 days apart", busy, injected(3, 72)},
		group{"G10 cold start, day 3", busy, cold(3)},
		group{"G10 cold start, day 7", busy, cold(7)},
		group{"G10 cold start, day 14", busy, cold(14)},
		group{"G11 slow rise", busy, slowRise},
		group{"G12 noise 10%, 3x/24h", busy, noisy(0.1)},
		group{"G12 noise 20%, 3x/24h", busy, noisy(0.2)},
		group{"G12 one text 500 times", volumes, flood},
		group{"G13 night 02-04", volumes, night},
	)
}

// injected multiplies the negatives for some hours, beginning at any hour.
func injected(times float64, hours int) func(*world, *Case) {
	return func(w *world, c *Case) {
		for _, day := range plan {
			s := at(day, w.IntN(24), hours)
			w.add(s, times-1, 0)
			c.Incidents = append(c.Incidents, s)
		}
	}
}

// innocent raises negatives and others from midnight for some hours.
func innocent(hours int, negatives, others float64) func(*world, *Case) {
	return func(w *world, c *Case) {
		for _, day := range plan {
			s := at(day, 0, hours)
			w.add(s, negatives, others)
			c.Innocent = append(c.Innocent, s)
		}
	}
}

// lebaran halves a week and then brings a third more for a week.
func lebaran(w *world, c *Case) {
	for _, day := range []int{62, 110} {
		w.thin(at(day, 0, 7*24), 0.5)
		after := at(day+7, 0, 7*24)
		w.add(after, 0.3, 0.3)
		c.Innocent = append(c.Innocent, backtest.Span{From: day * 24, To: after.To})
	}
}

// gap takes away some hours from 09 h and lets after say what comes later.
func gap(hours int, after func(w *world, s backtest.Span, missing trends.Hour)) func(*world, *Case) {
	return func(w *world, c *Case) {
		for _, day := range plan {
			s := at(day, 9, hours)
			var missing trends.Hour
			for i := s.From; i < s.To; i++ {
				missing.Mentions += w.hours[i].Mentions
				missing.Negatives += w.hours[i].Negatives
				w.hours[i].Mentions, w.hours[i].Negatives = 0, 0
			}
			after(w, s, missing)
			c.Innocent = append(c.Innocent, backtest.Span{From: s.From, To: s.To + 24})
		}
	}
}

// nothing happens, in spans as long as those of a gap of six hours with the day
// after it: what pages there is chance.
func nothing(_ *world, c *Case) {
	for _, day := range plan {
		c.Innocent = append(c.Innocent, at(day, 9, 30))
	}
}

// lump brings everything in the hour after the gap.
func lump(w *world, s backtest.Span, missing trends.Hour) {
	w.hours[s.To].Mentions += missing.Mentions
	w.hours[s.To].Negatives += missing.Negatives
}

// trickle brings it over twelve hours.
func trickle(w *world, s backtest.Span, missing trends.Hour) {
	others := missing.Mentions - missing.Negatives
	for i := range int32(12) {
		k := missing.Negatives*(i+1)/12 - missing.Negatives*i/12
		w.hours[s.To+int(i)].Negatives += k
		w.hours[s.To+int(i)].Mentions += k + others*(i+1)/12 - others*i/12
	}
}

func lost(*world, backtest.Span, trends.Hour) {}

// known is lost with a collector that says so.
func known(w *world, s backtest.Span, _ trends.Hour) {
	for i := s.From; i < s.To; i++ {
		w.hours[i].Coverage = 0
	}
}

// sources adds or removes a part of all mentions from the middle on.
func sources(w *world, part float64) []backtest.Span {
	s := backtest.Span{From: plan[2] * 24, To: len(w.hours)}
	if part > 0 {
		w.add(s, part, part)
		return []backtest.Span{{From: s.From, To: s.From + 14*24}}
	}
	w.thin(s, 1+part)
	return []backtest.Span{{From: s.From, To: s.From + 14*24}}
}

// extra adds so many negatives in twelve hours.
func extra(negatives float64) func(*world, *Case) {
	return func(w *world, c *Case) {
		for _, day := range plan {
			s := at(day, w.IntN(24), 12)
			w.spread(s, negatives)
			c.Incidents = append(c.Incidents, s)
		}
	}
}

// saga is one incident of 18 days at four times the usual.
func saga(w *world, c *Case) {
	s := at(60, w.IntN(24), 18*24)
	w.add(s, 3, 0)
	c.Incidents = []backtest.Span{s}
}

// cold is an incident of ten times the usual on an early day of the history.
func cold(day int) func(*world, *Case) {
	return func(w *world, c *Case) {
		s := at(day, w.IntN(12), 24)
		w.add(s, 9, 0)
		c.Incidents, c.Cold = []backtest.Span{s}, true
	}
}

// slowRise grows over five days to three times the usual and stays for three.
func slowRise(w *world, c *Case) {
	for _, day := range []int{40, 80, 120} {
		for d := range 8 {
			w.add(at(day+d, 0, 24), 2*min(float64(d+1)/5, 1), 0)
		}
		c.Incidents = append(c.Incidents, at(day, 0, 8*24))
	}
}

// noisy is an incident seen by a scorer that errs: a part of the negatives is
// missed and half that part of the others is called negative.
func noisy(part float64) func(*world, *Case) {
	return func(w *world, c *Case) {
		injected(3, 24)(w, c)
		for i := range w.hours {
			h := &w.hours[i]
			missed, wrong := w.poisson(part*float64(h.Negatives)), w.poisson(part/2*float64(h.Mentions-h.Negatives))
			h.Negatives = max(min(h.Negatives-missed+wrong, h.Mentions), 0)
		}
	}
}

// flood posts one text 500 times in two hours.
func flood(w *world, c *Case) {
	for _, day := range plan {
		s := at(day, 13, 2)
		for i := s.From; i < s.To; i++ {
			h := &w.hours[i]
			h.Negatives += 250
			h.Repeats = 249
			h.Mentions += 250
		}
		c.Innocent = append(c.Innocent, s)
	}
}

// night is ten times the usual from 02 to 04 h, and at least six more an hour.
func night(w *world, c *Case) {
	for _, day := range plan {
		s := at(day, 2, 2)
		w.add(s, 9, 0)
		w.spread(s, 12)
		c.Incidents = append(c.Incidents, s)
	}
}
