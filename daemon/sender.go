package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"pantau/alerts"
	"pantau/brand"
	"pantau/config"
	"pantau/internal/health"
	"pantau/store"
)

// Channel is one outbox and who empties it.
type Channel struct {
	Name     string
	Notifier alerts.Notifier
	Gap      time.Duration      // least time between two messages
	Quiet    *config.QuietHours // nil when alerts may come at any time
	Zone     *time.Location     // in which the quiet hours are meant
}

// finder is a notifier that can tell whether a delivery arrived: a first message
// on its channel, or a later one below the first.
type finder interface {
	Find(ctx context.Context, channel, key string, since time.Time) (receipt string, found bool, err error)
	FindReply(ctx context.Context, root, key string, since time.Time) (receipt string, found bool, err error)
}

// editor is a notifier that can change a message that people have already.
type editor interface {
	Edit(ctx context.Context, d alerts.Delivery) error
}

// sender empties one outbox, in order, one message at a time.
type sender struct {
	Channel
	store     *store.DB
	log       *slog.Logger
	now       func() time.Time
	at        func(point string)
	days      func(ctx context.Context, brand string) ([]alerts.Day, error)
	reminders int
	wake      func()
	others    []string // the other channels, which hear when this one breaks
	pulses    *health.Pulses
	ended     func(channel, outcome string, delay time.Duration, err error) // called after each attempt
	drawn     drawn
}

// drawn are the days of the delivery whose picture was needed last: each of its
// attempts shows the same.
type drawn struct {
	delivery int64
	days     []alerts.Day
}

func newSender(c Channel, p *Pipeline, log *slog.Logger) *sender {
	return &sender{Channel: c, store: p.Store, log: log, now: p.Now, at: p.at, days: p.Days, reminders: p.Escalation.Reminders, wake: func() { p.Decided() },
		others: slices.DeleteFunc(slices.Clone(p.Channels), func(name string) bool { return name == c.Name }),
		pulses: new(health.Pulses), ended: func(string, string, time.Duration, error) {}}
}

const (
	idle     = time.Minute     // between two looks at an empty outbox nobody woke us for
	settle   = 3 * time.Second // after an attempt without an answer, before looking whether it arrived
	deadline = 30 * time.Second

	senderLimit = 5 * time.Minute // an attempt with its looks into a busy store ends long before
)

// run delivers until ctx ends. An attempt that has begun is finished first.
func (s *sender) run(ctx context.Context, wake <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	pulse := s.pulses.Start("channel "+s.Name, senderLimit)
	defer pulse.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-timer.C:
		}
		timer.Reset(s.step(ctx))
		pulse.Beat()
	}
}

// drain delivers what can be delivered now and returns.
func (s *sender) drain(ctx context.Context) {
	for ctx.Err() == nil {
		wait := s.step(ctx)
		if wait > s.Gap {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// step makes at most one attempt and returns how long to wait for the next.
func (s *sender) step(ctx context.Context) time.Duration {
	d, notBefore, ok, err := s.next(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("outbox", "channel", s.Name, "err", err)
		}
		return idle
	}
	if !ok {
		return idle
	}
	if wait := notBefore.Sub(s.now()); wait > 0 {
		return min(wait, idle)
	}
	if until := s.quietUntil(d.Alert.Incident.Severity); !until.IsZero() && !d.Alert.Edit { // an edit wakes nobody
		s.record(ctx, d, s.store.Postpone(ctx, d.ID, until, d.Ambiguous, heldBack))
		return 0 // the next look finds what may come through
	}
	if !d.Alert.Edit {
		if collapsed, wait := s.collapse(ctx, d); collapsed || wait > 0 {
			return wait
		}
	}
	return s.attempt(ctx, d)
}

// next returns the delivery that is due: the oldest, or a critical one while the
// quiet hours hold the oldest back.
func (s *sender) next(ctx context.Context) (d store.Delivery, notBefore time.Time, ok bool, err error) {
	d, notBefore, ok, err = s.store.Next(ctx, s.Name)
	if err != nil || !ok || d.Reason != heldBack || !notBefore.After(s.now()) || s.Quiet == nil || s.Quiet.LetThrough != "critical" {
		return d, notBefore, ok, err
	}
	if c, before, found, err := s.store.NextCritical(ctx, s.Name); err != nil || found {
		return c, before, found, err
	}
	return d, notBefore, ok, nil
}

// heldBack is what the outbox says of an alert that waits for the morning.
const heldBack = "quiet hours"

// What a channel can take in before people stop reading: past it, everything
// that waits becomes one list.
const (
	stormSpan  = 10 * time.Minute
	stormLimit = 9 // messages in a span; the list is the tenth
	stormQueue = 8 // more than so many waiting is a storm at once
)

// collapse makes one message of many: of those that the quiet hours held back,
// and of a storm. It returns how long to wait when the channel has had enough.
func (s *sender) collapse(ctx context.Context, d store.Delivery) (collapsed bool, wait time.Duration) {
	pending, sent, err := s.store.Pending(ctx, s.Name, s.now().Add(-stormSpan))
	if err != nil {
		s.record(ctx, d, err)
		return false, idle
	}
	change := brand.Storm
	switch {
	case d.Attempts > 0, pending < 2 && sent <= stormLimit:
		return false, 0 // one that failed before keeps its turn and its backoff
	case d.Reason == heldBack && d.Alert.Digest == nil:
		change = brand.HandOver
	case sent > stormLimit:
		return false, idle
	case pending <= stormQueue && sent < stormLimit:
		return false, 0
	}
	s.record(ctx, d, s.store.Collapse(ctx, s.Name, change, change == brand.HandOver, s.now()))
	return true, 0
}

func (s *sender) attempt(ctx context.Context, d store.Delivery) time.Duration {
	// The answer must not be lost because somebody stops the daemon just now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deadline)
	defer cancel()
	if d.Ambiguous {
		receipt, found, err := s.find(ctx, d)
		if err != nil {
			return s.postpone(ctx, d, true, s.backoff(d), err)
		}
		s.at("looked up")
		if found {
			return s.settle(ctx, d, receipt, nil)
		}
	}
	next := alerts.Delivery{Key: d.Key, Channel: s.Name, Alert: d.Alert, Root: d.Root, QueuedAt: d.QueuedAt, At: s.now(), Test: d.Alert.Test, Reminders: s.reminders}
	s.illustrate(ctx, d, &next)
	s.at("before the mark")
	if err := s.store.Sending(ctx, d.ID, s.now()); err != nil {
		s.record(ctx, d, err) // without this mark a crash could send twice
		return idle
	}
	s.at("marked as sending")
	receipt, err := s.notify(ctx, next)
	s.at("answered")
	return s.settle(ctx, d, receipt, err)
}

func (s *sender) notify(ctx context.Context, d alerts.Delivery) (receipt string, err error) {
	if !d.Alert.Edit {
		return s.Notifier.Notify(ctx, d)
	}
	e, can := s.Notifier.(editor)
	if !can {
		return "", fmt.Errorf("%s cannot edit what it sent: %w", s.Name, alerts.ErrRejected)
	}
	return d.Root, e.Edit(ctx, d)
}

// illustrate adds what charts show. An alert without its chart is an alert.
func (s *sender) illustrate(ctx context.Context, d store.Delivery, next *alerts.Delivery) {
	if d.Alert.Digest == nil {
		if alerts.Pictured(d.Alert) && !d.Alert.Test {
			next.Days = s.draw(ctx, d)
		}
		return
	}
	if d.Alert.Change != brand.Weekly && d.Alert.Change != brand.Daily {
		return
	}
	for _, m := range d.Alert.Digest.Moods {
		if m.Competitor || len(next.Pictures) == mostPictures {
			continue
		}
		days, err := s.days(ctx, m.Brand)
		s.record(ctx, d, err)
		if len(days) > 0 {
			next.Pictures = append(next.Pictures, alerts.Picture{Brand: m.Brand, Days: days})
		}
	}
}

// draw returns the days of an incident's brand.
func (s *sender) draw(ctx context.Context, d store.Delivery) []alerts.Day {
	if s.drawn.delivery != d.ID {
		days, err := s.days(ctx, d.Alert.Incident.Brand)
		if err != nil {
			s.record(ctx, d, err)
			return nil
		}
		s.drawn = drawn{d.ID, days}
	}
	return s.drawn.days
}

// mostPictures is how many charts a report brings along.
const mostPictures = 5

// find asks the channel whether an earlier attempt arrived. A channel that
// cannot tell gets the alert again: twice is better than never.
func (s *sender) find(ctx context.Context, d store.Delivery) (receipt string, found bool, err error) {
	f, can := s.Notifier.(finder)
	if !can {
		return "", false, nil
	}
	if d.Root != "" {
		return f.FindReply(ctx, d.Root, d.Key, d.AttemptedAt)
	}
	return f.Find(ctx, s.Name, d.Key, d.AttemptedAt)
}

// settle records how an attempt ended.
func (s *sender) settle(ctx context.Context, d store.Delivery, receipt string, err error) time.Duration {
	var retry *alerts.RetryError
	switch {
	case err == nil:
		s.log.Info("delivered", "channel", s.Name, "incident", d.Alert.Incident.ID, "change", string(d.Alert.Change))
		s.record(ctx, d, s.store.Sent(ctx, d.ID, receipt, s.now()))
		s.at("recorded as sent")
		s.drawn = drawn{}
		s.ended(s.Name, health.Delivered, s.now().Sub(d.QueuedAt), nil)
		return s.Gap
	case errors.Is(err, alerts.ErrRejected):
		s.log.Error("delivery parked", "channel", s.Name, "incident", d.Alert.Incident.ID, "err", err)
		s.record(ctx, d, s.store.Park(ctx, d.ID, err.Error()))
		s.ended(s.Name, health.Parked, 0, err)
		s.record(ctx, d, s.report(ctx, err))
		return s.Gap
	case errors.Is(err, alerts.ErrAmbiguous):
		return s.postpone(ctx, d, true, max(settle, s.backoff(d)), err)
	case errors.As(err, &retry) && retry.After > 0:
		return s.postpone(ctx, d, false, retry.After, err)
	}
	return s.postpone(ctx, d, false, s.backoff(d), err)
}

// report tells the other channels that this one refuses its messages, once a day.
func (s *sender) report(ctx context.Context, reason error) error {
	if len(s.others) == 0 {
		return nil
	}
	a := brand.Alert{Change: brand.Broken, By: s.Name, Incident: brand.Incident{Note: reason.Error()}}
	name := fmt.Sprintf("%s:%s:%s", a.Change, s.Name, s.now().Format(time.DateOnly))
	err := s.store.Write(ctx, func(tx *store.Tx) error { return tx.QueueReport(a, name, s.others, s.now()) })
	s.wake()
	return err
}

func (s *sender) postpone(ctx context.Context, d store.Delivery, ambiguous bool, wait time.Duration, err error) time.Duration {
	s.log.Error("delivery postponed", "channel", s.Name, "incident", d.Alert.Incident.ID, "wait", wait.String(), "err", err)
	s.record(ctx, d, s.store.Postpone(ctx, d.ID, s.now().Add(wait), ambiguous, err.Error()))
	outcome := health.Postponed
	if ambiguous {
		outcome = health.Ambiguous
	}
	s.ended(s.Name, outcome, 0, err)
	return min(wait, idle)
}

// backoff doubles from two seconds to six minutes: a day of outage is some 250
// attempts, and its end is noticed soon enough.
func (s *sender) backoff(d store.Delivery) time.Duration {
	return min(2*time.Second<<min(d.Attempts, 8), 6*time.Minute)
}

func (s *sender) record(ctx context.Context, d store.Delivery, err error) {
	if err != nil {
		s.log.Error("outbox", "channel", s.Name, "delivery", d.Key, "err", err)
	}
}

// quietUntil returns the end of the quiet hours that hold an alert of this
// severity back now, or the zero time.
func (s *sender) quietUntil(severity brand.Severity) time.Time {
	if s.Quiet == nil || severity == brand.Critical && s.Quiet.LetThrough == "critical" {
		return time.Time{}
	}
	now := s.now().In(s.Zone)
	if !s.Quiet.Quiet(now) {
		return time.Time{}
	}
	y, m, day := now.Date()
	until := time.Date(y, m, day, 0, 0, 0, 0, s.Zone).Add(s.Quiet.To)
	if !until.After(now) {
		until = until.AddDate(0, 0, 1)
	}
	return until
}
