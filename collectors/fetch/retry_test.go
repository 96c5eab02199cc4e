package fetch

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAt(t *testing.T) {
	now := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	tests := []struct {
		name    string
		headers http.Header
		want    time.Duration // from now, 0 is no time
	}{
		{"nothing", http.Header{}, 0},
		{"seconds", http.Header{"Retry-After": {"120"}}, 2 * time.Minute},
		{"a date", http.Header{"Retry-After": {"Sat, 21 Nov 2026 03:05:00 GMT"}}, 5 * time.Minute},
		{"both: the later", http.Header{"Retry-After": {"120", "Sat, 21 Nov 2026 03:05:00 GMT"}}, 5 * time.Minute},
		{"the past", http.Header{"Retry-After": {"Sat, 21 Nov 2026 02:05:00 GMT"}}, 0},
		{"nonsense", http.Header{"Retry-After": {"soon"}}, 0},
		{"negative", http.Header{"Retry-After": {"-5"}}, 0},
		{"a year is an hour", http.Header{"Retry-After": {"31536000"}}, time.Hour},
		{"a reset in RFC 3339", http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"2026-11-21T03:01:00.000Z"}}, time.Minute},
		{"a reset in unix seconds", http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"1795230060"}}, time.Minute},
		{"a reset with requests left", http.Header{"X-Ratelimit-Remaining": {"7"}, "X-Ratelimit-Reset": {"1795230060"}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want time.Time
			if tt.want > 0 {
				want = now.Add(tt.want)
			}
			if got := retryAt(tt.headers, now); !got.Equal(want) {
				t.Errorf("retryAt(%v) = %s, want %s", tt.headers, got, want)
			}
		})
	}
}

func TestRetries(t *testing.T) {
	tests := []struct {
		name     string
		answers  []func(*http.Request) *http.Response
		want     error
		requests int
	}{
		{"5xx twice, then good", []func(*http.Request) *http.Response{reply(500, ""), reply(502, ""), reply(200, "ok")}, nil, 3},
		{"5xx three times", []func(*http.Request) *http.Response{reply(500, ""), reply(500, ""), reply(500, ""), reply(200, "ok")}, ErrUnavailable, 3},
		{"a short Retry-After is waited for", []func(*http.Request) *http.Response{reply(429, "", "Retry-After: 10"), reply(200, "ok")}, nil, 2},
		{"a long one is told", []func(*http.Request) *http.Response{reply(429, "", "Retry-After: 600"), reply(200, "ok")}, ErrRateLimited, 1},
		{"429 without a time is told", []func(*http.Request) *http.Response{reply(429, ""), reply(200, "ok")}, ErrRateLimited, 1},
		{"403 is not repeated", []func(*http.Request) *http.Response{reply(403, ""), reply(200, "ok")}, ErrBlocked, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			s := site{"https://a.example/x": func(r *http.Request) *http.Response { n++; return tt.answers[n-1](r) }}
			if _, err := get(t, s, Policy{}, "https://a.example/x"); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) || n != tt.requests {
				t.Errorf("Get = %v after %d requests, want %v after %d", err, n, tt.want, tt.requests)
			}
		})
	}
}

func TestStaysAwayAsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{next: site{"https://a.example/x": reply(429, "", "Retry-After: 600")}}
		c := New(Options{Base: l})
		for range 3 {
			if _, err := c.Get(t.Context(), Request{URL: "https://a.example/x"}); !errors.Is(err, ErrRateLimited) {
				t.Errorf("Get = %v, want rate limited", err)
			}
		}
		if len(l.seen) != 2 { // robots.txt and one page
			t.Errorf("%v was asked for within the time, want one page", l.seen)
		}
		time.Sleep(11 * time.Minute)
		_, _ = c.Get(t.Context(), Request{URL: "https://a.example/x"})
		if len(l.seen) != 3 {
			t.Errorf("%v was asked for after the time, want one page more", l.seen)
		}
	})
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{next: site{"https://a.example/x": reply(500, ""), "https://b.example/x": reply(200, "ok")}}
		c := New(Options{Base: l})
		for range 5 {
			_, _ = c.Get(t.Context(), Request{URL: "https://a.example/x"})
		}
		if len(l.seen) != 1+6 {
			t.Errorf("%d requests to a host that fails, want robots.txt and 6", len(l.seen))
		}
		if _, err := c.Get(t.Context(), Request{URL: "https://b.example/x"}); err != nil {
			t.Errorf("another host: %v", err)
		}
		before := len(l.seen)
		time.Sleep(breakerPause + time.Second)
		_, _ = c.Get(t.Context(), Request{URL: "https://a.example/x"})
		if len(l.seen) != before+1 {
			t.Errorf("%d requests after the pause, want one to try", len(l.seen)-before)
		}
	})
}
