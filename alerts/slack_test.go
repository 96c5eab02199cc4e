package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
)

func TestSlackGolden(t *testing.T) {
	tests := []struct {
		name  string
		alert brand.Alert
		style Style
	}{
		{"opened.id", openedAlert(), inIndonesian},
		{"opened.en", openedAlert(), inEnglish},
		{"worsened.id", worsenedAlert(), inIndonesian},
		{"worsened.en", worsenedAlert(), inEnglish},
		{"recovered.id", recoveredAlert(), inIndonesian},
		{"recovered.en", recoveredAlert(), inEnglish},
		{"facts.id", factsAlert(), inIndonesian},
		{"facts.en", factsAlert(), inEnglish},
		{"taken.id", changed(brand.Taken), inIndonesian},
		{"taken.en", changed(brand.Taken), inEnglish},
		{"noted.id", changed(brand.Noted), inIndonesian},
		{"noted.en", changed(brand.Noted), inEnglish},
		{"silenced.id", changed(brand.Silenced), inIndonesian},
		{"silenced.en", changed(brand.Silenced), inEnglish},
		{"denied.id", changed(brand.Denied), inIndonesian},
		{"denied.en", changed(brand.Denied), inEnglish},
		{"byhand.id", changed(brand.Closed), inIndonesian},
		{"byhand.en", changed(brand.Closed), inEnglish},
		{"reminder.id", changed(brand.Reminded), inIndonesian},
		{"reminder.en", changed(brand.Reminded), inEnglish},
		{"escalated.id", changed(brand.Escalated), inIndonesian},
		{"escalated.en", changed(brand.Escalated), inEnglish},
		{"daily.id", reportAlert(brand.Daily), inIndonesian},
		{"daily.en", reportAlert(brand.Daily), inEnglish},
		{"calm.id", calmAlert(), inIndonesian},
		{"calm.en", calmAlert(), inEnglish},
		{"weekly.id", reportAlert(brand.Weekly), inIndonesian},
		{"weekly.en", reportAlert(brand.Weekly), inEnglish},
		{"handover.id", reportAlert(brand.HandOver), inIndonesian},
		{"handover.en", reportAlert(brand.HandOver), inEnglish},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := tt.alert.Incident.UpdatedAt.Add(5 * time.Minute)
			s := NewSlack(SlackOptions{Token: doubleToken, Style: tt.style, Buttons: true})
			m := s.compose(Delivery{Alert: tt.alert, QueuedAt: at, At: at, Reminders: 3})
			shown := struct {
				Text   string `json:"text"`
				Blocks any    `json:"blocks"`
				Reply  any    `json:"reply"`
			}{lockScreen(m), blocks(m, newWriter(tt.style)), reply(m, newWriter(tt.style))}
			var out bytes.Buffer
			encoder := json.NewEncoder(&out)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", " ")
			if err := encoder.Encode(shown); err != nil {
				t.Fatal(err)
			}
			checkGolden(t, "testdata/slack."+tt.name+".golden", out.Bytes())
		})
	}
}

// One incident is one message: posted, updated in place, with its changes in the
// thread.
func TestSlackLifeOfAnIncident(t *testing.T) {
	d := newDouble(t)
	s := d.slack(inIndonesian)
	first := delivery("42:opened:1:C0ALERTS")
	first.Channel = "#alerts" // Slack takes the name for a post only
	root, err := s.Notify(context.Background(), first)
	if err != nil {
		t.Fatalf("first delivery: %v", err)
	}
	for _, alert := range []brand.Alert{worsenedAlert(), recoveredAlert()} {
		later := delivery("42:" + string(alert.Change) + ":n:C0ALERTS")
		later.Root, later.Alert, later.Channel = root, alert, "#alerts"
		if receipt, err := s.Notify(context.Background(), later); err != nil || receipt == root {
			t.Fatalf("%s: receipt %q, error %v; want a new receipt", later.Key, receipt, err)
		}
	}
	want := []string{"chat.postMessage", "chat.update", "chat.postMessage", "chat.update", "chat.postMessage"}
	if diff := cmp.Diff(want, d.called()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if m := d.sent()[0]; m.Updates != 2 || m.Thread != "" || m.key() != "42:opened:1:C0ALERTS" {
		t.Errorf("first message: %d updates, thread %q, key %q; want 2, none and the key of the first delivery", m.Updates, m.Thread, m.key())
	}
	for _, m := range d.sent()[1:] {
		if doubleChannel+"/"+m.Thread != root {
			t.Errorf("%q is in thread %q, want %q", m.Text, m.Thread, root)
		}
	}
}

// An edit changes the living message and nothing else, however often it is tried.
func TestSlackEdit(t *testing.T) {
	d := newDouble(t)
	s := d.slack(inIndonesian)
	first := delivery("42:opened:1:C0ALERTS")
	root, err := s.Notify(context.Background(), first)
	if err != nil || !Editable(root) {
		t.Fatalf("first delivery: %q, %v; want a message that can be edited", root, err)
	}
	quote := first.Alert.Incident.Quotes[0].Text
	if m := d.sent()[0]; !strings.Contains(string(m.Blocks), quote) {
		t.Fatalf("the message does not quote %q: this test would be blind", quote)
	}
	edit := delivery("42:erased:1:C0ALERTS")
	edit.Root, edit.Alert.Edit = root, true
	edit.Alert.Incident.Quotes = nil
	for range 2 {
		if err := s.Edit(context.Background(), edit); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"chat.postMessage", "chat.update", "chat.update"}, d.called()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if m := d.sent()[0]; strings.Contains(string(m.Blocks)+m.Text, quote) || m.key() != first.Key {
		t.Errorf("the message still quotes %q, or lost its key %q", quote, m.key())
	}
	for name, err := range map[string]error{"a webhook": d.webhook(inIndonesian).Edit(context.Background(), edit), "no address": s.Edit(context.Background(), delivery("x"))} {
		if !errors.Is(err, ErrRejected) {
			t.Errorf("%s: %v, want ErrRejected", name, err)
		}
	}
	for _, receipt := range []string{"", "webhook", "console", "<1.2@mail.example.com>", "a/b"} {
		if Editable(receipt) {
			t.Errorf("%q counts as editable", receipt)
		}
	}
}

// followed sends an incident and then what became of it, and returns the living message and
// the line in its thread.
func followed(t *testing.T, after brand.Alert) (living, reply stored) {
	d := newDouble(t)
	s := d.slack(inIndonesian)
	root, err := s.Notify(context.Background(), delivery("first"))
	if err != nil {
		t.Fatal(err)
	}
	later := delivery("later")
	later.Alert, later.Root = after, root
	if _, err := s.Notify(context.Background(), later); err != nil {
		t.Fatal(err)
	}
	return d.sent()[0], d.sent()[1]
}

// What people do updates the living message and adds a short line to its thread. The
// text of the living message says how the incident stands, as its blocks do.
func TestSlackPeople(t *testing.T) {
	tests := []struct {
		change              brand.Change
		living, text, reply string
	}{
		{brand.Taken, "Status: ditangani Rina", "🔴 KRITIS", "Rina menangani insiden ini"},
		{brand.Noted, "kurir zona Bekasi", "🔴 KRITIS", "Catatan: kurir zona Bekasi"},
		{brand.Silenced, "senyap sampai", "🔴 KRITIS", "Keluhan tetap dihitung"},
		{brand.Denied, "⚪ ALARM PALSU", "⚪ ALARM PALSU", "ditandai alarm palsu"},
		{brand.Closed, "🟢 PULIH", "🟢 PULIH", "Tim menyatakan"},
		{brand.Reminded, "🔴 KRITIS", "🔴 KRITIS", "Satu orang perlu mengambil alih"},
	}
	for _, tt := range tests {
		t.Run(string(tt.change), func(t *testing.T) {
			living, reply := followed(t, changed(tt.change))
			if living.Updates != 1 || !strings.Contains(string(living.Blocks), tt.living) {
				t.Errorf("living message lacks %q: %s", tt.living, living.Blocks)
			}
			if !strings.HasPrefix(living.Text, tt.text) {
				t.Errorf("the text of the living message is %q, want %q at its beginning", living.Text, tt.text)
			}
			if !strings.Contains(string(reply.Blocks), tt.reply) || strings.Contains(string(reply.Blocks), "Kata pelanggan") {
				t.Errorf("thread lacks %q or is not short: %s", tt.reply, reply.Blocks)
			}
		})
	}
}

// A note on an incident that is over is told in the thread; above it the incident
// stays over.
func TestSlackNoteAfterTheEnd(t *testing.T) {
	after := recoveredAlert()
	after.Change, after.Incident.Note = brand.Noted, "pelajaran sudah dibahas"
	living, reply := followed(t, after)
	if !strings.HasPrefix(living.Text, "🟢 PULIH") || !strings.Contains(string(living.Blocks), "catatan: pelajaran sudah dibahas") {
		t.Errorf("the living message says %q and %s, want 🟢 PULIH and the note", living.Text, living.Blocks)
	}
	if !strings.HasPrefix(reply.Text, "📝 CATATAN") {
		t.Errorf("the thread says %q, want 📝 CATATAN", reply.Text)
	}
}

// The classes of errors decide whether an alert is lost, sent twice or storms.
func TestSlackErrors(t *testing.T) {
	const (
		rejected  = "rejected"
		ambiguous = "ambiguous"
		retry     = "retry"
	)
	refusal := func(code string) fault { return fault{body: `{"ok":false,"error":"` + code + `"}`} }
	tests := []struct {
		name  string
		fault fault
		want  string
		after time.Duration
	}{
		{"limit with a time", fault{status: 429, header: map[string]string{"Retry-After": "37"}}, retry, 37 * time.Second},
		{"limit of a year", fault{status: 429, header: map[string]string{"Retry-After": "31536000"}}, retry, limitMost},
		{"limit without a time", fault{status: 429}, retry, limitWait},
		{"limit with a time that is no number", fault{status: 429, header: map[string]string{"Retry-After": "soon"}}, retry, limitWait},
		{"limit as a code", refusal("ratelimited"), retry, limitWait},
		{"migration of the workspace", refusal("team_added_to_org"), retry, 0},
		{"Slack is not sure", refusal("internal_error"), ambiguous, 0},
		{"Slack is not sure, fatally", refusal("fatal_error"), ambiguous, 0},
		{"server error", fault{status: 500, body: "<html>"}, ambiguous, 0},
		{"bad gateway", fault{status: 502}, ambiguous, 0},
		{"answer cut after it was accepted", fault{body: `{"ok":true,"ts":"17`, cut: true, accept: true}, ambiguous, 0},
		{"answer is no JSON", fault{body: "<html>captive portal</html>"}, ambiguous, 0},
		{"answer without a message", fault{body: `{"ok":true}`}, ambiguous, 0},
		{"token revoked", refusal("token_revoked"), rejected, 0},
		{"token expired", refusal("token_expired"), rejected, 0},
		{"token wrong", refusal("invalid_auth"), rejected, 0},
		{"account gone", refusal("account_inactive"), rejected, 0},
		{"channel unknown", refusal("channel_not_found"), rejected, 0},
		{"bot not invited", refusal("not_in_channel"), rejected, 0},
		{"channel archived", refusal("is_archived"), rejected, 0},
		{"posting forbidden", refusal("restricted_action"), rejected, 0},
		{"workspace key withdrawn", refusal("ekm_access_denied"), rejected, 0},
		{"scope missing", fault{body: `{"ok":false,"error":"missing_scope","needed":"chat:write"}`}, rejected, 0},
		{"code of next year", refusal("some_new_code"), rejected, 0},
		{"forbidden by a proxy", fault{status: 403}, rejected, 0},
		{"redirect is not followed", fault{status: 307, header: map[string]string{"Location": "/api/elsewhere"}}, rejected, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDouble(t, tt.fault)
			receipt, err := d.slack(inIndonesian).Notify(context.Background(), delivery("k"))
			if err == nil || receipt != "" {
				t.Fatalf("receipt %q, error %v; want an error", receipt, err)
			}
			if got, want := class(err), (verdict{tt.want, tt.after}); got != want {
				t.Errorf("%v is %v, want %v", err, got, want)
			}
			if len(d.called()) != 1 {
				t.Errorf("calls %v, want one", d.called())
			}
			noSecret(t, err)
		})
	}
}

// verdict is the class of an error and how long to wait.
type verdict struct {
	name  string
	after time.Duration
}

func class(err error) verdict {
	var retry *RetryError
	switch {
	case err == nil:
		return verdict{}
	case errors.As(err, &retry) && !errors.Is(err, ErrAmbiguous) && !errors.Is(err, ErrRejected):
		return verdict{"retry", retry.After}
	case errors.Is(err, ErrRejected):
		return verdict{name: "rejected"}
	case errors.Is(err, ErrAmbiguous):
		return verdict{name: "ambiguous"}
	}
	return verdict{name: "unclassified"}
}

func noSecret(t *testing.T, err error) {
	t.Helper()
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("the error tells a secret: %v", err)
	}
}

// An incident that began over a webhook goes on with a token as a new message.
func TestSlackAfterWebhook(t *testing.T) {
	d := newDouble(t)
	later := delivery("k")
	later.Root, later.Alert = "webhook", worsenedAlert()
	if _, err := d.slack(inIndonesian).Notify(context.Background(), later); err != nil || d.sent()[0].Thread != "" {
		t.Errorf("error %v, messages %+v; want one new message", err, d.sent())
	}
}

// What Slack refuses for its form arrives once, as short plain text.
func TestSlackFallsBackToPlainText(t *testing.T) {
	for _, code := range []string{"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"} {
		t.Run(code, func(t *testing.T) {
			d := newDouble(t, fault{body: `{"ok":false,"error":"` + code + `"}`})
			if _, err := d.slack(inIndonesian).Notify(context.Background(), delivery("k")); err != nil {
				t.Fatal(err)
			}
			if len(d.sent()) != 1 || string(d.sent()[0].Blocks) != "[]" || !strings.Contains(d.sent()[0].Text, "pantau incidents show 42") {
				t.Errorf("messages %+v, want one without blocks that names the incident", d.sent())
			}
		})
	}
}

// An update can be repeated, so its failures never make the thread's reply
// ambiguous; a message that somebody deleted does not silence the news.
func TestSlackUpdateErrors(t *testing.T) {
	tests := []struct {
		name, code, want string
		posts            int
	}{
		{"not sure, try again", "internal_error", "retry", 0},
		{"token revoked", "token_revoked", "rejected", 0},
		{"deleted by hand, the thread still tells", "message_not_found", "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDouble(t)
			root, err := d.slack(inIndonesian).Notify(context.Background(), delivery("first"))
			if err != nil {
				t.Fatal(err)
			}
			d.fail(fault{body: `{"ok":false,"error":"` + tt.code + `"}`})
			later := delivery("second")
			later.Root = root
			_, err = d.slack(inIndonesian).Notify(context.Background(), later)
			if got := class(err).name; got != tt.want || len(d.sent())-1 != tt.posts {
				t.Errorf("error %v with %d replies, want class %q with %d", err, len(d.sent())-1, tt.want, tt.posts)
			}
		})
	}
}

// A cut answer is settled by the delivery key: in the channel for a first
// message, in the thread for a later one.
func TestSlackFind(t *testing.T) {
	d := newDouble(t, fault{cut: true, accept: true})
	s := d.slack(inIndonesian)
	if _, err := s.Notify(context.Background(), delivery("first")); !errors.Is(err, ErrAmbiguous) {
		t.Fatalf("cut answer: %v, want ErrAmbiguous", err)
	}
	since := noon.Add(-time.Minute)
	root, found, err := s.Find(context.Background(), doubleChannel, "first", since)
	if err != nil || !found || root != doubleChannel+"/"+d.sent()[0].TS {
		t.Fatalf("Find(first) = %q, %t, %v; want %q", root, found, err, d.sent()[0].TS)
	}
	later := delivery("second")
	later.Root = root
	d.fail(fault{body: `{"ok":true,"channel":"C0ALERTS","ts":"1"}`, accept: true}, fault{cut: true, accept: true}) // update, reply
	if _, err := s.Notify(context.Background(), later); !errors.Is(err, ErrAmbiguous) {
		t.Fatalf("cut reply: %v, want ErrAmbiguous", err)
	}
	receipt, found, err := s.FindReply(context.Background(), root, "second", since)
	if err != nil || !found || receipt != doubleChannel+"/"+d.sent()[1].TS {
		t.Errorf("FindReply(second) = %q, %t, %v; want %q", receipt, found, err, d.sent()[1].TS)
	}
	if _, found, err := s.Find(context.Background(), doubleChannel, "never sent", since); found || err != nil {
		t.Errorf("Find(never sent) = %t, %v; want not found", found, err)
	}
	if _, found, err := s.Find(context.Background(), doubleChannel, "first", noon.Add(time.Hour)); found || err != nil {
		t.Errorf("Find(first) after it was posted = %t, %v; want not found", found, err)
	}
}

// A busy channel has pages; a search that saw only some of them must not say
// "not found".
func TestSlackFindReadsPages(t *testing.T) {
	d := newDouble(t)
	s := d.slack(inIndonesian)
	for _, key := range []string{"wanted", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
		if _, err := s.Notify(context.Background(), delivery(key)); err != nil {
			t.Fatal(err)
		}
	}
	d.pageSize = 4
	if _, found, err := s.Find(context.Background(), doubleChannel, "wanted", noon); !found || err != nil {
		t.Errorf("Find on the third page = %t, %v; want found", found, err)
	}
	d.pageSize = 1
	if _, found, err := s.Find(context.Background(), doubleChannel, "wanted", noon); found || err == nil {
		t.Errorf("Find beyond %d pages = %t, %v; want an error", maxPages, found, err)
	}
}

func TestSlackFindErrors(t *testing.T) {
	tests := []struct {
		name  string
		fault fault
		want  string // class, empty for "not found"
	}{
		{"no scope to read history", fault{body: `{"ok":false,"error":"missing_scope","needed":"channels:history"}`}, ""},
		{"limit", fault{status: 429, header: map[string]string{"Retry-After": "60"}}, "retry"},
		{"a read can be repeated", fault{status: 500}, "retry"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found, err := newDouble(t, tt.fault).slack(inEnglish).Find(context.Background(), doubleChannel, "k", noon)
			if got := class(err); found || got.name != tt.want {
				t.Errorf("found %t, error %v, want class %q and not found", found, err, tt.want)
			}
		})
	}
	if _, found, err := newDouble(t).webhook(inEnglish).Find(context.Background(), doubleChannel, "k", noon); found || err != nil {
		t.Errorf("a webhook finds %t, %v; want not found", found, err)
	}
}

func TestSlackUnreachable(t *testing.T) {
	address := dead(t)
	notifiers := map[string]*Slack{
		"token":   NewSlack(SlackOptions{Token: doubleToken, APIURL: address + "/"}),
		"webhook": NewSlack(SlackOptions{Webhook: address + webhookPath}),
	}
	for name, s := range notifiers {
		_, err := s.Notify(context.Background(), delivery("k"))
		if err == nil {
			t.Fatalf("%s: delivered to nobody", name)
		}
		if got := class(err).name; got != "retry" {
			t.Errorf("%s: no connection is %s (%v), want retry: nothing was sent", name, got, err)
		}
		noSecret(t, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, s := range notifiers {
		if _, err := s.Notify(ctx, delivery("k")); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: canceled before it began: %v", name, err)
		}
	}
}

// A request that was under way when the time was up may have arrived.
func TestSlackTimeout(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	}))
	defer server.Close()
	defer close(release)
	s := NewSlack(SlackOptions{Token: doubleToken, APIURL: server.URL + "/", Client: &http.Client{Timeout: 20 * time.Millisecond}})
	if _, err := s.Notify(context.Background(), delivery("k")); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("time-out: %v, want ErrAmbiguous", err)
	}
}

func TestWebhook(t *testing.T) {
	tests := []struct {
		name     string
		faults   []fault
		want     string // class of the error, empty for none
		messages int
	}{
		{"posts", nil, "", 1},
		{"limit", []fault{{status: 429, header: map[string]string{"Retry-After": "5"}}}, "retry", 0},
		{"withdrawn", []fault{{status: 404, body: "no_service"}}, "rejected", 0},
		{"archived", []fault{{status: 410, body: "channel_is_archived"}}, "rejected", 0},
		{"form refused, plain text passes", []fault{{status: 400, body: "invalid_blocks"}}, "", 1},
		{"server error", []fault{{status: 500, body: "rollup_error"}}, "ambiguous", 0},
		{"answer cut", []fault{{cut: true, accept: true}}, "ambiguous", 1},
		{"redirect is not followed", []fault{{status: 302, header: map[string]string{"Location": "/elsewhere"}}}, "rejected", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDouble(t, tt.faults...)
			receipt, err := d.webhook(inIndonesian).Notify(context.Background(), delivery("k"))
			if err != nil {
				noSecret(t, err)
			}
			if got := class(err).name; got != tt.want || len(d.sent()) != tt.messages || (receipt == "") != (err != nil) {
				t.Errorf("receipt %q, error %v, %d messages; want class %q, %d messages", receipt, err, len(d.sent()), tt.want, tt.messages)
			}
		})
	}
}

// A webhook cannot update a message, so each of its messages says so and stands
// on its own.
func TestWebhookSaysWhatItCannotDo(t *testing.T) {
	d := newDouble(t)
	later := delivery("k")
	later.Root, later.Alert = "webhook", worsenedAlert()
	if _, err := d.webhook(inEnglish).Notify(context.Background(), later); err != nil {
		t.Fatal(err)
	}
	if got := string(d.sent()[0].Blocks); !strings.Contains(got, "will not be updated") || !strings.Contains(got, "What customers say") {
		t.Errorf("webhook message lacks its remark or its quotes: %s", got)
	}
	if _, err := NewSlack(SlackOptions{Webhook: "http://canary\x7f"}).Notify(context.Background(), later); !errors.Is(err, ErrRejected) {
		t.Errorf("address that is no URL: %v, want ErrRejected", err)
	} else {
		noSecret(t, err)
	}
}

func TestSlackCodesAreInOneClassOnly(t *testing.T) {
	all := slices.Concat(ambiguousCodes, waitCodes, laterCodes, contentCodes)
	slices.Sort(all)
	if n := len(all); n != len(slices.Compact(all)) {
		t.Errorf("a code is in two classes: %v", all)
	}
}
