package collectors

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/fetch"
	"pantau/config"
)

// discourse reads the newest posts of a public Discourse forum.
// https://docs.discourse.org/#tag/Posts/operation/listPosts
type discourse struct {
	url    string
	pages  int
	client *fetch.Client
}

func newDiscourse(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		URL   string `toml:"url"`
		Pages int    `toml:"pages"`
		fetch.Policy
	}{Pages: 5}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := config.Join(checkURL(src, "options.url", opts.URL), checkPages(src, opts.Pages), opts.Check(src.Errorf))
	if err != nil {
		return nil, err
	}
	return &discourse{strings.TrimRight(opts.URL, "/"), opts.Pages, client.With(opts.Policy)}, nil
}

type discoursePost struct {
	ID          int       `json:"id"`
	Username    string    `json:"username"`
	CreatedAt   time.Time `json:"created_at"`
	Cooked      string    `json:"cooked"`
	Number      int       `json:"post_number"`
	Type        int       `json:"post_type"` // 1 is what people write
	TopicID     int       `json:"topic_id"`
	TopicSlug   string    `json:"topic_slug"`
	TopicTitle  string    `json:"topic_title"`
	Hidden      bool      `json:"hidden"`
	UserDeleted bool      `json:"user_deleted"`
}

// Collect implements [Collector]. Pages go back by the id of the oldest post.
func (d *discourse) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	address := d.url + "/posts.json"
	for range d.pages {
		var answer struct {
			Posts []discoursePost `json:"latest_posts"`
		}
		if _, err := getJSON(ctx, d.client, address, nil, &answer); err != nil {
			return r.fail(ctx, err)
		}
		oldest := 0
		for _, post := range answer.Posts {
			if oldest == 0 || post.ID < oldest {
				oldest = post.ID
			}
			if post.Type != 1 || post.Hidden || post.UserDeleted {
				continue
			}
			if err := r.keep(d.mention(post), post.CreatedAt); err != nil {
				return r.fail(ctx, err)
			}
		}
		if oldest <= 1 || r.enough() {
			break
		}
		address = fmt.Sprintf("%s/posts.json?before=%d", d.url, oldest)
	}
	return r.finish(&cursor, &cursor.checkpoint, false)
}

func (d *discourse) mention(p discoursePost) brand.Mention {
	return brand.Mention{ExternalID: fmt.Sprint(p.ID), URL: fmt.Sprintf("%s/t/%s/%d/%d", d.url, p.TopicSlug, p.TopicID, p.Number),
		Title: p.TopicTitle, Text: clean.HTML(p.Cooked), Author: p.Username, PublishedAt: p.CreatedAt.UTC()}
}
