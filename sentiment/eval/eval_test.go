package eval

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pantau/brand"
	"pantau/sentiment"
)

var englishSets = map[string]bool{"nusax_en": true, "vader_tweets": true, "vader_amazon": true, "vader_nyt": true, "huliu": true, "sst2": true, "airline": true}

// TestDev prints the table over the development sets.
func TestDev(t *testing.T) {
	names, _ := filepath.Glob("../../../shared/data/sentiment/dev/*.tsv")
	if len(names) == 0 {
		t.Skip("no labelled texts in ../shared/data/sentiment/dev")
	}
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	var id, en []Result
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		set := strings.TrimSuffix(filepath.Base(name), ".tsv")
		r, err := Polarity(a, set, f)
		if err != nil {
			t.Fatal(err)
		}
		show(t, r)
		if englishSets[set] {
			en = append(en, r)
		} else {
			id = append(id, r)
		}
	}
	m := Mean(id)
	m.File = "MEAN id"
	show(t, m)
	m = Mean(en)
	m.File = "MEAN en"
	show(t, m)
}

func analyzer(t *testing.T) *sentiment.Analyzer {
	t.Helper()
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPolarityCounts(t *testing.T) {
	// The verdicts are certain: bagus sekali is positive, rusak parah negative,
	// xyzzy unknown, which counts as neutral.
	r, err := Polarity(analyzer(t), "x.tsv", strings.NewReader("pos\tbagus sekali\nneg\trusak parah\nneu\txyzzy\nneg\tbagus sekali\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r.N != 4 || r.Classes != 3 || r.Accuracy != 0.75 || r.NegPrec != 1 || r.NegRecall != 0.5 || r.Unknown != 0.25 {
		t.Errorf("result %+v, want 4 texts of 3 classes, accuracy 0.75, negative precision 1 and recall 0.5, a quarter unknown", r)
	}
	if want := (2.0/3 + 1 + 2.0/3) / 3; math.Abs(r.MacroF1-want) > 1e-12 {
		t.Errorf("macro F1 %v, want %v", r.MacroF1, want)
	}
	if len(r.Worst) != 1 || r.Worst[0].Line != 4 {
		t.Errorf("worst errors %+v, want line 4 alone", r.Worst)
	}
}

func TestTwoClasses(t *testing.T) {
	r, err := Polarity(analyzer(t), "x.tsv", strings.NewReader("pos\txyzzy\nneg\trusak parah\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Classes != 2 || r.Accuracy != 1 || r.MacroF1 != 1 {
		t.Errorf("result %+v, want two classes without an error: unknown is not negative", r)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no tab", "pos bagus\n", "x.tsv:1: want a label, a tab and a text"},
		{"bad label", "pos\tbagus\ngood\tbagus\n", `x.tsv:2: "good" is not a label: use neg, neu or pos`},
		{"empty", "\n\n", "x.tsv: no labelled text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Polarity(analyzer(t), "x.tsv", strings.NewReader(tt.text)); err == nil || err.Error() != tt.want {
				t.Errorf("Polarity(%q) says %v, want %s", tt.text, err, tt.want)
			}
		})
	}
}

func TestPrecisionAtRecall(t *testing.T) {
	score := func(label brand.Polarity, p float64) example {
		return example{label: label, score: brand.Score{PNegative: p}}
	}
	xs := []example{score(brand.Negative, 0.9), score(brand.Positive, 0.8), score(brand.Negative, 0.7), score(brand.Positive, 0.1)}
	if got, want := precisionAt(xs, 0.85), 2.0/3; got != want {
		t.Errorf("precision %v, want %v: three texts hold both negatives", got, want)
	}
	if got := precisionAt(xs, 0.5); got != 1 {
		t.Errorf("precision at half the recall %v, want 1", got)
	}
}

func TestCalibrationError(t *testing.T) {
	score := func(label brand.Polarity, p float64) example {
		return example{label: label, score: brand.Score{PNegative: p}}
	}
	sure := []example{score(brand.Negative, 0.75), score(brand.Negative, 0.75), score(brand.Negative, 0.75), score(brand.Positive, 0.75)}
	if got := calibrationError(bins(sure)); got != 0 {
		t.Errorf("calibration error %v of 0.75 said of three in four, want 0", got)
	}
	wrong := []example{score(brand.Positive, 1), score(brand.Negative, 0), score(brand.Negative, 1), score(brand.Positive, 0)}
	if got := calibrationError(bins(wrong)); got != 0.5 {
		t.Errorf("calibration error %v of certainty that is right in half of the texts, want 0.5", got)
	}
}

func TestCausesOfOurOwn(t *testing.T) {
	text := "delivery\tpaket belum sampai\nunexplained\tbagus sekali\ndelivery,slow_response\tpaket belum sampai, chat tidak dibalas\n"
	r, err := Causes(analyzer(t), "x.tsv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if r.N != 3 || r.PerLabel["delivery"].F1 != 1 || r.PerLabel["slow_response"].F1 != 1 || r.MicroF1 != 1 {
		t.Errorf("result %+v, want everything found", r)
	}
}

func show(t *testing.T, r Result) {
	t.Logf("%-16s %5d  acc %.1f  macro %.1f  neg %.1f (%.1f/%.1f)  p@r85 %.1f  unk %.1f  ece %.1f  rec %v", r.File, r.N, 100*r.Accuracy, 100*r.MacroF1, 100*r.NegF1, 100*r.NegPrec, 100*r.NegRecall, 100*r.PrecAtR85, 100*r.Unknown, 100*r.CalibErr, r.Confusion)
}
