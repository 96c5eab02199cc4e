package fetch

import (
	"net/http"
	"strconv"
	"time"
)

// longestAway bounds what a site may ask: one header must not silence a source
// for a year.
const longestAway = time.Hour

// retryAt returns when the site wants us back, or zero when it does not say. Some
// servers send Retry-After twice, once as a date: the later one counts. Others
// send only the reset time of their rate limit.
func retryAt(h http.Header, now time.Time) time.Time {
	var at time.Time
	for _, v := range h.Values("Retry-After") {
		at = later(at, parseRetry(v, now))
	}
	if at.IsZero() && h.Get("X-RateLimit-Remaining") == "0" {
		at = later(at, parseReset(h.Get("X-RateLimit-Reset")))
	}
	if at.IsZero() || at.Before(now) {
		return time.Time{}
	}
	if at.Sub(now) > longestAway {
		return now.Add(longestAway)
	}
	return at
}

func parseRetry(v string, now time.Time) time.Time {
	if s, err := strconv.Atoi(v); err == nil && s >= 0 {
		return now.Add(time.Duration(min(s, 1<<20)) * time.Second)
	}
	t, _ := http.ParseTime(v)
	return t
}

// parseReset reads unix seconds or RFC 3339.
func parseReset(v string) time.Time {
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Unix(s, 0)
	}
	t, _ := time.Parse(time.RFC3339, v)
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
