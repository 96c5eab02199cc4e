package sentiment

import (
	"os"
	"strings"
	"testing"

	"pantau/brand"
)

// leastRight is the share of the challenge texts whose verdict must be right.
const leastRight = 0.95

// TestChallenge scores our own texts, which hold what reviews and posts are made
// of: complaints without a bad word, politeness, irony, questions, dialects.
func TestChallenge(t *testing.T) {
	content, err := os.ReadFile("testdata/challenge.tsv")
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]brand.Polarity{"neg": brand.Negative, "neu": brand.Neutral, "pos": brand.Positive}
	a := analyzer(t)
	total, right := map[string]int{}, map[string]int{}
	err = eachRow("challenge.tsv", string(content), func(r row) error {
		want, ok := labels[r.field(0)]
		if !ok {
			return r.errorf("%q is no label", r.field(0))
		}
		got := a.Score(r.field(2), 0)
		for _, key := range []string{"", r.field(1)} {
			total[key]++
			if got.Polarity == want {
				right[key]++
			}
		}
		if got.Polarity != want {
			t.Logf("%s: %q is %s, want %s: %s", r.field(1), r.field(2), got.Polarity, want, shown(got))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, n := range total {
		t.Logf("%-35s %d of %d", key, right[key], n)
	}
	if total[""] < 400 || float64(right[""]) < leastRight*float64(total[""]) {
		t.Errorf("%d of %d verdicts are right, want %.0f %% of at least 400", right[""], total[""], 100*leastRight)
	}
}

func shown(s brand.Score) string {
	var b strings.Builder
	for _, h := range s.Hits {
		b.WriteString(h.Entry + " " + h.Rule + "; ")
	}
	return b.String()
}
