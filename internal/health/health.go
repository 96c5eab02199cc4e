// Package health knows how the daemon fares: whether every loop goes on, what
// works only in part, and the figures behind both. It shows them on loopback as
// /healthz, /readyz and /metrics.
//
// It starts no goroutines and knows nothing of sources or channels but their
// names. A [Health] is safe for concurrent use.
package health

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Health is how one process fares, across reloads of its configuration.
type Health struct {
	Pulses
	Board
	*Metrics

	now     func() time.Time
	mu      sync.Mutex
	ready   bool
	sources map[string]Source
}

// Source is how a configured source fares.
type Source struct {
	Name, Brand, Kind string
	Every             time.Duration // usual time between two runs
	Status            string        // of the last run, "never" before the first
	LastRun           time.Time
	LastSuccess       time.Time
	LastNew           time.Time
}

// statuses are what [Source.Status] can be.
func statuses() []string {
	return []string{"fresh", "degraded", "blocked", "rate_limited", "failed", "never"}
}

// known keeps the labels of the metrics few: an unknown status counts as "failed".
func known(status string) string {
	if slices.Contains(statuses(), status) {
		return status
	}
	return "failed"
}

// slack is what a run itself may take on top of its interval.
const slack = 2 * time.Minute

// Fresh reports whether the last success is younger than two usual intervals.
func (s Source) Fresh(now time.Time) bool {
	return !s.LastSuccess.IsZero() && now.Sub(s.LastSuccess) <= 2*s.Every+slack
}

// New returns the health of a process that is not ready yet. Build is shown in
// the metrics; now is the clock of the ages.
func New(build Build, now func() time.Time) *Health {
	h := &Health{now: now, sources: map[string]Source{}}
	h.Metrics = newMetrics(build, h)
	return h
}

// SetReady notes that the schedules and senders run, or no longer.
func (h *Health) SetReady(ready bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ready = ready
}

// Ready reports whether the daemon does its work: it has started, nothing is
// stuck, and the store takes what comes.
func (h *Health) Ready() bool {
	h.mu.Lock()
	ready := h.ready
	h.mu.Unlock()
	return ready && len(h.Stuck()) == 0 && !h.Holds(Store)
}

// Watch replaces the sources that are known, after the configuration was read.
func (h *Health) Watch(sources []Source) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sources = map[string]Source{}
	for _, s := range sources {
		s.Status = known(s.Status)
		h.sources[s.Name] = s
	}
}

// Ran notes and counts a finished run of a source.
func (h *Health) Ran(name, status string, added int, at time.Time) {
	status = known(status)
	h.Runs.WithLabelValues(status).Inc()
	h.mu.Lock()
	defer h.mu.Unlock()
	s, watched := h.sources[name]
	if !watched {
		return
	}
	s.Status, s.LastRun = status, at
	if status == "fresh" || status == "degraded" {
		s.LastSuccess = at
	}
	if added > 0 {
		s.LastNew = at
	}
	h.sources[name] = s
}

// Known returns the sources in no order.
func (h *Health) Known() (list []Source) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.sources {
		list = append(list, s)
	}
	return list
}

// Freshness counts the sources that could be read lately.
func (h *Health) Freshness(now time.Time) (fresh, all int) {
	for _, s := range h.Known() {
		all++
		if s.Fresh(now) {
			fresh++
		}
	}
	return fresh, all
}

// Status is the line that the service manager shows.
func (h *Health) Status(brands int, outboxAge time.Duration, waiting int, now time.Time) string {
	fresh, all := h.Freshness(now)
	text := fmt.Sprintf("%s, %d of %d sources fresh, outbox ", count(brands, "brand"), fresh, all)
	if waiting == 0 {
		text += "empty"
	} else {
		text += fmt.Sprintf("%d waiting for %s", waiting, outboxAge.Round(time.Second))
	}
	var modes []string
	for _, c := range h.Conditions() {
		modes = append(modes, string(c.Mode))
	}
	if len(modes) > 0 {
		text += "; degraded: " + strings.Join(modes, ", ")
	}
	return text
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
