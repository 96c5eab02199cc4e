package health

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Mode is a way in which the daemon works only in part. Each has a page of what
// still works and what to do in docs/operations.md.
type Mode string

// The modes. The list is closed, so that the metric of them is bounded.
const (
	Store     Mode = "store"     // nothing can be written
	DiskLow   Mode = "disk_low"  // little space is left: no copies are made
	WAL       Mode = "wal"       // a reader keeps the write-ahead log growing
	Channel   Mode = "channel"   // a channel has not taken its alerts for a while
	Sources   Mode = "sources"   // some sources cannot be read
	Blind     Mode = "blind"     // no source can be read, or nothing new comes from any
	Backup    Mode = "backup"    // there is no fresh, verified backup
	Restored  Mode = "restored"  // the database was damaged, and a backup took its place
	Lexicon   Mode = "lexicon"   // the user's own words cannot be read
	Clock     Mode = "clock"     // the clock was set, or stands before what is stored
	Canary    Mode = "canary"    // the planted test did not come through
	Heartbeat Mode = "heartbeat" // who waits for our sign of life does not answer
	Page      Mode = "page"      // these pages could not be opened
)

// Modes returns all modes.
func Modes() []Mode {
	return []Mode{Store, DiskLow, WAL, Channel, Sources, Blind, Backup, Restored, Lexicon, Clock, Canary, Heartbeat, Page}
}

// Condition is a mode that holds now.
type Condition struct {
	Mode   Mode
	Detail string // one line: what exactly, and since the last change
	Since  time.Time
}

// Board holds the conditions of the daemon.
type Board struct {
	mu   sync.Mutex
	held map[Mode]Condition
}

// Set notes a mode with its detail; an empty detail ends it. It returns whether
// the mode began or ended just now.
func (b *Board) Set(mode Mode, detail string, at time.Time) (began, ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, held := b.held[mode]
	if detail == "" {
		delete(b.held, mode)
		return false, held
	}
	if b.held == nil {
		b.held = map[Mode]Condition{}
	}
	if held {
		at = before.Since
	}
	b.held[mode] = Condition{Mode: mode, Detail: oneLine(detail), Since: at}
	return !held, false
}

// Holds reports whether a mode holds.
func (b *Board) Holds(mode Mode) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, held := b.held[mode]
	return held
}

// Conditions returns what holds, in the order of [Modes].
func (b *Board) Conditions() (list []Condition) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range Modes() {
		if c, held := b.held[m]; held {
			list = append(list, c)
		}
	}
	return list
}

// oneLine keeps a detail from forging lines of a page or of the status, and short.
func oneLine(s string) string {
	s = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s), "")
	if runes := []rune(s); len(runes) > 300 {
		s = string(slices.Concat(runes[:299], []rune("…")))
	}
	return s
}
