package alerts

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Day is one day of a [Chart].
type Day struct {
	Date      time.Time // any moment of the day, in the zone of the style
	Negatives int
	Expected  float64 // negatives that are usual on such a day
	Low, High float64 // usual range
	Covered   bool    // false: nobody watched, so the counts mean nothing
	Mark      string  // what happened that day, such as 11.11; usually empty
}

// Size of a chart. At 1,200 pixels Slack shows it without enlarging it, and the
// letters stay readable when a phone shrinks it to a third.
const (
	chartWidth  = 6 * vg.Inch
	chartHeight = 3.6 * vg.Inch
	chartDPI    = 200
	chartFont   = 13
)

// The background is opaque and white: the same picture is shown in dark mode.
var (
	bandColour  = color.RGBA{R: 0xd3, G: 0xe3, B: 0xf4, A: 0xff}
	usualColour = color.RGBA{R: 0x5b, G: 0x7c, B: 0x9d, A: 0xff}
	aboveColour = color.RGBA{R: 0xc6, G: 0x28, B: 0x28, A: 0xff}
	gapColour   = color.RGBA{R: 0xe2, G: 0xe2, B: 0xe2, A: 0xff}
	lineColour  = color.RGBA{R: 0x1f, G: 0x3b, B: 0x57, A: 0xff}
)

// Chart writes a PNG of the complaints of each day, oldest first, against their
// usual range. Days above the range stand out, days without data are grey and
// carry no bar: no data is not zero.
func Chart(w io.Writer, brandName string, days []Day, s Style) error {
	if len(days) == 0 {
		return errors.New("chart: no days")
	}
	words := newWriter(s)
	p := plot.New()
	p.Title.Text = fill(words.chartTitle, "brand", plain(brandName, maxName))
	legend, err := addDays(p, days, words)
	if err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	if err := addMarks(p, days); err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	arrange(p, days, words)
	canvas := vgimg.NewWith(vgimg.UseWH(chartWidth, chartHeight), vgimg.UseDPI(chartDPI), vgimg.UseBackgroundColor(color.White))
	area := draw.Crop(draw.New(canvas), 8, -12, 8, -8)
	p.Draw(area)
	drawLegend(area, p, legend)
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(w); err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	return nil
}

// entry is one word of the legend with what it stands for.
type entry struct {
	name string
	plot.Thumbnailer
}

// addDays draws the layers from the back: usual ranges, bars, gaps, expected.
func addDays(p *plot.Plot, days []Day, words writer) ([]entry, error) {
	top := ceiling(days)
	var ranges, gaps, usual, above []plotter.XYer
	for n, d := range days {
		bar := box(n, 0.36, 0, float64(d.Negatives))
		switch {
		case !d.Covered:
			gaps = append(gaps, box(n, 0.5, 0, top))
			continue
		case float64(d.Negatives) > d.High:
			above = append(above, bar)
		default:
			usual = append(usual, bar)
		}
		ranges = append(ranges, box(n, 0.5, finite(d.Low), finite(d.High)))
	}
	layers := []struct {
		name   string
		boxes  []plotter.XYer
		colour color.Color
	}{
		{words.chartUsual, ranges, bandColour}, {"", usual, usualColour},
		{words.chartAbove, above, aboveColour}, {words.chartGap, gaps, gapColour},
	}
	var legend []entry
	for _, l := range layers {
		if len(l.boxes) == 0 {
			continue
		}
		boxes, err := plotter.NewPolygon(l.boxes...)
		if err != nil {
			return nil, err
		}
		boxes.Color, boxes.LineStyle.Width = l.colour, 0
		p.Add(boxes)
		if l.name != "" {
			legend = append(legend, entry{l.name, boxes})
		}
	}
	line, err := addExpected(p, days)
	if line != nil {
		legend = append(legend, entry{words.chartExpected, line})
	}
	return legend, err
}

// addExpected draws the expected count of each stretch of days with data, and
// returns one of the lines.
func addExpected(p *plot.Plot, days []Day) (*plotter.Line, error) {
	var stretch plotter.XYs
	var line *plotter.Line
	for n := 0; n <= len(days); n++ {
		if n < len(days) && days[n].Covered {
			y := finite(days[n].Expected)
			stretch = append(stretch, plotter.XY{X: float64(n) - 0.5, Y: y}, plotter.XY{X: float64(n) + 0.5, Y: y})
			continue
		}
		if len(stretch) == 0 {
			continue
		}
		var err error
		if line, err = plotter.NewLine(stretch); err != nil {
			return nil, err
		}
		line.Color, line.Width = lineColour, vg.Points(1.5)
		p.Add(line)
		stretch = nil
	}
	return line, nil
}

// Marks of events: how long their names may be and how they look.
const maxMark = 12

var markColour = color.RGBA{R: 0x7a, G: 0x4d, B: 0xa8, A: 0xff}

// addMarks draws a dashed line through each day with an event and names it at
// the top, to the left of the line in the right half so that it is not cut.
func addMarks(p *plot.Plot, days []Day) error {
	top := ceiling(days)
	for n, d := range days {
		name := plain(d.Mark, maxMark)
		if name == "" {
			continue
		}
		line, err := plotter.NewLine(plotter.XYs{{X: float64(n), Y: 0}, {X: float64(n), Y: top}})
		if err != nil {
			return err
		}
		line.Color, line.Width, line.Dashes = markColour, vg.Points(1.2), []vg.Length{vg.Points(3), vg.Points(3)}
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: float64(n), Y: top}}, Labels: []string{name}})
		if err != nil {
			return err
		}
		style := &label.TextStyle[0]
		style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: chartFont - 1}
		style.Color, style.YAlign = markColour, draw.YTop
		label.Offset = vg.Point{X: 3, Y: -2}
		if n > len(days)/2 {
			style.XAlign, label.Offset.X = draw.XRight, -3
		}
		p.Add(line, label)
	}
	return nil
}

// legendHeight is the room for the legend between the title and the days.
const legendHeight = 26

// arrange sets axes and letters.
func arrange(p *plot.Plot, days []Day, words writer) {
	letters := font.Font{Typeface: "Liberation", Variant: "Sans", Size: chartFont}
	for _, f := range []*font.Font{&p.Title.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font} {
		*f = letters
	}
	p.Title.TextStyle.Font.Size, p.Title.Padding = chartFont+2, legendHeight
	p.X.Min, p.X.Max = -0.5, float64(len(days))-0.5
	p.Y.Min, p.Y.Max = 0, ceiling(days)
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(dateTicks(days, words)), plot.ConstantTicks(countTicks(p.Y.Max, words))
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.LineStyle.Width, p.Y.LineStyle.Width = vg.Points(0.7), 0
}

// drawLegend writes the legend in one row: plot's own is a column over the data.
func drawLegend(area draw.Canvas, p *plot.Plot, legend []entry) {
	title := p.Title.TextStyle.Height(p.Title.Text)
	area.Max.Y -= title + 6
	for _, e := range legend {
		one := plot.NewLegend()
		one.Top, one.Left, one.ThumbnailWidth = true, true, vg.Points(14)
		one.TextStyle.Font = p.X.Tick.Label.Font
		one.TextStyle.Font.Size = chartFont - 1
		one.Add(e.name, e.Thumbnailer)
		one.Draw(area)
		area.Min.X += one.ThumbnailWidth + one.TextStyle.Width(e.name) + 16
	}
}

// dateTicks names every seventh day, counted back from the last one.
func dateTicks(days []Day, words writer) []plot.Tick {
	var ticks []plot.Tick
	for n := len(days) - 1; n >= 0; n -= 7 {
		date := days[n].Date.In(words.zone)
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: date.Format("2") + " " + words.months[date.Month()-1]})
	}
	return ticks
}

// countTicks names at most six round counts: 1, 2 or 5 times a power of ten
// apart, because people cannot complain by halves.
func countTicks(top float64, words writer) []plot.Tick {
	step := 1.0
	for n := 0; top/step > 5; n++ {
		step *= [...]float64{2, 2.5, 2}[n%3]
	}
	var ticks []plot.Tick
	for v := 0.0; v <= top; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: words.count(whole(v))})
	}
	return ticks
}

// ceiling is the upper end of the counts, with some air.
func ceiling(days []Day) float64 {
	top := 4.0
	for _, d := range days {
		if d.Covered {
			top = max(top, float64(d.Negatives), finite(d.High), finite(d.Expected))
		}
	}
	return top * 1.08
}

// finite keeps what is not a count out of the drawing, which would fail on it.
func finite(v float64) float64 { return min(max(float64(whole(v*100))/100, 0), 1e7) }

// box is a rectangle around day n.
func box(n int, half, low, high float64) plotter.XYs {
	x := float64(n)
	return plotter.XYs{{X: x - half, Y: low}, {X: x - half, Y: high}, {X: x + half, Y: high}, {X: x + half, Y: low}}
}
