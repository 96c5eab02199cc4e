package store

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRecipes runs what docs/queries.md tells people to run with other tools.
func TestRecipes(t *testing.T) {
	data, err := os.ReadFile(queriesDoc)
	if err != nil {
		t.Fatal(err)
	}
	db := openWithEverything(t)
	dir := filepath.Dir(db.path)
	if err := db.Publish(context.Background(), SnapshotPath(db.path)); err != nil {
		t.Fatal(err)
	}
	in := func(t *testing.T, stdin, name string, args ...string) string {
		t.Helper()
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(err)
		}
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	want := rows(t, db, `SELECT day, sum(mentions) || ' ' || sum(negatives) FROM v_daily WHERE brand = 'Sandang Senja' GROUP BY day`)
	want = strings.ReplaceAll(want, "|", " ")
	t.Run("python", func(t *testing.T) {
		program := regexp.MustCompile("(?s)```python\n(.*?)```").FindStringSubmatch(string(data))[1]
		if got := in(t, "", "python3", "-c", program); got != want {
			t.Errorf("printed\n%swant\n%s", got, want)
		}
	})
	t.Run("sqlite3 on the live file", func(t *testing.T) {
		const recipe = "sqlite3 -readonly -header -column pantau.db"
		if !strings.Contains(string(data), recipe+"\n") {
			t.Fatalf("the document does not say %s any more", recipe)
		}
		args := strings.Fields(recipe)
		got := in(t, "SELECT day, sum(mentions), sum(negatives) FROM v_daily WHERE brand = 'Sandang Senja' GROUP BY day;", args[0], args[1:]...)
		if lines := strings.Split(strings.TrimSpace(got), "\n"); len(lines) != strings.Count(want, "\n")+2 { // names and a rule
			t.Errorf("printed\n%s", got)
		}
	})
	t.Run("grafana", func(t *testing.T) {
		query := regexp.MustCompile("(?s)```\n(SELECT unixepoch.*?)```").FindStringSubmatch(string(data))[1]
		query = strings.NewReplacer("$__from", "1790000000000", "$__to", "1796000000000").Replace(query)
		if columns, n := run(t, db, query); strings.Join(columns, " ") != "time metric value" || n == 0 {
			t.Errorf("%v, %d rows from %s", columns, n, query)
		}
	})
}
