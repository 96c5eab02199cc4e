package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"pantau/brand"
)

// listenFor runs Listen until n clicks came and people were told something so
// many times, or five seconds pass.
func listenFor(t *testing.T, d *socketDouble, users []string, n, told int, result error) []Click {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var clicks []Click
	act := func(_ context.Context, c Click) error {
		clicks = append(clicks, c)
		if told == 0 && len(clicks) == n {
			cancel()
		}
		return result
	}
	d.whispered = func(count int) {
		if count == told {
			cancel()
		}
	}
	if err := d.slack(inIndonesian).Listen(ctx, doubleAppToken, users, act); err != nil {
		t.Fatalf("Listen: %v", err)
	}
	if len(clicks) != n {
		t.Fatalf("%d clicks, want %d: %+v", len(clicks), n, clicks)
	}
	return clicks
}

// A click that Slack delivers again, in the same connection or after a
// reconnection, has the key of the first; another click has its own.
func TestListenRedeliveryAndReconnection(t *testing.T) {
	first := envelope("e1", pressed("acknowledged", "U0RINA", "1.1"))
	d := newSocketDouble(t, []any{first, first}, []any{first, envelope("e2", pressed("silenced", "U0BAYU", "2.2"))})
	clicks := listenFor(t, d, nil, 4, 0, nil)
	want := Click{Change: brand.Taken, Incident: 42, Actor: "@U0RINA", Key: "click:1.1:acknowledged:U0RINA"}
	for n, c := range clicks[:3] {
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("delivery %d (-want +got):\n%s", n, diff)
		}
	}
	if c := clicks[3]; c.Change != brand.Silenced || c.Silence != 24*time.Hour || c.Key == want.Key {
		t.Errorf("second click: %+v, want a silence of a day with its own key", c)
	}
	if connections, acks, _, _ := d.seen(); connections != 2 || len(acks) < 2 {
		t.Errorf("%d connections, acknowledged %v; want 2 connections, the second after both deliveries were acknowledged", connections, acks)
	}
}

// Slack asks for a new connection now and then.
func TestListenDisconnectOnRequest(t *testing.T) {
	d := newSocketDouble(t, []any{map[string]any{"type": "disconnect", "reason": "refresh_requested"}},
		[]any{envelope("e1", pressed("recovered", "U0RINA", "1.1"))})
	if c := listenFor(t, d, nil, 1, 0, nil)[0]; c.Change != brand.Closed {
		t.Errorf("after a reconnection: %+v, want recovered", c)
	}
}

func TestListenNote(t *testing.T) {
	d := newSocketDouble(t, []any{envelope("e1", pressed("noted", "U0RINA", "1.1")), envelope("e2", noted("  kurir\u202e sudah\ndihubungi ", "U0RINA"))})
	d.names = true
	c := listenFor(t, d, []string{"U0RINA"}, 1, 0, nil)[0]
	want := Click{Change: brand.Noted, Incident: 42, Actor: "Rina <!channel> Putri", Note: "kurir sudah dihubungi", Key: "view:V1:U0RINA"}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, _, _, forms := d.seen(); len(forms) != 1 || forms[0] != "42" {
		t.Errorf("forms opened for %v, want one for 42", forms)
	}
}

func TestListenRefusesStrangers(t *testing.T) {
	d := newSocketDouble(t, []any{envelope("e1", pressed("false_alarm", "U0ORANG", "1.1")), envelope("e2", noted("x", "U0ORANG"))})
	listenFor(t, d, []string{"U0RINA"}, 0, 2, nil)
	_, _, whispers, _ := d.seen()
	if len(whispers) != 2 || !strings.HasPrefix(whispers[0], "U0ORANG: Anda belum punya izin") {
		t.Errorf("told %q, want the refusal", whispers)
	}
}

// What could not be recorded is told to the person who pressed.
func TestListenTellsFailures(t *testing.T) {
	d := newSocketDouble(t, []any{envelope("e1", pressed("acknowledged", "U0RINA", "1.1"))})
	listenFor(t, d, nil, 1, 1, errors.New("is over"))
	if _, _, whispers, _ := d.seen(); len(whispers) != 1 || !strings.Contains(whispers[0], "pantau incidents show 42") {
		t.Errorf("told %q, want that nothing was recorded", whispers)
	}
}

// A token that is wrong must not be tried for ever.
func TestListenFatal(t *testing.T) {
	for _, code := range []string{"invalid_auth", "token_revoked", "account_inactive", "not_allowed_token_type", "missing_scope", "token_expired"} {
		t.Run(code, func(t *testing.T) {
			d := newSocketDouble(t, nil)
			d.openErr = code
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			err := d.slack(inEnglish).Listen(ctx, doubleAppToken, nil, func(context.Context, Click) error { return nil })
			if !errors.Is(err, ErrRejected) || !strings.Contains(err.Error(), code) {
				t.Fatalf("Listen: %v, want ErrRejected with the code", err)
			}
			noSecret(t, err)
		})
	}
	if err := newDouble(t).webhook(inEnglish).Listen(context.Background(), doubleAppToken, nil, nil); !errors.Is(err, ErrRejected) {
		t.Errorf("a webhook listens: %v", err)
	}
}

func TestReadClick(t *testing.T) {
	edit := func(key string, value any) map[string]any {
		p := pressed("acknowledged", "U0RINA", "1.1")
		p["actions"].([]any)[0].(map[string]any)[key] = value
		return p
	}
	tests := []struct {
		name    string
		payload map[string]any
		known   bool
	}{
		{"a click", pressed("acknowledged", "U0RINA", "1.1"), true},
		{"another app's block", edit("block_id", "poll"), false},
		{"a change that is no button's", edit("action_id", "opened"), false},
		{"no incident", edit("value", "0"), false},
		{"not a number", edit("value", "42; DROP TABLE"), false},
		{"without a time there is no key", edit("action_ts", ""), false},
		{"nobody", pressed("acknowledged", "", "1.1"), false},
		{"a note", noted("x", "U0RINA"), true},
		{"an empty note", noted(" \u200b ", "U0RINA"), false},
		{"a shortcut", map[string]any{"type": "shortcut", "user": map[string]any{"id": "U0RINA"}}, false},
		{"a form that lost its state", map[string]any{"type": "view_submission", "user": map[string]any{"id": "U0RINA"}, "view": map[string]any{"callback_id": noteForm, "private_metadata": "42"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c slack.InteractionCallback
			if err := json.Unmarshal([]byte(mustJSON(t, tt.payload)), &c); err != nil {
				t.Fatal(err)
			}
			if click, known := read(c); known != tt.known {
				t.Errorf("read(%v) = %+v, %t, want %t", tt.payload, click, known, tt.known)
			}
		})
	}
}

func FuzzReadClick(f *testing.F) {
	f.Add([]byte(`{"type":"block_actions","user":{"id":"U1"},"actions":[{"type":"button","block_id":"pantau_actions","action_id":"noted","value":"1","action_ts":"1"}]}`))
	f.Add([]byte(`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"pantau_note","private_metadata":"7"}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var c slack.InteractionCallback
		if json.Unmarshal(payload, &c) != nil {
			return
		}
		click, known := read(c)
		if known && (click.Incident <= 0 || click.Key == "" || c.User.ID == "" || click.Change == brand.Opened) {
			t.Errorf("%s is taken for a click: %+v", payload, click)
		}
	})
}

// Buttons stand below what is not over, and hold nothing but its number.
func TestButtons(t *testing.T) {
	tests := []struct {
		name  string
		alert brand.Alert
		want  string
	}{
		{"open", openedAlert(), "acknowledged noted silenced false_alarm recovered"},
		{"owned", worsenedAlert(), "noted silenced false_alarm recovered"},
		{"over", recoveredAlert(), ""},
		{"false alarm", changed(brand.Denied), ""},
		{"a report", reportAlert(brand.Weekly), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDouble(t)
			s := NewSlack(SlackOptions{Token: doubleToken, Style: inIndonesian, APIURL: d.server.URL + "/api/", Buttons: true})
			if _, err := s.Notify(context.Background(), Delivery{Key: "k", Channel: doubleChannel, Alert: tt.alert}); err != nil {
				t.Fatal(err)
			}
			var list []struct {
				Type     string
				Elements []struct {
					ID    string `json:"action_id"`
					Value string
				}
			}
			if err := json.Unmarshal(d.sent()[0].Blocks, &list); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range list {
				for _, e := range b.Elements {
					if b.Type == "actions" {
						got = append(got, e.ID)
						if e.Value != "42" {
							t.Errorf("button %s holds %q, want the number of the incident", e.ID, e.Value)
						}
					}
				}
			}
			if text := strings.Join(got, " "); text != tt.want {
				t.Errorf("buttons %q, want %q", text, tt.want)
			}
		})
	}
}
