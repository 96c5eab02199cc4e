package store

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pantau/brand"
)

// imports are sources of every kind of luck.
func imports(tx *Tx) error {
	for _, s := range []struct {
		name, kind, status string
		items              []Item
	}{
		{"toko", "sample", "failed", nil},
		{"never", "sample", "", nil},
		{"read", "import", "fresh", []Item{item("a", "bagus", noon, brand.Positive)}},
		{"survey", "import", "degraded", nil},
		{"half", "import", "failed", []Item{item("a", "bagus", noon, brand.Positive)}},
		{"missing", "import", "failed", nil},
		{"killed", "import", "", nil},
	} {
		o, err := tx.Origin("Sandang Senja", false, s.name, s.kind, "test")
		if err != nil {
			return err
		}
		if _, err := tx.Add(o, s.items); err != nil {
			return err
		}
		if s.status == "" {
			continue
		}
		if err := tx.FinishRun(o, Run{StartedAt: noon, FinishedAt: noon, Status: s.status, Reason: "why"}); err != nil {
			return err
		}
	}
	return nil
}

// TestFailedImportsAreNoSources: what failed was said then. What it read before it
// failed is there, and so is its source.
func TestFailedImportsAreNoSources(t *testing.T) {
	db := open(t)
	var within []SourceHealth
	err := db.Write(t.Context(), func(tx *Tx) error {
		if err := imports(tx); err != nil {
			return err
		}
		o, err := tx.Origin("Sandang Senja", false, "toko", "sample", "test")
		if err != nil {
			return err
		}
		within, err = tx.SourcesOf(o.BrandID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all, err := db.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := func(list []SourceHealth) string {
		var b strings.Builder
		for _, h := range list {
			fmt.Fprintln(&b, h.Source)
		}
		return b.String()
	}
	const want = "half\nnever\nread\nsurvey\ntoko\n"
	if got := rows(t, db, `SELECT source FROM v_source_health ORDER BY source`); got != want || names(all) != want || names(within) != want {
		t.Errorf("the view has\n%sSources\n%sSourcesOf\n%swant of each\n%s", got, names(all), names(within), want)
	}
	// An author is erased from all of them, also before a file can be read.
	if got, err := db.SourceNames(t.Context()); err != nil || !slices.Equal(got, []string{"half", "killed", "missing", "never", "read", "survey", "toko"}) {
		t.Errorf("SourceNames = %q, %v", got, err)
	}
}

// TestMigrationOfHealth brings a database of the ninth schema up to date.
func TestMigrationOfHealth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pantau.db")
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		names[i] = filepath.Base(name)
	}
	writeOld(t, path, names[:9],
		`INSERT INTO brands VALUES (1, 'Sandang Senja', 0)`,
		`INSERT INTO sources VALUES (1, 1, 'toko', 'sample', 'page 2', 0), (2, 1, 'read', 'import', '', 0), (3, 1, 'missing', 'import', '', 0)`,
		`INSERT INTO runs (source_id, started_at, finished_at, fetched, added, edited, rejected, gap, status) VALUES
			(1, 1795284000, 1795284001, 0, 0, 0, 0, 0, 'failed'), (2, 1795284000, 1795284001, 1, 1, 0, 0, 0, 'fresh'), (3, 1795284000, 1795284001, 0, 0, 0, 0, 0, 'failed')`,
		`INSERT INTO deliveries (key, channel, change, payload, state, queued_at, not_before) VALUES ('1', 'slack', 'opened', '{}', 'parked', 1, 1), ('2', 'slack', 'opened', '{}', 'sent', 1, 1)`,
		`PRAGMA user_version = 9`)
	db, err := Open(t.Context(), path, wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := rows(t, db, `SELECT source, status FROM v_source_health ORDER BY source`) + rows(t, db, `PRAGMA integrity_check`); got != "read|fresh\ntoko|failed\nok\n" {
		t.Errorf("after the migration:\n%s", got)
	}
	if list, err := db.Outboxes(t.Context(), "", noon); err != nil || len(list) != 1 || list[0].State != "parked" || list[0].Count != 1 {
		t.Errorf("Outboxes = %+v, %v", list, err)
	}
	if v, err := Verify(t.Context(), fmt.Sprintf("%s.before-schema-%d", path, mustLatest(t))); err != nil || v.Schema != 9 || len(v.Problems) > 0 {
		t.Errorf("the backup from before the migration: %+v, %v", v, err)
	}
}
