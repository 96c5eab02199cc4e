package daemon

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pantau/brand"
	"pantau/collectors"
)

// moderated is a source that shows everything some hours after it was written: 240
// mentions a day, a third of them complaints, and from begin on five times as many
// complaints for half a day.
type moderated struct {
	lag   time.Duration
	begin time.Time
	last  time.Time
}

func (m *moderated) Collect(_ context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	from := m.last
	if from.IsZero() {
		from = req.Now.AddDate(0, 0, -1)
	}
	m.last = req.Now
	const pause = 6 * time.Minute
	for at := from.Add(-m.lag).Truncate(pause).Add(pause); !at.After(req.Now.Add(-m.lag)); at = at.Add(pause) {
		texts := []string{"bagus cepat puas"}
		bad := !at.Before(m.begin) && at.Before(m.begin.Add(12*time.Hour))
		if at.Unix()/360%3 == 0 {
			texts[0] = "kecewa paket rusak"
		}
		if bad && at.Unix()/360%3 != 1 {
			texts = append(texts, "kecewa paket rusak", "kecewa paket rusak")
		}
		for i, text := range texts {
			if err := emit(brand.Mention{ExternalID: fmt.Sprint(at.Unix(), i), Text: fmt.Sprint(text, " ", at.Unix(), i), PublishedAt: at}); err != nil {
				return collectors.Report{}, err
			}
		}
	}
	return collectors.Report{Status: collectors.Fresh, From: from, To: req.Now}, nil
}

// TestASourceThatPublishesLate: what a source shows six hours late can be seen no
// earlier, but soon after. Without knowing how late it is, its newest hours look like
// a failure, and nothing would ever be told.
func TestASourceThatPublishesLate(t *testing.T) {
	tests := []struct {
		name   string
		lag    time.Duration
		knows  bool // how late the source is
		within int  // hours after the beginning, 0 for never
	}{
		{"in time", 0, true, 3},
		{"six hours late", 6 * time.Hour, true, 10},
		{"six hours late, and nobody knows", 6 * time.Hour, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			begin := time.Date(2026, 11, 21, 9, 0, 0, 0, wib)
			p := newProgram(t, source(t, "toko", "@hourly", &moderated{lag: tt.lag, begin: begin}))
			defer p.Pipeline.Store.Close()
			now := begin.AddDate(0, 0, -36)
			p.Pipeline.Now = func() time.Time { return now }
			var told []brand.Alert
			collect := func(judge bool) {
				t.Helper()
				round, err := p.Pipeline.Collect(context.Background(), p.Sources[0], judge)
				if err != nil {
					t.Fatal(err)
				}
				told = append(told, round.Alerts...)
			}
			for ; now.Before(begin.Add(-12 * time.Hour)); now = now.Add(3 * time.Hour) {
				collect(false)
			}
			for ; len(told) == 0 && now.Before(begin.Add(36*time.Hour)); now = now.Add(time.Hour) {
				if tt.knows {
					if err := p.Pipeline.learnLags(context.Background(), p.Pipeline.Brands[0]); err != nil {
						t.Fatal(err)
					}
				}
				collect(true)
			}
			switch after := int(now.Sub(begin) / time.Hour); {
			case tt.within == 0 && len(told) > 0:
				t.Errorf("told after %d hours, want nothing", after)
			case tt.within == 0:
			case len(told) == 0:
				t.Error("told nothing")
			case after > tt.within || after < int(tt.lag/time.Hour):
				t.Errorf("told after %d hours, want within %d", after, tt.within)
			default:
				replayed, _ := replay(t, p)
				if opened := told[0].Incident.OpenedAt; !replayed.Equal(opened.Truncate(time.Hour).Add(time.Hour)) && !replayed.Equal(opened) {
					t.Errorf("the replay opens at %s, the daemon told at %s", replayed, opened)
				}
			}
		})
	}
}
