package collectors

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"pantau/brand"
	"pantau/collectors/dates"
	"pantau/collectors/fetch"
	"pantau/config"
)

// appstore reads Apple's public feed of customer reviews of any app. Its
// robots.txt forbids it to robots, so a source stays blocked unless the operator
// has a reason. For own apps there is appstoreconnect.
type appstore struct {
	app       int
	countries []string
	client    *fetch.Client
}

// appstorePages is what the feed has: 50 reviews a page, ten pages a country.
const appstorePages = 10

func newAppStore(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		App       int      `toml:"app"`
		Countries []string `toml:"countries"`
		fetch.Policy
	}{Countries: []string{"id"}}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := opts.Check(src.Errorf)
	if opts.App <= 0 {
		err = config.Join(err, src.Errorf("options.app", "%d is not the number in the address of the app's page", opts.App))
	}
	for i, c := range opts.Countries {
		if len(c) != 2 || strings.Trim(c, "abcdefghijklmnopqrstuvwxyz") != "" {
			err = config.Join(err, src.Errorf(fmt.Sprintf("options.countries[%d]", i), "%q is not a country in two small letters", c))
		}
	}
	return &appstore{opts.App, opts.Countries, client.With(opts.Policy)}, err
}

// label is how the feed wraps every text.
type label struct {
	Label string `json:"label"`
}

type appstoreEntry struct {
	ID     label `json:"id"`
	Author struct {
		Name label `json:"name"`
	} `json:"author"`
	Updated label  `json:"updated"`
	Rating  *label `json:"im:rating"`
	Version label  `json:"im:version"`
	Title   label  `json:"title"`
	Content label  `json:"content"`
}

// entries is an array, or a single entry when there is only one.
type entries []appstoreEntry

// UnmarshalJSON reads both shapes.
func (e *entries) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		data = append(append([]byte("["), data...), ']')
	}
	return json.Unmarshal(data, (*[]appstoreEntry)(e))
}

// Collect implements [Collector].
func (a *appstore) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	for _, country := range a.countries {
		if err := a.country(ctx, r, country); err != nil {
			return r.fail(ctx, err)
		}
	}
	return r.finish(&cursor, &cursor.checkpoint, false)
}

// country reads the pages of one storefront until the last run. The feed has
// holes: an empty page may be followed by a full one, two are the end. Its links
// to other pages contradict each other and are not followed.
func (a *appstore) country(ctx context.Context, r *round, country string) error {
	for page, empty := 1, 0; page <= appstorePages && empty < 2; page++ {
		address := fmt.Sprintf("https://itunes.apple.com/%s/rss/customerreviews/id=%d/sortBy=mostRecent/page=%d/json", country, a.app, page)
		var answer struct {
			Feed struct {
				Entry entries `json:"entry"`
			} `json:"feed"`
		}
		if _, err := getJSON(ctx, a.client, address, nil, &answer); err != nil {
			return err
		}
		reached := false
		for _, e := range answer.Feed.Entry {
			if e.Rating == nil {
				continue // the app itself, in old answers
			}
			m := a.mention(e, country, r.req)
			if err := r.keep(m, m.PublishedAt); err != nil {
				return err
			}
			reached = reached || !m.PublishedAt.IsZero() && m.PublishedAt.Unix() <= r.last.Newest
		}
		if len(answer.Feed.Entry) == 0 {
			empty++
		} else {
			empty = 0
		}
		if reached {
			return nil
		}
	}
	return nil
}

// mention maps an entry. "updated" is the last edit; there is no first date.
func (a *appstore) mention(e appstoreEntry, country string, req Request) brand.Mention {
	m := brand.Mention{ExternalID: e.ID.Label, URL: fmt.Sprintf("https://apps.apple.com/%s/app/id%d?see-all=reviews", country, a.app), Title: e.Title.Label,
		Text: e.Content.Label, Author: e.Author.Name.Label, Version: e.Version.Label, Place: strings.ToUpper(country)}
	if e.Rating != nil {
		m.Stars, _ = parseStars(e.Rating.Label)
	}
	if t, _, ok := dates.Parse(e.Updated.Label, req.Now, req.Now.Location()); ok {
		m.PublishedAt = t.UTC()
	}
	return m
}
