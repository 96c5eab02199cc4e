package collectors

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/dates"
	"pantau/collectors/fetch"
	"pantau/config"
)

// feed reads RSS, Atom, RDF and JSON Feed.
type feed struct {
	url    string
	zone   *time.Location
	pages  int // how far ?paged=N of WordPress is followed
	preset feedPreset
	client *fetch.Client
}

// feedCursor is what the last run left behind.
type feedCursor struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	checkpoint
}

func newFeed(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		URL   string `toml:"url"`
		Zone  string `toml:"zone"`
		Pages int    `toml:"pages"`
		Name  string `toml:"preset"`
		fetch.Policy
	}{Zone: "WIB"}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	preset, known := feedPresets[opts.Name]
	if !known && opts.Name != "" {
		return nil, src.Errorf("options.preset", "%q is not one of %s", opts.Name, strings.Join(slices.Sorted(maps.Keys(feedPresets)), ", "))
	}
	if opts.URL == "" {
		opts.URL = preset.url
	}
	if opts.Pages == 0 {
		opts.Pages = max(preset.pages, 1)
	}
	zone, err := config.Zone(opts.Zone)
	if err != nil {
		return nil, src.Errorf("options.zone", "%v", err)
	}
	err = config.Join(checkURL(src, "options.url", opts.URL), checkPages(src, opts.Pages), opts.Check(src.Errorf))
	if err != nil {
		return nil, err
	}
	return &feed{opts.URL, zone, opts.Pages, preset, client.With(opts.Policy)}, nil
}

// Collect implements [Collector].
func (f *feed) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor feedCursor
	r := &feedRun{feed: f, round: newRound(req, emit)}
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	resp, err := f.client.Get(ctx, fetch.Request{URL: f.url, ETag: cursor.ETag, LastModified: cursor.LastModified})
	if err != nil {
		return r.fail(ctx, err)
	}
	if resp.NotModified() {
		return r.finish(&cursor, &cursor.checkpoint, true)
	}
	if err := r.page(resp); err != nil {
		return r.fail(ctx, err)
	}
	if err := r.older(ctx); err != nil {
		return r.fail(ctx, err)
	}
	cursor.ETag, cursor.LastModified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	return r.finish(&cursor, &cursor.checkpoint, false)
}

// feedRun is one run of a feed.
type feedRun struct {
	*feed
	*round
	answers feedAnswers
}

// page emits the items of one document.
func (r *feedRun) page(resp *fetch.Response) error {
	if err := resp.OK(); err != nil {
		return err
	}
	parsed, err := parseFeed(resp)
	if err != nil {
		return err
	}
	for _, item := range parsed.Items {
		m := r.mention(item, resp.URL)
		if r.preset.answer != nil {
			if title, ok := r.preset.answer(item); ok { // what a company says is no complaint
				if r.note(m.ExternalID, m.PublishedAt) {
					r.answers.add(title, m, m.PublishedAt.Unix() > r.last.Newest)
				}
				continue
			}
			r.answers.join(&m)
		}
		if err := r.keep(m, m.PublishedAt); err != nil {
			return err
		}
	}
	return nil
}

// older follows ?paged=N until the last run is met and new answers have found
// their letters, nothing new comes, or the pages that the operator allows are used
// up. WordPress ignores page= on feeds and answers the page past the end with 404.
func (r *feedRun) older(ctx context.Context) error {
	for n := 2; n <= r.pages && !r.req.Probe && (!r.enough() || r.answers.wanted()); n++ {
		u, err := url.Parse(r.url)
		if err != nil {
			return err
		}
		query := u.Query()
		query.Set("paged", strconv.Itoa(n))
		u.RawQuery = query.Encode()
		resp, err := r.client.Get(ctx, fetch.Request{URL: u.String()})
		if err != nil {
			return err
		}
		known := len(r.seen)
		if resp.Status == http.StatusNotFound {
			return nil
		}
		if err := r.page(resp); err != nil {
			return err
		}
		if len(r.seen) == known {
			return nil
		}
	}
	return nil
}

// parseFeed reads a document with gofeed, which must not meet what would break
// it: its XML parser follows nested elements by recursion.
func parseFeed(resp *fetch.Response) (*gofeed.Feed, error) {
	if isPage(resp.Body) {
		return nil, fmt.Errorf("%s: a web page and not a feed%s", resp.URL.Host, feedHint(resp))
	}
	if deep(resp.Body, maxDepth) {
		return nil, fmt.Errorf("%s: the feed nests elements deeper than %d: check the address", resp.URL.Host, maxDepth)
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(resp.Body))
	if err != nil {
		return nil, fmt.Errorf("%s: not an RSS, Atom or JSON feed (%w): check the address", resp.URL.Host, err)
	}
	if parsed.FeedType == "json" && parsed.FeedVersion == "" {
		return nil, fmt.Errorf("%s: JSON, but not a JSON Feed: check the address", resp.URL.Host)
	}
	return parsed, nil
}

// mention maps one item.
func (r *feedRun) mention(item *gofeed.Item, base *url.URL) brand.Mention {
	text := clean.HTML(item.Content)
	if text == "" {
		text = clean.HTML(item.Description)
	}
	m := brand.Mention{Title: clean.HTML(item.Title), Text: text, URL: itemURL(item, base)}
	m.PublishedAt, m.DayEnd = r.published(item)
	if r.preset.notice != nil {
		m.Text = strings.TrimSpace(r.preset.notice.ReplaceAllString(m.Text, ""))
	}
	if m.Text == "" {
		m.Title, m.Text = "", m.Title
	}
	for _, person := range item.Authors {
		if person != nil && m.Author == "" {
			m.Author = person.Name
		}
	}
	m.Stars, m.Version = appReview(item)
	switch {
	case item.GUID != "":
		m.ExternalID = item.GUID
	case m.URL != "":
		m.ExternalID = m.URL
	default:
		m.ExternalID = contentID(m.Title, m.Text)
	}
	return m
}

// published reads the date itself first: gofeed takes WIB and times without a
// zone for UTC, and knows no Indonesian months. Only exotic zones are left to it.
func (r *feedRun) published(item *gofeed.Item) (at, dayEnd time.Time) {
	for _, d := range []struct {
		text   string
		parsed *time.Time
	}{{item.Published, item.PublishedParsed}, {item.Updated, item.UpdatedParsed}} {
		if t, unit, ok := dates.Parse(d.text, r.req.Now, r.zone); ok {
			return dates.Span(t, unit, r.zone)
		}
		if p := d.parsed; p != nil && p.Year() >= 1990 && p.Before(r.req.Now.AddDate(0, 0, 2)) {
			return p.UTC(), time.Time{}
		}
	}
	return at, dayEnd
}

// itemURL returns the address of an item, absolute, and without the detour that
// search feeds wrap around it.
func itemURL(item *gofeed.Item, base *url.URL) string {
	link := item.Link
	if link == "" && strings.HasPrefix(item.GUID, "http") {
		link = item.GUID
	}
	if link == "" {
		return ""
	}
	u, err := base.Parse(strings.TrimSpace(link))
	if err != nil {
		return ""
	}
	detour := strings.HasSuffix(u.Path, "/url") || strings.HasSuffix(u.Path, "/apiclick.aspx")
	if target := u.Query().Get("url"); detour && strings.HasPrefix(target, "http") {
		return target
	}
	return u.String()
}

// appReview returns rating and version where the feed is one of app reviews.
func appReview(item *gofeed.Item) (stars int, version string) {
	value := func(name string) string {
		if e := item.Extensions["im"][name]; len(e) > 0 {
			return e[0].Value
		}
		return ""
	}
	stars, _ = parseStars(value("rating"))
	return stars, value("version")
}

// isPage reports HTML. XHTML begins with an XML declaration, so the element counts.
func isPage(body []byte) bool {
	start := bytes.ToLower(body[:min(len(body), 1024)])
	return bytes.Contains(start, []byte("<html")) || bytes.Contains(start, []byte("<!doctype html"))
}

// feedHint names the feed that a page points to.
func feedHint(resp *fetch.Response) string {
	z := html.NewTokenizer(bytes.NewReader(resp.Body[:min(len(resp.Body), 256<<10)]))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		attributes := map[string]string{}
		for _, a := range token.Attr {
			attributes[a.Key] = a.Val
		}
		if token.Data == "link" && (strings.Contains(attributes["type"], "rss") || strings.Contains(attributes["type"], "atom")) {
			if u, err := resp.URL.Parse(attributes["href"]); err == nil && len(u.String()) < 200 {
				return "; its feed is " + u.String()
			}
		}
	}
	return ": look for the address of its RSS or Atom feed"
}

// maxDepth is far beyond any feed, even one with raw <br> in its texts, and far
// below what breaks a recursive parser.
const maxDepth = 2000

// deep reports whether XML nests elements deeper than limit. It only counts
// tags, which is enough to protect a recursive parser.
func deep(data []byte, limit int) bool {
	depth := 0
	for {
		i := bytes.IndexByte(data, '<')
		if i < 0 || i+1 >= len(data) {
			return false
		}
		data = data[i+1:]
		switch {
		case bytes.HasPrefix(data, []byte("![CDATA[")):
			_, data, _ = bytes.Cut(data, []byte("]]>"))
		case bytes.HasPrefix(data, []byte("!--")):
			_, data, _ = bytes.Cut(data, []byte("-->"))
		case data[0] == '/':
			depth--
		case data[0] != '?' && data[0] != '!':
			end := bytes.IndexByte(data, '>')
			if end > 0 && data[end-1] == '/' {
				continue
			}
			if depth++; depth > limit {
				return true
			}
		}
	}
}
