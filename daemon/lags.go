package daemon

import (
	"context"
	"sync"
	"time"

	"pantau/config"
	"pantau/trends"
)

// lags remembers how late the sources of each brand usually are. That is learned once
// a local day, outside of any transaction that writes.
type lags struct {
	mu   sync.Mutex
	day  map[string]string                // brand → local date on which it was learned
	lags map[string]map[string]trends.Lag // brand → source, or "" for the brand
}

// learned returns the lag of a source of a brand, or of all ("").
func (l *lags) learned(brand, source string) trends.Lag {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lags[brand][source]
}

// due reports whether nothing was learned on a day.
func (l *lags) due(brand, day string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.day[brand] != day
}

func (l *lags) set(brand, day string, learned map[string]trends.Lag) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lags == nil {
		l.day, l.lags = map[string]string{}, map[string]map[string]trends.Lag{}
	}
	l.day[brand], l.lags[brand] = day, learned
}

// learnLags learns how late the sources of a brand are, on the first time of a day.
func (p *Pipeline) learnLags(ctx context.Context, b config.Brand) error {
	now := p.Now()
	day := p.Store.Day(now)
	if b.Competitor || !p.lags.due(b.Name, day) {
		return nil
	}
	learned, err := p.Store.Lags(ctx, b.Name, now)
	if err == nil {
		p.lags.set(b.Name, day, learned)
	}
	return err
}

// lagged returns a series that ends now with its newest hours watched only as far as
// they are usually known by now.
func (d *decision) lagged(s trends.Series, source string) trends.Series {
	passed := d.now.Sub(d.now.Truncate(time.Hour)).Hours()
	s.Hours = d.p.lags.learned(d.brand.Name, source).Apply(s.Hours, passed)
	return s
}
