package daemon

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pantau/brand"
	"pantau/collectors"
	"pantau/internal/backtest"
)

// crowd is a source that people write to: 150 mentions a day, a third of them
// complaints, for four weeks, and then something every twenty seconds.
type crowd struct {
	begin  time.Time // of the rush
	text   string    // what the rush says
	last   time.Time // what was read so far
	window bool      // its runs follow each other instead of looking back an hour
}

func (c *crowd) Collect(_ context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	from := c.last
	if from.IsZero() {
		from = req.Now.AddDate(0, 0, -28)
	}
	tell := func(text string, at time.Time) error {
		id := fmt.Sprint(at.Unix(), text)
		return emit(brand.Mention{ExternalID: id, Text: fmt.Sprint(text, " ", at.Unix()), PublishedAt: at})
	}
	const pause = 576 * time.Second
	for at := from.Truncate(pause).Add(pause); !at.After(req.Now); at = at.Add(pause) {
		text := "bagus cepat puas"
		if at.Unix()/576%3 == 0 {
			text = "kecewa paket rusak"
		}
		if err := tell(text, at); err != nil {
			return collectors.Report{}, err
		}
	}
	for at := c.begin; !at.After(req.Now); at = at.Add(20 * time.Second) {
		if at.After(from) {
			if err := tell(c.text, at); err != nil {
				return collectors.Report{}, err
			}
		}
	}
	r := collectors.Report{Status: collectors.Fresh, From: req.Now.Add(-time.Hour), To: req.Now}
	if c.last.IsZero() || c.window {
		r.From = from
	}
	c.last = req.Now
	return r, nil
}

// TestAnOutageIsToldWithinMinutes runs the daemon itself through the first minutes
// of an outage. It begins two minutes past the hour, so a rule that waited for whole
// hours would be 58 minutes late. A replay of what was stored opens the incident in
// the hour in which the daemon told of it.
func TestAnOutageIsToldWithinMinutes(t *testing.T) {
	tests := []struct {
		name, schedule, text string
		window               bool
		within               time.Duration // 0: never
	}{
		{"a source that is read every five minutes", "@every 5m", "kecewa paket rusak", false, 9 * time.Minute},
		{"whose runs follow each other", "@every 5m", "kecewa paket rusak", true, 9 * time.Minute},
		{"one that is read every hour waits for its next run", "@every 60m", "kecewa paket rusak", false, 59 * time.Minute},
		{"as much praise is no outage", "@every 5m", "bagus cepat puas", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now().Add(2*time.Hour + 2*time.Minute)
				p := newProgram(t, source(t, "toko", tt.schedule, &crowd{begin: begin, text: tt.text, window: tt.window}))
				defer p.Pipeline.Store.Close()
				in := &inbox{}
				p.Pipeline.Channels = []string{"inbox"}
				p.Channels = []Channel{{Name: "inbox", Notifier: in}}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour+10*time.Minute)
				defer cancel()
				if err := newDaemon().Run(ctx, p); err != nil {
					t.Fatal(err)
				}
				if tt.within == 0 {
					if len(in.at) > 0 {
						t.Errorf("told %s after the rush began, want nothing", in.at[0].Sub(begin))
					}
					return
				}
				if len(in.at) == 0 {
					t.Fatal("told nothing")
				}
				after := in.at[0].Sub(begin)
				if after <= 0 || after > tt.within {
					t.Errorf("told %s after the beginning, want within %s", after, tt.within)
				}
				if tt.within > 30*time.Minute && after < 30*time.Minute {
					t.Errorf("told after %s: the source was not read then, so the test sees nothing", after)
				}
				replayed, byEvent := replay(t, p)
				if told := in.at[0].Truncate(time.Hour).Add(time.Hour); !replayed.Equal(told) {
					t.Errorf("the replay opens at %s, the daemon told in the hour before %s", replayed, told)
				}
				if hour := begin.Truncate(time.Hour).Add(time.Hour); !byEvent.Equal(hour) {
					t.Errorf("by event time the replay opens at %s, want the end of the first hour, %s", byEvent, hour)
				}
			})
		})
	}
}

// replay returns when pantau backtest opens the incident of a stored history: in
// the order in which mentions were collected, and by event time.
func replay(t *testing.T, p *Program) (collected, written time.Time) {
	t.Helper()
	past, err := p.Pipeline.Store.History(context.Background(), "Sandang Senja")
	if err != nil {
		t.Fatal(err)
	}
	arrivals := &backtest.Arrivals{Mentions: past.Lateness.Mentions, Live: past.Lateness.Live, Late: past.Lateness.Late}
	h := backtest.FromSeries("Sandang Senja", past.Series, nil, arrivals)
	var opened [2]time.Time
	for i := range opened {
		r := backtest.Run(h, backtest.Options{Alone: true})
		if len(r.Incidents) != 1 {
			t.Fatalf("the replay has %d incidents, want 1", len(r.Incidents))
		}
		opened[i] = r.Incidents[0].Opened
		h.ByEventTime()
	}
	return opened[0], opened[1]
}
