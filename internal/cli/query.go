package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"pantau/config"
	"pantau/internal/export"
	"pantau/sentiment"
	"pantau/store"
)

const queryHelp = `
Usage:
    pantau query "SQL" [--csv | --json] [--timeout 30s]
    pantau query --views [--json]

Runs one SQL statement that only reads, while pantau run may write. --views
lists the views and what their columns mean; docs/queries.md has twenty
questions with their answers.

    --csv, --json     the whole result for a program; the table shows the first
                      500 rows and shortens long texts
    --timeout         after which the statement is stopped (default: 30s)
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

Example:
    $ pantau query "SELECT day, mentions, negatives FROM v_daily LIMIT 7"`

// databaseFlags say where the database is.
type databaseFlags struct{ config, database string }

func (f *databaseFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "config.toml", "")
	cmd.Flags().StringVar(&f.database, "database", "", "")
}

// locate returns the file and the zone of its days.
func (f *databaseFlags) locate() (path string, zone *time.Location, err error) {
	if f.database != "" {
		return f.database, time.FixedZone("WIB", 7*3600), nil
	}
	cfg, err := config.Load(f.config, os.Getenv, nil)
	if err != nil {
		return "", nil, err
	}
	return cfg.Database, cfg.Zone, nil
}

// scorer returns the scorer that the daemon of this database uses.
func (f *databaseFlags) scorer() (*sentiment.Analyzer, error) {
	if f.database != "" {
		return sentiment.Default()
	}
	cfg, err := config.Load(f.config, os.Getenv, nil)
	if err != nil {
		return nil, err
	}
	return newScorer(cfg)
}

// read opens the database for queries.
func (f *databaseFlags) read(ctx context.Context) (*store.DB, error) {
	path, zone, err := f.locate()
	if err != nil {
		return nil, err
	}
	return store.OpenReadOnly(ctx, path, zone)
}

// write opens the database for changes, beside a daemon that may be running.
func (f *databaseFlags) write(ctx context.Context) (*store.DB, error) {
	path, zone, err := f.locate()
	if err != nil {
		return nil, err
	}
	return store.OpenExisting(ctx, path, zone)
}

func newQuery() *cobra.Command {
	var f databaseFlags
	var asCSV, asJSON, views bool
	var timeout time.Duration
	cmd := &cobra.Command{Use: "query", Long: queryHelp}
	f.add(cmd)
	cmd.Flags().BoolVar(&asCSV, "csv", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&views, "views", false, "")
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		asked := len(args) == 1 && strings.TrimSpace(args[0]) != ""
		if !asked && !(views && len(args) == 0) || asCSV && asJSON {
			return usagef("query takes one SQL statement, or --views: see pantau query --help")
		}
		db, err := f.read(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		out := cmd.OutOrStdout()
		if views {
			return printViews(cmd.Context(), out, db, asJSON)
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
		defer cancel()
		if !asCSV && !asJSON {
			return printTable(ctx, out, db, args[0])
		}
		return writeRows(ctx, out, db, args[0], map[bool]export.Format{true: export.CSV, false: export.JSONL}[asCSV])
	}
	return cmd
}

// writeRows writes a result for a program: CSV with a header, or one JSON object
// a line.
func writeRows(ctx context.Context, out io.Writer, db *store.DB, query string, format export.Format) error {
	var w export.Writer
	err := db.Query(ctx, query, func(names []string) (err error) {
		columns := make([]export.Column, len(names))
		for i, n := range names {
			columns[i].Name = n
		}
		w, err = export.New(out, format, columns)
		return err
	}, func(row []any) error { return w.Write(row) })
	if err != nil {
		return err
	}
	return w.Close()
}

const (
	tableRows = 500
	cellWidth = 60
)

// printTable prints the first rows of a result for people.
func printTable(ctx context.Context, out io.Writer, db *store.DB, query string) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	n := 0
	err := db.Query(ctx, query, func(names []string) error {
		for _, name := range names {
			fmt.Fprint(t, plain(name), "\t")
		}
		fmt.Fprintln(t)
		return nil
	}, func(row []any) error {
		if n++; n > tableRows {
			return nil
		}
		for _, v := range row {
			fmt.Fprint(t, tableCell(v), "\t")
		}
		fmt.Fprintln(t)
		return nil
	})
	if err != nil {
		return err
	}
	if err := t.Flush(); err != nil || n <= tableRows {
		return err
	}
	_, err = fmt.Fprintf(out, "… and %d more rows: use --csv or --json to get them all\n", n-tableRows)
	return err
}

func tableCell(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case []byte:
		return shorten(plain(string(v)))
	case string:
		return shorten(plain(v))
	}
	return fmt.Sprint(v)
}

// plain makes a text of strangers safe for a terminal and for one line: control
// characters could move the cursor, and marks of direction the words.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

func shorten(s string) string {
	if runes := []rune(s); len(runes) > cellWidth {
		return string(runes[:cellWidth-1]) + "…"
	}
	return s
}

func printViews(ctx context.Context, out io.Writer, db *store.DB, asJSON bool) error {
	views, err := db.Views(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(out, views)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, v := range views {
		if i > 0 {
			fmt.Fprintln(t)
		}
		fmt.Fprintf(t, "%s: %s\n", v.Name, v.Doc)
		for _, c := range v.Columns {
			fmt.Fprintf(t, "    %s\t%s\t%s\n", c.Name, c.Type, c.Doc)
		}
	}
	return t.Flush()
}
