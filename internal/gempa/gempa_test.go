package gempa

import (
	"math"
	"strings"
	"testing"

	"pantau/brand"
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

// The control of a gap is the same history without it: the same hour for hour until the
// gap begins and after what it held back has come, and as many mentions in between.
func TestControlIsTheSameHistoryUntouched(t *testing.T) {
	for _, c := range Generate(5, 1) {
		if (c.Control != nil) != (len(c.Innocent) > 0) {
			t.Fatalf("%s: %d innocent spans, control %v", c.Group, len(c.Innocent), c.Control != nil)
		}
		if c.Group != "G6 lump 48h" {
			continue
		}
		inside := make([]bool, len(c.Hours))
		for _, s := range c.Innocent {
			held, came := int32(0), int32(0)
			for i := s.From; i < s.To; i++ {
				inside[i] = true
				held += c.Control[i].Mentions
				came += c.Hours[i].Mentions
			}
			if held != came || c.Hours[s.From].Mentions != 0 {
				t.Errorf("%g a day: %d mentions came, the control has %d", c.Volume, came, held)
			}
		}
		for i := range c.Hours {
			if !inside[i] && c.Hours[i] != c.Control[i] {
				t.Fatalf("%g a day: hour %d is %+v, the control has %+v", c.Volume, i, c.Hours[i], c.Control[i])
			}
		}
	}
}

func TestAPageIsCausedWhereTheControlIsSilent(t *testing.T) {
	c := Case{Innocent: []backtest.Span{at(40, 9, 6), at(68, 9, 6), at(96, 9, 6), at(124, 9, 6)}}
	rung := func(hoursOf ...int) *backtest.Result {
		r := &backtest.Result{}
		for _, h := range hoursOf {
			at := begin.Add(hours(h + 1))
			r.Incidents = append(r.Incidents, backtest.Incident{Opened: at, Alerts: []backtest.Alert{{At: at, Change: brand.Opened}}})
		}
		return r
	}
	var tally Tally
	tally.pair(&c, rung(40*24+9, 68*24+12), rung(40*24+20, 96*24+9, 60*24))
	if tally.Innocent != 4 || tally.Paged != 2 || tally.Caused != 1 || tally.Spared != 1 {
		t.Errorf("got %d spans, %d paged, %d caused, %d spared, want 4, 2, 1 and 1", tally.Innocent, tally.Paged, tally.Caused, tally.Spared)
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
