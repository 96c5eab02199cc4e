package collectors

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testNow is when the first run of every test happens; the second is an hour later.
var testNow = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// TestKinds walks the table of kinds. Each needs in testdata/KIND an example
// config.toml, a recorded response.*, and mentions.golden with what two runs
// hand out. The embedded history of sample is its own recording.
func TestKinds(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join("testdata", kind)
			if recorded, _ := filepath.Glob(filepath.Join(dir, "response.*")); len(recorded) == 0 && kind != "sample" {
				t.Errorf("%s has no recorded response.*", dir)
			}
			src := readSource(t, filepath.Join(dir, "config.toml"))
			if src.Kind != kind {
				t.Errorf("%s/config.toml is of kind %q", dir, src.Kind)
			}
			site := readReplay(t, filepath.Join(dir, "response.http"))
			var out strings.Builder
			synctest.Test(t, func(t *testing.T) {
				stream := readJetstream(t, filepath.Join(dir, "response.jsonl"))
				c, err := New(src, fetch.New(fetch.Options{Base: site, Dial: stream.dial}))
				if err != nil {
					t.Fatal(err)
				}
				req := Request{Now: testNow}
				for site.run = 1; site.run <= 2; site.run++ {
					fmt.Fprintf(&out, "# run %d\n", site.run)
					if r, ok := c.(Receiver); ok {
						post(t, r, filepath.Join(dir, "response.json"), req.Now, &out)
						req.Listening = testNow.Add(-time.Minute)
					}
					req.Cursor = collect(t, c, req, &out).Cursor
					req.Now = req.Now.Add(time.Hour)
				}
			})
			site.checkAllAsked(t)
			checkGolden(t, filepath.Join(dir, "mentions.golden"), out.String())
		})
	}
}

// collect runs c and writes the first mentions and the report.
func collect(t *testing.T, c Collector, req Request, out io.Writer) Report {
	t.Helper()
	n := 0
	req.Rate = func(v brand.Rating) error {
		fmt.Fprintf(out, "rating of %s: %v of %v by %d\n", v.Subject, v.Value, v.Best, v.Count)
		return nil
	}
	req.Answer = func(a brand.Answer) error {
		fmt.Fprintf(out, "answer %s %s: %d\n", a.At.Format(time.RFC3339), a.ExternalID, a.Score)
		return nil
	}
	report, err := c.Collect(t.Context(), req, func(m brand.Mention) error {
		if n++; n <= 12 {
			writeMention(out, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n > 12 {
		fmt.Fprintf(out, "… and %d more\n", n-12)
	}
	fmt.Fprintf(out, "%s %s fetched %d rejected %d gap %v\nwindow %s to %s\n", report.Status, report.Reason, report.Fetched, report.RejectedCount,
		report.Gap, report.From.Format(time.RFC3339), report.To.Format(time.RFC3339))
	for _, r := range append(report.Rejected, report.Warnings...) {
		fmt.Fprintln(out, "  "+r.String())
	}
	return report
}

// post sends a recorded body to a receiver and writes what it would store.
func post(t *testing.T, r Receiver, path string, now time.Time, out io.Writer) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r.(*webhook).now = func() time.Time { return now }
	answer := httptest.NewRecorder()
	r.Handler(func(_ context.Context, mentions []brand.Mention) (Receipt, error) {
		for _, m := range mentions {
			writeMention(out, m)
		}
		return Receipt{Stored: len(mentions)}, nil
	}).ServeHTTP(answer, signedPost(t, "not-a-secret-but-long-enough", now, string(body)))
	fmt.Fprintf(out, "answered %d %s", answer.Code, answer.Body)
}

func writeMention(out io.Writer, m brand.Mention) {
	fmt.Fprintf(out, "%s %s", m.PublishedAt.Format(time.RFC3339), m.ExternalID)
	for _, f := range []struct{ name, value string }{{"stars", strings.Repeat("★", m.Stars)}, {"advice", []string{"", "recommended", "discouraged"}[m.Advice]}, {"version", m.Version}, {"place", m.Place},
		{"author", m.Author}, {"url", m.URL}, {"title", m.Title}, {"text", m.Text}, {"reply", m.Reply}} {
		if f.value != "" {
			fmt.Fprintf(out, "\n    %-8s%s", f.name, strings.ReplaceAll(f.value, "\n", "\n            "))
		}
	}
	if !m.RepliedAt.IsZero() {
		fmt.Fprintf(out, "\n    replied %s", m.RepliedAt.Format(time.RFC3339))
	}
	fmt.Fprintln(out)
}

func readSource(t *testing.T, path string) config.Source {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	src, err := config.ParseSource(filepath.Base(path), data)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// source makes a source from its options, for tests without a file.
func source(t *testing.T, kind, options string) config.Source {
	t.Helper()
	src, err := parseTestSource(kind, options)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func parseTestSource(kind, options string) (config.Source, error) {
	return config.ParseSource("config.toml", []byte(fmt.Sprintf("[[sources]]\nname = \"test\"\nkind = %q\nbrand = \"b\"\n[sources.options]\n%s\n", kind, options)))
}

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update rewrites it:\n%s", path, diff)
	}
}

// replay answers requests from a file of raw HTTP responses. Above each stands
// "-- ADDRESS --", or "-- run 2: ADDRESS --". A request that was not recorded
// fails, except for robots.txt.
type replay struct {
	t     *testing.T
	run   int
	files map[string][]byte
	asked map[string]bool
}

func readReplay(t *testing.T, path string) *replay {
	t.Helper()
	r := &replay{t: t, run: 1, files: map[string][]byte{}, asked: map[string]bool{}}
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return r // a kind that does not fetch
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		name, body, ok := strings.Cut(section, " --\n")
		if !ok {
			t.Fatalf("%s: no end of the address in %.80q", path, section)
		}
		r.files[name] = []byte(body)
	}
	return r
}

func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	name := fmt.Sprintf("run %d: %s", r.run, req.URL)
	data, ok := r.files[name]
	if !ok {
		name = req.URL.String()
		data, ok = r.files[name]
	}
	switch {
	case !ok && req.URL.Path == "/robots.txt":
		data = []byte("HTTP/1.1 404 Not Found\n\n")
	case !ok:
		r.t.Errorf("run %d asked for %s, which was not recorded", r.run, req.URL)
		data = []byte("HTTP/1.1 404 Not Found\n\n")
	}
	r.asked[name] = true
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), req)
	if err == nil && resp.Header.Get("ETag") != "" && resp.Header.Get("ETag") == req.Header.Get("If-None-Match") {
		resp.StatusCode, resp.Body = http.StatusNotModified, http.NoBody
	}
	return resp, err
}

func (r *replay) checkAllAsked(t *testing.T) {
	t.Helper()
	for name := range r.files {
		if !r.asked[name] {
			t.Errorf("the recorded %s was never asked for", name)
		}
	}
}

func clientFor(site http.RoundTripper) *fetch.Client { return fetch.New(fetch.Options{Base: site}) }

func testClient() *fetch.Client { return clientFor(answers{}) }

// inFakeTime runs f where pauses between requests take no time.
func inFakeTime(t *testing.T, f func(*testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// run makes one run of a source of the given kind against a site.
func run(t *testing.T, kind, options string, site http.RoundTripper, req Request) (mentions []brand.Mention, report Report) {
	t.Helper()
	inFakeTime(t, func(t *testing.T) {
		c, err := New(source(t, kind, options), clientFor(site))
		if err != nil {
			t.Fatal(err)
		}
		report, err = c.Collect(context.Background(), req, func(m brand.Mention) error {
			mentions = append(mentions, m)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return mentions, report
}
