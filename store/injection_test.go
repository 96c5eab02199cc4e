package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pantau/brand"
)

// statements are a thousand strings that want to be more than a value: to SQL, and
// to the language of the search index.
func statements() (all []string) {
	payloads := []string{"' OR '1'='1", "' OR 1=1 --", "'; DROP TABLE mentions; --", "\" OR \"\"=\"", "') OR ('1'='1", "1; DELETE FROM mentions", "' UNION SELECT 1,2,3,4,5,6,7,8,9 --", "'; UPDATE mentions SET text = 'x'; --",
		"' AND 1=(SELECT count(*) FROM sqlite_master) --", "'||(SELECT value FROM settings)||'", "'; ATTACH DATABASE '/tmp/x.db' AS x; --", "'; PRAGMA writable_schema = 1; --", "' OR load_extension('x') --", "x' AND randomblob(1000000000) --",
		"admin'/*", "*/ OR 1=1 /*", "%' OR text LIKE '%", "_%", "CASE WHEN 1=1 THEN 1 END", "1 OR 1=1", "NULL", "(SELECT 1)", "?1", ":name", "@p", "$p",
		"paket OR komplain", "paket NOT komplain", "paket NEAR komplain", "body:paket", "docid:1", "^paket", "pak*", "*", "\"paket", "(paket", "paket)", "-paket", "AND", "NEAR/99999 x"}
	shapes := []string{"%s", "paket %s", "%s paket", "\"%s\"", "'%s'", "(%s)", "\\%s", "%s\x00", "\x00%s", "%s;", "%s --", "/*%s*/", "%s%[1]s", "\xff%s", "\u2019%s\u2019", "\u02bc%s", "％27%s", "%%27%s", "\n%s\n", "{%s}", "[%s]", "`%s`", "&#39;%s", "0x27%s", "\u202e%s"}
	for _, p := range payloads {
		for _, s := range shapes {
			all = append(all, fmt.Sprintf(s, p))
		}
	}
	return all
}

// TestStatements stores every string in every field and looks for it in every
// way. What comes back is what went in, and nothing else. The control pastes the
// strings into a statement.
func TestStatements(t *testing.T) {
	db, ctx, all := open(t), context.Background(), statements()
	schema := rows(t, db, `SELECT group_concat(sql) FROM sqlite_master`)
	write(t, db, func(tx *Tx, o Origin) error {
		items := make([]Item, len(all))
		for n, s := range all {
			items[n] = item(fmt.Sprintf("%d %s", n, s), "paket "+s, noon, brand.Negative)
			items[n].Title, items[n].Author, items[n].URL, items[n].Version = s, s, s, s
		}
		added, err := tx.Add(o, items)
		if err == nil && added.New != len(all) {
			err = fmt.Errorf("%d of %d were new", added.New, len(all))
		}
		return err
	})
	var broke, leaked int
	for n, s := range all {
		if got := rows(t, db, `SELECT count(*) FROM mentions WHERE external_id = ? AND text = ? AND title = ?`, fmt.Sprintf("%d %s", n, s), "paket "+s, s); got != "1\n" {
			t.Fatalf("%q did not come back: %s", s, got)
		}
		for _, o := range []SearchOptions{{}, {Brand: s}, {Polarity: s}} {
			found, err := db.Search(ctx, s, o)
			if err != nil && !errors.Is(err, ErrEmptySearch) {
				t.Fatalf("Search(%q) = %v", s, err)
			}
			if (o.Brand != "" || o.Polarity != "") && len(found) > 0 {
				t.Fatalf("%q as a filter lets %d mentions through", s, len(found))
			}
		}
		if r, err := db.read.QueryContext(ctx, `SELECT id FROM mentions WHERE external_id = '`+s+`'`); err != nil {
			broke++
		} else {
			if r.Next() {
				leaked++
			}
			if err := r.Close(); err != nil {
				broke++
			}
		}
	}
	if got := rows(t, db, `SELECT count(*) FROM mentions`); strings.TrimSpace(got) != fmt.Sprint(len(all)) || rows(t, db, `SELECT group_concat(sql) FROM sqlite_master`) != schema {
		t.Errorf("%s mentions are there, want %d and the schema of before", got, len(all))
	}
	t.Logf("proof: %d strings in SQL and search, 0 errors, 0 rows too many", len(all))
	t.Logf("control: pasted into a statement %d break it and %d read foreign rows", broke, leaked)
	if len(all) < 1000 || broke < 100 || leaked == 0 {
		t.Errorf("%d strings, pasted %d break and %d leak: want 1,000, many and some", len(all), broke, leaked)
	}
}
