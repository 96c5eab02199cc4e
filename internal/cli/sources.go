package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pantau/collectors"
	"pantau/config"
	"pantau/store"
)

const sourcesHelp = `
Usage:
    pantau sources [--config FILE] [--json]    how each source fares
    pantau sources --kinds                     the kinds of sources there are

For every source: the status of its last run ("removed" is no longer in the
configuration, "imported" came from files), how much of the last day was
watched, its last success, when it last brought something new, and how many
mentions it gave. Below, for each one that is not well: why, and what to do.

Example:
    $ pantau sources`

// sourceLine is how a source fares, with what the operator should do.
type sourceLine struct {
	store.SourceHealth
	Watched float64 `json:"watched"` // share of the last 24 hours
	Next    string  `json:"next,omitempty"`
}

// The statuses of what is in the store and nobody reads again: a source that is no longer
// configured, and files. What failed was said then.
const (
	removed  = "removed"
	imported = "imported"
)

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
		list, err := sourceLines(cmd.Context(), cfg, db, time.Now())
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(out, list)
		}
		return printSources(out, list, cfg.Zone)
	}
	return cmd
}

// sourceLines returns the sources that ever ran, and those that are configured and
// never did.
func sourceLines(ctx context.Context, cfg *config.Config, db *store.DB, now time.Time) (list []sourceLine, _ error) {
	health, err := db.Sources(ctx)
	if err != nil {
		return nil, err
	}
	watched, err := db.Watched(ctx, now.Add(-24*time.Hour), now)
	if err != nil {
		return nil, err
	}
	ran, configured := map[[2]string]bool{}, map[[2]string]bool{}
	for _, src := range cfg.Sources {
		configured[[2]string{src.Brand, src.Name}] = true
	}
	for _, h := range health {
		key := [2]string{h.Brand, h.Source}
		ran[key] = true
		if !configured[key] {
			h.Status, h.Reason, h.Silent, h.Gap = removed, "", false, false
			if h.Kind == "import" {
				h.Status = imported
			}
		}
		list = append(list, sourceLine{h, watched[key], nextStep(h)})
	}
	for _, src := range cfg.Sources {
		if h := (store.SourceHealth{Brand: src.Brand, Source: src.Name, Kind: src.Kind, Status: "never"}); !ran[[2]string{src.Brand, src.Name}] {
			list = append(list, sourceLine{h, 0, nextStep(h)})
		}
	}
	return list, nil
}

// nextStep says what the operator should do about a source, "" when it is well.
func nextStep(h store.SourceHealth) string {
	switch next := collectors.Status(h.Status).Next(); {
	case h.Status == "never":
		return "pantau run reads it when its turn comes, sources of one host one after the other; try it with pantau check --online"
	case next != "":
		return next
	case h.Silent:
		return "nothing new for longer than usual: open the address in a browser and compare"
	case h.Gap:
		return "items may be missing: shorten its schedule or raise pages"
	}
	return ""
}

func printSources(out io.Writer, list []sourceLine, zone *time.Location) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SOURCE\tBRAND\tSTATUS\tLAST 24 H\tMENTIONS\tLAST SUCCESS\tLAST NEW")
	for _, s := range list {
		status := s.Status
		if s.Silent && status == string(collectors.Fresh) {
			status = "silent"
		}
		status = readable(status)
		watched := fmt.Sprintf("%.0f %%", 100*s.Watched)
		if s.Status == imported || s.Status == removed {
			watched = "-" // history, not a source that could go blind
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", s.Source, s.Brand, status, watched, s.Mentions, clock(s.LastSuccess, zone), clock(s.LastNew, zone))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, s := range list {
		if s.Next == "" {
			continue
		}
		fmt.Fprintf(out, "\n%s: %s", s.Source, readable(s.Status))
		if s.Reason != "" {
			fmt.Fprintf(out, ": %s", s.Reason)
		}
		fmt.Fprintf(out, "\n  next: %s\n", s.Next)
	}
	return nil
}

// readable is how people see a status: a source that never ran may wait for its turn.
func readable(status string) string {
	if status == "never" {
		return "not yet"
	}
	return status
}

// clock writes a time for a table, "-" when there is none.
func clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}
