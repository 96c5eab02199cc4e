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
	r := challenge(t, "testdata/causes_challenge.tsv", func(int) bool { return true }, t.Logf)
	for _, c := range brand.Causes() {
		l := r.byCause[c].label()
		t.Logf("%-20s n %3d  P %5.1f  R %5.1f", c, l.N, 100*l.Precision, 100*l.Recall)
		if l.N < 10 || l.Precision < 0.85 || l.Recall < 0.85 {
			t.Errorf("%s: %d texts, precision %.2f, recall %.2f; want 10 texts and 0.85 each", c, l.N, l.Precision, l.Recall)
		}
	}
	t.Logf("%d of %d right", r.right, r.texts)
	if float64(r.right) < rightShare*float64(r.texts) {
		t.Errorf("%d of %d texts get the causes that a reader gives them, want %.0f %%", r.right, r.texts, 100*rightShare)
	}
}

// What every half of the everyday texts must reach.
const (
	everydayMacroF1 = 0.90
	everydayQuiet   = 0.90 // share of the texts without a complaint that get no cause
)

// TestEverydayCauses measures complaints from many trades, written before the
// patterns were tuned. Only odd lines may be tuned on, so only their errors are
// told; the even half says what to expect of texts that nobody has seen.
func TestEverydayCauses(t *testing.T) {
	halves := []struct {
		name string
		rest int
		tell func(string, ...any)
	}{
		{"odd lines, tuned on", 1, t.Logf},
		{"even lines, unseen", 0, func(string, ...any) {}},
	}
	for _, h := range halves {
		t.Run(h.name, func(t *testing.T) {
			r := challenge(t, "testdata/causes_everyday.tsv", func(line int) bool { return line%2 == h.rest }, h.tell)
			sum := 0.0
			for _, c := range brand.Causes() {
				l := r.byCause[c].label()
				sum += l.F1
				t.Logf("%-20s n %3d  P %5.1f  R %5.1f  F1 %5.1f", c, l.N, 100*l.Precision, 100*l.Recall, 100*l.F1)
			}
			macro, quiet := sum/float64(len(brand.Causes())), float64(r.quiet)/float64(r.none)
			t.Logf("%d of %d right, macro F1 %.3f, %d of %d without a complaint stay so", r.right, r.texts, macro, r.quiet, r.none)
			if macro < everydayMacroF1 || quiet < everydayQuiet {
				t.Errorf("macro F1 %.3f, %.3f without a complaint stay so; want %.2f and %.2f", macro, quiet, everydayMacroF1, everydayQuiet)
			}
		})
	}
}

// challenged is how well the causes of a file of hand-written texts are named.
type challenged struct {
	texts, right int // right: exactly the causes that a reader names
	none, quiet  int // texts in which nobody complains, and those of them without a cause
	byCause      map[brand.Cause]*tally
}

// challenge measures the lines of a file that keep lets through, and tells what
// is wrong.
func challenge(t *testing.T, file string, keep func(line int) bool, tell func(string, ...any)) challenged {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a := analyzer(t)
	r := challenged{byCause: map[brand.Cause]*tally{}}
	for _, c := range brand.Causes() {
		r.byCause[c] = &tally{}
	}
	err = eachLine(f.Name(), f, func(n int, labels, text string) error {
		if strings.HasPrefix(labels, "#") || !keep(n) {
			return nil
		}
		must, may := wanted(t, n, labels)
		found := a.Score(text, 0).Causes
		if fits(found, must, may) {
			r.right++
		} else {
			tell("line %d: %q names %s, want %s", n, text, names(found), labels)
		}
		r.add(found, must, may)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *challenged) add(found []brand.CauseHit, must, may []brand.Cause) {
	r.texts++
	if len(must)+len(may) == 0 {
		r.none++
		if len(found) == 0 {
			r.quiet++
		}
	}
	for c, l := range r.byCause {
		said := slices.ContainsFunc(found, func(h brand.CauseHit) bool { return h.Cause == c })
		if !slices.Contains(may, c) {
			l.add(slices.Contains(must, c), said)
		}
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
