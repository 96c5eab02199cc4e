package alerts

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

const doubleAppToken = "xapp-canary-secret-app"

// socketDouble adds to the double what Socket Mode needs: it opens connections,
// sends each of them its frames, takes acknowledgements, and drops all but the
// last when theirs are complete.
type socketDouble struct {
	*double
	frames  [][]any // by connection
	openErr string  // refusal of apps.connections.open
	names   bool    // the token has users:read

	whispered func(count int) // is called after each message to one person

	mu          sync.Mutex
	connections int
	acks        []string
	whispers    []string // user: text
	forms       []string // private metadata of opened forms
}

func newSocketDouble(t *testing.T, frames ...[]any) *socketDouble {
	d := &socketDouble{double: newDouble(t), frames: frames}
	d.mux.HandleFunc("POST /api/apps.connections.open", d.open)
	d.mux.HandleFunc("GET /socket", d.serve)
	d.mux.HandleFunc("POST /api/users.info", d.userInfo)
	d.mux.HandleFunc("POST /api/chat.postEphemeral", d.ephemeral)
	d.mux.HandleFunc("POST /api/views.open", d.openView)
	return d
}

func (d *socketDouble) answer(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(a)
}

func (d *socketDouble) open(w http.ResponseWriter, r *http.Request) {
	switch {
	case d.openErr != "":
		d.answer(w, refuse(d.openErr))
	case r.Header.Get("Authorization") != "Bearer "+doubleAppToken:
		d.answer(w, refuse("invalid_auth"))
	default:
		d.answer(w, answer{"ok": true, "url": "ws" + strings.TrimPrefix(d.server.URL, "http") + "/socket"})
	}
}

func (d *socketDouble) serve(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	d.mu.Lock()
	n := d.connections
	d.connections++
	d.mu.Unlock()
	_ = c.WriteJSON(map[string]any{"type": "hello", "num_connections": 1})
	if n >= len(d.frames) {
		n = len(d.frames) - 1
	} else {
		for _, f := range d.frames[n] {
			_ = c.WriteJSON(f)
		}
	}
	last := n == len(d.frames)-1
	for got := 0; last || got < len(d.frames[n]); got++ {
		var ack struct {
			Envelope string `json:"envelope_id"`
		}
		if c.ReadJSON(&ack) != nil {
			return
		}
		d.mu.Lock()
		d.acks = append(d.acks, ack.Envelope)
		d.mu.Unlock()
	}
}

func (d *socketDouble) userInfo(w http.ResponseWriter, r *http.Request) {
	if !d.names {
		d.answer(w, answer{"ok": false, "error": "missing_scope", "needed": "users:read"})
		return
	}
	d.answer(w, answer{"ok": true, "user": map[string]any{"id": r.FormValue("user"), "real_name": "Rina <!channel>\nPutri"}})
}

func (d *socketDouble) ephemeral(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.whispers = append(d.whispers, r.FormValue("user")+": "+r.FormValue("text"))
	count := len(d.whispers)
	d.mu.Unlock()
	d.answer(w, answer{"ok": true, "message_ts": "1.1"})
	d.whispered(count)
}

func (d *socketDouble) openView(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Trigger string         `json:"trigger_id"`
		View    map[string]any `json:"view"`
	}
	if json.NewDecoder(r.Body).Decode(&call) != nil || call.Trigger == "" || call.View["type"] != "modal" || !validNode(call.View) {
		d.answer(w, refuse("invalid_arguments"))
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forms = append(d.forms, call.View["private_metadata"].(string))
	d.answer(w, answer{"ok": true, "view": call.View})
}

// seen returns what people and Slack saw so far.
func (d *socketDouble) seen() (connections int, acks, whispers, forms []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.connections, slices.Clone(d.acks), slices.Clone(d.whispers), slices.Clone(d.forms)
}

// envelope is how Slack wraps an interaction.
func envelope(id string, payload map[string]any) map[string]any {
	return map[string]any{"type": "interactive", "envelope_id": id, "accepts_response_payload": true, "payload": payload}
}

// pressed is a click on a button of incident 42.
func pressed(action, user, ts string) map[string]any {
	return map[string]any{
		"type": "block_actions", "user": map[string]any{"id": user}, "trigger_id": "t." + ts, "channel": map[string]any{"id": doubleChannel},
		"actions": []any{map[string]any{"type": "button", "block_id": actionsBlock, "action_id": action, "value": "42", "action_ts": ts}},
	}
}

// noted is a form that was sent.
func noted(text, user string) map[string]any {
	return map[string]any{
		"type": "view_submission", "user": map[string]any{"id": user},
		"view": map[string]any{"id": "V1", "type": "modal", "callback_id": noteForm, "private_metadata": "42",
			"state": map[string]any{"values": map[string]any{noteField: map[string]any{noteField: map[string]any{"type": "plain_text_input", "value": text}}}}},
	}
}
