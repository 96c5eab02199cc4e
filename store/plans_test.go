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
	large := regexp.MustCompile(`SCAN (m|h|d|mentions|mention_causes|mc|hours|days|cause_days|facet_days|numbers|i|e)\b`)
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
