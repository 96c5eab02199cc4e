package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pantau/alerts"
	"pantau/brand"
	"pantau/collectors"
	"pantau/config"
	"pantau/sentiment"
	"pantau/store"
	"pantau/trends"
)

var wib = time.FixedZone("WIB", 7*3600)

// fake is a source that takes a while, may fail, and records when it was read.
type fake struct {
	took   time.Duration
	linger time.Duration // what it needs to notice that ctx has ended
	report collectors.Report
	items  func(req collectors.Request) []brand.Mention

	mu      sync.Mutex
	running int
	most    int
	rounds  int
}

func (f *fake) Collect(ctx context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	f.enter(1)
	defer f.enter(-1)
	select {
	case <-ctx.Done():
		time.Sleep(f.linger)
		return collectors.Report{}, ctx.Err()
	case <-time.After(f.took):
	}
	if f.items != nil {
		for _, m := range f.items(req) {
			if err := emit(m); err != nil {
				return collectors.Report{}, err
			}
		}
	}
	r := f.report
	if r.Status == "" {
		r.Status, r.From, r.To = collectors.Fresh, req.Now.Add(-time.Hour), req.Now
	}
	return r, nil
}

func (f *fake) enter(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running += n
	f.most = max(f.most, f.running)
	if n > 0 {
		f.rounds++
	}
}

// inbox is a notifier that remembers, and fails as told.
type inbox struct {
	mu    sync.Mutex
	fails []error
	got   []string
	at    []time.Time
	found map[string]string // what Find knows
}

func (n *inbox) Notify(_ context.Context, d alerts.Delivery) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.fails) > 0 {
		err := n.fails[0]
		n.fails = n.fails[1:]
		if err != nil {
			return "", err
		}
	}
	n.got = append(n.got, d.Key)
	n.at = append(n.at, d.At)
	return "receipt of " + d.Key, nil
}

func (n *inbox) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.got)
}

// finding is an inbox that can tell whether something arrived.
type finding struct{ *inbox }

func (f finding) Find(_ context.Context, _, key string, _ time.Time) (string, bool, error) {
	r, ok := f.found[key]
	return r, ok, nil
}

func (f finding) FindReply(_ context.Context, _, key string, _ time.Time) (string, bool, error) {
	r, ok := f.found[key]
	return r, ok, nil
}

// scorer is built once: it is immutable.
var scorer = sync.OnceValue(func() *sentiment.Analyzer {
	a, err := sentiment.Default()
	if err != nil {
		panic(err)
	}
	return a
})

// newProgram wires sources for the brand "Sandang Senja" to a store of its own.
func newProgram(t testing.TB, sources ...Source) *Program {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "pantau.db"), wib)
	if err != nil {
		t.Fatal(err)
	}
	p := &Pipeline{Store: db, Scorer: scorer(), Pseudonyms: []byte("0123456789abcdef"), Brands: []config.Brand{{Name: "Sandang Senja"}},
		Intervals: map[string]time.Duration{}, Sensitivity: "seimbang", Log: slog.New(slog.DiscardHandler), Now: time.Now, Decided: func() {}}
	for i := range sources {
		sources[i].Brand, sources[i].Kind = "Sandang Senja", "fake"
		p.Intervals[sources[i].Name] = sources[i].Every
	}
	return &Program{Pipeline: p, Sources: sources, Zone: wib, Keep: config.Retention{TextDays: 90, NumbersDays: 730}}
}

func source(t *testing.T, name, schedule string, c collectors.Collector) Source {
	t.Helper()
	src, err := config.ParseSource("test.toml", []byte(fmt.Sprintf("[[sources]]\nname = %q\nkind = \"fake\"\nbrand = \"Sandang Senja\"\nschedule = %q\n", name, schedule)))
	if err != nil {
		t.Fatal(err)
	}
	return Source{Source: src, Collector: c}
}

func newDaemon() *Daemon {
	return &Daemon{Log: slog.New(slog.DiscardHandler), Tell: func(string) {}, Report: func(Source, Round) {},
		Jitter: func(time.Duration) time.Duration { return 0 }}
}

func TestSchedules(t *testing.T) {
	slow, quick := &fake{took: 25 * time.Minute}, &fake{took: time.Second}
	broken := &fake{report: collectors.Report{Status: collectors.Failed, Reason: "the server answered 500"}}
	synctest.Test(t, func(t *testing.T) {
		p := newProgram(t, source(t, "slow", "@every 10m", slow), source(t, "quick", "@every 10m", quick), source(t, "broken", "@every 10m", broken))
		defer p.Pipeline.Store.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour+time.Minute)
		defer cancel()
		if err := newDaemon().Run(ctx, p); err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	if slow.most != 1 {
		t.Errorf("%d runs of one source at the same time, want 1", slow.most)
	}
	if slow.rounds != 5 {
		t.Errorf("the slow source ran %d times in 2 hours, want 5: 25 min of work, then the next turn of 10 min", slow.rounds)
	}
	for name, f := range map[string]*fake{"quick": quick, "broken": broken} {
		if f.rounds != 13 {
			t.Errorf("the %s source ran %d times in 2 hours, want 13: one at the start and one every 10 min", name, f.rounds)
		}
	}
}

func TestStopIsPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &fake{took: time.Hour, linger: 2 * time.Second}
		p := newProgram(t, source(t, "slow", "@hourly", slow))
		defer p.Pipeline.Store.Close()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- newDaemon().Run(ctx, p) }()
		time.Sleep(30 * time.Second)
		cancel()
		started := time.Now()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want a clean stop", err)
		}
		if slow.running != 0 {
			t.Error("a source was still being read when Run returned")
		}
		if took := time.Since(started); took > 10*time.Second {
			t.Errorf("the stop took %s, want at most 10 s", took)
		}
	})
}

func TestReload(t *testing.T) {
	first, second := &fake{}, &fake{}
	synctest.Test(t, func(t *testing.T) {
		old := newProgram(t, source(t, "first", "@every 1m", first))
		defer old.Pipeline.Store.Close()
		next := *old
		next.Sources = []Source{source(t, "second", "@every 1m", second)}
		reload := make(chan os.Signal)
		answers := []error{errors.New("config.toml:1: wrong"), nil}
		d := newDaemon()
		d.Reload = reload
		d.Load = func() (*Program, error) {
			err := answers[0]
			answers = answers[1:]
			return &next, err
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx, old) }()
		time.Sleep(90 * time.Second)
		reload <- syscall.SIGHUP
		time.Sleep(time.Minute)
		synctest.Wait()
		if second.rounds != 0 || first.rounds != 3 {
			t.Errorf("after a wrong configuration: %d and %d runs, want 3 and 0: the old one stays", first.rounds, second.rounds)
		}
		reload <- syscall.SIGHUP
		time.Sleep(90 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	if first.rounds != 3 || second.rounds != 2 {
		t.Errorf("after a right configuration: %d and %d runs, want 3 and 2", first.rounds, second.rounds)
	}
}

// queued puts n alerts into the outbox "inbox" and returns their keys.
func queued(t *testing.T, db *store.DB, severity brand.Severity, n int) (keys []string) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		o, err := tx.Origin("Sandang Senja", false, "toko", "fake", "test")
		if err != nil {
			return err
		}
		now := time.Now()
		i := brand.Incident{Brand: "Sandang Senja", State: brand.Open, Severity: severity, StartedAt: now, OpenedAt: now, UpdatedAt: now}
		for range n {
			number, err := tx.SaveIncident(o.BrandID, &i, brand.Worsened, trends.Verdict{})
			if err != nil {
				return err
			}
			if err := tx.Queue(brand.Alert{Change: brand.Worsened, Incident: i}, number, []string{"inbox"}, now); err != nil {
				return err
			}
			keys = append(keys, fmt.Sprintf("%d:%d:inbox", i.ID, number))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestDelivery(t *testing.T) {
	refused := fmt.Errorf("channel_not_found: %w", alerts.ErrRejected)
	lost := fmt.Errorf("connection reset: %w", alerts.ErrAmbiguous)
	tests := []struct {
		name   string
		fails  []error
		want   []int // which of the three alerts arrive, in this order
		parked int
		within time.Duration
	}{
		{"in order, a second apart", nil, []int{0, 1, 2}, 0, 3 * time.Second},
		{"a later alert waits for an earlier one", []error{&alerts.RetryError{After: time.Minute, Err: errors.New("429")}}, []int{0, 1, 2}, 0, 70 * time.Second},
		{"an outage of many attempts loses nothing", slices.Repeat([]error{errors.New("connection refused")}, 20), []int{0, 1, 2}, 0, 2 * time.Hour},
		{"what is refused for good does not stop the rest", []error{refused}, []int{1, 2}, 1, 10 * time.Second},
		{"a lost answer is sent again where nobody can look", []error{lost}, []int{0, 1, 2}, 0, 10 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram(t)
				defer p.Pipeline.Store.Close()
				keys := queued(t, p.Pipeline.Store, brand.Warning, 3)
				in := &inbox{fails: tt.fails}
				p.Channels = []Channel{{Name: "inbox", Notifier: in, Gap: time.Second}}
				ctx, cancel := context.WithTimeout(t.Context(), tt.within)
				defer cancel()
				if err := newDaemon().Run(ctx, p); err != nil {
					t.Fatal(err)
				}
				var want []string
				for _, i := range tt.want {
					want = append(want, keys[i])
				}
				if !slices.Equal(in.got, want) {
					t.Errorf("delivered %v, want %v", in.got, want)
				}
				for i := 1; i < len(in.at); i++ {
					if gap := in.at[i].Sub(in.at[i-1]); gap < time.Second {
						t.Errorf("two messages within %s, want at least 1 s", gap)
					}
				}
				if waiting, parked := undelivered(t, p.Pipeline.Store); waiting != 0 || parked != tt.parked {
					t.Errorf("%d waiting, %d parked; want 0 and %d", waiting, parked, tt.parked)
				}
			})
		})
	}
}

// TestALostAnswerIsLookedUp is the case that would page twice: the message
// arrived, its answer did not.
func TestALostAnswerIsLookedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram(t)
		defer p.Pipeline.Store.Close()
		keys := queued(t, p.Pipeline.Store, brand.Warning, 2)
		in := finding{&inbox{fails: []error{alerts.ErrAmbiguous}, found: map[string]string{keys[0]: "ts1"}}}
		p.Channels = []Channel{{Name: "inbox", Notifier: in, Gap: time.Second}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		d, log := newDaemon(), strings.Builder{}
		d.Log = slog.New(slog.NewTextHandler(&log, nil))
		if err := d.Run(ctx, p); err != nil {
			t.Fatal(err)
		}
		if want := keys[1:]; !slices.Equal(in.got, want) {
			t.Errorf("sent %v, want %v: the first had arrived", in.got, want)
		}
		if n := strings.Count(log.String(), "msg=delivered"); n != 2 {
			t.Errorf("the log names %d deliveries, want both:\n%s", n, &log)
		}
	})
}

// editing is an inbox that can edit what it was given.
type editing struct {
	*inbox
	edits []string
}

func (e *editing) Edit(_ context.Context, d alerts.Delivery) error {
	if len(e.fails) > 0 {
		err := e.fails[0]
		e.fails = e.fails[1:]
		return err
	}
	e.edits = append(e.edits, d.Root)
	return nil
}

// TestAnEditPostsNothing delivers an edit at night, in a storm and after a lost
// answer: the message is edited once and nothing is posted. A channel that cannot
// edit parks it.
func TestAnEditPostsNothing(t *testing.T) {
	night := &config.QuietHours{From: 0, To: 24*time.Hour - 1, LetThrough: "nothing"}
	for _, can := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := newProgram(t)
			defer p.Pipeline.Store.Close()
			db := p.Pipeline.Store
			queued(t, db, brand.Warning, 1)
			d, _, _, err := db.Next(t.Context(), "inbox")
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Sent(t.Context(), d.ID, "C1/17.1", time.Now()); err != nil {
				t.Fatal(err)
			}
			err = db.Write(t.Context(), func(tx *store.Tx) error {
				d.Alert.Edit = true
				return tx.Queue(d.Alert, 99, []string{"inbox"}, time.Now())
			})
			if err != nil {
				t.Fatal(err)
			}
			in := &inbox{}
			e := &editing{inbox: in}
			c := Channel{Name: "inbox", Notifier: e, Gap: time.Second, Quiet: night, Zone: wib}
			if can {
				in.fails = []error{alerts.ErrAmbiguous}
			} else {
				c.Notifier = in
			}
			p.Channels = []Channel{c}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := newDaemon().Run(ctx, p); err != nil {
				t.Fatal(err)
			}
			wantEdits, wantParked := []string{"C1/17.1"}, 0
			if !can {
				wantEdits, wantParked = nil, 1
			}
			_, parked := undelivered(t, db)
			if !slices.Equal(e.edits, wantEdits) || len(in.got) != 0 || parked != wantParked {
				t.Errorf("can edit %t: edits %v, posts %v, parked %d; want %v, none and %d", can, e.edits, in.got, parked, wantEdits, wantParked)
			}
		})
	}
}

// TestABrokenChannelIsReportedByTheOthers revokes a token: people hear of it where
// they still can, once, and what was held is sent after the settings were mended.
func TestABrokenChannelIsReportedByTheOthers(t *testing.T) {
	revoked := fmt.Errorf("token_revoked: %w", alerts.ErrRejected)
	synctest.Test(t, func(t *testing.T) {
		p := newProgram(t)
		defer p.Pipeline.Store.Close()
		p.Pipeline.Channels = []string{"inbox", "other"}
		keys := queued(t, p.Pipeline.Store, brand.Warning, 3)
		in, other := &inbox{fails: []error{revoked, revoked, revoked}}, &inbox{}
		p.Channels = []Channel{{Name: "inbox", Notifier: in, Gap: time.Second}, {Name: "other", Notifier: other, Gap: time.Second}}
		for _, want := range []int{0, 3} { // the second start finds the channel mended
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			if err := newDaemon().Run(ctx, p); err != nil {
				t.Fatal(err)
			}
			cancel()
			if len(in.got) != want || want == 3 && !slices.Equal(in.got, keys) {
				t.Errorf("the broken channel got %v, want %d of %v", in.got, want, keys)
			}
			if len(other.got) != 1 || !strings.HasPrefix(other.got[0], "channel_broken:inbox:") {
				t.Errorf("the other channel got %v, want one report", other.got)
			}
		}
	})
}

// TestOnceTriesParkedDeliveriesAgain: pantau once gives what was refused another
// chance, as the start of pantau run does.
func TestOnceTriesParkedDeliveriesAgain(t *testing.T) {
	p := newProgram(t)
	defer p.Pipeline.Store.Close()
	keys := queued(t, p.Pipeline.Store, brand.Warning, 1)
	in := &inbox{fails: []error{fmt.Errorf("token_revoked: %w", alerts.ErrRejected)}}
	p.Channels = []Channel{{Name: "inbox", Notifier: in}}
	for round, want := range []int{0, 1} { // the second round finds the channel mended
		if err := newDaemon().Once(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if len(in.got) != want {
			t.Errorf("round %d: delivered %v, want %d of %v", round+1, in.got, want, keys)
		}
	}
}

// TestDaysAreDrawnOnlyForPictures counts how often the chart of an alert is worked
// out: once for all attempts of one that has a picture, never for the others.
func TestDaysAreDrawnOnlyForPictures(t *testing.T) {
	down := errors.New("connection refused")
	tests := []struct {
		name  string
		alert brand.Alert
		want  int
	}{
		{"an opened incident, three attempts", brand.Alert{Change: brand.Opened}, 1},
		{"somebody takes it", brand.Alert{Change: brand.Taken}, 0},
		{"a planted test", brand.Alert{Change: brand.Opened, Test: true}, 0},
		{"a broken channel", brand.Alert{Change: brand.Broken}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram(t)
				defer p.Pipeline.Store.Close()
				now := time.Now()
				err := p.Pipeline.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.QueueReport(tt.alert, "x", []string{"inbox"}, now) })
				if err != nil {
					t.Fatal(err)
				}
				in, drawn := &inbox{fails: []error{down, down}}, 0
				s := newSender(Channel{Name: "inbox", Notifier: in}, p.Pipeline, p.Pipeline.Log)
				s.days = func(context.Context, string) ([]alerts.Day, error) { drawn++; return make([]alerts.Day, 1), nil }
				for len(in.got) == 0 {
					time.Sleep(s.step(t.Context()))
				}
				if drawn != tt.want {
					t.Errorf("the days were worked out %d times, want %d", drawn, tt.want)
				}
			})
		})
	}
}

func TestQuietHoursHoldDelivery(t *testing.T) {
	tests := []struct {
		name     string
		severity brand.Severity
		through  string
		want     int // deliveries by midnight and a minute
	}{
		{"a warning waits", brand.Warning, "critical", 0},
		{"critical comes through", brand.Critical, "critical", 1},
		{"unless nothing may", brand.Critical, "nothing", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the bubble begins at midnight UTC
				p := newProgram(t)
				defer p.Pipeline.Store.Close()
				queued(t, p.Pipeline.Store, tt.severity, 1)
				in := &inbox{}
				quiet := &config.QuietHours{From: 22 * time.Hour, To: 6 * time.Hour, LetThrough: tt.through}
				p.Channels = []Channel{{Name: "inbox", Notifier: in, Quiet: quiet, Zone: time.UTC}}
				ctx, cancel := context.WithTimeout(t.Context(), 6*time.Hour+2*time.Minute)
				defer cancel()
				go func() {
					time.Sleep(time.Minute)
					if n := in.count(); n != tt.want {
						t.Errorf("%d deliveries in the quiet hours, want %d", n, tt.want)
					}
				}()
				if err := newDaemon().Run(ctx, p); err != nil {
					t.Fatal(err)
				}
				if len(in.got) != 1 {
					t.Errorf("%d deliveries in the morning, want 1", len(in.got))
				}
			})
		})
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pantau.db.lock")
	lock, err := Lock(path)
	if err != nil || lock.Unclean {
		t.Fatalf("Lock = %+v, %v; want a clean one", lock, err)
	}
	if _, err := Lock(path); err == nil || !strings.Contains(err.Error(), "stop that one first") {
		t.Errorf("a second lock = %v, want a refusal that says what to do", err)
	}
	lock.Unlock()
	if _, err := os.Stat(path); err == nil {
		t.Error("the lock file stayed behind")
	}
	again, err := Lock(path)
	if err != nil || again.Unclean {
		t.Fatalf("Lock after Unlock = %+v, %v; want a clean one", again, err)
	}
	again.Leave()
	if left, err := Lock(path); err != nil || !left.Unclean {
		t.Errorf("Lock after Leave = %+v, %v; want it to say that the last stop was unclean", left, err)
	}
}

func TestPseudonymKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pantau.key")
	first, err := PseudonymKey(path)
	if err != nil || len(first) != 32 {
		t.Fatalf("PseudonymKey = %d bytes, %v; want 32 new ones", len(first), err)
	}
	if again, err := PseudonymKey(path); err != nil || string(again) != string(first) {
		t.Errorf("the second call gave another key: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, want 0600", info.Mode())
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := PseudonymKey(path); err == nil {
		t.Error("a broken key was accepted: every author would get a new pseudonym")
	}
}

// undelivered counts what waits for its channel, and what was parked.
func undelivered(t *testing.T, db *store.DB) (waiting, parked int) {
	t.Helper()
	list, err := db.Outboxes(context.Background(), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if o.Waits() {
			waiting += o.Count
		} else {
			parked += o.Count
		}
	}
	return waiting, parked
}
