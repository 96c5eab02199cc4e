package eval

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pantau/brand"
)

// rightShare is how many of the hand-written complaints, questions and praise
// must get exactly the causes that a reader would give them.
const rightShare = 0.95

// TestCauseChallenge holds every cause, also those that no labelled collection
// covers, against what tempts: praise of the same thing, questions and news.
func TestCauseChallenge(t *testing.T) {
	f, err := os.Open("testdata/causes_challenge.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a := analyzer(t)
	texts, right := 0, 0
	byCause := map[string]*tally{}
	err = eachLine(f.Name(), f, func(n int, labels, text string) error {
		if strings.HasPrefix(labels, "#") {
			return nil
		}
		texts++
		must, may := wanted(t, n, labels)
		found := a.Score(text, 0).Causes
		if fits(found, must, may) {
			right++
		} else {
			t.Logf("line %d: %q names %s, want %s", n, text, names(found), labels)
		}
		for _, c := range brand.Causes() {
			if byCause[c.String()] == nil {
				byCause[c.String()] = &tally{}
			}
			said := slices.ContainsFunc(found, func(h brand.CauseHit) bool { return h.Cause == c })
			if !slices.Contains(may, c) {
				byCause[c.String()].add(slices.Contains(must, c), said)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range brand.Causes() {
		l := byCause[c.String()].label()
		t.Logf("%-20s n %3d  P %5.1f  R %5.1f", c, l.N, 100*l.Precision, 100*l.Recall)
		if l.N < 10 || l.Precision < 0.85 || l.Recall < 0.85 {
			t.Errorf("%s: %d texts, precision %.2f, recall %.2f; want 10 texts and 0.85 each", c, l.N, l.Precision, l.Recall)
		}
	}
	t.Logf("%d of %d right", right, texts)
	if float64(right) < rightShare*float64(texts) {
		t.Errorf("%d of %d texts get the causes that a reader gives them, want %.0f %%", right, texts, 100*rightShare)
	}
}

// wanted reads "cause,?cause": what must be named, and what may be.
func wanted(t *testing.T, line int, labels string) (must, may []brand.Cause) {
	for _, l := range strings.Split(labels, ",") {
		if l == "none" {
			continue
		}
		key, maybe := strings.CutPrefix(l, "?")
		c, err := brand.ParseCause(key)
		if err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		if maybe {
			may = append(may, c)
		} else {
			must = append(must, c)
		}
	}
	return must, may
}

func fits(found []brand.CauseHit, must, may []brand.Cause) bool {
	for _, c := range must {
		if !slices.ContainsFunc(found, func(h brand.CauseHit) bool { return h.Cause == c }) {
			return false
		}
	}
	return !slices.ContainsFunc(found, func(h brand.CauseHit) bool {
		return !slices.Contains(must, h.Cause) && !slices.Contains(may, h.Cause)
	})
}

func names(found []brand.CauseHit) []string {
	var out []string
	for _, h := range found {
		out = append(out, h.Cause.String())
	}
	return out
}
