package daemon

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pantau/collectors"
	"pantau/config"
	"pantau/store"
)

const receiveSecret = "0123456789abcdef0123456789abcdef"

// freeAddress returns an address on this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func receiving(t *testing.T, address, match string) Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(receiveSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := config.ParseSource("test.toml", []byte(fmt.Sprintf("[[sources]]\nname = \"kiriman\"\nkind = \"webhook\"\nbrand = \"Sandang Senja\"\nmatch = %q\n[sources.options]\nlisten = %q\nsecret = \"file:%s\"\n", match, address, path)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := collectors.New(src, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Source{Source: src, Collector: c, Matches: func(text string) bool { return match == "all" || strings.Contains(text, "senja") }}
}

// send posts signed mentions and returns the answer; 0 when there was none.
func send(address, secret, body string) (int, string) {
	req, err := http.NewRequest(http.MethodPost, "http://"+address+"/mentions", bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, err.Error()
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s", stamp, body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Pantau-Timestamp", stamp)
	req.Header.Set("Pantau-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer)
}

// runReceiving runs a daemon with one webhook until stop is called.
func runReceiving(t *testing.T, p *Program, address string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- newDaemon().Run(ctx, p) }()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the daemon does not listen: ", err)
		}
	}
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	}
}

func mentions(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := store.OpenReadOnly(t.Context(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found := map[string]string{}
	if err := db.Query(t.Context(), `SELECT external_id, text FROM v_mentions`, func([]string) error { return nil }, func(row []any) error {
		found[fmt.Sprint(row[0])] = fmt.Sprint(row[1])
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestReceive posts to a running daemon and reads the file through another
// connection after each answer: what was answered with 200 is there.
func TestReceive(t *testing.T) {
	address := freeAddress(t)
	p := newProgram(t, receiving(t, address, "all"))
	defer p.Pipeline.Store.Close()
	stop := runReceiving(t, p, address)
	path := p.Pipeline.Store.Path()
	item := func(id, text string) string {
		return fmt.Sprintf(`{"id":%q,"time":%q,"text":%q}`, id, time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), text)
	}
	for n, tt := range []struct {
		secret, body string
		status       int
		want         string
		id, text     string
	}{
		{receiveSecret, item("a", "paket belum sampai, wa 081234567890"), 200, `"stored":1`, "a", "paket belum sampai, wa [phone]"},
		{receiveSecret, item("a", "paket sudah sampai"), 200, `"edited":1`, "a", "paket sudah sampai"},
		{receiveSecret, "[" + item("a", "paket sudah sampai") + "," + item("b", "bagus") + "]", 200, `"stored":1,"edited":0,"known":1`, "b", "bagus"},
		{"a-stranger-guesses-the-secret", item("c", "palsu"), 401, "signature", "b", "bagus"},
	} {
		status, answer := send(address, tt.secret, tt.body)
		found := mentions(t, path)
		if status != tt.status || !strings.Contains(answer, tt.want) || found[tt.id] != tt.text || found["c"] != "" {
			t.Errorf("request %d: %d %s, then %v", n, status, answer, found)
		}
	}
	stop()
	if status, _ := send(address, receiveSecret, item("d", "x")); status != 0 {
		t.Errorf("after the stop somebody answers %d", status)
	}
	health, err := p.Pipeline.Store.Sources(t.Context())
	if err != nil || len(health) != 1 || health[0].Status != "fresh" || health[0].Mentions != 2 || health[0].LastNew.IsZero() {
		t.Errorf("health %+v, %v", health, err)
	}
}

// TestReceiveIsDurable stops the world between the commit's beginning and its end:
// before the commit nobody may have been told yes.
func TestReceiveIsDurable(t *testing.T) {
	address := freeAddress(t)
	p := newProgram(t, receiving(t, address, "keywords"))
	defer p.Pipeline.Store.Close()
	answered := make(chan int, 1)
	tooEarly := false
	p.Pipeline.Point = func(name string) {
		if name == "mentions accepted" { // in the transaction, before its commit
			select {
			case <-answered:
				tooEarly = true
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	defer runReceiving(t, p, address)()
	status, answer := send(address, receiveSecret, fmt.Sprintf(`[{"id":"a","time":%[1]q,"text":"baju senja luntur"},{"id":"b","time":%[1]q,"text":"baju lain"}]`, time.Now().UTC().Format(time.RFC3339)))
	answered <- status
	if found := mentions(t, p.Pipeline.Store.Path()); status != 200 || tooEarly || len(found) != 1 || !strings.Contains(answer, `"unmatched":1`) {
		t.Errorf("%d %s before the commit %v, then %v", status, answer, tooEarly, found)
	}
}

// TestReceiveWaitsForItsAddress starts while another program holds the address.
func TestReceiveWaitsForItsAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := newProgram(t, receiving(t, l.Addr().String(), "all"))
	defer p.Pipeline.Store.Close()
	r := receptions(p, p.Pipeline.Log)
	r[0].listen()
	round, err := p.Pipeline.Collect(t.Context(), p.Sources[0], false)
	if err != nil || round.Status != "failed" || !strings.Contains(round.Reason, "nobody listens") {
		t.Errorf("%+v, %v, want a failed run that says so", round, err)
	}
	l.Close()
	r[0].listen()
	if round, err = p.Pipeline.Collect(t.Context(), p.Sources[0], false); err != nil || round.Status != "fresh" {
		t.Errorf("%+v, %v, want it fresh once the address is free", round, err)
	}
	r[0].bound.Close()
}
