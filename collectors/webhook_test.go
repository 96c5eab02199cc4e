package collectors

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"pantau/brand"
)

const webhookSecret = "not-a-secret-but-long-enough"

// signedPost is a request as a sender makes it.
func signedPost(t testing.TB, secret string, at time.Time, body string) *http.Request {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/mentions", strings.NewReader(body))
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s", stamp, body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Pantau-Timestamp", stamp)
	req.Header.Set("Pantau-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)))
	return req
}

// shelf keeps what a webhook stores, or fails.
type shelf struct {
	kept []brand.Mention
	err  error
}

func (s *shelf) store(_ context.Context, list []brand.Mention) (Receipt, error) {
	if s.err != nil {
		return Receipt{}, s.err
	}
	s.kept = append(s.kept, list...)
	return Receipt{Stored: len(list)}, nil
}

func newReception(t testing.TB, s *shelf, now *time.Time) http.Handler {
	t.Helper()
	src, err := parseTestSource("webhook", `secret = "file:testdata/webhook/secret-for-tests"`)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(src, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.(*webhook).now = func() time.Time { return *now }
	return c.(Receiver).Handler(s.store)
}

const oneMention = `{"id":"a","time":"2026-11-21T02:00:00Z","text":"paket belum sampai"}`

func TestWebhookRefuses(t *testing.T) {
	change := func(f func(*http.Request)) func(*http.Request) { return f }
	header := func(key, value string) func(*http.Request) {
		return change(func(r *http.Request) { r.Header.Set(key, value) })
	}
	keep := change(func(*http.Request) {})
	many := "[" + strings.Repeat(oneMention+",", webhookItems) + oneMention + "]"
	tests := []struct {
		name, secret, body string
		at                 time.Time
		change             func(*http.Request)
		status             int
		want               string
	}{
		{"control: nothing wrong", webhookSecret, oneMention, testNow, keep, 200, `"stored":1`},
		{"the sender's clock is a bit off", webhookSecret, oneMention, testNow.Add(4 * time.Minute), keep, 200, `"stored":1`},
		{"a read", webhookSecret, oneMention, testNow, change(func(r *http.Request) { r.Method = http.MethodGet }), 405, "post mentions here"},
		{"a form", webhookSecret, oneMention, testNow, header("Content-Type", "application/x-www-form-urlencoded"), 415, "send Content-Type"},
		{"another secret", "another-secret-of-some-length", oneMention, testNow, keep, 401, "the signature is wrong"},
		{"no signature", webhookSecret, oneMention, testNow, header("Pantau-Signature", ""), 401, "send Pantau-Timestamp"},
		{"a signature of another version", webhookSecret, oneMention, testNow, header("Pantau-Signature", "v2=00"), 401, "send Pantau-Timestamp"},
		{"half a signature", webhookSecret, oneMention, testNow, header("Pantau-Signature", "v1=00ff"), 401, "the signature is wrong"},
		{"not hex", webhookSecret, oneMention, testNow, header("Pantau-Signature", "v1=zz"), 401, "the signature is wrong"},
		{"no time", webhookSecret, oneMention, testNow, header("Pantau-Timestamp", ""), 401, "send Pantau-Timestamp"},
		{"a time that was not signed", webhookSecret, oneMention, testNow, header("Pantau-Timestamp", strconv.FormatInt(testNow.Unix()+1, 10)), 401, "the signature is wrong"},
		{"old", webhookSecret, oneMention, testNow.Add(-6 * time.Minute), keep, 401, "the timestamp is 6m0s off"},
		{"from the future", webhookSecret, oneMention, testNow.Add(6 * time.Minute), keep, 401, "the timestamp is 6m0s off"},
		{"too large", webhookSecret, `[{"id":"` + strings.Repeat("x", webhookBody) + `"}]`, testNow, keep, 413, "larger than 1 MiB"},
		{"too many", webhookSecret, many, testNow, keep, 413, "1001 mentions"},
		{"not JSON", webhookSecret, `hello`, testNow, keep, 400, "not an array of mentions"},
		{"cut off", webhookSecret, `[{"id":"a"`, testNow, keep, 400, "not an array of mentions"},
		{"two arrays", webhookSecret, "[" + oneMention + "][]", testNow, keep, 400, "something follows"},
		{"an unknown field", webhookSecret, `{"id":"a","teks":"x"}`, testNow, keep, 400, `unknown field \"teks\"`},
		{"a time without a zone", webhookSecret, `{"id":"a","time":"2026-11-21 08:00:00","text":"x"}`, testNow, keep, 400, `\"2026-11-21 08:00:00\" is not a time: write it like 2026-11-21T08:00:00+07:00`},
		{"another type", webhookSecret, `{"id":5}`, testNow, keep, 400, "number"},
		{"nothing", webhookSecret, `[]`, testNow, keep, 400, "the array is empty"},
		{"null", webhookSecret, `null`, testNow, keep, 400, "the array is empty"},
		{"one of two is wrong", webhookSecret, "[" + oneMention + `,{"id":"b","time":"2026-11-21T02:00:00Z"}]`, testNow, keep, 422, `"[1]: no text"`},
		{"no id", webhookSecret, `{"time":"2026-11-21T02:00:00Z","text":"x"}`, testNow, keep, 422, "no id"},
		{"no time of the mention", webhookSecret, `{"id":"a","text":"x"}`, testNow, keep, 422, "no time: write it like"},
		{"an impossible time", webhookSecret, `{"id":"a","time":"9999-01-01T00:00:00Z","text":"x"}`, testNow, keep, 422, "is not one of a mention"},
		{"six stars", webhookSecret, `{"id":"a","time":"2026-11-21T02:00:00Z","text":"x","stars":6}`, testNow, keep, 422, "stars 6 are not from 1 to 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now, s := testNow, &shelf{}
			req := signedPost(t, tt.secret, tt.at, tt.body)
			tt.change(req)
			answer := httptest.NewRecorder()
			newReception(t, s, &now).ServeHTTP(answer, req)
			if answer.Code != tt.status || !strings.Contains(answer.Body.String(), tt.want) || !json.Valid(answer.Body.Bytes()) {
				t.Errorf("answered %d %s, want %d with %q", answer.Code, answer.Body, tt.status, tt.want)
			}
			if stored := len(s.kept) > 0; stored != (tt.status == 200) {
				t.Errorf("%d mentions stored by a request that was answered %d", len(s.kept), answer.Code)
			}
			if strings.Contains(answer.Body.String(), webhookSecret) {
				t.Error("the answer shows the secret")
			}
		})
	}
}

// TestWebhookReplay sends the same request again: after a lost answer that is a
// retry, and from a stranger a replay. Neither stores anything twice.
func TestWebhookReplay(t *testing.T) {
	now, s := testNow, &shelf{err: errors.New("disk full")}
	h := newReception(t, s, &now)
	send := func(at time.Time) (int, string) {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, signedPost(t, webhookSecret, at, oneMention))
		return answer.Code, answer.Body.String()
	}
	if code, body := send(testNow); code != 503 || !strings.Contains(body, "send it again later") || strings.Contains(body, "disk") {
		t.Errorf("a store that fails: %d %s, want 503 and no details", code, body)
	}
	s.err = nil
	if code, body := send(testNow); code != 200 || !strings.Contains(body, `"stored":1`) {
		t.Errorf("the retry: %d %s, want it stored", code, body)
	}
	if code, body := send(testNow); code != 200 || !strings.Contains(body, `"known":1`) || len(s.kept) != 1 {
		t.Errorf("a replay: %d %s, %d kept", code, body, len(s.kept))
	}
	now = testNow.Add(webhookSkew + time.Second)
	if code, _ := send(testNow); code != 401 || len(s.kept) != 1 {
		t.Errorf("a replay that comes later: %d, want 401", code)
	}
	for i := range 2000 { // signatures are forgotten with their time
		now = testNow.Add(time.Duration(i) * time.Second)
		send(now)
	}
	if n := len(h.(*reception).taken); n > 1000 {
		t.Errorf("%d signatures are remembered", n)
	}
}

func TestWebhookCovers(t *testing.T) {
	options := `secret = "file:testdata/webhook/secret-for-tests"`
	cursor := fmt.Sprintf(`{"items":0,"until":%d}`, testNow.Add(-time.Hour).Unix())
	tests := []struct {
		name, options string
		listening     time.Time
		status        Status
		from          time.Time
		want          string
	}{
		{"since the last run", options, testNow.Add(-5 * time.Hour), Fresh, testNow.Add(-time.Hour), ""},
		{"since it listens", options, testNow.Add(-time.Minute), Fresh, testNow.Add(-time.Minute), ""},
		{"nobody listens", options, time.Time{}, Failed, time.Time{}, "nobody listens on 127.0.0.1:8480"},
		{"no secret", `secret = "env:PANTAU_NOT_SET"`, testNow, Failed, time.Time{}, "PANTAU_NOT_SET"},
	}
	for _, tt := range tests {
		_, report := run(t, "webhook", tt.options, answers{}, Request{Now: testNow, Cursor: cursor, Listening: tt.listening})
		if report.Status != tt.status || !report.From.Equal(tt.from) || !strings.Contains(report.Reason, tt.want) {
			t.Errorf("%s: %s %q from %s, want %s from %s", tt.name, report.Status, report.Reason, report.From, tt.status, tt.from)
		}
	}
}

func TestWebhookOptions(t *testing.T) {
	for options, want := range map[string]string{
		``:                                       "options.secret: is missing",
		`secret = "s3cret"`:                      "secrets do not stand in this file",
		"secret = \"env:S\"\nlisten = \"8480\"":  "is not an address with a port",
		"secret = \"env:S\"\nlisten = \":8480\"": "is open to others",
		"secret = \"env:S\"\nlisten = \"10.0.0.1:8480\"": "is open to others",
		"secret = \"env:S\"\npath = \"mentions\"":        "is not a path",
	} {
		_, err := New(source(t, "webhook", options), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", options, err, want)
		}
	}
}

// FuzzWebhook posts any body with a good signature.
func FuzzWebhook(f *testing.F) {
	f.Add(oneMention)
	f.Add(`[{"id":"a","time":"2026-11-21T02:00:00Z","text":"x","stars":5,"replied_at":"2026-11-21T02:00:00Z"}]`)
	f.Fuzz(func(t *testing.T, body string) {
		now, s := testNow, &shelf{}
		answer := httptest.NewRecorder()
		newReception(t, s, &now).ServeHTTP(answer, signedPost(t, webhookSecret, testNow, body))
		if (answer.Code == 200) != (len(s.kept) > 0) || answer.Code >= 500 || !json.Valid(answer.Body.Bytes()) {
			t.Errorf("answered %d %s with %d stored", answer.Code, answer.Body, len(s.kept))
		}
		for _, m := range s.kept {
			if m.ExternalID == "" || m.Text == "" || m.PublishedAt.IsZero() || m.Stars < 0 || m.Stars > 5 {
				t.Errorf("%+v", m)
			}
		}
	})
}
