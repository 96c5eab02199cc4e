package trends

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"unsafe"
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
			all[s][i] = Hour{Mentions: n, Negatives: int(0.3*float64(n) + r.Float64()), Coverage: 1}
		}
	}
	return all
}

// cpu is the processor time of this process so far, in milliseconds. Beside the
// wall clock it tells the cost of the rule on a machine that others use as well.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// BenchmarkRecompute learns 28 days of 5,000 series from nothing and judges the
// last hour of each.
func BenchmarkRecompute(b *testing.B) {
	all := manyHours()
	b.ReportAllocs()
	began := cpu()
	for b.Loop() {
		for _, hours := range all {
			d := NewDetector(Options{}, start)
			last := len(hours) - 1
			d.LearnAll(hours[:last])
			d.Push(hours[last])
		}
	}
	b.ReportMetric((cpu()-began)/float64(b.N), "cpu-ms/op")
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
	b.ReportAllocs()
	b.ReportMetric(float64(unsafe.Sizeof(Detector{})*manySeries)/1e6, "MB")
	i := 25 * 24
	began := cpu()
	for b.Loop() {
		for s, d := range detectors {
			d.Push(all[s][i%(28*24)])
		}
		i++
	}
	b.ReportMetric((cpu()-began)/float64(b.N), "cpu-ms/op")
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
	began := cpu()
	for b.Loop() {
		for s, d := range detectors {
			d.Preview(all[s][12])
		}
	}
	b.ReportMetric((cpu()-began)/float64(b.N), "cpu-ms/op")
}

// BenchmarkYear replays a year of a brand with a verdict for every hour.
func BenchmarkYear(b *testing.B) {
	hours := steady(365, 300)
	b.ReportAllocs()
	began := cpu()
	for b.Loop() {
		replay(hours)
	}
	b.ReportMetric((cpu()-began)/float64(b.N), "cpu-ms/op")
}
