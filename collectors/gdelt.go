package collectors

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/dates"
	"pantau/collectors/fetch"
	"pantau/config"
)

// gdelt searches the headlines of the world's news through the GDELT Project,
// which asks to be named as the source.
// https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/
type gdelt struct {
	query  string
	client *fetch.Client
}

const (
	gdeltMost = 250                     // articles of one answer
	gdeltGap  = 6500 * time.Millisecond // it wants at least five seconds between requests
	gdeltBack = 3 * time.Hour           // articles turn up this late
)

func newGDELT(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		Query     string   `toml:"query"`
		Languages []string `toml:"languages"`
	}{Languages: []string{"indonesian", "english"}}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	if len(opts.Query) < 3 {
		return nil, src.Errorf("options.query", "%q is shorter than three letters: give the words to search for, a phrase in double quotes", opts.Query)
	}
	query := opts.Query
	var languages []string
	for _, l := range opts.Languages {
		languages = append(languages, "sourcelang:"+l)
	}
	switch len(languages) {
	case 0:
	case 1:
		query += " " + languages[0]
	default:
		query += " (" + strings.Join(languages, " OR ") + ")"
	}
	return &gdelt{query, client.With(fetch.Policy{Gap: gdeltGap})}, nil
}

type gdeltArticle struct {
	URL      string `json:"url"`
	Title    string `json:"title"`
	SeenDate string `json:"seendate"`
	Domain   string `json:"domain"`
}

// Collect implements [Collector].
func (g *gdelt) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	from := req.Now.AddDate(0, 0, -7)
	if r.last.Until > 0 {
		from = time.Unix(r.last.Until, 0).Add(-gdeltBack)
	}
	articles, err := g.search(ctx, from, req.Now)
	if err != nil {
		return r.fail(ctx, err)
	}
	for _, a := range articles {
		m := brand.Mention{ExternalID: a.URL, URL: a.URL, Text: a.Title, Author: a.Domain}
		if t, _, ok := dates.Parse(a.SeenDate, req.Now, time.UTC); ok {
			m.PublishedAt = t
		}
		if err := r.keep(m, m.PublishedAt); err != nil {
			return r.fail(ctx, err)
		}
	}
	if len(articles) >= gdeltMost {
		r.report.Status = Degraded
		r.report.Reason = fmt.Sprintf("more than %d articles since the last run: make the query narrower or the schedule denser", gdeltMost)
		from = r.oldest
	}
	return r.finishSearch(&cursor, &cursor.checkpoint, from.Unix())
}

// search asks for the articles of a time. What is wrong comes as a sentence with
// status 200, and nothing found as an empty object or nothing at all.
func (g *gdelt) search(ctx context.Context, from, to time.Time) ([]gdeltArticle, error) {
	const form = "20060102150405"
	q := url.Values{"query": {g.query}, "mode": {"ArtList"}, "format": {"json"}, "maxrecords": {fmt.Sprint(gdeltMost)}, "sort": {"DateDesc"},
		"startdatetime": {from.UTC().Format(form)}, "enddatetime": {to.UTC().Format(form)}}
	resp, err := g.client.Get(ctx, fetch.Request{URL: "https://api.gdeltproject.org/api/v2/doc/doc?" + q.Encode()})
	if err != nil {
		return nil, err
	}
	if err := resp.OK(); err != nil {
		return nil, err
	}
	var answer struct {
		Articles []gdeltArticle `json:"articles"`
	}
	body := bytes.TrimSpace(resp.Body)
	switch err := json.Unmarshal(body, &answer); {
	case len(body) == 0 || err == nil:
		return answer.Articles, nil
	case bytes.Contains(body, []byte("limit requests")):
		return nil, &fetch.Error{Kind: fetch.ErrRateLimited, Host: resp.URL.Host, Text: "asks for fewer requests: read it less often"}
	}
	return nil, fmt.Errorf("%s: does not like the query: %s", resp.URL.Host, quote(string(body[:min(len(body), 300)]), 120))
}
