package collectors

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
)

// answers is a site: it answers an address with a raw body and headers, and
// everything else with 404.
type answers map[string]answer

type answer struct {
	status int // 0 is 200
	header string
	body   string
}

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	got, ok := a[req.URL.String()]
	if !ok {
		got.status = http.StatusNotFound
	}
	if got.status == 0 {
		got.status = http.StatusOK
	}
	h := http.Header{}
	if key, value, ok := strings.Cut(got.header, ": "); ok {
		h.Set(key, value)
	}
	return &http.Response{StatusCode: got.status, ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: newBody(got.body), Request: req}, nil
}

type bodyReader struct{ *strings.Reader }

func (bodyReader) Close() error { return nil }

func newBody(s string) bodyReader { return bodyReader{strings.NewReader(s)} }

func TestUnknownKind(t *testing.T) {
	_, err := New(source(t, "fax", ""), nil)
	if err == nil || !strings.Contains(err.Error(), `"fax" is not one of `) || !strings.Contains(err.Error(), "feed") {
		t.Errorf("New = %v, want the kinds that there are", err)
	}
}

// TestOptions checks the mistakes that each kind finds in its options.
func TestOptions(t *testing.T) {
	tests := []struct{ name, kind, options, want string }{
		{"unknown option", "feed", `url = "https://a.example"` + "\n" + `adress = "x"`, "config.toml:7: sources[0].options.adress: unknown key"},
		{"wrong type", "feed", `url = 5`, "config.toml:6: sources[0].options.url"},
		{"no address", "feed", ``, "sources[0].options.url"},
		{"a password in an address", "feed", `url = "https://me:hunter2@a.example/feed"`, `options.url: holds a user name or password`},
		{"no scheme", "feed", `url = "a.example/feed"`, `"a.example/feed" is not an address that starts with https://`},
		{"unknown zone", "feed", "url = \"https://a.example\"\nzone = \"WIP\"", `"WIP" is not a time zone`},
		{"too many pages", "feed", "url = \"https://a.example\"\npages = 1000", "1000 is not a number from 1 to 100"},
		{"robots without a reason", "feed", "url = \"https://a.example\"\nrobots = \"ignore\"", "needs options.robots_reason"},
		{"a reason without robots", "feed", "url = \"https://a.example\"\nrobots_reason = \"x\"", `robots is not "ignore"`},
		{"robots misspelt", "feed", "url = \"https://a.example\"\nrobots = \"no\"", `"no" is not one of obey, ignore`},
		{"no path", "file", ``, "options.path: is missing"},
		{"a broken pattern", "file", `path = "[a"`, `"[a" is not a pattern`},
		{"unknown format", "file", "path = \"a\"\nformat = \"xlsx\"", `"xlsx" is not one of csv`},
		{"unknown field", "file", "path = \"a\"\nmap = { teks = \"a\" }", `"teks" is not one of id, time`},
		{"a number for a column", "file", "path = \"a\"\nmap = { text = 3 }", "is not the name of a column"},
		{"unknown stream", "sample", `stream = "radio"`, `"radio" is not one of aplikasi`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(source(t, tt.kind, tt.options), fetch.New(fetch.Options{Base: answers{}}))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSampleComesTrue(t *testing.T) {
	c, err := New(source(t, "sample", `stream = "toko"`), nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]time.Time{}
	cursor := ""
	for hours := range 30 {
		now := testNow.Add(time.Duration(hours) * time.Hour)
		report, err := c.Collect(t.Context(), Request{Now: now, Cursor: cursor}, func(m brand.Mention) error {
			if _, twice := seen[m.ExternalID]; twice || m.PublishedAt.After(now) {
				t.Errorf("at %s came %s of %s", now, m.ExternalID, m.PublishedAt)
			}
			seen[m.ExternalID] = m.PublishedAt
			return nil
		})
		if err != nil || report.Status != Fresh || report.To != now {
			t.Fatalf("run %d: %+v, %v", hours, report, err)
		}
		if hours == 0 && (len(seen) < 100 || now.Sub(report.From) < 60*24*time.Hour) {
			t.Errorf("the first run gave %d rows since %s, want sixty days", len(seen), report.From)
		}
		cursor = report.Cursor
	}
}

func TestSampleCursor(t *testing.T) {
	c, err := New(source(t, "sample", `stream = "toko"`), nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Collect(t.Context(), Request{Now: testNow, Cursor: "{"}, nil)
	if err != nil || report.Status != Failed || report.Cursor != "{" {
		t.Errorf("a broken cursor: %+v, %v, want a failed run that keeps it", report, err)
	}
	full := errors.New("disk full")
	if _, err := c.Collect(t.Context(), Request{Now: testNow}, func(brand.Mention) error { return full }); !errors.Is(err, full) {
		t.Errorf("Collect = %v, want the error of emit", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Collect(ctx, Request{Now: testNow}, func(brand.Mention) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Collect = %v, want the end of the context", err)
	}
}

// TestMain makes the secrets of the fixtures private, as they must be to be read:
// git keeps no such modes.
func TestMain(m *testing.M) {
	files, err := filepath.Glob("testdata/*/*-for-tests*")
	for _, file := range files {
		err = errors.Join(err, os.Chmod(file, 0o600))
	}
	if err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
