package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pantau/alerts"
	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/config"
	"pantau/daemon"
	"pantau/store"
	"pantau/trends"
)

// done says what an action did, for whoever did it.
func done(a daemon.Action, i *brand.Incident, zone *time.Location) string {
	switch a.Change {
	case brand.Taken:
		return a.Actor + " is on it"
	case brand.Noted:
		return "note added by " + a.Actor
	case brand.Silenced:
		return "silent until " + clock(i.SilencedUntil, zone) + ", by " + a.Actor
	case brand.Denied:
		return "closed as a false alarm by " + a.Actor
	case brand.Closed:
		return "closed as recovered by " + a.Actor
	}
	return string(a.Change) + " by " + a.Actor
}

// showIncident prints the incident as it stands, then its history.
func showIncident(cmd *cobra.Command, cfg *config.Config, history []store.IncidentChange, why bool) error {
	out := cmd.OutOrStdout()
	told := make([]brand.Alert, len(history))
	for n, c := range history {
		told[n] = brand.Alert{Change: c.Change, Incident: c.Incident}
	}
	console := alerts.NewConsole(out, style(cfg), columns(out), colour(out))
	delivery := alerts.Delivery{Alert: alerts.Standing(told), QueuedAt: time.Now(), At: time.Now()}
	if _, err := console.Notify(cmd.Context(), delivery); err != nil || !why {
		return err
	}
	for _, c := range history {
		if err := printChange(out, c, cfg.Zone); err != nil {
			return err
		}
	}
	return nil
}

// newest prints the newest verdict while the incident goes on: whether it is over, or
// why nobody can say.
func (f incidentFlags) newest(cmd *cobra.Command, cfg *config.Config, db *store.DB, i brand.Incident) error {
	if i.State.Ended() {
		return nil
	}
	text, at, err := db.Newest(cmd.Context(), i.Brand)
	var v trends.Verdict
	if err != nil || text == nil || json.Unmarshal(text, &v) != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "\n%s  the newest verdict\n", clock(at, cfg.Zone))
	printExplained(cmd.OutOrStdout(), v, cfg.Zone)
	return nil
}

func printExplained(out io.Writer, v trends.Verdict, zone *time.Location) {
	for _, line := range explain(v, zone) {
		printBeside(out, "  "+line[0], 14, line[1])
	}
}

// printBeside prints a text beside its label, broken before the margin.
func printBeside(out io.Writer, label string, indent int, text string) {
	for _, line := range wrap(text, columns(out)-indent) {
		fmt.Fprintf(out, "%-*s%s\n", indent, label, line)
		label = ""
	}
}

// printChange prints one change: of the rule with its numbers, of people with what
// they said.
func printChange(out io.Writer, c store.IncidentChange, zone *time.Location) error {
	var v trends.Verdict
	if err := json.Unmarshal(c.Verdict, &v); err != nil || v.Reason == "" {
		printByHand(out, c, zone)
		return nil
	}
	fmt.Fprintf(out, "\n%s  %s\n", clock(c.At, zone), c.Change)
	printBeside(out, "  rule", 14, c.Incident.Rule+", lexicon "+c.Incident.Lexicon)
	printExplained(out, v, zone)
	if until := c.Incident.SilencedUntil; until.After(c.At) {
		printBeside(out, "  silenced", 14, "until "+clock(until, zone)+": recorded, told to nobody")
	}
	return printParts(out, c.Incident)
}

func printByHand(out io.Writer, c store.IncidentChange, zone *time.Location) {
	i, said := c.Incident, []string{string(c.Change)}
	if i.Owner != "" {
		said = append(said, "owner "+clean.Line(i.Owner))
	}
	if i.Note != "" {
		said = append(said, "note: "+clean.Line(i.Note))
	}
	if i.SilencedUntil.After(c.At) {
		said = append(said, "silenced until "+clock(i.SilencedUntil, zone))
	}
	fmt.Fprintln(out)
	printBeside(out, clock(c.At, zone), 18, strings.Join(said, "; "))
}

// explain says in words what a decision was made of. All of it and some more is in
// the JSON.
func explain(v trends.Verdict, zone *time.Location) [][2]string {
	lines := [][2]string{
		{"decision", meaning(v)},
		{"window", span(v, zone)},
		{"complaints", fmt.Sprintf("%d; %s usual, %.0f to %.0f in 8 of 10 such windows", v.Observed, few(v.Expected), v.Low, v.High)},
		{"mentions", fmt.Sprintf("%d; %s usual", v.Mentions, few(v.ExpectedMentions))},
		{"share", fmt.Sprintf("%.0f %% of the mentions negative; %.0f %% usual", 100*v.Share, 100*v.UsualShare)},
	}
	if v.Event != "" {
		lines = append(lines, [2]string{"calendar", fmt.Sprintf("%s: %.2g times the usual expected", clean.Line(v.Event), v.Factor)})
	}
	if v.Part != "" {
		lines = append(lines, [2]string{"judged alone", clean.Line(v.Part)})
	}
	switch {
	case v.Slow:
		lines = append(lines, [2]string{"tested", fmt.Sprintf("the sum of a slow rise, %.4g", v.SlowSum)})
	case v.Score > 0:
		lines = append(lines, [2]string{"tested", fmt.Sprintf("%d voices (each text and each author once) where %s come with so many mentions, scatter %.2g",
			v.Voices, few(v.Tested), v.Alpha)})
		if v.Sale >= 0.005 {
			lines = append(lines, [2]string{"", fmt.Sprintf("or %s if everything rises, as on a sale (%.0f %% likely), scatter %.2g", few(v.SaleTested), 100*v.Sale, v.SaleAlpha)})
		}
	}
	if v.Score > 0 {
		lines = append(lines, [2]string{"score", fmt.Sprintf("%.4f, and %.4f alerts; by chance one such window in %s", v.Score, v.Threshold, period(v.Score))})
	}
	return append(lines, [2]string{"checked", again(v)})
}

// meaning is the reason of a verdict in words.
func meaning(v trends.Verdict) string {
	words := map[trends.Reason]string{
		trends.Fired:           "more complaints, and a greater share of them, than chance explains",
		trends.Quiet:           "as usual",
		trends.BelowFloor:      "too few complaints to say anything",
		trends.BelowThreshold:  "above the usual, but not rare enough",
		trends.NoShareEvidence: "rare, but the tone did not change",
		trends.VolumeUp:        "more mentions than usual, the tone as usual",
		trends.ToneWorsening:   "more of the mentions negative, their number usual",
		trends.ReviewBombing:   "copies of few texts",
		trends.SlowBurn:        "slowly worse over weeks",
		trends.Learning:        "less than two days known",
		trends.StaleCoverage:   "the newest hours were not watched",
	}[v.Reason]
	switch {
	case v.Calm:
		words += "; complaints are back to the usual"
	case v.Unsure:
		words += "; too few mentions, or too little watched, to say whether it is over"
	}
	return string(v.Reason) + ": " + words
}

func span(v trends.Verdict, zone *time.Location) string {
	text := fmt.Sprintf("%d h to %s, %.0f %% watched", v.Window, clock(v.At, zone), 100*v.Coverage)
	if v.Running {
		text += "; the last hour still ran"
	}
	if v.Rise > 0 {
		text += fmt.Sprintf("; above the usual for %d h", v.Rise)
	}
	return text
}

// few writes an expected number: what is below ten with one digit.
func few(n float64) string {
	switch {
	case n < 0.05:
		return "<0.1"
	case n < 9.95:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.0f", n)
}

// period is how long chance alone takes for a score. Nobody has data for more than
// some years.
func period(score float64) string {
	switch days := trends.ReturnPeriod(score); {
	case days < 60:
		return fmt.Sprintf("%.0f days", days)
	case days < 5*365:
		return fmt.Sprintf("%.0f months", days/30)
	}
	return "more than 5 years"
}

// again works the decision out from its numbers once more.
func again(v trends.Verdict) string {
	score := v.Check()
	switch {
	case v.Score == 0:
		return "no window decided here"
	case math.Abs(score-v.Score) > 1e-6*(1+v.Score):
		return fmt.Sprintf("worked out again: %.4f, not %.4f: the rule has changed since", score, v.Score)
	}
	return fmt.Sprintf("worked out again: %.4f, %s the threshold", score, sideOf(score, v.Threshold))
}

func sideOf(score, threshold float64) string {
	if score >= threshold {
		return "above"
	}
	return "below"
}

// printParts prints the parts of the why as they were recorded: what each held and
// what is usual for it.
func printParts(out io.Writer, i brand.Incident) error {
	parts := []struct {
		name    string
		drivers []brand.Driver
	}{{"cause", i.Causes}, {"source", i.Sources}, {"version", i.Versions}, {"language", i.Languages},
		{"place", i.Places}, {"city", i.Cities}, {"star", i.Stars}, {"new word", i.Words}}
	var rivals []brand.Driver
	for _, r := range i.Rivals {
		rivals = append(rivals, brand.Driver{Key: r.Brand, Observed: r.Observed, Expected: r.Expected})
	}
	parts = append(parts, struct {
		name    string
		drivers []brand.Driver
	}{"competitor", rivals})
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, p := range parts {
		for n, d := range p.drivers {
			if n == 0 {
				fmt.Fprintf(t, "by %s\tobserved\tusual\texcess\t\n", p.name)
			}
			fmt.Fprintf(t, "%s\t%d\t%.2f\t%+.2f\t\n", clean.Line(d.Key), d.Observed, d.Expected, d.Excess())
		}
	}
	return t.Flush()
}
