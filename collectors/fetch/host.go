package fetch

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// maxHosts bounds the memory that redirects to ever new hosts can take.
const maxHosts = 1024

// breakerPause is how long a host that keeps failing is left alone.
const breakerPause = 10 * time.Minute

// hosts remembers how each host wants to be treated.
type hosts struct {
	gap time.Duration
	mu  sync.Mutex
	all map[string]*host
}

// host is one site: one request at a time, a pause between two, its robots.txt,
// and a breaker that opens after failures in a row.
type host struct {
	slot    chan struct{} // holds one token while a request is under way
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	used    time.Time // guarded by hosts.mu

	mu     sync.Mutex
	next   time.Time              // earliest time of the next request
	until  time.Time              // the site asked to be left alone until then
	robots map[string]cachedRules // by scheme
}

// cachedRules is a robots.txt, or why it could not be read.
type cachedRules struct {
	rules   *rules
	err     error
	expires time.Time
}

func newHosts(gap time.Duration) *hosts { return &hosts{gap: gap, all: map[string]*host{}} }

// get returns the host with that name, which may carry a port. However an operator
// writes it, a site is asked by one source at a time.
func (hs *hosts) get(name string) *host {
	name = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), ":443"), ":80")
	name = strings.TrimSuffix(name, ".")
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h := hs.all[name]
	if h == nil {
		hs.evict()
		h = &host{slot: make(chan struct{}, 1), robots: map[string]cachedRules{}, breaker: newBreaker(name)}
		hs.all[name] = h
	}
	h.used = time.Now()
	return h
}

// evict drops the host that was used least recently when there are too many.
func (hs *hosts) evict() {
	if len(hs.all) < maxHosts {
		return
	}
	var oldest string
	for name, h := range hs.all {
		if oldest == "" || h.used.Before(hs.all[oldest].used) {
			oldest = name
		}
	}
	delete(hs.all, oldest)
}

func newBreaker(name string) *gobreaker.TwoStepCircuitBreaker[struct{}] {
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name:        name,
		Timeout:     breakerPause,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 6 },
		// That a host refuses us is not a failure; that we stop waiting is neither.
		IsSuccessful: func(err error) bool { return !errors.Is(err, ErrUnavailable) },
		IsExcluded: func(err error) bool {
			return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
		},
	})
}

// enter waits for the turn of a request; leave must follow.
func (h *host) enter(ctx context.Context) error {
	select {
	case h.slot <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	h.mu.Lock()
	wait := time.Until(h.next)
	h.mu.Unlock()
	if err := sleep(ctx, wait); err != nil {
		<-h.slot
		return err
	}
	return nil
}

// leave ends a turn. The next one comes after the gap and up to a quarter more,
// so that we do not beat like a clock.
func (h *host) leave(gap time.Duration) {
	gap += time.Duration(rand.Int64N(int64(gap)/4 + 1))
	h.mu.Lock()
	h.next = time.Now().Add(gap)
	h.mu.Unlock()
	<-h.slot
}

// away returns until when the site asked to be left alone, or zero.
func (h *host) away() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Now().Before(h.until) {
		return h.until
	}
	return time.Time{}
}

func (h *host) stayAway(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.until) {
		h.until = until
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
