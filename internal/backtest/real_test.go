package backtest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pantau/trends"
)

const shared = "../../../shared/data/timeline"

// The public review histories are not part of the repository.
func TestRealHistories(t *testing.T) {
	names := []string{"bpom", "jakone", "mypertamina", "bni_mobile", "kai_access", "gojek_2023"}
	found, firing, labelled, falseAlarms, days := 0, 0, 0, 0, 0.0
	for _, name := range names {
		r := Run(readShared(t, name), Options{Labels: sharedLabels(t, name), Sensitivity: trends.Seimbang})
		found += r.Found
		for _, span := range sharedLabels(t, name).Incidents {
			firing += count(span.From >= warmup && fresh(r.Fires(), span))
		}
		labelled += r.Labelled
		falseAlarms += r.FalseAlarms
		_, d := r.ignored(sharedLabels(t, name))
		days += d
		t.Logf("%-12s found %d of %d (warm-up %d of %d), %d alarms, %d false (%.2f in 90 d), %.2f alerts an incident",
			name, r.Found, r.Labelled, r.Warmup.Found, r.Warmup.Labelled, r.Alarms, r.FalseAlarms, r.FalsePer90Days, r.AlertsPerIncident)
		for _, f := range r.Findings {
			t.Logf("    %s found %v after %d h, %d negatives", f.From.Format("2006-01-02 15h"), f.Found, f.Delay, f.NegativesBefore)
		}
	}
	t.Logf("all: a window fired anew for %d of %d", firing, labelled)
	t.Logf("all: found %d of %d, %.2f false alarms in 90 days", found, labelled, per90(falseAlarms, days))
	if found < 27 || per90(falseAlarms, days) > 0.4 {
		t.Errorf("found %d of %d with %.2f false alarms in 90 days, want 27 with 0.4", found, labelled, per90(falseAlarms, days))
	}
}

// fresh is the count of the study that the labels come from: the rule itself,
// without the life of incidents, fires between onset and six hours after the end,
// or has fired without a pause for at most twelve hours before.
func fresh(fires []bool, s Span) bool {
	begun := s.From
	for begun > 0 && fires[begun-1] {
		begun--
	}
	return s.From-begun <= early && (begun < s.From || slices.Contains(fires[s.From:min(s.To+grace, len(fires))], true))
}

func readShared(t *testing.T, name string) *History {
	file := filepath.Join(shared, name+".csv")
	r, err := os.Open(file)
	if err != nil {
		t.Skip("the public histories are not here:", err)
	}
	defer r.Close()
	h, err := Read(r, file, name, time.FixedZone("WIB", 7*3600), ByStars)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func sharedLabels(t *testing.T, name string) *Labels {
	file := filepath.Join(shared, "labels.json")
	r, err := os.Open(file)
	if err != nil {
		t.Skip("the labels are not here:", err)
	}
	defer r.Close()
	l, err := ReadLabels(r, file, name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
