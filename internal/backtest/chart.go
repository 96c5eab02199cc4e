package backtest

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The colours of a chart, distinguishable by people who confuse red and green.
var (
	inkLine  = color.NRGBA{0x1f, 0x3a, 0x5f, 0xff}
	inkBand  = color.NRGBA{0x9d, 0xb8, 0xd6, 0x90}
	inkAlarm = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	inkLabel = color.NRGBA{0xf0, 0xe4, 0x42, 0x80}
)

// Draw writes a picture of the replay: negatives a day, the usual range of our
// own rule, labelled incidents as yellow columns and alarms as orange marks. The
// ending of the file, .png, .svg, .pdf or .html, chooses the format.
func (r *Result) Draw(file string) error {
	if strings.EqualFold(filepath.Ext(file), ".html") {
		return r.drawHTML(file)
	}
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s: %s of the rule %s, %.1f in 90 days", r.Series, several(len(r.Incidents), "alarm"), r.Rule, r.AlarmsPer90Days)
	p.Title.Padding = vg.Points(6)
	p.Y.Label.Text = "negatives a day"
	p.Y.Min, p.Y.Scale = 0, squareRoot{}
	days, top := r.perDay()
	p.Y.Tick.Marker, p.X.Tick.Marker = plot.ConstantTicks(levelTicks(top)), plot.ConstantTicks(r.dateTicks())
	for _, style := range []*text.Style{&p.Title.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Y.Label.TextStyle} {
		style.Font.Variant = "Sans"
	}
	var key []entry
	for _, add := range []func(*plot.Plot, float64) ([]entry, error){r.drawLabels, r.drawBand, r.drawDrops(days), drawDays(days), r.drawAlarms, r.drawPeaks(days)} {
		entries, err := add(p, top)
		if err != nil {
			return fmt.Errorf("draw %s: %w", file, err)
		}
		key = append(key, entries...)
	}
	return save(p, key, file)
}

// entry is one mark with what it stands for.
type entry struct {
	name string
	mark plot.Thumbnailer
}

// save writes the plot with its key below, where it hides nothing.
func save(p *plot.Plot, key []entry, file string) (err error) {
	const width, height, strip = 28 * vg.Centimeter, 11 * vg.Centimeter, vg.Centimeter
	canvas, err := draw.NewFormattedCanvas(width, height, strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), "."))
	if err != nil {
		return fmt.Errorf("draw %s: %w", file, err)
	}
	area := draw.New(canvas)
	area.SetColor(color.White)
	area.Fill(area.Rectangle.Path())
	p.Draw(draw.Crop(area, 0, -vg.Points(8), strip, -vg.Points(4)))
	x := vg.Points(48)
	for _, e := range key {
		l := plot.NewLegend()
		l.Left, l.TextStyle.Font.Variant, l.TextStyle.Font.Size = true, "Sans", 10
		l.Add(e.name, e.mark)
		l.Draw(draw.Crop(area, x, 0, vg.Points(8), strip-height))
		x += l.Rectangle(area).Size().X + vg.Points(20)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = canvas.WriteTo(f)
	return errors.Join(err, f.Close())
}

func (r *Result) drawHTML(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := r.WriteHTML(f); err != nil {
		_ = f.Close()
		return fmt.Errorf("draw %s: %w", file, err)
	}
	return f.Close()
}

// perDay returns the negatives of each local day at its noon.
func (r *Result) perDay() (days plotter.XYs, top float64) {
	h := r.History
	for i, hour := range h.Hours {
		start := h.end(i - 1)
		if noon := unix(midnight(start, h.Start.Location()).Add(12 * time.Hour)); len(days) == 0 || noon != days[len(days)-1].X {
			days = append(days, plotter.XY{X: noon})
		}
		day := &days[len(days)-1]
		day.Y += float64(max(hour.Negatives, 0))
		top = max(top, day.Y)
	}
	return days, top
}

// drawDays draws the line of negatives a day.
func drawDays(days plotter.XYs) func(*plot.Plot, float64) ([]entry, error) {
	return func(p *plot.Plot, _ float64) ([]entry, error) {
		line, err := plotter.NewLine(days)
		if err != nil {
			return nil, err
		}
		line.Color = inkLine
		p.Add(line)
		return []entry{{"negatives a day (square-root scale)", line}}, nil
	}
}

// drawLabels fills a column for every labelled incident.
func (r *Result) drawLabels(p *plot.Plot, top float64) (key []entry, _ error) {
	for _, f := range r.Findings {
		column, err := plotter.NewPolygon(plotter.XYs{{X: unix(f.From)}, {X: unix(f.To)}, {X: unix(f.To), Y: top}, {X: unix(f.From), Y: top}})
		if err != nil {
			return nil, err
		}
		column.Color, column.LineStyle.Width, column.LineStyle.Color = inkLabel, vg.Points(1), inkLabel
		p.Add(column)
		key = []entry{{"marked by people", column}}
	}
	return key, nil
}

// drawBand fills the usual range of the days that are known.
func (r *Result) drawBand(p *plot.Plot, _ float64) ([]entry, error) {
	if len(r.replay.days) < 2 {
		return nil, nil
	}
	var low, high plotter.XYs
	for _, d := range r.replay.days {
		noon := unix(d.Start.Add(12 * time.Hour))
		low = append(plotter.XYs{{X: noon, Y: d.Low}}, low...)
		high = append(high, plotter.XY{X: noon, Y: d.High})
	}
	band, err := plotter.NewPolygon(append(high, low...))
	if err != nil {
		return nil, err
	}
	band.Color, band.LineStyle.Width = inkBand, 0
	p.Add(band)
	return []entry{{"usual range", band}}, nil
}

// drawAlarms puts a mark above every alarm; hollow ones belong to nothing that
// people marked.
func (r *Result) drawAlarms(p *plot.Plot, top float64) (key []entry, _ error) {
	var marks [2]plotter.XYs // labelled or not judged, and unlabelled
	for _, x := range r.Incidents {
		kind := count(x.Label == Unlabelled)
		marks[kind] = append(marks[kind], plotter.XY{X: unix(x.Opened), Y: top * 1.12})
	}
	for kind, name := range []string{"alarm", "unmarked alarm"} {
		if len(marks[kind]) == 0 {
			continue
		}
		scatter, err := plotter.NewScatter(marks[kind])
		if err != nil {
			return nil, err
		}
		scatter.GlyphStyle.Color, scatter.GlyphStyle.Radius = inkAlarm, vg.Points(3)
		if kind == 0 {
			scatter.GlyphStyle.Shape = draw.CircleGlyph{}
		}
		p.Add(scatter)
		key = append(key, entry{name, scatter})
	}
	return key, nil
}

// drawDrops leads from the mark of every alarm down to its day.
func (r *Result) drawDrops(days plotter.XYs) func(*plot.Plot, float64) ([]entry, error) {
	return func(p *plot.Plot, top float64) ([]entry, error) {
		for _, x := range r.Incidents {
			day := days[min(x.opened/24, len(days)-1)]
			line, err := plotter.NewLine(plotter.XYs{{X: unix(x.Opened), Y: top * 1.12}, {X: unix(x.Opened), Y: day.Y}})
			if err != nil {
				return nil, err
			}
			line.Color, line.Width, line.Dashes = inkAlarm, vg.Points(0.5), []vg.Length{vg.Points(1), vg.Points(2)}
			p.Add(line)
		}
		return nil, nil
	}
}

// worst returns the worst days of the incidents, the worst first, as many as can be
// read beside each other.
func (r *Result) worst(days plotter.XYs) (list plotter.XYs) {
	const most, apart, least = 6, 0.09, 0.2 // of the width, and of the height
	var peaks plotter.XYs
	for _, x := range r.Incidents {
		var peak plotter.XY
		for day := x.opened / 24; day <= min(x.last/24, len(days)-1); day++ {
			if days[day].Y > peak.Y {
				peak = days[day]
			}
		}
		peaks = append(peaks, peak)
	}
	slices.SortStableFunc(peaks, func(a, b plotter.XY) int { return cmp.Compare(b.Y, a.Y) })
	_, _, _, top := plotter.XYRange(days)
	for _, peak := range peaks {
		near := func(q plotter.XY) bool {
			return math.Abs(q.X-peak.X) < apart*(days[len(days)-1].X-days[0].X)
		}
		if len(list) < most && peak.Y > least*top && !slices.ContainsFunc(list, near) {
			list = append(list, peak)
		}
	}
	return list
}

// peakText names a day with its number of negatives.
func (r *Result) peakText(day plotter.XY) string {
	return fmt.Sprintf("%s: %.0f", time.Unix(int64(day.X), 0).In(r.History.Start.Location()).Format("2 Jan 06"), day.Y)
}

// drawPeaks writes the number of negatives beside the worst days.
func (r *Result) drawPeaks(days plotter.XYs) func(*plot.Plot, float64) ([]entry, error) {
	return func(p *plot.Plot, _ float64) ([]entry, error) {
		peaks := plotter.XYLabels{XYs: r.worst(days)}
		for _, x := range peaks.XYs {
			peaks.Labels = append(peaks.Labels, r.peakText(x))
		}
		labels, err := plotter.NewLabels(peaks)
		if err != nil {
			return nil, err
		}
		width := days[len(days)-1].X - days[0].X
		for i := range labels.TextStyle {
			labels.TextStyle[i].Font.Variant, labels.TextStyle[i].Font.Size, labels.TextStyle[i].Color = "Sans", 9, inkAlarm
			if labels.XYs[i].X > days[0].X+0.85*width { // the frame is near
				labels.TextStyle[i].XAlign = text.XRight
				labels.XYs[i].X -= 0.015 * width
			}
		}
		labels.Offset = vg.Point{X: vg.Points(4), Y: -vg.Points(8)}
		p.Add(labels)
		return nil, nil
	}
}

func unix(t time.Time) float64 { return float64(t.Unix()) }

// squareRoot shows a bad day of a quiet month beside the outage of the year.
type squareRoot struct{}

// Normalize implements [plot.Normalizer].
func (squareRoot) Normalize(low, high, x float64) float64 {
	return (math.Sqrt(max(x, 0)) - math.Sqrt(max(low, 0))) / (math.Sqrt(high) - math.Sqrt(max(low, 0)))
}

// levelTicks are round numbers from 0 to top that stand apart on the scale.
func levelTicks(top float64) []plot.Tick {
	ticks := []plot.Tick{{Label: "0"}}
	for ten := 1.0; ten <= top; ten *= 10 {
		for _, x := range []float64{ten, 2 * ten, 5 * ten} {
			if x <= top && math.Sqrt(x)-math.Sqrt(ticks[len(ticks)-1].Value) > 0.11*math.Sqrt(top) {
				ticks = append(ticks, plot.Tick{Value: x, Label: fmt.Sprintf("%.0f", x)})
			}
		}
	}
	return ticks
}

// dateTicks are some ten local dates: the first of a month, or mondays of a short
// history.
func (r *Result) dateTicks() (ticks []plot.Tick) {
	h := r.History
	if len(h.Hours) == 0 {
		return nil
	}
	const most = 10
	end := h.end(len(h.Hours) - 1)
	y, m, d := h.Start.Date()
	if h.days() < 90 {
		weeks := max(int(h.days())/7/most, 1)
		d += (8 - int(h.Start.Weekday())) % 7
		for at := time.Date(y, m, d, 0, 0, 0, 0, h.Start.Location()); at.Before(end); at = at.AddDate(0, 0, 7*weeks) {
			ticks = append(ticks, plot.Tick{Value: unix(at), Label: at.Format("2 Jan 06")})
		}
		return ticks
	}
	months := 1
	for _, n := range []int{2, 3, 6, 12, 24, 60} {
		if h.days()/30.4/float64(months) > most {
			months = n
		}
	}
	for at := time.Date(y, 1, 1, 0, 0, 0, 0, h.Start.Location()); at.Before(end); at = at.AddDate(0, months, 0) {
		if !at.Before(h.Start) {
			ticks = append(ticks, plot.Tick{Value: unix(at), Label: at.Format("Jan 06")})
		}
	}
	return ticks
}
