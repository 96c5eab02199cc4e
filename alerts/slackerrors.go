package alerts

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"
)

// limitWait is the pause after a limit without a Retry-After: Slack's limits are
// counted by the minute.
const limitWait = time.Minute

// limitMost bounds what a receiver may ask: one header must not silence a channel for
// a year.
const limitMost = time.Hour

// Codes of Slack that do not speak for themselves. Every other code is a
// rejection: ok=false means that nothing was posted, and a code that is not
// known yet is for a person to read.
var (
	// "Some aspect of the operation may have succeeded", says Slack of the first two.
	ambiguousCodes = []string{"internal_error", "fatal_error", "service_unavailable"}
	waitCodes      = []string{"ratelimited", "rate_limited", "message_limit_exceeded"}
	laterCodes     = []string{"request_timeout", "team_added_to_org", "org_login_required"}
	contentCodes   = []string{
		"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "no_text",
		"invalid_payload", // the webhook's word for all of them
	}
)

func contentRefused(code string) bool { return slices.Contains(contentCodes, code) }

// slackCode is the code with which Slack refused, or empty.
func slackCode(err error) string {
	if refusal, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refusal.Err
	}
	return ""
}

// attempt is what was tried when an error came.
type attempt struct {
	doing      string // how errors begin
	repeatable bool   // doing it twice does no harm: reads and updates
}

var (
	posting  = attempt{doing: "post to Slack"}
	updating = attempt{doing: "update in Slack", repeatable: true}
	reading  = attempt{doing: "read Slack history", repeatable: true}
	hooking  = attempt{doing: "post to the Slack webhook"}
)

// sort makes an error of slack-go one of the three that [Notifier] knows.
func (a attempt) sort(err error) error {
	if err == nil {
		return nil
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return a.limited(limited.RetryAfter)
	}
	if refusal, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return a.refused(refusal)
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return a.status(status.Code, "")
	}
	if _, ok := errors.AsType[*strconv.NumError](err); ok { // a 429 with a Retry-After that is no number
		return a.limited(limitWait)
	}
	return a.transport(err)
}

func (a attempt) limited(after time.Duration) error {
	return &RetryError{After: min(after, limitMost), Err: fmt.Errorf("%s: too many requests", a.doing)}
}

func (a attempt) unsure(err error) error {
	if a.repeatable {
		return &RetryError{Err: err}
	}
	return fmt.Errorf("%w: %w", err, ErrAmbiguous)
}

func (a attempt) refused(refusal slack.SlackErrorResponse) error {
	code := plain(refusal.Err, maxName)
	err := fmt.Errorf("%s: %s", a.doing, code)
	switch {
	case slices.Contains(ambiguousCodes, code):
		return a.unsure(err)
	case slices.Contains(waitCodes, code):
		return a.limited(limitWait)
	case slices.Contains(laterCodes, code):
		return &RetryError{Err: err}
	case refusal.Needed != "":
		err = fmt.Errorf("%w (the app needs the scope %s)", err, plain(refusal.Needed, 2*maxName))
	}
	return fmt.Errorf("%w: %w", err, ErrRejected)
}

// status sorts an HTTP status; reply is what the receiver said to it.
func (a attempt) status(code int, reply string) error {
	err := fmt.Errorf("%s: status %d %s", a.doing, code, http.StatusText(code))
	if reply = plain(reply, maxName); reply != "" {
		err = fmt.Errorf("%w: %s", err, reply)
	}
	switch {
	case code == http.StatusTooManyRequests:
		return a.limited(limitWait)
	case code >= 500:
		return a.unsure(err)
	}
	return fmt.Errorf("%w: %w", err, ErrRejected)
}

// transport sorts what went wrong on the way. Without a connection nothing
// arrived; after that only the receiver knows.
func (a attempt) transport(err error) error {
	// The error of http.Client quotes the address, and a webhook's is a password.
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	_, unproven := errors.AsType[*tls.CertificateVerificationError](err)
	op, network := errors.AsType[*net.OpError](err)
	err = fmt.Errorf("%s: %w", a.doing, err)
	if unproven || network && op.Op == "dial" {
		return &RetryError{Err: err}
	}
	return a.unsure(err)
}
