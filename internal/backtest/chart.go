package backtest

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
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
	p.Title.Text = fmt.Sprintf("%s: %d alarms of the rule %s", r.Series, len(r.Incidents), r.Rule)
	p.Y.Label.Text = "negatives a day"
	p.Y.Min = 0
	p.X.Tick.Marker = plot.TimeTicks{Format: "2 Jan 06", Time: plot.UnixTimeIn(r.History.Start.Location())}
	days, top := r.perDay()
	if err := r.drawLabels(p, top); err != nil {
		return err
	}
	if err := r.drawBand(p); err != nil {
		return err
	}
	line, err := plotter.NewLine(days)
	if err != nil {
		return fmt.Errorf("draw %s: %w", file, err)
	}
	line.Color = inkLine
	p.Add(line)
	if err := r.drawAlarms(p, top); err != nil {
		return err
	}
	return p.Save(28*vg.Centimeter, 10*vg.Centimeter, file)
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
	for i, hour := range r.History.Hours {
		if i%24 == 0 {
			days = append(days, plotter.XY{X: unix(r.History.end(i + 11))})
		}
		day := &days[len(days)-1]
		day.Y += float64(max(hour.Negatives, 0))
		top = max(top, day.Y)
	}
	return days, top
}

// drawLabels fills a column for every labelled incident.
func (r *Result) drawLabels(p *plot.Plot, top float64) error {
	for _, f := range r.Findings {
		column, err := plotter.NewPolygon(plotter.XYs{{X: unix(f.From)}, {X: unix(f.To)}, {X: unix(f.To), Y: top}, {X: unix(f.From), Y: top}})
		if err != nil {
			return err
		}
		column.Color, column.LineStyle.Width, column.LineStyle.Color = inkLabel, vg.Points(1), inkLabel
		p.Add(column)
	}
	return nil
}

// drawBand fills the usual range of the days that are known.
func (r *Result) drawBand(p *plot.Plot) error {
	if len(r.replay.days) < 2 {
		return nil
	}
	var low, high plotter.XYs
	for _, d := range r.replay.days {
		noon := unix(d.Start.Add(12 * time.Hour))
		low = append(plotter.XYs{{X: noon, Y: d.Low}}, low...)
		high = append(high, plotter.XY{X: noon, Y: d.High})
	}
	band, err := plotter.NewPolygon(append(high, low...))
	if err != nil {
		return err
	}
	band.Color, band.LineStyle.Width = inkBand, 0
	p.Add(band)
	return nil
}

// drawAlarms puts a mark above every alarm.
func (r *Result) drawAlarms(p *plot.Plot, top float64) error {
	var marks plotter.XYs
	for _, x := range r.Incidents {
		marks = append(marks, plotter.XY{X: unix(x.Opened), Y: top * 1.04})
	}
	if len(marks) == 0 {
		return nil
	}
	scatter, err := plotter.NewScatter(marks)
	if err != nil {
		return err
	}
	scatter.GlyphStyle.Color, scatter.GlyphStyle.Radius = inkAlarm, vg.Points(3)
	p.Add(scatter)
	return nil
}

func unix(t time.Time) float64 { return float64(t.Unix()) }
