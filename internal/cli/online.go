package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"pantau/brand"
	"pantau/collectors"
	"pantau/daemon"
)

// trial is what one fetch of a source gave.
type trial struct {
	Source  string    `json:"source"`
	Kind    string    `json:"kind"`
	Status  string    `json:"status"`
	Reason  string    `json:"reason,omitempty"`
	Next    string    `json:"next,omitempty"` // step of the operator
	Items   int       `json:"items"`
	Matched int       `json:"matched"` // that name the brand, or all
	Newest  time.Time `json:"newest,omitzero"`
}

const (
	tryTime  = time.Minute
	tryItems = 1000 // of a file: the rest is like them
)

var errEnough = errors.New("enough was seen")

// trySource reads a source once, as if for the first time, and stores nothing.
func trySource(ctx context.Context, src daemon.Source) (trial, error) {
	limited, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	p := trial{Source: src.Name, Kind: src.Kind}
	req := collectors.Request{Now: time.Now(), Probe: true}
	if r, ok := src.Collector.(collectors.Receiver); ok {
		req.Listening = reachable(r, req.Now)
	}
	report, err := src.Collector.Collect(limited, req, p.see(src))
	switch {
	case errors.Is(err, errEnough):
		report.Status, report.Reason = collectors.Fresh, ""
	case ctx.Err() != nil:
		return p, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		report.Status, report.Reason = collectors.Failed, fmt.Sprintf("no end after %s", tryTime)
	case err != nil:
		return p, err
	}
	p.Status, p.Reason, p.Next = string(report.Status), report.Reason, report.Status.Next()
	if report.Status == collectors.Fresh && p.Items > 0 && p.Matched == 0 {
		p.Next = "none of them names the brand: check its keywords, or set match = \"all\""
	}
	return p, nil
}

// see counts items.
func (p *trial) see(src daemon.Source) func(brand.Mention) error {
	return func(m brand.Mention) error {
		p.Items++
		if src.Matches == nil || src.Matches(m.Title+"\n"+m.Text) {
			p.Matched++
		}
		if m.PublishedAt.After(p.Newest) {
			p.Newest = m.PublishedAt
		}
		if p.Items == tryItems {
			return errEnough
		}
		return nil
	}
}

// reachable returns since when mentions can be sent to r: the address is free for
// pantau run, or somebody answers there.
func reachable(r collectors.Receiver, now time.Time) time.Time {
	address, _ := r.Endpoint()
	if conn, err := net.DialTimeout("tcp", address, 2*time.Second); err == nil {
		_ = conn.Close()
		return now
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return time.Time{}
	}
	_ = l.Close()
	return now
}

// tryAll tries every source after the other and prints each at once.
func tryAll(ctx context.Context, out io.Writer, sources []daemon.Source, zone *time.Location) (list []trial, err error) {
	broken := 0
	for _, src := range sources {
		p, err := trySource(ctx, src)
		if err != nil {
			return list, err
		}
		list = append(list, p)
		if p.Status != string(collectors.Fresh) && p.Status != string(collectors.Degraded) {
			broken++
		}
		p.print(out, zone)
	}
	if broken > 0 {
		return list, fmt.Errorf("%d of %d sources cannot be read", broken, len(sources))
	}
	return list, nil
}

func (p trial) print(out io.Writer, zone *time.Location) {
	seen := fmt.Sprintf("%d items", p.Items)
	if p.Items == 1 {
		seen = "1 item"
	}
	if p.Items != p.Matched {
		seen += fmt.Sprintf(", %d of them name the brand", p.Matched)
	}
	if !p.Newest.IsZero() {
		seen += ", the newest of " + clock(p.Newest, zone)
	}
	fmt.Fprintf(out, "%-12s %s: %s\n", p.Status, p.Source, seen)
	if p.Reason != "" {
		fmt.Fprintf(out, "%-12s why:  %s\n", "", p.Reason)
	}
	if p.Next != "" {
		fmt.Fprintf(out, "%-12s next: %s\n", "", p.Next)
	}
}
