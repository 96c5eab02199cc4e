package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pantau/alerts"
	"pantau/brand"
	"pantau/collectors"
	"pantau/config"
	"pantau/store"
)

// points are the named places where the child is killed. "accepted" lies inside
// the chat: it has the message, and the answer never arrives.
var points = []string{
	"collect begins", "cursor read", "collected", "mentions added", "run recorded", "decided", "run committed",
	"incident saved", "action committed", "looked up", "before the mark", "marked as sending", "accepted", "answered", "recorded as sent",
}

// TestMain turns the test binary into the process that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("PANTAU_CRASH_DB") != "" {
		crashChild()
		return
	}
	os.Exit(m.Run())
}

// chat is a Slack of our own that outlives the child: it remembers every message
// with its delivery key, and can be asked for them.
type chat struct {
	mu       sync.Mutex
	messages []message
	kill     func() // called after a message was accepted, before the answer
}

type message struct{ key, ts, thread string }

func (c *chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	answer := map[string]any{"ok": true, "channel": "C0123456"}
	c.mu.Lock()
	switch filepath.Base(r.URL.Path) {
	case "chat.postMessage":
		answer["ts"] = c.post(r.Form.Get("metadata"), r.Form.Get("thread_ts"))
		if c.kill != nil {
			c.mu.Unlock()
			c.kill()
			return
		}
	case "chat.update":
		answer["ts"] = r.Form.Get("ts")
	case "conversations.history":
		answer["messages"] = c.history("")
	case "conversations.replies":
		answer["messages"] = c.history(r.Form.Get("ts"))
	}
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (c *chat) post(metadata, thread string) (ts string) {
	var m struct {
		Payload struct {
			Key string `json:"key"`
		} `json:"event_payload"`
	}
	_ = json.Unmarshal([]byte(metadata), &m)
	ts = fmt.Sprintf("%d.%06d", time.Now().Unix(), len(c.messages)+1)
	c.messages = append(c.messages, message{m.Payload.Key, ts, thread})
	return ts
}

func (c *chat) history(thread string) []map[string]any {
	list := []map[string]any{}
	for _, m := range c.messages {
		if m.thread == thread {
			list = append(list, map[string]any{"ts": m.ts, "thread_ts": thread,
				"metadata": map[string]any{"event_type": "pantau_alert", "event_payload": map[string]any{"key": m.key}}})
		}
	}
	return list
}

// crashChild collects, acts on the incident and delivers, until it is killed at
// its point or has nothing left to do.
func crashChild() {
	db, err := store.Open(context.Background(), os.Getenv("PANTAU_CRASH_DB"), wib)
	if err != nil {
		panic(err)
	}
	left, _ := strconv.Atoi(os.Getenv("PANTAU_CRASH_AFTER"))
	target := os.Getenv("PANTAU_CRASH_POINT")
	published, _ := strconv.Atoi(os.Getenv("PANTAU_CRASH_PUBLISHED"))
	// A quarter of an hour a turn: a faster clock would make storms of the alerts.
	clock := time.Date(2026, 11, 21, 0, 0, 0, 0, wib).Add(time.Duration(published) * time.Hour)
	p := &Pipeline{Store: db, Scorer: scorer(), Pseudonyms: []byte("0123456789abcdef"), Brands: []config.Brand{{Name: "Sandang Senja"}}, Sensitivity: "seimbang",
		Channels: []string{"C0123456"}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return clock }, Decided: func() {},
		Point: func(name string) {
			if name == target {
				if left--; left < 0 {
					_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
					select {}
				}
			}
		}}
	slack := alerts.NewSlack(alerts.SlackOptions{Token: "xoxb-test", APIURL: os.Getenv("PANTAU_CRASH_CHAT"), Style: alerts.Style{Language: "id", Zone: wib}})
	var notifier alerts.Notifier = slack
	if os.Getenv("PANTAU_CRASH_BLIND") != "" {
		notifier = blind{slack}
	}
	src := Source{Source: config.Source{Name: "toko", Kind: "fake", Brand: "Sandang Senja"}, Collector: counted(published)}
	ctx := context.Background()
	for turn := range 2 {
		clock = clock.Add(15 * time.Minute)
		if _, err := p.Collect(ctx, src, true); err != nil {
			panic(err)
		}
		openOnce(ctx, p)
		if os.Getenv("PANTAU_CRASH_POINT") != "" {
			if _, err := p.Act(ctx, Action{Change: brand.Noted, Incident: 1, Actor: "rina", Note: fmt.Sprint(turn)}); err != nil {
				panic(err)
			}
		}
		newSender(Channel{Name: "C0123456", Notifier: notifier}, p, p.Log).drain(ctx)
	}
	_ = db.Close()
}

// blind hides that the notifier can look a delivery up.
type blind struct{ alerts.Notifier }

// counted is a source that has published so many items.
type counted int

func (c counted) Collect(_ context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	first, _ := strconv.Atoi(req.Cursor)
	for n := max(first-5, 0); n < int(c); n++ { // sources overlap: the last items come again
		if err := emit(brand.Mention{ExternalID: strconv.Itoa(n), Text: "paket " + strconv.Itoa(n) + " belum sampai", PublishedAt: req.Now}); err != nil {
			return collectors.Report{}, err
		}
	}
	return collectors.Report{Cursor: strconv.Itoa(int(c)), From: req.Now.Add(-time.Minute), To: req.Now, Status: collectors.Fresh}, nil
}

// openOnce makes sure that there is an incident to act on.
func openOnce(ctx context.Context, p *Pipeline) {
	err := p.Store.Write(ctx, func(tx *store.Tx) error {
		id, err := tx.BrandID("Sandang Senja")
		if err != nil {
			return err
		}
		if last, err := tx.LastIncident(id); err != nil || last != nil {
			return err
		}
		d := decision{p: p, tx: tx, brand: p.Brands[0], now: p.Now(), brandID: id}
		d.life.State, d.life.StartedAt = brand.Open, p.Now()
		d.change, d.verdict.At, d.verdict.Window = brand.Opened, p.Now(), 1
		if err := d.tell(); err != nil {
			return err
		}
		return tx.SaveWatch(id, p.Now(), d.life, d.verdict)
	})
	if err != nil {
		panic(err)
	}
}

// crash kills the child again and again, then lets it finish in peace.
type crash struct {
	t         *testing.T
	db        string
	chat      *chat
	server    *httptest.Server
	published int
	blind     bool
	killed    int
}

func newCrash(t *testing.T) *crash {
	c := &crash{t: t, db: filepath.Join(t.TempDir(), "pantau.db"), chat: &chat{}}
	c.server = httptest.NewServer(c.chat)
	t.Cleanup(c.server.Close)
	return c
}

// run starts the child; it is killed when it passes the point for the time after
// the first so many.
func (c *crash) run(point string, after int) {
	c.published += 3
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PANTAU_CRASH_DB="+c.db, "PANTAU_CRASH_CHAT="+c.server.URL+"/", "PANTAU_CRASH_POINT="+point,
		"PANTAU_CRASH_AFTER="+strconv.Itoa(after), "PANTAU_CRASH_PUBLISHED="+strconv.Itoa(c.published))
	if c.blind {
		cmd.Env = append(cmd.Env, "PANTAU_CRASH_BLIND=1")
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.chat.mu.Lock()
	if c.chat.kill = nil; point == "accepted" {
		c.chat.kill = func() { _ = cmd.Process.Kill() }
	}
	c.chat.mu.Unlock()
	err := cmd.Wait()
	if cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		c.killed++
	} else if err != nil {
		c.t.Fatalf("the child failed at %q: %v\n%s", point, err, &out)
	}
}

// judge compares what was decided with what the chat got.
func (c *crash) judge() (mentions, decided, lost, twice, disordered int) {
	db, err := store.Open(context.Background(), c.db, wib)
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	health, err := db.Sources(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	if v, err := store.Verify(context.Background(), c.db); err != nil || len(v.Problems) > 0 {
		c.t.Errorf("the database after %d kills: %v, %v", c.killed, v.Problems, err)
	}
	got, last := map[string]int{}, 0
	for _, m := range c.chat.messages {
		got[m.key]++
		number, err := strconv.Atoi(strings.Split(m.key, ":")[1])
		if err != nil {
			c.t.Fatalf("a message with key %q", m.key)
		}
		if number < last {
			disordered++
		}
		last = number
	}
	for _, key := range c.decisions(db) {
		decided++
		switch got[key] {
		case 0:
			lost++
			if !c.blind {
				c.t.Logf("%s never arrived", key)
			}
		case 1:
		default:
			twice++
		}
	}
	return health[0].Mentions, decided, lost, twice, disordered
}

// decisions returns the delivery key that every recorded change must have.
func (c *crash) decisions(db *store.DB) (keys []string) {
	err := db.Query(context.Background(), `SELECT incident_id || ':' || id || ':C0123456' FROM incident_changes ORDER BY id`,
		func([]string) error { return nil }, func(row []any) error {
			keys = append(keys, fmt.Sprint(row[0]))
			return nil
		})
	if err != nil {
		c.t.Fatal(err)
	}
	return keys
}

// TestCrash kills the process at named points, where it hurts most. 200 kills
// run always; PANTAU_KILLS=1000 is the long proof.
func TestCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of processes")
	}
	kills := 200
	if n, err := strconv.Atoi(os.Getenv("PANTAU_KILLS")); err == nil {
		kills = n
	}
	c, random := newCrash(t), rand.New(rand.NewPCG(2026, 11))
	for n := 0; c.killed < kills && n < 3*kills; n++ {
		c.run(points[n%len(points)], random.IntN(2))
	}
	c.run("", 0)
	mentions, decided, lost, twice, disordered := c.judge()
	t.Logf("proof: %d kills at %d points: %d mentions published, %d stored; %d alerts decided, %d lost, %d twice, %d out of order",
		c.killed, len(points), c.published, mentions, decided, lost, twice, disordered)
	if c.killed < kills || mentions != c.published || lost != 0 || twice != 0 || disordered != 0 {
		t.Errorf("want %d kills with nothing lost, nothing twice and everything in order", kills)
	}
}

// TestCrashControl is the same without looking deliveries up before they are sent
// again. It must find duplicates, or TestCrash is blind.
func TestCrashControl(t *testing.T) {
	if testing.Short() {
		t.Skip("dozens of processes")
	}
	c := newCrash(t)
	c.blind = true
	for n := range 20 {
		c.run([]string{"accepted", "answered"}[n%2], n%2)
	}
	c.run("", 0)
	_, decided, _, twice, _ := c.judge()
	t.Logf("control: a sender that does not look sends %d of %d alerts twice", twice, decided)
	if twice == 0 {
		t.Errorf("%d alerts, none twice: a sender that does not look must send twice", decided)
	}
}
