package collectors

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/fetch"
	"pantau/config"
)

// mastodon reads the public posts with a hashtag that a server of the Fediverse
// knows. Ids are opaque: GoToSocial has no numbers.
// https://docs.joinmastodon.org/methods/timelines/#tag
type mastodon struct {
	server, tag string
	token       config.Key // none where the server shows tags to everybody
	pages       int
	client      *fetch.Client
}

func newMastodon(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		Server    string `toml:"server"`
		Tag       string `toml:"tag"`
		TokenFile string `toml:"token_file"`
		Pages     int    `toml:"pages"`
		fetch.Policy
	}{Pages: 10}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := config.Join(checkURL(src, "options.server", opts.Server), checkPages(src, opts.Pages), opts.Check(src.Errorf))
	if opts.Tag == "" || strings.ContainsAny(opts.Tag, "#/ ") {
		err = config.Join(err, src.Errorf("options.tag", "%q is not a hashtag without its #", opts.Tag))
	}
	var token config.Key
	if opts.TokenFile != "" {
		var e error
		token, e = src.Key("token_file", opts.TokenFile)
		err = config.Join(err, e)
	}
	if err != nil {
		return nil, err
	}
	return &mastodon{strings.TrimRight(opts.Server, "/"), opts.Tag, token, opts.Pages, client.With(opts.Policy)}, nil
}

type mastodonStatus struct {
	URI        string    `json:"uri"`
	URL        string    `json:"url"`
	CreatedAt  time.Time `json:"created_at"`
	Visibility string    `json:"visibility"`
	Spoiler    string    `json:"spoiler_text"`
	Content    string    `json:"content"`
	Reblog     *struct{} `json:"reblog"`
	Account    struct {
		URL       string `json:"url"`
		Acct      string `json:"acct"`
		NoIndex   bool   `json:"noindex"`
		Indexable *bool  `json:"indexable"`
	} `json:"account"`
}

// Collect implements [Collector].
func (m *mastodon) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	header, err := m.header()
	if err != nil {
		return r.fail(ctx, err)
	}
	address := m.server + "/api/v1/timelines/tag/" + url.PathEscape(m.tag) + "?limit=40"
	for n := 0; n < m.pages && address != ""; n++ {
		var posts []mastodonStatus
		resp, err := getJSON(ctx, m.client, address, header, &posts)
		if err != nil {
			return r.fail(ctx, m.hint(err))
		}
		for _, post := range posts {
			if !post.open() {
				continue
			}
			if err := r.keep(post.mention(), post.CreatedAt); err != nil {
				return r.fail(ctx, err)
			}
		}
		if len(posts) == 0 || r.enough() {
			break
		}
		address = nextLink(resp)
	}
	return r.finish(&cursor, &cursor.checkpoint, false)
}

func (m *mastodon) header() (http.Header, error) {
	if !m.token.Set() {
		return nil, nil
	}
	return bearer(m.token)
}

// hint says what a refusal means here: many servers show tags to their users only.
func (m *mastodon) hint(err error) error {
	var fe *fetch.Error
	if errors.As(err, &fe) && (fe.Status == http.StatusUnauthorized || fe.Status == http.StatusUnprocessableEntity) {
		return fmt.Errorf("%w: name in token_file the token of a user of this server", err)
	}
	return err
}

// open reports whether the author shows the post to everybody and has not asked
// to be left out of searches.
func (s mastodonStatus) open() bool {
	return s.Visibility == "public" && s.Reblog == nil && !s.Account.NoIndex && (s.Account.Indexable == nil || *s.Account.Indexable)
}

// mention maps a post. Its uri is the same on every server.
func (s mastodonStatus) mention() brand.Mention {
	m := brand.Mention{ExternalID: s.URI, URL: s.URL, Title: s.Spoiler, Text: clean.HTML(s.Content), Author: s.Account.URL, PublishedAt: s.CreatedAt.UTC()}
	if m.Author == "" {
		m.Author = s.Account.Acct
	}
	return m
}

var linkNext = regexp.MustCompile(`<([^>]+)>;\s*rel="?next"?`)

// nextLink returns the address of the next page on the same host, or "".
func nextLink(resp *fetch.Response) string {
	for _, value := range resp.Header.Values("Link") {
		if found := linkNext.FindStringSubmatch(value); found != nil {
			if u, err := resp.URL.Parse(found[1]); err == nil && u.Host == resp.URL.Host {
				return u.String()
			}
		}
	}
	return ""
}
