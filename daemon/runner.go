package daemon

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"pantau/brand"
	"pantau/collectors"
	"pantau/internal/health"
	"pantau/store"
)

// The most time that the first decision waits for all sources, so that it does
// not stand on one source alone.
const gather = 15 * time.Second

// How long a task may take, or go without a sign of life, before it counts as
// stuck and the watchdog is no longer fed.
const (
	collectLimit = time.Hour // without one item: pages are read politely, so slowly
	decideEvery  = 5 * time.Minute
	decideLimit  = 10 * time.Minute
	copyLimit    = 2 * time.Hour
	tickEvery    = 30 * time.Second // the scheduler's own sign of life
	tickLimit    = 3 * time.Minute
)

// runner schedules the sources of one program.
type runner struct {
	*Daemon
	program  *Program
	ctx      context.Context // of this generation: the scheduler's jobs get none of their own
	started  time.Time
	deciding atomic.Bool // false until the first round of all sources is in

	cron       *cron.Cron
	chain      cron.Chain
	entries    []entry
	jobs       map[string]cron.Job
	background sync.WaitGroup

	newestRun time.Time    // of any source, when the daemon started
	backedUp  atomic.Int64 // unix time of the newest verified backup; 0 for none
	unseen    atomic.Bool  // the last planted spike was not seen
	outbox    atomic.Pointer[queue]
	decided   atomic.Int64 // unix time of the last time that all brands were judged

	mu      sync.Mutex
	failed  error // the first of the store that is not mended
	ended   bool  // nothing may be spawned any more
	stop    func()
	again   map[string]bool    // jobs that failed for want of the store
	failing map[string]failing // channels that do not take their alerts
	mended  time.Time          // when the store was last thought well again
	pause   time.Duration      // until the next look whether it is
}

// failing is a channel that does not take its alerts.
type failing struct {
	since  time.Time
	reason string
}

func (d *Daemon) newRunner(ctx context.Context, stop func(), p *Program) *runner {
	logger := cronLog{d.Log}
	return &runner{Daemon: d, program: p, ctx: ctx, started: p.Pipeline.Now(), stop: stop,
		cron: cron.New(cron.WithLocation(p.Zone), cron.WithLogger(logger)),
		// A panic is caught inside: outside, the job would count as running for ever.
		chain: cron.NewChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)),
		jobs:  map[string]cron.Job{}, again: map[string]bool{}, failing: map[string]failing{}}
}

// task is one turn of a job.
type task func(ctx context.Context, pulse *health.Pulse) error

// job makes a task that never overlaps itself, however often it is asked for.
func (r *runner) job(name string, limit time.Duration, t task) cron.Job {
	r.jobs[name] = r.chain.Then(cron.FuncJob(func() { r.do(name, limit, t) }))
	return r.jobs[name]
}

// do runs one turn and remembers how it ended.
func (r *runner) do(name string, limit time.Duration, t task) {
	if r.ctx.Err() != nil {
		return
	}
	pulse := r.Health.Start(name, limit)
	defer pulse.Stop()
	r.settle(name, t(r.ctx, pulse))
}

// settle notes how a turn ended. What failed for want of the store is repeated
// when the store is well again; a damaged file is not waited out, but replaced by
// a backup at the next start.
func (r *runner) settle(name string, err error) {
	if stopped(err) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		delete(r.again, name)
		return
	}
	if errors.Is(err, errHeld) {
		r.again[name] = true
		return
	}
	fault := store.FaultOf(err)
	r.Health.StoreErrors.WithLabelValues(string(fault)).Inc()
	r.again[name] = true
	if r.failed == nil || fault == store.Corrupt {
		r.failed = fmt.Errorf("%s: %w", name, err)
	}
	if fault == store.Corrupt {
		r.stop()
		return
	}
	r.storeDown(fmt.Errorf("%s: %w", name, err))
}

// spawn runs a job now, beside its schedule.
func (r *runner) spawn(job cron.Job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.background.Go(job.Run)
	}
}

// endSpawning lets nothing more begin beside the schedules.
func (r *runner) endSpawning() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// failure returns the first error of the store that is not mended.
func (r *runner) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// run starts the schedules, reads every source once, and returns when ctx has
// ended and the running jobs have returned.
func (r *runner) run(ctx context.Context, sources []cron.Job) error {
	first := r.start(ctx, sources)
	r.cron.Start()
	pulse := r.Health.Start("scheduler", tickLimit)
	defer pulse.Stop()
	r.cron.Schedule(cron.Every(tickEvery), cron.FuncJob(pulse.Beat))
	r.spawn(r.jobs["inspect"])
	<-ctx.Done()
	<-r.cron.Stop().Done()
	<-first
	r.endSpawning()
	r.background.Wait()
	return r.damage()
}

// damage returns the error of a damaged file, the only one that ends the daemon.
func (r *runner) damage() error {
	if err := r.failure(); store.FaultOf(err) == store.Corrupt {
		return err
	}
	return nil
}

// schedule plans all jobs and returns those that read the sources. A job without
// a schedule is there to be repeated.
func (r *runner) schedule() []cron.Job {
	p := r.program
	sources := make([]cron.Job, len(p.Sources))
	for i, src := range p.Sources {
		// One job for both, so that a scheduled run never overlaps the first.
		sources[i] = r.job("source "+src.Name, collectLimit, func(ctx context.Context, pulse *health.Pulse) error { return r.collect(ctx, pulse, src) })
		r.plan(src.Schedule, cron.FuncJob(func() {
			if r.wait(r.ctx, src.Every/10) {
				sources[i].Run()
			}
		}))
	}
	r.plan(cron.Every(decideEvery), r.job("decide", decideLimit, r.evaluate))
	r.plan(cron.Every(restEvery), r.job("rest", decideLimit, r.rest))
	r.plan(cron.Every(decideEvery), r.job("silences", decideLimit, func(ctx context.Context, _ *health.Pulse) error {
		return p.Pipeline.Silences(ctx)
	}))
	r.plan(cron.Every(time.Minute), r.job("watch", decideLimit, r.watch))
	r.plan(cron.Every(decideEvery), r.job("heartbeat", decideLimit, r.heartbeat))
	r.plan(cron.Every(time.Hour), r.job("copy for analysts", copyLimit, r.publish))
	r.plan(at("17 3 * * *"), r.job("forget", copyLimit, r.forget))
	r.plan(at("23 2 * * *"), r.job("backup", copyLimit, r.backup))
	for change, schedule := range r.reports() {
		r.plan(schedule, r.job(string(change), decideLimit, func(ctx context.Context, _ *health.Pulse) error {
			return p.Pipeline.Report(ctx, change, p.Zone)
		}))
	}
	r.job("unpark", decideLimit, r.unpark)
	r.job("inspect", copyLimit, r.inspect)
	if p.Health.Canary != nil {
		r.plan(p.Health.Canary, r.job("canary", decideLimit, r.canary))
	}
	return sources
}

// reports returns the schedules of the reports that are wanted.
func (r *runner) reports() map[brand.Change]cron.Schedule {
	wanted := map[brand.Change]cron.Schedule{}
	for change, schedule := range map[brand.Change]cron.Schedule{brand.Daily: r.program.Reports.Daily, brand.Weekly: r.program.Reports.Weekly} {
		if schedule != nil {
			wanted[change] = schedule
		}
	}
	return wanted
}

// catchUp runs what came due earlier today while nobody was there to run it. A
// report that was written before the stop is not written again.
func (r *runner) catchUp() {
	now := r.program.Pipeline.Now().In(r.program.Zone)
	y, m, d := now.Date()
	for change, schedule := range r.reports() {
		slot := schedule.Next(time.Date(y, m, d, 0, 0, 0, 0, r.program.Zone).Add(-time.Second))
		if !r.newestRun.IsZero() && r.newestRun.Before(slot) && !slot.After(now) {
			r.jobs[string(change)].Run()
		}
	}
	copied, err := os.Stat(store.SnapshotPath(r.program.Pipeline.Store.Path()))
	if err != nil || now.Sub(copied.ModTime()) > time.Hour {
		r.spawn(r.jobs["copy for analysts"])
	}
}

// at is a schedule that is written in this program.
func at(text string) cron.Schedule {
	s, err := cron.ParseStandard(text)
	if err != nil {
		panic(err) // a constant
	}
	return s
}

// start reads every source at once and decides when all are in, or when the slow
// ones have had their time. What it returns is closed when the last has returned.
func (r *runner) start(ctx context.Context, jobs []cron.Job) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		together(jobs)
	}()
	select {
	case <-done:
	case <-time.After(gather):
	case <-ctx.Done():
	}
	r.deciding.Store(true)
	r.jobs["decide"].Run()
	r.catchUp()
	r.jobs["rest"].Run()
	return done
}

// together runs jobs, a few at a time, and waits for them.
func together(jobs []cron.Job) {
	g := new(errgroup.Group)
	g.SetLimit(4)
	for _, job := range jobs {
		g.Go(func() error { job.Run(); return nil })
	}
	_ = g.Wait()
}

// alive shows that a source goes on while it brings items.
type alive struct {
	collectors.Collector
	pulse *health.Pulse
}

// Collect implements [collectors.Collector].
func (a alive) Collect(ctx context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	return a.Collector.Collect(ctx, req, func(m brand.Mention) error {
		a.pulse.Beat()
		return emit(m)
	})
}

// errHeld puts a turn off until the store is well: a page that cannot be kept
// should not be asked for.
var errHeld = errors.New("held until the store is well")

func (r *runner) collect(ctx context.Context, pulse *health.Pulse, src Source) error {
	if r.Health.Holds(health.Store) {
		return errHeld
	}
	src.Collector = alive{src.Collector, pulse}
	began := time.Now()
	round, err := r.program.Pipeline.Collect(ctx, src, r.deciding.Load())
	if err != nil {
		return err
	}
	r.measure(src, round, time.Since(began))
	log := r.Log.Info
	if round.Status == "failed" || round.Status == "blocked" {
		log = r.Log.Error // a failing source must be seen, and must not stop the others
	}
	log("collected", "source", src.Name, "brand", src.Brand, "status", round.Status, "fetched", round.Fetched, "added", round.Added,
		"edited", round.Edited, "rejected", round.Rejected, "reason", round.Reason)
	r.Report(src, round)
	return nil
}

func (r *runner) measure(src Source, round Round, took time.Duration) {
	h := r.Health
	h.Ran(src.Name, round.Status, round.Added, r.program.Pipeline.Now())
	h.Collect.Observe(took.Seconds())
	h.Rejected.Add(float64(round.Rejected))
	for polarity, n := range round.Scores {
		h.Scores.WithLabelValues(polarity.String()).Add(float64(n))
	}
	if round.Judged > 0 {
		h.Detect.Observe(round.Judged.Seconds())
	}
}

func (r *runner) evaluate(ctx context.Context, _ *health.Pulse) error {
	began := time.Now()
	_, err := r.program.Pipeline.Evaluate(ctx)
	if err == nil {
		if n := len(r.program.Pipeline.Brands); n > 0 {
			r.Health.Detect.Observe(time.Since(began).Seconds() / float64(n))
		}
		now := r.program.Pipeline.Now()
		r.decided.Store(now.Unix())
		r.Health.LastDecision.Set(float64(now.Unix()))
	}
	return err
}

func (r *runner) unpark(ctx context.Context, _ *health.Pulse) error {
	return r.program.Pipeline.Store.Unpark(ctx)
}

func (r *runner) forget(ctx context.Context, _ *health.Pulse) error {
	now := r.program.Pipeline.Now()
	return r.program.Pipeline.Store.Forget(ctx, now.AddDate(0, 0, -r.program.Keep.TextDays), now.AddDate(0, 0, -r.program.Keep.NumbersDays))
}

// publish gives analysts a fresh copy. Without it they have the one of an hour
// before, so an error is only reported.
func (r *runner) publish(ctx context.Context, _ *health.Pulse) error {
	db := r.program.Pipeline.Store
	if r.Health.Holds(health.DiskLow) {
		return nil
	}
	if err := db.Publish(ctx, store.SnapshotPath(db.Path())); err != nil && !stopped(err) {
		r.Log.Error("the copy for analysts is stale", "err", err)
	}
	return nil
}

// wait sleeps for a random part of most and reports whether ctx still runs.
func (r *runner) wait(ctx context.Context, most time.Duration) bool {
	most = min(most, 30*time.Second)
	jitter := r.Jitter
	if jitter == nil {
		jitter = func(most time.Duration) time.Duration { return rand.N(most + 1) }
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(jitter(most)):
		return true
	}
}

// newSender makes a sender whose fortunes are seen.
func (r *runner) newSender(c Channel) *sender {
	s := newSender(c, r.program.Pipeline, r.Log)
	s.pulses, s.ended = &r.Health.Pulses, r.delivered
	return s
}

// channelNames returns the outboxes of the program.
func (r *runner) channelNames() (names []string) {
	for _, c := range r.program.Channels {
		names = append(names, c.Name)
	}
	return names
}
