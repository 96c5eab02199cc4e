package trends

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"pantau/internal/cputime"
)

const manySeries = 5_000

// manyHours draws 28 days of 5,000 series as a store holds them: most are one
// cause at one source and see a few mentions a day, some see thousands.
func manyHours() [][]Hour {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([][]Hour, manySeries)
	for s := range all {
		perDay := []float64{0.3, 1, 3, 10, 30, 300, 3000}[r.IntN(7)]
		all[s] = make([]Hour, 28*24)
		for i := range all[s] {
			mean := perDay * priorHours[i%24] / 24
			n := int(mean + r.Float64())
			all[s][i] = Hour{Mentions: int32(n), Negatives: int32(0.3*float64(n) + r.Float64()), Coverage: 1}
		}
	}
	return all
}

// BenchmarkRecompute learns 28 days of 5,000 series from nothing and judges the
// last hour of each.
func BenchmarkRecompute(b *testing.B) {
	all := manyHours()
	b.ReportAllocs()
	began := cputime.Process()
	for b.Loop() {
		for _, hours := range all {
			d := NewDetector(Options{}, start)
			last := len(hours) - 1
			d.LearnAll(hours[:last])
			d.Push(hours[last])
		}
	}
	b.ReportMetric((cputime.Process()-began).Seconds()*1e3/float64(b.N), "cpu-ms/op")
}

// BenchmarkPlain is the yardstick of BenchmarkRecompute: over the same hours, four
// bytes each, a seasonal median with its absolute deviation, a moving average and
// the z of the last hour's share. The time of the rule is to be read as a multiple
// of it, because machines differ and are shared.
func BenchmarkPlain(b *testing.B) {
	type count struct{ mentions, negatives int16 }
	ring := make([][28 * 24]count, manySeries)
	for s, hours := range manyHours() {
		for i, h := range hours {
			ring[s][i] = count{int16(h.Mentions), int16(h.Negatives)}
		}
	}
	median := func(xs *[28]int16) float64 {
		slices.Sort(xs[:])
		return float64(xs[13]+xs[14]) / 2
	}
	fired := 0
	began := cputime.Process()
	for b.Loop() {
		for s := range ring {
			average, mentions, negatives, far := 0.0, 0, 0, 0.0
			for hour := range 24 {
				var day [28]int16
				for i := range day {
					c := ring[s][i*24+hour]
					day[i] = c.negatives
					average = 0.97*average + 0.03*float64(c.negatives)
					mentions += int(c.mentions)
					negatives += int(c.negatives)
				}
				last := float64(day[27])
				middle := median(&day)
				for i, x := range day {
					day[i] = int16(math.Abs(float64(x) - middle))
				}
				far = (last - middle) / (1.4826*median(&day) + 1)
			}
			last := ring[s][28*24-1]
			share, n := float64(negatives)/float64(mentions+1), float64(last.mentions)
			if z := (float64(last.negatives) - n*share) / math.Sqrt(n*share*(1-share)+1); z > 3 && far > 3 && average > 0 {
				fired++
			}
		}
	}
	b.ReportMetric((cputime.Process()-began).Seconds()*1e3/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(fired)/float64(b.N), "fired/op")
}

// BenchmarkPush adds one hour to each of 5,000 series.
func BenchmarkPush(b *testing.B) {
	all := manyHours()
	detectors := make([]*Detector, len(all))
	for s, hours := range all {
		detectors[s] = NewDetector(Options{}, start)
		for _, h := range hours[:25*24] {
			detectors[s].Learn(h)
		}
	}
	newest := make([][manySeries]Hour, 28*24) // side by side, as they come in
	for s, hours := range all {
		for i, h := range hours {
			newest[i][s] = h
		}
	}
	b.ReportAllocs()
	i := 25 * 24
	began := cputime.Process()
	for b.Loop() {
		hours := &newest[i%(28*24)]
		for s, d := range detectors {
			d.Push(hours[s])
		}
		i++
	}
	b.ReportMetric((cputime.Process()-began).Seconds()*1e3/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(unsafe.Sizeof(Detector{})*manySeries)/1e6, "MB")
}

// BenchmarkPreview judges the running hour of 5,000 series.
func BenchmarkPreview(b *testing.B) {
	all := manyHours()
	detectors := make([]*Detector, len(all))
	for s, hours := range all {
		detectors[s] = NewDetector(Options{}, start)
		for _, h := range hours {
			detectors[s].Learn(h)
		}
	}
	b.ReportAllocs()
	began := cputime.Process()
	for b.Loop() {
		for s, d := range detectors {
			d.Preview(all[s][12])
		}
	}
	b.ReportMetric((cputime.Process()-began).Seconds()*1e3/float64(b.N), "cpu-ms/op")
}

// BenchmarkYear replays a year of a brand with a verdict for every hour.
func BenchmarkYear(b *testing.B) {
	hours := steady(365, 300)
	b.ReportAllocs()
	began := cputime.Process()
	for b.Loop() {
		replay(hours)
	}
	b.ReportMetric((cputime.Process()-began).Seconds()*1e3/float64(b.N), "cpu-ms/op")
}
