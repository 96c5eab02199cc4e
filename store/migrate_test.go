package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

// TestMigrationKeepsEverything brings a database of the second schema up to date.
func TestMigrationKeepsEverything(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "pantau.db")
	old := connect(writerDSN(path), 1)
	files := fstest.MapFS{}
	for _, name := range []string{"0001_tables.sql", "0002_views.sql"} {
		data, err := migrations.ReadFile("migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, old, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Up(ctx); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`INSERT INTO brands VALUES (1, 'Sandang Senja', 0)`,
		`INSERT INTO sources VALUES (1, 1, 'toko', 'sample', 'page 2')`,
		`INSERT INTO lexicons VALUES (1, 'old')`,
		`INSERT INTO causes VALUES (3, 'delivery', 'x', 'x'), (0, 'unexplained', 'x', 'x')`,
		`INSERT INTO settings VALUES ('zone', 'WIB')`,
		// 18:00 UTC is the next day in Jakarta.
		`INSERT INTO mentions (id, brand_id, source_id, external_id, published_at, collected_at, content, fingerprint, text, version, stars, reply, replied_at, revision,
			polarity, compound, p_negative, doubtful, language, lexicon_id, hits)
			VALUES (1, 1, 1, 'a', 1795284000, 1795284000, -5, 7, 'paket belum dikirim', '2.1', 1, 'maaf', 1795291200, 2, 1, -0.12345, 0.9, 0, 1, 1, '[[0,3,-1,"x",""]]'),
			       (2, 1, 1, 'b', 1795284060, 1795284060, 6, 8, 'bagus', NULL, 5, NULL, NULL, 1, 3, 0.5, 0.1, 0, 1, 1, NULL)`,
		`INSERT INTO mention_causes VALUES (1, 3, 0, 5)`,
		`INSERT INTO hours VALUES (1, 498690, 1, '2026-11-22', 2, 1, 0, 1, 0, 2, 6)`,
		`INSERT INTO cause_hours VALUES (1, 498690, 3, 1, '2026-11-22', 1)`,
		`INSERT INTO revisions VALUES (1, 1, 1795284000, NULL, 'dulu', 1, 1, -0.5)`,
		`PRAGMA user_version = 2`,
	} {
		if _, err := old.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReadOnly(ctx, path, wib); err == nil || !strings.Contains(err.Error(), "older version (schema 2") {
		t.Errorf("reading it before = %v, want to be told to bring it up to date", err)
	}
	db, err := Open(ctx, path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	bucketsEqualRawRows(t, db)
	if got, want := rows(t, db, `SELECT id, external_id, text, polarity, compound, p_negative, causes, version, hits, revision FROM v_mentions ORDER BY id`),
		"1|a|paket belum dikirim|negative|-0.1235|0.9|delivery|2.1|[[0,3,-1.0,\"x\"]]|2\n2|b|bagus|positive|0.5|0.1|<nil>|<nil>|<nil>|1\n"; got != want {
		t.Errorf("v_mentions =\n%swant\n%s", got, want)
	}
	if got := rows(t, db, `SELECT text FROM v_revisions`) + rows(t, db, `PRAGMA foreign_key_check`) + rows(t, db, `PRAGMA integrity_check`); got != "dulu\nok\n" {
		t.Errorf("revisions, references and integrity: %s", got)
	}
	write(t, db, func(tx *Tx, o Origin) error {
		before := item("a", "paket belum dikirim", noon, 1)
		added, err := tx.Add(o, []Item{before, item("c", "baru", noon, 1)})
		if o.Cursor != "page 2" || added != (Added{New: 1, Edited: 1}) {
			t.Errorf("after the migration Add = %+v with cursor %q: the old mention must be known", added, o.Cursor)
		}
		return err
	})
	if got := searched(t, db, "kirim", SearchOptions{}); got != "1" {
		t.Errorf("search found %q, want the old mention", got)
	}
	if before, err := filepath.Glob(path + ".before-schema-*"); err != nil || len(before) != 1 {
		t.Errorf("backups from before the migration: %v, %v", before, err)
	}
}
