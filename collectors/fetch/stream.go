package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxMessage = 1 << 20   // bytes of one message of a stream
	maxStream  = 256 << 20 // bytes of a whole one
)

// ErrQuiet is what [Stream.Next] returns when nothing came in time.
var ErrQuiet = errors.New("nothing came")

// Stream is an open websocket. It belongs to one goroutine.
type Stream struct {
	conn *websocket.Conn
	host string
	left int
	ctx  context.Context
	free []func()
}

// Stream opens a websocket. Robots.txt, the guard of addresses and the turn of the
// host hold as for [Client.Get]: a host has one stream or request at a time. It
// ends when ctx does; close it.
func (c *Client) Stream(ctx context.Context, address string) (*Stream, error) {
	u, err := url.Parse(strings.Replace(address, "ws", "http", 1)) // wss:// is https:// to everybody but us
	if err != nil {
		return nil, Explain(ctx, address, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, Explain(ctx, address, err)
	}
	h := c.hosts.get(u.Host)
	gap, err := c.chain.admit(req, h)
	if err != nil {
		return nil, err
	}
	if until := h.away(); !until.IsZero() {
		return nil, asked(u.Host, until)
	}
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	s := &Stream{host: u.Host, left: maxStream, ctx: ctx, free: []func(){func() { h.leave(gap) }}}
	done, err := h.breaker.Allow()
	if err != nil {
		s.Close()
		return nil, leftAlone(u.Host)
	}
	err = s.open(ctx, c, address)
	done(err)
	if err != nil {
		s.Close()
		var fe *Error
		if errors.As(err, &fe) && !fe.RetryAt.IsZero() {
			h.stayAway(fe.RetryAt)
		}
		return nil, err
	}
	return s, nil
}

func (s *Stream) open(ctx context.Context, c *Client, address string) error {
	dialer := websocket.Dialer{HandshakeTimeout: perRequest, NetDialContext: c.dial, NetDialTLSContext: c.dial} // without a proxy, which would dial past the guard
	if c.dial == nil {
		check := guarded
		if c.policy.AllowPrivate {
			check = private
		}
		dialer.NetDialContext = (&net.Dialer{Timeout: 10 * time.Second, Control: check}).DialContext
	}
	conn, resp, err := dialer.DialContext(ctx, address, http.Header{"User-Agent": {c.agent}})
	if resp != nil && err != nil {
		if fe := judge(resp, nil); fe != nil {
			fe.Host = s.host
			return fe
		}
		return &Error{Kind: ErrUnavailable, Host: s.host, Status: resp.StatusCode, Text: "answered " + resp.Status + " instead of a stream: check the address"}
	}
	if err != nil {
		return explainNetwork(ctx, s.host, err)
	}
	conn.SetReadLimit(maxMessage)
	s.conn = conn
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // a read does not see ctx
	s.free = append(s.free, func() { stop(); _ = conn.Close() })
	return nil
}

// Next returns the next message, or [ErrQuiet] when none comes within the time.
// After any error the stream is of no more use.
func (s *Stream) Next(wait time.Duration) ([]byte, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return nil, explainNetwork(s.ctx, s.host, err)
	}
	_, data, err := s.conn.ReadMessage()
	var ne net.Error
	switch s.left -= len(data); {
	case s.ctx.Err() != nil:
		return nil, s.ctx.Err()
	case errors.Is(err, websocket.ErrReadLimit), s.left < 0:
		return nil, &Error{Kind: ErrTooLarge, Host: s.host, Text: "streams more than is read in one run"}
	case errors.As(err, &ne) && ne.Timeout():
		return nil, ErrQuiet
	case err != nil:
		return nil, explainNetwork(s.ctx, s.host, err)
	}
	return data, nil
}

// Close ends the stream and gives the host's turn back.
func (s *Stream) Close() {
	for _, f := range s.free {
		f()
	}
	s.free = nil
}
