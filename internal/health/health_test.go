package health

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pantau/brand"
	"pantau/store"
)

// get asks for a page of a server on loopback under a Host name.
func get(t *testing.T, server *httptest.Server, method, path, host string) (code int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func TestPages(t *testing.T) {
	at := time.Date(2026, 11, 21, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name     string
		state    func(h *Health)
		healthz  int
		readyz   int
		wantBody string
	}{
		{"before the start", func(*Health) {}, 200, 503, "not ready\n"},
		{"all is well", func(h *Health) { h.SetReady(true) }, 200, 200, "ready\n"},
		{"works in part", func(h *Health) {
			h.SetReady(true)
			h.Set(DiskLow, "100 MiB\nready", at)
		}, 200, 200, "ready\ndegraded disk_low since 2026-11-21T03:04:05Z: 100 MiB ready\n"},
		{"the store takes nothing", func(h *Health) {
			h.SetReady(true)
			h.Set(Store, "disk_full", at)
		}, 200, 503, "not ready\ndegraded store since 2026-11-21T03:04:05Z: disk_full\n"},
		{"a loop is stuck", func(h *Health) {
			h.SetReady(true)
			h.Start("source toko", -1)
		}, 503, 503, "not ready\nstuck source toko\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := New(Build{}, time.Now)
			tt.state(h)
			server := httptest.NewServer(h.Handler())
			defer server.Close()
			if code, _ := get(t, server, "GET", "/healthz", ""); code != tt.healthz {
				t.Errorf("/healthz = %d, want %d", code, tt.healthz)
			}
			if code, body := get(t, server, "GET", "/readyz", ""); code != tt.readyz || body != tt.wantBody {
				t.Errorf("/readyz = %d %q, want %d %q", code, body, tt.readyz, tt.wantBody)
			}
		})
	}
}

// TestOnlyThisMachine refuses what a web page in a local browser could ask for
// under a name of its own, and everything that is no question.
func TestOnlyThisMachine(t *testing.T) {
	server := httptest.NewServer(New(Build{}, time.Now).Handler())
	defer server.Close()
	tests := []struct {
		name, method, host string
		want               int
	}{
		{"an address", "GET", "127.0.0.1:9108", 200},
		{"IPv6", "GET", "[::1]:9108", 200},
		{"localhost", "GET", "localhost", 200},
		{"a name that was bound to this machine", "GET", "evil.example:9108", 403},
		{"localhost in front of another name", "GET", "localhost.evil.example", 403},
		{"another address", "GET", "192.168.1.5:9108", 403},
		{"a post", "POST", "localhost", 405},
		{"a delete", "DELETE", "localhost", 405},
	}
	for _, tt := range tests {
		for _, path := range []string{"/healthz", "/metrics"} {
			if code, _ := get(t, server, tt.method, path, tt.host); code != tt.want {
				t.Errorf("%s: %s %s as %s = %d, want %d", tt.name, tt.method, path, tt.host, code, tt.want)
			}
		}
	}
}

// busy returns a health in which everything has happened once.
func busy(t *testing.T) *Health {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "pantau.db"), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := New(Build{Version: "1", Lexicon: "1"}, time.Now)
	h.Attach(db, []string{"C1"}, "quiet hours", time.Now)
	h.Watch([]Source{{Name: "toko", Brand: "A", Kind: "feed", Every: time.Minute, Status: "never"}})
	h.Ran("toko", "fresh", 1, time.Now())
	h.Deliveries.WithLabelValues("C1", Delivered).Inc()
	h.Detect.Observe(1)
	h.Delay.Observe(1)
	h.Collect.Observe(1)
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.QueueReport(brand.Alert{Change: brand.Degraded, By: "store"}, "x", []string{"C1"}, time.Now().Add(-time.Minute))
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func metrics(t *testing.T, h *Health) string {
	t.Helper()
	server := httptest.NewServer(h.Handler())
	defer server.Close()
	code, body := get(t, server, "GET", "/metrics", "")
	if code != 200 {
		t.Fatalf("/metrics = %d %s", code, body)
	}
	return body
}

// TestDashboardAndRulesNameRealMetrics reads every metric that the dashboard and
// the rules name, and finds it on the page.
func TestDashboardAndRulesNameRealMetrics(t *testing.T) {
	page := metrics(t, busy(t))
	have := map[string]bool{"up": true}
	for _, m := range regexp.MustCompile(`(?m)^([a-z_]+)[{ ]`).FindAllStringSubmatch(page, -1) {
		have[m[1]] = true
	}
	for _, file := range []string{"../../docs/grafana/pantau.json", "../../docs/prometheus/rules.yml", "../../docs/prometheus/rules_test.yml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile(`\b(pantau|process|go)_[a-z_]+`).FindAllString(string(data), -1)
		if len(named) < 10 {
			t.Errorf("%s names %d metrics: the test does not see them", file, len(named))
		}
		for _, name := range named {
			if !have[name] {
				t.Errorf("%s names %s, which is not on /metrics", file, name)
			}
		}
	}
	for _, want := range []string{`pantau_outbox_deliveries{channel="C1",state="pending"} 1`, `pantau_source_status{brand="A",source="toko",status="fresh"} 1`} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if strings.Contains(page, `pantau_outbox_oldest_seconds{channel="C1"} 0`) {
		t.Error("an alert of a minute ago has no age")
	}
}

// TestMetricsAreDocumented keeps the table of docs/operations.md true.
func TestMetricsAreDocumented(t *testing.T) {
	docs, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (pantau_[a-z_]+)`).FindAllStringSubmatch(metrics(t, busy(t)), -1) {
		if !strings.Contains(string(docs), "`"+m[1]+"`") {
			t.Errorf("docs/operations.md does not explain %s", m[1])
		}
	}
	for _, m := range Modes() {
		if !strings.Contains(string(docs), "| `"+string(m)+"` |") {
			t.Errorf("docs/operations.md does not explain the mode %s", m)
		}
	}
}

// TestCardinality: what the outside says never becomes a label.
func TestCardinality(t *testing.T) {
	h := busy(t)
	lines := strings.Count(metrics(t, h), "\n")
	for n := range 1000 {
		h.Ran("toko", fmt.Sprintf("status-%d", n), n, time.Now())
		h.Ran(fmt.Sprintf("source-%d", n), "fresh", n, time.Now())
		h.Set(Channel, fmt.Sprintf("detail %d", n), time.Now())
	}
	if got := strings.Count(metrics(t, h), "\n"); got != lines {
		t.Errorf("%d lines of metrics became %d", lines, got)
	}
}

func TestRulesAreSound(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool: apt-get install prometheus")
	}
	cmd := exec.CommandContext(t.Context(), promtool, "test", "rules", "rules_test.yml", "rules_days_test.yml")
	cmd.Dir = "../../docs/prometheus"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

func TestPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pulses
		loop := p.Start("loop", time.Minute)
		task := p.Start("task", time.Hour)
		time.Sleep(50 * time.Second)
		loop.Beat()
		time.Sleep(50 * time.Second)
		if stuck := p.Stuck(); len(stuck) != 0 {
			t.Errorf("Stuck = %v, want none: it beat 50 s ago", stuck)
		}
		time.Sleep(50 * time.Minute)
		if stuck := p.Stuck(); len(stuck) != 1 || stuck[0] != "loop" {
			t.Errorf("Stuck = %v, want the loop alone", stuck)
		}
		loop.Stop()
		task.Stop()
		time.Sleep(24 * time.Hour)
		if stuck := p.Stuck(); len(stuck) != 0 {
			t.Errorf("Stuck = %v, want none after the stop", stuck)
		}
	})
}

func TestStatus(t *testing.T) {
	now := time.Now()
	h := New(Build{}, time.Now)
	h.Watch([]Source{{Name: "a", Every: time.Hour, LastSuccess: now}, {Name: "b", Every: time.Hour}})
	if got, want := h.Status(1, 0, 0, now), "1 brand, 1 of 2 sources fresh, outbox empty"; got != want {
		t.Errorf("Status = %q, want %q", got, want)
	}
	h.Set(WAL, "x", now)
	h.Set(Store, "x", now)
	if got, want := h.Status(3, 90*time.Second, 2, now), "3 brands, 1 of 2 sources fresh, outbox 2 waiting for 1m30s; degraded: store, wal"; got != want {
		t.Errorf("Status = %q, want %q", got, want)
	}
}

func TestServeStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- New(Build{}, time.Now).Serve(ctx, "127.0.0.1:0") }()
	cancel()
	if err := <-done; err != nil && ctx.Err() == nil {
		t.Errorf("Serve = %v", err)
	}
	if err := New(Build{}, time.Now).Serve(t.Context(), "127.0.0.1:99999"); err == nil {
		t.Error("an address that cannot be had was served")
	}
}
