package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const canary = "canary-4711"

// secretConfig names every kind of secret. The receivers are closed ports of this
// machine: each delivery fails, and the errors are what might tell.
const secretConfig = `
console = true
[slack]
webhook = "file:%[1]s/hook"
[webhook]
url = "https://127.0.0.1:1/"
secret = "file:%[1]s/key"
[email]
server = "127.0.0.1:1"
from = "pantau@example.org"
to = ["brand@example.org"]
user = "pantau"
password = "file:%[1]s/password"
[[brands]]
name = "Sandang Senja"
[[sources]]
name = "toko"
kind = "sample"
brand = "Sandang Senja"
schedule = "@every 2s"
options = { stream = "toko" }
`

// TestSecrets runs the daemon and the commands with a token in every place, and
// looks for it in everything that they write, also when they are told to dump
// themselves. That no core is written is a promise of the unit: see guest/checks.sh.
func TestSecrets(t *testing.T) {
	dir, secrets := tempDir(t), t.TempDir()
	for name, value := range map[string]string{"hook": "https://127.0.0.1:1/services/" + canary + "-hook", "key": canary + "-key", "password": canary + "-password"} {
		writeFile(t, filepath.Join(secrets, name), value)
	}
	writeFile(t, filepath.Join(dir, "config.toml"), fmt.Sprintf(secretConfig, secrets))
	said := map[string]string{}
	command := func(args ...string) {
		cmd := exec.Command(program(t), args...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput() // some must fail: their errors are looked at
		said["pantau "+strings.Join(args, " ")] = string(out)
	}
	s := startService(t, dir, nil, "run")
	eventually(t, "deliveries fail", 30*time.Second, func() bool { return strings.Count(s.out.String(), "delivery") >= 3 })
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	command("check")
	command("check", "--json")
	command("sources")
	command("incidents", "show", "1")
	command("test-alert")
	command("test-alert", "--dry-run")
	command("failure", "pantau.service")
	command("backup", "copy.db")
	command("query", "SELECT * FROM v_alerts", "--csv")
	command("export", "v_mentions", "all.csv")
	said["metrics and pages"] = pages("http://127.0.0.1:9108", "/", "/healthz", "/readyz", "/metrics")
	_ = s.cmd.Process.Signal(syscall.SIGQUIT) // writes every goroutine with its arguments
	_ = s.cmd.Wait()
	said["pantau run"] = s.out.String()
	writeFile(t, filepath.Join(dir, "config.toml"), strings.Replace(fmt.Sprintf(secretConfig, secrets), `"file:`+secrets+`/key"`, `"`+canary+`-pasted"`, 1))
	command("check")
	_ = os.Remove(filepath.Join(dir, "config.toml")) // it holds the pasted one

	hits := tellers(t, dir, said)
	t.Logf("proof: %d outputs and %d files searched, %d tell the token", len(said), files(t, dir), len(hits))
	if len(hits) > 0 {
		t.Errorf("the token stands in %v", hits)
	}
	if !strings.Contains(said["pantau run"], "goroutine ") || !strings.Contains(said["pantau test-alert"], "127.0.0.1:1") {
		t.Errorf("the program did not write what is searched: %.400s", said["pantau test-alert"])
	}
	writeFile(t, filepath.Join(dir, "control"), "xx"+canary)
	said["control"] = "token=" + canary
	found := tellers(t, dir, said)
	t.Logf("control: %d of 2 planted tokens were found", len(found)-len(hits))
	if len(found)-len(hits) != 2 {
		t.Error("the search does not find a planted token")
	}
}

// pages returns what an address answers, "" where nobody listens.
func pages(base string, paths ...string) string {
	var b strings.Builder
	for _, p := range paths {
		resp, err := http.Get(base + p)
		if err != nil {
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		fmt.Fprintf(&b, "%s %v\n%s\n", resp.Status, resp.Header, body)
	}
	return b.String()
}

// tellers names the outputs and files in which the canary stands.
func tellers(t *testing.T, dir string, said map[string]string) (names []string) {
	t.Helper()
	for name, text := range said {
		if strings.Contains(text, canary) {
			names = append(names, name)
		}
	}
	walk(t, dir, func(path string) {
		if data, err := os.ReadFile(path); err == nil && bytes.Contains(data, []byte(canary)) {
			names = append(names, path)
		}
	})
	return names
}

func files(t *testing.T, dir string) (n int) {
	walk(t, dir, func(string) { n++ })
	return n
}

func walk(t *testing.T, dir string, see func(path string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			see(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
