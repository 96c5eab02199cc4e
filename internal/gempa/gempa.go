// Package gempa is a benchmark for rules that find negative spikes (Garis waktu
// Emosi Merek: Penilaian Alarm, "earthquake"). It generates hourly counts of
// brands with incidents, sales, campaigns, gaps and floods from seeds, runs our
// rule and those of others over them, and prints a table. There is no text and no
// person in it.
//
// The generator knows how busy a brand is, how its level and tone drift and how
// its hours scatter; the rules see counts only.
package gempa

import (
	"fmt"
	"io"
	"math"
	"time"

	"pantau/internal/backtest"
)

// Budget is how many false alarms in 90 days of a brand a rule may cost.
const Budget = 0.4

const quietGroup = "G1 quiet"

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// Report tunes the peers on one seed, scores everybody on another, and writes
// Markdown tables. Our own rule is not tuned. With only, it stands alone.
func Report(w io.Writer, tuneSeed, seed uint64, each int, only bool) {
	cases := Generate(seed, each)
	methods := []Method{{Rule: backtest.Pantau}}
	if !only {
		tuning := Generate(tuneSeed, each)
		for _, rule := range backtest.Rules()[1:] {
			methods = append(methods, Method{Rule: rule, Threshold: Tune(rule, tuning, Budget)})
		}
	}
	fmt.Fprintf(w, "Seed %d (thresholds of the peers from seed %d), %d histories of %d days a row and volume.\n\n", seed, tuneSeed, each, caseDays)
	b := board{cases: cases, methods: methods}
	for _, m := range methods {
		b.tallies = append(b.tallies, Score(m, cases))
	}
	b.summary(w)
	fmt.Fprintln(w)
	b.details(w)
}

// board holds what every method did on every case.
type board struct {
	cases   []Case
	methods []Method
	tallies [][]Tally
}

// line is one row of the summary.
type line struct {
	name  string
	keep  func(*Case) bool
	value func(*Tally) string
}

func percent(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*x)
}

// pages is the share of innocent spans that paged and, in percent of them, those that
// did so because of what was done to them (+) and those that did not because of it (-).
func pages(t *Tally) string {
	if t.Innocent == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (+%.1f -%.1f)", percent(t.PageRate()), 100*t.CausedRate(), 100*t.SparedRate())
}

func fraction(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.2f", x)
}

func inHours(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.0f h", x)
}

func from(group string, volume float64) func(*Case) bool {
	return func(c *Case) bool { return c.Group == group && c.Volume >= volume }
}

func exactly(group string, volume float64) func(*Case) bool {
	return func(c *Case) bool { return c.Group == group && c.Volume == volume }
}

func (b *board) summary(w io.Writer) {
	recall := func(t *Tally) string { return fraction(t.Recall()) }
	falses := func(t *Tally) string { return fraction(t.FalsePer90()) }
	lines := []line{
		{"false alarms in 90 days", from(quietGroup, 0), falses},
		{"3x/24 h found, 30 a day or more", from("G2 3x/24h", 30), recall},
		{"3x/24 h found, 300 a day or more", from("G2 3x/24h", 300), recall},
		{"5x/6 h found, 30 a day or more", from("G2 5x/6h", 30), recall},
		{"5x/24 h found, 30 a day or more", from("G2 5x/24h", 30), recall},
		{"median delay of 3x/24 h", from("G2 3x/24h", 30), func(t *Tally) string { return inHours(t.Delay(0.5)) }},
		{"p75 delay of 3x/24 h", from("G2 3x/24h", 30), func(t *Tally) string { return inHours(t.Delay(0.75)) }},
		{"sale x4 pages", from("G3 sale x4", 0), pages},
		{"praise x20 pages", from("G4 praise x20", 0), pages},
		{"30 hours without anything page", from("G6 no gap, 30h", 0), pages},
		{"backfill lump of 6 h pages", from("G6 lump 6h", 0), pages},
		{"backfill lump of 48 h pages", from("G6 lump 48h", 0), pages},
		{"lost gap of 48 h pages", from("G6 lost 48h", 0), pages},
		{"one text 500 times pages", from("G12 one text 500 times", 0), pages},
		{"alarms in a saga of 18 days", from("G9 saga 18 days", 0), func(t *Tally) string { return fraction(t.PerIncident()) }},
		{"hours from the end of 3x/72 h to recovery", from("G2 3x/72h", 30), func(t *Tally) string { return inHours(t.Closing()) }},
	}
	b.table(w, "metric", lines)
}

// details has one row per group: recall and median delay, or the share of
// innocent spans that paged.
func (b *board) details(w io.Writer) {
	value := func(t *Tally) string {
		switch {
		case t.Incidents > 0:
			return fmt.Sprintf("%.2f · %s", t.Recall(), inHours(t.Delay(0.5)))
		case t.Innocent > 0:
			return percent(t.PageRate())
		}
		return fraction(t.FalsePer90())
	}
	var lines []line
	for _, g := range groups() {
		lines = append(lines, line{g.name, from(g.name, 0), value})
	}
	for _, g := range []string{quietGroup, "G2 3x/24h", "G2 5x/6h", "G3 sale x4"} {
		for _, v := range volumes {
			lines = append(lines, line{fmt.Sprintf("%s, %g a day", g, v), exactly(g, v), value})
		}
	}
	b.table(w, "scenario", lines)
}

func (b *board) table(w io.Writer, head string, lines []line) {
	fmt.Fprintf(w, "| %s |", head)
	for _, m := range b.methods {
		if m.Threshold > 0 {
			fmt.Fprintf(w, " %s (%.2f) |", m.Rule, m.Threshold)
		} else {
			fmt.Fprintf(w, " **%s** |", m.Rule)
		}
	}
	fmt.Fprint(w, "\n|---|")
	for range b.methods {
		fmt.Fprint(w, "---|")
	}
	fmt.Fprintln(w)
	for _, l := range lines {
		fmt.Fprintf(w, "| %s |", l.name)
		for _, tallies := range b.tallies {
			fmt.Fprintf(w, " %s |", l.value(sum(b.cases, tallies, l.keep)))
		}
		fmt.Fprintln(w)
	}
}
