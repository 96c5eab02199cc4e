package alerts

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

// fourWeeks ends with a flood and has a gap of two days.
func fourWeeks() []Day {
	counts := []int{9, 12, 14, 8, 7, 16, 18, 11, 13, 12, 0, 0, 15, 19, 10, 9, 14, 12, 11, 17, 21, 12, 10, 13, 15, 38, 96, 141}
	var days []Day
	for n, k := range counts {
		date := noon.AddDate(0, 0, n-len(counts)+1)
		usual := 12.0
		if date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
			usual = 17
		}
		days = append(days, Day{Date: date, Negatives: k, Expected: usual, Low: usual * 0.6, High: usual * 1.5, Covered: n != 10 && n != 11})
	}
	return days
}

// draw returns the picture of days.
func drawn(t *testing.T, days []Day, s Style) image.Image {
	t.Helper()
	var out bytes.Buffer
	if err := Chart(&out, "Rona Busana", days, s); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("PANTAU_CHART"); path != "" { // to look at it
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	img, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// share is the part of the picture that has exactly this colour.
func share(img image.Image, c color.RGBA) float64 {
	n, b := 0, img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if color.RGBAModel.Convert(img.At(x, y)) == c {
				n++
			}
		}
	}
	return float64(n) / float64(b.Dx()*b.Dy())
}

// Pictures are looked at by people; the test knows what must show in which
// colour, not the pixels.
func TestChartShows(t *testing.T) {
	calm, blind := fourWeeks(), fourWeeks()
	for n := range calm {
		calm[n].Negatives, calm[n].Covered = 10, true
		blind[n].Covered = false
	}
	tests := []struct {
		name             string
		days             []Day
		above, band, gap bool
	}{
		{"flood after a gap", fourWeeks(), true, true, true},
		{"calm weeks", calm, false, true, false},
		{"nobody watched", blind, false, false, true},
		{"one day", fourWeeks()[27:], true, true, false},
		{"numbers that are none do not fail", []Day{{Negatives: 3, Expected: math.NaN(), Low: math.Inf(-1), High: math.Inf(1), Covered: true}}, false, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			img := drawn(t, tt.days, inIndonesian)
			if b := img.Bounds(); b.Dx() != 1200 || b.Dy() != 720 {
				t.Errorf("%d by %d pixels, want 1200 by 720", b.Dx(), b.Dy())
			}
			got := [3]bool{share(img, aboveColour) > 0.001, share(img, bandColour) > 0.001, share(img, gapColour) > 0.001}
			if want := [3]bool{tt.above, tt.band, tt.gap}; got != want {
				t.Errorf("above, band, gap = %v, want %v", got, want)
			}
			if r, g, b, a := img.At(0, 0).RGBA(); r+g+b+a != 4*0xffff {
				t.Errorf("background is not opaque white: in dark mode it would swallow the letters")
			}
		})
	}
	if err := Chart(io.Discard, "Rona Busana", nil, inEnglish); err == nil {
		t.Error("a chart of no days was drawn")
	}
}

func TestCountTicks(t *testing.T) {
	tests := []struct {
		top  float64
		want string
	}{
		{4.32, "0 1 2 3 4"}, {9, "0 2 4 6 8"}, {23, "0 5 10 15 20"}, {152, "0 50 100 150"}, {1300, "0 500 1.000"},
	}
	for _, tt := range tests {
		var got []string
		for _, tick := range countTicks(tt.top, newWriter(inIndonesian)) {
			got = append(got, tick.Label)
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("countTicks(%g) = %s, want %s", tt.top, text, tt.want)
		}
	}
}

func BenchmarkAlertWithChart(b *testing.B) {
	alert, days := openedAlert(), fourWeeks()
	for b.Loop() {
		m := compose(Delivery{Alert: alert, At: noon}, inIndonesian)
		_ = blocks(m, newWriter(inIndonesian))
		if err := Chart(io.Discard, "Rona Busana", days, inIndonesian); err != nil {
			b.Fatal(err)
		}
	}
}
