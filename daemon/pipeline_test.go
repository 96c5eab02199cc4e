package daemon

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/collectors"
	"pantau/collectors/fetch"
	"pantau/config"
	"pantau/store"
)

// sample returns the program that config.toml ships, with the clock at now.
func sample(t testing.TB, now func() time.Time) *Program {
	t.Helper()
	var sources []Source
	for _, stream := range []string{"toko", "aplikasi", "forum"} {
		src, err := config.ParseSource("test.toml", []byte(fmt.Sprintf("[[sources]]\nname = %q\nkind = \"sample\"\nbrand = \"Sandang Senja\"\noptions = { stream = %q }\n", stream, stream)))
		if err != nil {
			t.Fatal(err)
		}
		c, err := collectors.New(src, fetch.New(fetch.Options{}))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, Source{Source: src, Collector: c})
	}
	p := newProgram(t, sources...)
	p.Pipeline.Now, p.Pipeline.Channels = now, []string{"inbox"}
	return p
}

func collectAll(t testing.TB, p *Program) (added int) {
	t.Helper()
	for _, src := range p.Sources {
		round, err := p.Pipeline.Collect(context.Background(), src, false)
		if err != nil {
			t.Fatal(err)
		}
		added += round.Added
	}
	return added
}

// TestSampleTellsItsStory replays the shipped history at every hour of the day:
// whenever a newcomer starts the program, the flood is found, and only it.
func TestSampleTellsItsStory(t *testing.T) {
	for hour := 0; hour < 24; hour += 3 {
		t.Run(fmt.Sprintf("started at %02d:17", hour), func(t *testing.T) {
			now := time.Date(2026, 11, 21, hour, 17, 0, 0, wib)
			p := sample(t, func() time.Time { return now })
			defer p.Pipeline.Store.Close()
			if added := collectAll(t, p); added < 1000 {
				t.Errorf("the first round added %d mentions, want at least 1,000", added)
			}
			told, err := p.Pipeline.Evaluate(context.Background())
			if err != nil || len(told) != 1 {
				t.Fatalf("Evaluate = %d alerts, %v; want one", len(told), err)
			}
			i := told[0].Incident
			if told[0].Change != brand.Opened || i.Cause != brand.LateDelivery || i.Severity != brand.Critical {
				t.Errorf("told %s: cause %s, %s; want opened, delivery, critical", told[0].Change, i.Cause, i.Severity)
			}
			quotes := strings.Count(reading(told[0], "id", now), "“")
			if quotes != 3 || float64(i.Observed) < 10*i.Expected || len(i.Coverage) != 3 {
				t.Errorf("%d quotes, observed %d, expected %.1f, %d sources; want 3 quotes, far above the usual, 3 sources", quotes, i.Observed, i.Expected, len(i.Coverage))
			}
			for _, c := range i.Coverage {
				if !c.Fresh {
					t.Errorf("source %s is not fresh right after it was read", c.Source)
				}
			}
			if added := collectAll(t, p); added != 0 {
				t.Errorf("the second round added %d mentions, want 0", added)
			}
			if told, err := p.Pipeline.Evaluate(context.Background()); err != nil || len(told) != 0 {
				t.Errorf("the second evaluation told %v, %v; want nothing: one incident, one message", told, err)
			}
		})
	}
}

// TestSampleRecovers goes on with the aftermath for three days.
func TestSampleRecovers(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 17, 0, 0, wib)
	p := sample(t, func() time.Time { return now })
	defer p.Pipeline.Store.Close()
	var changes []string
	for end := now.Add(72 * time.Hour); now.Before(end); now = now.Add(30 * time.Minute) {
		collectAll(t, p)
		told, err := p.Pipeline.Evaluate(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range told {
			changes = append(changes, string(a.Change))
		}
	}
	if len(changes) < 2 || len(changes) > 4 || changes[0] != "opened" || changes[len(changes)-1] != "recovered" {
		t.Errorf("the incident told %v, want opened … recovered, and little between", changes)
	}
	incidents, err := p.Pipeline.Store.Incidents(context.Background())
	if err != nil || len(incidents) != 1 || incidents[0].State != brand.Recovered {
		t.Errorf("%d incidents, %v; want one that recovered", len(incidents), err)
	}
	if i := incidents[0]; i.Peak < 30 || i.Depth < 0.5 || i.Depth > 1 || i.Excess < 30 || !i.RecoveringAt.After(i.OpenedAt) || !i.RecoveredAt.After(i.RecoveringAt) {
		t.Errorf("the recovery was measured as peak %d, depth %.2f, excess %.1f, from %s by %s to %s", i.Peak, i.Depth, i.Excess, i.OpenedAt, i.RecoveringAt, i.RecoveredAt)
	}
}

// TestHistoryNeverPages stores a flood that nobody was told about in its time: an
// import, a backfill, a daemon that was down. The longest window is three days.
func TestHistoryNeverPages(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 17, 0, 0, wib)
	p := sample(t, func() time.Time { return now })
	defer p.Pipeline.Store.Close()
	collectAll(t, p)
	now = now.Add(4 * 24 * time.Hour)
	if told, err := p.Pipeline.Evaluate(context.Background()); err != nil || len(told) != 0 {
		t.Errorf("Evaluate four days later told %d alerts, %v; want none", len(told), err)
	}
}

func TestCollectCleansBeforeItStores(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, wib)
	f := &fake{items: func(collectors.Request) []brand.Mention {
		return []brand.Mention{
			{ExternalID: "1", Text: "hubungi saya 0812-3456-7890, Sandang Senja lambat", Author: "rina.contoh", PublishedAt: now.Add(48 * time.Hour)},
			{ExternalID: "2", Text: "toko lain bagus", PublishedAt: now},
		}
	}}
	src := source(t, "forum", "@hourly", f)
	src.Matches = func(text string) bool { return strings.Contains(text, "Sandang Senja") }
	p := newProgram(t, src)
	defer p.Pipeline.Store.Close()
	p.Pipeline.Now = func() time.Time { return now }
	round, err := p.Pipeline.Collect(context.Background(), p.Sources[0], true)
	if err != nil || round.Added != 1 || round.Unmatched != 1 || round.Future != 1 {
		t.Fatalf("Collect = %+v, %v; want one kept, from the future, and one that names nobody", round, err)
	}
	err = p.Pipeline.Store.Write(context.Background(), func(tx *store.Tx) error {
		id, err := tx.BrandID("Sandang Senja")
		if err != nil {
			return err
		}
		s, err := tx.Series(id, now, now)
		if s.Hours[0].Mentions != 1 {
			t.Errorf("a mention from the future counts in hour %v, want now", s.Hours)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAFailedRunCoversNothing: what was not seen is unknown, not zero.
func TestAFailedRunCoversNothing(t *testing.T) {
	f := &fake{report: collectors.Report{Status: collectors.Failed, Reason: "no route to host"}}
	p := newProgram(t, source(t, "forum", "@hourly", f))
	defer p.Pipeline.Store.Close()
	round, err := p.Pipeline.Collect(context.Background(), p.Sources[0], true)
	if err != nil || round.Status != "failed" {
		t.Fatalf("Collect = %+v, %v; want a recorded failure and no error", round, err)
	}
	health, err := p.Pipeline.Store.Sources(context.Background())
	if err != nil || len(health) != 1 || health[0].Status != "failed" || !health[0].LastSuccess.IsZero() {
		t.Errorf("Sources = %+v, %v; want one failed without a success", health, err)
	}
	p.Pipeline.Intervals["forum"] = time.Hour
	if got := p.Pipeline.states(health, p.Pipeline.Now()); len(got) != 1 || got[0].Fresh || got[0].Status != "failed" || got[0].Reason != "no route to host" {
		t.Errorf("states = %+v, want one that says how its last run ended, and why", got)
	}
}

// BenchmarkCollect is a whole first round of the sample: read, clean, score,
// store, and bucket.
func BenchmarkCollect(b *testing.B) {
	rows := 0
	for b.Loop() {
		p := sample(b, time.Now)
		rows += collectAll(b, p)
		_ = p.Pipeline.Store.Close()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// TestCalendarRaisesAndNeverMutes judges the flood on a day of a great sale.
func TestCalendarRaisesAndNeverMutes(t *testing.T) {
	cfg, err := config.Load("../config.toml", func(string) string { return "" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 12, 14, 17, 0, 0, wib)
	p := sample(t, func() time.Time { return now })
	defer p.Pipeline.Store.Close()
	p.Pipeline.Calendar = cfg.Calendar
	collectAll(t, p)
	told, err := p.Pipeline.Evaluate(context.Background())
	if err != nil || len(told) != 1 || told[0].Incident.Cause != brand.LateDelivery {
		t.Fatalf("Evaluate on 12.12 = %d alerts, %v; want the flood: a calendar expects more, it does not mute", len(told), err)
	}
	_, history, err := p.Pipeline.Store.Incident(context.Background(), 1)
	if err != nil || !strings.Contains(string(history[0].Verdict), `"event":"Harbolnas 12.12"`) {
		t.Errorf("the verdict %s does not name the event, %v", history[0].Verdict, err)
	}
}
