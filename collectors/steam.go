package collectors

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// steam reads the reviews of a game. They recommend or do not; they have no stars.
// https://partner.steamgames.com/doc/store/getreviews
type steam struct {
	app      int
	language string
	pages    int
	client   *fetch.Client
}

func newSteam(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		App      int    `toml:"app"`
		Language string `toml:"language"`
		Pages    int    `toml:"pages"`
	}{Language: "all", Pages: 10}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := checkPages(src, opts.Pages)
	if opts.App <= 0 {
		err = config.Join(err, src.Errorf("options.app", "%d is not the number in the address of a game's page", opts.App))
	}
	if err != nil {
		return nil, err
	}
	return &steam{opts.App, opts.Language, opts.Pages, client}, nil
}

type steamReview struct {
	ID     string `json:"recommendationid"`
	Author struct {
		SteamID string `json:"steamid"`
	} `json:"author"`
	Review    string      `json:"review"`
	Up        bool        `json:"voted_up"`
	Created   int64       `json:"timestamp_created"`
	Updated   int64       `json:"timestamp_updated"`
	Response  string      `json:"developer_response"`
	Responded json.Number `json:"timestamp_dev_responded"`
}

// Collect implements [Collector]. Reviews come by the time of their last edit. A
// short page is not the end; an empty one, or a cursor that comes again, is.
func (s *steam) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var state struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&state, &state.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	cursor, used := "*", map[string]bool{}
	for n := 0; n < s.pages && !used[cursor]; n++ {
		used[cursor] = true
		var answer struct {
			Success int           `json:"success"`
			Cursor  string        `json:"cursor"`
			Reviews []steamReview `json:"reviews"`
			Summary struct {      // of all reviews, with the first page only
				Positive int `json:"total_positive"`
				Total    int `json:"total_reviews"`
			} `json:"query_summary"`
		}
		if _, err := getJSON(ctx, s.client, s.address(cursor), nil, &answer); err != nil {
			return r.fail(ctx, err)
		}
		if answer.Success != 1 {
			return r.fail(ctx, fmt.Errorf("store.steampowered.com: no reviews of app %d: check the number", s.app))
		}
		if all := answer.Summary; all.Total > 0 {
			if err := r.rate(brand.Rating{Subject: fmt.Sprintf("app %d", s.app), Value: math.Round(1000*float64(all.Positive)/float64(all.Total)) / 10, Best: 100, Count: all.Total}); err != nil {
				return r.fail(ctx, err)
			}
		}
		for _, review := range answer.Reviews {
			if err := r.keep(s.mention(review), time.Unix(max(review.Created, review.Updated), 0)); err != nil {
				return r.fail(ctx, err)
			}
		}
		if len(answer.Reviews) == 0 || r.enough() {
			break
		}
		cursor = answer.Cursor
	}
	return r.finish(&state, &state.checkpoint, false)
}

func (s *steam) address(cursor string) string {
	q := url.Values{"json": {"1"}, "filter": {"updated"}, "language": {s.language}, "review_type": {"all"}, "purchase_type": {"all"}, "num_per_page": {"100"}, "cursor": {cursor}}
	return fmt.Sprintf("https://store.steampowered.com/appreviews/%d?%s", s.app, q.Encode())
}

func (s *steam) mention(v steamReview) brand.Mention {
	m := brand.Mention{ExternalID: v.ID, URL: fmt.Sprintf("https://steamcommunity.com/profiles/%s/recommended/%d", v.Author.SteamID, s.app),
		Text: plainBBCode(v.Review), Author: v.Author.SteamID, PublishedAt: time.Unix(v.Created, 0).UTC(), Reply: plainBBCode(v.Response), Advice: brand.Discouraged}
	if v.Up {
		m.Advice = brand.Recommended
	}
	if at, err := v.Responded.Int64(); err == nil && m.Reply != "" {
		m.RepliedAt = time.Unix(at, 0).UTC()
	}
	return m
}

var bbCode = regexp.MustCompile(`\[/?(?:b|i|u|h[1-3]|strike|spoiler|list|olist|\*|table|tr|td|th|quote|code|noparse|hr|url)(?:=[^\]]*)?\]`)

// plainBBCode removes the markup of Steam's reviews.
func plainBBCode(s string) string {
	return strings.TrimSpace(bbCode.ReplaceAllString(s, ""))
}
