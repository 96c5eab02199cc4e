package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"pantau/brand"
	"pantau/collectors"
	"pantau/config"
	"pantau/internal/health"
	"pantau/store"
)

// planted is the configuration of the canary: the invented history that comes
// with the program, whose end is a flood of complaints.
const planted = `[[sources]]
name  = "TEST"
kind  = "sample"
brand = "TEST"
options = { stream = "toko" }
`

// canarySlow is how long a planted alert may wait before it counts as lost.
const canarySlow = time.Hour

// Canary plants a flood of invented complaints and sends it the whole way: through
// a collector, the scorer, a store and the rule, and then, marked as a test, to
// the channels. The store is one of its own that is removed again, so that no
// figure of a brand ever counts it.
func (p *Pipeline) Canary(ctx context.Context, zone *time.Location) error {
	alert, err := p.plant(ctx, zone)
	if err != nil {
		return err
	}
	now := p.Now()
	alert.Test = true
	alert.Incident.ID, alert.Incident.Severity = 0, brand.Notice // never breaks into the quiet hours
	alert.Incident.Rivals, alert.Incident.Coverage = nil, nil
	name := canaryPrefix + now.In(zone).Format(time.DateOnly)
	err = p.Store.Write(ctx, func(tx *store.Tx) error { return tx.QueueReport(alert, name, p.Channels, now) })
	if err == nil {
		p.Decided()
	}
	return err
}

// canaryPrefix begins the keys of planted deliveries.
const canaryPrefix = "canary:"

// errNoSpike says that the planted spike was not seen.
var errNoSpike = errors.New("the planted spike raised no alert: the lexicon, the rule or the store is not what it was")

func (p *Pipeline) plant(ctx context.Context, zone *time.Location) (alert brand.Alert, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(p.Store.Path()), ".pantau-canary-*")
	if err != nil {
		return alert, err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(ctx, filepath.Join(dir, "canary.db"), zone)
	if err != nil {
		return alert, err
	}
	defer db.Close()
	src, err := config.ParseSource("canary", []byte(planted))
	if err != nil {
		return alert, err
	}
	collector, err := collectors.New(src, nil)
	if err != nil {
		return alert, err
	}
	own := Pipeline{Store: db, Scorer: p.Scorer, Pseudonyms: p.Pseudonyms, Brands: []config.Brand{{Name: src.Brand}}, Sensitivity: p.Sensitivity,
		Log: slog.New(slog.DiscardHandler), Now: p.Now, Decided: func() {}}
	round, err := own.Collect(ctx, Source{Source: src, Collector: collector}, true)
	if err != nil {
		return alert, err
	}
	for _, a := range round.Alerts {
		if a.Change == brand.Opened {
			return a, nil
		}
	}
	return alert, errNoSpike
}

// canary runs the planted test. What the store refuses is repeated like any other
// job; a spike that is not seen is trouble of its own.
func (r *runner) canary(ctx context.Context, _ *health.Pulse) error {
	err := r.program.Pipeline.Canary(ctx, r.program.Zone)
	if errors.Is(err, errNoSpike) {
		r.Log.Error("canary", "err", err)
		r.unseen.Store(true)
		return nil
	}
	if err == nil {
		r.unseen.Store(false)
	}
	return err
}

// watchCanary sees whether the planted alert reached the channels.
func (r *runner) watchCanary(ctx context.Context, now time.Time) {
	arrived, waiting, err := r.program.Pipeline.Store.Planted(ctx, canaryPrefix)
	if err != nil {
		return // the store says so itself
	}
	if !arrived.IsZero() {
		r.Health.LastCanary.Set(float64(arrived.Unix()))
	}
	age, _ := r.outbox.Load().values()
	detail := ""
	switch {
	case r.unseen.Load():
		detail = errNoSpike.Error()
	case !waiting.IsZero() && now.Sub(waiting) > canarySlow && age > canarySlow:
		detail = fmt.Sprintf("the planted alert of %s has not arrived everywhere", waiting.In(r.program.Zone).Format("02-01 15:04"))
	}
	r.trouble(health.Canary, detail)
}
