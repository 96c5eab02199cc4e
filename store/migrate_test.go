package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"pantau/brand"
)

// writeOld writes a database of the first migrations, with rows.
func writeOld(t *testing.T, path string, names []string, queries ...string) {
	t.Helper()
	old := connect(writerDSN(path), 1)
	files := fstest.MapFS{}
	for _, name := range names {
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
	if _, err := provider.Up(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, query := range queries {
		if _, err := old.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMigrationOfHits brings a database of the fourth schema up to date: hits,
// dedup keys, fingerprints, labels and local hours.
func TestMigrationOfHits(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "pantau.db")
	const hits = `[[0,5,-1.25,"paket","negated"],[6,11,0.0123,"belum \"x\""],[60000,60007,-12.3,"paket"]]`
	writeOld(t, path, []string{"0001_tables.sql", "0002_views.sql", "0003_tables.sql", "0004_views.sql"},
		`INSERT INTO brands VALUES (1, 'Sandang Senja', 0)`,
		`INSERT INTO sources VALUES (1, 1, 'toko', 'sample', 'page 2', 3)`,
		`INSERT INTO lexicons VALUES (1, 'old')`,
		`INSERT INTO causes VALUES (3, 'delivery', 'x', 'x'), (0, 'unexplained', 'x', 'x')`,
		`INSERT INTO settings VALUES ('zone', 'WIB'), ('search_version', '1')`,
		// 18:00 UTC of a Saturday is Sunday, one o'clock, in Jakarta.
		`INSERT INTO mentions (id, brand_id, source_id, key, external_id, published_at, collected_at, content, fingerprint, text, version, stars,
			polarity, compound, p_negative, doubtful, language, lexicon_id, hits)
			SELECT id, 1, 1, 5, external_id, 1795284000, 1795284000, 7, 99, text, '2.1', stars, polarity, -1235, 9000, 0, 1, 1, hits
			FROM (SELECT 1 AS id, 'a' AS external_id, 'paket belum dikirim' AS text, 1 AS stars, 1 AS polarity, '`+hits+`' AS hits
			UNION ALL SELECT 2, 'b', 'bagus', 5, 3, NULL UNION ALL SELECT 3, 'c', 'biasa', 3, 2, '[[0,5,0.5,"biasa"]]')`,
		`INSERT INTO mention_causes VALUES (1, 3, 0, 5)`,
		`INSERT INTO labels VALUES (3, 1795284000, 'Rani', '', 1, '[]')`,
		`INSERT INTO hours (brand_id, hour, source_id, day, week_hour, mentions, negatives, neutrals, positives, unknowns, rated, stars_total, voices)
			VALUES (1, 498690, 1, '2026-11-22', 1, 3, 1, 1, 1, 0, 3, 9, 1)`,
		`INSERT INTO days VALUES (1, '2026-11-22', 1, 3, 1, 1, 1, 0, 1, 3, 9, 0, 0)`,
		`INSERT INTO cause_hours VALUES (1, 498690, 3, 1, 1)`,
		`INSERT INTO cause_days VALUES (1, '2026-11-22', 3, 1, 1)`,
		`INSERT INTO facet_days VALUES (1, 1, '2026-11-22', 'id', 1, 3, 1, 1, 1), (1, 2, '2026-11-22', '1', 1, 1, 1, 0, 0), (1, 2, '2026-11-22', '3', 1, 1, 0, 1, 0),
			(1, 2, '2026-11-22', '5', 1, 1, 0, 0, 1), (1, 3, '2026-11-22', '2.1', 1, 3, 1, 1, 1)`,
		`PRAGMA user_version = 4`)
	db, err := Open(ctx, path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	bucketsEqualRawRows(t, db)
	var got, want any
	if err := errors.Join(json.Unmarshal([]byte(rows(t, db, `SELECT hits FROM v_mentions WHERE id = 1`)), &got), json.Unmarshal([]byte(strings.Replace(hits, "0.0123", "0.01", 1)), &want)); err != nil { // weights are in hundredths now
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hits (-before +after):\n%s", diff)
	}
	if got := rows(t, db, `SELECT count(*) FROM v_hits`) + rows(t, db, `SELECT day, clock, weekday FROM v_hourly`) + rows(t, db, `SELECT fingerprint FROM mentions ORDER BY id`) +
		rows(t, db, `SELECT hits FROM v_mentions WHERE id = 2`) + rows(t, db, `SELECT mention_id, author FROM v_labels`) + rows(t, db, `PRAGMA foreign_key_check`) + rows(t, db, `PRAGMA integrity_check`); got !=
		"4\n2026-11-22|1|0\n99\n0\n0\n<nil>\n3|Rani\nok\n" {
		t.Errorf("after the migration:\n%s", got)
	}
	write(t, db, func(tx *Tx, o Origin) error {
		added, err := tx.Add(o, []Item{item("a", "paket belum dikirim juga", noon, brand.Negative), item("b", "bagus", noon, brand.Positive), item("d", "baru", noon, brand.Positive)})
		if added != (Added{New: 1, Edited: 2}) {
			t.Errorf("Add = %+v: what was stored must be known", added)
		}
		return err
	})
	// The backup is the file of before, and whole.
	v, err := Verify(ctx, fmt.Sprintf("%s.before-schema-%d", path, mustLatest(t)))
	if err != nil || v.Schema != 4 || v.Mentions != 3 || len(v.Problems) > 0 {
		t.Errorf("the backup from before the migration: %+v, %v", v, err)
	}
}

// TestMigrationToSmallerRows brings a database of the seventh schema up to date, with
// every kind of value that a column can have: analysts see the same as before.
func TestMigrationToSmallerRows(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "pantau.db")
	writeOld(t, path, []string{"0001_tables.sql", "0002_views.sql", "0003_tables.sql", "0004_views.sql", "0005_measures.sql", "0006_lean_mentions.sql", "0007_search_in_parts.sql"},
		`INSERT INTO brands VALUES (1, 'Sandang Senja', 0), (2, 'Busana Bayu', 1)`,
		`INSERT INTO sources VALUES (1, 1, 'toko', 'sample', 'page 2', 3000), (2, 1, 'forum', 'sample', '', 0), (3, 2, 'toko', 'sample', '', 0)`,
		`INSERT INTO lexicons VALUES (1, 'old'), (2, 'new')`,
		`INSERT INTO causes VALUES (0, 'unexplained', 'x', 'x'), (3, 'delivery', 'x', 'x')`,
		`INSERT INTO settings VALUES ('zone', 'WIB'), ('search_version', '`+searchVersion+`')`,
		`INSERT INTO entries VALUES (1, 'belum', ''), (2, 'rusak', 'negated')`,
		`INSERT INTO mentions (id, brand_id, source_id, external_id, published_at, collected_at, content, fingerprint, copy_of, title, text, url, author, version, place, stars, reply, replied_at,
				polarity, compound, p_negative, doubtful, language, lexicon_id, hits, revision)
			WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000)
			SELECT n, 1 + (n % 3 = 2), 1 + n % 3, 'x' || n, 1795284000 - 86400 * 400 + n * 7000 - iif(n = 9, 4000000000, 0), 1795284000 - 86400 * 400 + n * 7000 + n % 5 * 40000 - iif(n = 9, 4000000000, 0), n * 715827, iif(n % 4 = 1, n, 0), iif(n % 40 = 1 AND n > 1, n - 1, NULL),
				iif(n % 6 = 0, 'judul ' || n, NULL), iif(n % 50 = 7, NULL, iif(n = 12, 'kata rahasia', 'paket belum dikirim ' || n)), iif(n % 2, 'https://toko.example/' || n, NULL), iif(n % 3, 'a' || n % 7, NULL),
				iif(n % 4, '2.' || n % 5, NULL), iif(n % 7 = 0, 'Bandung', NULL), nullif(n % 6, 0), iif(n % 9 = 0, 'maaf', NULL), iif(n % 9 = 0, 1795284000 - 86400 * 400 + n * 7000 + 3600, NULL),
				n % 4, 100 * (n * 37 % 201 - 100), 100 * (n * 41 % 101), n % 11 = 0, n % 6, 1 + n % 2, iif(n % 50 = 7, NULL, char(7, 6, 1, 25001) || char(300, 6, 2, 201)), 1 + (n = 5) FROM c`,
		`INSERT INTO revisions VALUES (5, 1, 1795284000, NULL, 'dulu', 1, 1, -0.5)`,
		`INSERT INTO mention_keys SELECT source_id, mention_key(external_id), id FROM mentions`,
		`INSERT INTO mention_causes SELECT id, 3, 0, 5 FROM mentions WHERE id % 8 = 1`,
		`INSERT INTO hours (brand_id, hour, source_id, mentions, negatives, neutrals, positives, unknowns, voices, rated, stars_total, replied, reply_seconds, local_hour)
			SELECT brand_id, (published_at - iif(published_at < 0, 3599, 0)) / 3600, source_id, count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3), sum(polarity = 0), sum(polarity = 1 AND copy_of IS NULL), count(stars), coalesce(sum(stars), 0),
				count(replied_at), coalesce(sum(replied_at - published_at), 0), (published_at - iif(published_at < 0, 3599, 0)) / 3600 + 7 FROM mentions GROUP BY 1, 2, 3`,
		`INSERT INTO days SELECT brand_id, date(published_at + 25200, 'unixepoch'), source_id, count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3), sum(polarity = 0), sum(polarity = 1 AND copy_of IS NULL), count(stars), coalesce(sum(stars), 0),
				count(replied_at), coalesce(sum(replied_at - published_at), 0) FROM mentions GROUP BY 1, 2, 3`,
		`INSERT INTO cause_hours SELECT brand_id, published_at / 3600, coalesce(cause_id, 0), source_id, count(*) FROM mentions LEFT JOIN mention_causes ON mention_id = id WHERE polarity = 1 GROUP BY 1, 2, 3, 4`,
		`INSERT INTO cause_days SELECT brand_id, date(published_at + 25200, 'unixepoch'), coalesce(cause_id, 0), source_id, count(*) FROM mentions LEFT JOIN mention_causes ON mention_id = id WHERE polarity = 1 GROUP BY 1, 2, 3, 4`,
		// A day with more complaints of one cause than a character counts.
		`INSERT INTO cause_days VALUES (2, '2025-01-01', 3, 3, 110595)`,
		`INSERT INTO hours (brand_id, hour, source_id, mentions, negatives, neutrals, positives, unknowns, voices, rated, stars_total, replied, reply_seconds, local_hour)
			VALUES (2, unixepoch('2025-01-01') / 3600 - 7, 3, 110595, 110595, 0, 0, 0, 110595, 0, 0, 0, 0, unixepoch('2025-01-01') / 3600)`,
		`INSERT INTO days VALUES (2, '2025-01-01', 3, 110595, 110595, 0, 0, 0, 110595, 0, 0, 0, 0)`,
		`INSERT INTO facet_days SELECT brand_id, 2, date(published_at + 25200, 'unixepoch'), stars, source_id, count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3) FROM mentions WHERE stars IS NOT NULL GROUP BY 1, 3, 4, 5`,
		`INSERT INTO facet_days SELECT brand_id, 3, date(published_at + 25200, 'unixepoch'), version, source_id, count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3) FROM mentions WHERE version IS NOT NULL GROUP BY 1, 3, 4, 5`,
		`PRAGMA user_version = 7`)
	views := []string{`SELECT * FROM v_mentions ORDER BY id`, `SELECT * FROM v_hits ORDER BY mention_id, start_byte`, `SELECT * FROM v_quotes ORDER BY mention_id`, `SELECT * FROM v_hourly ORDER BY brand, source, hour_number`,
		`SELECT * FROM v_daily ORDER BY brand, source, day`, `SELECT brand, competitor, source, day, cause, sum(negatives) FROM v_causes_daily GROUP BY 1, 2, 3, 4, 5`, `SELECT * FROM v_facets_daily ORDER BY brand, source, facet, day, value`,
		`SELECT * FROM v_rating_daily ORDER BY brand, source, day`, `SELECT * FROM v_replies_daily ORDER BY brand, source, day`, `SELECT * FROM v_reply_time ORDER BY mention_id`}
	all := func(db *DB) (answers []string) {
		for _, query := range views {
			answers = append(answers, query+"\n"+rows(t, db, query))
		}
		return answers
	}
	before := connect(readerDSN(path), 1)
	want := all(&DB{read: before})
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := Open(ctx, path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, got := range all(db) {
		if len(got) < 1000 {
			t.Errorf("%.300s: there is nothing to compare", got)
		}
		if diff := cmp.Diff(strings.Split(want[i], "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("(-before +after)\n%.2000s", diff)
		}
	}
	if v, err := Verify(ctx, path); err != nil || len(v.Problems) > 0 {
		t.Errorf("after the migration: %+v, %v", v, err)
	}
	if got := rows(t, db, `SELECT freelist_count * 4 < page_count FROM pragma_freelist_count, pragma_page_count`); got != "1\n" {
		t.Error("the file keeps the pages of before")
	}
	write(t, db, func(tx *Tx, _ Origin) error {
		known, _, err := tx.known(Origin{SourceID: 2}, []Item{item("x1", "", noon, 0), item("x7", "", noon, 0), item("x2998", "", noon, 0), item("x2", "", noon, 0), item("y", "", noon, 0)})
		if len(known) != 3 || known["x1"].content != contentHash("", "paket belum dikirim 1", 1, "") || known["x7"].content != 7*715827&0x7fffff || known["x2998"].id != 2998 {
			t.Errorf("known = %+v, want the three of the source", known)
		}
		return err
	})
	// An erasure reaches the backup of before, which has its keys in another form.
	backup := fmt.Sprintf("%s.before-schema-%d", path, mustLatest(t))
	if data, err := os.ReadFile(backup); err != nil || !bytes.Contains(data, []byte("kata rahasia")) {
		t.Fatalf("the text is not in the backup (%v): there is nothing to erase", err)
	}
	receipt, err := db.Erase(ctx, Erasure{ID: 12}, noon)
	if err != nil || len(receipt.Problems) > 0 || len(receipt.Copies) != 1 {
		t.Fatalf("Erase = %+v, %v", receipt, err)
	}
	for name, count := range map[string]string{backup: `SELECT count(*), (SELECT count(*) FROM mention_keys) FROM mentions`, path: `SELECT count(*), 2999 FROM mentions`} {
		pool := connect(readerDSN(name), 1)
		if got := rows(t, &DB{read: pool}, count); got != "2999|2999\n" {
			t.Errorf("%s has %s mentions and keys, want 2999 of each", name, got)
		}
		if v, err := Verify(ctx, name); err != nil || len(v.Problems) > 0 {
			t.Errorf("after the erasure: %+v, %v", v, err)
		}
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
		if data, err := os.ReadFile(name); err != nil || bytes.Contains(data, []byte("kata rahasia")) {
			t.Errorf("%s still holds the erased text (%v)", name, err)
		}
	}
}

// TestMigrationKeepsEverything brings a database of the second schema up to date.
func TestMigrationKeepsEverything(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "pantau.db")
	writeOld(t, path, []string{"0001_tables.sql", "0002_views.sql"},
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
		`PRAGMA user_version = 2`)
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
		"1|a|paket belum dikirim|negative|-0.12|0.9|delivery|2.1|[[0,3,-1.0,\"x\"]]|2\n2|b|bagus|positive|0.5|0.1|<nil>|<nil>|<nil>|1\n"; got != want {
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

// TestAKilledMigration kills processes that bring a database of the second schema up
// to date. The next one goes on, nothing is missing, and the backup is the file of
// before all of them.
func TestAKilledMigration(t *testing.T) {
	if path := os.Getenv("PANTAU_MIGRATE"); path != "" {
		if db, err := Open(context.Background(), path, wib); err != nil {
			t.Fatal(err)
		} else if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	const n = 5000
	path := filepath.Join(t.TempDir(), "pantau.db")
	writeOld(t, path, []string{"0001_tables.sql", "0002_views.sql"},
		`INSERT INTO brands VALUES (1, 'Sandang Senja', 0)`,
		`INSERT INTO sources VALUES (1, 1, 'toko', 'sample', '')`,
		`INSERT INTO lexicons VALUES (1, 'old')`,
		`INSERT INTO causes VALUES (0, 'unexplained', 'x', 'x')`,
		`INSERT INTO mentions (id, brand_id, source_id, external_id, published_at, collected_at, content, fingerprint, text, stars, polarity, compound, p_negative, doubtful, language, lexicon_id)
			WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < `+fmt.Sprint(n)+`)
			SELECT n, 1, 1, 'x' || n, 1795284000 + n * 60, 1795284000, n, n, 'paket belum dikirim ' || n, 1 + n % 5, n % 4, 0.5, 0.5, 0, 1, 1 FROM c`,
		`INSERT INTO hours SELECT 1, published_at / 3600, 1, date(published_at + 25200, 'unixepoch'), count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3), sum(polarity = 0), count(stars), sum(stars) FROM mentions GROUP BY 2`,
		`INSERT INTO cause_hours SELECT 1, hour, 0, 1, day, negatives FROM hours WHERE negatives > 0`,
		`PRAGMA user_version = 2`)
	migrate := func(within time.Duration) error {
		cmd := exec.Command(os.Args[0], "-test.run=^TestAKilledMigration$")
		cmd.Env = append(os.Environ(), "PANTAU_MIGRATE="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killer := time.AfterFunc(within, func() { _ = cmd.Process.Kill() })
		defer killer.Stop()
		return cmd.Wait()
	}
	killed := 0
	for within := 20 * time.Millisecond; migrate(within) != nil; within += within / 4 {
		if killed++; killed > 40 {
			t.Fatal("no migration gets to its end")
		}
	}
	if killed == 0 {
		t.Fatal("no migration was killed: this proves nothing")
	}
	t.Logf("%d migrations were killed", killed)
	db, err := Open(context.Background(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	bucketsEqualRawRows(t, db)
	if got := rows(t, db, `SELECT count(*), sum(published), sum(length(text)) FROM v_mentions`) + rows(t, db, `PRAGMA integrity_check`) + rows(t, db, `PRAGMA foreign_key_check`); got != "5000|8977170150000|118893\nok\n" {
		t.Errorf("after the migration: %s", got)
	}
	backup := fmt.Sprintf("%s.before-schema-%d", path, mustLatest(t))
	v, err := Verify(context.Background(), backup)
	if err != nil || v.Schema != 2 || v.Mentions != n || len(v.Problems) > 0 {
		t.Errorf("the backup from before all of them: %+v, %v", v, err)
	}
	before := connect(readerDSN(backup), 1)
	defer before.Close()
	var steps int
	if err := before.QueryRow(`SELECT max(version_id) FROM goose_db_version`).Scan(&steps); err != nil || steps != 2 {
		t.Errorf("the backup has seen %d migrations (%v), want the 2 from before", steps, err)
	}
}

// TestAKilledFirstStart: the first start takes the same steps from an empty file, and
// may die between one of them and the note that it is done.
func TestAKilledFirstStart(t *testing.T) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		data, err := migrations.ReadFile("migrations/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		note := `SELECT 1` // stands in the transaction of the step
		if strings.HasPrefix(string(data), "-- +goose NO TRANSACTION") {
			note = fmt.Sprintf(`DELETE FROM goose_db_version WHERE version_id = %d`, len(names))
		}
		t.Run(e.Name(), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pantau.db")
			writeOld(t, path, names, note)
			db, err := Open(context.Background(), path, wib)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if got, want := rows(t, db, `PRAGMA integrity_check`)+rows(t, db, `PRAGMA user_version`), fmt.Sprintf("ok\n%d\n", mustLatest(t)); got != want {
				t.Errorf("integrity and schema: %q, want %q", got, want)
			}
			if left, err := filepath.Glob(path + ".before-schema-*"); err != nil || len(left) > 0 {
				t.Errorf("backups of an empty file: %q, %v", left, err)
			}
		})
	}
}

func mustLatest(t *testing.T) int64 {
	t.Helper()
	latest, err := latestMigration()
	if err != nil {
		t.Fatal(err)
	}
	return latest
}

// TestCountsHaveNoReferences keeps those of mentions.
func TestCountsHaveNoReferences(t *testing.T) {
	db := openWithEverything(t)
	if got := rows(t, db, `SELECT m.name, count(*) FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
		WHERE m.name IN ('mentions', 'key_lists', 'hours', 'days', 'cause_hours', 'cause_days', 'facet_days') GROUP BY 1`); got != "mentions|4\n" {
		t.Errorf("references: %s", got)
	}
	if _, err := db.write.Exec(`UPDATE mentions SET source_id = 99 WHERE id = 1`); err == nil {
		t.Error("a mention of a source that does not exist was stored")
	}
}
