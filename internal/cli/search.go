package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/store"
)

const searchHelp = `
Usage:
    pantau search WORD... [--brand NAME] [--polarity P] [--limit N] [--json]

Finds the mentions with all the words, those that were stored last first. Forms
of a word and usual slang are the same word: "kirim" finds "pengirimannya", and
"tidak" finds "gak". Of a run that still goes on some may be missing.

    "two words"       in this order
    -word             without this word
    word*             any word that begins like this
    --polarity P      negative, neutral, positive or unknown
    --limit N         at most so many (default: 20)
    --before ID       only mentions with a smaller number: the next page
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

Example:
    $ pantau search paket "belum sampai" --polarity negative`

func newSearch() *cobra.Command {
	var f databaseFlags
	var o store.SearchOptions
	var asJSON bool
	cmd := &cobra.Command{Use: "search", Long: searchHelp}
	f.add(cmd)
	cmd.Flags().StringVar(&o.Brand, "brand", "", "")
	cmd.Flags().StringVar(&o.Polarity, "polarity", "", "")
	cmd.Flags().IntVar(&o.Limit, "limit", 20, "")
	cmd.Flags().Int64Var(&o.Before, "before", 0, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		db, err := f.read(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		ctx, cancel := context.WithTimeout(cmd.Context(), 30*time.Second)
		defer cancel()
		found, err := db.Search(ctx, quoted(args), o)
		if errors.Is(err, store.ErrEmptySearch) {
			return usagef("%v: see pantau search --help", err)
		}
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		if asJSON {
			if found == nil {
				found = []store.Found{}
			}
			return printJSON(out, found)
		}
		if len(found) == 0 {
			_, err := fmt.Fprintln(out, "nothing found")
			return err
		}
		for _, m := range found {
			stars := ""
			if m.Stars != nil {
				stars = strings.Repeat("*", *m.Stars)
			}
			fmt.Fprintf(out, "%d  %s  %s, %s  %s %s\n", m.ID, m.PublishedAt, plain(m.Brand), plain(m.Source), m.Polarity, stars)
			for _, text := range []*string{m.Title, m.Text} {
				if text != nil && *text != "" {
					fmt.Fprintf(out, "    %s\n", plain(*text))
				}
			}
		}
		return nil
	}
	return cmd
}

// quoted makes one query of arguments: the shell took the quotes of a phrase.
func quoted(args []string) string {
	parts := make([]string, len(args))
	for i, a := range args {
		if strings.ContainsAny(a, " \t") && !strings.Contains(a, `"`) && len(args) > 1 {
			a = `"` + a + `"`
		}
		parts[i] = a
	}
	return strings.Join(parts, " ")
}
