package collectors

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/fetch"
	"pantau/config"
)

// hackernews searches stories and comments of Hacker News through Algolia's
// public interface. https://hn.algolia.com/api
type hackernews struct {
	query  string
	client *fetch.Client
}

const (
	hnPage  = 100
	hnPages = 20 // of one run
	// hnEdits is how long after writing an item may be edited; it is read again
	// until then.
	hnEdits = 2 * time.Hour
)

func newHackerNews(src config.Source, client *fetch.Client) (Collector, error) {
	var opts struct {
		Query string `toml:"query"`
	}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	if opts.Query == "" {
		return nil, src.Errorf("options.query", "is missing: give the words to search for, a phrase in double quotes")
	}
	return &hackernews{opts.Query, client}, nil
}

type hnHit struct {
	ObjectID    string `json:"objectID"`
	Author      string `json:"author"`
	CreatedAt   int64  `json:"created_at_i"`
	Title       string `json:"title"`
	StoryTitle  string `json:"story_title"`
	StoryText   string `json:"story_text"`
	CommentText string `json:"comment_text"`
}

// Collect implements [Collector]. One search gives at most 1,000 hits, so older
// ones are asked for by time and never by page.
func (h *hackernews) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	from := req.Now.AddDate(0, 0, -30).Unix()
	if r.last.Until > 0 {
		from = r.last.Until - int64(hnEdits.Seconds())
	}
	before := req.Now.Unix()
	for range hnPages {
		var answer struct {
			Hits []hnHit `json:"hits"`
		}
		if _, err := getJSON(ctx, h.client, h.address(from, before), nil, &answer); err != nil {
			return r.fail(ctx, err)
		}
		known := len(r.seen)
		for _, hit := range answer.Hits {
			m := hit.mention()
			if err := r.keep(m, m.PublishedAt); err != nil {
				return r.fail(ctx, err)
			}
			before = min(before, hit.CreatedAt)
		}
		if len(answer.Hits) < hnPage || len(r.seen) == known {
			return r.finishSearch(&cursor, &cursor.checkpoint, from)
		}
	}
	r.report.Status = Degraded
	r.report.Reason = fmt.Sprintf("more than %d hits since the last run: make the query narrower", hnPage*hnPages)
	return r.finishSearch(&cursor, &cursor.checkpoint, before)
}

// address asks for hits between two unix times, both included.
func (h *hackernews) address(from, to int64) string {
	q := url.Values{"query": {h.query}, "tags": {"(story,comment)"}, "hitsPerPage": {strconv.Itoa(hnPage)}, "advancedSyntax": {"true"}, "typoTolerance": {"false"},
		"numericFilters": {fmt.Sprintf("created_at_i>=%d,created_at_i<=%d", from, to)}}
	return "https://hn.algolia.com/api/v1/search_by_date?" + q.Encode()
}

func (h hnHit) mention() brand.Mention {
	m := brand.Mention{ExternalID: h.ObjectID, URL: "https://news.ycombinator.com/item?id=" + h.ObjectID, Author: h.Author,
		Title: h.Title, Text: clean.HTML(h.CommentText), PublishedAt: time.Unix(h.CreatedAt, 0).UTC()}
	if m.Title == "" {
		m.Title = h.StoryTitle
	}
	if m.Text == "" {
		m.Text = clean.HTML(h.StoryText)
	}
	if m.Text == "" {
		m.Title, m.Text = "", m.Title
	}
	return m
}
