package backtest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pantau/trends"
)

// clientele writes 300 mentions a day for 150 days, a third of them complaints, on a
// level that drifts, with four times the complaints for twelve hours every two weeks.
// lag says how many hours later a mention is shown.
func clientele(seed uint64, lag func(r *rand.Rand) float64) (h *History, begun []int) {
	const perDay, days = 300, 150
	r := rand.New(rand.NewPCG(seed, 3))
	s := trends.Series{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, wib), Hours: make([]trends.Hour, days*24)}
	a, level := &Arrivals{}, 0.0
	for i := range s.Hours {
		if i%24 == 0 {
			level = 0.9*level + 0.08*r.NormFloat64()
		}
		day, hour := i/24, i%24
		busy := perDay / 24 * math.Exp(level) * (1 + 0.6*math.Sin(float64(hour-9)/12*math.Pi))
		bad := day > 42 && day%14 == 0 && hour >= 9 && hour < 21
		if bad && hour == 9 {
			begun = append(begun, i)
		}
		s.Hours[i].Coverage = 1
		for negative, mean := range [2]float64{0.7 * busy, 0.3 * busy * (1 + 3*float64(count(bad)))} {
			for at := r.ExpFloat64(); at < mean; at += r.ExpFloat64() {
				known := i + int(at/mean+lag(r))
				if known >= len(s.Hours) {
					continue
				}
				a.Mentions, a.Live = a.Mentions+1, a.Live+1
				s.Hours[i].Mentions++
				s.Hours[i].Negatives += int32(negative)
				if known > i {
					a.Late = append(a.Late, trends.Late{Hour: i, Known: known, Gain: trends.Hour{Mentions: 1, Negatives: int32(negative)}})
				}
			}
		}
	}
	return FromSeries("x", s, nil, a), begun
}

// TestLateSources replays sources that show late what was written. go test -v prints
// what docs/detection.md says of them.
func TestLateSources(t *testing.T) {
	tests := []struct {
		name  string
		lag   func(r *rand.Rand) float64 // hours
		least float64                    // share that must be found
		most  float64                    // mean delay in hours
	}{
		{"in time", func(*rand.Rand) float64 { return 0 }, 1, 2},
		{"two hours on average", func(r *rand.Rand) float64 { return 2 * r.ExpFloat64() }, 1, 4},
		{"six hours on average", func(r *rand.Rand) float64 { return 6 * r.ExpFloat64() }, 1, 6},
		{"half in time, half eight hours on average", func(r *rand.Rand) float64 { return 8 * r.ExpFloat64() * float64(r.IntN(2)) }, 1, 4},
		{"six hours", func(*rand.Rand) float64 { return 6 }, 0.9, 9},
		{"twelve hours", func(*rand.Rand) float64 { return 12 }, 0.8, 18},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const seeds = 3
			incidents, found, hours, false90, early := 0, 0, 0, 0.0, 0
			for seed := range uint64(seeds) {
				h, begun := clientele(seed, tt.lag)
				r := Run(h, Options{Alone: true})
				hits := 0
				for _, begin := range begun {
					incidents++
					for _, x := range r.Incidents {
						if x.opened >= begin && x.opened < begin+30 {
							hits++
							hours += x.opened - begin
							early += count(x.Recovered != nil && x.Recovered.Before(h.end(begin+11)))
							break
						}
					}
				}
				found += hits
				false90 += float64(r.Alarms-hits) / (h.days() - 28) * 90 / seeds
			}
			delay := float64(hours) / float64(max(found, 1))
			t.Logf("found %d of %d after %.1f h, %.2f false alarms in 90 days, recovered too early %d", found, incidents, delay, false90, early)
			if float64(found) < tt.least*float64(incidents) || delay > tt.most || false90 > 1 || early > 0 {
				t.Errorf("found %d of %d after %.1f h with %.2f false alarms in 90 days and %d recovered before their end; want %.0f %% within %g h, at most one, none",
					found, incidents, delay, false90, early, 100*tt.least, tt.most)
			}
		})
	}
}
