package store

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/trends"
)

const queriesDoc = "../docs/queries.md"

var documented = regexp.MustCompile("```sql\n([^`]*)```\n\nColumns: `([^`]*)`")

// TestDocumentedQueries runs every query of docs/queries.md on a store with
// something of everything and compares the columns: an example that does not
// work is worse than none.
func TestDocumentedQueries(t *testing.T) {
	data, err := os.ReadFile(queriesDoc)
	if err != nil {
		t.Fatal(err)
	}
	db := openWithEverything(t)
	doc := string(data)
	found := documented.FindAllStringSubmatch(doc, -1)
	if len(found) < 20 {
		t.Fatalf("found %d queries, want at least 20: is the document formatted as before?", len(found))
	}
	for _, m := range found {
		columns, n := run(t, db, m[1])
		if n == 0 {
			t.Errorf("no row from\n%s", m[1])
		}
		if got := strings.Join(columns, ", "); *update {
			doc = strings.Replace(doc, m[0], strings.Replace(m[0], "Columns: `"+m[2]+"`", "Columns: `"+got+"`", 1), 1)
		} else if got != m[2] {
			t.Errorf("documented columns %q, got %q from\n%s", m[2], got, m[1])
		}
	}
	for _, m := range regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(doc, -1) {
		run(t, db, m[1]) // those about another history as well: no row here, and no error
	}
	if *update {
		write := strings.Replace(doc, dictionaryOf(doc), dictionary(t, db), 1)
		if err := os.WriteFile(queriesDoc, []byte(write), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if dictionaryOf(doc) != dictionary(t, db) {
		t.Error("the tables of views differ from the schema: run go test ./store -update")
	}
}

func run(t *testing.T, db *DB, query string) (columns []string, n int) {
	t.Helper()
	err := db.Query(context.Background(), query, func(c []string) error { columns = c; return nil }, func([]any) error { n++; return nil })
	if err != nil {
		t.Errorf("%s\n%v", query, err)
	}
	return columns, n
}

// dictionaryOf returns the generated part of the document.
func dictionaryOf(doc string) string {
	const begin, end = "<!-- views -->\n", "<!-- end of views -->"
	_, doc, _ = strings.Cut(doc, begin)
	doc, _, _ = strings.Cut(doc, end)
	return begin + doc + end
}

func dictionary(t *testing.T, db *DB) string {
	t.Helper()
	views, err := db.Views(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("<!-- views -->\n")
	for _, v := range views {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| column | type | meaning |\n|---|---|---|\n", v.Name, v.Doc)
		for _, c := range v.Columns {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, c.Type, c.Doc)
		}
	}
	b.WriteString("\nThe causes:\n\n| cause | Indonesian | English |\n|---|---|---|\n")
	for _, c := range append(brand.Causes(), brand.Unexplained) {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c, c.Name("id"), c.Name("en"))
	}
	b.WriteString("\n<!-- end of views -->")
	return b.String()
}

// TestEveryColumnIsDescribed compares the comments of the schema with what the
// views really return.
func TestEveryColumnIsDescribed(t *testing.T) {
	db := open(t)
	views, err := db.Views(context.Background())
	if err != nil || len(views) < 9 {
		t.Fatalf("Views = %d, %v", len(views), err)
	}
	for _, v := range views {
		var got []string
		for _, c := range v.Columns {
			got = append(got, c.Name)
			if c.Doc == "" || !strings.Contains("integer real text time day", string(c.Type)) {
				t.Errorf("%s.%s is described as %s: %q", v.Name, c.Name, c.Type, c.Doc)
			}
		}
		want := strings.Fields(rows(t, db, `SELECT name FROM pragma_table_info(?)`, v.Name))
		if strings.Join(got, " ") != strings.Join(want, " ") || v.Doc == "" {
			t.Errorf("%s (%q) describes %v, has %v", v.Name, v.Doc, got, want)
		}
	}
}

// openWithEverything returns a store in which no view is empty.
func openWithEverything(t testing.TB) *DB {
	db, ctx := open(t), context.Background()
	start := noon.AddDate(0, -2, 0)
	err := db.Write(ctx, func(tx *Tx) error {
		for _, b := range []struct {
			name       string
			competitor bool
		}{{"Sandang Senja", false}, {"Butik Laras", true}} {
			o, err := tx.Origin(b.name, b.competitor, "toko", "sample", "test-1")
			if err != nil {
				return err
			}
			if _, err := tx.Add(o, someOfAll(start)); err != nil {
				return err
			}
			for _, at := range []time.Time{start, noon.Add(-30 * time.Hour), noon} {
				if err := tx.FinishRun(o, Run{StartedAt: at, FinishedAt: at, From: at.Add(-2 * time.Hour), To: at, Status: "fresh", Added: 1}); err != nil {
					return err
				}
			}
			if err := anIncident(tx, o); err != nil {
				return err
			}
			if err := tx.AddRatings(o, []brand.Rating{{Subject: "Kemeja Senja", At: noon, Value: 8.6, Best: 10, Count: 87}}); err != nil {
				return err
			}
			if _, err := tx.AddAnswers(o, []brand.Answer{{ExternalID: "a", At: noon, Score: 9}, {ExternalID: "b", At: noon, Score: 3}}); err != nil {
				return err
			}
		}
		return tx.Silence(1, noon, noon.Add(time.Hour), "Rani", "sudah ditangani")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Label(ctx, 3, Label{Polarity: brand.Positive, Author: "Rani", At: noon}); err != nil {
		t.Fatal(err)
	}
	write(t, db, func(tx *Tx, o Origin) error {
		_, err := tx.Add(o, []Item{item("m0001", "sudah diperbaiki, terima kasih", noon, brand.Positive)})
		return err
	})
	return db
}

// someOfAll returns sixty days of mentions with every property.
func someOfAll(start time.Time) (items []Item) {
	for n := range 600 {
		at := start.Add(time.Duration(n) * 146 * time.Minute)
		i := item(fmt.Sprintf("m%04d", n), fmt.Sprintf("paket nomor %d belum sampai juga, admin diam saja", n%40), at, brand.Polarity(n%4), brand.Cause(1+n%3*2))
		i.Stars, i.Version, i.Fingerprint = 1+n%5, fmt.Sprintf("2.%d", n/200), uint64(n%8)*0x9e3779b97f4a7c15
		i.Score.Language = brand.Language(1 + n%3)
		if n%7 == 0 {
			i.Advice = brand.Recommended
		}
		if n%3 == 0 {
			i.Reply, i.RepliedAt = "mohon maaf", at.Add(5*time.Hour)
		}
		items = append(items, i)
	}
	return items
}

func anIncident(tx *Tx, o Origin) error {
	i := brand.Incident{Brand: "Sandang Senja", State: brand.Open, Severity: brand.Critical, Cause: brand.LateDelivery,
		StartedAt: noon.AddDate(0, 0, -8), OpenedAt: noon.AddDate(0, 0, -8), UpdatedAt: noon, Window: 6 * time.Hour, Observed: 57, Expected: 14.2, Voices: 50,
		Quotes: []brand.Quote{{MentionID: 1, Text: "paket nomor 0", PublishedAt: noon}}}
	number, err := tx.SaveIncident(o.BrandID, &i, brand.Opened, trends.Verdict{})
	if err != nil {
		return err
	}
	return tx.Queue(brand.Alert{Change: brand.Opened, Incident: i}, number, []string{"console"}, noon)
}
