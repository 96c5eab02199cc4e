package collectors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// gbp reads the reviews of the operator's own places on Google Maps through the
// interface of Google Business Profile, with the answers of the owner. Google
// opens it to approved projects only.
// https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews/list
type gbp struct {
	account   string
	locations map[string]string // what people call a place → its number
	key       config.Key
	pages     int
	client    *fetch.Client
}

const gbpScope = "https://www.googleapis.com/auth/business.manage"

var digits = regexp.MustCompile(`^\d+$`)

func newGBP(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		Account   string         `toml:"account"`
		Locations map[string]any `toml:"locations"`
		KeyFile   string         `toml:"key_file"`
		Pages     int            `toml:"pages"`
	}{Pages: 5}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := checkPages(src, opts.Pages)
	if !digits.MatchString(opts.Account) {
		err = config.Join(err, src.Errorf("options.account", "%q is not the number of a Business Profile account", opts.Account))
	}
	g := &gbp{opts.Account, map[string]string{}, config.Key{}, opts.Pages, client}
	for name, value := range opts.Locations {
		number, _ := value.(string)
		if g.locations[name] = number; !digits.MatchString(number) {
			err = config.Join(err, src.Errorf("options.locations."+name, "is not the number of a place in quotes"))
		}
	}
	if len(g.locations) == 0 {
		err = config.Join(err, src.Errorf("options.locations", `is missing: name your places, such as { "Bandung" = "1234567890" }`))
	}
	var e error
	g.key, e = src.Key("key_file", opts.KeyFile)
	return g, config.Join(err, e)
}

// gbpCursor has a checkpoint for each place: the newest edit of one says nothing
// about another.
type gbpCursor struct {
	Newest map[string]int64 `json:"places,omitempty"` // unix time of the newest edit of each
	checkpoint
}

type gbpAnswer struct {
	Reviews []gbpReview `json:"reviews"`
	Average float64     `json:"averageRating"`
	Total   int         `json:"totalReviewCount"`
	Next    string      `json:"nextPageToken"`
}

type gbpReview struct {
	ID       string `json:"reviewId"`
	Reviewer struct {
		Name      string `json:"displayName"`
		Anonymous bool   `json:"isAnonymous"`
	} `json:"reviewer"`
	Stars   string    `json:"starRating"`
	Comment string    `json:"comment"`
	Created time.Time `json:"createTime"`
	Updated time.Time `json:"updateTime"`
	Reply   struct {
		Comment string    `json:"comment"`
		Updated time.Time `json:"updateTime"`
	} `json:"reviewReply"`
}

// Collect implements [Collector]. The newest edits of each place come first.
func (g *gbp) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	cursor := gbpCursor{Newest: map[string]int64{}}
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	header, err := googleAccess(ctx, g.client, g.key, gbpScope, req.Now)
	if err != nil {
		return r.fail(ctx, err)
	}
	gap := false
	for _, name := range slices.Sorted(maps.Keys(g.locations)) {
		met, err := g.place(ctx, r, name, header, cursor.Newest)
		if err != nil {
			return r.fail(ctx, err)
		}
		gap = gap || !met
		if req.Probe {
			break
		}
	}
	report, err := r.finish(&cursor, &cursor.checkpoint, false)
	if report.Gap = gap && r.last.Until > 0; r.last.Until > 0 && !report.Gap {
		report.From = time.Unix(r.last.Until, 0).UTC()
	}
	return report, err
}

// place reads the reviews of one place down to its newest edit of the last run;
// met says that this was reached, or the end.
func (g *gbp) place(ctx context.Context, r *round, name string, header http.Header, newest map[string]int64) (met bool, err error) {
	known := newest[g.locations[name]]
	q := url.Values{"pageSize": {"50"}, "orderBy": {"updateTime desc"}}
	for n := range g.pages {
		var answer gbpAnswer
		address := fmt.Sprintf("https://mybusiness.googleapis.com/v4/accounts/%s/locations/%s/reviews?%s", g.account, g.locations[name], q.Encode())
		if _, err := getJSON(ctx, g.client, address, header, &answer); err != nil {
			return false, gbpError(err)
		}
		if n == 0 && answer.Total > 0 {
			if err := r.rate(brand.Rating{Subject: name, Value: answer.Average, Best: 5, Count: answer.Total}); err != nil {
				return false, err
			}
		}
		for _, v := range answer.Reviews {
			newest[g.locations[name]] = max(newest[g.locations[name]], v.Updated.Unix())
			met = met || v.Updated.Unix() <= known
			m := v.mention(name)
			if m.Text == "" { // stars alone are in the average
				r.note(m.ExternalID, v.Updated)
			} else if err := r.keep(m, v.Updated); err != nil {
				return false, err
			}
		}
		if answer.Next == "" || met || r.req.Probe {
			return true, nil
		}
		q.Set("pageToken", answer.Next)
	}
	return known == 0, nil
}

// gbpError says what a refusal means here.
func gbpError(err error) error {
	var fe *fetch.Error
	if errors.As(err, &fe) && fe.Status == http.StatusForbidden {
		return fmt.Errorf("%w: ask Google to approve the project for the Business Profile interface, and let the account of the key manage these places", err)
	}
	return err
}

// mention maps a review. The interface names no public address of a review.
func (v gbpReview) mention(place string) brand.Mention {
	m := brand.Mention{ExternalID: v.ID, Text: gbpOriginal(v.Comment), Author: v.Reviewer.Name, Place: place, PublishedAt: v.Created.UTC(),
		Stars: 1 + slices.Index([]string{"ONE", "TWO", "THREE", "FOUR", "FIVE"}, v.Stars)}
	if v.Reviewer.Anonymous {
		m.Author = "" // "A Google user" is not one person
	}
	if v.Reply.Comment != "" {
		m.Reply, m.RepliedAt = gbpOriginal(v.Reply.Comment), v.Reply.Updated.UTC()
	}
	return m
}

// gbpOriginal takes what was written out of a comment that Google translated:
// "(Translated by Google) A (Original) B", or "B (Translated by Google) A".
func gbpOriginal(s string) string {
	const translated, original = "(Translated by Google)", "(Original)"
	if _, after, ok := strings.Cut(s, original); ok && strings.Contains(s, translated) {
		return strings.TrimSpace(after)
	}
	before, _, _ := strings.Cut(s, translated)
	return strings.TrimSpace(before)
}
