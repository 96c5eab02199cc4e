package daemon

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pantau/alerts"
	"pantau/brand"
	"pantau/config"
	"pantau/store"
	"pantau/trends"
)

// spike queues one alert of a brand of its own, as a decision does.
func spike(t *testing.T, db *store.DB, name string, severity brand.Severity) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		o, err := tx.Origin(name, false, "toko", "fake", "test")
		if err != nil {
			return err
		}
		now := time.Now()
		i := brand.Incident{Brand: name, State: brand.Open, Severity: severity, StartedAt: now, OpenedAt: now, UpdatedAt: now}
		number, err := tx.SaveIncident(o.BrandID, &i, brand.Opened, trends.Verdict{})
		if err != nil {
			return err
		}
		return tx.Queue(brand.Alert{Change: brand.Opened, Incident: i}, number, []string{"inbox"}, now)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// channel is an inbox that keeps the whole deliveries, limits and fails like a
// chat: it refuses what comes too early after it asked to wait.
type channel struct {
	mu       sync.Mutex
	got      []alerts.Delivery
	times    []time.Time
	down     func(now time.Time) bool
	limit    float64 // share of the calls that are answered with 429
	until    time.Time
	early    int
	attempts int
	random   *rand.Rand
}

func (c *channel) Notify(_ context.Context, d alerts.Delivery) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.attempts++
	now := time.Now()
	if now.Before(c.until) {
		c.early++
	}
	if c.down != nil && c.down(now) {
		return "", errors.New("connection refused")
	}
	if c.limit > 0 && c.random.Float64() < c.limit {
		wait := time.Duration(1+c.random.IntN(120)) * time.Second
		c.until = now.Add(wait)
		return "", &alerts.RetryError{After: wait, Err: errors.New("429")}
	}
	c.got, c.times = append(c.got, d), append(c.times, now)
	return fmt.Sprintf("ts%d", len(c.got)), nil
}

// listed returns how often each brand was told, alone or as a line of a list.
func (c *channel) listed() map[string]int {
	told := map[string]int{}
	for _, d := range c.got {
		if d.Alert.Digest == nil {
			told[d.Alert.Incident.Brand]++
			continue
		}
		for _, a := range d.Alert.Digest.Alerts {
			told[a.Incident.Brand]++
		}
	}
	return told
}

// outbox is a program with nothing but an outbox that the channel empties.
func outbox(db *store.DB, c *channel, quiet *config.QuietHours) *Program {
	return &Program{Pipeline: &Pipeline{Store: db, Now: time.Now, Log: newDaemon().Log, Decided: func() {}}, Zone: time.UTC,
		Channels: []Channel{{Name: "inbox", Notifier: c, Gap: time.Second, Quiet: quiet, Zone: time.UTC}}}
}

// runSender runs the whole daemon for a span.
func runSender(t *testing.T, db *store.DB, c *channel, quiet *config.QuietHours, span time.Duration) {
	t.Helper()
	p := outbox(db, c, quiet)
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	if err := newDaemon().Run(ctx, p); err != nil {
		t.Fatal(err)
	}
}

// TestStorm lets 500 brands spike within a minute.
func TestStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newProgram(t).Pipeline.Store
		defer db.Close()
		c := &channel{}
		go func() {
			for n := range 500 {
				spike(t, db, fmt.Sprintf("Merek %03d", n), brand.Warning)
				time.Sleep(120 * time.Millisecond)
			}
		}()
		runSender(t, db, c, nil, 30*time.Minute)
		if told := c.listed(); len(told) != 500 {
			t.Errorf("%d of 500 brands were told", len(told))
		}
		for i := range c.times {
			n := 0
			for _, at := range c.times[i:] {
				if at.Sub(c.times[i]) < 10*time.Minute {
					n++
				}
			}
			if n > 10 {
				t.Errorf("%d messages within ten minutes, want at most 10", n)
				break
			}
		}
	})
}

// TestOutage keeps the channel down for a day in which 500 alerts are decided.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newProgram(t).Pipeline.Store
		defer db.Close()
		began := time.Now()
		c := &channel{down: func(now time.Time) bool { return now.Sub(began) < 24*time.Hour }}
		go func() {
			for n := range 500 {
				spike(t, db, fmt.Sprintf("Merek %03d", n), brand.Warning)
				time.Sleep(172 * time.Second)
			}
		}()
		runSender(t, db, c, nil, 24*time.Hour+10*time.Minute)
		told := c.listed()
		if len(told) != 500 {
			t.Errorf("%d of 500 brands were told ten minutes after the outage", len(told))
		}
		for name, n := range told {
			if n != 1 {
				t.Errorf("%s was told %d times, want once", name, n)
			}
		}
		if c.attempts > 300+len(c.got) {
			t.Errorf("%d attempts during the outage, want at most 300", c.attempts-len(c.got))
		}
		if waiting, _ := undelivered(t, db); waiting != 0 {
			t.Errorf("%d still wait", waiting)
		}
	})
}

// TestRateLimits answers three calls of ten with 429 over 2,000 sends. The alerts
// come slowly, so that no storm makes one list of them: that is four days, in which
// nothing else of the daemon runs.
func TestRateLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 sends")
	}
	synctest.Test(t, func(t *testing.T) {
		db := newProgram(t).Pipeline.Store
		defer db.Close()
		c := &channel{limit: 0.3, random: rand.New(rand.NewPCG(1, 2))}
		const sends = 2000
		go func() {
			for n := range sends {
				spike(t, db, fmt.Sprintf("Merek %04d", n), brand.Warning)
				time.Sleep(3 * time.Minute)
			}
		}()
		p := outbox(db, c, nil)
		ctx, cancel := context.WithTimeout(t.Context(), sends*3*time.Minute+time.Hour)
		defer cancel()
		newSender(p.Channels[0], p.Pipeline, p.Pipeline.Log).run(ctx, nil)
		told := c.listed()
		if len(told) != sends || len(c.got) != sends || c.early != 0 {
			t.Errorf("%d brands told in %d messages, %d attempts too early; want %d, %d and 0", len(told), len(c.got), c.early, sends, sends)
		}
	})
}

// TestMorningHandOver holds five alerts over night. In the morning one message
// lists them, and each open incident gets its living message.
func TestMorningHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble begins at midnight UTC
		db := newProgram(t).Pipeline.Store
		defer db.Close()
		for n := range 5 {
			spike(t, db, fmt.Sprintf("Merek %d", n), brand.Warning)
		}
		spike(t, db, "Merek Gawat", brand.Critical)
		c := &channel{}
		runSender(t, db, c, &config.QuietHours{From: 22 * time.Hour, To: 6 * time.Hour, LetThrough: "critical"}, 7*time.Hour)
		if len(c.got) != 7 {
			t.Fatalf("%d messages, want the critical one at night, the hand-over, and five incidents", len(c.got))
		}
		if first := c.got[0]; first.Alert.Incident.Brand != "Merek Gawat" || c.times[0].Hour() >= 6 {
			t.Errorf("first came %s at %s, want the critical one at night: it overtakes what is held back", first.Alert.Incident.Brand, c.times[0])
		}
		second := c.got[1]
		if second.Alert.Change != brand.HandOver || len(second.Alert.Digest.Alerts) != 5 || c.times[1].Hour() != 6 {
			t.Errorf("then came %s at %s with %v, want the hand-over of five at six", second.Alert.Change, c.times[1], second.Alert.Digest)
		}
	})
}
