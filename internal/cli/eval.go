package cli

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pantau/brand"
	"pantau/sentiment"
	"pantau/sentiment/eval"
)

const evalHelp = `
Usage:
    pantau eval [--json] [--worst N] FILE.tsv...    measure the scorer
    pantau eval --causes [--json] FILE.tsv...       measure the causes

FILE.tsv has one text a line: a label, a tab and the text. Labels are neg, neu
and pos; a file without neu is scored on two classes. With --causes the labels
are causes, separated by commas.

    --worst      shows the N wrong verdicts that were surest of themselves
    --lexicon    an overlay file or domain:NAME, as for pantau score
    --json       prints an array with one object a file

Example:
    $ pantau eval --worst 3 reviews.tsv`

type evalFlags struct {
	asJSON, causes bool
	worst          int
	lexicon        []string
}

func newEval() *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{Use: "eval", Long: evalHelp, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("eval takes one or more labelled files: see pantau eval --help")
		}
		if f.worst < 0 {
			return usagef("--worst %d: use 0 or more", f.worst)
		}
		a, err := openLexicon(f.lexicon)
		if err != nil {
			return err
		}
		if f.causes {
			return f.runCauses(a, cmd.OutOrStdout(), args)
		}
		return f.run(a, cmd.OutOrStdout(), args)
	}}
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "")
	cmd.Flags().BoolVar(&f.causes, "causes", false, "")
	cmd.Flags().IntVar(&f.worst, "worst", 0, "")
	cmd.Flags().StringArrayVar(&f.lexicon, "lexicon", nil, "")
	return cmd
}

// evalFiles measures every file and returns the results in their order.
func evalFiles[R any](a *sentiment.Analyzer, files []string, measure func(*sentiment.Analyzer, string, io.Reader) (R, error)) ([]R, error) {
	var results []R
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		r, err := measure(a, name, unmarked(f))
		f.Close()
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

func (f evalFlags) run(a *sentiment.Analyzer, out io.Writer, files []string) error {
	results, err := evalFiles(a, files, eval.Polarity)
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(out, results)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "n\tclasses\taccuracy\tmacro F1\tneg P\tneg R\tneg F1\tP at R 85\tunknown\tcalibration\t  file")
	rows := results
	if len(results) > 1 {
		rows = append(slices.Clone(results), eval.Mean(results))
	}
	for _, r := range rows {
		fmt.Fprintf(w, "%d\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t  %s\n", r.N, r.Classes, 100*r.Accuracy, 100*r.MacroF1,
			100*r.NegPrec, 100*r.NegRecall, 100*r.NegF1, 100*r.PrecAtR85, 100*r.Unknown, 100*r.CalibErr, r.File)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		writeConfusion(out, r)
		f.writeWorst(out, r)
	}
	return nil
}

func writeConfusion(out io.Writer, r eval.Result) {
	fmt.Fprintf(out, "\n%s: label by verdict\n      %6s %6s %6s\n", r.File, "neg", "neu", "pos")
	for i, name := range []string{"neg", "neu", "pos"} {
		fmt.Fprintf(out, "  %s %6d %6d %6d\n", name, r.Confusion[i][0], r.Confusion[i][1], r.Confusion[i][2])
	}
}

// writeWorst shows wrong verdicts with the words that led to them.
func (f evalFlags) writeWorst(out io.Writer, r eval.Result) {
	for _, e := range r.Worst[:min(len(r.Worst), f.worst)] {
		fmt.Fprintf(out, "\n%s:%d is %s: %s\n", r.File, e.Line, e.Label, plain(e.Text))
		p := scorePrinter{text: e.Text, score: &e.Score, coloured: colour(out), columns: columns(out)}
		p.verdict()
		fmt.Fprint(out, p.String())
	}
}

func (f evalFlags) runCauses(a *sentiment.Analyzer, out io.Writer, files []string) error {
	results, err := evalFiles(a, files, eval.Causes)
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(out, results)
	}
	for _, r := range results {
		fmt.Fprintf(out, "%s: %d texts, micro F1 %.1f, macro F1 %.1f\n", r.File, r.N, 100*r.MicroF1, 100*r.MacroF1)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "n\tP\tR\tF1\t  label")
		for _, name := range slices.Sorted(maps.Keys(r.PerLabel)) {
			l := r.PerLabel[name]
			fmt.Fprintf(w, "%d\t%.1f\t%.1f\t%.1f\t  %s\n", l.N, 100*l.Precision, 100*l.Recall, 100*l.F1, causeLabel(name))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// causeLabel names one of our causes in words.
func causeLabel(key string) string {
	if c, err := brand.ParseCause(key); err == nil {
		return c.Name("en")
	}
	return plain(key)
}
