package trends

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// chequered is a history with everything that the rule treats apart: levels that
// drift, incidents, sales, praise, gaps that are known and gaps that are not,
// lumps and copies.
func chequered(seed uint64, days int, perDay float64) []Hour {
	r := rand.New(rand.NewPCG(seed, 7))
	count := func(mean float64) int32 { return max(int32(mean+math.Sqrt(mean)*r.NormFloat64()+r.Float64()), 0) }
	hours := make([]Hour, days*24)
	level, held := 0.0, int32(0)
	for i := range hours {
		if i%24 == 0 {
			level += 0.1 * r.NormFloat64()
		}
		negatives, others, coverage := 0.3, 0.7, 1.0
		switch i / 24 % 29 {
		case 7:
			negatives *= 4
		case 11:
			negatives, others = 4*negatives, 4*others
		case 15:
			others *= 12
		case 19:
			coverage = 0
		case 20:
			coverage = 0.5
		case 24, 25:
			held += count(perDay / 24)
			continue
		case 27:
			negatives *= 1 + 2*r.Float64()
		}
		mean := perDay * priorHours[i%24] / 24 * math.Exp(level) * coverage
		k := count(mean * negatives)
		hours[i] = Hour{Mentions: k + count(mean*others), Negatives: k, Coverage: float32(coverage)}
		if held > 0 {
			hours[i].Mentions += held
			hours[i].Negatives += held * 3 / 10
			held = 0
		}
		if i%(24*43) == 700 {
			hours[i].Repeats = 299
			hours[i].Mentions += 300
			hours[i].Negatives += 300
		}
	}
	for i := range hours {
		if day := i / 24 % 29; day == 24 || day == 25 {
			hours[i].Coverage = 1 // nobody noticed
		}
	}
	return hours
}

// numbers are what decides, in a fixed order.
func (v *Verdict) numbers() []float64 {
	return []float64{v.Score, v.Threshold, v.Expected, v.ExpectedMentions, v.Low, v.High, v.UsualShare, v.Tested, v.Alpha,
		v.Sale, v.SaleTested, v.SaleAlpha, v.SlowSum, v.Coverage, float64(v.Window), float64(v.Rise)}
}

// TestVerdictsAreTheSame holds the rule to the numbers that it gave before it was
// made faster. A change of the rule itself rewrites them: go test -update.
func TestVerdictsAreTheSame(t *testing.T) {
	const file = "testdata/verdicts.golden"
	near := 1e-9
	if runtime.GOARCH != "amd64" {
		near = 1e-6 // other roundings
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database:", err)
	}
	sale := []Event{{"sale", start.Add(40 * 24 * time.Hour), start.Add(42 * 24 * time.Hour), 2}}
	series := []struct {
		perDay  float64
		options Options
		start   time.Time
	}{
		{0.5, Options{}, start},
		{8, Options{Sensitivity: Peka}, start},
		{30, Options{}, start},
		{30, Options{Events: sale}, start},
		{100, Options{Sensitivity: Tenang, Margin: 0.5}, start},
		{300, Options{}, time.Date(2026, 2, 20, 9, 0, 0, 0, berlin)},
		{3000, Options{}, start},
		{60000, Options{}, start},
	}
	var out bytes.Buffer
	for n, s := range series {
		d := NewDetector(s.options, s.start)
		was := false
		for i, h := range chequered(uint64(n), 75, s.perDay) {
			v := d.Push(h)
			if i%29 == 0 || v.Fires != was {
				fmt.Fprintf(&out, "%d %d %s %v", n, i, v.Reason, v.Calm)
				for _, x := range v.numbers() {
					fmt.Fprintf(&out, " %s", strconv.FormatFloat(x, 'g', -1, 64))
				}
				fmt.Fprintln(&out)
			}
			was = v.Fires
		}
	}
	if *update {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := bufio.NewScanner(&out)
	for line := range strings.Lines(string(want)) {
		if !got.Scan() || !alike(strings.Fields(line), strings.Fields(got.Text()), near) {
			t.Fatalf("got  %s\nwant %s", got.Text(), line)
		}
	}
	if got.Scan() {
		t.Errorf("more than wanted: %s", got.Text())
	}
}

// alike compares words, and numbers to within near of 1+|x|.
func alike(a, b []string, near float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, err := strconv.ParseFloat(a[i], 64)
		y, err2 := strconv.ParseFloat(b[i], 64)
		if a[i] != b[i] && (err != nil || err2 != nil || !(math.Abs(x-y) <= near*(1+math.Abs(x)))) {
			return false
		}
	}
	return true
}
