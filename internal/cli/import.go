package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/collectors"
	"pantau/config"
	"pantau/daemon"
	"pantau/store"
)

const importHelp = `
Usage:
    pantau import FILE... --brand NAME [--source NAME] [--map FIELD=COLUMN,...]

Reads past mentions from CSV, TSV, JSON or JSONL, plain or gzip, into the store.
Never alerts. What is already stored is not added again. Rows that cannot be
kept are counted and listed with their line.

    --brand NAME      whose mentions these are; need not be in the configuration
    --source NAME     where they are from (default: the name of the file)
    --map FIELD=COL   columns of id, time, text, title, stars, author, url,
                      version, reply, replied_at (default: found by usual names)
    --nps COLUMN      answers of a survey, 0 to 10: a metric, never mentions
    --zone ZONE       of times without one (default: that of the configuration)
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration
    --json            print the counts as JSON

Example:
    $ pantau import reviews.csv --brand "Sandang Senja" --map text=content`

type importFlags struct {
	brand, source, zone, nps, config, database string
	columns                                    map[string]string
	json                                       bool
}

func newImport() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{Use: "import", Long: importHelp}
	cmd.Flags().StringVar(&f.brand, "brand", "", "")
	cmd.Flags().StringVar(&f.source, "source", "", "")
	cmd.Flags().StringVar(&f.zone, "zone", "", "")
	cmd.Flags().StringVar(&f.nps, "nps", "", "")
	cmd.Flags().StringVar(&f.config, "config", "config.toml", "")
	cmd.Flags().StringVar(&f.database, "database", "", "")
	cmd.Flags().StringToStringVar(&f.columns, "map", nil, "")
	cmd.Flags().BoolVar(&f.json, "json", false, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 || f.brand == "" {
			return usagef("import needs FILE and --brand NAME: see pantau import --help")
		}
		if err := config.CheckName(f.brand); err != nil {
			return usagef("--brand: %v", err)
		}
		if err := config.CheckName(f.source); f.source != "" && err != nil {
			return usagef("--source: %v", err)
		}
		cfg, err := f.configuration(cmd.Context())
		if err != nil {
			return err
		}
		for _, b := range cfg.Brands {
			if strings.EqualFold(b.Name, f.brand) && b.Name != f.brand {
				return usagef("--brand: %q is %q in %s: write it the same way", f.brand, b.Name, f.config)
			}
		}
		db, err := store.Open(cmd.Context(), cfg.Database, cfg.Zone)
		if err != nil {
			return err
		}
		defer db.Close()
		p, err := newPipeline(cfg, db, newLog(cmd.ErrOrStderr()))
		if err != nil {
			return err
		}
		if f.database == "" && cfg.Brand(f.brand) == nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "note: %q is no brand of %s: its history can be queried, and no source adds to it\n", f.brand, f.config)
		}
		for _, path := range args {
			if err := f.file(cmd, p, cfg.Zone, path); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}

// configuration returns where to import to. With --database no file is needed.
func (f importFlags) configuration(ctx context.Context) (*config.Config, error) {
	if f.database == "" {
		return config.LoadWithoutSecrets(f.config, os.Getenv)
	}
	zone, err := zoneOf(ctx, f.database)
	if err != nil {
		return nil, err
	}
	return &config.Config{Database: f.database, Zone: zone, Sensitivity: "seimbang"}, nil
}

func (f importFlags) file(cmd *cobra.Command, p *daemon.Pipeline, zone *time.Location, path string) error {
	if f.zone != "" {
		var err error
		if zone, err = config.Zone(f.zone); err != nil {
			return usagef("--zone: %v", err)
		}
	}
	c := collectors.File(collectors.FileOptions{Path: path, Map: f.columns, Zone: zone, NPS: f.nps})
	name := f.source
	if name == "" {
		name = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".gz"), filepath.Ext(strings.TrimSuffix(path, ".gz")))
	}
	src := daemon.Source{Source: config.Source{Name: name, Kind: "import", Brand: f.brand}, Collector: c, Again: true}
	started := time.Now()
	round, err := p.Collect(cmd.Context(), src, false)
	if err != nil {
		return err
	}
	if round.Status == string(collectors.Failed) {
		return errors.New(round.Reason)
	}
	return f.print(cmd.OutOrStdout(), path, round, time.Since(started))
}

func (f importFlags) print(w io.Writer, path string, r daemon.Round, took time.Duration) error {
	if f.json {
		return printJSON(w, struct {
			File     string                `json:"file"`
			Fetched  int                   `json:"fetched"`
			Added    int                   `json:"added"`
			Edited   int                   `json:"edited"`
			Rejected int                   `json:"rejected"`
			Rejects  []collectors.Rejected `json:"rejects,omitempty"`
			Warned   int                   `json:"warned"` // kept without something
			Warnings []collectors.Rejected `json:"warnings,omitempty"`
			Seconds  float64               `json:"seconds"`
		}{path, r.Fetched, r.Added, r.Edited, r.Rejected, r.Rejects, r.Warned, r.Warnings, took.Seconds()})
	}
	fmt.Fprintf(w, "%s: %d read, %d new, %d edited, %d rejected, %d warnings in %.1f s\n", path, r.Fetched, r.Added, r.Edited, r.Rejected, r.Warned, took.Seconds())
	list(w, r.Rejects, r.Rejected)
	list(w, r.Warnings, r.Warned)
	return nil
}

// list prints the first of all rows that something is wrong with.
func list(w io.Writer, first []collectors.Rejected, all int) {
	for _, x := range first {
		fmt.Fprintf(w, "  %s: %s\n", x.Where, x.Reason)
	}
	if more := all - len(first); more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}
