package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/brand"
	"pantau/config"
	"pantau/internal/backtest"
	"pantau/sentiment"
	"pantau/store"
	"pantau/trends"
)

const backtestHelp = `
Usage:
    pantau backtest FILE.csv [FLAG...]
    pantau backtest BRAND [--config FILE] [FLAG...]

Replays a history hour by hour, as if it happened now, and shows what would have
been alerted. FILE.csv has the columns time, stars and text (one mention a row)
and perhaps collected_at, or hour, n, k and perhaps coverage; an hour without a
row was not watched. BRAND is one of the configuration: what is stored about it
is replayed with its calendar, each mention from when it was collected.

    --negative WHAT    text: the scorer decides (default); stars: 1 and 2 are
    --labels FILE      JSON of incidents that people marked, under the name of
                       the CSV file: adds recall, precision and delay
    --rule RULE        pantau, or fixed, ratio, zscore, ears, ewma, farrington,
                       which stand beside ours; all: all beside each other
    --sensitivity S    peka, seimbang or tenang (default: as configured)
    --order WHAT       event: as if everything had been seen when it was written
    --config FILE      for a file, too: its lexicon, zone, sensitivity, calendar
    --zone ZONE        time zone of the days of a file (default WIB)
    --chart FILE       draws it: .png, .svg, .pdf, or .html as a single page
    --json             prints one JSON object

Example:
    $ pantau backtest reviews.csv --negative stars`

type backtestFlags struct {
	config, negative, labels, rule, sensitivity, order, zone, chart string
	asJSON                                                          bool
}

func newBacktest() *cobra.Command {
	var f backtestFlags
	cmd := &cobra.Command{Use: "backtest", Long: backtestHelp, Args: exactly(1, "one CSV file or brand"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) }}
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "config.toml", "")
	flags.StringVar(&f.negative, "negative", "text", "")
	flags.StringVar(&f.labels, "labels", "", "")
	flags.StringVar(&f.rule, "rule", string(backtest.Pantau), "")
	flags.StringVar(&f.sensitivity, "sensitivity", "", "")
	flags.StringVar(&f.order, "order", "arrival", "")
	flags.StringVar(&f.zone, "zone", "", "")
	flags.StringVar(&f.chart, "chart", "", "")
	flags.BoolVar(&f.asJSON, "json", false, "")
	return cmd
}

func (f *backtestFlags) run(cmd *cobra.Command, what string) error {
	out := cmd.OutOrStdout()
	options, err := f.options()
	if err != nil {
		return usageError{err}
	}
	given := cmd.Flags().Changed
	var h *backtest.History
	if strings.HasSuffix(strings.ToLower(what), ".csv") {
		h, err = f.file(what, given("config"), &options)
	} else if given("negative") || given("zone") {
		return usagef("--negative and --zone are for files: %q is no .csv file, so it is a brand, whose mentions have a verdict and a zone", what)
	} else {
		h, err = f.stored(cmd.Context(), what, &options)
	}
	if err != nil {
		return err
	}
	if f.order == "event" {
		h.ByEventTime()
	}
	if f.labels != "" {
		if options.Labels, err = readLabels(f.labels, h.Name); err != nil {
			return err
		}
	}
	progress, done := working(os.Stderr)
	options.Progress = progress
	result := backtest.Run(h, options)
	done()
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
	if f.sensitivity != "" {
		if o.Sensitivity, err = trends.ParseSensitivity(f.sensitivity); err != nil {
			return o, fmt.Errorf("--sensitivity: %w", err)
		}
	}
	if f.rule == "all" {
		o.Rule, o.Beside = backtest.Pantau, backtest.Rules()
	} else if o.Rule, err = backtest.ParseRule(f.rule); err != nil {
		return o, fmt.Errorf("--rule: %w, or all", err)
	} else if o.Rule != backtest.Pantau {
		o.Beside = []backtest.Rule{backtest.Pantau, o.Rule}
	}
	if f.negative != "text" && f.negative != "stars" {
		return o, fmt.Errorf("--negative: %q is neither text nor stars", f.negative)
	}
	if f.order != "arrival" && f.order != "event" {
		return o, fmt.Errorf("--order: %q is neither arrival nor event", f.order)
	}
	if ends := []string{".png", ".svg", ".pdf", ".html"}; f.chart != "" && !slices.Contains(ends, strings.ToLower(filepath.Ext(f.chart))) {
		return o, fmt.Errorf("--chart: %q does not end in one of %s", f.chart, strings.Join(ends, ", "))
	}
	return o, nil
}

// file reads a CSV file, as a configuration says if one is given.
func (f *backtestFlags) file(name string, configured bool, o *backtest.Options) (*backtest.History, error) {
	cfg := &config.Config{Sensitivity: "seimbang"}
	var err error
	if configured {
		if cfg, err = config.LoadWithoutSecrets(f.config, os.Getenv); err != nil {
			return nil, err
		}
	}
	zone := cfg.Zone
	if f.zone != "" || zone == nil {
		if zone, err = config.Zone(cmp.Or(f.zone, "WIB")); err != nil {
			return nil, usagef("--zone: %v", err)
		}
	}
	h, err := f.read(name, zone, cfg.Lexicon)
	if err != nil {
		return nil, err
	}
	return h, f.configure(cfg, h, o)
}

// configure judges a history as its configuration says.
func (f *backtestFlags) configure(cfg *config.Config, h *backtest.History, o *backtest.Options) (err error) {
	if len(h.Hours) > 0 {
		o.Events = events(cfg, h.Name, h.Series)
	}
	if f.sensitivity == "" {
		o.Sensitivity, err = trends.ParseSensitivity(cfg.Sensitivity)
	}
	return err
}

// events returns the calendar of a brand in the time of a series.
func events(cfg *config.Config, brand string, s trends.Series) (list []trends.Event) {
	end := s.Start.Add(time.Duration(len(s.Hours)) * time.Hour)
	for _, e := range cfg.Calendar.Between(brand, s.Start, end) {
		list = append(list, trends.Event(e))
	}
	return list
}

func (f *backtestFlags) read(file string, zone *time.Location, lexicon []string) (*backtest.History, error) {
	j := judge{byStars: f.negative == "stars", lexicon: lexicon}
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	watched, done := reading(r, os.Stderr)
	defer done()
	h, err := backtest.Read(watched, file, strings.TrimSuffix(filepath.Base(file), ".csv"), zone, j.negative)
	if j.err != nil {
		return nil, j.err
	}
	return h, err
}

// stored reads the history of a brand from the database. The verdicts are the
// stored ones, which the configured lexicon gave.
func (f *backtestFlags) stored(ctx context.Context, name string, o *backtest.Options) (*backtest.History, error) {
	cfg, db, err := openStore(ctx, f.config)
	if err != nil {
		return nil, fmt.Errorf("%s is no .csv file, so it must be a brand: %w", name, err)
	}
	defer db.Close()
	past, err := db.History(ctx, name)
	if errors.Is(err, store.ErrNoBrand) {
		var names []string
		for _, b := range cfg.Brands {
			names = append(names, b.Name)
		}
		return nil, usagef("%v: the configuration has %s", err, strings.Join(names, ", "))
	}
	if err != nil {
		return nil, err
	}
	h := replayable(name, past)
	return h, f.configure(cfg, h, o)
}

// replayable turns a stored history into one that can be replayed.
func replayable(name string, past store.History) *backtest.History {
	var causes []backtest.CauseCount
	late := map[[2]int]int{} // hour and cause → negatives that were collected later
	for _, c := range past.Lateness.Causes {
		causes = append(causes, backtest.CauseCount(c))
		late[[2]int{c.Hour, int(c.Cause)}] += c.Count
	}
	for _, c := range past.Causes {
		if n := c.Count - late[[2]int{c.Hour, int(c.Cause)}]; n > 0 {
			causes = append(causes, backtest.CauseCount{Hour: c.Hour, Known: c.Hour, Cause: c.Cause, Count: n})
		}
	}
	arrivals := &backtest.Arrivals{Mentions: past.Lateness.Mentions, Live: past.Lateness.Live, Late: past.Lateness.Late}
	return backtest.FromSeries(name, past.Series, causes, arrivals)
}

// judge lets the stars or the scorer decide; the causes are always the scorer's.
// The scorer is made for the first text: counts need none.
type judge struct {
	byStars bool
	lexicon []string // overlays
	scorer  *sentiment.Analyzer
	err     error
}

func (j *judge) negative(text string, stars int) (bool, []brand.Cause) {
	byStars, _ := backtest.ByStars(text, stars)
	if j.byStars && !byStars {
		return false, nil
	}
	if j.scorer == nil {
		if j.err != nil {
			return false, nil
		}
		if j.scorer, j.err = openLexicon(j.lexicon); j.err != nil {
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
	return backtest.ReadLabels(unmarked(r), file, series)
}
