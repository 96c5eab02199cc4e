package clean

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var markup = regexp.MustCompile(`\{(phone|email|nik|card|account|order):([^}]*)\}`)

// readLabelled returns the texts of testdata/redaction.txt and what must become
// of them.
func readLabelled(t testing.TB) (in, want []string) {
	t.Helper()
	f, err := os.Open("testdata/redaction.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		line := sc.Text()
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		in = append(in, markup.ReplaceAllString(line, "$2"))
		want = append(want, markup.ReplaceAllString(line, "[$1]"))
	}
	return in, want
}

func TestRedact(t *testing.T) {
	in, want := readLabelled(t)
	found, all := 0, 0
	for i := range in {
		got := Redact(in[i])
		if got != want[i] {
			t.Errorf("Redact(%q)\n got %q\nwant %q", in[i], got, want[i])
		}
		if in[i] != want[i] {
			all++
			if got == want[i] {
				found++
			}
		}
	}
	t.Logf("%d texts with personal data, %d right; %d without", all, found, len(in)-all)
	if all < 200 || len(in) < 400 {
		t.Errorf("only %d texts, %d of them with personal data", len(in), all)
	}
}

func FuzzRedact(f *testing.F) {
	in, _ := readLabelled(f)
	for _, s := range in {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Redact(s)
		if utf8.ValidString(s) && !utf8.ValidString(once) {
			t.Errorf("Redact(%q) = %q is not UTF-8", s, once)
		}
		if !strings.ContainsAny(s, "0123456789@") && !strings.ContainsAny(s, "([") && once != s {
			t.Errorf("Redact(%q) = %q changed a text without digits", s, once)
		}
		if twice := Redact(once); twice != once {
			t.Errorf("Redact(%q) = %q, and again %q", s, once, twice)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	in, _ := readLabelled(b)
	for i := 0; b.Loop(); i++ {
		Redact(in[i%len(in)])
	}
}
