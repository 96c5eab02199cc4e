// Package collectors reads mentions from the places where customers speak. Each
// kind of source is one file with its options, its Collect and its parsing.
//
// A [Collector] starts no goroutines, keeps no state between runs, and reads no
// clock and no environment: the time and the cursor of the last run come with
// the [Request], the HTTP client is handed in. What it hands out is plain text
// as the source wrote it; package clean makes it fit to be stored.
package collectors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// Collector reads one configured source.
type Collector interface {
	// Collect hands every item that is new or possibly edited since req.Cursor
	// to emit, in any order, and says what it covered. Handing out an item twice
	// does no harm. Brand and Source of the mentions are left empty.
	//
	// The error is that of emit or of ctx, and nothing else: what is wrong with
	// the source is in the report, which is valid in every case.
	Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error)
}

// Request is one run.
type Request struct {
	Now    time.Time
	Cursor string // of the last report; empty on the first run
	Probe  bool   // only find out whether the source can be read: a page will do

	Listening time.Time // since when a [Receiver] is served; zero when it is not

	// What some kinds read beside mentions. Nil drops it.
	Rate   func(brand.Rating) error // averages that a page shows
	Answer func(brand.Answer) error // answers to a survey
}

// rate hands out an average that makes sense.
func (r Request) rate(v brand.Rating) error {
	if r.Rate == nil || !(v.Value >= 0 && v.Best > 0 && v.Value <= v.Best) || v.Count < 0 {
		return nil
	}
	v.At = r.Now
	return r.Rate(v)
}

// Report says what a run covered.
type Report struct {
	Cursor        string     // to be handed back next time; on a failure the old one
	From, To      time.Time  // window covered by this run; zero From is unknown, both zero is nothing
	Fetched       int        // items seen, whether kept or not
	Rejected      []Rejected // the first items that could not be kept
	RejectedCount int
	Warnings      []Rejected // the first items that were kept without something
	WarningCount  int
	Gap           bool // items between the last run and this one may be missing
	Status        Status
	Reason        string // one line with the next step, empty when fresh
}

// maxRejected bounds Report.Rejected and Report.Warnings.
const maxRejected = 20

func (r *Report) reject(where, format string, args ...any) {
	r.RejectedCount++
	if len(r.Rejected) < maxRejected {
		r.Rejected = append(r.Rejected, Rejected{where, fmt.Sprintf(format, args...)})
	}
}

func (r *Report) warn(where, format string, args ...any) {
	r.WarningCount++
	if len(r.Warnings) < maxRejected {
		r.Warnings = append(r.Warnings, Rejected{where, fmt.Sprintf(format, args...)})
	}
}

// cover widens the window so that it contains t.
func (r *Report) cover(t time.Time) {
	if r.From.IsZero() || t.Before(r.From) {
		r.From = t
	}
	if t.After(r.To) {
		r.To = t
	}
}

// Rejected is an item that could not be kept.
type Rejected struct {
	Where  string // such as "reviews.csv:17"
	Reason string // what is wrong; what to do
}

// String returns one line such as "reviews.csv:17: no time; add one".
func (r Rejected) String() string { return r.Where + ": " + r.Reason }

// Status is how a run went.
type Status string

// The statuses. What a source says by silence is not for a single run to judge.
const (
	Fresh       Status = "fresh"        // read as far as it should be
	Degraded    Status = "degraded"     // read, but less came than should have
	Blocked     Status = "blocked"      // the site does not want us, or we must not
	RateLimited Status = "rate_limited" // the site asked us to come back later
	Failed      Status = "failed"       // nothing could be read
)

// kinds maps the kind of a source to its constructor. It is never changed.
var kinds = map[string]func(config.Source, *fetch.Client) (Collector, error){
	"appstore":        newAppStore,
	"appstoreconnect": newAppStoreConnect,
	"bluesky":         newBluesky,
	"discourse":       newDiscourse,
	"feed":            newFeed,
	"file":            newFile,
	"gbp":             newGBP,
	"gdelt":           newGDELT,
	"hackernews":      newHackerNews,
	"html":            newPage,
	"jsonld":          newJSONLD,
	"mastodon":        newMastodon,
	"playconsole":     newPlayConsole,
	"sample":          newSample,
	"steam":           newSteam,
	"webhook":         newWebhook,
	"x":               newX,
	"youtube":         newYouTube,
}

// Kinds returns the names of all kinds, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// New returns the collector of a source. Errors are mistakes in its settings.
func New(src config.Source, client *fetch.Client) (Collector, error) {
	kind, ok := kinds[src.Kind]
	if !ok {
		return nil, src.Errorf("kind", "%q is not one of %s", src.Kind, strings.Join(Kinds(), ", "))
	}
	return kind(src, client)
}

// checkURL reports an address that cannot be fetched.
func checkURL(src config.Source, key, address string) error {
	u, err := url.Parse(address)
	if err == nil && u.User != nil { // no run would send it, and a password never stands in the file
		return src.Errorf(key, "holds a user name or password: only public addresses are read; use an official interface, or import exports")
	}
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return src.Errorf(key, "%q is not an address that starts with https://", address)
	}
	return nil
}

// checkPages reports a limit of pages that makes no sense.
func checkPages(src config.Source, pages int) error {
	if pages < 1 || pages > 100 {
		return src.Errorf("options.pages", "%d is not a number from 1 to 100", pages)
	}
	return nil
}

// failure completes the report of a run that a fetch or a parser ended. Only the
// end of ctx is an error of the run itself.
func failure(ctx context.Context, req Request, report Report, err error) (Report, error) {
	report.Cursor = req.Cursor
	report.From, report.To = time.Time{}, time.Time{}
	report.Reason = err.Error()
	switch {
	case errors.Is(err, fetch.ErrBlocked):
		report.Status = Blocked
	case errors.Is(err, fetch.ErrRateLimited):
		report.Status = RateLimited
	default:
		report.Status = Failed
	}
	return report, ctx.Err()
}
