// Package alerts turns an incident into what people read and hands one message
// over to them: a [Notifier] writes the words in Indonesian or English and shows
// them on the console or posts them to Slack.
//
// It decides nothing and remembers nothing. Which alert is due, in which order,
// how often it is tried and what was already delivered belong to the outbox and
// its worker; a notifier makes one attempt a call, does not sleep and starts no
// goroutines. [Slack.Listen], which brings back what people answer, is apart.
//
// Mentions are written by strangers. Their text passes through [plain] before it
// is shown anywhere, and reaches Slack only inside rich_text elements, which are
// literal by construction.
//
// All notifiers are safe for concurrent use.
package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pantau/brand"
)

// Notifier hands one delivery to people.
//
// The receipt of the first message of an incident comes back as
// [Delivery.Root] with every later one. An error is one of three: [ErrRejected]
// (never repeat), [ErrAmbiguous] (look before repeating) or a [*RetryError]
// (repeat later). Any other error counts as a [*RetryError] without a time.
type Notifier interface {
	Notify(ctx context.Context, d Delivery) (receipt string, err error)
}

// Delivery is one alert on its way to one channel.
type Delivery struct {
	Key      string // idempotency key, incident:change:n:channel
	Channel  string
	Alert    brand.Alert
	Root     string    // receipt of the incident's first message on this channel, empty for the first
	QueuedAt time.Time // when the alert was decided; a late one says so
	At       time.Time // moment of this attempt, for ages and lateness; the clock when zero
	Test     bool      // marks the message as TEST

	Days      []Day     // complaints of the last weeks, oldest first, for a picture; may be empty
	Pictures  []Picture // the same for the brands of a report
	Reminders int       // how many reminders there are, so that one can say "1 of 3"; 0 if unknown
}

// now is the moment that ages and lateness are measured at.
func (d Delivery) now() time.Time {
	if d.At.IsZero() {
		return time.Now()
	}
	return d.At
}

// ErrRejected marks a delivery that will fail the same way when it is repeated,
// such as one to an archived channel. It waits for a person.
var ErrRejected = errors.New("rejected by the receiver")

// ErrAmbiguous marks a delivery that may or may not have arrived: the answer
// was lost, or the receiver is not sure itself. Look for the delivery key
// before sending again.
var ErrAmbiguous = errors.New("may or may not have arrived")

// RetryError is a delivery that did not arrive and may be repeated.
type RetryError struct {
	After time.Duration // the receiver's demand; zero leaves it to the caller
	Err   error
}

func (e *RetryError) Error() string {
	if e.After <= 0 {
		return fmt.Sprintf("not delivered: %v", e.Err)
	}
	return fmt.Sprintf("not delivered, try again in %s: %v", e.After, e.Err)
}

func (e *RetryError) Unwrap() error { return e.Err }

// Style is how the people of one channel read. The zero value is English in
// UTC.
type Style struct {
	Language string         // "id" or "en"
	Zone     *time.Location // nil is UTC
	ZoneName string         // such as WIB; empty takes the zone's own abbreviation
}
