package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"pantau/brand"
)

const hookSecret = "canary-hook-secret"

// The receiver checks what our documentation tells it to check.
func TestHookIsSigned(t *testing.T) {
	for _, a := range []brand.Alert{openedAlert(), changed(brand.Taken), reportAlert(brand.Weekly)} {
		var hook Hook
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			stamp := r.Header.Get("Pantau-Timestamp")
			if want := "v1=" + Sign(hookSecret, stamp, body); r.Header.Get("Pantau-Signature") != want || stamp != strconv.FormatInt(noon.Unix(), 10) {
				http.Error(w, "signature", http.StatusForbidden)
			}
			if r.Header.Get("Idempotency-Key") != "k1" || r.Header.Get("Content-Type") != "application/json" || json.Unmarshal(body, &hook) != nil {
				http.Error(w, "form", http.StatusBadRequest)
			}
		}))
		n := NewWebhook(WebhookOptions{URL: server.URL, Secret: hookSecret, Style: inIndonesian})
		_, err := n.Notify(context.Background(), Delivery{Key: "k1", Alert: a, QueuedAt: noon, At: noon, Test: true})
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		if hook.Version != 1 || hook.Key != "k1" || hook.Change != a.Change || !hook.Test || !hook.DecidedAt.Equal(noon) ||
			hook.Alert.Incident.ID != a.Incident.ID || !strings.Contains(hook.Text, "TEST") || hook.Headline == "" {
			t.Errorf("%s arrived as %+v", a.Change, hook)
		}
	}
}

func TestSign(t *testing.T) {
	// echo -n '1795244700.{"version":1}' | openssl dgst -sha256 -hmac kunci
	const want = "e33971519493c1d8bab92e8cf18b157e7973076258e212c0c3fb7d9f43d18319"
	if got := Sign("kunci", "1795244700", []byte(`{"version":1}`)); got != want {
		t.Errorf("Sign = %s, want %s", got, want)
	}
}

func TestHookErrors(t *testing.T) {
	tests := []struct {
		name   string
		status int
		header map[string]string
		want   verdict
	}{
		{"accepted", 202, nil, verdict{}},
		{"limit", 429, map[string]string{"Retry-After": "9"}, verdict{"retry", 9 * time.Second}},
		{"a limit of a year", 429, map[string]string{"Retry-After": "31536000"}, verdict{"retry", time.Hour}},
		{"busy with a time", 503, map[string]string{"Retry-After": "7"}, verdict{"retry", 7 * time.Second}},
		{"a key makes repeating harmless", 500, nil, verdict{"retry", 0}},
		{"wrong secret", 401, nil, verdict{"rejected", 0}},
		{"gone", 410, nil, verdict{"rejected", 0}},
		{"redirect is not followed", 308, map[string]string{"Location": "/elsewhere"}, verdict{"rejected", 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.status)
			}))
			defer server.Close()
			_, err := NewWebhook(WebhookOptions{URL: server.URL + "/canary", Secret: hookSecret}).Notify(context.Background(), delivery("k"))
			if got := class(err); got != tt.want {
				t.Errorf("%v is %v, want %v", err, got, tt.want)
			}
			if err != nil {
				noSecret(t, err)
			}
		})
	}
	for address, want := range map[string]string{dead(t) + "/canary": "retry", "http://canary\x7f": "rejected"} {
		_, err := NewWebhook(WebhookOptions{URL: address, Secret: hookSecret}).Notify(context.Background(), delivery("k"))
		if got := class(err).name; got != want {
			t.Errorf("%s: %v is %s, want %s", address, err, got, want)
		}
		noSecret(t, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewWebhook(WebhookOptions{URL: dead(t)}).Notify(ctx, delivery("k")); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled before it began: %v", err)
	}
}
