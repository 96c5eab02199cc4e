package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
	"pantau/trends"
)

// secret is a word that occurs nowhere else, so that every byte of it counts.
const secret = "rahasiaqxz"

func secretItem(id string) Item {
	i := item(id, "paket "+secret+" belum sampai "+secret, noon, brand.Negative, brand.LateDelivery)
	i.Title, i.URL, i.Author, i.Reply = secret, "https://example.com/"+secret, secret+"-author", secret
	i.Score.Hits = []brand.Hit{{Entry: "belum", Weight: -1}} // a word of the lexicon, which is public, and stays
	return i
}

// storeWithSecret returns a store that holds the secret in every place that can,
// with a backup and a copy for analysts.
func storeWithSecret(t *testing.T) *DB {
	t.Helper()
	db, ctx := openWithEverything(t), context.Background()
	write(t, db, func(tx *Tx, o Origin) error {
		before := secretItem("s1")
		before.Text = "dulu " + secret
		if _, err := tx.Add(o, []Item{before}); err != nil {
			return err
		}
		if _, err := tx.Add(o, []Item{secretItem("s1"), secretItem("s2")}); err != nil {
			return err
		}
		if err := tx.FinishRun(o, Run{StartedAt: noon, FinishedAt: noon, Status: "fresh"}); err != nil {
			return err
		}
		id, err := tx.id(`SELECT id FROM mentions WHERE external_id = 's1'`)
		if err != nil {
			return err
		}
		i := brand.Incident{Brand: "Sandang Senja", State: brand.Open, Severity: brand.Critical, StartedAt: noon, OpenedAt: noon, UpdatedAt: noon,
			Quotes: []brand.Quote{{MentionID: id, Text: secret}, {MentionID: 2, Text: "yang lain"}}}
		number, err := tx.SaveIncident(o.BrandID, &i, brand.Opened, trends.Verdict{})
		if err != nil {
			return err
		}
		return tx.Queue(brand.Alert{Change: brand.Opened, Incident: i}, number, []string{"#brand"}, noon)
	})
	d, _, _, err := db.Next(ctx, "#brand")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Sent(ctx, d.ID, "1700.1", noon); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(BackupDir(db.path), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(BackupDir(db.path), "a.db"), SnapshotPath(db.path)} {
		if err := db.Publish(ctx, path); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// secretsIn counts the secret in every file of a directory.
func secretsIn(t *testing.T, dir string) (n int, files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if found := bytes.Count(bytes.ToLower(data), []byte(secret)); found > 0 {
			n += found
			files = append(files, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, files
}

func TestEraseLeavesNothing(t *testing.T) {
	tests := []struct {
		name     string
		erasure  func(*DB) Erasure
		again    string // what may not come back
		mentions int
	}{
		{"an author", func(*DB) Erasure { return Erasure{Authors: []string{secret + "-author", "other"}} }, "s3", 2},
		{"an address", func(*DB) Erasure { return Erasure{URL: "https://example.com/" + secret} }, "s3", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db, ctx := storeWithSecret(t), context.Background()
			dir := filepath.Dir(db.path)
			if n, files := secretsIn(t, dir); n < 10 || len(files) < 3 {
				t.Fatalf("the secret is in %v %d times before: this test would be blind", files, n)
			}
			counts := rows(t, db, `SELECT sum(mentions), sum(negatives) FROM v_daily`)
			r, err := db.Erase(ctx, tt.erasure(db), noon)
			if err != nil || len(r.Problems) > 0 {
				t.Fatalf("Erase = %+v, %v", r, err)
			}
			if n, files := secretsIn(t, dir); n != 0 {
				t.Errorf("the secret is left %d times, in %v", n, files)
			}
			if len(r.Mentions) != tt.mentions || r.Quotes != 3 || len(r.Copies) != 2 || len(r.Published) != 1 || r.Published[0].Receipt != "1700.1" {
				t.Errorf("receipt %+v: want %d mentions, 3 quotes, 2 copies and the sent alert", r, tt.mentions)
			}
			whole(t, db)
			if got := rows(t, db, `SELECT sum(mentions), sum(negatives) FROM v_daily`); got != counts {
				t.Errorf("counts %s after, %s before: numbers stay", got, counts)
			}
			if got := rows(t, db, `PRAGMA integrity_check`) + rows(t, db, `SELECT count(*) FROM deliveries WHERE payload LIKE '%yang lain%'`); got != "ok\n1\n" {
				t.Errorf("after: %s; want intact, with the other quote", got)
			}
			write(t, db, func(tx *Tx, o Origin) error {
				added, err := tx.Add(o, []Item{secretItem("s1"), secretItem(tt.again)})
				if added != (Added{}) {
					t.Errorf("Add = %+v: what was erased came back", added)
				}
				return err
			})
		})
	}
}

// TestEraseEditsWhatPeopleHave erases what three messages quote: one that can be
// edited, one that is on its way, and one that left for good.
func TestEraseEditsWhatPeopleHave(t *testing.T) {
	db, ctx := storeWithSecret(t), context.Background()
	const webhook, flying = "#webhook", "#flying"
	write(t, db, func(tx *Tx, o Origin) error {
		d, _, _, err := db.Next(ctx, "console") // of another incident
		if err != nil {
			return err
		}
		var payload string
		if err := tx.tx.QueryRow(`SELECT payload FROM deliveries WHERE channel = '#brand'`).Scan(&payload); err != nil {
			return err
		}
		for _, row := range []struct{ channel, change, state, receipt string }{
			{"#brand", "worsened", "sent", "C1/1700.2"}, // in the thread below the message
			{"#brand", "cause_changed", "pending", ""},  // not told yet
			{webhook, "opened", "sent", "webhook"},
			{flying, "opened", "ambiguous", ""},
		} {
			if err := tx.exec(`INSERT INTO deliveries (key, incident_id, channel, change, payload, state, queued_at, not_before, receipt) VALUES (?, 3, ?, ?, ?, ?, 0, 0, ?)`,
				row.channel+row.change, row.channel, row.change, strings.Replace(payload, `"opened"`, `"`+row.change+`"`, 1), row.state, row.receipt); err != nil {
				return err
			}
		}
		_ = d
		return tx.exec(`UPDATE deliveries SET receipt = 'C1/1700.1' WHERE receipt = '1700.1'`)
	})
	e := Erasure{URL: "https://example.com/" + secret, Editable: func(receipt string) bool { return strings.HasPrefix(receipt, "C1/") }}
	r, err := db.Erase(ctx, e, noon)
	if err != nil || len(r.Problems) > 0 {
		t.Fatalf("Erase = %+v, %v", r, err)
	}
	told := map[string]bool{}
	for _, s := range r.Published {
		told[s.Channel] = s.Edited
	}
	if want := map[string]bool{"#brand": true, flying: true, webhook: false}; !cmp.Equal(told, want) {
		t.Errorf("the receipt says %v, want %v", told, want)
	}
	const edits = `SELECT channel, state, count(*) FROM v_alerts WHERE change = 'erased' GROUP BY 1, 2`
	if got := rows(t, db, edits); got != "#brand|pending|1\n#flying|pending|1\n" {
		t.Errorf("edits in the outbox: %swant one for each message that can be edited", got)
	}
	if pending, sent, err := db.Pending(ctx, "#brand", noon.Add(-time.Hour)); pending != 1 || sent != 1 || err != nil {
		t.Errorf("Pending = %d, %d, %v: an edit is nothing that people have to read", pending, sent, err)
	}
	if err := db.Collapse(ctx, "#brand", brand.Storm, false, noon); err != nil {
		t.Fatal(err)
	}
	d, _, ok, err := db.Next(ctx, "#brand")
	for ; ok && err == nil && !d.Alert.Edit; d, _, ok, err = db.Next(ctx, "#brand") { // the list of the storm
		if err := db.Sent(ctx, d.ID, "C1/1700.3", noon); err != nil {
			t.Fatal(err)
		}
	}
	if err != nil || !ok || d.Root != "C1/1700.1" || d.Alert.Change != "cause_changed" || len(d.Alert.Incident.Quotes) != 1 || d.Alert.Incident.Quotes[0].Text != "yang lain" {
		t.Errorf("the edit is %+v, %v, %v; want the newest alert on its first message, with the other quote only", d, ok, err)
	}
	if r, err = db.Erase(ctx, e, noon.Add(time.Minute)); err != nil || len(r.Published) != 0 || rows(t, db, edits) != "#brand|pending|1\n#flying|pending|1\n" {
		t.Errorf("erasing it again = %+v, %v: no message has to be edited twice", r, err)
	}
}

// TestARestoredBackupStaysErased restores a backup from before an erasure, which
// stood where pantau erase cannot clean it.
func TestARestoredBackupStaysErased(t *testing.T) {
	db, ctx := storeWithSecret(t), context.Background()
	elsewhere := filepath.Join(t.TempDir(), "old.db")
	if err := db.Backup(ctx, elsewhere); err != nil {
		t.Fatal(err)
	}
	if r, err := db.Erase(ctx, Erasure{Authors: []string{secret + "-author"}}, noon); err != nil || len(r.Problems) > 0 {
		t.Fatalf("Erase = %+v, %v", r, err)
	}
	dir, path := filepath.Dir(db.path), db.path
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(elsewhere, path, noon); err != nil {
		t.Fatal(err)
	}
	if n, _ := secretsIn(t, dir); n == 0 {
		t.Fatal("the old backup does not hold the secret: this test would be blind")
	}
	again, err := Open(ctx, path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n, files := secretsIn(t, dir); n != 0 {
		t.Errorf("the secret is back %d times, in %v", n, files)
	}
	write(t, again, func(tx *Tx, o Origin) error {
		added, err := tx.Add(o, []Item{secretItem("s1"), secretItem("s3")})
		if added != (Added{}) {
			t.Errorf("Add = %+v: what was erased came back", added)
		}
		return err
	})
	if got := rows(t, again, `PRAGMA integrity_check`) + rows(t, again, `SELECT count(*) FROM v_mentions`); got != "ok\n1200\n" {
		t.Errorf("after: %s; want the rest as it was", got)
	}
	if err := os.WriteFile(TombstonePath(path), []byte("no hash\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, path, wib); err == nil || !strings.Contains(err.Error(), "entry 1 is not a tombstone") {
		t.Errorf("a damaged file of tombstones = %v, want it named", err)
	}
}

func TestEraseOneMention(t *testing.T) {
	db, ctx := openWithEverything(t), context.Background()
	r, err := db.Erase(ctx, Erasure{ID: 7}, noon)
	if err != nil || len(r.Mentions) != 1 || r.Blocked != 1 {
		t.Fatalf("Erase = %+v, %v", r, err)
	}
	write(t, db, func(tx *Tx, o Origin) error {
		added, err := tx.Add(o, someOfAll(noon.AddDate(0, -2, 0)))
		if added.New != 0 {
			t.Errorf("%d came back", added.New)
		}
		return err
	})
	if _, err := db.Erase(ctx, Erasure{ID: 7}, noon); !errors.Is(err, ErrNoMention) {
		t.Errorf("erasing it again = %v, want ErrNoMention", err)
	}
}

// TestAKilledErasure: the database comes after its copies, so that the number of a
// mention can be given again, and the next start writes down what was erased.
func TestAKilledErasure(t *testing.T) {
	db, ctx := storeWithSecret(t), context.Background()
	id, err := strconv.ParseInt(strings.TrimSpace(rows(t, db, `SELECT id FROM mentions WHERE text LIKE '%`+secret+`%' LIMIT 1`)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(BackupDir(db.path), "a.db")
	inBackup := func() string {
		pool := connect(readerDSN(backup), 1)
		defer pool.Close()
		found, err := texts(pool.QueryContext(ctx, `SELECT count(*) FROM mentions WHERE id = ?`, id))
		if err != nil {
			t.Fatal(err)
		}
		return found[0]
	}
	if got := inBackup(); got != "1" {
		t.Fatalf("the backup holds %s of the mention before, want 1", got)
	}
	if _, err := db.write.Exec(`CREATE TRIGGER killed BEFORE DELETE ON mentions BEGIN SELECT raise(ABORT, 'killed here'); END`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Erase(ctx, Erasure{ID: id}, noon); err == nil {
		t.Fatal("the erasure was not stopped: this proves nothing")
	}
	if got := inBackup() + rows(t, db, fmt.Sprintf(`SELECT count(*) FROM mentions WHERE id = %d`, id)); got != "01\n" {
		t.Errorf("backup and database hold %q, want only the database to have it still", got)
	}
	if _, err := db.write.Exec(`DROP TRIGGER killed`); err != nil {
		t.Fatal(err)
	}
	if r, err := db.Erase(ctx, Erasure{ID: id}, noon); err != nil || len(r.Problems) > 0 {
		t.Fatalf("asked again: %+v, %v", r, err)
	}
	written, err := os.ReadFile(TombstonePath(db.path))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(TombstonePath(db.path)); err != nil { // it was not written yet
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(ctx, db.path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, err := os.ReadFile(TombstonePath(db.path)); err != nil || !bytes.Equal(got, written) {
		t.Errorf("the next start wrote %q, %v; want %q", got, err, written)
	}
}

// TestErasedNumbersAreFreeAgain gives the number of an erased mention to the next
// one, which must be found all the same.
func TestErasedNumbersAreFreeAgain(t *testing.T) {
	db := openWithEverything(t)
	finish := func(tx *Tx, o Origin) error {
		return tx.FinishRun(o, Run{StartedAt: noon, FinishedAt: noon, Status: "fresh"})
	}
	write(t, db, finish)
	if _, err := db.Erase(context.Background(), Erasure{ID: 1200}, noon); err != nil {
		t.Fatal(err)
	}
	write(t, db, func(tx *Tx, o Origin) error {
		if _, err := tx.Add(o, []Item{item("again", "pelayanan istimewa", noon, brand.Positive)}); err != nil {
			return err
		}
		return finish(tx, o)
	})
	if got := searched(t, db, "istimewa", SearchOptions{}); got != "1200" {
		t.Errorf("found %q, want 1200", got)
	}
	if got := rows(t, db, `PRAGMA integrity_check`); got != "ok\n" {
		t.Errorf("integrity_check = %s", got)
	}
}

// TestEraseNamesTheReader holds the -wal file alive.
func TestEraseNamesTheReader(t *testing.T) {
	db, ctx := storeWithSecret(t), context.Background()
	reader, err := db.read.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Exec(`SELECT count(*) FROM mentions`); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRow(`SELECT count(*) FROM mentions`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := db.write.Exec(`PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	r, err := db.Erase(ctx, Erasure{URL: "https://example.com/" + secret}, noon)
	if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "another program reads the database") {
		t.Errorf("Erase beside a reader = %+v, %v; want the problem named", r, err)
	}
	_ = reader.Rollback()
	if r, err = db.Erase(ctx, Erasure{URL: "https://example.com/" + secret}, noon); err != nil || len(r.Problems) > 0 {
		t.Errorf("Erase again = %+v, %v", r, err)
	}
	if n, files := secretsIn(t, filepath.Dir(db.path)); n != 0 {
		t.Errorf("the secret is left %d times, in %v", n, files)
	}
}

// TestAKilledRestore starts from what a process leaves behind that dies in a restore.
func TestAKilledRestore(t *testing.T) {
	const aside = "pantau.db.replaced-20261121-022300"
	tests := []struct {
		name         string
		before, want map[string]string
	}{
		{"before anything was moved", map[string]string{"pantau.db": "old", "pantau.db-wal": "its wal", "pantau.db.restoring": "backup"},
			map[string]string{"pantau.db": "old", "pantau.db-wal": "its wal"}},
		{"the file was moved", map[string]string{aside: "old", "pantau.db-wal": "its wal", "pantau.db-shm": "its shm", "pantau.db.restoring": "backup"},
			map[string]string{"pantau.db": "backup", aside: "old", aside + "-wal": "its wal", aside + "-shm": "its shm"}},
		{"its wal was, too", map[string]string{aside: "old", aside + "-wal": "its wal", "pantau.db.restoring": "backup"},
			map[string]string{"pantau.db": "backup", aside: "old", aside + "-wal": "its wal"}},
		{"nothing was there but a wal of nobody", map[string]string{"pantau.db-wal": "stray", "pantau.db.restoring": "backup"}, map[string]string{"pantau.db": "backup"}},
		{"the wal of an older one stays", map[string]string{aside: "old", aside + "-wal": "its wal", "pantau.db-wal": "stray", "pantau.db.restoring": "backup"},
			map[string]string{"pantau.db": "backup", aside: "old", aside + "-wal": "its wal"}},
		{"a copy that is not whole", map[string]string{"pantau.db": "old", "pantau.db.part": "back"}, map[string]string{"pantau.db": "old", "pantau.db.part": "back"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.before {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := FinishRestore(filepath.Join(dir, "pantau.db")); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				text, err := os.ReadFile(filepath.Join(dir, e.Name()))
				if err != nil {
					t.Fatal(err)
				}
				got[e.Name()] = string(text)
			}
			if !maps.Equal(got, tt.want) {
				t.Errorf("left %v, want %v", got, tt.want)
			}
		})
	}
}

func TestBackupAndRestore(t *testing.T) {
	db, ctx := openWithEverything(t), context.Background()
	dir := t.TempDir()
	copied := filepath.Join(dir, "copy.db")
	const all = `SELECT * FROM v_mentions ORDER BY id`
	want := rows(t, db, all)
	if err := db.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	v, err := Verify(ctx, copied)
	if err != nil || len(v.Problems) > 0 || v.Mentions != 1200 {
		t.Fatalf("Verify = %+v, %v", v, err)
	}
	target := filepath.Join(dir, "pantau.db")
	if err := os.WriteFile(target, []byte("the broken one"), 0o600); err != nil {
		t.Fatal(err)
	}
	aside, err := Restore(copied, target, noon)
	if err != nil {
		t.Fatal(err)
	}
	if old, err := os.ReadFile(aside); err != nil || string(old) != "the broken one" {
		t.Errorf("what was there is %q, %v; want it moved aside", old, err)
	}
	restored, err := OpenReadOnly(ctx, target, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	if rows(t, restored, all) != want {
		t.Error("the restored store differs")
	}
}

func TestVerifyFindsDamage(t *testing.T) {
	ctx := context.Background()
	damage := func(name string, do func(t *testing.T, db *DB, data []byte) []byte) {
		t.Run(name, func(t *testing.T) {
			db := openWithEverything(t)
			path := filepath.Join(t.TempDir(), "copy.db")
			if err := db.Backup(ctx, path); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, do(t, db, data), 0o600); err != nil {
				t.Fatal(err)
			}
			if v, err := Verify(ctx, path); err == nil && len(v.Problems) == 0 {
				t.Errorf("Verify = %+v: it found nothing", v)
			}
		})
	}
	t.Run("a dedup key is missing", func(t *testing.T) { // control of the check of keys
		db := openWithEverything(t)
		if _, err := db.write.Exec(`UPDATE key_lists SET list = CAST(substr(list, 1, length(list) - 1) || char(127) AS BLOB)`); err != nil {
			t.Fatal(err)
		}
		if v, err := Verify(ctx, db.path); err != nil || len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "dedup keys") {
			t.Errorf("Verify = %+v, %v; want the key missed", v, err)
		}
	})
	t.Run("counts of nobody", func(t *testing.T) { // control of the check of counts
		db := openWithEverything(t)
		if _, err := db.write.Exec(`UPDATE days SET source_id = 99 WHERE source_id = 1`); err != nil {
			t.Fatal(err)
		}
		if v, err := Verify(ctx, db.path); err != nil || len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "unknown source") {
			t.Errorf("Verify = %+v, %v; want the source missed", v, err)
		}
	})
	damage("truncated", func(_ *testing.T, _ *DB, data []byte) []byte { return data[:len(data)/2] })
	damage("a page of zeros", func(_ *testing.T, _ *DB, data []byte) []byte { clear(data[20*8192 : 21*8192]); return data })
	damage("no database", func(_ *testing.T, _ *DB, data []byte) []byte { return []byte("text") })
	damage("empty", func(*testing.T, *DB, []byte) []byte { return nil })
}

// TestReadersAfterACleanStop opens the file the way a user does who may only
// read it and its directory.
func TestReadersAfterACleanStop(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "pantau.db")
	db, err := Open(ctx, path, wib)
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, func(tx *Tx, o Origin) error {
		_, err := tx.Add(o, []Item{item("1", "x", noon, brand.Negative)})
		return err
	})
	if err := db.Publish(ctx, SnapshotPath(path)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + suffix); err != nil {
			t.Errorf("after a clean stop: %v; want it to stay", err)
		}
	}
	for _, file := range []string{path, SnapshotPath(path)} {
		reader, err := OpenReadOnly(ctx, file, wib)
		if err != nil {
			t.Fatal(err)
		}
		if got := rows(t, reader, `SELECT count(*) FROM v_mentions`); got != "1\n" {
			t.Errorf("%s holds %s mentions", file, got)
		}
		_ = reader.Close()
	}
	info, err := os.Stat(SnapshotPath(path))
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the copy for analysts: %v, %v; want mode 0640", info.Mode(), err)
	}
	if data, _ := os.ReadFile(SnapshotPath(path)); len(data) < 20 || data[18] != 1 {
		t.Error("the copy for analysts is in WAL mode: a reader would need to write beside it")
	}
}

func TestAQueryIsStopped(t *testing.T) {
	db := openWithEverything(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err := db.Query(ctx, `SELECT count(*) FROM v_mentions a, v_mentions b, v_mentions c`, func([]string) error { return nil }, func([]any) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "took too long") {
		t.Errorf("a query that never ends = %v, want it stopped", err)
	}
	for _, query := range []string{`DELETE FROM mentions`, `PRAGMA query_only = 0; DELETE FROM mentions`, `CREATE TABLE x (y)`, `VACUUM`} {
		err := db.Query(context.Background(), query, func([]string) error { return nil }, func([]any) error { return nil })
		if got := rows(t, db, `SELECT count(*) FROM mentions`); got != "1200\n" || err == nil {
			t.Errorf("%s: %v, %s mentions left; want it refused", query, err, got)
		}
	}
}
