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
	mu sync.Mutex
	of map[string]brandLags
}

// brandLags is what was learned of a brand on a local date.
type brandLags struct {
	day    string
	source map[string]trends.Lag // of each source; of all of them under ""
}

func (l *lags) get(brand string) brandLags {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[brand]
}

func (l *lags) set(brand string, learned brandLags) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[string]brandLags{}
	}
	l.of[brand] = learned
}

// learnLags learns how late the sources of a brand are, on the first time of a day.
func (p *Pipeline) learnLags(ctx context.Context, b config.Brand) error {
	now := p.Now()
	day := p.Store.Day(now)
	if b.Competitor || p.lags.get(b.Name).day == day {
		return nil
	}
	learned, err := p.Store.Lags(ctx, b.Name, now)
	if err == nil {
		p.lags.set(b.Name, brandLags{day, learned})
	}
	return err
}

// lagged returns a series that ends now with its newest hours watched only as far as
// they are usually known by now.
func (d *decision) lagged(s trends.Series, source string) trends.Series {
	passed := d.now.Sub(d.now.Truncate(time.Hour)).Hours()
	s.Hours = d.p.lags.get(d.brand.Name).source[source].Apply(s.Hours, passed)
	return s
}
