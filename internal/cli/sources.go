package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pantau/collectors"
)

const sourcesHelp = `
Usage:
    pantau sources [--config FILE] [--json]    how each source fares
    pantau sources --kinds                     the kinds of sources there are

For every source that ever ran: the status of its last run with the reason, its
last success, when it last brought something new, and how many mentions it gave.

Example:
    $ pantau sources`

func newSources() *cobra.Command {
	var asJSON, kinds bool
	cmd := &cobra.Command{Use: "sources", Long: sourcesHelp, Args: exactly(0, "no arguments")}
	path := configFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&kinds, "kinds", false, "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		out := cmd.OutOrStdout()
		if kinds {
			for _, kind := range collectors.Kinds() {
				fmt.Fprintln(out, kind)
			}
			return nil
		}
		cfg, db, err := openStore(cmd.Context(), *path)
		if err != nil {
			return err
		}
		defer db.Close()
		list, err := db.Sources(cmd.Context())
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(out, list)
		}
		t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "SOURCE\tBRAND\tSTATUS\tMENTIONS\tLAST RUN\tLAST NEW\t")
		for _, s := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", s.Source, s.Brand, s.Status, s.Mentions, clock(s.LastRun, cfg.Zone), clock(s.LastNew, cfg.Zone), s.Reason)
		}
		return t.Flush()
	}
	return cmd
}

// clock writes a time for a table, "-" when there is none.
func clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}
