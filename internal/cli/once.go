package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pantau/daemon"
)

const onceHelp = `
Usage:
    pantau once [--config FILE] [--json]    one round of every source, then exit

Collects, scores, stores, decides and delivers like one turn of pantau run, and
prints what each source gave. What is already stored is not added again. The
exit status is 1 when a source failed. Sources of the kind webhook are left out:
only pantau run listens for them.

Example:
    $ pantau once`

// sourceRound is one line of the report of pantau once.
type sourceRound struct {
	Source    string `json:"source"`
	Brand     string `json:"brand"`
	Status    string `json:"status"`
	Reason    string `json:"reason,omitempty"`
	Fetched   int    `json:"fetched"`
	Added     int    `json:"added"`
	Edited    int    `json:"edited"`
	Rejected  int    `json:"rejected"`
	Unmatched int    `json:"unmatched"`
}

func newOnce() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "once", Long: onceHelp, Args: exactly(0, "no arguments")}
	path := configFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		log := newLog(cmd.ErrOrStderr())
		out := cmd.OutOrStdout()
		cfg, sources, err := load(*path)
		if err != nil {
			return err
		}
		people := out
		if asJSON {
			people = cmd.ErrOrStderr() // a program reads standard output
		}
		s, err := start(cmd.Context(), cfg, sources, people, log)
		if err != nil {
			return err
		}
		rounds, err := once(cmd, s, log)
		if err = errors.Join(err, s.close(err)); err != nil {
			return err
		}
		if asJSON {
			err = printJSON(out, rounds)
		} else {
			err = printRounds(out, rounds)
		}
		return errors.Join(err, anyFailed(rounds))
	}
	return cmd
}

// once runs one turn and returns what each source gave, in the order of the
// configuration.
func once(cmd *cobra.Command, s *station, log *slog.Logger) ([]sourceRound, error) {
	var mu sync.Mutex
	done := map[string]daemon.Round{}
	rejects := report(log)
	d := &daemon.Daemon{Log: slog.New(slog.DiscardHandler), Tell: func(string) {}, Report: func(src daemon.Source, r daemon.Round) {
		rejects(src, r)
		mu.Lock()
		defer mu.Unlock()
		done[src.Name] = r
	}}
	err := d.Once(cmd.Context(), s.program)
	var rounds []sourceRound
	for _, src := range s.program.Sources {
		if r, ok := done[src.Name]; ok {
			rounds = append(rounds, sourceRound{src.Name, src.Brand, r.Status, r.Reason, r.Fetched, r.Added, r.Edited, r.Rejected, r.Unmatched})
		}
	}
	return rounds, err
}

func printRounds(w io.Writer, rounds []sourceRound) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SOURCE\tBRAND\tSTATUS\tFETCHED\tNEW\tEDITED\tREJECTED\t")
	for _, r := range rounds {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\n", r.Source, r.Brand, r.Status, r.Fetched, r.Added, r.Edited, r.Rejected, r.Reason)
	}
	return t.Flush()
}

func anyFailed(rounds []sourceRound) error {
	var errs []error
	for _, r := range rounds {
		if r.Status == "failed" || r.Status == "blocked" {
			errs = append(errs, fmt.Errorf("source %s: %s: %s", r.Source, r.Status, r.Reason))
		}
	}
	return errors.Join(errs...)
}
