package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	maxRobots   = 500 << 10 // bytes that count, RFC 9309 section 2.5
	robotsFresh = 24 * time.Hour
	robotsRetry = 10 * time.Minute // after a robots.txt that could not be read
	maxDelay    = time.Minute      // longest Crawl-delay that is kept
)

// robots returns the rules of the host of req, which it reads first if they are
// not known or old.
func (t *chain) robots(req *http.Request, h *host) (*rules, error) {
	scheme := req.URL.Scheme
	h.mu.Lock()
	known, ok := h.robots[scheme]
	h.mu.Unlock()
	if ok && time.Now().Before(known.expires) {
		return known.rules, known.err
	}
	got, err := t.readRobots(req.Context(), scheme+"://"+req.URL.Host+"/robots.txt")
	if req.Context().Err() != nil {
		return nil, req.Context().Err()
	}
	fresh := cachedRules{rules: got, expires: time.Now().Add(robotsFresh)}
	switch {
	case errors.Is(err, ErrRefused): // true for this source's policy only
		return nil, err
	case err != nil:
		fresh = unreadable(req.URL.Host, err)
	}
	h.mu.Lock()
	h.robots[scheme] = fresh
	h.mu.Unlock()
	return fresh.rules, fresh.err
}

// unreadable forbids everything for a while: RFC 9309 section 2.3.1.4.
func unreadable(host string, err error) cachedRules {
	fresh := cachedRules{err: err, expires: time.Now().Add(robotsRetry)}
	var fe *Error
	if errors.As(err, &fe) {
		fresh.err = &Error{Kind: fe.Kind, Host: host, Status: fe.Status, RetryAt: fresh.expires,
			Text: "robots.txt cannot be read, so nothing else is read either: " + fe.Text}
	}
	return fresh
}

// readRobots gets the file; redirects are followed without asking the robots.txt
// of the next host, as RFC 9309 section 2.3.1.2 has it.
func (t *chain) readRobots(ctx context.Context, address string) (*rules, error) {
	client := &http.Client{Transport: retrying{turnOnly{t}, t.client.hosts.gap}, CheckRedirect: checkRedirect}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	var fe *Error
	if errors.As(err, &fe) && fe.Status >= 400 && fe.Status < 500 {
		return &rules{}, nil
	}
	if err != nil {
		return nil, Explain(ctx, address, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return &rules{}, nil
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxRobots))
	if err != nil {
		return nil, Explain(ctx, address, err)
	}
	return parseRobots(data), nil
}

// turnOnly is the chain without robots.txt.
type turnOnly struct{ *chain }

func (t turnOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkAddress(req.URL); err != nil {
		return nil, err
	}
	return t.turn(req, t.client.hosts.get(req.URL.Host), t.client.hosts.gap)
}
