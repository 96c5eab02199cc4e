package daemon

import (
	"context"
	"log/slog"
	"time"

	"pantau/brand"
	"pantau/collectors"
	"pantau/collectors/clean"
	"pantau/config"
	"pantau/sentiment"
	"pantau/store"
)

// Source is a configured source with the collector that reads it.
type Source struct {
	config.Source
	Collector collectors.Collector
	Matches   func(text string) bool // nil when every item is a mention
	Again     bool                   // read from the start, whatever an earlier run has read
}

// Pipeline carries mentions from a source into the store and decides what to
// tell people: collect → clean → score → store → detect → queue alert.
//
// It is safe for concurrent use; the store lets one transaction write at a time.
type Pipeline struct {
	Store       *store.DB
	Scorer      *sentiment.Analyzer
	Pseudonyms  []byte // key of the authors' pseudonyms
	Brands      []config.Brand
	Intervals   map[string]time.Duration // usual time between two runs of each configured source
	Channels    []string                 // outboxes of every alert
	Calendar    config.Calendar          // days on which more is expected
	Escalation  config.Escalation
	Sensitivity string
	Log         *slog.Logger
	Now         func() time.Time
	Decided     func()            // called after alerts were queued, to wake the sender
	Point       func(name string) // called at named places, where a crash test may end the process; nil otherwise

	listening listening
	lags      lags
}

// at passes a named place.
func (p *Pipeline) at(name string) {
	if p.Point != nil {
		p.Point(name)
	}
}

// batch is how many mentions one transaction takes. Larger ones are no faster,
// and make a waiting reader of the newest data wait longer.
const batch = 5000

// Round is the outcome of one run of a source.
type Round struct {
	store.Run
	Future    int                   // mentions dated after now, counted as of now
	Unmatched int                   // items that do not name the brand
	Rejects   []collectors.Rejected // the first of the items that could not be kept
	Warned    int                   // items that were kept without something
	Warnings  []collectors.Rejected // the first of them
	Alerts    []brand.Alert
	Scores    map[brand.Polarity]int // of the items that were scored
	Judged    time.Duration          // what the decisions took, 0 without any
}

// Collect runs one source from its cursor to now. With evaluate, the decisions
// about its brand commit in the transaction that ends the run.
//
// A source that fails is a recorded run, not an error: an error means that the
// store is in trouble, or that ctx ended.
func (p *Pipeline) Collect(ctx context.Context, src Source, evaluate bool) (Round, error) {
	in := intake{p: p, src: src, round: Round{Run: store.Run{StartedAt: p.Now()}, Scores: map[brand.Polarity]int{}}}
	if err := p.Store.Room(ctx); err != nil { // what the source holds waits there
		in.round.FinishedAt, in.round.Status, in.round.Reason = p.Now(), string(collectors.Failed), err.Error()
		return in.round, ctx.Err()
	}
	p.at("collect begins")
	if err := p.Store.Write(ctx, in.locate); err != nil {
		return in.round, err
	}
	p.at("cursor read")
	if src.Again {
		in.origin.Cursor = ""
	}
	in.first = in.origin.Cursor == ""
	report, err := src.Collector.Collect(ctx, in.request(ctx), in.take(ctx))
	if err != nil {
		return in.round, err // of the store, through emit, or of ctx
	}
	in.finish(report)
	p.at("collected")
	err = p.Store.Write(ctx, func(tx *store.Tx) error {
		if err := in.flush(tx); err != nil {
			return err
		}
		p.at("mentions added")
		if err := tx.FinishRun(in.origin, in.round.Run); err != nil || !evaluate {
			return err
		}
		p.at("run recorded")
		began := time.Now()
		alerts, err := p.detect(tx, in.brand())
		in.round.Alerts, in.round.Judged = alerts, time.Since(began)
		p.at("decided")
		return err
	})
	p.at("run committed")
	if err == nil && len(in.round.Alerts) > 0 {
		p.Decided()
	}
	return in.round, err
}

// Accept stores mentions that were sent to a source. They are in the store when it
// returns; the next evaluation judges them.
func (p *Pipeline) Accept(ctx context.Context, src Source, mentions []brand.Mention) (collectors.Receipt, error) {
	in := intake{p: p, src: src, round: Round{Run: store.Run{StartedAt: p.Now()}, Scores: map[brand.Polarity]int{}}}
	take := in.take(ctx)
	for _, m := range mentions {
		if err := take(m); err != nil {
			return collectors.Receipt{}, err
		}
	}
	in.finish(collectors.Report{Status: collectors.Fresh, Fetched: len(mentions)})
	err := p.Store.Write(ctx, func(tx *store.Tx) error {
		if err := in.locate(tx); err != nil {
			return err
		}
		if err := in.flush(tx); err != nil {
			return err
		}
		p.at("mentions accepted")
		return tx.FinishRun(in.origin, in.round.Run)
	})
	r := collectors.Receipt{Stored: in.round.Added, Edited: in.round.Edited, Unmatched: in.round.Unmatched}
	r.Known = len(mentions) - r.Stored - r.Edited - r.Unmatched
	return r, err
}

// intake gathers what one run of a source brings.
type intake struct {
	p      *Pipeline
	src    Source
	origin store.Origin
	first  bool // nothing of this source was read before
	round  Round
	items  []store.Item

	ratings []brand.Rating
	answers []brand.Answer
}

func (in *intake) brand() config.Brand {
	for _, b := range in.p.Brands {
		if b.Name == in.src.Brand {
			return b
		}
	}
	return config.Brand{Name: in.src.Brand, Competitor: true} // imported only: never alerted
}

func (in *intake) request(ctx context.Context) collectors.Request {
	return collectors.Request{Now: in.round.StartedAt, Cursor: in.origin.Cursor, Listening: in.p.listening.since(in.src.Name),
		Rate: in.rate, Answer: in.answer(ctx)}
}

// rate takes an average. There are few.
func (in *intake) rate(r brand.Rating) error {
	r.Subject = clean.Redact(clean.Line(r.Subject))
	in.ratings = append(in.ratings, r)
	return nil
}

// answer takes an answer to a survey. What the survey calls it may be a person's
// address, so only a pseudonym of it is kept.
func (in *intake) answer(ctx context.Context) func(brand.Answer) error {
	return func(a brand.Answer) error {
		a.ExternalID = clean.Pseudonym(in.p.Pseudonyms, in.src.Name, a.ExternalID)
		if in.answers = append(in.answers, a); len(in.answers) < batch {
			return nil
		}
		return in.p.Store.Write(ctx, in.flush)
	}
}

func (in *intake) locate(tx *store.Tx) (err error) {
	b := in.brand()
	in.origin, err = tx.Origin(b.Name, b.Competitor, in.src.Name, in.src.Kind, in.p.Scorer.Version())
	return err
}

// take cleans and scores one item. A full batch is stored on the way, so that a
// source of any size needs little memory.
func (in *intake) take(ctx context.Context) func(brand.Mention) error {
	return func(m brand.Mention) error {
		m.Brand, m.Source, m.CollectedAt = in.src.Brand, in.src.Name, in.round.StartedAt
		if in.src.Matches != nil && !in.src.Matches(m.Title+"\n"+m.Text) {
			in.round.Unmatched++
			return nil
		}
		former := clean.FormerIdentity(m.ExternalID)
		m = clean.Mention(m, in.p.Pseudonyms)
		if former == m.ExternalID {
			former = ""
		}
		if m.PublishedAt.After(m.CollectedAt) {
			in.round.Future++
		}
		m.PublishedAt = latest(m)
		switch {
		case m.PublishedAt.IsZero() && (in.first || m.FirstSight):
			m.PublishedAt = m.CollectedAt.Add(-bygone)
		case m.PublishedAt.IsZero() || m.PublishedAt.After(m.CollectedAt):
			m.PublishedAt = m.CollectedAt // an event from the future would wait there unseen
		}
		scored := brand.Scored{Mention: m, Score: in.p.Scorer.Score(scorable(m), m.Stars)}
		in.round.Scores[scored.Score.Polarity]++
		in.items = append(in.items, store.Item{Scored: scored, Fingerprint: clean.Fingerprint(m.Text), Formerly: former})
		if len(in.items) < batch {
			return nil
		}
		if err := in.p.awaitRoom(ctx); err != nil {
			return err
		}
		return in.p.Store.Write(ctx, in.flush)
	}
}

// bygone is how old a mention without any date counts when the first run of its source
// brings it, or the first sight of its page: it may be years old, and a page of such
// reviews is no spike of this hour. The rule does not look so far back.
const bygone = history + 24*time.Hour

// latest is when a mention with a date and no time of day was written at the latest:
// when it was first seen, at the end of its day, or before it was answered. Its
// midnight would be hours ago, and hours that are over open no incident.
func latest(m brand.Mention) time.Time {
	if m.DayEnd.IsZero() {
		return m.PublishedAt
	}
	at := m.DayEnd
	for _, t := range []time.Time{m.CollectedAt, m.RepliedAt} {
		if !t.IsZero() && t.Before(at) {
			at = t
		}
	}
	return later(at, m.PublishedAt)
}

// awaitRoom waits in the middle of a run until the store can take more.
func (p *Pipeline) awaitRoom(ctx context.Context) error {
	for tried := 0; ; tried++ {
		err := p.Store.Room(ctx)
		if err == nil {
			return nil
		}
		if tried%60 == 0 {
			p.Log.Error("store", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// scorable is what the verdict is about: the text, or the title of a mention
// that has nothing else.
func scorable(m brand.Mention) string {
	if m.Text == "" {
		return m.Title
	}
	return m.Text
}

func (in *intake) flush(tx *store.Tx) error {
	added, err := tx.Add(in.origin, in.items)
	if err != nil {
		return err
	}
	in.round.Added += added.New
	in.round.Edited += added.Edited
	in.items = in.items[:0]
	return in.flushMeasures(tx)
}

func (in *intake) flushMeasures(tx *store.Tx) error {
	if err := tx.AddRatings(in.origin, in.ratings); err != nil {
		return err
	}
	added, err := tx.AddAnswers(in.origin, in.answers)
	in.round.Added += added
	in.ratings, in.answers = nil, nil
	return err
}

// finish turns the collector's report into the record of the run.
func (in *intake) finish(report collectors.Report) {
	r := &in.round
	r.FinishedAt = in.p.Now()
	r.From, r.To, r.Gap, r.Fetched = report.From, report.To, report.Gap, report.Fetched
	r.Status, r.Reason, r.Cursor = string(report.Status), report.Reason, report.Cursor
	r.Rejected, r.Rejects = report.RejectedCount, report.Rejected
	r.Warned, r.Warnings = report.WarningCount, report.Warnings
}

// Evaluate decides about every brand that is not a competitor.
func (p *Pipeline) Evaluate(ctx context.Context) ([]brand.Alert, error) {
	var all []brand.Alert
	for _, b := range p.Brands {
		if err := p.learnLags(ctx, b); err != nil {
			return all, err
		}
		var alerts []brand.Alert
		err := p.Store.Write(ctx, func(tx *store.Tx) (err error) {
			alerts, err = p.detect(tx, b)
			return err
		})
		if err != nil {
			return all, err
		}
		all = append(all, alerts...)
	}
	if len(all) > 0 {
		p.Decided()
	}
	return all, nil
}
