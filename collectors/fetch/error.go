package fetch

import (
	"bytes"
	"errors"
	"time"
)

// What a collector decides by; every [Error] is one of them.
var (
	ErrBlocked     = errors.New("blocked")      // the site does not want us: 401, 403, 451, a challenge page, robots.txt
	ErrRateLimited = errors.New("rate limited") // come back later
	ErrRefused     = errors.New("refused")      // we do not want to: a private address, a downgrade, a strange scheme
	ErrTooLarge    = errors.New("too large")    // the body is over the limit
	ErrUnavailable = errors.New("unavailable")  // everything else: 5xx, time-outs, broken connections
)

// Error says why a fetch gave nothing to read and what to do about it.
type Error struct {
	Kind    error  // one of the errors above
	Host    string // never the whole address, which may be a secret
	Text    string
	Status  int       // HTTP status, 0 when there was none
	RetryAt time.Time // when the site asked us to come back; zero when it did not
	Body    []byte    // beginning of the answer, for APIs that explain themselves in it
}

// Error returns one line such as "example.com: answered 503 Service Unavailable".
func (e *Error) Error() string { return e.Host + ": " + e.Text }

// Unwrap makes errors.Is find the kind.
func (e *Error) Unwrap() error { return e.Kind }

// asked is the error about a host that asked not to be read before a time.
func asked(host string, until time.Time) *Error {
	return &Error{Kind: ErrRateLimited, Host: host, RetryAt: until, Text: "asked not to be read before " + until.UTC().Format(time.RFC3339)}
}

// leftAlone is the error about a host whose breaker is open.
func leftAlone(host string) *Error {
	return &Error{Kind: ErrUnavailable, Host: host, RetryAt: time.Now().Add(breakerPause), Text: "failed too often and is left alone for up to ten minutes"}
}

// head returns a copy of the beginning of a body.
func head(body []byte) []byte {
	return bytes.Clone(body[:min(len(body), 512)])
}
