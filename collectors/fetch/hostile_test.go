package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// zeros packs n MiB of zeros.
func zeros(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for range n {
		if _, err := z.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBombs answers with bodies that are small on the wire and huge when
// unpacked, or endless. The client must stop at its limit, in bounded memory.
func TestBombs(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	bomb := zeros(t, 60)
	answers := map[string]func(http.ResponseWriter){
		"/gzip": func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "gzip"); _, _ = w.Write(bomb) },
		"/gzip-twice": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed(t, bomb))
		},
		"/feed.xml.gz":  func(w http.ResponseWriter) { w.Header().Set("Content-Type", "application/gzip"); _, _ = w.Write(bomb) },
		"/other-coding": func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "gzip, gzip"); _, _ = w.Write(bomb) },
		"/endless": func(w http.ResponseWriter) {
			block := make([]byte, 1<<20)
			for err := error(nil); err == nil; {
				_, err = w.Write(block)
			}
		},
		"/headers": func(w http.ResponseWriter) { w.Header().Set("X-Long", strings.Repeat("x", 1<<20)) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer, ok := answers[r.URL.Path]; ok {
			answer(w)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	tests := []struct {
		path string
		want error
		most int // bytes of the body
	}{
		{"/gzip", ErrTooLarge, 0},
		{"/gzip-twice", nil, 1 << 20}, // unpacked once it is harmless, and nobody unpacks it again
		{"/feed.xml.gz", nil, 1 << 20},
		{"/other-coding", nil, 1 << 20},
		{"/endless", ErrTooLarge, 0},
		{"/headers", ErrUnavailable, 0},
	}
	c := New(Options{Gap: time.Millisecond}).With(Policy{AllowPrivate: true})
	defer c.Close()
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			resp, err := c.Get(t.Context(), Request{URL: server.URL + tt.path})
			runtime.ReadMemStats(&after)
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Fatalf("Get = %v, want %v", err, tt.want)
			}
			if resp != nil && len(resp.Body) > tt.most {
				t.Errorf("%d bytes, want at most %d", len(resp.Body), tt.most)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 50 {
				t.Errorf("%d MiB allocated", used)
			}
		})
	}
}

func TestCharsets(t *testing.T) {
	tests := []struct {
		name, contentType, body, want string
	}{
		{"HTML with a header", "text/html; charset=windows-1252", "<p>caf\xe9</p>", "<p>café</p>"},
		{"HTML with a meta", "text/html", "<meta charset=iso-8859-1><p>caf\xe9</p>", "<meta charset=iso-8859-1><p>café</p>"},
		{"HTML in UTF-8", "text/html; charset=utf-8", "<p>café</p>", "<p>café</p>"},
		{"HTML without any label", "", "<!doctype html><p>caf\xe9 \x93x\x94</p>", "<!doctype html><p>café “x”</p>"},
		{"XML that only the header labels", "application/xml; charset=iso-8859-1", "<a>caf\xe9</a>", "<a>café</a>"},
		{"XML that labels itself is left to its parser", "application/xml; charset=iso-8859-1", "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>caf\xe9</a>",
			"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>caf\xe9</a>"},
		{"JSON", "application/json", `{"a":"café"}`, `{"a":"café"}`},
		{"bytes", "application/octet-stream", "\xff\xfe\x00", "\xff\xfe\x00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := get(t, site{"https://a.example/x": reply(200, tt.body, "Content-Type: "+tt.contentType)}, Policy{}, "https://a.example/x")
			if err != nil || string(resp.Body) != tt.want {
				t.Errorf("Get = %q, %v, want %q", resp.Body, err, tt.want)
			}
		})
	}
}

func TestManyHosts(t *testing.T) {
	hs := newHosts(time.Second)
	for i := range maxHosts + 100 {
		hs.get(strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String())
	}
	if n := len(hs.all); n > maxHosts {
		t.Errorf("%d hosts are remembered, want at most %d", n, maxHosts)
	}
}

// FuzzAnswer feeds any answer through the chain: it must end in a response or in
// one of our errors, and give the host back.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "text/html; charset=utf-16", "\xff\xfe<\x00", "1")
	f.Add(429, "", "{}", "99999999999999999999")
	f.Add(302, "application/xml", "<title>Just a moment", "Thu, 01 Jan 1970 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, status int, contentType, body, retry string) {
		h := newHosts(time.Nanosecond).get("a.example")
		if err := h.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}, "Retry-After": {retry}},
			Body: io.NopCloser(strings.NewReader(body)), Request: httptest.NewRequest(http.MethodGet, "https://a.example/", nil)}
		got, err := (&chain{}).answer(resp, h, nil, func() { h.leave(0) })
		var fe *Error
		switch {
		case err != nil && !errors.As(err, &fe):
			t.Errorf("error %v is not one of ours", err)
		case err == nil:
			if _, err := io.ReadAll(got.Body); err != nil {
				t.Errorf("read: %v", err)
			}
			got.Body.Close()
		}
		if len(h.slot) != 0 {
			t.Error("the host was not given back")
		}
	})
}
