package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pantau/store"
)

const rescoreHelp = `
Usage:
    pantau rescore [--json]

Judges all stored texts again with the lexicon of this program and the overlays
of the configuration, and moves every count with them. Never alerts; incidents
stay as they were decided, and labels stay. What was stopped goes on where it
was. May run while pantau run collects.

    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration
    --json            print the counts as JSON

Example:
    $ pantau rescore`

func newRescore() *cobra.Command {
	var f databaseFlags
	var asJSON bool
	cmd := &cobra.Command{Use: "rescore", Long: rescoreHelp, Args: exactly(0, "no arguments")}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		scorer, err := f.scorer()
		if err != nil {
			return err
		}
		db, err := f.write(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		started := time.Now()
		progress, done := working(cmd.ErrOrStderr())
		r, err := db.Rescore(cmd.Context(), scorer, func(r store.Rescored) { progress(float64(r.Seen) / float64(max(r.Total, 1))) })
		done()
		if err != nil {
			return fmt.Errorf("stopped after %d of %d mentions, the same command goes on there: %w", r.Seen, r.Total, err)
		}
		out := cmd.OutOrStdout()
		if asJSON {
			return printJSON(out, r)
		}
		_, err = fmt.Fprintf(out, "%d mentions judged again with lexicon %s in %.1f s, %d changed\n", r.Seen, scorer.Version(), time.Since(started).Seconds(), r.Changed)
		return err
	}
	return cmd
}
