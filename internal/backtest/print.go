package backtest

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"pantau/brand"
)

// hourLayout is how times are printed: the hour is all that is known.
const hourLayout = "2006-01-02 15:04"

// Print writes the result for a terminal.
func (r *Result) Print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	r.printHistory(out)
	r.printIncidents(out)
	r.printNear(out)
	r.printLevels(out)
	r.printFindings(out)
	r.printRules(out)
	return out.Flush()
}

func (r *Result) printHistory(out io.Writer) {
	mentions, negatives := r.History.counts()
	if len(r.History.Hours) == 0 {
		fmt.Fprintf(out, "%s: no mentions\n", r.Series)
		return
	}
	fmt.Fprintf(out, "%s: %s, %d negative, %s to %s (%s), rule %s\n", r.Series, several(mentions, "mention"), negatives,
		r.History.Start.Format("2006-01-02"), r.History.end(len(r.History.Hours)-1).Format("2006-01-02"),
		several(int(math.Round(r.History.days())), "day"), r.Rule)
	if days := r.History.days(); float64(mentions) < quietBrand*days {
		fmt.Fprintf(out, "a quiet brand, %.1f mentions a day: fewer than about 8 complaints above the usual in a day cannot be told from chance\n", float64(mentions)/days)
	}
	if c := r.Stars; c != nil {
		fmt.Fprintf(out, "by text %d of %d rated mentions are negative, by stars %d; the two agree on %.0f %%\n", c.Negatives, c.Rated, c.Low, 100*float64(c.Agreed)/float64(c.Rated))
	}
	fmt.Fprint(out, r.History.Arrivals.sentence(r.Rule))
	if n := r.History.DateOnly; n > 0 {
		fmt.Fprintf(out, "%s with a date and no time of day: counted at the end of the day, or when they were collected if that was earlier\n", several(n, "row"))
	}
	if n := len(r.History.Undated); n > 0 {
		fmt.Fprintf(out, "%s without a usable time left out: %s\n", several(n, "row"), lines(r.History.Undated))
	}
}

// sentence says in which order the mentions were replayed, "" when nobody asked.
func (a *Arrivals) sentence(rule Rule) string {
	switch {
	case a == nil || a.Mentions == 0:
		return ""
	case a.Live == 0:
		return "The whole history was brought in at once: when each mention could have been seen is not known, so it counts at the time it was written.\n"
	case rule != Pantau:
		return "The rules of others see every mention at the time it was written, which is earlier than it could have been seen.\n"
	case a.Live == a.Mentions:
		return "Every mention counts from when it was collected.\n"
	}
	return fmt.Sprintf("%d of %d mentions count from when they were collected; the others came with an import or the first run of a source, and count at the time they were written.\n", a.Live, a.Mentions)
}

// quietBrand is the number of mentions a day below which the limit of what can
// be seen is larger than a bad day.
const quietBrand = 10

// lines names lines by number: "line 4", "lines 12 and 40", and of many the first ten.
func lines(numbers []int) string {
	const most = 10
	var list []string
	for _, n := range numbers[:min(len(numbers), most)] {
		list = append(list, strconv.Itoa(n))
	}
	if more := len(numbers) - most; more > 0 {
		list = append(list, fmt.Sprintf("%d more", more))
	}
	last := len(list) - 1
	if last == 0 {
		return "line " + list[0]
	}
	return "lines " + strings.Join(list[:last], ", ") + " and " + list[last]
}

func (r *Result) printIncidents(out io.Writer) {
	if len(r.Incidents) == 0 {
		fmt.Fprint(out, "\nNothing would have been alerted.\n")
		return
	}
	labels := ""
	if len(r.Findings) > 0 {
		labels = "LABEL\t"
	}
	fmt.Fprintf(out, "\nOPENED\tRECOVERED\tNEGATIVES\tUSUAL\tSCORE\tALERTS\t%sCAUSES BY EXCESS\n", labels)
	for _, x := range r.Incidents {
		recovered := "-"
		if x.Recovered != nil {
			recovered = x.Recovered.Format(hourLayout)
		}
		label := ""
		if labels != "" {
			label = cmp.Or(string(x.Label), "warm-up") + "\t"
		}
		fmt.Fprintf(out, "%s\t%s\t%d\t%.1f\t%.1f\t%d\t%s%s\n", x.Opened.Format(hourLayout), recovered, x.Observed, x.Expected, x.Score, x.told(), label, causes(x.Causes))
	}
}

func (r *Result) printNear(out io.Writer) {
	if len(r.Near) == 0 {
		return
	}
	fmt.Fprint(out, "\nCLOSE, NOT ALERTED\tHOURS\tNEGATIVES\tUSUAL\tSCORE\tNEEDED\n")
	for _, x := range r.Near {
		fmt.Fprintf(out, "%s\t%d\t%d\t%.1f\t%.1f\t%.1f\n", x.At.Format(hourLayout), x.Window, x.Observed, x.Expected, x.Score, x.Threshold)
	}
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// told counts the messages about the incident while it was open.
func (x *Incident) told() (n int) {
	for _, a := range x.Alerts {
		n += count(a.Change != brand.Closed)
	}
	return n
}

// causes names the three greatest, with the negatives of each.
func causes(drivers []brand.Driver) string {
	var list []string
	for _, d := range drivers[:min(3, len(drivers))] {
		list = append(list, fmt.Sprintf("%s %d", d.Key, d.Observed))
	}
	return strings.Join(list, ", ")
}

func (r *Result) printLevels(out io.Writer) {
	fmt.Fprintf(out, "\n%s after the first four weeks, %.1f in 90 days", several(r.Alarms, "alarm"), r.AlarmsPer90Days)
	if r.Warmup.Alarms > 0 {
		fmt.Fprintf(out, "; %d before", r.Warmup.Alarms)
	}
	fmt.Fprintln(out)
	if len(r.Sensitivities) == 0 {
		return
	}
	if r.History.days() < leastLevels {
		fmt.Fprintf(out, "\nToo short to say what a sensitivity costs: that takes six weeks of history.\n")
		return
	}
	fmt.Fprint(out, "\nSENSITIVITY\tALARMS\tON THIS HISTORY\n")
	for _, l := range r.Sensitivities {
		fmt.Fprintf(out, "%s\t%d\tabout %.1f alerts in 90 days\n", l.Sensitivity, l.Alarms, l.AlarmsPer90Days)
	}
}

func (r *Result) printFindings(out io.Writer) {
	if len(r.Findings) == 0 {
		return
	}
	fmt.Fprint(out, "\nLABELLED FROM\tTO\tFOUND\tHOURS\tNEGATIVES SEEN\n")
	for _, f := range r.Findings {
		if !f.Found {
			fmt.Fprintf(out, "%s\t%s\tno\t\t\n", f.From.Format(hourLayout), f.To.Format(hourLayout))
			continue
		}
		fmt.Fprintf(out, "%s\t%s\tyes\t%d\t%d\n", f.From.Format(hourLayout), f.To.Format(hourLayout), f.Delay, f.NegativesBefore)
	}
	fmt.Fprintf(out, "\nfound %d of %d, precision %.2f, %s (%.2f in 90 days)", r.Found, r.Labelled, r.Precision, several(r.FalseAlarms, "false alarm"), r.FalsePer90Days)
	if r.MedianDelay != nil {
		fmt.Fprintf(out, ", median %g h and %g negatives after the onset", *r.MedianDelay, *r.MedianNegativesBefore)
	}
	if r.Warmup.Labelled > 0 {
		fmt.Fprintf(out, "; in the first four weeks found %d of %d", r.Warmup.Found, r.Warmup.Labelled)
	}
	fmt.Fprintln(out)
}

// printRules puts the rules beside each other.
func (r *Result) printRules(out io.Writer) {
	if len(r.Rules) == 0 {
		return
	}
	labelled := ""
	if r.Labelled > 0 {
		labelled = "\tFOUND\tFALSE IN 90 DAYS\tMEDIAN DELAY"
	}
	fmt.Fprintf(out, "\nRULE\tALARMS\tIN 90 DAYS%s\n", labelled)
	for _, s := range r.Rules {
		fmt.Fprintf(out, "%s\t%d\t%.1f", s.Rule, s.Alarms, s.AlarmsPer90Days)
		if labelled != "" {
			delay := "-"
			if s.MedianDelay != nil {
				delay = fmt.Sprintf("%g h", *s.MedianDelay)
			}
			fmt.Fprintf(out, "\t%d of %d\t%.1f\t%s", s.Found, r.Labelled, s.FalsePer90Days, delay)
		}
		fmt.Fprintln(out)
	}
}
