package trends

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestOldRecords: verdicts that were stored in November 2026 still give their score
// and their decision, by nothing but their own numbers, whatever the thresholds,
// the memories and the windows of the rule have become since. The file must never
// be written anew: a new kind of verdict is a new line.
func TestOldRecords(t *testing.T) {
	data, err := os.ReadFile("testdata/verdicts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for n, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
		var v Verdict
		decode := json.NewDecoder(bytes.NewReader(line))
		decode.DisallowUnknownFields() // a number that was renamed is lost
		if err := decode.Decode(&v); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		if score := v.Check(); math.Abs(score-v.Score) > 1e-9*(1+v.Score) || v.Score == 0 {
			t.Errorf("line %d: the score works out as %.12g, stored is %.12g", n+1, score, v.Score)
		}
		if fires := v.Check() >= v.Threshold; fires != v.Fires {
			t.Errorf("line %d: score %g against %g would fire: %v, stored is %v", n+1, v.Score, v.Threshold, fires, v.Fires)
		}
		kinds["fired"] += indicator(v.Fires)
		kinds["not fired"] += indicator(!v.Fires)
		kinds["slow"] += indicator(v.Slow)
		kinds["cold"] += indicator(v.Cold)
		kinds["sale"] += indicator(v.Sale > 0.2)
		kinds["running"] += indicator(v.Running)
		kinds["copies"] += indicator(v.Voices < v.Observed)
		changed := v
		changed.Tested, changed.SaleTested, changed.SlowSum = 1.01*v.Tested, 1.01*v.SaleTested, 1.01*v.SlowSum
		if changed.Check() == v.Check() {
			t.Errorf("line %d: one percent more expected changes nothing: the numbers are not what was decided by", n+1)
		}
	}
	for _, kind := range []string{"fired", "not fired", "slow", "cold", "sale", "running", "copies"} {
		if kinds[kind] == 0 {
			t.Errorf("no record is %s: %v", kind, kinds)
		}
	}
}

func indicator(b bool) int {
	if b {
		return 1
	}
	return 0
}
