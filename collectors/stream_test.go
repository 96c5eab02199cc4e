package collectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// jetstream replays events as a Jetstream does: those at or after the cursor, and
// then silence. It may take its time, refuse, or drop the connection.
type jetstream struct {
	events []string
	pause  time.Duration // before each event
	drop   int           // events after which the connection breaks
	status int           // instead of a stream
}

func readJetstream(t *testing.T, path string) *jetstream {
	t.Helper()
	return &jetstream{events: readEvents(path)}
}

// dial is a [fetch.Dial] to the replay, through pipes in memory.
func (j *jetstream) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	l := &oneConn{conn: make(chan net.Conn, 1), done: make(chan struct{})}
	l.conn <- server
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(l.done)
		if j.status != 0 {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(j.status)
			return
		}
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		cursor, _ := strconv.ParseInt(r.URL.Query().Get("cursor"), 10, 64)
		for n, text := range j.events {
			var e struct {
				TimeUS int64 `json:"time_us"`
			}
			if err := json.Unmarshal([]byte(text), &e); err == nil && e.TimeUS < cursor {
				continue
			}
			time.Sleep(j.pause)
			if j.drop > 0 && n >= j.drop || conn.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
				return
			}
		}
		_, _, _ = conn.ReadMessage() // until the client goes
	}))
	return client, nil
}

// oneConn is a listener with one connection.
type oneConn struct {
	conn chan net.Conn
	done chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *oneConn) Close() error   { return nil }
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// runStream makes one run of a bluesky source against a replay.
func runStream(t *testing.T, j *jetstream, req Request) (mentions []brand.Mention, report Report) {
	t.Helper()
	inFakeTime(t, func(t *testing.T) {
		src, err := config.ParseSource("config.toml", []byte("[[sources]]\nname = \"b\"\nkind = \"bluesky\"\nbrand = \"b\"\nmatch = \"keywords\"\n[sources.options]\nseconds = 30\n"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(src, fetch.New(fetch.Options{Base: answers{}, Dial: j.dial}))
		if err != nil {
			t.Fatal(err)
		}
		if report, err = c.Collect(t.Context(), req, func(m brand.Mention) error { mentions = append(mentions, m); return nil }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // the replay's goroutines end
	})
	return mentions, report
}

// blueskyEvents returns one post every so often between two times.
func blueskyEvents(from, to time.Time, every time.Duration) (list []string) {
	for at := from; !at.After(to); at = at.Add(every) {
		list = append(list, fmt.Sprintf(`{"did":"did:plc:a","time_us":%d,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"%d","record":{"text":"post"}}}`,
			at.UnixMicro(), at.Unix()))
	}
	return list
}

func TestBlueskyRuns(t *testing.T) {
	hour := blueskyEvents(testNow.Add(-time.Hour), testNow.Add(time.Minute), 20*time.Second)
	known := fmt.Sprintf(`{"time_us":%d,"newest":1,"items":9,"until":%d}`, testNow.Add(-10*time.Minute).UnixMicro(), testNow.Add(-10*time.Minute).Unix())
	tests := []struct {
		name   string
		stream jetstream
		cursor string
		status Status
		want   string
		gap    bool
	}{
		{"caught up", jetstream{events: hour}, known, Fresh, "", false},
		{"the time is over", jetstream{events: hour, pause: 2 * time.Second}, known, Degraded, "the next run goes on there: raise options.seconds", false},
		{"it breaks", jetstream{events: hour, drop: 160}, known, Degraded, "behind, the next run goes on there", false},
		{"it falls silent", jetstream{events: blueskyEvents(testNow.Add(-10*time.Minute), testNow.Add(-5*time.Minute), time.Second)}, known, Degraded, "5m0s behind", false},
		{"it is silent", jetstream{}, known, Failed, "the stream is silent", false},
		{"it has forgotten", jetstream{events: blueskyEvents(testNow.Add(-5*time.Minute), testNow.Add(time.Second), time.Second)}, known, Fresh, "", true},
		{"no Jetstream", jetstream{events: slices.Repeat([]string{"hello"}, 100)}, "", Failed, "this is not a Jetstream", false},
		{"refused", jetstream{status: 403}, known, Blocked, "does not give this to us", false},
		{"too often", jetstream{status: 429}, known, RateLimited, "429", false},
		{"a web server", jetstream{status: 200}, known, Failed, "instead of a stream", false},
		{"down", jetstream{status: 503}, known, Failed, "503", false},
		{"a foreign cursor", jetstream{}, "[]", Failed, "not one of this source", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mentions, report := runStream(t, &tt.stream, Request{Now: testNow, Cursor: tt.cursor})
			if report.Status != tt.status || !strings.Contains(report.Reason, tt.want) || report.Gap != tt.gap || strings.Contains(report.Reason, "\n") {
				t.Errorf("%s %q gap %v, want %s %q %v", report.Status, report.Reason, report.Gap, tt.status, tt.want, tt.gap)
			}
			if failed := report.Status != Fresh && report.Status != Degraded; failed && (report.Cursor != tt.cursor || !report.To.IsZero() || len(mentions) > 0) ||
				!failed && (report.To.IsZero() || len(mentions) == 0) {
				t.Errorf("%d mentions, %+v", len(mentions), report)
			}
		})
	}
}

// TestBlueskyCatchesUp lets runs that are too short for what came follow each
// other: every post comes, and the windows join without a gap.
func TestBlueskyCatchesUp(t *testing.T) {
	j := &jetstream{events: blueskyEvents(testNow.Add(-20*time.Minute), testNow.Add(time.Hour), 5*time.Second), pause: 400 * time.Millisecond}
	seen, cursor, through := map[string]bool{}, "", time.Time{}
	for n := range 12 {
		now := testNow.Add(time.Duration(n) * 3 * time.Minute)
		mentions, report := runStream(t, j, Request{Now: now, Cursor: cursor})
		for _, m := range mentions {
			seen[m.ExternalID] = true
		}
		if report.Gap || !through.IsZero() && report.From.After(through) {
			t.Errorf("run %d covers %s to %s after %s", n, report.From, report.To, through)
		}
		cursor, through = report.Cursor, report.To
	}
	want := int(through.Sub(testNow.Add(-blueskyBegin)) / (5 * time.Second))
	if len(seen) < want {
		t.Errorf("%d posts up to %s, want %d", len(seen), through, want)
	}
}

func TestBlueskyOptions(t *testing.T) {
	for options, want := range map[string]string{
		`server = "https://a.example"`: "starts with wss://",
		`server = "ws://a.example"`:    "starts with wss://",
		"seconds = 1":                  "1 is not from 5 to 600",
		"":                             `must be "keywords" here`,
	} {
		_, err := New(source(t, "bluesky", options), testClient())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", options, err, want)
		}
	}
}

// TestStreamGuard tries to reach this machine through a stream.
func TestStreamGuard(t *testing.T) {
	client := fetch.New(fetch.Options{})
	for _, address := range []string{"wss://127.0.0.1/", "ws://[::1]/", "wss://169.254.169.254/", "wss://10.0.0.1:8443/"} {
		_, err := client.Stream(t.Context(), address)
		if !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("%s: %v, want it refused", address, err)
		}
	}
	forbidden := fetch.New(fetch.Options{Base: answers{"https://a.example/robots.txt": {body: "User-agent: *\nDisallow: /"}}, Dial: (&jetstream{}).dial})
	if _, err := forbidden.Stream(t.Context(), "wss://a.example/subscribe"); !errors.Is(err, fetch.ErrBlocked) {
		t.Errorf("robots.txt forbids it: %v, want blocked", err)
	}
}

// FuzzBluesky sends any event.
func FuzzBluesky(f *testing.F) {
	for _, e := range readEvents("testdata/bluesky/response.jsonl") {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var e blueskyEvent
		if json.Unmarshal([]byte(text), &e) != nil {
			return
		}
		r := &blueskyRun{bluesky: &bluesky{}, round: newRound(Request{Now: testNow}, func(m brand.Mention) error {
			if m.ExternalID == "" || strings.TrimSpace(m.Text) == "" || m.PublishedAt.IsZero() {
				t.Errorf("%+v", m)
			}
			return nil
		})}
		if err := r.take(e); err != nil {
			t.Error(err)
		}
	})
}

func readEvents(path string) []string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

// TestBlueskyLexicon compares the fields that are read with the published schema
// of a post.
func TestBlueskyLexicon(t *testing.T) {
	data, err := os.ReadFile("../../shared/data/fixtures/bluesky/lexicons/post.json")
	if err != nil {
		t.Skip("the published schema is not beside this checkout:", err)
	}
	var lexicon struct {
		ID   string `json:"id"`
		Defs struct {
			Main struct {
				Record struct {
					Required   []string `json:"required"`
					Properties map[string]struct {
						Type   string `json:"type"`
						Format string `json:"format"`
					} `json:"properties"`
				} `json:"record"`
			} `json:"main"`
		} `json:"defs"`
	}
	if err := json.Unmarshal(data, &lexicon); err != nil {
		t.Fatal(err)
	}
	p := lexicon.Defs.Main.Record.Properties
	if lexicon.ID != blueskyPosts || p["text"].Type != "string" || p["createdAt"].Format != "datetime" || p["langs"].Type != "array" {
		t.Errorf("%s has %+v", lexicon.ID, p)
	}
	for _, must := range lexicon.Defs.Main.Record.Required {
		if must != "text" && must != "createdAt" {
			t.Errorf("%s is required and not read", must)
		}
	}
}
