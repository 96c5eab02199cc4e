package store

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestQuestionsUseIndexes reads the plan of every documented question: none may
// read a large table from end to end, whatever its size is here.
func TestQuestionsUseIndexes(t *testing.T) {
	data, err := os.ReadFile(queriesDoc)
	if err != nil {
		t.Fatal(err)
	}
	db := openWithEverything(t)
	large := regexp.MustCompile(`SCAN (m|h|d|mentions|hours|days|facet_days|numbers|i|e)\b`)
	if plan := rows(t, db, `EXPLAIN QUERY PLAN SELECT count(*) FROM v_mentions WHERE text LIKE '%x%'`); !large.MatchString(plan) {
		t.Fatalf("the plan of a full scan looks otherwise today: %s", plan)
	}
	for _, m := range documented.FindAllStringSubmatch(string(data), -1) {
		for line := range strings.Lines(rows(t, db, "EXPLAIN QUERY PLAN "+m[1])) {
			if large.MatchString(line) && !strings.Contains(line, "VIRTUAL TABLE") && !strings.Contains(line, "deliveries") {
				t.Errorf("%sin the plan of\n%s", line, m[1])
			}
		}
	}
}

// TestDatesLeadToCounts reads the plans of questions about counts: a few days are
// looked up one by one, and what names no day reads the counts from end to end.
func TestDatesLeadToCounts(t *testing.T) {
	db := openWithEverything(t)
	for _, tt := range []struct{ name, query, want string }{
		{"days of a brand", `SELECT sum(mentions) FROM v_daily WHERE brand = 'x' AND day BETWEEN '2026-11-01' AND '2026-11-30'`, `SEARCH d USING PRIMARY KEY \(brand_id=\? AND day=\?\)`},
		{"causes of a brand", `SELECT sum(negatives) FROM v_causes_daily WHERE brand = 'x' AND day >= '2026-11-01'`, `SEARCH d USING PRIMARY KEY \(brand_id=\? AND day=\?\)`},
		{"a facet of a brand", `SELECT sum(negatives) FROM v_facets_daily WHERE brand = 'x' AND facet = 'version' AND day >= '2026-11-01'`, `SEARCH d USING PRIMARY KEY \(brand_id=\? AND facet_id=\? AND day=\?\)`},
		{"causes of two brands", `WITH volume AS MATERIALIZED (SELECT brand, sum(mentions) AS mentions FROM v_daily WHERE brand IN ('x', 'y') AND day >= '2026-11-01' GROUP BY brand)
			SELECT sum(c.negatives) FROM volume v JOIN v_causes_daily c ON c.brand = v.brand WHERE c.day >= '2026-11-01'`, `(?s)SCAN v\b.*SEARCH b USING COVERING INDEX.*SEARCH i USING INTEGER PRIMARY KEY`},
		{"everything", `SELECT sum(mentions) FROM v_daily`, `SCAN d`},
		{"all mentions", `SELECT count(*) FROM v_mentions WHERE text LIKE '%x%'`, `SCAN m`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if plan := rows(t, db, "EXPLAIN QUERY PLAN "+tt.query); !regexp.MustCompile(tt.want).MatchString(plan) {
				t.Errorf("the plan of %s:\n%swant %s", tt.query, plan, tt.want)
			}
		})
	}
}

// TestWhatWaitsIsNotSearched: the outbox keeps all that was ever sent, and is looked at
// every minute.
func TestWhatWaitsIsNotSearched(t *testing.T) {
	db := open(t)
	scan := regexp.MustCompile(`(SCAN|SEARCH) (deliveries|h)\b`)
	for line := range strings.Lines(rows(t, db, "EXPLAIN QUERY PLAN "+outboxes, "quiet hours", 0)) {
		if scan.MatchString(line) && !strings.Contains(line, "USING INDEX deliveries_open") && !strings.Contains(line, "USING INDEX deliveries_parked") {
			t.Errorf("%sin the plan of what waits", line)
		}
	}
}
