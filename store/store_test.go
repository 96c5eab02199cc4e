package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
	"pantau/trends"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	wib  = time.FixedZone("WIB", 7*3600)
	noon = time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC) // 12:00 WIB
)

func open(t testing.TB) *DB {
	t.Helper()
	db, err := Open(context.Background(), filepath.Join(t.TempDir(), "pantau.db"), wib)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, isTest := t.(*testing.T); isTest { // no power fails here, and to wait for the disk is half of the time
		if _, err := db.write.Exec("PRAGMA synchronous = OFF"); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// write runs f in a transaction of the source "toko" of "Sandang Senja".
func write(t testing.TB, db *DB, f func(*Tx, Origin) error) {
	t.Helper()
	err := db.Write(context.Background(), func(tx *Tx) error {
		o, err := tx.Origin("Sandang Senja", false, "toko", "sample", "test")
		if err != nil {
			return err
		}
		return f(tx, o)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func item(id, text string, at time.Time, p brand.Polarity, causes ...brand.Cause) Item {
	s := brand.Score{Polarity: p, Hits: []brand.Hit{{Start: 0, End: 3, Entry: "abc", Weight: -1.25}}}
	for _, c := range causes {
		s.Causes = append(s.Causes, brand.CauseHit{Cause: c, Start: 0, End: 3})
	}
	return Item{Scored: brand.Scored{Mention: brand.Mention{ExternalID: id, Text: text, Stars: 1, PublishedAt: at, CollectedAt: at}, Score: s}}
}

// rows returns the result of a query as text, one line a row.
func rows(t testing.TB, db *DB, query string, args ...any) string {
	t.Helper()
	r, err := db.read.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer r.Close()
	columns, _ := r.Columns()
	var b strings.Builder
	for r.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := r.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if i > 0 {
				b.WriteByte('|')
			}
			fmt.Fprint(&b, v)
		}
		b.WriteByte('\n')
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAddIsIdempotent(t *testing.T) {
	db := open(t)
	batch := []Item{
		item("1", "paket belum sampai", noon, brand.Negative, brand.LateDelivery, brand.SlowResponse),
		item("2", "bagus", noon.Add(time.Hour), brand.Positive),
		item("1", "paket belum sampai", noon, brand.Negative), // the same item twice in one run
	}
	for round, want := range []Added{{New: 2}, {}} {
		write(t, db, func(tx *Tx, o Origin) error {
			got, err := tx.Add(o, batch)
			if got != want {
				t.Errorf("round %d: Add = %+v, want %+v", round+1, got, want)
			}
			return err
		})
	}
	want := "2026-11-21T05:00:00Z|2026-11-21|1|1|0\n2026-11-21T06:00:00Z|2026-11-21|1|0|1\n"
	if got := rows(t, db, `SELECT hour, day, mentions, negatives, positives FROM v_hourly ORDER BY hour`); got != want {
		t.Errorf("v_hourly =\n%swant\n%s", got, want)
	}
	want = "delivery|1\nslow_response|1\n"
	if got := rows(t, db, `SELECT cause, negatives FROM v_causes_daily ORDER BY cause`); got != want {
		t.Errorf("v_causes_daily =\n%swant\n%s", got, want)
	}
}

func TestEditMakesARevisionAndMovesTheCounts(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *Tx, o Origin) error {
		if _, err := tx.Add(o, []Item{item("1", "bagus", noon, brand.Positive)}); err != nil {
			return err
		}
		added, err := tx.Add(o, []Item{item("1", "ternyata luntur", noon.Add(48*time.Hour), brand.Negative, brand.ProductQuality)})
		if added != (Added{Edited: 1}) {
			t.Errorf("Add = %+v, want one edit", added)
		}
		return err
	})
	if got, want := rows(t, db, `SELECT text, polarity, causes, revision, published_at FROM v_mentions`),
		"ternyata luntur|negative|product_quality|2|2026-11-21T05:00:00Z\n"; got != want {
		t.Errorf("v_mentions = %swant %s", got, want)
	}
	if got, want := rows(t, db, `SELECT revision, text, polarity FROM revisions`), "1|bagus|3\n"; got != want {
		t.Errorf("revisions = %swant %s", got, want)
	}
	if got, want := rows(t, db, `SELECT day, mentions, negatives, positives FROM v_daily`), "2026-11-21|1|1|0\n"; got != want {
		t.Errorf("v_daily = %swant %s: the counts stay in the hour of the first version", got, want)
	}
}

// TestBucketsEqualRawRows adds random batches with edits and compares the
// buckets with a count over the raw rows.
func TestBucketsEqualRawRows(t *testing.T) {
	db := open(t)
	n := 0
	for range 20 {
		write(t, db, func(tx *Tx, o Origin) error {
			var batch []Item
			for range 200 {
				n = (n*1103515245 + 12345) & 0x7fffffff
				i := item(fmt.Sprint(n%900), fmt.Sprint(n%7), noon.Add(time.Duration(n%1000)*time.Minute), brand.Polarity(n>>4%4), brand.Cause(1+n>>8%16))
				i.Stars = n >> 12 % 6
				batch = append(batch, i)
			}
			_, err := tx.Add(o, batch)
			return err
		})
	}
	want := rows(t, db, `SELECT published_at / 3600, count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3), sum(polarity = 0)
		FROM mentions GROUP BY 1`)
	if got := rows(t, db, `SELECT hour, mentions, negatives, neutrals, positives, unknowns FROM hours WHERE mentions > 0 ORDER BY 1`); got != want {
		t.Errorf("hours differ from the raw rows: %s", cmp.Diff(want, got))
	}
	want = rows(t, db, `SELECT published_at / 3600, unicode(substr(causes, 3 * n + 1, 1)), count(*) FROM mentions JOIN numbers ON n < length(causes) / 3 WHERE polarity = 1 GROUP BY 1, 2`)
	if got := rows(t, db, `SELECT hour, cause_id, negatives FROM cause_hours WHERE negatives > 0 ORDER BY 1, 2`); got != want {
		t.Errorf("cause_hours differ from the raw rows: %s", cmp.Diff(want, got))
	}
	if rows(t, db, `SELECT count(*) FROM revisions`) == "0\n" {
		t.Error("nothing was edited: this test proves less than it says")
	}
}

func TestCoverage(t *testing.T) {
	at := func(clock string) time.Time {
		c, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return noon.Truncate(24 * time.Hour).Add(time.Duration(c.Hour())*time.Hour + time.Duration(c.Minute())*time.Minute)
	}
	tests := []struct {
		name string
		runs [][2]string
		want string
	}{
		{"one run over three hours", [][2]string{{"10:30", "13:15"}}, "10|0.5\n11|1\n12|1\n13|0.25\n"},
		{"runs that follow each other add up", [][2]string{{"10:00", "10:15"}, {"10:15", "10:45"}}, "10|0.75\n"},
		{"a gap stays a gap", [][2]string{{"10:00", "10:15"}, {"10:45", "11:00"}}, "10|0.5\n11|0\n"},
		{"overlapping windows count once", [][2]string{{"09:00", "10:15"}, {"09:00", "10:30"}}, "9|1\n10|0.5\n"},
		{"nothing is more than everything", [][2]string{{"10:00", "10:50"}, {"10:10", "10:59"}}, "10|1\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := open(t)
			write(t, db, func(tx *Tx, o Origin) error {
				for _, r := range tt.runs {
					if err := tx.FinishRun(o, Run{StartedAt: at(r[1]), FinishedAt: at(r[1]), From: at(r[0]), To: at(r[1]), Status: "fresh"}); err != nil {
						return err
					}
				}
				return nil
			})
			if got := rows(t, db, `SELECT hour % 24, share FROM coverage ORDER BY hour`); got != tt.want {
				t.Errorf("coverage after %v =\n%swant\n%s", tt.runs, got, tt.want)
			}
		})
	}
}

func TestSeriesKnowsWhatWasNotWatched(t *testing.T) {
	db := open(t)
	var series trends.Series
	write(t, db, func(tx *Tx, o Origin) error {
		if _, err := tx.Add(o, []Item{item("1", "jelek", noon, brand.Negative), item("2", "ok", noon.Add(2*time.Hour), brand.Neutral)}); err != nil {
			return err
		}
		if err := tx.FinishRun(o, Run{StartedAt: noon, FinishedAt: noon, From: noon, To: noon.Add(time.Hour), Status: "fresh"}); err != nil {
			return err
		}
		if err := tx.FinishRun(o, Run{StartedAt: noon, FinishedAt: noon, From: noon.Add(2 * time.Hour), To: noon.Add(150 * time.Minute), Status: "fresh"}); err != nil {
			return err
		}
		var err error
		series, err = tx.Series(o.BrandID, noon, noon.Add(150*time.Minute))
		return err
	})
	want := []trends.Hour{{Mentions: 1, Negatives: 1, Coverage: 1}, {}, {Mentions: 1, Coverage: 0.5}}
	if diff := cmp.Diff(want, series.Hours); diff != "" || !series.Start.Equal(noon) || series.Start.Location() != wib {
		t.Errorf("Series from %v: (-want +got)\n%s", series.Start, diff)
	}
}

func TestOutboxIsAQueue(t *testing.T) {
	db, ctx := open(t), context.Background()
	write(t, db, func(tx *Tx, o Origin) error {
		i := brand.Incident{Brand: "Sandang Senja", State: brand.Open, Severity: brand.Warning, StartedAt: noon, OpenedAt: noon, UpdatedAt: noon}
		for _, change := range []brand.Change{brand.Opened, brand.Worsened} {
			n, err := tx.SaveIncident(o.BrandID, &i, change, trends.Verdict{})
			if err != nil {
				return err
			}
			if err := tx.Queue(brand.Alert{Change: change, Incident: i}, n, []string{"a", "b"}, noon); err != nil {
				return err
			}
		}
		return nil
	})
	first, _, ok, err := db.Next(ctx, "a")
	if err != nil || !ok || first.Alert.Change != brand.Opened || first.Root != "" || first.Ambiguous {
		t.Fatalf("Next = %+v, %t, %v; want the opening", first, ok, err)
	}
	if err := db.Sending(ctx, first.ID, noon); err != nil {
		t.Fatal(err)
	}
	if again, _, _, _ := db.Next(ctx, "a"); again.ID != first.ID || !again.Ambiguous || again.Attempts != 1 {
		t.Errorf("Next in the middle of an attempt = %+v, want the same one, ambiguous", again)
	}
	if err := db.Postpone(ctx, first.ID, noon.Add(time.Minute), false, "429"); err != nil {
		t.Fatal(err)
	}
	if d, notBefore, _, _ := db.Next(ctx, "a"); d.ID != first.ID || !notBefore.Equal(noon.Add(time.Minute)) {
		t.Errorf("Next = %d at %v: a later alert must not overtake a postponed one", d.ID, notBefore)
	}
	if err := db.Sent(ctx, first.ID, "ts1", noon); err != nil {
		t.Fatal(err)
	}
	if d, _, _, _ := db.Next(ctx, "a"); d.Alert.Change != brand.Worsened || d.Root != "ts1" {
		t.Errorf("Next = %s with root %q, want the second with the receipt of the first", d.Alert.Change, d.Root)
	}
	if d, _, _, _ := db.Next(ctx, "b"); d.Alert.Change != brand.Opened || d.Root != "" {
		t.Errorf("Next(b) = %s with root %q: channels must not share", d.Alert.Change, d.Root)
	}
	if err := db.Park(ctx, first.ID+1, "gone"); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, `SELECT state, count(*) FROM v_alerts WHERE state <> 'sent' GROUP BY state`); got != "parked|1\npending|2\n" {
		t.Errorf("what is not sent is %s; want one parked and two that wait", got)
	}
}

func TestADecisionIsQueuedOnce(t *testing.T) {
	db := open(t)
	err := db.Write(context.Background(), func(tx *Tx) error {
		o, err := tx.Origin("A", false, "s", "sample", "test")
		if err != nil {
			return err
		}
		i := brand.Incident{State: brand.Open, Severity: brand.Notice, StartedAt: noon, OpenedAt: noon, UpdatedAt: noon}
		if _, err := tx.SaveIncident(o.BrandID, &i, brand.Opened, trends.Verdict{}); err != nil {
			return err
		}
		alert := brand.Alert{Change: brand.Opened, Incident: i}
		return errors.Join(tx.Queue(alert, 1, []string{"a"}, noon), tx.Queue(alert, 1, []string{"a"}, noon))
	})
	if err == nil || !strings.Contains(err.Error(), "UNIQUE") {
		t.Errorf("queueing a change twice = %v, want a refusal", err)
	}
}

func TestIncidentIsReproducible(t *testing.T) {
	db := open(t)
	i := brand.Incident{Brand: "Sandang Senja", State: brand.Open, Severity: brand.Critical, Cause: brand.LateDelivery, StartedAt: noon, OpenedAt: noon, UpdatedAt: noon,
		Window: 6 * time.Hour, Observed: 57, Expected: 14.2, Causes: []brand.Driver{{Key: "delivery", Observed: 30, Expected: 2}},
		Quotes: []brand.Quote{{MentionID: 1, Text: "belum sampai", Stars: 1, PublishedAt: noon}}}
	v := trends.Verdict{At: noon, Fires: true, Score: 5.25, Window: 6, Observed: 57}
	write(t, db, func(tx *Tx, o Origin) error {
		if _, err := tx.SaveIncident(o.BrandID, &i, brand.Opened, v); err != nil {
			return err
		}
		later := i
		later.State, later.UpdatedAt, later.RecoveredAt = brand.Recovered, noon.Add(48*time.Hour), noon.Add(48*time.Hour)
		_, err := tx.SaveIncident(o.BrandID, &later, brand.Closed, trends.Verdict{Calm: true})
		return err
	})
	now, history, err := db.Incident(context.Background(), i.ID)
	if err != nil || len(history) != 2 {
		t.Fatalf("Incident = %d changes, %v; want 2", len(history), err)
	}
	if diff := cmp.Diff(i, history[0].Incident); diff != "" {
		t.Errorf("the incident at its opening: (-want +got)\n%s", diff)
	}
	if now.State != brand.Recovered || !strings.Contains(string(history[0].Verdict), `"score":5.25`) {
		t.Errorf("Incident = %s, verdict %s", now.State, history[0].Verdict)
	}
	if _, _, err := db.Incident(context.Background(), 99); !errors.Is(err, ErrNoIncident) {
		t.Errorf("Incident(99) = %v, want ErrNoIncident", err)
	}
}

func TestForgetDeletesTextsFirst(t *testing.T) {
	db, ctx := open(t), context.Background()
	write(t, db, func(tx *Tx, o Origin) error {
		_, err := tx.Add(o, []Item{item("old", "lama sekali", noon.AddDate(-3, 0, 0), brand.Negative), item("text", "agak lama", noon.AddDate(0, 0, -100), brand.Negative), item("new", "baru", noon, brand.Negative)})
		return err
	})
	if err := db.Forget(ctx, noon.AddDate(0, 0, -90), noon.AddDate(-2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got, want := rows(t, db, `SELECT external_id, text, polarity FROM v_mentions ORDER BY id`), "text|<nil>|negative\nnew|baru|negative\n"; got != want {
		t.Errorf("after Forget:\n%swant\n%s", got, want)
	}
	if got := rows(t, db, `SELECT sum(negatives) FROM hours`); got != "3\n" {
		t.Errorf("buckets hold %s negatives, want 3: numbers stay", got)
	}
	whole(t, db)
}

// TestCloseWaitsForTheWriter closes the store while a transaction that was called
// off is still being taken back.
func TestCloseWaitsForTheWriter(t *testing.T) {
	db := open(t)
	begun, ended := make(chan struct{}), make(chan struct{})
	go func() {
		_ = db.Write(context.Background(), func(*Tx) error {
			close(begun)
			time.Sleep(200 * time.Millisecond)
			close(ended)
			return context.Canceled
		})
	}()
	<-begun
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	default:
		t.Error("Close returned before the transaction ended")
	}
}

// TestForgetLeavesNoQuote is about alerts in every state that they can be in.
func TestForgetLeavesNoQuote(t *testing.T) {
	db, ctx := open(t), context.Background()
	states := []string{"pending", "sending", "sent", "ambiguous", "parked", "listed"}
	alert := brand.Alert{Change: brand.Opened, Incident: brand.Incident{Quotes: []brand.Quote{{MentionID: 1, Text: "saldo hilang"}}}}
	err := db.Write(ctx, func(tx *Tx) error {
		for days, at := range map[int]time.Time{10: noon.AddDate(0, 0, -10), 100: noon.AddDate(0, 0, -100), 800: noon.AddDate(0, 0, -800)} {
			for _, state := range states {
				key := fmt.Sprintf("%s %d", state, days)
				if err := tx.enqueue(key, alert, "inbox", at); err != nil {
					return err
				}
				if err := tx.exec(`UPDATE deliveries SET state = ? WHERE key = ?`, state, key); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Forget(ctx, noon.AddDate(0, 0, -90), noon.AddDate(-2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, `SELECT count(*) FROM deliveries WHERE instr(payload, 'saldo') > 0`); got != "6\n" {
		t.Errorf("%s alerts quote a text, want those of the last 90 days: %s", got, rows(t, db, `SELECT key FROM deliveries WHERE instr(payload, 'saldo') > 0`))
	}
	if got := rows(t, db, `SELECT group_concat(state, ' ' ORDER BY state) FROM deliveries WHERE key LIKE '% 800'`); got != "ambiguous parked pending sending\n" {
		t.Errorf("of the alerts of 800 days ago %s are left, want those that nobody has", got)
	}
}

// whole fails unless the file is sound from end to end.
func whole(t *testing.T, db *DB) {
	t.Helper()
	if v, err := Verify(context.Background(), db.path); err != nil || len(v.Problems) > 0 {
		t.Errorf("Verify = %+v, %v", v, err)
	}
}

func TestZoneMovesTheDays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pantau.db")
	late := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC) // 22 November in Jakarta, still 21 in UTC
	for _, step := range []struct {
		zone *time.Location
		want string
	}{{wib, "2026-11-22\n"}, {time.UTC, "2026-11-21\n"}} {
		db, err := Open(context.Background(), path, step.zone)
		if err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *Tx, o Origin) error {
			_, err := tx.Add(o, []Item{item("1", "x", late, brand.Negative)})
			return err
		})
		if got := rows(t, db, `SELECT day FROM v_daily`); got != step.want {
			t.Errorf("day in %s = %swant %s", step.zone, got, step.want)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenExplainsWhatIsWrong(t *testing.T) {
	ctx := context.Background()
	newer := func(t *testing.T, dir string) string {
		path := filepath.Join(dir, "pantau.db")
		db, err := Open(ctx, path, wib)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.write.Exec(`PRAGMA user_version = 9999`); err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
		return path
	}
	tests := []struct {
		name string
		path func(t *testing.T, dir string) string
		want string
	}{
		{"a file of a newer program", newer, "written by a newer version (schema 9999"},
		{"not a database", func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "pantau.db")
			if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 100)), 0o644); err != nil {
				t.Fatal(err)
			}
			return path
		}, "move the file aside"},
		{"a database of another program", func(t *testing.T, dir string) string { return anotherDatabase(t, dir) }, "a database of another program: name another file"},
		{"no such directory", func(_ *testing.T, dir string) string { return filepath.Join(dir, "none", "pantau.db") }, "create it"},
		{"a directory that is a file", func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "file")
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(path, "pantau.db")
		}, "directory"},
		{"a directory that cannot be written", func(t *testing.T, dir string) string {
			if os.Geteuid() == 0 {
				return "/proc/pantau.db" // permissions do not stop root; /proc does
			}
			if err := os.Chmod(dir, 0o555); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(dir, "pantau.db")
		}, "make it writable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := tt.path(t, t.TempDir())
			db, err := Open(ctx, path, wib)
			if err == nil {
				_ = db.Close()
				t.Fatalf("Open(%s) worked", path)
			}
			if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Open = %q, want one line with %q", err, tt.want)
			}
		})
	}
}

// anotherDatabase returns a database that has nothing to do with Pantau.
func anotherDatabase(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "places.db")
	pool := connect(dsn(path, "mode=rwc"), 1)
	defer pool.Close()
	if _, err := pool.Exec(`CREATE TABLE places (name)`); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAnotherDatabaseStaysAsItIs opens somebody else's file, for writing and reading.
func TestAnotherDatabaseStaysAsItIs(t *testing.T) {
	path := anotherDatabase(t, t.TempDir())
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(context.Context, string, *time.Location) (*DB, error){"writing": OpenExisting, "reading": OpenReadOnly} {
		if db, err := open(t.Context(), path, wib); err == nil {
			_ = db.Close()
			t.Errorf("opened it for %s", name)
		} else if !strings.Contains(err.Error(), "database of") {
			t.Errorf("for %s: %v", name, err)
		}
	}
	pool := connect(readerDSN(path), 1)
	defer pool.Close()
	var tables string
	if err := pool.QueryRow(`SELECT group_concat(name) FROM sqlite_schema`).Scan(&tables); err != nil || tables != "places" {
		t.Errorf("tables %q, %v: want only places", tables, err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before[100:], after[100:]) { // the header says how the file is kept
		t.Errorf("the file changed: %v", err)
	}
}

// TestReadACopy reads a copy of the live file without its -wal and -shm where the
// reader may not write, as on a read-only disk. The controls: with a -wal file that
// holds something it is refused, and SQLite alone refuses all of them.
func TestReadACopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pantau.db")
	live, err := Open(t.Context(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	write(t, live, func(tx *Tx, o Origin) error {
		_, err := tx.Add(o, []Item{item("1", "paket hilang", noon, brand.Negative)})
		return err
	})
	if err := live.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		wal    []byte // nil for none
		refuse bool
	}{{"alone", nil, false}, {"with an empty -wal", []byte{}, false}, {"with a full -wal and no -shm", []byte("frames"), true}} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			copied := filepath.Join(dir, "copy.db")
			if err := os.WriteFile(copied, file, 0o644); err != nil {
				t.Fatal(err)
			}
			if tt.wal != nil {
				if err := os.WriteFile(copied+"-wal", tt.wal, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			restricted(t, dir)
			if _, err := os.ReadFile(copied); err != nil {
				t.Fatal(err)
			}
			if err := current(t.Context(), connect(readerDSN(copied), 1)); !unwritable(err) {
				t.Fatalf("SQLite alone: %v: may this user write here?", err)
			}
			db, err := OpenReadOnly(t.Context(), copied, wib)
			if tt.refuse {
				if err == nil || !strings.Contains(err.Error(), "the -wal and -shm files beside it") {
					t.Errorf("OpenReadOnly = %v, want what is missing", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if got := searched(t, db, "hilang", SearchOptions{}); got != "1" {
				t.Errorf("found %q in the copy, want 1", got)
			}
		})
	}
}

// restricted makes a directory read-only for the rest of a test, and the test, on its
// thread, a user whom that stops.
func restricted(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	root := os.Geteuid() == 0
	if root {
		if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil { // of this test, and only for root
			t.Fatal(err)
		}
		runtime.LockOSThread()
		if err := syscall.Setfsuid(65534); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if root {
			_ = syscall.Setfsuid(0)
			runtime.UnlockOSThread()
		}
		_ = os.Chmod(dir, 0o755)
	})
}

func TestReadersCannotWrite(t *testing.T) {
	db := open(t)
	if _, err := db.read.Exec(`DELETE FROM brands`); err == nil {
		t.Error("a write on the read-only pool worked")
	}
}

func TestWriteRollsBackWhole(t *testing.T) {
	db := open(t)
	stop := errors.New("stop")
	err := db.Write(context.Background(), func(tx *Tx) error {
		o, err := tx.Origin("A", false, "s", "sample", "test")
		if err != nil {
			return err
		}
		if _, err := tx.Add(o, []Item{item("1", "x", noon, brand.Negative)}); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || rows(t, db, `SELECT count(*) FROM mentions`) != "0\n" {
		t.Errorf("Write = %v with rows left, want everything undone", err)
	}
}

// TestPages looks at a new file and at one from before its pages were larger.
func TestPages(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "pantau.db")
	const sizes = `SELECT page_size, (SELECT journal_mode FROM pragma_journal_mode) FROM pragma_page_size`
	if got := rows(t, open(t), sizes); got != "8192|wal\n" {
		t.Errorf("a new file: %s", got)
	}
	writeOld(t, path, []string{"0001_tables.sql", "0002_views.sql"}, `PRAGMA user_version = 2`)
	db, err := Open(ctx, path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := rows(t, db, sizes); got != "4096|wal\n" {
		t.Errorf("an old file: %s", got)
	}
}

// TestViews holds the columns that analysts rely on.
func TestViews(t *testing.T) {
	db := open(t)
	names := strings.Fields(rows(t, db, `SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v%' ORDER BY name`))
	var got strings.Builder
	for _, name := range names {
		fmt.Fprintf(&got, "%s: %s\n", name, strings.Join(strings.Fields(rows(t, db, `SELECT name FROM pragma_table_info(?)`, name)), " "))
	}
	if *update {
		if err := os.WriteFile("testdata/views.want", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/views.want")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the views changed; a promise only grows: (-want +got)\n%s", diff)
	}
}

func BenchmarkAdd(b *testing.B) {
	db := open(b)
	n := 0
	const batch = 5000
	for b.Loop() {
		items := make([]Item, batch)
		for i := range items {
			n++
			items[i] = item(fmt.Sprintf("review-%08d", n), "paket belum sampai padahal sudah seminggu, admin tidak membalas", noon.Add(-time.Duration(n)*time.Minute), brand.Polarity(n%4), brand.LateDelivery)
		}
		write(b, db, func(tx *Tx, o Origin) error { _, err := tx.Add(o, items); return err })
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}

// A panic is caught far outside, where a job ends; the next job must find the store
// as it was.
func TestAPanicEndsItsTransaction(t *testing.T) {
	db := open(t)
	func() {
		defer func() { _ = recover() }()
		write(t, db, func(tx *Tx, o Origin) error {
			if _, err := tx.Add(o, []Item{item("1", "lambat", noon, brand.Negative)}); err != nil {
				return err
			}
			panic("a defect")
		})
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := db.Write(ctx, func(*Tx) error { return nil }); err != nil {
		t.Errorf("Write after a panic = %v, want the connection to be free", err)
	}
	if got := rows(t, db, `SELECT count(*) FROM mentions`); got != "0\n" {
		t.Errorf("mentions of the transaction that panicked: %s", got)
	}
}
