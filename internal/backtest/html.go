package backtest

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

// The drawing area of the timeline in SVG units.
const (
	pageWidth  = 1200.0
	pageHeight = 260.0
)

// page is what the template of the timeline shows.
type page struct {
	Series, Rule            string
	From, To                string
	Width, Height           float64
	Line, Band              string // SVG paths
	Labels                  []column
	Alarms                  []mark
	Peaks                   []peak
	Ticks, Levels           []tick
	Incidents               []row
	Mentions, Negatives     int
	Alarms90                string
	Sensitivities           []Level
	Rules                   []Side
	Found                   string
	HasUnlabelled           bool
	HasLabels, HasIncidents bool
}

// column is a labelled incident, mark an alarm, tick a date or a level beside the axes.
type (
	column struct {
		X, Width float64
		Title    string
	}
	mark struct {
		X, Y       float64
		Unlabelled bool
		Title      string
	}
	peak struct {
		X, Y  float64
		Left  bool // its text stands to the left, where the frame is near
		Title string
	}
	tick struct {
		At   float64
		Text string
	}
	row struct{ Opened, Recovered, Observed, Expected, Score, Label, Causes string }
)

// WriteHTML writes the replay as one page that needs nothing else: no script, no
// font, no network. What comes from outside is escaped by html/template.
func (r *Result) WriteHTML(w io.Writer) error {
	mentions, negatives := r.History.counts()
	p := page{Series: r.Series, Rule: string(r.Rule), Width: pageWidth, Height: pageHeight, Mentions: mentions, Negatives: negatives,
		Alarms90: fmt.Sprintf("%.1f", r.AlarmsPer90Days), Rules: r.Rules}
	if r.History.days() >= leastLevels {
		p.Sensitivities = r.Sensitivities
	}
	if n := len(r.History.Hours); n > 0 {
		p.From, p.To = r.History.Start.Format(time.DateOnly), r.History.end(n-1).Format(time.DateOnly)
		r.layOut(&p)
	}
	return pageTemplate.Execute(w, p)
}

// layOut places everything on the drawing area.
func (r *Result) layOut(p *page) {
	h := r.History
	days, top := r.perDay()
	for _, d := range r.replay.days {
		top = max(top, d.High)
	}
	top = max(top, 1)
	first, last := unix(h.Start), unix(h.end(len(h.Hours)-1))
	x := func(at float64) float64 { return (at - first) / (last - first) * pageWidth }
	y := func(n float64) float64 { return pageHeight * (1 - squareRoot{}.Normalize(0, top, n)*0.95) }
	for _, t := range levelTicks(top) {
		p.Levels = append(p.Levels, tick{y(t.Value), t.Label})
	}
	for _, t := range r.dateTicks() {
		p.Ticks = append(p.Ticks, tick{x(t.Value), t.Label})
	}
	var line, upper, lower strings.Builder
	for i, d := range days {
		fmt.Fprintf(&line, "%s%.1f %.1f", step(i), x(d.X), y(d.Y))
	}
	for i, d := range r.replay.days {
		noon := x(unix(d.Start.Add(12 * time.Hour)))
		fmt.Fprintf(&upper, "%s%.1f %.1f", step(i), noon, y(d.High))
		back := r.replay.days[len(r.replay.days)-1-i]
		fmt.Fprintf(&lower, "L%.1f %.1f", x(unix(back.Start.Add(12*time.Hour))), y(back.Low))
	}
	p.Line = line.String()
	if upper.Len() > 0 {
		p.Band = upper.String() + lower.String() + "Z"
	}
	for _, f := range r.Findings {
		p.Labels = append(p.Labels, column{x(unix(f.From)), max(x(unix(f.To))-x(unix(f.From)), 1),
			fmt.Sprintf("labelled %s to %s, found: %t", f.From.Format(hourLayout), f.To.Format(hourLayout), f.Found)})
	}
	for _, i := range r.Incidents {
		title := fmt.Sprintf("%s: %d negatives, usually %.1f", i.Opened.Format(hourLayout), i.Observed, i.Expected)
		p.Alarms = append(p.Alarms, mark{x(unix(i.Opened)), y(days[min(i.opened/24, len(days)-1)].Y), i.Label == Unlabelled, title})
		p.HasUnlabelled = p.HasUnlabelled || i.Label == Unlabelled
		recovered := "goes on"
		if i.Recovered != nil {
			recovered = i.Recovered.Format(hourLayout)
		}
		p.Incidents = append(p.Incidents, row{i.Opened.Format(hourLayout), recovered, fmt.Sprint(i.Observed),
			fmt.Sprintf("%.1f", i.Expected), fmt.Sprintf("%.1f", i.Score), string(i.Label), causes(i.Causes)})
	}
	for _, d := range r.worst(days) {
		p.Peaks = append(p.Peaks, peak{x(d.X), y(d.Y), x(d.X) > 0.85*pageWidth, r.peakText(d)})
	}
	if r.Labelled > 0 {
		p.Found = fmt.Sprintf("Found %d of %d marked incidents, %s.", r.Found, r.Labelled, several(r.FalseAlarms, "alarm")+" that nobody marked")
	}
	p.HasLabels, p.HasIncidents = len(p.Labels) > 0, len(p.Incidents) > 0
}

func step(i int) string {
	if i == 0 {
		return "M"
	}
	return "L"
}

var pageTemplate = template.Must(template.New("timeline").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Series}}: negatives a day</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color: #1b2733; background: #fff }
svg { width: 100%; height: auto; overflow: visible }
table { border-collapse: collapse } th, td { text-align: left; padding: .25rem 1rem .25rem 0 } td.n { text-align: right; font-variant-numeric: tabular-nums }
th { border-bottom: 1px solid #8a97a5 } .note { color: #4d5b69 } .line { stroke: #2b5c94 }
@media (prefers-color-scheme: dark) { body { color: #e6ebf0; background: #14191f } .note { color: #a9b5c1 } .line { stroke: #8fbdf0 } }
</style>
<h1>{{.Series}}</h1>
<p>{{.Mentions}} mentions, {{.Negatives}} negative{{with .From}}, {{.}} to {{$.To}}{{end}}. Rule {{.Rule}}: {{len .Alarms}} alarms, {{.Alarms90}} in 90 days after the first four weeks. {{.Found}}</p>
<svg viewBox="-45 -24 1290 314" role="img" aria-label="Negatives a day with the usual range and the alarms">
{{range .Labels}}<rect x="{{printf "%.1f" .X}}" y="0" width="{{printf "%.1f" .Width}}" height="{{$.Height}}" fill="#f0e442" fill-opacity=".55"><title>{{.Title}}</title></rect>
{{end}}{{range .Levels}}<path d="M0 {{printf "%.1f" .At}}H{{$.Width}}" stroke="currentColor" stroke-opacity=".13"/><text x="-8" y="{{printf "%.1f" .At}}" dy="4" text-anchor="end" font-size="13" fill="currentColor">{{.Text}}</text>
{{end}}{{with .Band}}<path d="{{.}}" fill="#7fa3cc" fill-opacity=".5"/>
{{end}}<path class="line" d="{{.Line}}" fill="none" stroke-width="1.2"/>
{{range .Alarms}}<path d="M{{printf "%.1f" .X}} -5V{{printf "%.1f" .Y}}" stroke="#d55e00" stroke-width=".7" stroke-dasharray="1 3"/><circle cx="{{printf "%.1f" .X}}" cy="-10" r="5" stroke="#d55e00" stroke-width="2" fill="{{if .Unlabelled}}none{{else}}#d55e00{{end}}" pointer-events="all"><title>{{.Title}}</title></circle>
{{end}}{{range .Peaks}}<text x="{{printf "%.1f" .X}}" y="{{printf "%.1f" .Y}}" dx="{{if .Left}}-{{end}}6" dy="10" font-size="12" fill="#d55e00"{{if .Left}} text-anchor="end"{{end}}>{{.Title}}</text>
{{end}}<path d="M0 {{.Height}}H{{.Width}}" stroke="currentColor"/>
{{range .Ticks}}<path d="M{{printf "%.1f" .At}} {{$.Height}}v6" stroke="currentColor"/><text x="{{printf "%.1f" .At}}" y="282" text-anchor="middle" font-size="13" fill="currentColor">{{.Text}}</text>
{{end}}</svg>
<p class="note">Line: negatives a day, on a square-root scale. Band: the usual range, 10th to 90th percentile, as foretold on the morning of each day. Orange: alarms{{if .HasUnlabelled}}, hollow where nobody marked anything{{end}}.{{if .HasLabels}} Yellow: incidents that people marked.{{end}} Point at a mark for its numbers.</p>
{{if .HasIncidents}}<table><thead><tr><th>Opened<th>Recovered<th>Negatives<th>Usual<th>Score{{if .HasLabels}}<th>Label{{end}}<th>Causes by excess</thead>
{{range .Incidents}}<tr><td>{{.Opened}}<td>{{.Recovered}}<td class="n">{{.Observed}}<td class="n">{{.Expected}}<td class="n">{{.Score}}{{if $.HasLabels}}<td>{{.Label}}{{end}}<td>{{.Causes}}
{{end}}</table>{{else}}<p>Nothing would have been alerted.</p>{{end}}
{{with .Sensitivities}}<h2>Sensitivities on this history</h2><ul>
{{range .}}<li>{{.Sensitivity}}: about {{printf "%.1f" .AlarmsPer90Days}} alerts in 90 days
{{end}}</ul>{{end}}
{{with .Rules}}<h2>Rules on this history</h2><table><thead><tr><th>Rule<th>Alarms<th>In 90 days{{if $.HasLabels}}<th>Found<th>Unmarked in 90 days{{end}}</thead>
{{range .}}<tr><td>{{.Rule}}<td class="n">{{.Alarms}}<td class="n">{{printf "%.1f" .AlarmsPer90Days}}{{if $.HasLabels}}<td class="n">{{.Found}}<td class="n">{{printf "%.1f" .FalsePer90Days}}{{end}}
{{end}}</table>{{end}}
</html>
`))
