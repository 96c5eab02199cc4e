package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestStatementsAreSplit(t *testing.T) {
	tests := []struct {
		name, sql string
		want      []string
	}{
		{"one", "SELECT 1", []string{"SELECT 1"}},
		{"one with its semicolon", "SELECT 1;\n", []string{"SELECT 1"}},
		{"two", "SELECT 1; SELECT 2", []string{"SELECT 1", "SELECT 2"}},
		{"a semicolon in a text", "SELECT 'a;b'; SELECT 2", []string{"SELECT 'a;b'", "SELECT 2"}},
		{"a quote in a text", "SELECT 'it''s;'; SELECT 2", []string{"SELECT 'it''s;'", "SELECT 2"}},
		{"a semicolon in a name", "SELECT 1 AS \"a;b\", 2 AS [c;d], 3 AS `e;f`", []string{"SELECT 1 AS \"a;b\", 2 AS [c;d], 3 AS `e;f`"}},
		{"a comment to the end of the line", "-- trend; of a week\nSELECT 1 -- last; week", []string{"-- trend; of a week\nSELECT 1 -- last; week"}},
		{"a comment inside", "SELECT /* ; ' */ 1; SELECT 2", []string{"SELECT /* ; ' */ 1", "SELECT 2"}},
		{"a star alone does not end a comment", "SELECT 1 /*/ ; */", []string{"SELECT 1 /*/ ; */"}},
		{"minus and slash are no comments", "SELECT 3 - 1 / 1; SELECT 2", []string{"SELECT 3 - 1 / 1", "SELECT 2"}},
		{"a quote that is not closed", "SELECT 'a; SELECT 2", []string{"SELECT 'a; SELECT 2"}},
		{"nothing between", ";; SELECT 1;; -- and\n;", []string{"SELECT 1"}},
		{"nothing", " ; -- nothing\n /* at all */ ", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Statements(tt.sql); !slices.Equal(got, tt.want) {
				t.Errorf("Statements(%q) = %q, want %q", tt.sql, got, tt.want)
			}
		})
	}
}

// FuzzStatementsAreSplit asks SQLite: what is taken for one statement must not go on
// after a semicolon that ends one. The driver drops all results but the last, so that
// a second one would be seen.
func FuzzStatementsAreSplit(f *testing.F) {
	db := open(f)
	for _, sql := range []string{"SELECT 'a;b'; SELECT 2 -- c\n;", "[;]", "/*;", "SELECT 1 /", "`;`;\"", "--\x00;"} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		list := Statements(sql)
		if again := Statements(strings.Join(list, "\n;\n")); !slices.Equal(again, list) {
			t.Fatalf("%q splits into %q, and these into %q", sql, list, again)
		}
		if len(list) != 1 || strings.Contains(sql, "\x00") {
			return
		}
		rows, err := db.read.Query(strings.TrimRight(sql, ";"+blanks) + "\n; SELECT 'second'")
		if err != nil {
			return
		}
		defer rows.Close()
		var got string
		if columns, err := rows.Columns(); err != nil || len(columns) != 1 || !rows.Next() || rows.Scan(&got) != nil || got != "second" {
			t.Errorf("%q is one statement for us, and SQLite does not end it there", sql)
		}
	})
}

func TestQueryMistakesSayWhatToDo(t *testing.T) {
	db := openWithEverything(t)
	for _, tt := range []struct{ name, query, want string }{
		{"a column", `SELECT mention FROM v_daily`, "no such column: mention: v_daily has brand, competitor, source, day, mentions, "},
		{"a column of a join", `SELECT d.hour FROM v_daily d JOIN v_causes c`, "; v_daily has brand, "},
		{"a column of a table", `SELECT mention FROM brands`, "no such column: mention: pantau query --views"},
		{"a view", `SELECT * FROM v_dayly`, "no such table: v_dayly: the views are v_"},
		{"two statements", `SELECT 1; SELECT 2`, "2 SQL statements where one is asked for: leave out"},
		{"none", `-- later`, "0 SQL statements where one is asked for"},
		{"a parameter", `SELECT * FROM v_daily WHERE brand = ?`, "write the values into it"},
		{"a write", `DELETE FROM mentions`, "a query only reads"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := db.Query(t.Context(), tt.query, func([]string) error { return nil }, func([]any) error { return nil })
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Query(%q) = %v, want one line with %q", tt.query, err, tt.want)
			}
		})
	}
}

func TestAQueryThatIsStoppedSaysSo(t *testing.T) {
	db := openWithEverything(t)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := db.Query(ctx, `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c`, func([]string) error { return nil }, func([]any) error {
		if n++; n == 100 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "was stopped") {
		t.Errorf("Query = %v after %d rows, want that it was stopped", err, n)
	}
}

// TestScanAll: every row is there, or an error.
func TestScanAll(t *testing.T) {
	db := open(t)
	const two = `SELECT value FROM json_each('[1, 2]')`
	for _, tt := range []struct {
		name, query string
		want        []int64
		fails       bool
	}{
		{"two rows", two, []int64{1, 2}, false},
		{"none", two + ` WHERE value > 2`, nil, false},
		{"no statement", `SELECT`, nil, true},
		{"a row of another type", `SELECT value FROM json_each('[1, "x"]')`, nil, true},
		{"another number of columns", `SELECT 1, 2`, nil, true},
		{"a row that cannot be worked out", `SELECT abs(value) FROM json_each('[1, -9223372036854775808]')`, nil, true},
	} {
		got, err := ints(db.read.Query(tt.query))
		if (err != nil) != tt.fails || err == nil && !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
}
