package collectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/fetch"
	"pantau/config"
)

// checkpoint is the part of a cursor that all kinds with items in time share.
type checkpoint struct {
	Newest int64 `json:"newest,omitempty"` // unix time of the newest item
	Items  int   `json:"items"`            // of the last run that had any
	Until  int64 `json:"until"`            // unix time of the last run
}

// pagesRead is the part of a cursor that kinds with several addresses share.
type pagesRead struct {
	Read []string `json:"read"` // addresses that gave something; nil in a cursor of an older program, for all
}

// round is one run of a kind that fetches: it counts and emits items, and in the
// end judges what they cover.
type round struct {
	req            Request
	emit           func(brand.Mention) error
	last           checkpoint
	report         Report
	seen           map[string]bool // external ids
	oldest, newest time.Time
	reach          time.Time // the oldest item of the listing that is being read
	short          bool      // a listing before it did not reach back to the last run
	firstSight     bool      // the address that is being read gave nothing before
	read           []string  // addresses that gave something, today or before
	stopped        error     // of emit
}

func newRound(req Request, emit func(brand.Mention) error) *round {
	return &round{req: req, emit: emit, seen: map[string]bool{}, read: []string{}}
}

// start reads the cursor of the last run into cursor, whose checkpoint is last.
func (r *round) start(cursor any, last *checkpoint) error {
	if r.req.Cursor != "" {
		if err := json.Unmarshal([]byte(r.req.Cursor), cursor); err != nil {
			return fmt.Errorf("the cursor is not one of this source: %w", err)
		}
	}
	r.last = *last
	return nil
}

// note counts an item that this run has not seen. at is its place in the order of
// the source, which is not its date where edits come first.
func (r *round) note(id string, at time.Time) (unseen bool) {
	if r.seen[id] {
		return false
	}
	r.seen[id] = true
	r.report.Fetched++
	at = at.Truncate(time.Second) // as cursors have it
	if !at.IsZero() && (r.oldest.IsZero() || at.Before(r.oldest)) {
		r.oldest = at
	}
	if !at.IsZero() && (r.reach.IsZero() || at.Before(r.reach)) {
		r.reach = at
	}
	if at.After(r.newest) {
		r.newest = at
	}
	return true
}

// keep emits an item that this run has not seen; at as in [round.note].
func (r *round) keep(m brand.Mention, at time.Time) error {
	if !r.note(m.ExternalID, at) {
		return nil
	}
	switch {
	case m.ExternalID == "":
		r.report.reject("an item", "no identity; nothing to do")
		return nil
	case strings.TrimSpace(m.Text) == "":
		where := m.ExternalID
		if clean.NamesMail(where) { // this goes to logs
			where = "an item"
		}
		r.report.reject(where, "no text; nothing to do")
		return nil
	}
	m.FirstSight = r.firstSight
	r.stopped = r.emit(m)
	return r.stopped
}

// turn is called before each of several addresses. One that fails for a while is still
// known afterwards.
func (r *round) turn(address string, before pagesRead) {
	r.firstSight = r.last.Until == 0 || before.Read != nil && !slices.Contains(before.Read, address)
	if !r.firstSight {
		r.read = append(r.read, address)
	}
}

// gave notes that the address gave something.
func (r *round) gave(address string) {
	if r.firstSight && !slices.Contains(r.read, address) {
		r.read = append(r.read, address)
	}
}

// rate hands out an average.
func (r *round) rate(v brand.Rating) error {
	r.stopped = r.req.rate(v)
	return r.stopped
}

// begin is called before each of several listings that are read down to the last run:
// how far one reaches back says nothing of the next.
func (r *round) begin() {
	r.short = r.short || !r.met()
	r.reach = time.Time{}
}

// met reports whether the items so far reach back to the last run. Items without
// dates cannot tell.
func (r *round) met() bool {
	return r.reach.IsZero() || r.last.Newest > 0 && !r.reach.After(time.Unix(r.last.Newest, 0))
}

// enough reports whether older pages are of no use. Where nothing has a date,
// only the first run reads them.
func (r *round) enough() bool {
	if r.req.Probe {
		return true
	}
	if r.reach.IsZero() {
		return r.last.Until > 0
	}
	return r.met()
}

// fail ends the run with the error of a fetch or a parser.
func (r *round) fail(ctx context.Context, err error) (Report, error) {
	report, ended := failure(ctx, r.req, r.report, err)
	if r.stopped != nil {
		return report, r.stopped
	}
	return report, ended
}

// finish ends a run that read its source. cursor contains next, the checkpoint to
// fill in; unchanged says that the source itself reported nothing new.
func (r *round) finish(cursor any, next *checkpoint, unchanged bool) (Report, error) {
	*next = checkpoint{Newest: r.last.Newest, Items: len(r.seen), Until: r.req.Now.Unix()}
	if !r.newest.IsZero() {
		next.Newest = max(next.Newest, r.newest.Unix())
	}
	if r.report.Status == "" {
		r.report.Status = Fresh
	}
	r.report.To = r.req.Now
	if r.last.Until > 0 {
		r.report.From = time.Unix(r.last.Until, 0).UTC()
		r.report.Gap = len(r.seen) > 0 && r.last.Newest > 0 && (r.short || !r.met())
	}
	if r.report.From.IsZero() || r.report.Gap {
		r.report.From = r.oldest
	}
	if len(r.seen) == 0 {
		next.Items = r.last.Items
		if r.last.Items > 0 && !unchanged && r.report.Status == Fresh {
			r.report.Status = Degraded
			r.report.Reason = fmt.Sprintf("nothing came, but %d items did before: open the address in a browser", r.last.Items)
		}
	}
	var err error
	r.report.Cursor, err = marshalCursor(cursor)
	return r.report, err
}

func marshalCursor(cursor any) (string, error) {
	text, err := json.Marshal(cursor)
	return string(text), err
}

// finishSearch ends the run of a source that was searched completely since from:
// silence is an answer there and leaves no gap.
func (r *round) finishSearch(cursor any, next *checkpoint, from int64) (Report, error) {
	report, err := r.finish(cursor, next, true)
	report.From, report.Gap = time.Unix(from, 0).UTC(), report.Status == Degraded
	return report, err
}

// getJSON reads an answer in JSON. Interfaces like to answer with a page or a
// sentence when something is wrong, so the error quotes the beginning.
func getJSON(ctx context.Context, client *fetch.Client, address string, header http.Header, into any) (*fetch.Response, error) {
	resp, err := client.Get(ctx, fetch.Request{URL: address, Header: header})
	if err != nil {
		return nil, err
	}
	if err := resp.OK(); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		what := "not JSON"
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) { // its own text spells out our types
			what = fmt.Sprintf("a %s for %q is not what was expected", wrong.Value, wrong.Field)
		}
		return nil, fmt.Errorf("%s: %s: it begins with %s", resp.URL.Host, what, quote(string(resp.Body[:min(len(resp.Body), 200)]), 80))
	}
	return resp, nil
}

// bearer returns the header that carries a token.
func bearer(key config.Key) (http.Header, error) {
	token, err := key.Read()
	return http.Header{"Authorization": {"Bearer " + token.Reveal()}}, err
}
