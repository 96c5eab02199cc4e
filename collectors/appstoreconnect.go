package collectors

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
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

// appstoreconnect reads the reviews of an own app through Apple's official
// interface, with the answers of its developer.
// https://developer.apple.com/documentation/appstoreconnectapi/list-all-customer-reviews-for-an-app
type appstoreconnect struct {
	app           int
	issuer, keyID string
	key           config.Key
	pages         int
	client        *fetch.Client
}

func newAppStoreConnect(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		App     int    `toml:"app"`
		Issuer  string `toml:"issuer"`
		KeyID   string `toml:"key_id"`
		KeyFile string `toml:"key_file"`
		Pages   int    `toml:"pages"`
	}{Pages: 5}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := checkPages(src, opts.Pages)
	if opts.App <= 0 {
		err = config.Join(err, src.Errorf("options.app", "%d is not the app's Apple ID", opts.App))
	}
	for key, value := range map[string]string{"issuer": opts.Issuer, "key_id": opts.KeyID} {
		if value == "" {
			err = config.Join(err, src.Errorf("options."+key, "is missing: App Store Connect shows it under Users and Access, Integrations"))
		}
	}
	key, e := src.Key("key_file", opts.KeyFile)
	return &appstoreconnect{opts.App, opts.Issuer, opts.KeyID, key, opts.Pages, client}, config.Join(err, e)
}

type appstoreReviews struct {
	Data []struct {
		ID         string `json:"id"`
		Attributes struct {
			Rating    int       `json:"rating"`
			Title     string    `json:"title"`
			Body      string    `json:"body"`
			Nickname  string    `json:"reviewerNickname"`
			Created   time.Time `json:"createdDate"`
			Territory string    `json:"territory"`
		} `json:"attributes"`
		Relationships struct {
			Response struct {
				Data *struct {
					ID string `json:"id"`
				} `json:"data"`
			} `json:"response"`
		} `json:"relationships"`
	} `json:"data"`
	Included []struct {
		ID         string `json:"id"`
		Attributes struct {
			Body     string    `json:"responseBody"`
			Modified time.Time `json:"lastModifiedDate"`
		} `json:"attributes"`
	} `json:"included"`
	Links struct {
		Next string `json:"next"`
	} `json:"links"`
}

// Collect implements [Collector].
func (a *appstoreconnect) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	token, err := a.token(req.Now)
	if err != nil {
		return r.fail(ctx, err)
	}
	header := http.Header{"Authorization": {"Bearer " + token}}
	address := fmt.Sprintf("https://api.appstoreconnect.apple.com/v1/apps/%d/customerReviews?%s", a.app,
		url.Values{"limit": {"200"}, "sort": {"-createdDate"}, "include": {"response"}}.Encode())
	for n := 0; n < a.pages && address != ""; n++ {
		var answer appstoreReviews
		resp, err := getJSON(ctx, a.client, address, header, &answer)
		if err != nil {
			return r.fail(ctx, err)
		}
		for _, m := range a.mentions(answer) {
			if err := r.keep(m, m.PublishedAt); err != nil {
				return r.fail(ctx, err)
			}
		}
		address = ""
		if u, err := resp.URL.Parse(answer.Links.Next); err == nil && answer.Links.Next != "" && u.Host == resp.URL.Host && !r.enough() {
			address = u.String()
		}
	}
	return r.finish(&cursor, &cursor.checkpoint, false)
}

func (a *appstoreconnect) mentions(answer appstoreReviews) []brand.Mention {
	var out []brand.Mention
	for _, d := range answer.Data {
		v := d.Attributes
		m := brand.Mention{ExternalID: d.ID, URL: fmt.Sprintf("https://apps.apple.com/app/id%d?see-all=reviews", a.app), Title: v.Title, Text: v.Body,
			Author: v.Nickname, Stars: min(max(v.Rating, 0), 5), Place: v.Territory, PublishedAt: v.Created.UTC()}
		for _, answer := range answer.Included {
			if ref := d.Relationships.Response.Data; ref != nil && ref.ID == answer.ID {
				m.Reply, m.RepliedAt = answer.Attributes.Body, answer.Attributes.Modified.UTC()
			}
		}
		out = append(out, m)
	}
	return out
}

// token signs the claims that Apple asks for; it is good for ten minutes.
// https://developer.apple.com/documentation/appstoreconnectapi/generating-tokens-for-api-requests
func (a *appstoreconnect) token(now time.Time) (string, error) {
	text, err := a.key.Read()
	if err != nil {
		return "", err
	}
	parsed, err := parsePrivateKey(text.Reveal())
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return "", errors.New("key_file: not the .p8 file of App Store Connect")
	}
	signed, err := unsignedToken(map[string]any{"alg": "ES256", "kid": a.keyID, "typ": "JWT"},
		map[string]any{"iss": a.issuer, "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(), "aud": "appstoreconnect-v1"})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(signed))
	x, y, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	x.FillBytes(signature[:32])
	y.FillBytes(signature[32:])
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// parsePrivateKey reads the PKCS #8 key of a PEM file.
func parsePrivateKey(text string) (any, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil {
		return nil, errors.New("not a PEM file")
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

// unsignedToken returns the first two parts of a JSON Web Token (RFC 7519).
func unsignedToken(header, claims map[string]any) (string, error) {
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	c, err := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(c), err
}
