package gempa

import (
	"math"
	"strings"
	"testing"

	"pantau/internal/backtest"
)

func TestGenerateIsRepeatable(t *testing.T) {
	a, b, other := Generate(5, 1), Generate(5, 1), Generate(6, 1)
	same := 0
	for i := range a {
		for h := range a[i].Hours {
			if a[i].Hours[h] != b[i].Hours[h] {
				t.Fatalf("%s: hour %d differs between two runs of one seed", a[i].Group, h)
			}
		}
		if a[i].Hours[50*24+12] == other[i].Hours[50*24+12] {
			same++
		}
	}
	if same > len(a)/2 {
		t.Errorf("%d of %d histories are alike with another seed", same, len(a))
	}
}

// The generator must deliver what the rows of the table promise.
func TestGenerateKeepsItsPromises(t *testing.T) {
	for _, c := range Generate(5, 1) {
		n := 0.0
		for i, h := range c.Hours {
			if h.Negatives < 0 || h.Negatives > h.Mentions || h.Coverage < 0 || h.Coverage > 1 {
				t.Fatalf("%s, hour %d: %+v", c.Group, i, h)
			}
			n += float64(h.Mentions)
		}
		perDay := n / caseDays
		if c.Group == quietGroup && c.Volume >= 3 && (perDay < c.Volume/3 || perDay > 3*c.Volume) {
			t.Errorf("%g mentions a day, want about %g", perDay, c.Volume)
		}
		if len(c.Incidents)+len(c.Innocent) == 0 && c.Group != quietGroup {
			t.Errorf("%s: nothing happens", c.Group)
		}
	}
}

func TestChanceHasItsMoments(t *testing.T) {
	c := newChance(1, "moments")
	const n = 20_000
	for _, mean := range []float64{0.3, 7, 150, 9_000} {
		sum, squares := 0.0, 0.0
		for range n {
			x := float64(c.poisson(mean))
			sum += x
			squares += (x - mean) * (x - mean)
		}
		if math.Abs(sum/n-mean) > 5*math.Sqrt(mean/n) || math.Abs(squares/n/mean-1) > 0.1 {
			t.Errorf("poisson(%g): mean %g, variance %g", mean, sum/n, squares/n)
		}
	}
	sum, squares := 0.0, 0.0
	for range n {
		x := c.gamma(0.04)
		sum += x
		squares += (x - 1) * (x - 1)
	}
	if math.Abs(sum/n-1) > 0.01 || math.Abs(squares/n-0.04) > 0.005 {
		t.Errorf("gamma(0.04): mean %g, variance %g", sum/n, squares/n)
	}
}

// A small run must stay within the bounds that docs/detection.md states, with
// room for chance.
func TestOurRuleHoldsItsPromises(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	var cases []Case
	for _, c := range Generate(7, 2) {
		switch c.Group {
		case quietGroup, "G2 3x/24h", "G2 5x/24h", "G3 sale x4", "G4 praise x20", "G6 lump 48h", "G6 lost 48h":
			cases = append(cases, c)
		}
	}
	tallies := Score(Method{Rule: backtest.Pantau}, cases)
	check := func(what string, got, least, most float64) {
		if !(got >= least && got <= most) {
			t.Errorf("%s: %.3f, want %.2f to %.2f", what, got, least, most)
		}
	}
	check("false alarms in 90 days", sum(cases, tallies, from(quietGroup, 0)).FalsePer90(), 0, 0.8)
	check("3x/24h found", sum(cases, tallies, from("G2 3x/24h", 30)).Recall(), 0.8, 1)
	check("3x/24h found, 300 a day", sum(cases, tallies, from("G2 3x/24h", 300)).Recall(), 0.95, 1)
	check("5x/24h found", sum(cases, tallies, from("G2 5x/24h", 30)).Recall(), 0.95, 1)
	for _, group := range []string{"G3 sale x4", "G4 praise x20", "G6 lump 48h", "G6 lost 48h"} {
		check(group+" pages", sum(cases, tallies, from(group, 0)).PageRate(), 0, 0.1)
	}
}

func TestReportIsATable(t *testing.T) {
	var out strings.Builder
	Report(&out, 1, 2, 1, true)
	lines := strings.Split(out.String(), "\n")
	rows := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "|") {
			rows++
			if strings.Count(line, "|") != 3 {
				t.Errorf("row %q has not two columns", line)
			}
		}
	}
	if rows < 60 {
		t.Errorf("%d rows, want 60 or more", rows)
	}
}
