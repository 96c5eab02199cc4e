package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pantau/alerts"
	"pantau/brand"
	"pantau/internal/health"
	"pantau/store"
)

// What is watched, and from when on it is trouble.
const (
	writerEvery  = 10 * time.Second // between two looks whether the store takes what comes
	writerLimit  = 3 * time.Minute  // a transaction of ours that lasts longer is stuck
	mendMost     = 10 * time.Minute // longest pause between two tries while the store fails
	diskLow      = 512 << 20        // bytes that must be left on the disk
	diskRoom     = 4 << 20          // bytes that a store which failed must find again
	channelSlow  = 15 * time.Minute // that a channel may fail before people hear of it elsewhere
	outboxOld    = 15 * time.Minute
	announceWait = 2 * time.Minute // a trouble that passes by itself is nobody's business
	backupOld    = 50 * time.Hour
	quietLeast   = 6 * time.Hour // without anything new before the daemon counts as blind
	clockJump    = 30 * time.Second
)

// trouble notes a mode on the board; an empty detail ends it.
func (r *runner) trouble(mode health.Mode, detail string) {
	began, ended := r.Health.Set(mode, detail, r.program.Pipeline.Now())
	switch {
	case began:
		r.Log.Error("degraded", "mode", string(mode), "err", detail)
	case ended:
		r.Log.Info("mended", "mode", string(mode))
	}
}

// look is the first look around, before anything runs.
func (r *runner) look() error {
	p := r.program
	for _, mode := range health.Modes() {
		if mode == health.Lexicon || p.Troubles[mode] != "" {
			r.trouble(mode, p.Troubles[mode])
		}
	}
	list, err := p.Pipeline.Store.Sources(r.ctx)
	if err != nil {
		r.Log.Error("the state of the sources is unknown until they were read", "err", err)
	}
	known := make([]health.Source, len(p.Sources))
	for i, src := range p.Sources {
		known[i] = health.Source{Name: src.Name, Brand: src.Brand, Kind: src.Kind, Every: src.Every, Status: "never"}
		for _, h := range list {
			if h.Source == src.Name && h.Brand == src.Brand {
				known[i].Status, known[i].LastRun, known[i].LastSuccess, known[i].LastNew = h.Status, h.LastRun, h.LastSuccess, h.LastNew
			}
			r.newestRun = later(r.newestRun, h.LastRun)
		}
	}
	r.Health.Watch(known)
	if files, err := store.Backups(p.Pipeline.Store.Path()); err == nil && len(files) > 0 {
		r.haveBackup(files[len(files)-1])
	}
	return r.ctx.Err()
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// storeDown notes that the store does not take what comes. What failed is
// repeated by [runner.keepWriting]. The caller holds the lock.
func (r *runner) storeDown(err error) {
	r.trouble(health.Store, fmt.Sprintf("%s: %v", store.FaultOf(err), err))
	// It was thought well, and was not: try less often, sources are not ours to hammer.
	switch {
	case r.mended.IsZero():
	case time.Since(r.mended) < time.Minute:
		r.pause = min(max(2*r.pause, writerEvery), mendMost)
	default:
		r.pause = 0
	}
	r.mended = time.Time{}
}

// keepWriting sees that the store takes what comes. A write that fails is a known
// error, so this loop beats; a transaction that never ends stops it, and with it
// the watchdog. It also sees when somebody sets the clock.
func (r *runner) keepWriting(ctx context.Context) {
	pulse := r.Health.Start("writer", writerLimit)
	defer pulse.Stop()
	var wall clock
	r.follow(&wall)
	for tried := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(writerEvery):
		}
		r.follow(&wall)
		switch {
		case !r.Health.Holds(health.Store):
			err := r.program.Pipeline.Store.Write(ctx, func(*store.Tx) error { return nil })
			r.settle("writer", err)
		case time.Since(tried) >= r.untilRetry():
			tried = time.Now()
			r.mend(ctx)
		}
		pulse.Beat()
	}
}

func (r *runner) untilRetry() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pause
}

// mend tries whether the store is well again, and then repeats what failed.
func (r *runner) mend(ctx context.Context) {
	db := r.program.Pipeline.Store
	err := room(filepath.Dir(db.Path()))
	if err == nil {
		err = db.Probe(ctx, r.program.Pipeline.Now())
	}
	if err != nil {
		if !stopped(err) {
			r.settle("writer", err)
		}
		return
	}
	r.mu.Lock()
	var jobs []string
	for name := range r.again {
		jobs = append(jobs, name)
	}
	clear(r.again)
	r.failed = nil
	r.mended = time.Now()
	r.mu.Unlock()
	r.trouble(health.Store, "")
	slices.Sort(jobs)
	for _, name := range jobs {
		if job := r.jobs[name]; job != nil {
			r.spawn(job)
		}
	}
	r.program.Pipeline.Decided()
}

// room reports whether the disk takes a few megabytes: a small write may fit
// where a round of a source does not.
func room(dir string) error {
	f, err := os.CreateTemp(dir, ".pantau-probe-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(make([]byte, diskRoom)); err != nil {
		return err
	}
	return f.Sync()
}

// follow sees whether somebody set the clock, and adapts the schedules.
func (r *runner) follow(wall *clock) {
	by := wall.jump(r.program.Pipeline.Now())
	if by.Abs() <= clockJump {
		return
	}
	r.Log.Warn("the clock was set", "by", by.Round(time.Second).String())
	r.Health.ClockJumps.Inc()
	r.replan()
}

// watch looks every minute at what no loop notices by itself.
func (r *runner) watch(ctx context.Context, _ *health.Pulse) error {
	now := r.program.Pipeline.Now()
	r.watchDisk()
	r.watchChannels(ctx, now)
	r.watchSources(ctx, now)
	r.watchBackup(now)
	r.watchCanary(ctx, now)
	r.watchClock(now)
	return r.announce(ctx, now)
}

func (r *runner) watchDisk() {
	db := r.program.Pipeline.Store
	if _, free, err := health.Disk(db.Path()); err == nil {
		detail := ""
		if free < diskLow {
			detail = fmt.Sprintf("%d MiB free where %s is, %d MiB wanted: free space, or lower retention and retention.backups", free>>20, db.Path(), int64(diskLow)>>20)
		}
		r.trouble(health.DiskLow, detail)
	}
	if state, err := db.WAL(r.ctx); err == nil {
		detail := ""
		if state.TooLarge() {
			detail = state.String()
		}
		r.trouble(health.WAL, detail)
	}
}

// watchChannels looks at what waits, and at channels that do not take it.
func (r *runner) watchChannels(ctx context.Context, now time.Time) {
	if list, err := r.program.Pipeline.Store.Outboxes(ctx, heldBack, now); err == nil {
		q := queue{}
		for _, o := range list {
			if o.State != "parked" {
				q.waiting += o.Count
			}
			if o.Waits() {
				q.age = max(q.age, now.Sub(o.Oldest))
			}
		}
		r.outbox.Store(&q)
	}
	r.mu.Lock()
	var details []string
	for name, f := range r.failing {
		if now.Sub(f.since) >= channelSlow {
			details = append(details, fmt.Sprintf("%s since %s: %s", name, f.since.In(r.program.Zone).Format("02-01 15:04"), f.reason))
		}
	}
	r.mu.Unlock()
	slices.Sort(details)
	r.trouble(health.Channel, strings.Join(details, "; "))
}

// delivered notes how an attempt to deliver ended.
func (r *runner) delivered(channel, outcome string, delay time.Duration, err error) {
	r.Health.Deliveries.WithLabelValues(channel, outcome).Inc()
	r.mu.Lock()
	defer r.mu.Unlock()
	if outcome == health.Delivered {
		r.Health.Delay.Observe(delay.Seconds())
		delete(r.failing, channel)
		return
	}
	f, known := r.failing[channel]
	if !known {
		f.since = r.program.Pipeline.Now()
	}
	f.reason = err.Error()
	r.failing[channel] = f
}

// working returns those of some channels that take their alerts.
func (r *runner) working(channels []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(channels), func(name string) bool { _, fails := r.failing[name]; return fails })
}

// watchSources says which sources cannot be read, and when that, or their
// silence, makes the daemon blind.
func (r *runner) watchSources(ctx context.Context, now time.Time) {
	var stale []string
	all := r.Health.Known()
	for _, s := range all {
		if !s.Fresh(now) && now.Sub(r.started) > s.Every {
			stale = append(stale, s.Name)
		}
	}
	slices.Sort(stale)
	detail := ""
	if len(stale) > 0 {
		detail = fmt.Sprintf("%d of %d not fresh: %s", len(stale), len(all), strings.Join(stale[:min(len(stale), 10)], ", "))
	}
	r.trouble(health.Sources, detail)
	blind := ""
	if len(all) > 0 && len(stale) == len(all) {
		blind = "no source can be read: pantau sources says why"
	} else if usual, newest, ok, err := r.program.Pipeline.Store.Quiet(ctx, now.AddDate(0, 0, -28)); err == nil && ok {
		if since := now.Sub(newest); since > max(3*usual, quietLeast) {
			blind = fmt.Sprintf("nothing new from any source for %s, where %s is usual", since.Round(time.Minute), usual.Round(time.Minute))
		}
	}
	r.trouble(health.Blind, blind)
}

// watchClock sees a clock that stands before what is stored already: windows that
// end now would be in the past.
func (r *runner) watchClock(now time.Time) {
	detail := ""
	if now.Before(r.newestRun.Add(-10 * time.Minute)) {
		detail = fmt.Sprintf("the clock says %s, the newest stored run is of %s: set the clock", now.UTC().Format(time.RFC3339), r.newestRun.UTC().Format(time.RFC3339))
	}
	r.trouble(health.Clock, detail)
}

// announced are the modes that people are told of, besides the log, the pages and
// the metrics.
func announced(mode health.Mode) bool {
	switch mode {
	case health.WAL, health.Sources, health.Heartbeat, health.Page:
		return false // the operator's alone
	}
	return true
}

// announce tells people what has not worked for a while, once, and when it is over.
func (r *runner) announce(ctx context.Context, now time.Time) error {
	for _, c := range r.Health.Conditions() {
		if !announced(c.Mode) || r.told[c.Mode] || now.Sub(c.Since) < announceWait && c.Mode != health.Restored {
			continue
		}
		if err := r.tell(ctx, brand.Degraded, c.Mode, c.Detail, now); err != nil {
			return err
		}
		r.told[c.Mode] = true
	}
	for mode := range r.told {
		if r.Health.Holds(mode) {
			continue
		}
		if err := r.tell(ctx, brand.Mended, mode, "", now); err != nil {
			return err
		}
		delete(r.told, mode)
	}
	return nil
}

// tell queues a message about the program itself, at most one a mode and hour.
// While the store takes nothing it is sent past the outbox, once and unrecorded.
func (r *runner) tell(ctx context.Context, change brand.Change, mode health.Mode, detail string, now time.Time) error {
	p := r.program.Pipeline
	a := brand.Alert{Change: change, By: string(mode), Incident: brand.Incident{Note: detail}}
	name := fmt.Sprintf("%s:%s:%s", change, mode, now.UTC().Format("2006-01-02T15"))
	channels := p.Channels
	if mode == health.Channel {
		channels = r.working(channels) // the others would hear of it when it is over
	}
	if !r.Health.Holds(health.Store) {
		err := p.Store.Write(ctx, func(tx *store.Tx) error { return tx.QueueReport(a, name, channels, now) })
		p.Decided()
		return err
	}
	for _, c := range r.program.Channels {
		if !slices.Contains(channels, c.Name) {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, deadline)
		if _, err := c.Notifier.Notify(ctx, alerts.Delivery{Key: name + ":" + c.Name, Channel: c.Name, Alert: a, QueuedAt: now, At: now}); err != nil {
			r.Log.Error("the operator was not told", "channel", c.Name, "mode", string(mode), "err", err)
		}
		cancel()
	}
	return nil
}

// heartbeat tells who waits for it outside that the whole way was gone: a source
// was read, all brands were judged, both are stored, and no alert waits.
func (r *runner) heartbeat(ctx context.Context, _ *health.Pulse) error {
	address := r.program.Health.Heartbeat
	if !address.Set() {
		return nil
	}
	if reason := r.unwell(); reason != "" {
		r.Log.Warn("no heartbeat is sent", "reason", reason)
		return nil
	}
	err := beat(ctx, address.Reveal())
	if err == nil {
		r.Health.LastBeat.Set(float64(r.program.Pipeline.Now().Unix()))
		r.trouble(health.Heartbeat, "")
	} else if !stopped(err) {
		r.trouble(health.Heartbeat, err.Error())
	}
	return nil
}

// unwell says why the outside should begin to worry, or "".
func (r *runner) unwell() string {
	now := r.program.Pipeline.Now()
	age, _ := r.outbox.Load().values()
	fresh, _ := r.Health.Freshness(now)
	switch {
	case !r.Health.Ready():
		return "the daemon does not do its work: see /readyz"
	case fresh == 0:
		return "no source is fresh"
	case now.Sub(time.Unix(r.decided.Load(), 0)) > 2*decideEvery:
		return "the brands were not judged"
	case age >= outboxOld:
		return fmt.Sprintf("an alert has waited for %s", age.Round(time.Second))
	case r.Health.Holds(health.Blind):
		return "the daemon is blind"
	}
	return ""
}

// beat asks for the address. Its errors do not show it: its path is a password.
func beat(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("heartbeat: the address cannot be used")
	}
	resp, err := http.DefaultClient.Do(req)
	var shown *url.Error
	if errors.As(err, &shown) {
		err = shown.Err
	}
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("heartbeat: status %s", resp.Status)
	}
	return nil
}
