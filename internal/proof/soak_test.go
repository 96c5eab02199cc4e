package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"pantau/alerts"
	"pantau/brand"
	"pantau/collectors"
	"pantau/config"
	"pantau/daemon"
	"pantau/store"
)

const day = 24 * time.Hour

// troubled is a source with something wrong each day: it fails for hours, panics
// once, floods once, sends what it sent before.
type troubled struct {
	n      int
	start  time.Time
	random *rand.Rand
	leak   *leak // of the control, nil otherwise
}

// leak keeps what a faulty program would keep.
type leak struct {
	mu    sync.Mutex
	bytes [][]byte
	files []*os.File
	ctx   context.Context
}

func (l *leak) drip() {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := make([]byte, 512<<10)
	for i := range b {
		b[i] = byte(i) // untouched pages cost nothing
	}
	l.bytes = append(l.bytes, b)
	if f, err := os.Open(os.DevNull); err == nil {
		l.files = append(l.files, f)
	}
	go func() { <-l.ctx.Done() }()
}

func (s *troubled) Collect(ctx context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	age := req.Now.Sub(s.start)
	today, hour := int(age/day), int(age%day/time.Hour)
	last, _ := strconv.ParseInt(req.Cursor, 10, 64)
	if s.leak != nil && s.random.IntN(2) == 0 {
		s.leak.drip()
	}
	switch {
	case (s.n+today)%5 == 0 && hour < 6:
		return collectors.Report{Cursor: req.Cursor, Status: collectors.Failed, Reason: "status 503"}, nil
	case (s.n+today)%7 == 1 && hour == 12:
		var none []int
		_ = none[s.n] // a fault of our own
	}
	items := 1 + s.random.IntN(4)
	if (s.n+today)%20 == 2 && hour == 15 {
		items = 400
	}
	for i := range items {
		id := fmt.Sprintf("%d-%d-%d", s.n, req.Now.Unix(), i)
		text := []string{"barang bagus dan cepat", "paket belum sampai juga, kecewa " + id, "aplikasi sering keluar sendiri", "terima kasih kak"}[s.random.IntN(4)]
		if err := emit(brand.Mention{ExternalID: id, Text: text, Author: "pembeli" + strconv.Itoa(s.random.IntN(900)), PublishedAt: req.Now, Stars: 1 + s.random.IntN(5)}); err != nil {
			return collectors.Report{}, err
		}
	}
	return collectors.Report{Cursor: strconv.FormatInt(last+1, 10), Fetched: items, From: req.Now.Add(-time.Hour), To: req.Now, Status: collectors.Fresh}, nil
}

// moody is a channel that is down for three hours each day.
type moody struct {
	start time.Time
	mu    sync.Mutex
	sent  int
}

func (m *moody) Notify(context.Context, alerts.Delivery) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if hour := time.Since(m.start) % day / time.Hour; hour >= 9 && hour < 12 {
		return "", &alerts.RetryError{After: time.Minute, Err: errors.New("status 503")}
	}
	m.sent++
	return fmt.Sprint(m.sent), nil
}

// sample is what the process holds at the end of a day.
type sample struct{ rss, goroutines, descriptors int }

func (s sample) String() string {
	return fmt.Sprintf("%d KiB, %d goroutines, %d descriptors", s.rss>>10, s.goroutines, s.descriptors)
}

func measure() (s sample) {
	debug.FreeOSMemory()
	if data, err := os.ReadFile("/proc/self/statm"); err == nil {
		pages, _ := strconv.Atoi(strings.Fields(string(data))[1])
		s.rss = pages * os.Getpagesize()
	}
	open, _ := os.ReadDir("/proc/self/fd")
	s.descriptors = len(open)
	s.goroutines = runtime.NumGoroutine()
	return s
}

const samplesADay = 4

// soak runs the daemon for so many days of fake time and returns what it held
// four times a day.
func soak(t *testing.T, days, sources int, leaking bool) (samples []sample, mentions string) {
	t.Helper()
	dir := tempDir(t)
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(context.Background(), filepath.Join(dir, "pantau.db"), wib)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(days)*day+10*time.Minute)
		defer cancel()
		start := time.Now()
		p := newPipeline(db)
		p.Channels = []string{"kanal"}
		prog := &daemon.Program{Pipeline: p, Zone: wib, Keep: config.Retention{TextDays: 7, NumbersDays: 730},
			Channels: []daemon.Channel{{Name: "kanal", Notifier: &moody{start: start}, Gap: time.Second, Zone: wib}}}
		var drips *leak
		if leaking {
			drips = &leak{ctx: ctx}
		}
		for n := range sources {
			src := config.Source{Name: fmt.Sprint("sumber", n), Kind: "fake", Brand: "Sandang Senja", Schedule: cron.Every(time.Hour), Every: time.Hour}
			p.Intervals[src.Name] = src.Every
			prog.Sources = append(prog.Sources, daemon.Source{Source: src, Collector: &troubled{n: n, start: start, random: rand.New(rand.NewPCG(uint64(n), 7)), leak: drips}})
		}
		d := &daemon.Daemon{Log: slog.New(slog.DiscardHandler), Tell: func(string) {}, Report: func(daemon.Source, daemon.Round) {}}
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx, prog) }()
		time.Sleep(7 * time.Minute) // between two rounds
		for range days * samplesADay {
			time.Sleep(day / samplesADay)
			samples = append(samples, measure())
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		mentions = query(t, db, `SELECT count(*) FROM mentions`)
		if drips != nil {
			for _, f := range drips.files {
				_ = f.Close()
			}
		}
	})
	return samples, mentions
}

// growth is what became more. A descriptor or goroutine that is there at one
// moment and not at another is at work: one is lost when the least of the second
// half is more than the most of the first.
type growth struct {
	rss                     float64 // MiB a day, by least squares
	goroutines, descriptors int
}

func (g growth) String() string {
	return fmt.Sprintf("RSS %+.2f MiB a day, %d goroutines and %d descriptors lost", g.rss, g.goroutines, g.descriptors)
}

// leaks reports whether something grows that must not.
func (g growth) leaks() bool { return g.rss > 1 || g.goroutines > 0 || g.descriptors > 0 }

// pooled is what a pool takes when it opens its next connection, the file and its
// log. In the days of a full run pools are full before anything counts.
const pooled = 2

// grown leaves out the first third, which warms up.
func grown(samples []sample) growth {
	warm := samples[len(samples)/3:]
	half := len(warm) / 2
	lost := func(count func(sample) int) int {
		var most, least int
		for i, s := range warm {
			n := count(s)
			if i < half {
				most = max(most, n)
			} else if i == half || n < least {
				least = n
			}
		}
		return max(least-most-pick(pooled, 0), 0)
	}
	var sx, sy, sxx, sxy float64
	n := float64(len(warm))
	for i, s := range warm {
		x, y := float64(i)/samplesADay, float64(s.rss)/(1<<20)
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return growth{(n*sxy - sx*sy) / (n*sxx - sx*sx), lost(func(s sample) int { return s.goroutines }), lost(func(s sample) int { return s.descriptors })}
}

// TestSoak runs a month with trouble every day. The quick one is too short for
// the memory, which warms up for days, and looks at the rest only.
func TestSoak(t *testing.T) {
	days, sources := pick(2, 30), pick(3, 20)
	samples, mentions := soak(t, days, sources, false)
	got := grown(samples)
	t.Logf("proof: %d days, %d sources, %s mentions: %s (at the end %s)", days, sources, mentions, got, samples[len(samples)-1])
	if !long() {
		got.rss = 0
	}
	if got.leaks() {
		t.Errorf("want at most 1 MiB a day and nothing lost: %v", samples)
	}
	leaky, _ := soak(t, pick(2, 6), 4, true)
	got = grown(leaky)
	t.Logf("control: with a planted leak %s", got)
	if got.rss <= 1 || got.goroutines == 0 || got.descriptors == 0 {
		t.Errorf("the planted leak is not seen: %v", leaky)
	}
}
