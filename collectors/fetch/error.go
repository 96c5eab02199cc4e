package fetch

import (
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

// head returns a copy of the beginning of a body.
func head(body []byte) []byte {
	return append([]byte(nil), body[:min(len(body), 512)]...)
}
