package backtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pantau/internal/cputime"
	"pantau/trends"
)

// lateStory is forty days of a shop that is read every hour, with an outage on day
// 35 whose complaints are collected six hours late, as after a failed source.
func lateStory(t *testing.T, arrives func(at time.Time) time.Time) *History {
	t.Helper()
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, wib)
	var events []Event
	for hour := range 40 * 24 {
		for i := range 5 {
			at := start.Add(time.Duration(hour)*time.Hour + time.Duration(10*i)*time.Minute)
			events = append(events, Event{Time: at, Negative: i == hour%5 && hour%3 == 0, Arrived: arrives(at)})
		}
		if hour >= 35*24+10 && hour < 35*24+14 {
			for i := range 12 {
				at := start.Add(time.Duration(hour)*time.Hour + time.Duration(4*i)*time.Minute)
				events = append(events, Event{Time: at, Negative: true, Arrived: arrives(at)})
			}
		}
	}
	h, err := FromEvents("toko", events, wib)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestArrivalOrder(t *testing.T) {
	onset := time.Date(2026, 2, 9, 10, 0, 0, 0, wib)
	tests := []struct {
		name     string
		arrives  func(at time.Time) time.Time
		from, to time.Duration // after the onset, within which it must open
		says     string
	}{
		{"nobody knows when they came", func(time.Time) time.Time { return time.Time{} }, 0, 2 * time.Hour, ""},
		{"read within the hour", func(at time.Time) time.Time { return at.Add(9 * time.Minute) }, 0, 2 * time.Hour, "count from when they were collected"},
		{"the outage came six hours late", func(at time.Time) time.Time {
			if at.Before(onset) || at.After(onset.Add(6*time.Hour)) {
				return at.Add(9 * time.Minute)
			}
			return onset.Add(6*time.Hour + 20*time.Minute)
		}, 6 * time.Hour, 8 * time.Hour, "count from when they were collected"},
		{"all was imported at the end", func(time.Time) time.Time { return onset.AddDate(0, 1, 0) }, 0, 2 * time.Hour, "brought in at once"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := lateStory(t, tt.arrives)
			r := Run(h, Options{Alone: true})
			if len(r.Incidents) != 1 {
				t.Fatalf("%d incidents, want 1: %+v", len(r.Incidents), r.Incidents)
			}
			if after := r.Incidents[0].Opened.Sub(onset); after <= tt.from || after > tt.to {
				t.Errorf("opened %s after the onset, want within %s and %s", after, tt.from, tt.to)
			}
			var out strings.Builder
			if err := r.Print(&out); err != nil || !strings.Contains(out.String(), tt.says) {
				t.Errorf("%v: the output does not say %q:\n%s", err, tt.says, out.String())
			}
			h.ByEventTime()
			if r := Run(h, Options{Alone: true}); len(r.Incidents) != 1 || r.Incidents[0].Opened.Sub(onset) > 2*time.Hour {
				t.Errorf("by event time: %+v, want it open within two hours", r.Incidents)
			}
		})
	}
}

// TestArrivalsAreReplayedExactly compares with the plain way: everything anew for
// every hour. Mentions come late by hours, days and weeks.
func TestArrivalsAreReplayedExactly(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	h := lateStory(t, func(at time.Time) time.Time {
		late := time.Duration(random.ExpFloat64() * float64(3*time.Hour))
		if random.IntN(300) == 0 {
			late *= 100
		}
		return at.Add(late)
	})
	r := Run(h, Options{Alone: true})
	var plain []bool
	late := h.Arrivals.Late
	asOf := func(i int) []trends.Hour {
		known := slices.Clone(h.Hours)
		for _, l := range late {
			if l.Known > i {
				known[l.Hour].Mentions -= l.Gain.Mentions
				known[l.Hour].Negatives -= l.Gain.Negatives
			}
		}
		return known
	}
	var lag trends.Lag
	for i := range h.Hours {
		known := asOf(i)
		if i%24 == 0 {
			lag = trends.LearnLag(known, late, i)
		}
		copy(known, lag.Apply(known[:i+1], 1))
		d := trends.NewDetector(trends.Options{}, h.Start)
		fires := false
		for _, hour := range known[:i] {
			fires = d.Push(hour).Fires
		}
		plain = append(plain, fires || d.Preview(known[i]).Fires)
	}
	if !slices.Equal(plain, r.Fires()) {
		t.Error("the replay differs from one that begins anew with every hour")
	}
	if !slices.Contains(plain, true) {
		t.Error("nothing fires, so nothing was compared")
	}
	if lag == nil {
		t.Error("no lag was learned")
	}
	if n := len(h.Arrivals.Late); n < 1000 {
		t.Errorf("%d late gains: the story is not late enough", n)
	}
}

func TestReadArrivals(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("time,stars,collected_at\n")
	for day := range 9 {
		fmt.Fprintf(&csv, "2026-01-%02dT08:30:00+07:00,1,2026-01-%02dT11:00:00+07:00\n", day+1, max(day+1, 3))
	}
	csv.WriteString("2026-01-09T09:30:00+07:00,5,\n")
	h, err := read(t, csv.String())
	if err != nil {
		t.Fatal(err)
	}
	if a := h.Arrivals; a.Mentions != 9 || a.Live != 5 || len(a.Late) != 5 || a.Late[0].Hour != 4*24+8 || a.Late[0].Known != 4*24+11 {
		t.Errorf("arrivals are %+v, want nine, five of them live: the first collection and the day after it are history", a)
	}
	if _, err := read(t, "time,stars,arrived\n2026-01-01T08:30:00+07:00,1,soon\n"); err == nil || !strings.Contains(err.Error(), "x.csv:2: arrived") {
		t.Errorf("a bad arrival is %v, want an error with its line", err)
	}
}

// BenchmarkYear replays a brand-year of a thousand mentions a day with all that
// pantau backtest does besides reading and scoring: the three sensitivities and the
// usual range of each day; then the same where each hour is completed an hour later.
func BenchmarkYear(b *testing.B) {
	random := rand.New(rand.NewPCG(5, 1))
	s := trends.Series{Start: time.Date(2025, 1, 1, 0, 0, 0, 0, wib), Hours: make([]trends.Hour, 365*24)}
	var late []trends.Late
	for i := range s.Hours {
		k := 6 + random.Int32N(12)
		if i%(60*24) > 59*24+18 {
			k *= 6
		}
		s.Hours[i] = trends.Hour{Mentions: 30 + random.Int32N(10) + k, Negatives: k, Coverage: 1}
		late = append(late, trends.Late{Hour: i, Known: i + 1, Gain: trends.Hour{Mentions: 10, Negatives: 3, Coverage: 0.4}})
	}
	for _, bb := range []struct {
		name     string
		arrivals *Arrivals
	}{{"event-time", nil}, {"arrival-order", &Arrivals{Mentions: 1, Live: 1, Late: late}}} {
		h := FromSeries("toko", s, nil, bb.arrivals)
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			began := cputime.Process()
			for b.Loop() {
				if r := Run(h, Options{}); r.Alarms == 0 {
					b.Fatal("no alarm")
				}
			}
			b.ReportMetric((cputime.Process()-began).Seconds()*1e3/float64(b.N), "cpu-ms/op")
		})
	}
}
