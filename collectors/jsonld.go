package collectors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/dates"
	"pantau/collectors/fetch"
	"pantau/config"
)

// jsonld reads the reviews that pages describe for search engines: schema.org
// Review in JSON-LD or microdata. A page shows a few reviews, often the newest;
// that is all there is to be had from it.
type jsonld struct {
	urls   []string
	zone   *time.Location
	client *fetch.Client
}

// jsonldCursor remembers the validators of each page.
type jsonldCursor struct {
	ETags map[string]string `json:"etags,omitempty"`
	checkpoint
	pagesRead
}

func newJSONLD(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		URLs []string `toml:"urls"`
		Zone string   `toml:"zone"`
		fetch.Policy
	}{Zone: "WIB"}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	zone, err := config.Zone(opts.Zone)
	if err != nil {
		return nil, src.Errorf("options.zone", "%v", err)
	}
	if n := len(opts.URLs); n < 1 || n > 100 {
		return nil, src.Errorf("options.urls", "has %d addresses: list 1 to 100 pages", n)
	}
	for i, address := range opts.URLs {
		err = config.Join(err, checkURL(src, fmt.Sprintf("options.urls[%d]", i), address))
	}
	if err := config.Join(err, opts.Check(src.Errorf)); err != nil {
		return nil, err
	}
	return &jsonld{opts.URLs, zone, client.With(opts.Policy)}, nil
}

// Collect implements [Collector]. A page that fails does not keep the others
// from being read.
func (j *jsonld) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	cursor := jsonldCursor{ETags: map[string]string{}}
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	unchanged := 0
	var broken []error
	for _, address := range j.urls {
		r.turn(address, cursor.pagesRead)
		same, err := j.page(ctx, r, address, cursor.ETags)
		switch {
		case r.stopped != nil, ctx.Err() != nil:
			return r.fail(ctx, err)
		case err != nil:
			broken = append(broken, err)
		case same:
			unchanged++
		default:
			r.gave(address)
		}
	}
	if len(broken) == len(j.urls) {
		return r.fail(ctx, broken[0])
	}
	if len(broken) > 0 {
		r.report.Status = Degraded
		r.report.Reason = fmt.Sprintf("%d of %d pages: %v", len(broken), len(j.urls), broken[0])
	}
	cursor.Read = r.read
	return r.finish(&cursor, &cursor.checkpoint, unchanged > 0)
}

var errNoReviews = errors.New("the page describes no schema.org reviews or ratings: read it with the kind html")

// page emits the reviews of one page; same says that it has not changed.
func (j *jsonld) page(ctx context.Context, r *round, address string, etags map[string]string) (same bool, err error) {
	resp, err := j.client.Get(ctx, fetch.Request{URL: address, ETag: etags[address]})
	if err != nil {
		return false, err
	}
	if resp.NotModified() {
		return true, nil
	}
	if err := resp.OK(); err != nil {
		return false, err
	}
	found, averages, skipped := markup(resp.Body)
	if skipped > 0 {
		r.report.RejectedCount += skipped - 1
		r.report.Fetched += skipped
		r.report.reject(resp.URL.Host+resp.URL.Path, "%d blocks of JSON-LD are not JSON; nothing to do", skipped)
	}
	if err := j.rate(r, averages, resp.URL); err != nil {
		return false, err
	}
	if len(found) == 0 && len(averages) == 0 {
		return false, fmt.Errorf("%s: %w", resp.URL.Host, errNoReviews)
	}
	for _, review := range found {
		m := reviewMention(review, resp.URL, r.req.Now, j.zone)
		if err := r.keep(m, m.PublishedAt); err != nil {
			return false, err
		}
	}
	if tag := resp.Header.Get("ETag"); tag != "" {
		etags[address] = tag
	}
	return false, nil
}

// rate hands out the averages of a page. Sites repeat the same one in both
// notations.
func (j *jsonld) rate(r *round, averages []rated, page *url.URL) error {
	seen := map[brand.Rating]bool{}
	for _, a := range averages[:min(len(averages), maxAverages)] {
		v := brand.Rating{Subject: clean.HTML(a.subject), Value: number(get(a.rating, "ratingValue")), Best: 5, Count: int(max(number(get(a.rating, "ratingCount")), number(get(a.rating, "reviewCount"))))}
		if v.Subject == "" {
			v.Subject = page.Host + page.Path
		}
		if best := number(get(a.rating, "bestRating")); best > 0 {
			v.Best = best
		}
		if v.Value == 0 || seen[v] { // sites write 0 for "not rated"
			continue
		}
		seen[v] = true
		if err := r.rate(v); err != nil {
			return err
		}
	}
	return nil
}

// maxAverages bounds those of one page: a list of products has one each.
const maxAverages = 200

// markup returns the reviews and averages of a page in both notations, and how
// many blocks of JSON-LD could not be read.
func markup(page []byte) (reviews []node, averages []rated, skipped int) {
	var roots []any
	for _, block := range ldBlocks(page) {
		value, err := parseLD(block)
		if err != nil {
			skipped++
			continue
		}
		roots = append(roots, value)
	}
	if bytes.Contains(page, []byte("itemscope")) {
		roots = append(roots, microdata(page)...)
	}
	w := walker{ids: map[string]node{}}
	for _, root := range roots {
		w.index(root, 0)
	}
	for _, root := range roots {
		w.reviews(root, 0)
		w.ratings(root, 0)
	}
	return w.found, w.rated, skipped
}

// reviewMention maps a Review. Few have an identity, so most get one from their
// content, and an edit makes a new mention.
func reviewMention(review node, page *url.URL, now time.Time, zone *time.Location) brand.Mention {
	m := brand.Mention{
		Title:   clean.HTML(textOf(review, "name", "headline")),
		Text:    clean.HTML(textOf(review, "reviewBody", "description", "text")),
		Author:  clean.HTML(nameOf(review, "author")),
		Version: textOf(review, "softwareVersion"),
		Stars:   reviewStars(get(review, "reviewRating")),
		URL:     page.String(),
	}
	date := textOf(review, "datePublished", "dateCreated", "dateModified")
	if t, unit, ok := dates.Parse(date, now, zone); ok {
		m.PublishedAt, m.DayEnd = dates.Span(t, unit, zone)
	}
	if m.Text == "" {
		m.Title, m.Text = "", m.Title
	}
	id := textOf(review, "@id", "url")
	if u, err := page.Parse(id); err == nil && id != "" && u.String() != page.String() {
		m.ExternalID = u.String()
		if u.Scheme == "http" || u.Scheme == "https" {
			m.URL = u.String()
		}
		return m
	}
	m.ExternalID = contentID(page.Host+page.Path, m.Author, date, m.Text)
	return m
}

// reviewStars reads a Rating in any of its shapes and scales it to five. Sites
// write 0 for "not rated".
func reviewStars(rating any) int {
	value, best := number(rating), 5.0
	if n, ok := first(rating).(node); ok {
		value = number(get(n, "ratingValue"))
		if b := number(get(n, "bestRating")); b > 0 {
			best = b
		}
	}
	if strings.HasSuffix(fmt.Sprint(rating), "%") {
		best = 100
	}
	if !(value > 0) || value > best {
		return 0
	}
	return int(max(1, math.Round(value/best*5)))
}

// number reads 4, "4.5", "4,5" and "80%"; everything else is 0.
func number(v any) float64 {
	text := strings.TrimSuffix(strings.TrimSpace(fmt.Sprint(first(v))), "%")
	n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0
	}
	return n
}
