package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pantau runs a command line and returns what it prints.
func pantau(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main(args, Streams{Out: &out, Err: &errs}); status != exitOK {
		t.Fatalf("pantau %s: exit status %d: %s", strings.Join(args, " "), status, &errs)
	}
	return out.String()
}

// TestQuestionsOnRealHistory imports years of real reviews and asks everything
// that docs/queries.md asks.
func TestQuestionsOnRealHistory(t *testing.T) {
	const timeline = "../../../shared/data/timeline/"
	if _, err := os.Stat(timeline); err != nil {
		t.Skip("no shared timelines here: ", err)
	}
	db := filepath.Join(t.TempDir(), "p.db")
	for _, f := range []struct{ file, brand string }{{"jakone", "JakOne"}, {"bni_mobile", "BNI"}} {
		t.Log(pantau(t, "import", timeline+f.file+".csv", "--brand", f.brand, "--database", db))
	}
	doc, err := os.ReadFile("../../docs/queries.md")
	if err != nil {
		t.Fatal(err)
	}
	april := strings.NewReplacer("Sandang Senja", "JakOne", "2026-11-", "2025-04-", "2026-12-", "2025-05-", "2026-10-", "2025-03-", "2026-09-", "2025-02-")
	answers := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)### (\\d+)\\. [^\n]*\n\n```sql\n(.*?)```").FindAllStringSubmatch(string(doc), -1) {
		answers[m[1]] = pantau(t, "query", "--database", db, "--csv", april.Replace(m[2]))
	}
	if len(answers) < 20 {
		t.Fatalf("asked %d questions, want at least 20", len(answers))
	}
	for _, n := range []string{"1", "2", "5", "7", "9", "10", "11", "13", "14", "15", "16", "19"} { // the others need incidents, versions, replies or labels
		if strings.Count(answers[n], "\n") < 2 {
			t.Errorf("question %s has no answer: %q", n, answers[n])
		}
	}
	// The worked example: what, since when, and is it over?
	_, example, _ := strings.Cut(string(doc), "## What went wrong")
	example, _, _ = strings.Cut(example, "## Questions")
	told := regexp.MustCompile("```sql\n([^`]*)```").FindAllStringSubmatch(example, -1)
	if len(told) != 3 {
		t.Fatalf("the example asks %d questions, want 3", len(told))
	}
	// The numbers move a little with the lexicon; the answers must not.
	for n, want := range []string{`\napp_reliability,`, `\n2025-03-29,2025-05-\d\d,1\d\d\d,`, `\n2025-08,\d+,\d+,0\.[1-5]`} {
		if got := pantau(t, "query", "--database", db, "--csv", told[n][1]); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("answer %d to what went wrong in April 2025: %s\nwant %s", n+1, got, want)
		}
	}
	share := func(from, to string) float64 {
		answer := pantau(t, "query", "--database", db, "--csv", "SELECT 1.0 * sum(negatives) / 31 FROM v_daily WHERE brand = 'JakOne' AND day >= '"+from+"' AND day < '"+to+"'")
		x, err := strconv.ParseFloat(strings.TrimSpace(strings.SplitN(answer, "\n", 2)[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	before, during, after := share("2025-02-01", "2025-03-01"), share("2025-04-01", "2025-05-01"), share("2025-07-01", "2025-08-01")
	t.Logf("complaints a day: %.1f in February, %.1f in April, %.1f in July", before, during, after)
	if during < 3*before || after > during/2 {
		t.Error("the daily view does not show the outage of April 2025 and its end")
	}
}
