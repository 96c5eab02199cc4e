package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"pantau/brand"
)

func TestProbe(t *testing.T) {
	tests := []struct {
		name, scopes, answer string
		want, not            string
		rejected             bool
	}{
		{"everything", "chat:write,channels:history,groups:history,files:write", `{"ok":true}`, "exactly once", "for want", false},
		{"private channels unread", "chat:write, channels:history, files:write", `{"ok":true}`, "in private channels at least once", "no pictures", false},
		{"public channels unread", "chat:write,groups:history,files:write", `{"ok":true}`, "in public channels at least once", "no pictures", false},
		{"no history", "chat:write", `{"ok":true}`, "at least once: without", "exactly", false},
		{"no pictures", "chat:write,channels:history,groups:history", `{"ok":true}`, "no pictures, for want of files:write", "", false},
		{"Slack is silent", "", `{"ok":true}`, "unknown", "once", false},
		{"cannot write", "channels:history", `{"ok":true}`, "", "", true},
		{"token revoked", "", `{"ok":false,"error":"token_revoked"}`, "", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDouble(t)
			d.mux.HandleFunc("POST /api/auth.test", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-OAuth-Scopes", tt.scopes)
				_, _ = io.WriteString(w, tt.answer)
			})
			got, err := d.slack(inIndonesian).Probe(context.Background())
			if errors.Is(err, ErrRejected) != tt.rejected || (err != nil) != tt.rejected {
				t.Fatalf("error %v, want rejected %t", err, tt.rejected)
			}
			if !strings.Contains(got, tt.want) || tt.not != "" && strings.Contains(got, tt.not) {
				t.Errorf("%q, want %q in it and not %q", got, tt.want, tt.not)
			}
		})
	}
	if got, err := newDouble(t).webhook(inEnglish).Probe(context.Background()); err != nil || !strings.HasPrefix(got, "at least once") {
		t.Errorf("webhook: %q, %v", got, err)
	}
}

// What a dry run prints is what Slack would get, and no secret.
func TestPayloadIsWhatIsPosted(t *testing.T) {
	first, later := delivery("first"), delivery("later")
	later.Alert, later.Root = changed(brand.Taken), doubleChannel+"/1795244700.000001"
	for _, sent := range []Delivery{first, later} {
		d := newDouble(t)
		s := d.slack(inIndonesian)
		if sent.Root != "" {
			if _, err := s.Notify(context.Background(), first); err != nil {
				t.Fatal(err)
			}
		}
		payload, err := s.Payload(sent)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Notify(context.Background(), sent); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Channel, Text, Parse string
			Thread               string `json:"thread_ts"`
			Blocks, Metadata     json.RawMessage
			Unfurl               *bool `json:"unfurl_links"`
		}
		if err := json.Unmarshal(payload, &got); err != nil {
			t.Fatal(err)
		}
		all := d.sent()
		m := all[len(all)-1]
		if got.Text != m.Text || string(got.Blocks) != string(m.Blocks) || string(got.Metadata) != string(m.Metadata) || got.Thread != m.Thread ||
			got.Channel != doubleChannel || got.Parse != "none" || got.Unfurl == nil || *got.Unfurl || strings.Contains(string(payload), "canary") {
			t.Errorf("%s: payload %s\nposted %s %s %s", sent.Key, payload, m.Text, m.Blocks, m.Metadata)
		}
	}
	d := newDouble(t)
	s := d.webhook(inEnglish)
	payload, err := s.Payload(first)
	if _, notified := s.Notify(context.Background(), first); err != nil || notified != nil {
		t.Fatal(err, notified)
	}
	if !strings.Contains(string(payload), string(d.sent()[0].Blocks)) {
		t.Errorf("webhook: payload %s\nposted %s", payload, d.sent()[0].Blocks)
	}
}

// files adds the three steps of an upload to the double and keeps what came.
func (d *double) files(refusal string) (threads *[]string) {
	threads = new([]string)
	answer := func(w http.ResponseWriter, a answer) { _ = json.NewEncoder(w).Encode(a) }
	d.mux.HandleFunc("POST /api/files.getUploadURLExternal", func(w http.ResponseWriter, _ *http.Request) {
		if refusal != "" {
			answer(w, refuse(refusal))
			return
		}
		answer(w, map[string]any{"ok": true, "upload_url": d.server.URL + "/upload", "file_id": "F1"})
	})
	d.mux.HandleFunc("POST /upload", func(w http.ResponseWriter, r *http.Request) {
		f, _, err := r.FormFile("file")
		if err == nil {
			_, err = png.Decode(f)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	d.mux.HandleFunc("POST /api/files.completeUploadExternal", func(w http.ResponseWriter, r *http.Request) {
		*threads = append(*threads, r.FormValue("channel_id")+"/"+r.FormValue("thread_ts"))
		answer(w, map[string]any{"ok": true, "files": []any{map[string]any{"id": "F1"}}})
	})
	return threads
}

// The picture goes into the thread of the incident, after the words, when the
// incident begins, grows or ends.
func TestSlackPicture(t *testing.T) {
	d := newDouble(t)
	threads, s := d.files(""), d.slack(inIndonesian)
	root := ""
	for _, a := range []brand.Alert{openedAlert(), changed(brand.Taken), worsenedAlert(), recoveredAlert(), reportAlert(brand.Weekly)} {
		sent := Delivery{Key: "k", Channel: doubleChannel, Alert: a, Root: root, Days: fourWeeks()}
		if a.Digest != nil {
			sent.Root = ""
		}
		receipt, err := s.Notify(context.Background(), sent)
		if err != nil {
			t.Fatal(err)
		}
		if root == "" {
			root = receipt
		}
	}
	if got, want := strings.Join(*threads, " "), strings.TrimSpace(strings.Repeat(root+" ", 3)); got != want {
		t.Errorf("pictures in %q, want %q", got, want)
	}
}

func TestSlackPictureNeverFailsTheAlert(t *testing.T) {
	d := newDouble(t)
	d.files("missing_scope")
	sent := delivery("k")
	sent.Days = fourWeeks()
	if _, err := d.slack(inIndonesian).Notify(context.Background(), sent); err != nil || len(d.sent()) != 1 {
		t.Errorf("error %v, %d messages; want the alert without its picture", err, len(d.sent()))
	}
}

func TestTrendLine(t *testing.T) {
	marked := fourWeeks()
	marked[17].Mark = "11.11"
	tests := []struct {
		name string
		days []Day
		want string
	}{
		{"a gap is a dot and the flood is full", marked, "▂▂▂▂▂▂▂▂▂▂··▂▂▂▂▂▂▂▂▃▂▂▂▂▃▆█ · 25 Okt – 21 Nov · puncak 141 pada 21 Nov · 11.11 11 Nov"},
		{"nobody watched", []Day{{Date: noon}}, "· · 21 Nov"},
		{"no complaints", []Day{{Date: noon, Covered: true}}, "▁ · 21 Nov"},
		{"none", nil, ""},
	}
	for _, tt := range tests {
		if got := newWriter(inIndonesian).trend(tt.days).Text; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Where no picture can go its line of text goes along.
func TestTrendInWebhook(t *testing.T) {
	d := newDouble(t)
	sent := delivery("k")
	sent.Days = fourWeeks()
	if _, err := d.webhook(inIndonesian).Notify(context.Background(), sent); err != nil || !strings.Contains(string(d.sent()[0].Blocks), "▆█") {
		t.Errorf("error %v, want a sparkline in %s", err, d.sent()[0].Blocks)
	}
}
