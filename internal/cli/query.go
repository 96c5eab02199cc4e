package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pantau/config"
	"pantau/internal/export"
	"pantau/sentiment"
	"pantau/store"
)

const queryHelp = `
Usage:
    pantau query "SQL" [--csv | --json] [--timeout 30s]
    pantau query - < FILE.sql
    pantau query --views [--json]

Runs SQL statements that only read, while pantau run may write, and prints a
table for each. --views lists the views and what their columns mean;
docs/queries.md has questions with their answers.

    --csv, --json     the whole result for a program, of one statement; a table
                      shows the first 500 rows and shortens long texts
    --timeout         after which the statement is stopped (default: 30s)
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

Example:
    $ pantau query "SELECT day, sum(negatives) FROM v_daily GROUP BY day"`

// databaseFlags say where the database is.
type databaseFlags struct{ config, database string }

func (f *databaseFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "config.toml", "")
	cmd.Flags().StringVar(&f.database, "database", "", "")
}

// locate returns the file and the zone of its days.
func (f *databaseFlags) locate(ctx context.Context) (path string, zone *time.Location, err error) {
	if f.database != "" {
		zone, err = zoneOf(ctx, f.database)
		return f.database, zone, err
	}
	if _, err := os.Stat(f.config); errors.Is(err, fs.ErrNotExist) {
		return "", nil, usagef("%s: no such file: name the database with --database, or the configuration with --config", f.config)
	}
	cfg, err := config.LoadWithoutSecrets(f.config, os.Getenv)
	if err != nil {
		return "", nil, err
	}
	return cfg.Database, cfg.Zone, nil
}

// zoneOf returns the zone of the days in a database, which to open it with another
// one would move, and WIB where there is none yet.
func zoneOf(ctx context.Context, path string) (*time.Location, error) {
	name := store.Zone(ctx, path)
	if name == "" {
		name = "WIB"
	}
	zone, err := config.Zone(name)
	if err != nil {
		return nil, fmt.Errorf("%s: the zone of its days: %w", path, err)
	}
	return zone, nil
}

// scorer returns the scorer that the daemon of this database uses.
func (f *databaseFlags) scorer() (*sentiment.Analyzer, error) {
	if f.database != "" {
		return sentiment.Default()
	}
	cfg, err := config.LoadWithoutSecrets(f.config, os.Getenv)
	if err != nil {
		return nil, err
	}
	return newScorer(cfg)
}

// read opens the database for queries.
func (f *databaseFlags) read(ctx context.Context) (*store.DB, error) {
	path, zone, err := f.locate(ctx)
	if err != nil {
		return nil, err
	}
	return store.OpenReadOnly(ctx, path, zone)
}

// write opens the database for changes, beside a daemon that may be running.
func (f *databaseFlags) write(ctx context.Context) (*store.DB, error) {
	path, zone, err := f.locate(ctx)
	if err != nil {
		return nil, err
	}
	return store.OpenExisting(ctx, path, zone)
}

type queryFlags struct {
	databaseFlags
	csv, json, views bool
	timeout          time.Duration
}

func newQuery() *cobra.Command {
	var f queryFlags
	cmd := &cobra.Command{Use: "query", Long: queryHelp}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.csv, "csv", false, "")
	cmd.Flags().BoolVar(&f.json, "json", false, "")
	cmd.Flags().BoolVar(&f.views, "views", false, "")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 30*time.Second, "")
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if strings.Contains(err.Error(), "unknown flag: -- ") || strings.Contains(err.Error(), "\n") {
			return usagef("SQL that begins with a comment looks like a flag: write pantau query -- \"SQL\"")
		}
		return cmd.Parent().FlagErrorFunc()(cmd, err)
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		statements, err := f.statements(cmd.InOrStdin(), args)
		if err != nil {
			return err
		}
		db, err := f.read(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		return f.print(cmd.Context(), cmd.OutOrStdout(), db, statements)
	}
	return cmd
}

// statements returns the SQL statements of the command line, or of in for "-".
func (f queryFlags) statements(in io.Reader, args []string) (list []string, err error) {
	if len(args) > 1 {
		return nil, usagef("query takes SQL in one argument, and there are %d: put it into quotes", len(args))
	}
	for _, sql := range args {
		if strings.HasPrefix(strings.TrimSpace(sql), ".") {
			return nil, usagef("%s is a command of sqlite3, not SQL: pantau query --views lists the views and their columns", strings.TrimSpace(sql))
		}
		if sql == "-" {
			all, err := io.ReadAll(in)
			if err != nil {
				return nil, err
			}
			sql = string(all)
		}
		list = store.Statements(sql)
	}
	switch n := len(list); {
	case n == 0 && !f.views, n > 0 && f.views, f.csv && f.json:
		return nil, usagef("query takes one SQL statement or several, or --views: see pantau query --help")
	case f.timeout <= 0:
		return nil, usagef("--timeout %s leaves no time: use a span such as 2m", f.timeout)
	case n > 1 && (f.csv || f.json):
		return nil, usagef("--csv and --json write the result of one statement, and there are %d: ask them one by one", n)
	}
	return list, nil
}

func (f queryFlags) print(ctx context.Context, out io.Writer, db *store.DB, statements []string) error {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	switch {
	case f.views:
		return printViews(ctx, out, db, f.json)
	case f.csv:
		return writeRows(ctx, out, db, statements[0], export.CSV)
	case f.json:
		return writeRows(ctx, out, db, statements[0], export.JSONL)
	}
	return printTables(ctx, out, db, statements)
}

// writeRows writes a result for a program: CSV with a header, or one JSON object
// a line.
func writeRows(ctx context.Context, out io.Writer, db *store.DB, query string, format export.Format) error {
	var w export.Writer
	err := db.Query(ctx, query, func(names []string) (err error) {
		columns, seen := make([]export.Column, len(names)), map[string]bool{}
		for i, n := range names {
			if seen[n] && format == export.JSONL {
				return usagef("two columns are called %q, of which a program would read one: call one otherwise with AS", n)
			}
			columns[i].Name, seen[n] = n, true
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

// printTables prints the results of statements one below the other.
func printTables(ctx context.Context, out io.Writer, db *store.DB, statements []string) error {
	for i, query := range statements {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := printTable(ctx, out, db, query); err != nil {
			if len(statements) > 1 {
				err = fmt.Errorf("statement %d: %w", i+1, err)
			}
			return err
		}
	}
	return nil
}

// errFull ends a query whose further rows nobody sees.
var errFull = errors.New("the table is full")

// printTable prints the first rows of a result for people.
func printTable(ctx context.Context, out io.Writer, db *store.DB, query string) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	n := 0
	err := db.Query(ctx, query, func(names []string) error {
		for i, name := range names {
			names[i] = plain(name)
		}
		fmt.Fprintln(t, strings.Join(names, "\t"))
		return nil
	}, func(row []any) error {
		if n++; n > tableRows {
			return errFull
		}
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = tableCell(v)
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return err
	}
	if err := t.Flush(); err != nil || n <= tableRows {
		return err
	}
	_, err = fmt.Fprintf(out, "… and more than these %d rows: --csv or --json gives all of them\n", tableRows)
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
	case float64:
		return export.Number(v)
	}
	return fmt.Sprint(v)
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
