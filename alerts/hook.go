package alerts

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"pantau/brand"
)

// WebhookOptions says where signed JSON goes.
type WebhookOptions struct {
	URL    string
	Secret string       // key of the signature
	Client *http.Client // nil is a client that gives up after 15 seconds
	Style  Style        // of the words in it
}

// webhook posts alerts as signed JSON.
type webhook struct {
	WebhookOptions
	client *http.Client
}

// NewWebhook returns a notifier that posts each alert as a [Hook] to any
// receiver. Its requests carry the headers
//
//	Pantau-Timestamp: Unix seconds of this attempt
//	Pantau-Signature: v1=HEX, the HMAC-SHA256 of TIMESTAMP "." BODY
//	Idempotency-Key:  the delivery key, the same for every attempt
//
// Any 2xx answer is a receipt. The key makes repeating harmless, so no error is
// an [ErrAmbiguous]: what may have arrived is a [*RetryError].
func NewWebhook(o WebhookOptions) Notifier {
	client := http.Client{Timeout: timeout}
	if o.Client != nil {
		client = *o.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &webhook{WebhookOptions: o, client: &client}
}

// Hook is the JSON that a webhook receives. Fields are added, never changed,
// within a version.
type Hook struct {
	Version   int          `json:"version"` // 1
	Key       string       `json:"key"`     // as in Idempotency-Key
	Test      bool         `json:"test,omitempty"`
	DecidedAt time.Time    `json:"decided_at,omitzero"`
	Change    brand.Change `json:"change"`
	Headline  string       `json:"headline"` // at most 118 characters
	Text      string       `json:"text"`     // the alert in words, as on a console
	Alert     brand.Alert  `json:"alert"`    // the same in numbers
}

// hookVersion changes when a field changes its meaning.
const hookVersion = 1

var signing = attempt{doing: "post to the webhook", repeatable: true}

func (h *webhook) Notify(ctx context.Context, d Delivery) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", &RetryError{Err: err}
	}
	body, err := json.Marshal(h.hook(d))
	if err != nil {
		return "", fmt.Errorf("%s: %w: %w", signing.doing, err, ErrRejected)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil { // quotes the address, which may hold a password
		return "", fmt.Errorf("%s: its address is not a URL: %w", signing.doing, ErrRejected)
	}
	stamp := strconv.FormatInt(d.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Pantau-Timestamp", stamp)
	req.Header.Set("Pantau-Signature", "v1="+Sign(h.Secret, stamp, body))
	req.Header.Set("Idempotency-Key", plain(d.Key, maxURL))
	resp, err := h.client.Do(req)
	if err != nil {
		return "", signing.transport(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 1024)) // its words only matter in a refusal
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		return "webhook", nil
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		return "", signing.limited(retryAfter(resp))
	}
	return "", signing.status(resp.StatusCode, string(answer))
}

// Sign is the signature of a body at a time in Unix seconds, in hex. A receiver
// compares it in constant time and refuses times that are minutes old.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (h *webhook) hook(d Delivery) Hook {
	return Hook{
		Version: hookVersion, Key: d.Key, Test: d.Test, DecidedAt: d.QueuedAt, Change: d.Alert.Change,
		Headline: compose(d, h.Style).Headline, Text: plainText(d, h.Style), Alert: d.Alert,
	}
}
