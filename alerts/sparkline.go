package alerts

import (
	"math"
	"strings"
	"time"

	"pantau/brand"
)

// chartName is the file name of a chart.
const chartName = "pantau.png"

// Picture is what a chart of one brand shows.
type Picture struct {
	Brand string
	Days  []Day // oldest first
}

// Pictured reports whether a picture of one brand belongs to an alert: when its
// incident begins, grows or ends.
func Pictured(a brand.Alert) bool {
	switch a.Change {
	case brand.Opened, brand.Worsened, brand.Closed, brand.BackAgain:
		return a.Digest == nil
	}
	return false
}

func pictured(d Delivery) bool { return len(d.Days) > 0 && Pictured(d.Alert) }

// pictures returns the charts that go with d.
func pictures(d Delivery) []Picture {
	if pictured(d) {
		return []Picture{{d.Alert.Incident.Brand, d.Days}}
	}
	return d.Pictures
}

// chartCaption is the title of a chart.
func (w writer) chartCaption(brandName string) string {
	return fill(w.chartTitle, "brand", plain(brandName, maxName))
}

// bars are the steps of a sparkline: nothing, then up to the greatest day.
var bars = []rune("▁▂▃▄▅▆▇█")

// trend is the chart for those who get no picture: a bar a day, a dot where
// nobody watched, then the span, the greatest day and the marks.
func (w writer) trend(days []Day) Line {
	if len(days) == 0 {
		return Line{}
	}
	top, peak := 0, days[0]
	for _, d := range days {
		if d.Covered && d.Negatives > top {
			top, peak = d.Negatives, d
		}
	}
	var line strings.Builder
	for _, d := range days {
		if !d.Covered {
			line.WriteRune('·')
			continue
		}
		part := float64(max(d.Negatives, 0)) / float64(max(top, 1))
		line.WriteRune(bars[int(math.Ceil(part*float64(len(bars)-1)))])
	}
	parts := []string{line.String(), w.shortSpan(days[0].Date, days[len(days)-1].Date.Add(time.Second))}
	if top > 0 {
		parts = append(parts, fill(w.trendPeak, "n", w.count(top), "date", w.dayOf(peak.Date)))
	}
	for _, d := range days {
		if mark := plain(d.Mark, maxMark); mark != "" {
			parts = append(parts, mark+" "+w.dayOf(d.Date))
		}
	}
	return Line{Label: w.labels.trend, Text: join(separator, parts...)}
}

// dayOf is a day and its month.
func (w writer) dayOf(t time.Time) string {
	t = t.In(w.zone)
	return t.Format("2") + " " + w.months[t.Month()-1]
}
