// Package daemon runs the program: it reads the sources on their schedules,
// carries what they bring through the pipeline, and sends what was decided. It
// starts the goroutines of the program and waits for all of them; two functions
// elsewhere start some of their own and wait for those: [alerts.Slack.Listen] and
// [store.DB.Rescore].
package daemon

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"pantau/alerts"
	"pantau/collectors"
	"pantau/config"
	"pantau/internal/health"
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
	Health   config.Health
	Troubles map[health.Mode]string // what was found while the program was wired
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
	Health *health.Health                         // how the process fares; nil for one that nobody sees
	Jitter func(most time.Duration) time.Duration // random wait, so that sources do not start together; nil for the usual

	told      map[health.Mode]bool // what people were told of and is not over
	inspected bool                 // the file was looked through since the start
}

// Run runs p until ctx ends. It returns when every goroutine it started has
// returned: no new run begins after ctx ends, and a running one is cancelled.
func (d *Daemon) Run(ctx context.Context, p *Program) error {
	d.prepare(p)
	defer d.Health.SetReady(false)
	for {
		next, err := d.generation(ctx, p)
		if err != nil || next == nil {
			return err
		}
		p = next
		d.Log.Info("configuration reloaded", "sources", len(p.Sources))
	}
}

// prepare fills in what a caller left out.
func (d *Daemon) prepare(p *Program) {
	if d.Health == nil {
		d.Health = health.New(health.Build{}, p.Pipeline.Now)
	}
	if d.told == nil {
		d.told = map[health.Mode]bool{}
	}
}

// generation runs one program until ctx ends or a new program is there.
func (d *Daemon) generation(ctx context.Context, p *Program) (next *Program, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	r := d.newRunner(ctx, stop, p)
	sources := r.schedule()
	if err := r.look(); stopped(err) {
		return nil, nil
	}
	defer d.Health.Attach(p.Pipeline.Store, r.channelNames(), heldBack, p.Pipeline.Now)()
	wakes := make([]chan struct{}, len(p.Channels))
	for i := range wakes {
		wakes[i] = make(chan struct{}, 1)
	}
	p.Pipeline.Decided = func() { wakeAll(wakes) } // before the senders, which call it
	if r.do("unpark", decideLimit, r.unpark); ctx.Err() != nil {
		return nil, r.damage()
	}
	for i, c := range p.Channels {
		s := r.newSender(c)
		g.Go(func() error { s.run(ctx, wakes[i]); return nil })
	}
	for _, listen := range p.Listen {
		g.Go(func() error { d.listen(ctx, p.Pipeline, listen); return nil })
	}
	for _, s := range receptions(p, d.Log) {
		s.listen() // before the sources are read for the first time
		g.Go(func() error { return s.run(ctx) })
	}
	g.Go(func() error { return r.run(ctx, sources) })
	g.Go(func() error { r.keepWriting(ctx); return nil })
	g.Go(func() error { r.watchdog(ctx); return nil })
	g.Go(func() error { r.show(ctx); return nil })
	g.Go(func() error {
		next = d.awaitReload(ctx)
		stop()
		return nil
	})
	d.Health.SetReady(true)
	d.Tell("READY=1\nSTATUS=" + r.status())
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

// Once runs every source one time, decides, delivers and returns. Sources to which
// mentions are sent are left alone: nobody listens for them.
func (d *Daemon) Once(ctx context.Context, p *Program) error {
	d.prepare(p)
	p.Pipeline.Decided = func() {}
	r := d.newRunner(ctx, func() {}, p)
	if err := p.Pipeline.Store.Unpark(ctx); err != nil {
		return err // what was refused before gets another chance, as at the start of run
	}
	var jobs []cron.Job
	for _, src := range p.Sources {
		if _, sent := src.Collector.(collectors.Receiver); sent {
			continue
		}
		jobs = append(jobs, cron.FuncJob(func() {
			r.do("source "+src.Name, collectLimit, func(ctx context.Context, pulse *health.Pulse) error { return r.collect(ctx, pulse, src) })
		}))
	}
	together(jobs)
	if err := r.evaluate(ctx, nil); err != nil {
		return err
	}
	for _, c := range p.Channels {
		r.newSender(c).drain(ctx)
	}
	return errors.Join(r.failure(), ctx.Err())
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
