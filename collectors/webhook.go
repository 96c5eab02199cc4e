package collectors

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// Receiver is a collector to which mentions are sent. It is served while the
// daemon runs; its Collect only records that it was.
type Receiver interface {
	Collector
	// Endpoint returns where to listen, such as 127.0.0.1:8480, and the path.
	Endpoint() (address, path string)
	// Handler returns what answers there. It says yes to a request only after
	// store has returned without an error: what was accepted is not lost.
	Handler(store func(context.Context, []brand.Mention) (Receipt, error)) http.Handler
}

// Receipt says what became of mentions that were sent.
type Receipt struct {
	Stored    int `json:"stored"`    // new ones
	Edited    int `json:"edited"`    // known ones with another text
	Known     int `json:"known"`     // unchanged
	Unmatched int `json:"unmatched"` // that do not name the brand
}

// webhook takes mentions that other programs post as signed JSON: licensed feeds,
// own shops, chat bots. The signature is that of Pantau's own webhooks.
type webhook struct {
	address, path string
	secret        config.Key
	now           func() time.Time
}

const (
	webhookBody  = 1 << 20
	webhookItems = 1000
	webhookSkew  = 5 * time.Minute // how far the sender's clock may be off
	leastSecret  = 16
)

func newWebhook(src config.Source, _ *fetch.Client) (Collector, error) {
	opts := struct {
		Listen string `toml:"listen"`
		Public bool   `toml:"public"`
		Path   string `toml:"path"`
		Secret string `toml:"secret"`
	}{Listen: "127.0.0.1:8480", Path: "/mentions"}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	secret, err := src.Key("secret", opts.Secret)
	if host, port, e := net.SplitHostPort(opts.Listen); e != nil || port == "" {
		err = config.Join(err, src.Errorf("options.listen", "%q is not an address with a port, such as 127.0.0.1:8480", opts.Listen))
	} else if !config.Loopback(host) && !opts.Public {
		err = config.Join(err, src.Errorf("options.listen", "%q is open to others: keep it on 127.0.0.1 behind a proxy with TLS, or set options.public = true", opts.Listen))
	}
	if !strings.HasPrefix(opts.Path, "/") || strings.ContainsAny(opts.Path, " ?#{}") {
		err = config.Join(err, src.Errorf("options.path", "%q is not a path such as /mentions", opts.Path))
	}
	return &webhook{opts.Listen, opts.Path, secret, time.Now}, err
}

// Collect implements [Collector]. While somebody listens, silence is an answer:
// the time since the last run, or since the listening began, is covered.
func (w *webhook) Collect(ctx context.Context, req Request, _ func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, nil)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	if key, err := w.secret.Read(); err != nil {
		return r.fail(ctx, err)
	} else if len(key.Reveal()) < leastSecret {
		return r.fail(ctx, fmt.Errorf("secret: shorter than %d characters: make one with openssl rand -hex 32", leastSecret))
	}
	if req.Listening.IsZero() {
		return r.fail(ctx, fmt.Errorf("nobody listens on %s: mentions are taken only while pantau run runs and the address is free", w.address))
	}
	return r.finishSearch(&cursor, &cursor.checkpoint, max(r.last.Until, req.Listening.Unix()))
}

// Endpoint implements [Receiver].
func (w *webhook) Endpoint() (address, path string) { return w.address, w.path }

// Handler implements [Receiver].
func (w *webhook) Handler(store func(context.Context, []brand.Mention) (Receipt, error)) http.Handler {
	return &reception{webhook: w, store: store, taken: map[string]time.Time{}}
}

// reception answers the requests of one webhook.
type reception struct {
	*webhook
	store func(context.Context, []brand.Mention) (Receipt, error)

	mu    sync.Mutex
	taken map[string]time.Time // signatures of stored requests → when they become invalid
}

// refusal is an answer that names what is wrong and what to do.
type refusal struct {
	Status  int      `json:"-"`
	Error   string   `json:"error"`
	Details []string `json:"items,omitempty"` // one line an item
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{Status: status, Error: fmt.Sprintf(format, args...)}
}

func (h *reception) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	done, refused := h.take(w, req)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if refused == nil {
		_ = json.NewEncoder(w).Encode(done) // a sender that is gone asks again
		return
	}
	switch refused.Status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "30")
	}
	w.WriteHeader(refused.Status)
	_ = json.NewEncoder(w).Encode(refused)
}

// take checks a request from the cheapest question to the dearest, and stores all
// of its mentions or none.
func (h *reception) take(w http.ResponseWriter, req *http.Request) (done Receipt, _ *refusal) {
	if req.Method != http.MethodPost {
		return done, refuse(http.StatusMethodNotAllowed, "post mentions here")
	}
	if media, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type")); media != "application/json" {
		return done, refuse(http.StatusUnsupportedMediaType, "send Content-Type: application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, webhookBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return done, refuse(http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB: send fewer mentions at once")
	case err != nil:
		return done, refuse(http.StatusBadRequest, "the body ended early: send it again")
	}
	signature, refused := h.verify(req.Header, body)
	if refused != nil {
		return done, refused
	}
	mentions, refused := h.parse(body)
	if refused != nil {
		return done, refused
	}
	if h.known(signature) { // a retry after a lost answer, or a replay: nothing changes
		return Receipt{Known: len(mentions)}, nil
	}
	if done, err = h.store(req.Context(), mentions); err != nil {
		return done, refuse(http.StatusServiceUnavailable, "not stored: send it again later")
	}
	h.remember(signature)
	return done, nil
}

// verify checks that the request was signed with the secret a moment ago.
func (h *reception) verify(header http.Header, body []byte) (signature string, _ *refusal) {
	stamp := header.Get("Pantau-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	given, ok := strings.CutPrefix(header.Get("Pantau-Signature"), "v1=")
	if err != nil || !ok {
		return "", refuse(http.StatusUnauthorized, "send Pantau-Timestamp (unix seconds) and Pantau-Signature: v1=HEX, the HMAC-SHA256 of TIMESTAMP.BODY")
	}
	secret, err := h.secret.Read()
	if err != nil || len(secret.Reveal()) < leastSecret {
		return "", refuse(http.StatusServiceUnavailable, "the secret of this source cannot be read: its operator must mend it")
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	sum, err := hex.DecodeString(given)
	if err != nil || !hmac.Equal(sum, mac.Sum(nil)) { // in constant time
		return "", refuse(http.StatusUnauthorized, "the signature is wrong: sign TIMESTAMP.BODY, exactly as sent, with the shared secret")
	}
	if off := h.now().Sub(time.Unix(seconds, 0)).Abs(); off > webhookSkew {
		return "", refuse(http.StatusUnauthorized, "the timestamp is %s off: set the clock, or sign again when you send again", off.Round(time.Second))
	}
	return given, nil
}

// known reports whether a request was stored before.
func (h *reception) known(signature string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.taken[signature].IsZero()
}

// remember keeps a signature as long as its timestamp would be accepted.
func (h *reception) remember(signature string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	if len(h.taken)%256 == 255 {
		for s, until := range h.taken {
			if now.After(until) {
				delete(h.taken, s)
			}
		}
	}
	h.taken[signature] = now.Add(2 * webhookSkew)
}

// webhookItem is one mention as it is posted. The names are those of a file's columns.
type webhookItem struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"`
	Text      string    `json:"text"`
	Title     string    `json:"title"`
	Stars     int       `json:"stars"`
	Author    string    `json:"author"`
	URL       string    `json:"url"`
	Version   string    `json:"version"`
	Place     string    `json:"place"`
	Reply     string    `json:"reply"`
	RepliedAt time.Time `json:"replied_at"`
}

// parse reads an array of mentions, or a single one. All mistakes come at once.
func (h *reception) parse(body []byte) (mentions []brand.Mention, _ *refusal) {
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' {
		body = bytes.Join([][]byte{[]byte("["), trimmed, []byte("]")}, nil)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	var items []webhookItem
	err := dec.Decode(&items)
	if _, after := dec.Token(); err == nil && after != io.EOF {
		err = errors.New("something follows the array")
	}
	var clock *time.ParseError
	switch {
	case errors.As(err, &clock):
		return nil, refuse(http.StatusBadRequest, "%q is not a time: write it like 2026-11-21T08:00:00+07:00", strings.Trim(clock.Value, `"`))
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "not an array of mentions with the fields %s: %s", strings.Join(fieldNames[:], ", "), strings.TrimPrefix(err.Error(), "json: "))
	case len(items) == 0:
		return nil, refuse(http.StatusBadRequest, "the array is empty: send at least one mention")
	case len(items) > webhookItems:
		return nil, refuse(http.StatusRequestEntityTooLarge, "%d mentions: send at most %d at once", len(items), webhookItems)
	}
	wrong := refuse(http.StatusUnprocessableEntity, "nothing is stored: correct these mentions and send all again")
	for i, item := range items {
		if mistake := item.check(h.now()); mistake != "" {
			wrong.Details = append(wrong.Details, fmt.Sprintf("[%d]: %s", i, mistake))
		}
		mentions = append(mentions, item.mention())
	}
	if len(wrong.Details) > 0 {
		wrong.Details = wrong.Details[:min(len(wrong.Details), maxRejected)]
		return nil, wrong
	}
	return mentions, nil
}

func (i webhookItem) check(now time.Time) string {
	switch {
	case i.ID == "":
		return "no id: give each mention the identity that it keeps when it is edited"
	case strings.TrimSpace(i.Text) == "":
		return "no text"
	case i.Time.IsZero():
		return "no time: write it like 2026-11-21T08:00:00+07:00"
	case i.Time.Year() < 1990 || i.Time.After(now.Add(24*time.Hour)):
		return "time " + i.Time.Format(time.RFC3339) + " is not one of a mention"
	case i.Stars < 0 || i.Stars > 5:
		return fmt.Sprintf("stars %d are not from 1 to 5: leave them out where there are none", i.Stars)
	}
	return ""
}

func (i webhookItem) mention() brand.Mention {
	m := brand.Mention{ExternalID: i.ID, PublishedAt: i.Time.UTC(), Text: i.Text, Title: i.Title, Stars: i.Stars, Author: i.Author, URL: i.URL, Version: i.Version, Place: i.Place, Reply: i.Reply}
	if !i.RepliedAt.IsZero() && i.Reply != "" {
		m.RepliedAt = i.RepliedAt.UTC()
	}
	return m
}
