// Package eval measures a scorer against labelled texts. It is pure: the
// caller opens the files.
package eval

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"pantau/brand"
	"pantau/sentiment"
)

// Result is what one labelled file says about a scorer. Shares are from 0 to 1.
type Result struct {
	File      string    `json:"file"`
	N         int       `json:"n"`
	Classes   int       `json:"classes"` // 3, or 2 when the file has no neutral text
	Accuracy  float64   `json:"accuracy"`
	MacroF1   float64   `json:"macro_f1"`
	NegPrec   float64   `json:"neg_precision"`
	NegRecall float64   `json:"neg_recall"`
	NegF1     float64   `json:"neg_f1"`
	PrecAtR85 float64   `json:"precision_at_recall_85"` // of the texts ranked by P(negative)
	Unknown   float64   `json:"unknown_share"`          // texts without a known word
	CalibErr  float64   `json:"calibration_error"`      // expected calibration error of P(negative)
	Confusion [3][3]int `json:"-"`                      // label by verdict, in the order neg, neu, pos
	Bins      [10]Bin   `json:"-"`                      // texts by tenths of P(negative)
	Worst     []Error   `json:"-"`
}

// Bin is what became of the texts whose P(negative) lies in one tenth.
type Bin struct {
	N        int
	Said, Is float64 // mean P(negative) and the share of negative texts
}

// Error is a text whose verdict is wrong, with what led to it.
type Error struct {
	Line  int
	Label brand.Polarity
	Text  string
	Score brand.Score
}

// maxWorst is how many errors a result keeps.
const maxWorst = 20

var labels = map[string]brand.Polarity{"neg": brand.Negative, "neu": brand.Neutral, "pos": brand.Positive}

// example is one labelled text with its verdict.
type example struct {
	line  int
	label brand.Polarity
	text  string
	score brand.Score
}

// Polarity reads "label<TAB>text" lines, with the labels neg, neu and pos, and
// measures the verdicts of a. A file without neutral texts is scored on two
// classes, by the sign of the compound.
func Polarity(a *sentiment.Analyzer, file string, r io.Reader) (Result, error) {
	var xs []example
	err := eachLine(file, r, func(n int, label, text string) error {
		y, ok := labels[label]
		if !ok {
			return fmt.Errorf("%s:%d: %q is not a label: use neg, neu or pos", file, n, label)
		}
		xs = append(xs, example{n, y, text, a.Score(text, 0)})
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	if len(xs) == 0 {
		return Result{}, fmt.Errorf("%s: no labelled text", file)
	}
	return measure(file, xs), nil
}

// maxLine bounds a line of a labelled file.
const maxLine = 4 << 20

func eachLine(file string, r io.Reader, do func(n int, label, text string) error) error {
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, 1<<16), maxLine)
	for n := 1; scan.Scan(); n++ {
		if strings.TrimSpace(scan.Text()) == "" {
			continue
		}
		label, text, ok := strings.Cut(scan.Text(), "\t")
		if !ok {
			return fmt.Errorf("%s:%d: want a label, a tab and a text", file, n)
		}
		if err := do(n, strings.TrimSpace(label), text); err != nil {
			return err
		}
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func measure(file string, xs []example) Result {
	res := Result{File: file, N: len(xs), Classes: 2}
	if slices.ContainsFunc(xs, func(x example) bool { return x.label == brand.Neutral }) {
		res.Classes = 3
	}
	right, unknown := 0, 0
	for _, x := range xs {
		got := verdict(x.score, res.Classes)
		res.Confusion[x.label-brand.Negative][got-brand.Negative]++
		if got == x.label {
			right++
		}
		if x.score.Polarity == brand.Unknown {
			unknown++
		}
	}
	n := float64(len(xs))
	res.Accuracy, res.Unknown = float64(right)/n, float64(unknown)/n
	res.NegPrec, res.NegRecall, res.NegF1 = f1(res.Confusion, 0)
	_, _, neu := f1(res.Confusion, 1)
	_, _, pos := f1(res.Confusion, 2)
	res.MacroF1 = (res.NegF1 + pos) / 2
	if res.Classes == 3 {
		res.MacroF1 = (res.NegF1 + neu + pos) / 3
	}
	res.PrecAtR85 = precisionAt(xs, 0.85)
	res.Bins = bins(xs)
	res.CalibErr = calibrationError(res.Bins)
	res.Worst = worst(xs, res.Classes)
	return res
}

// verdict is the class of a score. An unknown text counts as neutral; where
// there is no neutral, zero counts as positive, because unknown is not negative.
func verdict(s brand.Score, classes int) brand.Polarity {
	switch {
	case classes == 3 && s.Polarity == brand.Unknown:
		return brand.Neutral
	case classes == 3:
		return s.Polarity
	case s.Compound < 0:
		return brand.Negative
	}
	return brand.Positive
}

// f1 returns precision, recall and F1 of class c; 0 where there is nothing.
func f1(m [3][3]int, c int) (precision, recall, f float64) {
	hit := float64(m[c][c])
	var said, is float64
	for k := range m {
		said += float64(m[k][c])
		is += float64(m[c][k])
	}
	if hit == 0 {
		return 0, 0, 0
	}
	precision, recall = hit/said, hit/is
	return precision, recall, 2 * precision * recall / (precision + recall)
}

// precisionAt returns the precision of the shortest list of texts, ranked by
// P(negative), that holds the share recall of the negative ones.
func precisionAt(xs []example, recall float64) float64 {
	ranked := slices.Clone(xs)
	slices.SortStableFunc(ranked, func(x, y example) int { return cmp.Compare(y.score.PNegative, x.score.PNegative) })
	total := 0
	for _, x := range xs {
		if x.label == brand.Negative {
			total++
		}
	}
	if total == 0 {
		return 0
	}
	hits := 0
	for i, x := range ranked {
		if x.label == brand.Negative {
			hits++
		}
		last := i+1 == len(ranked) || ranked[i+1].score.PNegative != x.score.PNegative
		if last && float64(hits) >= recall*float64(total) {
			return float64(hits) / float64(i+1)
		}
	}
	return 0
}

// bins sorts the texts by P(negative).
func bins(xs []example) (b [10]Bin) {
	for _, x := range xs {
		k := min(int(10*x.score.PNegative), 9)
		b[k].N++
		b[k].Said += x.score.PNegative
		if x.label == brand.Negative {
			b[k].Is++
		}
	}
	for k := range b {
		if n := float64(b[k].N); n > 0 {
			b[k].Said /= n
			b[k].Is /= n
		}
	}
	return b
}

// calibrationError is the mean distance between what the bins said and what they
// hold, weighted by their texts (expected calibration error).
func calibrationError(bins [10]Bin) float64 {
	var sum, n float64
	for _, b := range bins {
		sum += float64(b.N) * math.Abs(b.Said-b.Is)
		n += float64(b.N)
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// worst returns the wrong verdicts that were surest of themselves.
func worst(xs []example, classes int) []Error {
	var wrong []example
	for _, x := range xs {
		if verdict(x.score, classes) != x.label {
			wrong = append(wrong, x)
		}
	}
	slices.SortStableFunc(wrong, func(x, y example) int {
		return cmp.Compare(math.Abs(y.score.Compound), math.Abs(x.score.Compound))
	})
	var out []Error
	for _, x := range wrong[:min(len(wrong), maxWorst)] {
		out = append(out, Error{x.line, x.label, x.text, x.score})
	}
	return out
}

// Mean returns the unweighted mean of the figures of several results.
func Mean(rs []Result) Result {
	m := Result{File: "mean"}
	if len(rs) == 0 {
		return m
	}
	for _, r := range rs {
		m.N += r.N
		m.Accuracy += r.Accuracy
		m.MacroF1 += r.MacroF1
		m.NegPrec += r.NegPrec
		m.NegRecall += r.NegRecall
		m.NegF1 += r.NegF1
		m.PrecAtR85 += r.PrecAtR85
		m.Unknown += r.Unknown
		m.CalibErr += r.CalibErr
	}
	for _, v := range []*float64{&m.Accuracy, &m.MacroF1, &m.NegPrec, &m.NegRecall, &m.NegF1, &m.PrecAtR85, &m.Unknown, &m.CalibErr} {
		*v /= float64(len(rs))
	}
	return m
}
