package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"code.dny.dev/ssrf"
	"github.com/cenkalti/backoff/v5"
)

const (
	tries    = 3                // of one hop, the first included
	patience = 30 * time.Second // longest wait for a site within a run
)

// retrying repeats a hop that failed in a way that may pass: 5xx, a broken
// connection, or a Retry-After that is short enough to wait for.
type retrying struct {
	next  http.RoundTripper
	pause time.Duration // before the second try; later ones wait longer
}

func (t retrying) RoundTrip(req *http.Request) (*http.Response, error) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = t.pause
	once := func() (*http.Response, error) {
		resp, err := t.next.RoundTrip(req)
		var fe *Error
		switch {
		case err == nil:
			return resp, nil
		case !errors.As(err, &fe), fe.Kind != ErrUnavailable && fe.Kind != ErrRateLimited, req.Body != nil:
			return nil, backoff.Permanent(err)
		case fe.RetryAt.IsZero() && fe.Kind == ErrUnavailable:
			return nil, err
		case fe.RetryAt.IsZero() || time.Until(fe.RetryAt) > patience:
			return nil, backoff.Permanent(err)
		}
		// The host waits until RetryAt on its own when it is entered again.
		return nil, err
	}
	return backoff.Retry(req.Context(), once, backoff.WithBackOff(wait), backoff.WithMaxTries(tries))
}

// chain performs one hop: address, robots.txt, turn, request, answer.
type chain struct {
	client *Client
	base   http.RoundTripper
}

func (t *chain) RoundTrip(req *http.Request) (*http.Response, error) {
	h := t.client.hosts.get(req.URL.Host)
	gap, err := t.admit(req, h)
	if err != nil {
		return nil, err
	}
	return t.turn(req, h, gap)
}

// admit asks the address guard and robots.txt, and returns the pause that the
// host wants after this request.
func (t *chain) admit(req *http.Request, h *host) (gap time.Duration, err error) {
	if err := checkAddress(req.URL); err != nil {
		return 0, err
	}
	gap = max(t.client.hosts.gap, t.client.policy.Gap)
	if t.client.policy.exempt(req) {
		return gap, nil
	}
	rules, err := t.robots(req, h)
	if err != nil {
		return 0, err
	}
	if !rules.allow(product, robotsPath(req.URL)) {
		return 0, &Error{Kind: ErrBlocked, Host: req.URL.Host,
			Text: `robots.txt asks robots to stay away from this address: choose another, or set robots = "ignore" with a robots_reason`}
	}
	return max(gap, rules.delay(product)), nil
}

// turn sends one request when the host is ready for it.
func (t *chain) turn(req *http.Request, h *host, gap time.Duration) (*http.Response, error) {
	ctx := req.Context()
	if until := h.away(); time.Until(until) > patience {
		return nil, asked(req.URL.Host, until)
	} else if err := sleep(ctx, time.Until(until)); err != nil {
		return nil, err
	}
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	done, err := h.breaker.Allow()
	if err != nil {
		h.leave(0)
		return nil, leftAlone(req.URL.Host)
	}
	limited, cancel := context.WithTimeout(ctx, perRequest)
	out := req.Clone(limited)
	out.Header.Set("User-Agent", t.client.agent)
	leave := func() { cancel(); h.leave(gap) }
	resp, err := t.base.RoundTrip(out)
	if err != nil {
		leave()
		err = explainNetwork(ctx, req.URL.Host, err)
		done(err)
		return nil, err
	}
	resp.Request = req
	broken := func(err error) error {
		if ctx.Err() == nil && limited.Err() != nil {
			return &Error{Kind: ErrUnavailable, Host: req.URL.Host, Text: fmt.Sprintf("no whole answer within %s", perRequest)}
		}
		return explainNetwork(ctx, req.URL.Host, err)
	}
	resp, err = t.answer(resp, h, broken, leave)
	done(err)
	return resp, err
}

// answer turns refusals into errors and prepares the body of everything else.
func (t *chain) answer(resp *http.Response, h *host, broken func(error) error, leave func()) (*http.Response, error) {
	name := resp.Request.URL.Host
	body := newBody(resp, name, broken, leave)
	fe := judge(resp, body.peek())
	if fe == nil {
		body.decode(resp)
		return resp, nil
	}
	fe.Host = name
	fe.Body = head(body.peek())
	body.Close()
	if !fe.RetryAt.IsZero() {
		h.stayAway(fe.RetryAt)
	}
	return nil, fe
}

// judge returns an error for answers that hold nothing to read.
func judge(resp *http.Response, start []byte) *Error {
	status := fmt.Sprintf("answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	fe := &Error{Status: resp.StatusCode, Text: status}
	switch {
	case isChallenge(resp.Header, start):
		fe.Kind, fe.Text = ErrBlocked, status+" with a page that asks whether a human is there: use an official interface or import an export"
	case resp.StatusCode == http.StatusTooManyRequests:
		fe.Kind, fe.RetryAt = ErrRateLimited, retryAt(resp.Header, time.Now())
		fe.Text = status + ": read it less often"
	case resp.StatusCode >= 500:
		fe.Kind, fe.RetryAt = ErrUnavailable, retryAt(resp.Header, time.Now())
	case resp.StatusCode == 401:
		fe.Kind, fe.Text = ErrBlocked, status+": a valid key or token is needed"
	case resp.StatusCode == 403, resp.StatusCode == 451:
		fe.Kind, fe.Text = ErrBlocked, status+": the site does not give this to us"
	default:
		return nil
	}
	return fe
}

// explainNetwork makes one readable line of what the network said.
func explainNetwork(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedPort) || errors.Is(err, ssrf.ErrProhibitedNetwork) {
		return &Error{Kind: ErrRefused, Host: host,
			Text: "only public addresses on ports 80 and 443 are read: a source in your own network needs allow_private = true"}
	}
	if errors.Is(err, errNeverDialled) {
		return &Error{Kind: ErrRefused, Host: host, Text: errNeverDialled.Error() + " is never read, with allow_private neither"}
	}
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return &Error{Kind: ErrUnavailable, Host: host, Text: fmt.Sprintf("no answer within %s", perRequest)}
	}
	return &Error{Kind: ErrUnavailable, Host: host, Text: err.Error()}
}
