package collectors

import (
	"context"
	"net/url"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// playconsole reads the reviews of an own app on Google Play through the official
// interface, with the answers of its developer. It has only what was written or
// edited in the last seven days; older reviews come from the Console's exports.
// https://developers.google.com/android-publisher/reply-to-reviews
type playconsole struct {
	app    string
	key    config.Key
	client *fetch.Client
}

const (
	playScope = "https://www.googleapis.com/auth/androidpublisher"
	playPages = 50 // a guard; seven days seldom fill two
)

func newPlayConsole(src config.Source, client *fetch.Client) (Collector, error) {
	var opts struct {
		Package string `toml:"package"`
		KeyFile string `toml:"key_file"`
	}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	var err error
	if opts.Package == "" || strings.ContainsAny(opts.Package, "/? ") {
		err = src.Errorf("options.package", "%q is not the name of a package such as id.example.app", opts.Package)
	}
	key, e := src.Key("key_file", opts.KeyFile)
	return &playconsole{opts.Package, key, client}, config.Join(err, e)
}

// playTime is a time in Google's JSON: seconds come as text.
type playTime struct {
	Seconds int64 `json:"seconds,string"`
}

type playReview struct {
	ID       string `json:"reviewId"`
	Author   string `json:"authorName"`
	Comments []struct {
		User *struct {
			Text     string   `json:"text"`
			Modified playTime `json:"lastModified"`
			Stars    int      `json:"starRating"`
			Version  string   `json:"appVersionName"`
		} `json:"userComment"`
		Developer *struct {
			Text     string   `json:"text"`
			Modified playTime `json:"lastModified"`
		} `json:"developerComment"`
	} `json:"comments"`
}

// Collect implements [Collector]. The newest edits come first.
func (p *playconsole) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	header, err := googleAccess(ctx, p.client, p.key, playScope, req.Now)
	if err != nil {
		return r.fail(ctx, err)
	}
	q := url.Values{"maxResults": {"100"}}
	for range playPages {
		var answer struct {
			Reviews    []playReview `json:"reviews"`
			Pagination struct {
				Next string `json:"nextPageToken"`
			} `json:"tokenPagination"`
		}
		address := "https://androidpublisher.googleapis.com/androidpublisher/v3/applications/" + p.app + "/reviews?" + q.Encode()
		if _, err := getJSON(ctx, p.client, address, header, &answer); err != nil {
			return r.fail(ctx, err)
		}
		for _, review := range answer.Reviews {
			m := p.mention(review)
			if err := r.keep(m, m.PublishedAt); err != nil {
				return r.fail(ctx, err)
			}
		}
		if answer.Pagination.Next == "" || r.enough() {
			break
		}
		q.Set("token", answer.Pagination.Next)
	}
	from := req.Now.AddDate(0, 0, -7)
	if last := time.Unix(r.last.Until, 0); last.After(from) {
		from = last
	}
	report, err := r.finish(&cursor, &cursor.checkpoint, true)
	report.From = from.UTC()
	report.Gap = r.last.Until > 0 && r.last.Until < req.Now.AddDate(0, 0, -7).Unix()
	return report, err
}

// mention maps a review. Old ones carry the title before a tab.
func (p *playconsole) mention(v playReview) brand.Mention {
	m := brand.Mention{ExternalID: v.ID, Author: v.Author,
		URL: "https://play.google.com/store/apps/details?id=" + url.QueryEscape(p.app) + "&reviewId=" + url.QueryEscape(v.ID)}
	for _, c := range v.Comments {
		if u := c.User; u != nil {
			m.Text, m.Stars, m.Version = u.Text, min(max(u.Stars, 0), 5), u.Version
			m.PublishedAt = time.Unix(u.Modified.Seconds, 0).UTC()
		}
		if d := c.Developer; d != nil {
			m.Reply, m.RepliedAt = d.Text, time.Unix(d.Modified.Seconds, 0).UTC()
		}
	}
	if title, text, ok := strings.Cut(m.Text, "\t"); ok {
		m.Title, m.Text = title, text
	}
	if m.Title != "" && strings.TrimSpace(m.Text) == "" {
		m.Title, m.Text = "", m.Title
	}
	return m
}
