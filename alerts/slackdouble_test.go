package alerts

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// double is a strict stand-in for Slack's Web API and one incoming webhook: what
// it does not know it refuses, and it keeps what it accepted.
type double struct {
	t      *testing.T
	server *httptest.Server
	mux    *http.ServeMux

	mu       sync.Mutex
	calls    []string // methods in order
	messages []stored
	faults   []fault // one is used up by each call, first to last
	pageSize int     // of history; 0 takes the limit asked for
}

// stored is a message as the double accepted it.
type stored struct {
	TS, Thread, Text string
	Blocks           json.RawMessage
	Metadata         json.RawMessage
	Updates          int
}

// fault replaces the answer of one call. With accept the call takes effect
// first, which is what an ambiguous failure means.
type fault struct {
	status int
	header map[string]string
	body   string
	cut    bool // close the connection in the middle of the answer
	accept bool
}

const (
	doubleToken   = "xoxb-canary-secret-token"
	doubleChannel = "C0ALERTS"
	webhookPath   = "/services/T0/B0/canary-secret-hook"
)

func newDouble(t *testing.T, faults ...fault) *double {
	d := &double{t: t, faults: faults}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat.postMessage", d.handler(d.post))
	mux.HandleFunc("POST /api/chat.update", d.handler(d.update))
	mux.HandleFunc("POST /api/conversations.history", d.handler(d.history))
	mux.HandleFunc("POST /api/conversations.replies", d.handler(d.history))
	mux.HandleFunc("POST "+webhookPath, d.hook)
	d.mux = mux
	d.server = httptest.NewServer(mux)
	t.Cleanup(d.server.Close)
	return d
}

func (d *double) slack(s Style) *Slack {
	return NewSlack(SlackOptions{Token: doubleToken, Style: s, APIURL: d.server.URL + "/api/"})
}

func (d *double) webhook(s Style) *Slack {
	return NewSlack(SlackOptions{Webhook: d.server.URL + webhookPath, Style: s})
}

// sent returns what the double accepted so far, called which methods were called.
func (d *double) sent() []stored {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.messages)
}

func (d *double) called() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// fail queues faults for the next calls.
func (d *double) fail(faults ...fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = faults
}

// answer is the JSON body of a call that the double handled.
type answer map[string]any

func refuse(code string) answer { return answer{"ok": false, "error": code} }

func (d *double) handler(call func(r *http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.calls = append(d.calls, r.URL.Path[len("/api/"):])
		var f *fault
		if len(d.faults) > 0 {
			f, d.faults = &d.faults[0], d.faults[1:]
		}
		if f != nil && !f.accept {
			f.answer(w)
			return
		}
		var a answer
		switch {
		case r.FormValue("token") != doubleToken:
			a = refuse("invalid_auth")
		case r.FormValue("channel") != doubleChannel && (r.FormValue("channel") != "#alerts" || r.URL.Path != "/api/chat.postMessage"):
			a = refuse("channel_not_found")
		default:
			a = call(r)
		}
		if f != nil {
			f.answer(w)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(a)
	}
}

func (f *fault) answer(w http.ResponseWriter) {
	for k, v := range f.header {
		w.Header().Set(k, v)
	}
	if f.cut {
		w.Header().Set("Content-Length", "1000")
	}
	w.WriteHeader(max(f.status, http.StatusOK))
	_, _ = io.WriteString(w, f.body)
	if f.cut {
		panic(http.ErrAbortHandler)
	}
}

func (d *double) post(r *http.Request) answer {
	allowed := []string{"token", "channel", "text", "blocks", "metadata", "thread_ts", "mrkdwn", "parse", "unfurl_links", "unfurl_media"}
	if code := checkForm(r, allowed); code != "" {
		return refuse(code)
	}
	if r.FormValue("unfurl_links") != "false" || r.FormValue("unfurl_media") != "false" {
		return refuse("double_wants_unfurl_off")
	}
	if code := checkMetadata(r.FormValue("metadata")); code != "" {
		return refuse(code)
	}
	thread := r.FormValue("thread_ts")
	if thread != "" && d.find(thread) == nil {
		return refuse("thread_not_found")
	}
	ts := fmt.Sprintf("%d.%06d", noon.Unix(), len(d.messages)+1)
	d.messages = append(d.messages, stored{TS: ts, Thread: thread, Text: r.FormValue("text"),
		Blocks: json.RawMessage(r.FormValue("blocks")), Metadata: json.RawMessage(r.FormValue("metadata"))})
	return answer{"ok": true, "channel": doubleChannel, "ts": ts}
}

func (d *double) update(r *http.Request) answer {
	if code := checkForm(r, []string{"token", "channel", "ts", "text", "blocks", "mrkdwn", "parse"}); code != "" {
		return refuse(code)
	}
	m := d.find(r.FormValue("ts"))
	if m == nil {
		return refuse("message_not_found")
	}
	m.Text, m.Blocks, m.Updates = r.FormValue("text"), json.RawMessage(r.FormValue("blocks")), m.Updates+1
	return answer{"ok": true, "channel": doubleChannel, "ts": m.TS, "text": m.Text}
}

// history serves both methods: replies are asked for with the ts of a thread.
func (d *double) history(r *http.Request) answer {
	thread := r.FormValue("ts")
	var all []map[string]any
	for _, m := range d.messages {
		if m.Thread != thread && m.TS != thread || m.TS < r.FormValue("oldest") {
			continue
		}
		one := map[string]any{"type": "message", "ts": m.TS, "text": m.Text}
		if r.FormValue("include_all_metadata") == "1" {
			one["metadata"] = m.Metadata
		}
		all = append(all, one)
	}
	slices.Reverse(all) // the newest first
	size, _ := strconv.Atoi(r.FormValue("limit"))
	if d.pageSize > 0 {
		size = d.pageSize
	}
	from, _ := strconv.Atoi(r.FormValue("cursor"))
	from = min(from, len(all))
	to, next := min(from+size, len(all)), ""
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return answer{"ok": true, "messages": all[from:to], "has_more": next != "", "response_metadata": map[string]any{"next_cursor": next}}
}

func (d *double) hook(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, "webhook")
	var f *fault
	if len(d.faults) > 0 {
		f, d.faults = &d.faults[0], d.faults[1:]
	}
	var m struct {
		Text        string          `json:"text"`
		Blocks      json.RawMessage `json:"blocks"`
		UnfurlLinks *bool           `json:"unfurl_links"`
	}
	err := json.NewDecoder(r.Body).Decode(&m)
	if f != nil {
		if f.accept {
			d.messages = append(d.messages, stored{Text: m.Text, Blocks: m.Blocks})
		}
		f.answer(w)
		return
	}
	if err != nil || m.Text == "" || m.UnfurlLinks == nil || *m.UnfurlLinks || checkBlocks(m.Blocks, m.Text) != "" {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	d.messages = append(d.messages, stored{Text: m.Text, Blocks: m.Blocks})
	_, _ = io.WriteString(w, "ok")
}

func (d *double) find(ts string) *stored {
	for i := range d.messages {
		if d.messages[i].TS == ts {
			return &d.messages[i]
		}
	}
	return nil
}

// key is the delivery key in the metadata of a message.
func (m stored) key() string {
	var meta struct {
		EventPayload map[string]string `json:"event_payload"`
	}
	_ = json.Unmarshal(m.Metadata, &meta)
	return meta.EventPayload["key"]
}

func checkForm(r *http.Request, allowed []string) string {
	for name := range r.PostForm {
		if !slices.Contains(allowed, name) {
			return "double_does_not_know_" + name
		}
	}
	text := r.FormValue("text")
	switch {
	case text == "":
		return "no_text"
	case r.FormValue("parse") != "none" || r.FormValue("mrkdwn") != "false":
		return "double_wants_literal_text"
	}
	return checkBlocks(json.RawMessage(r.FormValue("blocks")), text)
}

func checkMetadata(text string) string {
	var meta struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	if json.Unmarshal([]byte(text), &meta) != nil || meta.EventType == "" || meta.EventPayload["key"] == nil {
		return "invalid_metadata_format"
	}
	return ""
}

// checkBlocks knows Slack's limits and the promise of this package: beside
// blocks the text fits a lock screen.
func checkBlocks(raw json.RawMessage, text string) string {
	var list []map[string]any
	if len(raw) == 0 || string(raw) == "[]" {
		return ""
	}
	switch {
	case json.Unmarshal(raw, &list) != nil:
		return "invalid_blocks_format"
	case len(list) > 50:
		return "invalid_blocks"
	case utf8.RuneCount(raw) > 10_000:
		return "msg_blocks_too_long"
	case utf8.RuneCountInString(unescape(text)) > 120:
		return "double_wants_120_characters"
	}
	for _, b := range list {
		if !slices.Contains([]any{"header", "rich_text", "context", "divider", "actions"}, b["type"]) || !validNode(b) {
			return "invalid_blocks"
		}
	}
	return ""
}

// validNode checks every object below a block: no text is empty or too long, and
// none is mrkdwn.
func validNode(node any) bool {
	switch n := node.(type) {
	case []any:
		return !slices.ContainsFunc(n, func(e any) bool { return !validNode(e) })
	case map[string]any:
		text, isText := n["text"].(string)
		if n["type"] == "mrkdwn" || isText && (text == "" || utf8.RuneCountInString(text) > 3000) {
			return false
		}
		if n["type"] == "header" && utf8.RuneCountInString(n["text"].(map[string]any)["text"].(string)) > 150 {
			return false
		}
		if elements, ok := n["elements"].([]any); ok && (len(elements) == 0 || n["type"] == "context" && len(elements) > 10) {
			return false
		}
		for _, child := range n {
			if !validNode(child) {
				return false
			}
		}
	}
	return true
}

// unescape reads Slack's three entities.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// dead is the address of a server that is not there any more.
func dead(t *testing.T) string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

func delivery(key string) Delivery {
	return Delivery{Key: key, Channel: doubleChannel, Alert: openedAlert(), QueuedAt: noon, At: noon.Add(time.Second)}
}
