// Package bench compares the speed of the scorer with that of govader and of a
// plain loop that only validates, lower-cases and tokenises. It is a module of
// its own, so that the program does not depend on what it is measured against.
//
//	go test -run '^$' -bench . -benchtime 10x -benchmem -cpu 1
//
// prints everything that docs/lexicon.md states about speed. The times are those
// of the processor, and the ratios are taken pass by pass, so that other work on
// the machine changes them little; caches that others fill still make a fifth.
package bench

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jonreiter/govader"

	"pantau/brand"
	"pantau/sentiment"
)

// texts reads the development texts, or skips.
func texts(tb testing.TB) []string {
	names, _ := filepath.Glob("../../../shared/data/sentiment/dev/*.tsv")
	if len(names) == 0 {
		tb.Skip("no texts in ../shared/data/sentiment/dev")
	}
	var out []string
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		scan := bufio.NewScanner(f)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			_, text, _ := strings.Cut(scan.Text(), "\t")
			out = append(out, text)
		}
		f.Close()
	}
	return out
}

func analyzer(tb testing.TB) *sentiment.Analyzer {
	a, err := sentiment.Default()
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// plain validates, lower-cases and counts tokens: the least a scorer must do.
func plain(text string, lower []byte) int {
	if !utf8.ValidString(text) {
		return 0
	}
	lower = lower[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		lower = append(lower, c)
	}
	n, in := 0, false
	for _, c := range lower {
		word := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '\'' || c >= 0x80
		if word && !in {
			n++
		}
		in = word
	}
	return n
}

var sink int

// BenchmarkScore reports the time of one pass over all texts by each of the
// three, in turn, and the median of their ratios: x-govader and x-plain are how
// many texts the scorer does in the time that the other needs for one.
func BenchmarkScore(b *testing.B) {
	corpus := texts(b)
	a := analyzer(b)
	vader := govader.NewSentimentIntensityAnalyzer()
	var s brand.Score
	lower := make([]byte, 0, 1<<16)
	runs := []func(string){
		func(t string) { a.ScoreInto(&s, t, 0) },
		func(t string) { sink += plain(t, lower) },
		func(t string) { vader.PolarityScores(t) },
	}
	var overVader, overPlain, each []float64
	for b.Loop() {
		var took [3]float64
		for k, run := range runs {
			start := cpu()
			for _, t := range corpus {
				run(t)
			}
			took[k] = (cpu() - start).Seconds()
		}
		each = append(each, took[0]*1e9/float64(len(corpus)))
		overVader = append(overVader, took[2]/took[0])
		overPlain = append(overPlain, took[1]/took[0])
	}
	b.ReportMetric(median(each), "ns/text")
	b.ReportMetric(median(overVader), "x-govader")
	b.ReportMetric(median(overPlain), "x-plain")
}

// cpu is the processor time of this process: it does not count what others use.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// BenchmarkScoreOnly is for profiles, and for comparing two builds: the least
// processor time of a pass is what other work disturbs least.
func BenchmarkScoreOnly(b *testing.B) {
	corpus := texts(b)
	a := analyzer(b)
	var s brand.Score
	bytes := 0
	for _, t := range corpus {
		bytes += len(t)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	var each []float64
	for b.Loop() {
		start := cpu()
		for _, t := range corpus {
			a.ScoreInto(&s, t, 0)
		}
		each = append(each, (cpu()-start).Seconds()*1e9/float64(len(corpus)))
	}
	b.ReportMetric(median(each), "cpu-ns/text")
	b.ReportMetric(slices.Min(each), "least-cpu-ns/text")
}

// BenchmarkConstruct opens the embedded lexicon, and reads and compiles its files with
// an overlay: cpu-ms is the median of the processor time, the collection of its
// garbage included.
func BenchmarkConstruct(b *testing.B) {
	construct(b, "embedded", func() []sentiment.Overlay { return nil })
	construct(b, "overlay", func() []sentiment.Overlay {
		return []sentiment.Overlay{{Name: "kopi.tsv", Reader: strings.NewReader("kopi tubruk\t20\n")}}
	})
}

func construct(b *testing.B, name string, with func() []sentiment.Overlay) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		var each []float64
		for b.Loop() {
			start := cpu()
			if _, err := sentiment.New(with()...); err != nil {
				b.Fatal(err)
			}
			each = append(each, (cpu()-start).Seconds()*1e3)
		}
		b.ReportMetric(median(each), "cpu-ms")
	})
}
