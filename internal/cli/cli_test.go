package cli

import (
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"pantau": func() { os.Exit(Main(os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})) },
	})
}

// TestScripts runs the program as its users do.
func TestScripts(t *testing.T) {
	config, err := os.ReadFile("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"waitfor": waitFor, "page": page, "settings": settings},
		Setup: func(e *testscript.Env) error {
			free, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer free.Close()
			e.Setenv("PAGES", free.Addr().String())
			return os.WriteFile(e.Cd+"/config.toml", config, 0o644)
		},
	})
}

// waitFor runs a command of the script until its output holds a text: what a
// person does who waits for a daemon.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		_ = ts.Exec(args[1], args[2:]...)
		if strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
	}
	ts.Fatalf("%v never printed %q", args[1:], args[0])
}

// settings puts the address of the pages into configuration files.
func settings(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := strings.ReplaceAll(ts.ReadFile(name), "$PAGES", ts.Getenv("PAGES"))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// page reads a page of the daemon until it holds a text, and keeps it in the file
// page: page readyz ready.
func page(ts *testscript.TestScript, _ bool, args []string) {
	body := []byte{}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get("http://" + ts.Getenv("PAGES") + "/" + args[0])
		if err != nil {
			continue
		}
		body, _ = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if strings.Contains(string(body), args[1]) {
			ts.Check(os.WriteFile(ts.MkAbs("page"), body, 0o600))
			return
		}
	}
	ts.Fatalf("/%s never said %q, but %q", args[0], args[1], body)
}

// TestHelpFitsAScreen holds every help text to 24 lines of 80 columns, ending in
// an example.
func TestHelpFitsAScreen(t *testing.T) {
	for _, cmd := range append(newRoot(Streams{}).Commands(), newRoot(Streams{})) {
		if cmd.Name() == "completion" || cmd.Name() == "help" {
			continue
		}
		lines := strings.Split(strings.TrimSpace(cmd.Long), "\n")
		if len(lines) > 24 {
			t.Errorf("pantau %s --help has %d lines, want at most 24", cmd.Name(), len(lines))
		}
		for _, line := range lines {
			if len([]rune(line)) > 80 {
				t.Errorf("pantau %s --help is wider than 80 columns: %q", cmd.Name(), line)
			}
		}
		examples := lines[max(len(lines)-4, 0):]
		if !strings.Contains(strings.Join(examples, "\n"), "$ pantau") {
			t.Errorf("pantau %s --help does not end with an example: %q", cmd.Name(), examples)
		}
	}
}
