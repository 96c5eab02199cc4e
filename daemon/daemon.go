// Package daemon runs the program: it reads the sources on their schedules,
// carries what they bring through the pipeline, and sends what was decided. It
// is the only package that starts goroutines, and it waits for all of them.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"pantau/alerts"
	"pantau/brand"
	"pantau/config"
	"pantau/store"
)

// Program is a valid configuration with everything wired to it.
type Program struct {
	Pipeline *Pipeline
	Sources  []Source
	Channels []Channel
	Listen   []Listener
	Zone     *time.Location
	Reports  config.Digest
	Keep     config.Retention
}

// Listener hands over what people click, until ctx ends.
type Listener func(ctx context.Context, act func(context.Context, alerts.Click) error) error

// Daemon runs programs: the first until the configuration is read again, then
// the next.
type Daemon struct {
	Log    *slog.Logger
	Reload <-chan os.Signal                       // each signal asks to read the configuration again
	Load   func() (*Program, error)               // reads the configuration again
	Tell   func(state string)                     // tells the service manager, such as "READY=1"
	Report func(src Source, r Round)              // called after each run
	Jitter func(most time.Duration) time.Duration // random wait, so that sources do not start together; nil for the usual
}

// The most time that the first decision waits for all sources, so that it does
// not stand on one source alone.
const gather = 15 * time.Second

// Run runs p until ctx ends. It returns when every goroutine it started has
// returned: no new run begins after ctx ends, and a running one is cancelled.
func (d *Daemon) Run(ctx context.Context, p *Program) error {
	for {
		// Migrations and the lexicon leave several times as much garbage as the
		// daemon will ever need: give it back before years of idling.
		debug.FreeOSMemory()
		next, err := d.generation(ctx, p)
		if err != nil || next == nil {
			return err
		}
		p = next
		d.Log.Info("configuration reloaded", "sources", len(p.Sources))
	}
}

// generation runs one program until ctx ends or a new program is there.
func (d *Daemon) generation(ctx context.Context, p *Program) (next *Program, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := p.Pipeline.Store.Unpark(ctx); stopped(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	g, ctx := errgroup.WithContext(ctx)
	r := d.newRunner(p)
	wakes := make([]chan struct{}, len(p.Channels))
	for i := range wakes {
		wakes[i] = make(chan struct{}, 1)
	}
	p.Pipeline.Decided = func() { wakeAll(wakes) } // before the senders, which call it
	for i, c := range p.Channels {
		s := newSender(c, p.Pipeline, d.Log)
		g.Go(func() error { s.run(ctx, wakes[i]); return nil })
	}
	for _, listen := range p.Listen {
		g.Go(func() error { d.listen(ctx, p.Pipeline, listen); return nil })
	}
	g.Go(func() error { return r.run(ctx) })
	g.Go(func() error { d.watchdog(ctx, p); return nil })
	g.Go(func() error {
		next = d.awaitReload(ctx)
		stop()
		return nil
	})
	d.Tell("READY=1\nSTATUS=" + fmt.Sprintf("%d brands, %d sources", len(p.Pipeline.Brands), len(p.Sources)))
	err = g.Wait()
	if next == nil {
		d.Tell("STOPPING=1")
	}
	if stopped(err) {
		err = nil
	}
	return next, err
}

// stopped reports whether err only says that somebody ended the context.
func stopped(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// listen passes clicks on. Without them the alerts still come, so a listener that
// gives up is reported and missed, no more.
func (d *Daemon) listen(ctx context.Context, p *Pipeline, listen Listener) {
	err := listen(ctx, func(ctx context.Context, c alerts.Click) error {
		_, err := p.Act(ctx, Action{Change: c.Change, Incident: c.Incident, Actor: c.Actor, Note: c.Note, Silence: c.Silence, Key: c.Key})
		return err
	})
	if err != nil && !stopped(err) {
		d.Log.Error("buttons do not work", "err", err)
	}
}

func wakeAll(wakes []chan struct{}) {
	for _, w := range wakes {
		select {
		case w <- struct{}{}:
		default: // it is awake already
		}
	}
}

// awaitReload returns the next program, or nil when ctx ends first. A wrong
// configuration is reported and the running one stays.
func (d *Daemon) awaitReload(ctx context.Context) *Program {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.Reload:
		}
		next, err := d.Load()
		if err == nil {
			return next
		}
		d.Log.Error("configuration not reloaded, the old one stays", "err", err)
	}
}

// Once runs every source one time, decides, delivers and returns.
func (d *Daemon) Once(ctx context.Context, p *Program) error {
	p.Pipeline.Decided = func() {}
	r := d.newRunner(p)
	jobs := make([]cron.Job, len(p.Sources))
	for i, src := range p.Sources {
		jobs[i] = cron.FuncJob(func() { r.collect(ctx, func() {}, src) })
	}
	together(jobs)
	if err := r.evaluate(ctx); err != nil {
		return err
	}
	for _, c := range p.Channels {
		newSender(c, p.Pipeline, d.Log).drain(ctx)
	}
	return errors.Join(r.failure(), ctx.Err())
}

// runner schedules the sources of one program.
type runner struct {
	*Daemon
	program  *Program
	deciding atomic.Bool // false until the first round of all sources is in

	mu     sync.Mutex
	failed error // the store's first error: the daemon cannot go on
}

func (d *Daemon) newRunner(p *Program) *runner { return &runner{Daemon: d, program: p} }

// run starts the schedules, reads every source once, and returns when ctx has
// ended and the running jobs have returned.
func (r *runner) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	logger := cronLog{r.Log}
	c := cron.New(cron.WithLocation(r.program.Zone), cron.WithLogger(logger))
	chain := cron.NewChain(cron.Recover(logger), cron.SkipIfStillRunning(logger))
	jobs := make([]cron.Job, len(r.program.Sources))
	for i, src := range r.program.Sources {
		// One wrapped job for both, so that a scheduled run never overlaps the first.
		jobs[i] = chain.Then(cron.FuncJob(func() { r.collect(ctx, stop, src) }))
		c.Schedule(src.Schedule, cron.FuncJob(func() {
			if r.wait(ctx, src.Every/10) {
				jobs[i].Run()
			}
		}))
	}
	c.Schedule(cron.Every(5*time.Minute), chain.Then(cron.FuncJob(func() { r.note(r.evaluate(ctx), stop); r.checkLog(ctx) })))
	c.Schedule(cron.Every(time.Hour), chain.Then(cron.FuncJob(func() { r.publish(ctx) })))
	for change, due := range map[brand.Change]cron.Schedule{brand.Daily: r.program.Reports.Daily, brand.Weekly: r.program.Reports.Weekly} {
		if due != nil {
			c.Schedule(due, chain.Then(cron.FuncJob(func() { r.note(r.program.Pipeline.Report(ctx, change, r.program.Zone), stop) })))
		}
	}
	c.Schedule(nightly(), chain.Then(cron.FuncJob(func() { r.note(r.forget(ctx), stop) })))
	first := r.start(ctx, stop, jobs)
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	<-first
	return r.failure()
}

// start reads every source at once and decides when all are in, or when the slow
// ones have had their time. What it returns is closed when the last has returned.
func (r *runner) start(ctx context.Context, stop func(), jobs []cron.Job) <-chan struct{} {
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
	r.note(r.evaluate(ctx), stop)
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

func (r *runner) collect(ctx context.Context, stop func(), src Source) {
	if ctx.Err() != nil {
		return
	}
	round, err := r.program.Pipeline.Collect(ctx, src, r.deciding.Load())
	if err != nil {
		r.note(fmt.Errorf("source %s: %w", src.Name, err), stop)
		return
	}
	log := r.Log.Info
	if round.Status == "failed" || round.Status == "blocked" {
		log = r.Log.Error // a failing source must be seen, and must not stop the others
	}
	log("collected", "source", src.Name, "brand", src.Brand, "status", round.Status, "fetched", round.Fetched, "added", round.Added,
		"edited", round.Edited, "rejected", round.Rejected, "reason", round.Reason)
	r.Report(src, round)
}

func (r *runner) evaluate(ctx context.Context) error {
	_, err := r.program.Pipeline.Evaluate(ctx)
	return err
}

func (r *runner) forget(ctx context.Context) error {
	now := r.program.Pipeline.Now()
	return r.program.Pipeline.Store.Forget(ctx, now.AddDate(0, 0, -r.program.Keep.TextDays), now.AddDate(0, 0, -r.program.Keep.NumbersDays))
}

// publish gives analysts a fresh copy. Without it they have the one of an hour
// before, so an error is only reported.
func (r *runner) publish(ctx context.Context) {
	db := r.program.Pipeline.Store
	if err := db.Publish(ctx, store.SnapshotPath(db.Path())); err != nil && !stopped(err) {
		r.Log.Error("the copy for analysts is stale", "err", err)
	}
}

// checkLog says so when the write-ahead log of the store grows, and who keeps it.
func (r *runner) checkLog(ctx context.Context) {
	state, err := r.program.Pipeline.Store.WAL(ctx)
	if err == nil && state.TooLarge() {
		r.Log.Error("store", "err", state.String())
	}
}

// note remembers the first error of the store and stops the daemon: without the
// store there is nothing to do, and the service manager starts us again.
func (r *runner) note(err error, stop func()) {
	if err == nil || stopped(err) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
	stop()
}

func (r *runner) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
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

// nightly is when texts past their retention are deleted.
func nightly() cron.Schedule {
	s, err := cron.ParseStandard("17 3 * * *")
	if err != nil {
		panic(err) // a constant
	}
	return s
}

// cronLog passes on what the scheduler has to say when it matters.
type cronLog struct{ log *slog.Logger }

func (c cronLog) Info(msg string, kv ...any) {
	if msg == "skip" {
		c.log.Info("still running, this turn is skipped", kv...)
	}
}

func (c cronLog) Error(err error, msg string, kv ...any) {
	c.log.Error("scheduler: "+msg, append(kv, "err", err)...)
}
