package daemon

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

// followEvery is how often a test looks at the clock: days of the daemon's own ten
// seconds would take long.
const followEvery = time.Minute

// turns records at which times on the wall a job ran.
type turns struct {
	mu sync.Mutex
	at []time.Time
}

func (l *turns) Run(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = append(l.at, at)
}

// wallClock is a clock that can be set.
type wallClock struct {
	mu sync.Mutex
	by time.Duration
}

func (w *wallClock) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Round(0).Add(w.by)
}

func (w *wallClock) set(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.by += by
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	if name == "WIB" {
		return wib
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// runOn runs a job on a schedule for some time that goes by, from a moment in a
// zone on, while the clock is set as told.
func runOn(t *testing.T, schedule string, zone *time.Location, from time.Time, lasts time.Duration, after, by time.Duration) []time.Time {
	t.Helper()
	list := &turns{}
	synctest.Test(t, func(t *testing.T) {
		p := newProgram(t)
		defer p.Pipeline.Store.Close()
		wall := &wallClock{}
		wall.set(time.Until(from))
		p.Pipeline.Now, p.Zone = wall.now, zone
		d := newDaemon()
		d.prepare(p)
		ctx, cancel := context.WithTimeout(t.Context(), lasts)
		defer cancel()
		r := d.newRunner(ctx, cancel, p)
		spec, err := cron.ParseStandard(schedule)
		if err != nil {
			t.Fatal(err)
		}
		r.plan(spec, cron.FuncJob(func() { list.Run(wall.now().In(zone)) }))
		r.cron.Start()
		var w sync.WaitGroup
		w.Go(func() { // as keepWriting does it, and more seldom
			var seen clock
			for r.follow(&seen); ctx.Err() == nil; r.follow(&seen) {
				time.Sleep(followEvery)
			}
		})
		w.Go(func() {
			time.Sleep(after)
			wall.set(by)
		})
		w.Wait()
		<-r.cron.Stop().Done()
		r.background.Wait()
	})
	return list.at
}

// TestDailyJobs runs a job that names its hour for six days: each local day gets
// one run, whatever happens to the clock. The days that a clock jumps over, or
// comes to twice, are what such a job may lose or do twice.
func TestDailyJobs(t *testing.T) {
	const spring, autumn = "2026-03-29", "2026-10-25" // Europe/Amsterdam
	tests := []struct {
		name, zone, first, schedule string
		after, by                   time.Duration
	}{
		{"WIB", "WIB", "2026-11-21", "30 7 * * *", 0, 0},
		{"UTC", "UTC", "2026-11-21", "30 7 * * *", 0, 0},
		{"the day without 02:30", "Europe/Amsterdam", spring, "30 2 * * *", 0, 0},
		{"the day with two 02:30", "Europe/Amsterdam", autumn, "30 2 * * *", 0, 0},
		{"the day without 02:30, at 03:00", "Europe/Amsterdam", spring, "0 3 * * *", 0, 0},
		{"the day with two 02:30, at 03:00", "Europe/Amsterdam", autumn, "0 3 * * *", 0, 0},
		{"set forward over the time", "WIB", "2026-11-21", "30 7 * * *", 30*time.Hour + 45*time.Minute, time.Hour},
		{"set forward, not over it", "WIB", "2026-11-21", "30 7 * * *", 33 * time.Hour, time.Hour},
		{"set back over the time", "WIB", "2026-11-21", "30 7 * * *", 32 * time.Hour, -time.Hour},
		{"set back, not over it", "WIB", "2026-11-21", "30 7 * * *", 40 * time.Hour, -time.Hour},
		{"set forward by a day", "WIB", "2026-11-21", "30 7 * * *", 33 * time.Hour, 24 * time.Hour},
		{"set back by a day", "WIB", "2026-11-21", "30 7 * * *", 33 * time.Hour, -24 * time.Hour},
		{"set back by a day in UTC", "UTC", "2026-11-21", "30 7 * * *", 33 * time.Hour, -24 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone := location(t, tt.zone)
			day, err := time.ParseInLocation(time.DateOnly, tt.first, zone)
			if err != nil {
				t.Fatal(err)
			}
			from := day.AddDate(0, 0, -1).Add(30 * time.Minute)
			runs := runOn(t, tt.schedule, zone, from, 6*24*time.Hour, tt.after, tt.by)
			last := from.Add(6*24*time.Hour + tt.by)
			missed, twice := 0, 0
			for d := day.AddDate(0, 0, -1); d.Before(last.Add(-24 * time.Hour)); d = d.AddDate(0, 0, 1) {
				n := 0
				for _, at := range runs {
					if at.Format(time.DateOnly) == d.Format(time.DateOnly) {
						n++
					}
				}
				missed, twice = missed+max(1-n, 0), twice+max(n-1, 0)
			}
			if missed != 0 || twice != 0 {
				t.Errorf("%d days missed, %d days twice, want none: %v", missed, twice, runs)
			}
		})
	}
}

// TestDailyJobsControl is the scheduler's own reading of the same days: it misses
// one and runs twice on the other, or the test above is blind.
func TestDailyJobsControl(t *testing.T) {
	zone := location(t, "Europe/Amsterdam")
	spec, err := cron.ParseStandard("30 2 * * *")
	if err != nil {
		t.Fatal(err)
	}
	for first, want := range map[string]int{"2026-03-29": 0, "2026-10-25": 2} {
		day, _ := time.ParseInLocation(time.DateOnly, first, zone)
		n := 0
		for at := spec.Next(day); at.Before(day.AddDate(0, 0, 1)); at = spec.Next(at) {
			n++
		}
		if n != want {
			t.Errorf("the scheduler alone runs %d times on %s, %d expected", n, first, want)
		}
	}
}

// TestPolls runs a job that names no hour: the time that goes by between two runs
// stays what it is meant to be, whatever happens to the clock.
func TestPolls(t *testing.T) {
	tests := []struct {
		name, schedule, zone, from string
		every                      time.Duration
		by                         time.Duration
	}{
		{"every 15 minutes, set forward", "@every 15m", "WIB", "2026-11-21", 15 * time.Minute, time.Hour},
		{"every 15 minutes, set back by a day", "@every 15m", "WIB", "2026-11-21", 15 * time.Minute, -24 * time.Hour},
		{"at minutes, set forward", "*/20 * * * *", "WIB", "2026-11-21", 20 * time.Minute, time.Hour},
		{"at minutes, set forward by a day", "*/20 * * * *", "UTC", "2026-11-21", 20 * time.Minute, 24 * time.Hour},
		{"at minutes, set back", "*/20 * * * *", "WIB", "2026-11-21", 20 * time.Minute, -time.Hour},
		{"at minutes, set back by a day", "*/20 * * * *", "WIB", "2026-11-21", 20 * time.Minute, -24 * time.Hour},
		{"at minutes, over the hour that is left out", "*/20 * * * *", "Europe/Amsterdam", "2026-03-29", 20 * time.Minute, 0},
		{"at minutes, over the hour that comes twice", "*/20 * * * *", "Europe/Amsterdam", "2026-10-25", 20 * time.Minute, 0},
		{"hourly, over the hour that comes twice", "@hourly", "Europe/Amsterdam", "2026-10-25", time.Hour, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone := location(t, tt.zone)
			from, err := time.ParseInLocation(time.DateOnly, tt.from, zone)
			if err != nil {
				t.Fatal(err)
			}
			const lasts, after = 6 * time.Hour, 150 * time.Minute
			runs := runOn(t, tt.schedule, zone, from.Add(time.Minute), lasts, after, tt.by)
			if want := int(lasts / tt.every); len(runs) < want-1 || len(runs) > want+1 {
				t.Errorf("%d runs in %s, want %d: %v", len(runs), lasts, want, runs)
			}
			var gaps []time.Duration
			for i := 1; i < len(runs); i++ {
				gap := runs[i].Sub(runs[i-1])
				if jumped := gap - tt.by; tt.by != 0 && jumped.Abs() < gap.Abs() {
					gap = jumped
				}
				gaps = append(gaps, gap)
			}
			if longest := slices.Max(gaps); longest > tt.every+followEvery {
				t.Errorf("%s between two runs, want at most %s", longest, tt.every)
			}
		})
	}
}

// TestACorrectedClock: a clock that stood a year ahead must not keep the daily job
// waiting for a year after somebody put it right.
func TestACorrectedClock(t *testing.T) {
	from := time.Date(2027, 11, 21, 0, 30, 0, 0, wib)
	runs := runOn(t, "30 7 * * *", wib, from, 4*24*time.Hour, 12*time.Hour, -365*24*time.Hour)
	if len(runs) != 4 {
		t.Errorf("%d runs in four days, want 4: %s", len(runs), fmt.Sprint(runs))
	}
}

// TestReportsAreCaughtUp stops the daemon over the time of the morning report.
func TestReportsAreCaughtUp(t *testing.T) {
	daily, err := cron.ParseStandard("0 8 * * *")
	if err != nil {
		t.Fatal(err)
	}
	type span struct{ from, to string } // the daemon runs; local times, of any day
	tests := []struct {
		name string
		runs []span
		want int
	}{
		{"it ran at eight", []span{{"07:30", "08:30"}}, 1},
		{"the first start ever, later", []span{{"09:00", "09:10"}}, 0},
		{"stopped over it", []span{{"07:00", "07:30"}, {"09:00", "09:10"}}, 1},
		{"stopped over it, started twice", []span{{"07:00", "07:30"}, {"09:00", "09:10"}, {"10:00", "10:10"}}, 1},
		{"stopped after it", []span{{"07:00", "08:30"}, {"09:00", "09:10"}}, 1},
		{"started before it", []span{{"06:00", "06:30"}, {"07:00", "07:10"}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram(t, source(t, "toko", "@every 10m", &fake{}))
				defer p.Pipeline.Store.Close()
				p.Reports.Daily, p.Pipeline.Channels = daily, []string{"inbox"}
				for _, s := range tt.runs {
					time.Sleep(time.Until(nextLocal(t, s.from)))
					ctx, cancel := context.WithDeadline(t.Context(), nextLocal(t, s.to))
					if err := newDaemon().Run(ctx, p); err != nil {
						t.Fatal(err)
					}
					cancel()
				}
				got := 0
				if err := p.Pipeline.Store.Query(t.Context(), `SELECT id FROM deliveries WHERE change = 'daily'`,
					func([]string) error { return nil }, func([]any) error { got++; return nil }); err != nil {
					t.Fatal(err)
				}
				if got != tt.want {
					t.Errorf("%d daily reports, want %d", got, tt.want)
				}
			})
		})
	}
}

// nextLocal is the next time at which the clocks of [wib] show so.
func nextLocal(t *testing.T, clock string) time.Time {
	t.Helper()
	at, err := time.Parse("15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(wib)
	next := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, wib)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}
