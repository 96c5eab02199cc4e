package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
	"pantau/internal/health"
	"pantau/store"
)

// manager is a service manager that remembers what it was told.
type manager struct {
	mu     sync.Mutex
	fed    []time.Time
	status string
	stuck  bool // it was said that something does not go on
}

func (m *manager) tell(state string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for line := range strings.Lines(state) {
		if s, ok := strings.CutPrefix(strings.TrimSpace(line), "STATUS="); ok {
			m.status, m.stuck = s, m.stuck || strings.HasPrefix(s, "stuck: ")
		} else if strings.TrimSpace(line) == "WATCHDOG=1" {
			m.fed = append(m.fed, time.Now())
		}
	}
}

// hungry returns the longest time between two feedings up to now.
func (m *manager) hungry(from time.Time) (longest time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := from
	for _, at := range append(m.fed, time.Now()) {
		longest = max(longest, at.Sub(last))
		last = at
	}
	return longest
}

// TestWatchdog: fed through everything that a restart does not mend, and not fed
// when something does not go on. The last three rows are the controls.
func TestWatchdog(t *testing.T) {
	outage := make([]error, 100_000)
	for i := range outage {
		outage[i] = errors.New("connection refused")
	}
	tests := []struct {
		name  string
		fault func(t *testing.T, p *Program, in *inbox)
		fed   bool
	}{
		{"all is well", func(*testing.T, *Program, *inbox) {}, true},
		{"Slack is down", func(_ *testing.T, _ *Program, in *inbox) { in.fails = outage }, true},
		{"every source fails", func(_ *testing.T, p *Program, _ *inbox) {
			p.Sources[0].Collector = &fake{report: collectors.Report{Status: collectors.Failed, Reason: "no route to host"}}
		}, true},
		{"a source is slow, but brings items", func(_ *testing.T, p *Program, _ *inbox) { p.Sources[0].Collector = trickle{} }, true},
		{"the disk is full", func(_ *testing.T, p *Program, _ *inbox) { p.Sources[0].Collector = full{} }, true},
		{"a source never returns", func(_ *testing.T, p *Program, _ *inbox) { p.Sources[0].Collector = &fake{took: 1000 * time.Hour} }, false},
		{"a channel never answers", func(_ *testing.T, p *Program, _ *inbox) { p.Channels[0].Notifier = deaf{} }, false},
		{"the writer is stuck", func(_ *testing.T, p *Program, _ *inbox) { p.Sources[0].Collector = hog{p.Pipeline.Store} }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("WATCHDOG_USEC", "60000000")
			synctest.Test(t, func(t *testing.T) {
				in := &inbox{}
				p := newProgram(t, source(t, "toko", "@every 10m", &fake{}))
				queued(t, p.Pipeline.Store, brand.Warning, 1)
				p.Channels = []Channel{{Name: "inbox", Notifier: in, Gap: time.Second}}
				tt.fault(t, p, in)
				m, d := &manager{}, newDaemon()
				d.Tell = m.tell
				ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
				defer cancel()
				start := time.Now()
				if err := d.Run(ctx, p); err != nil {
					t.Fatalf("Run = %v", err)
				}
				if tt.fed == m.stuck || tt.fed && !strings.HasPrefix(m.status, "1 brand, ") {
					t.Errorf("the status is %q, stuck was said: %v", m.status, m.stuck)
				}
				if hungry := m.hungry(start); hungry < time.Minute != tt.fed {
					t.Errorf("the longest time without feeding was %s (status %q); fed = %v wanted, WatchdogSec is 60 s", hungry, m.status, tt.fed)
				}
				_ = p.Pipeline.Store.Close()
			})
		})
	}
}

// trickle brings an item every twenty minutes for ever.
type trickle struct{}

func (trickle) Collect(ctx context.Context, _ collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return collectors.Report{}, ctx.Err()
		case <-time.After(20 * time.Minute):
		}
		if err := emit(brand.Mention{ExternalID: fmt.Sprint(n), Text: "paket belum sampai"}); err != nil {
			return collectors.Report{}, err
		}
	}
}

// full is a source whose items do not fit onto the disk.
type full struct{}

func (full) Collect(context.Context, collectors.Request, func(brand.Mention) error) (collectors.Report, error) {
	return collectors.Report{}, &fs.PathError{Op: "write", Path: "pantau.db-wal", Err: syscall.ENOSPC}
}

// deaf is a channel that takes a message and never answers, whatever its context
// says: a deadlock.
type deaf struct{}

func (deaf) Notify(ctx context.Context, _ alerts.Delivery) (string, error) {
	time.Sleep(2 * time.Hour)
	<-ctx.Done()
	return "", ctx.Err()
}

// hog begins a transaction and keeps it.
type hog struct{ db *store.DB }

func (h hog) Collect(ctx context.Context, _ collectors.Request, _ func(brand.Mention) error) (collectors.Report, error) {
	err := h.db.Write(ctx, func(*store.Tx) error {
		<-ctx.Done()
		return ctx.Err()
	})
	return collectors.Report{}, err
}

// TestAFullDiskIsWaitedOut lets the store refuse a source, and mends it: the
// source is read again within half a minute of it, not on its next turn.
func TestAFullDiskIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &flaky{fake: &fake{items: oneNew}}
		p := newProgram(t, source(t, "toko", "@every 6h", src))
		defer p.Pipeline.Store.Close()
		in := &inbox{}
		p.Pipeline.Channels = []string{"inbox"}
		p.Channels = []Channel{{Name: "inbox", Notifier: in, Gap: time.Second}}
		dir := filepath.Dir(p.Pipeline.Store.Path())
		d := newDaemon()
		d.Health = health.New(health.Build{}, time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
		defer cancel()
		src.fail(true)
		block(t, dir, true)
		var down, mended bool
		go func() {
			time.Sleep(10 * time.Minute)
			down = d.Health.Holds(health.Store) && !d.Health.Ready()
			src.fail(false)
			block(t, dir, false)
			time.Sleep(30 * time.Second)
			mended = d.Health.Ready() && src.fake.rounds == 1
		}()
		if err := d.Run(ctx, p); err != nil {
			t.Fatalf("Run = %v; a full disk is no reason to stop", err)
		}
		if !down || !mended {
			t.Errorf("down = %v while the disk was full, mended = %v 30 s after; want both (%d rounds)", down, mended, src.fake.rounds)
		}
		if len(in.got) != 2 || !strings.HasPrefix(in.got[0], "degraded:store:") || !strings.HasPrefix(in.got[1], "mended:store:") {
			t.Errorf("people were told %v; want once that it began, past the outbox, and once that it was over", in.got)
		}
	})
}

// flaky fails like a store that cannot write, while it is told to.
type flaky struct {
	*fake
	mu   sync.Mutex
	fall bool
}

func (f *flaky) fail(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fall = on
}

func (f *flaky) Collect(ctx context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	f.mu.Lock()
	fall := f.fall
	f.mu.Unlock()
	if fall {
		return full{}.Collect(ctx, req, emit)
	}
	return f.fake.Collect(ctx, req, emit)
}

func oneNew(req collectors.Request) []brand.Mention {
	return []brand.Mention{{ExternalID: req.Now.String(), Text: "paket belum sampai", PublishedAt: req.Now}}
}

// block puts a directory where the room on the disk is tried out, or takes the
// right to write away. Root may do everything, so its disk is filled by a file
// system of its own in the long proof; here the probe's directory vanishes.
func block(t *testing.T, dir string, on bool) {
	t.Helper()
	var err error
	if on {
		err = os.Rename(dir, dir+".away")
	} else {
		err = os.Rename(dir+".away", dir)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestAChannelThatFailsIsReportedByTheOthers: Slack is down for an hour. Those who
// can be reached hear of it once, and once that it is over.
func TestAChannelThatFailsIsReportedByTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram(t, source(t, "toko", "@every 10m", &fake{}))
		defer p.Pipeline.Store.Close()
		p.Pipeline.Channels = []string{"inbox", "other"}
		keys := queued(t, p.Pipeline.Store, brand.Warning, 1)
		in, other := &inbox{}, &inbox{}
		for range 18 { // 2 s, 4 s, … 6 min: more than an hour
			in.fails = append(in.fails, errors.New("connection refused"))
		}
		p.Channels = []Channel{{Name: "inbox", Notifier: in, Gap: time.Second}, {Name: "other", Notifier: other, Gap: time.Second}}
		d := newDaemon()
		d.Health = health.New(health.Build{}, time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		held := false
		go func() {
			time.Sleep(40 * time.Minute)
			held = d.Health.Holds(health.Channel) && d.Health.Ready()
		}()
		if err := d.Run(ctx, p); err != nil {
			t.Fatal(err)
		}
		if !held || d.Health.Holds(health.Channel) {
			t.Errorf("held during the outage = %v, after it = %v; want it then, ready all the same, and not after", held, d.Health.Holds(health.Channel))
		}
		if len(other.got) != 2 || !strings.HasPrefix(other.got[0], "degraded:channel:") || !strings.HasPrefix(other.got[1], "mended:channel:") {
			t.Errorf("the other channel got %v, want one report and its end", other.got)
		}
		if len(in.got) != 2 || in.got[0] != keys[0] {
			t.Errorf("the channel got %v, want its alert, and that it is over", in.got)
		}
	})
}

// TestATakenPort: the pages are missed, nothing else.
func TestATakenPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	f := &fake{items: oneNew}
	p := newProgram(t, source(t, "toko", "@every 10m", f))
	defer p.Pipeline.Store.Close()
	p.Health.Listen = taken.Addr().String()
	d := newDaemon()
	d.Health = health.New(health.Build{}, time.Now)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := d.Run(ctx, p); err != nil {
		t.Fatal(err)
	}
	if !d.Health.Holds(health.Page) || f.rounds != 1 {
		t.Errorf("page = %v, %d rounds; want the trouble shown and the work done", d.Health.Holds(health.Page), f.rounds)
	}
}

// TestBlind lets everything that a source gives dry up.
func TestBlind(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration // when the source changes
		turn  func(f *fake)
		want  string
	}{
		{"all goes on", 0, nil, ""},
		{"no source can be read", 2 * time.Hour, func(f *fake) { f.report = collectors.Report{Status: collectors.Blocked, Reason: "403"} }, "no source can be read"},
		{"nothing new comes", 8 * time.Hour, func(f *fake) { f.items = nil }, "nothing new from any source"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{items: oneNew}
				var mu sync.Mutex
				p := newProgram(t, source(t, "toko", "@every 20m", locked{f, &mu}))
				defer p.Pipeline.Store.Close()
				d := newDaemon()
				d.Health = health.New(health.Build{}, time.Now)
				ctx, cancel := context.WithTimeout(t.Context(), tt.after+7*time.Hour)
				defer cancel()
				go func() {
					time.Sleep(tt.after + time.Second)
					mu.Lock()
					defer mu.Unlock()
					if tt.turn != nil {
						tt.turn(f)
					}
				}()
				if err := d.Run(ctx, p); err != nil {
					t.Fatal(err)
				}
				got := ""
				for _, c := range d.Health.Conditions() {
					if c.Mode == health.Blind {
						got = c.Detail
					}
				}
				if !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
					t.Errorf("blind = %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// locked lets a test change a source while it runs.
type locked struct {
	collectors.Collector
	mu *sync.Mutex
}

func (l locked) Collect(ctx context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Collector.Collect(ctx, req, emit)
}

// TestHeartbeat beats only after the whole way was gone. Real time and a real
// server: the client's goroutines do not live in a bubble.
func TestHeartbeat(t *testing.T) {
	beats := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { beats++ }))
	defer server.Close()
	tests := []struct {
		name  string
		fault func(t *testing.T, r *runner)
		want  int
	}{
		{"all is well", func(*testing.T, *runner) {}, 1},
		{"nothing was judged", func(_ *testing.T, r *runner) { r.decided.Store(0) }, 0},
		{"no source is fresh", func(_ *testing.T, r *runner) { r.Health.Watch([]health.Source{{Name: "toko", Every: time.Minute}}) }, 0},
		{"an alert waits too long", func(t *testing.T, r *runner) { r.outbox.Store(&queue{age: 16 * time.Minute, waiting: 1}) }, 0},
		{"the store takes nothing", func(_ *testing.T, r *runner) { r.trouble(health.Store, "disk_full") }, 0},
		{"something is stuck", func(_ *testing.T, r *runner) { r.Health.Start("loop", -1) }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgram(t, source(t, "toko", "@every 10m", &fake{items: oneNew}))
			defer p.Pipeline.Store.Close()
			p.Health.Heartbeat = config.NewSecret(server.URL + "/secret-path")
			d := newDaemon()
			d.prepare(p)
			r := d.newRunner(t.Context(), func() {}, p)
			if err := r.look(); err != nil {
				t.Fatal(err)
			}
			d.Health.SetReady(true)
			for _, job := range r.schedule() {
				job.Run()
			}
			r.jobs["decide"].Run()
			tt.fault(t, r)
			beats = 0
			r.jobs["heartbeat"].Run()
			if beats != tt.want {
				t.Errorf("%d beats, want %d", beats, tt.want)
			}
		})
	}
	server.Close()
	if err := beat(t.Context(), server.URL+"/secret-path"); err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("a beat that nobody takes = %v; want an error without the address", err)
	}
}

// TestCanary plants the flood, and finds it at the channel, marked, and in no
// figure.
func TestCanary(t *testing.T) {
	for _, sensitivity := range []string{"peka", "seimbang", "tenang"} {
		t.Run(sensitivity, func(t *testing.T) {
			p := newProgram(t)
			defer p.Pipeline.Store.Close()
			p.Pipeline.Sensitivity = sensitivity
			p.Pipeline.Channels = []string{"inbox"}
			in := &tested{}
			ctx := t.Context()
			for range 2 { // twice on one day is once
				if err := p.Pipeline.Canary(ctx, wib); err != nil {
					t.Fatal(err)
				}
			}
			newSender(Channel{Name: "inbox", Notifier: in}, p.Pipeline, p.Pipeline.Log).drain(ctx)
			if len(in.got) != 1 || !in.got[0].Test || in.got[0].Alert.Change != brand.Opened || !strings.Contains(in.got[0].Alert.Incident.Brand, "TEST") {
				t.Fatalf("the channel got %+v, want one alert marked as a test", in.got)
			}
			now := time.Now()
			err := p.Pipeline.Store.Write(ctx, func(tx *store.Tx) error {
				digest, err := tx.Digest(now.AddDate(0, 0, -7), now.Add(time.Hour))
				if len(digest.Moods)+len(digest.Alerts)+digest.Card.Sent+digest.Card.Opened != 0 {
					t.Errorf("the figures count the test: %+v", digest)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if arrived, waiting, err := p.Pipeline.Store.Planted(ctx, canaryPrefix); err != nil || arrived.IsZero() || !waiting.IsZero() {
				t.Errorf("Planted = %s, %s, %v; want it to have arrived", arrived, waiting, err)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(p.Pipeline.Store.Path()), ".pantau-canary-*")); len(left) != 0 {
				t.Errorf("%v stayed behind", left)
			}
		})
	}
}

// TestADeadCanary takes the rule its eyes: the control of the one above. A scorer
// that calls everything unknown sees no spike.
func TestADeadCanary(t *testing.T) {
	p := newProgram(t)
	defer p.Pipeline.Store.Close()
	p.Pipeline.Sensitivity = "nonsense" // no rule has this name
	d := newDaemon()
	d.prepare(p)
	r := d.newRunner(t.Context(), func() {}, p)
	err := p.Pipeline.Canary(t.Context(), wib)
	if err == nil {
		t.Fatal("the canary came through a rule that does not exist")
	}
	r.unseen.Store(true)
	if r.watchCanary(t.Context(), time.Now()); !d.Health.Holds(health.Canary) {
		t.Error("a spike that nobody saw is no trouble")
	}
}

// tested is a channel that remembers whole deliveries.
type tested struct{ got []alerts.Delivery }

func (n *tested) Notify(_ context.Context, d alerts.Delivery) (string, error) {
	n.got = append(n.got, d)
	return "receipt", nil
}

// TestBackups: made, verified, and no more of them than wanted.
func TestBackups(t *testing.T) {
	p := newProgram(t, source(t, "toko", "@every 10m", &fake{items: oneNew}))
	defer p.Pipeline.Store.Close()
	p.Keep.Backups = 3
	d := newDaemon()
	d.prepare(p)
	r := d.newRunner(t.Context(), func() {}, p)
	now := time.Now()
	p.Pipeline.Now = func() time.Time { return now }
	for range 5 {
		now = now.Add(24 * time.Hour)
		r.do("backup", copyLimit, r.backup)
	}
	files, err := store.Backups(p.Pipeline.Store.Path())
	if err != nil || len(files) != 3 || d.Health.Holds(health.Backup) {
		t.Errorf("%d backups, %v; want the newest 3", len(files), err)
	}
	for _, f := range files {
		if v, err := store.Verify(t.Context(), f); err != nil || len(v.Problems) > 0 {
			t.Errorf("%s: %v, %v", f, v.Problems, err)
		}
	}
	r.backedUp.Store(0)
	r.started = now
	if r.watchBackup(now.Add(40 * time.Hour)); d.Health.Holds(health.Backup) {
		t.Error("the first night is not over, and there is trouble already")
	}
	if r.watchBackup(now.Add(60 * time.Hour)); !d.Health.Holds(health.Backup) {
		t.Error("two nights without a backup are no trouble")
	}
}

// TestADamagedDatabaseIsReplaced damages the file in several ways. What was there
// is kept, and the newest good backup takes its place.
func TestADamagedDatabaseIsReplaced(t *testing.T) {
	tests := []struct {
		name    string
		damage  func(t *testing.T, path string)
		unclean bool
		want    bool // replaced
	}{
		{"a sound file stays", func(*testing.T, string) {}, true, false},
		{"a header of another kind", func(t *testing.T, path string) { overwrite(t, path, 0, 4096) }, false, true},
		{"pages of garbage after an unclean stop", func(t *testing.T, path string) { overwrite(t, path, 8192, 1<<20) }, true, true},
		{"a truncated file after an unclean stop", func(t *testing.T, path string) {
			if err := os.Truncate(path, 12<<10); err != nil {
				t.Fatal(err)
			}
		}, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgram(t, source(t, "toko", "@every 10m", &fake{items: oneNew}))
			path, ctx := p.Pipeline.Store.Path(), t.Context()
			for range 3 {
				if _, err := p.Pipeline.Collect(ctx, p.Sources[0], false); err != nil {
					t.Fatal(err)
				}
			}
			good, err := copyOf(ctx, p.Pipeline.Store, time.Now().Add(-48*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			bad, err := copyOf(ctx, p.Pipeline.Store, time.Now().Add(-24*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, bad, 4096, 1<<20) // the newest backup is damaged as well
			if err := p.Pipeline.Store.Close(); err != nil {
				t.Fatal(err)
			}
			for _, suffix := range []string{"-wal", "-shm"} {
				_ = os.Remove(path + suffix)
			}
			tt.damage(t, path)
			damaged, _ := os.ReadFile(path)
			db, recovered, err := Open(ctx, path, wib, tt.unclean, p.Pipeline.Log)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if (recovered != "") != tt.want || tt.want && !strings.Contains(recovered, good) {
				t.Errorf("recovered = %q, want %v from %s", recovered, tt.want, good)
			}
			aside, _ := filepath.Glob(path + ".replaced-????????-??????")
			if !tt.want {
				return
			}
			if len(aside) != 1 {
				t.Fatalf("the damaged file is not kept: %v", aside)
			}
			if kept, _ := os.ReadFile(aside[0]); string(kept) != string(damaged) {
				t.Error("the damaged file was changed")
			}
			if list, err := db.Sources(ctx); err != nil || len(list) != 1 || list[0].Mentions != 3 {
				t.Errorf("the restored database has %+v, %v; want the 3 mentions of the backup", list, err)
			}
		})
	}
	t.Run("without a good backup nothing is changed", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "pantau.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := Open(t.Context(), path, wib, true, newDaemon().Log)
		if err == nil || !strings.Contains(err.Error(), "none of the 0 backups") {
			t.Errorf("Open = %v, want to be told that there is no backup", err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the file is gone: %v", err)
		}
	})
}

// overwrite puts garbage into a file from an offset on, as far as the file goes.
func overwrite(t *testing.T, path string, from, most int64) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	garbage := strings.Repeat("\xa5garbage", int(min(most, info.Size()-from)/8))
	if _, err := f.WriteAt([]byte(garbage), from); err != nil {
		t.Fatal(err)
	}
}

// TestDroppableMappings takes nothing that could be lost. The second mapping is
// the one that the linker wrote into: dropping it ends the process.
func TestDroppableMappings(t *testing.T) {
	const smaps = `00403000-011f0000 r-xp 00003000 fe:00 1234    /usr/bin/pantau
Rss:               14256 kB
Anonymous:             0 kB
011f0000-022b9000 r--p 00df0000 fe:00 1234    /usr/bin/pantau
Anonymous:             0 kB
022b9000-022bc000 r--p 01eb9000 fe:00 1234    /usr/bin/pantau
Anonymous:            12 kB
022bc000-0295a000 rw-p 01ebc000 fe:00 1234    /usr/bin/pantau
Anonymous:             0 kB
7f9e4aea8000-7f9e4affe000 r-xp 00000000 fe:00 99 /usr/lib/libc.so.6
Anonymous:             0 kB
fe01cc00000-fe01f400000 rw-p 00000000 00:00 0
Anonymous:             0 kB
`
	got := fmt.Sprintf("%x", droppable(strings.NewReader(smaps), "/usr/bin/pantau"))
	if want := "[{403000 11f0000} {11f0000 22b9000}]"; got != want {
		t.Errorf("droppable = %s, want %s", got, want)
	}
}

// TestEveryAnnouncedModeHasWords: people read what happened, not the key of a mode.
func TestEveryAnnouncedModeHasWords(t *testing.T) {
	for _, language := range []string{"id", "en"} {
		for _, mode := range health.Modes() {
			if !announced(mode) {
				continue
			}
			a := brand.Alert{Change: brand.Degraded, By: string(mode), Incident: brand.Incident{Note: "the detail"}}
			began := reading(a, language, time.Now())
			a.Change = brand.Mended
			over := reading(a, language, time.Now())
			title, ended := headline(began), headline(over)
			if title == string(mode) || !strings.Contains(began, "the detail") || !strings.Contains(ended, title) || ended == title {
				t.Errorf("%s, %s: %q, then %q, in\n%s", mode, language, title, ended, began)
			}
		}
	}
}
