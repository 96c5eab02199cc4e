package health

import (
	"slices"
	"sync"
	"time"
)

// Pulses knows the loops and tasks that must go on.
type Pulses struct {
	mu   sync.Mutex
	live map[*Pulse]struct{}
}

// Pulse is the sign of life of one loop or task, from [Pulses.Start] to
// [Pulse.Stop]. A loop that finishes an iteration, well or with a known error,
// beats. One that does not beat within its limit is stuck.
type Pulse struct {
	name  string
	limit time.Duration
	of    *Pulses
	last  time.Time
}

// Start begins to watch a loop or task. The limit is measured on the monotonic
// clock, so that setting the clock makes nothing look stuck.
func (p *Pulses) Start(name string, limit time.Duration) *Pulse {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live == nil {
		p.live = map[*Pulse]struct{}{}
	}
	pulse := &Pulse{name: name, limit: limit, of: p, last: time.Now()}
	p.live[pulse] = struct{}{}
	return pulse
}

// Beat says that the loop goes on.
func (p *Pulse) Beat() {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.last = time.Now()
}

// Stop ends the watch: the task is done.
func (p *Pulse) Stop() {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	delete(p.of.live, p)
}

// Stuck names what has not gone on within its limit, in order.
func (p *Pulses) Stuck() (names []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for pulse := range p.live {
		if time.Since(pulse.last) > pulse.limit {
			names = append(names, pulse.name)
		}
	}
	slices.Sort(names)
	return names
}
