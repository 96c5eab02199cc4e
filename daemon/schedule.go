package daemon

import (
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// due runs a job when the wall clock says so, on a scheduler that only knows how
// time goes by: the scheduler's timers do not move when somebody sets the clock,
// and its reading of "30 2 * * *" skips the day on which that hour is left out,
// and runs twice on the day on which it is repeated (robfig/cron's documentation
// says so).
//
// A schedule of fixed hours runs once in each of its local minutes, whatever the
// clock does: an hour that summer time skips is made up for right after it. One
// that names no hour, such as "*/20 * * * *", follows the time that goes by, and
// "@every 15m" does not look at the clock at all.
type due struct {
	schedule cron.Schedule
	zone     *time.Location
	now      func() time.Time

	mu     sync.Mutex
	target time.Time // when it is due, on the scheduler's clock
	slot   time.Time // when it is due, on the wall
	done   []time.Time
}

// Next implements [cron.Schedule]. The scheduler asks at the start, and each time
// after the job was started.
func (d *due) Next(t time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.target.IsZero() && !t.Before(d.target) {
		d.done = append(d.done, d.slot)
		d.done = d.done[max(len(d.done)-400, 0):] // a year of days
	}
	wall := d.now().In(d.zone)
	if d.slot = d.after(wall); d.slot.IsZero() {
		return d.slot // never
	}
	d.target = t.Add(d.slot.Sub(wall.Round(0)))
	return d.target
}

// after returns the next time on the wall that has not been served. Whoever sets
// the clock back makes a time come again.
func (d *due) after(wall time.Time) time.Time {
	spec, fixed := d.fixed()
	if !fixed {
		return d.schedule.Next(wall.Round(0))
	}
	zone := d.zone
	if spec.Location != time.Local {
		zone = spec.Location
	}
	plain := *spec
	plain.Location = time.UTC
	y, m, day := wall.In(zone).Date()
	hour, minute, second := wall.In(zone).Clock()
	at := time.Date(y, m, day, hour, minute, second, 0, time.UTC) // the wall's digits, without its jumps
	for {
		if at = plain.Next(at); at.IsZero() {
			return at
		}
		slot := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, zone)
		if !slices.ContainsFunc(d.done, slot.Equal) {
			return slot
		}
	}
}

// everyHour is the bit with which the scheduler marks a field that was a star.
const everyHour = 1 << 63

// fixed reports whether the schedule names its hours.
func (d *due) fixed() (*cron.SpecSchedule, bool) {
	spec, ok := d.schedule.(*cron.SpecSchedule)
	return spec, ok && spec.Hour&everyHour == 0
}

// steady reports whether the schedule does not look at the clock.
func (d *due) steady() bool {
	_, ok := d.schedule.(cron.ConstantDelaySchedule)
	return ok
}

// missed reports whether the clock was set past the time at which the job was
// due, and marks that time as served.
func (d *due) missed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.slot.IsZero() || d.slot.After(d.now()) {
		return false
	}
	d.done = append(d.done, d.slot)
	d.target = time.Time{}
	return true
}

// entry is a job in the scheduler.
type entry struct {
	id  cron.EntryID
	due *due
	job cron.Job
}

// plan gives the scheduler a job.
func (r *runner) plan(schedule cron.Schedule, job cron.Job) {
	d := &due{schedule: schedule, zone: r.program.Zone, now: r.program.Pipeline.Now}
	r.entries = append(r.entries, entry{r.cron.Schedule(d, job), d, job})
}

// replan follows the wall clock after somebody set it: what it was set past runs
// now, and the rest is due when the wall says so.
func (r *runner) replan() {
	for i := range r.entries {
		e := &r.entries[i]
		if e.due.steady() {
			continue
		}
		if e.due.missed() {
			r.spawn(e.job)
		}
		e.due.forget()
		r.cron.Remove(e.id)
		e.id = r.cron.Schedule(e.due, e.job)
	}
}

// forget drops the planned time: the next one is counted from now.
func (d *due) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.target = time.Time{}
}

// jump returns by how much the clock was set since the last call.
func (c *clock) jump(now time.Time) time.Duration {
	steady := time.Now()
	defer func() { c.wall, c.steady = now.Round(0), steady }()
	if c.wall.IsZero() {
		return 0
	}
	return now.Round(0).Sub(c.wall) - steady.Sub(c.steady)
}

// clock compares the wall with the time that goes by.
type clock struct{ wall, steady time.Time }
