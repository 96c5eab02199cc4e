package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/brand"
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

// searchTime is what a search may take.
const searchTime = 30 * time.Second

type searchFlags struct {
	databaseFlags
	store.SearchOptions
	json bool
}

func newSearch() *cobra.Command {
	var f searchFlags
	cmd := &cobra.Command{Use: "search", Long: searchHelp}
	f.add(cmd)
	cmd.Flags().StringVar(&f.Brand, "brand", "", "")
	cmd.Flags().StringVar(&f.Polarity, "polarity", "", "")
	cmd.Flags().IntVar(&f.Limit, "limit", 20, "")
	cmd.Flags().Int64Var(&f.Before, "before", 0, "")
	cmd.Flags().BoolVar(&f.json, "json", false, "")
	// A word with - is no flag: flags begin with two, and may stand between words.
	cmd.Flags().SetInterspersed(false)
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if strings.Contains(err.Error(), "shorthand") {
			return usagef("%v: -word leaves out what has this word, after a word that must be there", err)
		}
		return cmd.Parent().FlagErrorFunc()(cmd, err)
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		words, err := wordsAndFlags(cmd, args)
		if err != nil {
			return err
		}
		if cmd.Flags().Changed("help") {
			return cmd.Help()
		}
		if err := checkSearch(f.SearchOptions); err != nil {
			return err
		}
		return f.run(cmd, quoted(words))
	}
	return cmd
}

func (f *searchFlags) run(cmd *cobra.Command, query string) error {
	db, err := f.read(cmd.Context())
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(cmd.Context(), searchTime)
	defer cancel()
	found, err := db.Search(ctx, query, f.SearchOptions)
	if errors.Is(err, store.ErrEmptySearch) {
		return usagef("%v: see pantau search --help", err)
	}
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	switch {
	case f.json:
		return printJSON(out, append([]store.Found{}, found...)) // [] for none
	case len(found) == 0:
		return nothingFound(ctx, out, db, f.Brand)
	}
	return printFound(out, found)
}

// wordsAndFlags returns the words of a search, and reads the flags between them.
func wordsAndFlags(cmd *cobra.Command, args []string) (words []string, err error) {
	for len(args) > 0 {
		n := 1
		if name, ok := strings.CutPrefix(args[0], "--"); !ok {
			words = append(words, args[0])
		} else {
			if flag := cmd.Flags().Lookup(name); flag != nil && flag.NoOptDefVal == "" {
				n = min(2, len(args)) // its value follows
			}
			if err := cmd.Flags().Parse(args[:n]); err != nil {
				return nil, cmd.FlagErrorFunc()(cmd, err)
			}
		}
		args = args[n:]
	}
	return words, nil
}

// checkSearch refuses what would find nothing, whatever there is.
func checkSearch(o store.SearchOptions) error {
	var p brand.Polarity
	if err := p.UnmarshalText([]byte(o.Polarity)); err != nil && o.Polarity != "" {
		return usagef("%q is not a polarity: use negative, neutral, positive or unknown", o.Polarity)
	}
	if o.Limit < 1 {
		return usagef("--limit %d: use 1 or more", o.Limit)
	}
	if o.Before < 0 {
		return usagef("--before %d is not the number of a mention", o.Before)
	}
	return nil
}

// nothingFound says so, or that there is no such brand.
func nothingFound(ctx context.Context, out io.Writer, db *store.DB, name string) error {
	var names []string
	err := db.Query(ctx, `SELECT name FROM brands ORDER BY name`, func([]string) error { return nil }, func(row []any) error {
		names = append(names, fmt.Sprint(row[0]))
		return nil
	})
	if err != nil {
		return err
	}
	if name != "" && !slices.Contains(names, name) {
		return usagef("no mentions of a brand %q: there are %s", name, plain(strings.Join(names, ", ")))
	}
	_, err = fmt.Fprintln(out, "nothing found")
	return err
}

func printFound(out io.Writer, found []store.Found) error {
	w := bufio.NewWriter(out)
	for _, m := range found {
		stars := ""
		if m.Stars != nil {
			stars = strings.Repeat("*", *m.Stars)
		}
		fmt.Fprintf(w, "%d  %s  %s, %s  %s %s\n", m.ID, m.PublishedAt, plain(m.Brand), plain(m.Source), m.Polarity, stars)
		for _, text := range []*string{m.Title, m.Text} {
			if text != nil && *text != "" {
				fmt.Fprintf(w, "    %s\n", plain(*text))
			}
		}
	}
	return w.Flush()
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
