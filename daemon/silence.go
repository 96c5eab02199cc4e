package daemon

import (
	"context"
	"fmt"
	"time"

	"pantau/brand"
	"pantau/collectors"
	"pantau/store"
)

// Silences tells people once about each configured source that has fallen silent,
// all that did so in one alert.
func (p *Pipeline) Silences(ctx context.Context) error {
	now := p.Now()
	var silent []brand.SourceState
	err := p.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if silent, err = p.newlySilent(tx, now); err != nil || len(silent) == 0 {
			return err
		}
		alert := brand.Alert{Change: brand.SourceSilent, Digest: &brand.Digest{From: silent[0].Since, To: now, Sources: silent}}
		return tx.QueueReport(alert, fmt.Sprintf("%s:%d", brand.SourceSilent, now.Unix()), p.Channels, now)
	})
	if err != nil || len(silent) == 0 {
		return err
	}
	for _, s := range silent {
		p.Log.Warn("source silent", "source", s.Source, "brand", s.Brand, "since", s.Since.Format(time.RFC3339), "usual", s.Usual.String(), "reason", s.Reason)
	}
	p.Decided()
	return nil
}

func (p *Pipeline) newlySilent(tx *store.Tx, now time.Time) (list []brand.SourceState, _ error) {
	health, err := tx.Sources()
	if err != nil {
		return nil, err
	}
	for _, h := range health {
		every, configured := p.Intervals[h.Source]
		if !configured || now.Sub(h.LastNew) <= 2*every {
			continue
		}
		at, runs, err := tx.Arrivals(h.Brand, h.Source, now.Add(-history))
		if err != nil {
			return nil, err
		}
		usual, silent := collectors.Silent(at, runs, every, now)
		if !silent {
			continue
		}
		since := at[len(at)-1]
		news, err := tx.TellOnce("silent:"+h.Brand+":"+h.Source, since.Format(time.RFC3339))
		if err != nil {
			return nil, err
		}
		if news {
			list = append(list, brand.SourceState{Source: h.Source, Brand: h.Brand, Since: since, Usual: usual, Reason: h.Reason})
		}
	}
	return list, nil
}
