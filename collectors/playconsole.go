package collectors

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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
	app        string
	accessFile string
	client     *fetch.Client
}

const (
	playScope = "https://www.googleapis.com/auth/androidpublisher"
	playToken = "https://oauth2.googleapis.com/token"
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
	if opts.KeyFile == "" {
		err = config.Join(err, src.Errorf("options.key_file", "is missing: name the JSON file of a service account that may reply to reviews"))
	}
	return &playconsole{opts.Package, opts.KeyFile, client}, err
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
	token, err := p.token(ctx, req.Now)
	if err != nil {
		return r.fail(ctx, err)
	}
	header := http.Header{"Authorization": {"Bearer " + token}}
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

// token trades a signed claim for an access token (RFC 7523).
func (p *playconsole) token(ctx context.Context, now time.Time) (string, error) {
	text, err := readKey("key_file", p.accessFile)
	if err != nil {
		return "", err
	}
	var account struct {
		Email string `json:"client_email"`
		Key   string `json:"private_key"`
	}
	notOurs := errors.New("key_file: not the JSON file of a service account")
	if json.Unmarshal([]byte(text), &account) != nil {
		return "", notOurs
	}
	parsed, err := parsePrivateKey(account.Key)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return "", notOurs
	}
	signed, err := unsignedToken(map[string]any{"alg": "RS256", "typ": "JWT"},
		map[string]any{"iss": account.Email, "scope": playScope, "aud": playToken, "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return p.trade(ctx, signed+"."+base64.RawURLEncoding.EncodeToString(signature))
}

func (p *playconsole) trade(ctx context.Context, assertion string) (string, error) {
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}}
	resp, err := p.client.With(fetch.Policy{Robots: "ignore"}).Get(ctx, fetch.Request{URL: playToken, Form: form})
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"access_token"`
		Error string `json:"error_description"`
	}
	if err := json.Unmarshal(resp.Body, &answer); err != nil || answer.Token == "" {
		return "", fmt.Errorf("%s: gives no token for this service account: %.100q", resp.URL.Host, answer.Error)
	}
	return answer.Token, nil
}
