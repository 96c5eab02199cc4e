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
	"time"

	"pantau/collectors/fetch"
	"pantau/config"
)

const googleTokens = "https://oauth2.googleapis.com/token"

// googleKey is the JSON that Google hands out for a program: a service account,
// or the consent of a person ("authorized_user"), as gcloud writes it.
// https://cloud.google.com/docs/authentication/application-default-credentials
type googleKey struct {
	Email        string `json:"client_email"`
	PrivateKey   string `json:"private_key"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RefreshToken string `json:"refresh_token"`
}

var errGoogleKey = errors.New("key_file: neither the JSON of a service account nor one with client_id, client_secret and refresh_token")

// googleAccess trades the operator's key for the header of a short-lived token.
func googleAccess(ctx context.Context, client *fetch.Client, key config.Key, scope string, now time.Time) (http.Header, error) {
	secret, err := key.Read()
	if err != nil {
		return nil, err
	}
	var k googleKey
	if json.Unmarshal([]byte(secret.Reveal()), &k) != nil {
		return nil, errGoogleKey
	}
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {k.ClientID}, "client_secret": {k.ClientSecret}, "refresh_token": {k.RefreshToken}}
	switch {
	case k.PrivateKey != "":
		assertion, err := k.claim(scope, now)
		if err != nil {
			return nil, err
		}
		form = url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}}
	case k.ClientID == "" || k.RefreshToken == "":
		return nil, errGoogleKey
	}
	token, err := googleTrade(ctx, client, form)
	return http.Header{"Authorization": {"Bearer " + token}}, err
}

// claim signs what a service account asks for (RFC 7523).
func (k googleKey) claim(scope string, now time.Time) (string, error) {
	parsed, err := parsePrivateKey(k.PrivateKey)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return "", errGoogleKey
	}
	signed, err := unsignedToken(map[string]any{"alg": "RS256", "typ": "JWT"},
		map[string]any{"iss": k.Email, "scope": scope, "aud": googleTokens, "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func googleTrade(ctx context.Context, client *fetch.Client, form url.Values) (string, error) {
	resp, err := client.With(fetch.Policy{Robots: "ignore"}).Get(ctx, fetch.Request{URL: googleTokens, Form: form})
	if err != nil {
		return "", err
	}
	var answer struct {
		Token  string `json:"access_token"`
		Reason string `json:"error_description"`
	}
	if err := json.Unmarshal(resp.Body, &answer); err != nil || answer.Token == "" {
		return "", fmt.Errorf("%s: gives no token for the key in key_file: %.100q", resp.URL.Host, answer.Reason)
	}
	return answer.Token, nil
}
