package collectors

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"github.com/gocolly/colly/v2"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/dates"
	"pantau/collectors/fetch"
	"pantau/config"
)

// page reads reviews from web pages by CSS selectors, and follows the link to
// the next page. colly does the walking and the parsing.
type page struct {
	urls   []string
	item   string
	fields [fieldCount]picker
	next   string
	pages  int
	zone   *time.Location
	client *fetch.Client
}

func newPage(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		URLs   []string       `toml:"urls"`
		Item   string         `toml:"item"`
		Fields map[string]any `toml:"fields"`
		Next   string         `toml:"next"`
		Pages  int            `toml:"pages"`
		Zone   string         `toml:"zone"`
		fetch.Policy
	}{Pages: 5, Zone: "WIB"}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	zone, err := config.Zone(opts.Zone)
	if err != nil {
		return nil, src.Errorf("options.zone", "%v", err)
	}
	p := &page{urls: opts.URLs, item: opts.Item, next: opts.Next, pages: opts.Pages, zone: zone, client: client.With(opts.Policy)}
	err = config.Join(opts.Check(src.Errorf), checkPages(src, p.pages), p.check(src), p.pickers(src, opts.Fields))
	return p, err
}

// check reports addresses, selectors and limits that cannot be.
func (p *page) check(src config.Source) error {
	var err error
	if len(p.urls) == 0 {
		err = src.Errorf("options.urls", "is missing: list the pages to begin with")
	}
	for i, address := range p.urls {
		err = config.Join(err, checkURL(src, fmt.Sprintf("options.urls[%d]", i), address))
	}
	if _, e := cascadia.ParseGroup(p.item); e != nil {
		err = config.Join(err, src.Errorf("options.item", "%q is not a CSS selector: %v", p.item, e))
	}
	if _, e := cascadia.ParseGroup(p.next); e != nil && p.next != "" {
		err = config.Join(err, src.Errorf("options.next", "%q is not a CSS selector: %v", p.next, e))
	}
	return err
}

func (p *page) pickers(src config.Source, fields map[string]any) (err error) {
	for name, value := range fields {
		text, ok := value.(string)
		i := slices.Index(fieldNames[:], name)
		if i < 0 || !ok {
			err = config.Join(err, src.Errorf("options.fields."+name, "is not one of %s with a selector in quotes", strings.Join(fieldNames[:], ", ")))
			continue
		}
		var e error
		if p.fields[i], e = parsePicker(text); e != nil {
			err = config.Join(err, src.Errorf("options.fields."+name, "%q: %v", text, e))
		}
	}
	if p.fields[fieldText].missing() {
		err = config.Join(err, src.Errorf("options.fields", "has no text: give the selector of the review's text"))
	}
	return err
}

// picker takes a value from an item: "css", "css @attribute", "@attribute" of the
// item itself, each with "| regular expression" whose first group counts.
// "count(css)" is how many elements match.
type picker struct {
	css, attribute string
	count          bool
	pattern        *regexp.Regexp
}

func (p picker) missing() bool { return p.css == "" && p.attribute == "" }

func parsePicker(s string) (p picker, err error) {
	s, pattern, ok := strings.Cut(s, " | ")
	if ok {
		if p.pattern, err = regexp.Compile(strings.TrimSpace(pattern)); err != nil {
			return p, err
		}
	}
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "count("); ok {
		p.count, s = true, strings.TrimSuffix(inner, ")")
	}
	if i := strings.LastIndex(s, "@"); i >= 0 && (i == 0 || s[i-1] == ' ') {
		p.attribute, s = s[i+1:], strings.TrimSpace(s[:i])
	}
	p.css = s
	if p.missing() {
		return p, errors.New("a selector is missing")
	}
	if s != "" {
		_, err = cascadia.ParseGroup(s)
	}
	return p, err
}

// pick returns the value, "" when there is none.
func (p picker) pick(item *goquery.Selection) string {
	if p.missing() {
		return ""
	}
	at := item
	if p.css != "" {
		at = item.Find(p.css)
	}
	if p.count {
		return strconv.Itoa(at.Length())
	}
	at = at.First()
	value := at.AttrOr(p.attribute, "")
	if p.attribute == "" {
		markup, err := at.Html()
		if err != nil {
			return ""
		}
		value = clean.HTML(markup)
	}
	if p.pattern != nil {
		groups := p.pattern.FindStringSubmatch(value)
		if len(groups) == 0 {
			return ""
		}
		value = groups[min(1, len(groups)-1)]
	}
	return strings.TrimSpace(value)
}

// Collect implements [Collector].
func (p *page) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct {
		checkpoint
		pagesRead
	}
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	for _, address := range p.urls {
		r.turn(address, cursor.pagesRead)
		if err := p.walk(ctx, r, address); err != nil {
			return r.fail(ctx, err)
		}
	}
	cursor.Read = r.read
	return r.finish(&cursor, &cursor.checkpoint, false)
}

// walk visits a page and those behind it, until the last run is met, a page
// brings nothing new, or the limit is reached.
func (p *page) walk(ctx context.Context, r *round, address string) error {
	r.begin()
	col := p.client.Colly(ctx)
	visit := pageVisit{page: p, round: r, address: address}
	col.OnResponse(visit.response)
	col.OnHTML("html", visit.html)
	for n := 0; n < p.pages && address != ""; n++ {
		known := len(r.seen)
		visit.next, visit.err = "", fmt.Errorf("%s: not a web page: check the address", host(address))
		err := col.Visit(address)
		var again *colly.AlreadyVisitedError
		switch {
		case errors.As(err, &again):
			return nil
		case err != nil:
			return fetch.Explain(ctx, address, err)
		case visit.err != nil:
			return visit.err
		case len(r.seen) == known || r.enough():
			return nil
		}
		address = visit.next
	}
	return nil
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// pageVisit is what colly's callbacks leave behind.
type pageVisit struct {
	*page
	*round
	address string // where the walk began
	next    string
	err     error
}

func (v *pageVisit) response(resp *colly.Response) {
	got := fetch.Response{URL: resp.Request.URL, Status: resp.StatusCode, Body: resp.Body}
	if err := got.OK(); err != nil {
		v.err = err
		resp.Request.Abort()
	}
}

func (v *pageVisit) html(e *colly.HTMLElement) {
	if e.Response.StatusCode >= 300 {
		return
	}
	v.err = nil
	items := e.DOM.Find(v.item)
	if items.Length() == 0 {
		v.report.Status = Degraded
		v.report.Reason = fmt.Sprintf("%s: nothing matches the item %q: the page may have changed", e.Request.URL.Host, v.item)
		return
	}
	v.gave(v.address)
	items.EachWithBreak(func(_ int, item *goquery.Selection) bool {
		m := v.mention(item, e.Request.URL)
		v.err = v.keep(m, m.PublishedAt)
		return v.err == nil
	})
	href := e.DOM.Find(v.page.next).First().AttrOr("href", "")
	if u, err := e.Request.URL.Parse(href); err == nil && href != "" && u.Host == e.Request.URL.Host {
		v.next = u.String()
	}
}

// mention maps an item. Its identity must not contain the date: "3 hari lalu"
// changes every day.
func (v *pageVisit) mention(item *goquery.Selection, base *url.URL) brand.Mention {
	get := func(field int) string { return v.fields[field].pick(item) }
	m := brand.Mention{ExternalID: get(fieldID), Text: get(fieldText), Title: get(fieldTitle), Author: get(fieldAuthor), Version: get(fieldVersion),
		Place: get(fieldPlace), Reply: get(fieldReply), Stars: pageStars(get(fieldStars)), URL: base.String()}
	if t, unit, ok := dates.Parse(get(fieldTime), v.req.Now, v.zone); ok {
		m.PublishedAt, m.DayEnd = dates.Span(t, unit, v.zone)
	}
	if t, unit, ok := dates.Parse(get(fieldRepliedAt), v.req.Now, v.zone); ok {
		m.RepliedAt = dates.Latest(t, unit, v.req.Now, v.zone)
	}
	if link := get(fieldURL); link != "" {
		if u, err := base.Parse(link); err == nil {
			m.URL = u.String()
			if m.ExternalID == "" {
				m.ExternalID = m.URL
			}
		}
	}
	if m.ExternalID == "" {
		m.ExternalID = contentID(base.Host, m.Author, m.Title, m.Text)
	}
	return m
}

// pageStars reads what pages show instead of a number: "4 dari 5 bintang",
// "8,5/10", "width: 80%".
func pageStars(s string) int {
	scaled := regexpStars.FindStringSubmatch(s)
	if scaled == nil {
		n, _ := parseStars(s)
		return n
	}
	value, best := number(scaled[1]), 100.0
	if scaled[2] != "" {
		best = number(scaled[2])
	}
	if !(value > 0 && best > 0 && value <= best) {
		return 0
	}
	return int(max(1, math.Round(value/best*5)))
}

var regexpStars = regexp.MustCompile(`(\d+(?:[.,]\d+)?)\s*(?:%|(?:/|dari|of|out of)\s*(\d+))`)
