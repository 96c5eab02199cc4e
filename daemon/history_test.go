package daemon

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pantau/brand"
	"pantau/store"
)

// TestOldFloodsNeverPage floods hours that are more than three days old: whatever was
// there, nobody is told. Today the same flood is told.
func TestOldFloodsNeverPage(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 50, 0, 0, wib)
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 1))
		floods := map[time.Time]int{}
		for range 1 + r.IntN(6) {
			begin := now.Truncate(time.Hour).Add(-time.Duration(4*24+r.IntN(30*24)) * time.Hour)
			for hour := range 1 + r.IntN(20) {
				floods[begin.Add(time.Duration(hour)*time.Hour).UTC()] += 1 + r.IntN(300)
			}
		}
		for _, today := range []bool{false, true} {
			p := twoShops(t, now, nil, func(source string, at time.Time) int {
				if today && source == "besar" && now.Sub(at) < 3*time.Hour {
					return 50
				}
				return floods[at.UTC()]
			})
			told, err := p.Pipeline.Evaluate(context.Background())
			if err != nil || (len(told) > 0) != today {
				t.Errorf("seed %d, with a flood today %v: told %d alerts, %v", seed, today, len(told), err)
			}
		}
	}
}

// TestTheOrderOfSourcesDoesNotMatter stores the same mentions by source in either
// order, and mixed.
func TestTheOrderOfSourcesDoesNotMatter(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 50, 0, 0, wib)
	names := []string{"toko", "aplikasi", "forum"}
	judged := func(order []string, batches int) string {
		p := newProgram(t)
		defer p.Pipeline.Store.Close()
		p.Pipeline.Now = func() time.Time { return now }
		for batch := range batches {
			for _, name := range order {
				err := p.Pipeline.Store.Write(context.Background(), func(tx *store.Tx) error {
					o, err := tx.Origin("Sandang Senja", false, name, "fake", "test")
					if err != nil {
						return err
					}
					items := mentionsOf(name, slices.Index(names, name), now)
					part := items[len(items)*batch/batches : len(items)*(batch+1)/batches]
					if _, err := tx.Add(o, part); err != nil {
						return err
					}
					from := now.AddDate(0, 0, -20)
					if batch < batches-1 {
						return nil
					}
					return tx.FinishRun(o, store.Run{StartedAt: from, FinishedAt: now, From: from, To: now, Status: "fresh"})
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		told, err := p.Pipeline.Evaluate(context.Background())
		if err != nil || len(told) != 1 || told[0].Change != brand.Opened {
			t.Fatalf("%v: told %d alerts, %v; want one", order, len(told), err)
		}
		return fmt.Sprintf("%+v", lastVerdict(t, p))
	}
	want := judged(names, 1)
	for _, order := range [][]string{{"forum", "aplikasi", "toko"}, {"aplikasi", "forum", "toko"}} {
		for batches := 1; batches <= 2; batches++ {
			if got := judged(order, batches); got != want {
				t.Errorf("in the order %v the verdict is\n%s, want\n%s", order, got, want)
			}
		}
	}
}

// mentionsOf are those of a source for twenty days, with complaints in the last hours.
func mentionsOf(name string, number int, now time.Time) (items []store.Item) {
	r := rand.New(rand.NewPCG(uint64(number), 2))
	add := func(at time.Time, polarity brand.Polarity) {
		n := len(items)
		items = append(items, store.Item{Scored: brand.Scored{Mention: brand.Mention{Brand: "Sandang Senja", Source: name,
			ExternalID: fmt.Sprint(n), Text: fmt.Sprint("tulisan ", name, n), PublishedAt: at, CollectedAt: at}, Score: brand.Score{Polarity: polarity, Language: brand.Indonesian}},
			Fingerprint: r.Uint64()})
	}
	for at := now.AddDate(0, 0, -20); at.Before(now); at = at.Add(time.Duration(1+r.IntN(30*(number+1))) * time.Minute) {
		add(at, []brand.Polarity{brand.Negative, brand.Positive, brand.Positive, brand.Neutral}[r.IntN(4)])
	}
	for i := range 15 {
		add(now.Add(-time.Duration(5*i)*time.Minute), brand.Negative)
	}
	return items
}

// TestAClockThatJumps judges at times that go back and far ahead: calm stays calm, and
// an incident is told once while a clock is wrong by hours.
func TestAClockThatJumps(t *testing.T) {
	noon := time.Date(2026, 11, 21, 15, 50, 0, 0, wib)
	hours := []time.Duration{0, -3 * time.Hour, 0, -20 * time.Hour, time.Hour / 2, 5 * time.Hour, time.Hour / 2}
	years := append(hours, -10*24*time.Hour, 0, 40*24*time.Hour, -400*24*time.Hour, time.Hour)
	for flood, want := range map[int]int{0: 0, 60: 1} {
		jumps := years
		if flood > 0 {
			jumps = hours
		}
		p := twoShops(t, noon, nil, func(source string, at time.Time) int {
			if source == "besar" && noon.Sub(at) < 2*time.Hour && noon.Sub(at) > 0 {
				return flood
			}
			return 0
		})
		opened := 0
		for _, jump := range jumps {
			p.Pipeline.Now = func() time.Time { return noon.Add(jump) }
			told, err := p.Pipeline.Evaluate(context.Background())
			if err != nil {
				t.Fatalf("%s: %v", jump, err)
			}
			for _, a := range told {
				if a.Change == brand.Opened {
					opened++
				} else if a.Change != brand.Reminded && a.Change != brand.Escalated && a.Change != brand.Closed {
					t.Errorf("%s: told %s", jump, a.Change)
				}
			}
		}
		if opened != want {
			t.Errorf("with %d complaints an hour %d incidents opened, want %d", flood, opened, want)
		}
	}
}
