package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/brand"
	"pantau/internal/backtest"
	"pantau/sentiment"
	"pantau/trends"
)

const backtestHelp = `
Usage:
    pantau backtest FILE.csv [FLAG...]

Replays a history hour by hour, as if it happened now, and shows what would have
been alerted. FILE.csv is a timeline with the columns time, stars and text (one
mention a row), or counts with the columns hour, n, k and perhaps coverage. An
hour without a row in a counts file was not watched.

    --negative WHAT    text: the scorer decides (default); stars: 1 and 2 are
    --labels FILE      JSON of incidents that people marked, under the name of
                       the CSV file: adds recall, precision and delay
    --rule RULE        pantau, or to compare: fixed, ratio, zscore, ears, ewma,
                       farrington
    --sensitivity S    peka, seimbang (default) or tenang
    --zone ZONE        time zone of the days (default Asia/Jakarta)
    --chart FILE.png   draws negatives, what was usual, and the alarms
    --json             prints one JSON object

Example:
    $ pantau backtest reviews.csv --negative stars`

type backtestFlags struct {
	negative, labels, rule, sensitivity, zone, chart string
	asJSON                                           bool
}

func newBacktest() *cobra.Command {
	var f backtestFlags
	cmd := &cobra.Command{Use: "backtest", Long: backtestHelp, Args: exactly(1, "one CSV file"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.OutOrStdout(), args[0]) }}
	flags := cmd.Flags()
	flags.StringVar(&f.negative, "negative", "text", "")
	flags.StringVar(&f.labels, "labels", "", "")
	flags.StringVar(&f.rule, "rule", string(backtest.Pantau), "")
	flags.StringVar(&f.sensitivity, "sensitivity", "seimbang", "")
	flags.StringVar(&f.zone, "zone", "Asia/Jakarta", "")
	flags.StringVar(&f.chart, "chart", "", "")
	flags.BoolVar(&f.asJSON, "json", false, "")
	return cmd
}

func (f *backtestFlags) run(out io.Writer, file string) error {
	options, err := f.options()
	if err != nil {
		return usageError{err}
	}
	h, err := f.read(file)
	if err != nil {
		return err
	}
	if f.labels != "" {
		if options.Labels, err = readLabels(f.labels, h.Name); err != nil {
			return err
		}
	}
	result := backtest.Run(h, options)
	if f.chart != "" {
		if err := result.Draw(f.chart); err != nil {
			return err
		}
	}
	if f.asJSON {
		return printJSON(out, result)
	}
	return result.Print(out)
}

// options checks the flags that do not need the file.
func (f *backtestFlags) options() (o backtest.Options, err error) {
	if o.Sensitivity, err = trends.ParseSensitivity(f.sensitivity); err != nil {
		return o, fmt.Errorf("--sensitivity: %w", err)
	}
	if o.Rule, err = backtest.ParseRule(f.rule); err != nil {
		return o, fmt.Errorf("--rule: %w", err)
	}
	if f.negative != "text" && f.negative != "stars" {
		return o, fmt.Errorf("--negative: %q is neither text nor stars", f.negative)
	}
	return o, nil
}

func (f *backtestFlags) read(file string) (*backtest.History, error) {
	zone, err := time.LoadLocation(f.zone)
	if err != nil {
		return nil, usagef("--zone: %v", err)
	}
	j := judge{byStars: f.negative == "stars"}
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	h, err := backtest.Read(r, file, strings.TrimSuffix(filepath.Base(file), ".csv"), zone, j.negative)
	if j.err != nil {
		return nil, j.err
	}
	return h, err
}

// judge lets the stars or the scorer decide; the causes are always the scorer's.
// The scorer is made for the first text: counts need none.
type judge struct {
	byStars bool
	scorer  *sentiment.Analyzer
	err     error
}

func (j *judge) negative(text string, stars int) (bool, []brand.Cause) {
	byStars, _ := backtest.ByStars(text, stars)
	if j.byStars && !byStars {
		return false, nil
	}
	if j.scorer == nil {
		if j.scorer, j.err = sentiment.Default(); j.err != nil {
			return false, nil
		}
	}
	score := j.scorer.Score(text, stars)
	if !j.byStars && score.Polarity != brand.Negative {
		return false, nil
	}
	var causes []brand.Cause
	for _, hit := range score.Causes {
		if !slices.Contains(causes, hit.Cause) {
			causes = append(causes, hit.Cause)
		}
	}
	return true, causes
}

func readLabels(file, series string) (*backtest.Labels, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return backtest.ReadLabels(r, file, series)
}
