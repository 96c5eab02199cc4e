package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/config"
	"pantau/store"
)

// flooded returns the shipped history with its incident open, and a clock that
// the test moves.
func flooded(t *testing.T) (p *Program, now *time.Time) {
	t.Helper()
	clock := time.Date(2026, 11, 21, 14, 17, 0, 0, wib)
	p = sample(t, func() time.Time { return clock })
	t.Cleanup(func() { _ = p.Pipeline.Store.Close() })
	collectAll(t, p)
	if told := evaluate(t, p); len(told) != 1 {
		t.Fatalf("told %v, want the opening", told)
	}
	return p, &clock
}

func evaluate(t *testing.T, p *Program) (changes []string) {
	t.Helper()
	told, err := p.Pipeline.Evaluate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range told {
		changes = append(changes, string(a.Change))
	}
	return changes
}

func TestActions(t *testing.T) {
	tests := []struct {
		name    string
		action  Action
		state   brand.State
		check   func(i *brand.Incident) bool
		wantErr string
	}{
		{"taking it names an owner", Action{Change: brand.Taken, Actor: "rina"}, brand.Acknowledged, func(i *brand.Incident) bool { return i.Owner == "rina" && !i.AckedAt.IsZero() }, ""},
		{"a note stays with it", Action{Change: brand.Noted, Actor: "rina", Note: "kurir zona Bekasi"}, brand.Open, func(i *brand.Incident) bool { return i.Note == "kurir zona Bekasi" }, ""},
		{"an empty note is a mistake", Action{Change: brand.Noted, Actor: "rina"}, 0, nil, "a note needs words"},
		{"a false alarm ends it", Action{Change: brand.Denied, Actor: "rina"}, brand.FalseAlarm, func(i *brand.Incident) bool { return i.State.Ended() }, ""},
		{"a person can close it", Action{Change: brand.Closed, Actor: "rina"}, brand.Recovered, func(i *brand.Incident) bool { return !i.RecoveredAt.IsZero() }, ""},
		{"a silence has an end", Action{Change: brand.Silenced, Actor: "rina", Silence: 24 * time.Hour}, brand.Open, func(i *brand.Incident) bool { return !i.SilencedUntil.IsZero() }, ""},
		{"the rule's changes are not for people", Action{Change: brand.Worsened, Actor: "rina"}, 0, nil, "nothing that a person does"},
		{"an incident that is not there", Action{Change: brand.Taken, Incident: 99, Actor: "rina"}, 0, nil, "no such incident"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := flooded(t)
			if tt.action.Incident == 0 {
				tt.action.Incident = 1
			}
			i, err := p.Pipeline.Act(context.Background(), tt.action)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("Act(%+v) = %v, want %q", tt.action, err, tt.wantErr)
				}
				return
			}
			if err != nil || i.State != tt.state || !tt.check(i) {
				t.Errorf("Act(%+v) = %+v, %v; want state %s", tt.action, i, err, tt.state)
			}
			if _, history, err := p.Pipeline.Store.Incident(context.Background(), 1); err != nil || history[len(history)-1].Change != tt.action.Change {
				t.Errorf("the history ends with %v, %v; want %s", history, err, tt.action.Change)
			}
			if pending, _, err := p.Pipeline.Store.Pending(context.Background(), "inbox", time.Now()); err != nil || pending != 2 {
				t.Errorf("%d deliveries wait, %v; want the opening and the action", pending, err)
			}
		})
	}
}

func TestAnEndedIncidentTakesOnlyNotes(t *testing.T) {
	p, _ := flooded(t)
	ctx := context.Background()
	if _, err := p.Pipeline.Act(ctx, Action{Change: brand.Denied, Incident: 1, Actor: "rina"}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Pipeline.Act(ctx, Action{Change: brand.Taken, Incident: 1, Actor: "budi"}); err == nil || !strings.Contains(err.Error(), "is over") {
		t.Errorf("taking a false alarm = %v, want a refusal", err)
	}
	if _, err := p.Pipeline.Act(ctx, Action{Change: brand.Noted, Incident: 1, Actor: "budi", Note: "ulasan bot"}); err != nil {
		t.Errorf("a note on a false alarm = %v", err)
	}
	if told := evaluate(t, p); len(told) != 0 {
		t.Errorf("after a false alarm the rule told %v, want nothing until the episode is over", told)
	}
}

func TestAClickCountsOnce(t *testing.T) {
	p, _ := flooded(t)
	click := Action{Change: brand.Taken, Incident: 1, Actor: "rina", Key: "envelope:1"}
	for range 4 { // a chat delivers a click again when the answer is lost
		if _, err := p.Pipeline.Act(context.Background(), click); err != nil {
			t.Fatal(err)
		}
	}
	if _, history, err := p.Pipeline.Store.Incident(context.Background(), 1); err != nil || len(history) != 2 {
		t.Errorf("%d changes, %v; want the opening and one acknowledgement", len(history), err)
	}
}

func TestASilenceKeepsTheRecord(t *testing.T) {
	p, now := flooded(t)
	ctx := context.Background()
	if _, err := p.Pipeline.Act(ctx, Action{Change: brand.Silenced, Incident: 1, Actor: "rina", Silence: 100 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	for end := now.Add(80 * time.Hour); now.Before(end); *now = now.Add(time.Hour) {
		collectAll(t, p)
		if told := evaluate(t, p); len(told) != 0 {
			t.Fatalf("a silenced brand told %v at %s", told, now)
		}
	}
	if i, _, err := p.Pipeline.Store.Incident(ctx, 1); err != nil || i.State != brand.Recovered {
		t.Errorf("the incident is %s, %v; want recovered: silence stops messages, not the watch", i.State, err)
	}
}

// TestWhatASilenceHid opens an incident while the brand is silenced: when the
// silence ends and the incident goes on, people hear of it.
func TestWhatASilenceHid(t *testing.T) {
	clock := time.Date(2026, 11, 21, 14, 17, 0, 0, wib)
	p := sample(t, func() time.Time { return clock })
	defer p.Pipeline.Store.Close()
	var log strings.Builder
	p.Pipeline.Log = slog.New(slog.NewTextHandler(&log, nil))
	collectAll(t, p)
	err := p.Pipeline.Store.Write(context.Background(), func(tx *store.Tx) error {
		id, err := tx.BrandID("Sandang Senja")
		if err != nil {
			return err
		}
		return tx.Silence(id, clock, clock.Add(time.Hour), "rina", "pemeliharaan")
	})
	if err != nil {
		t.Fatal(err)
	}
	if told := evaluate(t, p); len(told) != 0 {
		t.Errorf("a silenced brand told %v", told)
	}
	if !strings.Contains(log.String(), `msg="incident changed" change=opened brand="Sandang Senja" incident=1 `) || !strings.Contains(log.String(), "silenced_until=") {
		t.Errorf("the log of a silenced brand is %q, want the incident that nobody was told of", log.String())
	}
	if i, _, err := p.Pipeline.Store.Incident(context.Background(), 1); err != nil || !i.SilencedUntil.Equal(clock.Add(time.Hour)) {
		t.Errorf("the record says %v, %v about the silence, want why nobody heard of it", i.SilencedUntil, err)
	}
	clock = clock.Add(61 * time.Minute)
	if told := evaluate(t, p); len(told) != 1 || told[0] != "opened" {
		t.Errorf("after the silence: %v, want opened", told)
	}
	if told := evaluate(t, p); len(told) != 0 {
		t.Errorf("and once more: %v, want nothing", told)
	}
}

func TestNobodyTakesACriticalIncident(t *testing.T) {
	tests := []struct {
		name  string
		taken bool
		want  []string
	}{
		{"reminders, then the escalation, then silence", false, []string{"reminder", "reminder", "escalated"}},
		{"somebody took it", true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, now := flooded(t)
			p.Pipeline.Escalation = config.Escalation{After: 30 * time.Minute, Reminders: 2, Channel: "boss"}
			if tt.taken {
				if _, err := p.Pipeline.Act(context.Background(), Action{Change: brand.Taken, Incident: 1, Actor: "rina"}); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for end := now.Add(3 * time.Hour); now.Before(end); *now = now.Add(5 * time.Minute) {
				collectAll(t, p)
				for _, change := range evaluate(t, p) {
					if change != "worsened" { // the flood goes on growing
						got = append(got, change)
					}
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("told %v, want %v", got, tt.want)
			}
			boss, _, err := p.Pipeline.Store.Pending(context.Background(), "boss", time.Now())
			if want := map[bool]int{true: 0, false: 1}[tt.taken]; err != nil || boss != want {
				t.Errorf("the escalation channel got %d, %v; want %d", boss, err, want)
			}
		})
	}
}

func TestReportIsWrittenOnce(t *testing.T) {
	p, now := flooded(t)
	*now = now.Add(17 * time.Hour) // the next morning
	for range 3 {
		if err := p.Pipeline.Report(context.Background(), brand.Daily, wib); err != nil {
			t.Fatal(err)
		}
	}
	if waiting, _ := undelivered(t, p.Pipeline.Store); waiting != 2 {
		t.Errorf("%d deliveries wait; want the opening and one report", waiting)
	}
	d, _, _, err := p.Pipeline.Store.Next(context.Background(), "inbox")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Pipeline.Store.Sent(context.Background(), d.ID, "x", *now); err != nil {
		t.Fatal(err)
	}
	d, _, _, err = p.Pipeline.Store.Next(context.Background(), "inbox")
	if err != nil || d.Alert.Change != brand.Daily || d.Alert.Digest == nil {
		t.Fatalf("Next = %+v, %v; want the daily report", d, err)
	}
	g := d.Alert.Digest
	if len(g.Moods) != 1 || g.Moods[0].Negatives < 50 || g.Moods[0].Causes[0].Key != "delivery" || len(g.Alerts) != 1 || g.Card.Opened != 1 || len(g.Sources) != 3 {
		t.Errorf("the report holds %+v, want the flood, its cause, one incident, and three sources that went quiet", g)
	}
}

// TestAReportIsAboutWhatIsWatched: a brand that was taken out of the configuration, or
// renamed, leaves the reports with its open incident.
func TestAReportIsAboutWhatIsWatched(t *testing.T) {
	p, now := flooded(t)
	*now = now.Add(17 * time.Hour)
	p.Pipeline.Brands = []config.Brand{{Name: "Butik Laras"}}
	p.Pipeline.Channels = []string{"reports"}
	if err := p.Pipeline.Report(t.Context(), brand.Daily, wib); err != nil {
		t.Fatal(err)
	}
	d, _, _, err := p.Pipeline.Store.Next(t.Context(), "reports")
	if err != nil || d.Alert.Digest == nil {
		t.Fatalf("Next = %+v, %v; want the daily report", d, err)
	}
	if g := d.Alert.Digest; len(g.Moods) != 0 || len(g.Alerts) != 0 {
		t.Errorf("the report holds %+v and %+v, want nothing of Sandang Senja", g.Moods, g.Alerts)
	}
}

// TestAReportOfYesterdayKnowsWhatIsOpenNow: a report at breakfast is about the day
// before, but an incident of the night is no calm. What ended since is left out.
func TestAReportOfYesterdayKnowsWhatIsOpenNow(t *testing.T) {
	for name, tt := range map[string]struct {
		does []brand.Change
		want int
	}{
		"open":        {nil, 1},
		"taken":       {[]brand.Change{brand.Taken}, 1},
		"false alarm": {[]brand.Change{brand.Denied}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, now := flooded(t)
			for _, c := range tt.does {
				if _, err := p.Pipeline.Act(t.Context(), Action{Change: c, Incident: 1, Actor: "rina"}); err != nil {
					t.Fatal(err)
				}
			}
			y, m, d := now.In(wib).Date()
			today := time.Date(y, m, d, 0, 0, 0, 0, wib)
			err := p.Pipeline.Store.Write(t.Context(), func(tx *store.Tx) error {
				digest, err := tx.Digest(today.AddDate(0, 0, -1), today)
				if err == nil && len(digest.Alerts) != tt.want {
					t.Errorf("the report lists %d incidents, want %d", len(digest.Alerts), tt.want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestWhatAPersonClosedStaysClosed: the complaints that were there when somebody said
// that it is over open no other incident, and new ones do, soon after the next full
// hour.
func TestWhatAPersonClosedStaysClosed(t *testing.T) {
	for name, tt := range map[string]struct {
		complaints int // every quarter of an hour from then on
		want       string
	}{
		"it was over": {0, "[]"},
		"it goes on":  {6, "[opened at 15:17]"},
	} {
		t.Run(name, func(t *testing.T) {
			p, now := flooded(t)
			if _, err := p.Pipeline.Act(t.Context(), Action{Change: brand.Closed, Incident: 1, Actor: "rina"}); err != nil {
				t.Fatal(err)
			}
			var told []string
			for range 40 { // ten hours
				from := *now
				*now = now.Add(15 * time.Minute)
				watchShop(t, p, from, *now, tt.complaints)
				for _, change := range evaluate(t, p) {
					told = append(told, change+now.In(wib).Format(" at 15:04"))
				}
				if len(told) > 0 {
					break
				}
			}
			if fmt.Sprint(told) != tt.want {
				t.Errorf("after a person closed it at 14:17 the rule told %v, want %s", told, tt.want)
			}
		})
	}
}

// watchShop stores a run of the shop with so many new complaints.
func watchShop(t *testing.T, p *Program, from, to time.Time, complaints int) {
	t.Helper()
	err := p.Pipeline.Store.Write(t.Context(), func(tx *store.Tx) error {
		o, err := tx.Origin("Sandang Senja", false, "toko", "sample", "test")
		if err != nil {
			return err
		}
		var items []store.Item
		for n := range complaints {
			id := fmt.Sprint(to.Unix(), "-", n)
			items = append(items, store.Item{Scored: brand.Scored{Mention: brand.Mention{Brand: "Sandang Senja", Source: "toko", ExternalID: id,
				Text: "paket " + id + " belum sampai", PublishedAt: to.Add(-time.Duration(n+1) * time.Minute), CollectedAt: to},
				Score: brand.Score{Polarity: brand.Negative, Language: brand.Indonesian}}, Fingerprint: uint64(to.Unix()+int64(n)) * 0x9e3779b97f4a7c15})
		}
		if _, err := tx.Add(o, items); err != nil {
			return err
		}
		return tx.FinishRun(o, store.Run{StartedAt: from, FinishedAt: to, From: from, To: to, Status: "fresh"})
	})
	if err != nil {
		t.Fatal(err)
	}
}
