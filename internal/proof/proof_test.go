package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pantau/config"
	"pantau/daemon"
	"pantau/sentiment"
	"pantau/store"
)

// long reports whether the full numbers are asked for. go test ./... runs each
// proof with small ones.
func long() bool { return os.Getenv("PANTAU_PROOF") == "full" }

// pick returns the number of a quick run or of the full one.
func pick[T any](quick, full T) T {
	if long() {
		return full
	}
	return quick
}

var wib = time.FixedZone("WIB", 7*3600)

// tempDir is a folder in memory where there is one: thousands of commits are not
// about this machine's disk.
func tempDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "pantau-proof-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

var scorer = sync.OnceValue(func() *sentiment.Analyzer {
	a, err := sentiment.Default()
	if err != nil {
		panic(err)
	}
	return a
})

func newPipeline(db *store.DB) *daemon.Pipeline {
	return &daemon.Pipeline{Store: db, Scorer: scorer(), Pseudonyms: []byte("0123456789abcdef"), Brands: []config.Brand{{Name: "Sandang Senja"}},
		Intervals: map[string]time.Duration{}, Sensitivity: "seimbang", Log: slog.New(slog.DiscardHandler), Now: time.Now, Decided: func() {}}
}

func openStore(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// query returns the rows of a query as text, one line a row.
func query(t *testing.T, db *store.DB, sql string) string {
	t.Helper()
	var b strings.Builder
	err := db.Query(context.Background(), sql, func([]string) error { return nil }, func(row []any) error {
		fmt.Fprintln(&b, row...)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.TrimSpace(b.String())
}

// again runs one test of this program in a process of its own, with a variable
// that tells it so.
func again(test, variable, value string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"="+value)
	return cmd
}

var built struct {
	once sync.Once
	path string
	err  error
}

// program builds pantau once and returns its path.
func program(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		built.path = filepath.Join(os.TempDir(), fmt.Sprintf("pantau-proof-%d", os.Getpid()))
		out, err := exec.Command("go", "build", "-o", built.path, "pantau").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		_ = os.Remove(built.path)
	}
	os.Exit(code)
}

// service is a running pantau with everything it writes.
type service struct {
	cmd *exec.Cmd
	out lockedBuffer
}

// lockedBuffer can be read while a process writes to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startService starts a command of pantau in dir and ends it with the test.
func startService(t *testing.T, dir string, env []string, args ...string) *service {
	t.Helper()
	s := &service{cmd: exec.Command(program(t), args...)}
	s.cmd.Dir, s.cmd.Env = dir, append(os.Environ(), env...)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		if t.Failed() {
			t.Logf("what it wrote at the end:\n%s", tail([]byte(s.out.String())))
		}
	})
	return s
}

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, most time.Duration, done func() bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for !done() {
		if time.Since(begin) > most {
			t.Fatalf("%s: not within %s", what, most)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return time.Since(begin)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
