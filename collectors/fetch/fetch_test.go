package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// site answers by host and path. An address that it does not know is 404.
type site map[string]func(*http.Request) *http.Response

func (s site) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, ok := s[req.URL.Scheme+"://"+req.URL.Host+req.URL.Path]
	if !ok {
		return reply(404, "")(req), nil
	}
	resp := answer(req)
	if resp == nil {
		return nil, errors.New("connection reset by peer")
	}
	return resp, nil
}

// reply makes an answer; headers are "Key: value".
func reply(status int, body string, headers ...string) func(*http.Request) *http.Response {
	return func(req *http.Request) *http.Response {
		h := http.Header{}
		for _, line := range headers {
			key, value, _ := strings.Cut(line, ": ")
			h.Add(key, value)
		}
		return &http.Response{StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: req}
	}
}

// log counts requests and when they came.
type log struct {
	next http.RoundTripper
	seen []string
	at   []time.Time
}

func (l *log) RoundTrip(req *http.Request) (*http.Response, error) {
	l.seen = append(l.seen, req.URL.String())
	l.at = append(l.at, time.Now())
	return l.next.RoundTrip(req)
}

// get fetches one address in fake time.
func get(t *testing.T, base http.RoundTripper, p Policy, address string) (resp *Response, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		resp, err = New(Options{Base: base}).With(p).Get(t.Context(), Request{URL: address})
	})
	return resp, err
}

func TestRobotsDecide(t *testing.T) {
	page := reply(200, "ok")
	const rule = "User-agent: pantau\nDisallow: /secret\n"
	tests := []struct {
		name   string
		site   site
		policy Policy
		path   string
		want   error
	}{
		{"no robots.txt allows", site{"https://a.example/x": page}, Policy{}, "/x", nil},
		{"a rule forbids", site{"https://a.example/robots.txt": reply(200, rule)}, Policy{}, "/secret/x", ErrBlocked},
		{"a rule does not forbid the rest", site{"https://a.example/robots.txt": reply(200, rule), "https://a.example/x": page}, Policy{}, "/x", nil},
		{"403 for robots.txt allows", site{"https://a.example/robots.txt": reply(403, ""), "https://a.example/x": page}, Policy{}, "/x", nil},
		{"500 for robots.txt forbids", site{"https://a.example/robots.txt": reply(500, ""), "https://a.example/x": page}, Policy{}, "/x", ErrUnavailable},
		{"a broken connection for robots.txt forbids", site{"https://a.example/robots.txt": func(*http.Request) *http.Response { return nil }, "https://a.example/x": page}, Policy{}, "/x", ErrUnavailable},
		{"robots.txt may redirect", site{"https://a.example/robots.txt": reply(301, "", "Location: https://b.example/r.txt"), "https://b.example/r.txt": reply(200, rule)}, Policy{}, "/secret", ErrBlocked},
		{"every hop is asked", site{"https://a.example/x": reply(302, "", "Location: /secret"), "https://a.example/robots.txt": reply(200, rule), "https://a.example/secret": page}, Policy{}, "/x", ErrBlocked},
		{"the next host's robots.txt counts too", site{"https://a.example/x": reply(302, "", "Location: https://b.example/secret"), "https://b.example/robots.txt": reply(200, rule), "https://b.example/secret": page}, Policy{}, "/x", ErrBlocked},
		{"the operator may ignore it", site{"https://a.example/robots.txt": reply(200, rule), "https://a.example/secret": page}, Policy{Robots: "ignore", RobotsReason: "own site"}, "/secret", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := get(t, tt.site, tt.policy, "https://a.example"+tt.path); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Errorf("Get(%s) = %v, want %v", tt.path, err, tt.want)
			}
		})
	}
}

func TestCredentialsAreNotCrawling(t *testing.T) {
	s := site{"https://a.example/robots.txt": reply(200, "User-agent: *\nDisallow: /"), "https://a.example/api": reply(200, "{}")}
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Base: s})
		if _, err := c.Get(t.Context(), Request{URL: "https://a.example/api", Header: http.Header{"Authorization": {"Bearer x"}}}); err != nil {
			t.Errorf("a request with the operator's key: %v", err)
		}
		if _, err := c.Get(t.Context(), Request{URL: "https://a.example/api"}); !errors.Is(err, ErrBlocked) {
			t.Errorf("the same without a key: %v, want blocked", err)
		}
	})
}

func TestAnswers(t *testing.T) {
	const challenge = "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"
	const article = "<!DOCTYPE html><html><head><title>Rina's blog</title></head><body>The page said: Just a moment... Checking your browser</body></html>"
	tests := []struct {
		name   string
		answer func(*http.Request) *http.Response
		want   error
	}{
		{"200", reply(200, "ok"), nil},
		{"404 is for the collector to judge", reply(404, ""), nil},
		{"401", reply(401, ""), ErrBlocked},
		{"403", reply(403, "<html>"), ErrBlocked},
		{"451", reply(451, ""), ErrBlocked},
		{"429", reply(429, ""), ErrRateLimited},
		{"500 to the end", reply(500, ""), ErrUnavailable},
		{"a connection that breaks", func(*http.Request) *http.Response { return nil }, ErrUnavailable},
		{"a challenge page with 200", reply(200, challenge, "Content-Type: text/html"), ErrBlocked},
		{"a challenge page with 503", reply(503, challenge, "Content-Type: text/html"), ErrBlocked},
		{"a challenge that only a header tells", reply(200, "{}", "Cf-Mitigated: challenge"), ErrBlocked},
		{"an article about such a page", reply(200, article, "Content-Type: text/html"), nil},
		{"more than the limit", reply(200, strings.Repeat("x", maxBody+1)), ErrTooLarge},
		{"exactly the limit", reply(200, strings.Repeat("x", maxBody)), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := get(t, site{"https://a.example/x": tt.answer}, Policy{}, "https://a.example/x")
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Errorf("Get = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestForm(t *testing.T) {
	s := site{"https://a.example/token": func(r *http.Request) *http.Response {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || string(body) != "a=b+c" {
			t.Errorf("%s %v %q %v, want a posted form", r.Method, r.Header, body, err)
		}
		return reply(200, "{}")(r)
	}}
	synctest.Test(t, func(t *testing.T) {
		if _, err := New(Options{Base: s}).Get(t.Context(), Request{URL: "https://a.example/token", Form: url.Values{"a": {"b c"}}}); err != nil {
			t.Error(err)
		}
	})
}

func TestErrorsKeepTheAddressSecret(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) *http.Response{
		"403": reply(403, ""), "500": reply(500, ""), "broken": func(*http.Request) *http.Response { return nil },
		"redirects": reply(302, "", "Location: /feeds/12345/token"), "downgrade": reply(302, "", "Location: http://a.example/feeds/12345"),
	} {
		_, err := get(t, site{"https://a.example/feeds/12345/token": answer}, Policy{}, "https://a.example/feeds/12345/token?key=hunter2")
		if err == nil || strings.Contains(err.Error(), "12345") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want an error that names only the host", name, err)
		}
	}
}

func TestRedirects(t *testing.T) {
	hops := site{}
	for i := range 10 {
		hops[fmt.Sprintf("https://a.example/%d", i)] = reply(302, "", fmt.Sprintf("Location: /%d", i+1))
	}
	hops["https://a.example/10"] = reply(200, "ok")
	tests := []struct {
		name, from string
		site       site
		want       error
	}{
		{"five are followed", "https://a.example/5", hops, nil},
		{"six are not", "https://a.example/4", hops, ErrRefused},
		{"a loop ends", "https://a.example/l", site{"https://a.example/l": reply(302, "", "Location: /l")}, ErrRefused},
		{"http to https", "http://a.example/x", site{"http://a.example/x": reply(301, "", "Location: https://a.example/x"), "https://a.example/x": reply(200, "ok")}, nil},
		{"https to http", "https://a.example/x", site{"https://a.example/x": reply(301, "", "Location: http://a.example/y")}, ErrRefused},
		{"to a file", "https://a.example/x", site{"https://a.example/x": reply(301, "", "Location: file:///etc/passwd")}, ErrRefused},
		{"to an address with a password", "https://a.example/x", site{"https://a.example/x": reply(301, "", "Location: https://u:p@b.example/")}, ErrRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := get(t, tt.site, Policy{}, tt.from); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Errorf("Get(%s) = %v, want %v", tt.from, err, tt.want)
			}
		})
	}
}

// TestRefusalFreesTheHost: a host whose redirect was refused can be asked again.
func TestRefusalFreesTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Base: site{"https://a.example/x": reply(301, "", "Location: http://a.example/y"), "https://a.example/z": reply(200, strings.Repeat("x", maxBody+1)),
			"https://a.example/ok": reply(200, "ok")}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, path := range []string{"x", "z", "x"} {
			if _, err := c.Get(ctx, Request{URL: "https://a.example/" + path}); err == nil {
				t.Errorf("%s was read", path)
			}
		}
		if _, err := c.Get(ctx, Request{URL: "https://a.example/ok"}); err != nil {
			t.Error(err)
		}
	})
}

func TestKeysStayWithTheirHost(t *testing.T) {
	var got http.Header
	s := site{"https://a.example/x": reply(302, "", "Location: https://b.example/y"),
		"https://b.example/y": func(r *http.Request) *http.Response { got = r.Header; return reply(200, "ok")(r) }}
	synctest.Test(t, func(t *testing.T) {
		header := http.Header{"X-Api-Key": {"secret"}, "Authorization": {"Bearer secret"}, "Cookie": {"a=secret"}, "Accept": {"text/html"}}
		if _, err := New(Options{Base: s}).Get(t.Context(), Request{URL: "https://a.example/x", Header: header, ETag: "secret"}); err != nil {
			t.Fatal(err)
		}
	})
	if got.Get("Accept") != "text/html" || strings.Contains(fmt.Sprint(got), "secret") {
		t.Errorf("the second host got %v, want Accept and no secret", got)
	}
}

func TestPace(t *testing.T) {
	tests := []struct {
		name, robots string
		least, most  time.Duration
	}{
		{"the gap and up to a quarter more", "", 2 * time.Second, 2500 * time.Millisecond},
		{"Crawl-delay when it is longer", "User-agent: *\nCrawl-delay: 20", 20 * time.Second, 25 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &log{next: site{"https://a.example/x": reply(200, "ok"), "https://a.example/robots.txt": reply(200, tt.robots)}}
				c := New(Options{Base: l})
				for range 4 {
					if _, err := c.Get(t.Context(), Request{URL: "https://a.example/x"}); err != nil {
						t.Fatal(err)
					}
				}
				if len(l.at) != 5 {
					t.Fatalf("%d requests (%v), want robots.txt once and 4 pages", len(l.at), l.seen)
				}
				for i := 2; i < len(l.at); i++ {
					if gap := l.at[i].Sub(l.at[i-1]); gap < tt.least || gap > tt.most {
						t.Errorf("%s between two requests, want %s to %s", gap, tt.least, tt.most)
					}
				}
			})
		})
	}
}

// TestOneSiteHasOnePace: two sources may write the name of one site in two ways.
func TestOneSiteHasOnePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{next: site{}}
		c := New(Options{Base: l})
		addresses := []string{"https://a.example/x", "https://A.example/x", "https://a.example:443/x", "https://a.example./x", "http://a.example:80/x"}
		for _, address := range addresses {
			_, _ = c.Get(t.Context(), Request{URL: address})
		}
		if len(l.at) < 2*len(addresses)-3 {
			t.Fatalf("%d requests (%v), want a page of each address", len(l.at), l.seen)
		}
		for i := 1; i < len(l.at); i++ {
			if gap := l.at[i].Sub(l.at[i-1]); gap < 2*time.Second {
				t.Errorf("%s between %s and %s, want 2s at least", gap, l.seen[i-1], l.seen[i])
			}
		}
	})
}

func TestOneRequestAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := 0
		slow := func(r *http.Request) *http.Response {
			if busy++; busy > 1 {
				t.Errorf("%d requests to one host at once", busy)
			}
			time.Sleep(5 * time.Second)
			busy--
			return reply(200, "ok")(r)
		}
		c := New(Options{Base: site{"https://a.example/x": slow}})
		done := make(chan error)
		for range 3 {
			go func() {
				_, err := c.Get(t.Context(), Request{URL: "https://a.example/x"})
				done <- err
			}()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Base: site{"https://a.example/x": reply(200, "ok")}, Gap: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := c.Get(ctx, Request{URL: "https://a.example/x"})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("Get = %v after %s, want the end of the context after a minute", err, time.Since(start))
		}
	})
}

func TestSlowBodyEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := site{"https://a.example/x": func(r *http.Request) *http.Response {
			resp := reply(200, "")(r)
			resp.Body = &trickle{r.Context()}
			return resp
		}}
		c := New(Options{Base: s})
		if _, err := c.Get(t.Context(), Request{URL: "https://a.example/robots.txt"}); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err := c.Get(t.Context(), Request{URL: "https://a.example/x"})
		if !errors.Is(err, ErrUnavailable) || time.Since(start) > 40*time.Second {
			t.Errorf("Get = %v after %s, want unavailable after about 30 s", err, time.Since(start))
		}
		if err != nil && err.Error() != "a.example: no whole answer within 30s" {
			t.Errorf("Get = %v, want it to say what took too long", err)
		}
	})
}

// trickle gives a byte a second for ever.
type trickle struct{ ctx context.Context }

func (s *trickle) Read(p []byte) (int, error) {
	if err := sleep(s.ctx, time.Second); err != nil {
		return 0, net.ErrClosed // as a connection that was closed under the reader says
	}
	p[0] = 'x'
	return 1, nil
}

func (s *trickle) Close() error { return nil }

func TestConditional(t *testing.T) {
	s := site{"https://a.example/x": func(r *http.Request) *http.Response {
		if r.Header.Get("If-None-Match") == `"1"` && r.Header.Get("If-Modified-Since") == "Fri, 20 Nov 2026 02:00:00 GMT" {
			return reply(304, "")(r)
		}
		return reply(200, "new")(r)
	}}
	synctest.Test(t, func(t *testing.T) {
		resp, err := New(Options{Base: s}).Get(t.Context(), Request{URL: "https://a.example/x", ETag: `"1"`, LastModified: "Fri, 20 Nov 2026 02:00:00 GMT"})
		if err != nil || !resp.NotModified() || resp.OK() != nil {
			t.Errorf("Get = %+v, %v, want 304", resp, err)
		}
	})
}
