package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"pantau/internal/export"
	"pantau/store"
)

const exportHelp = `
Usage:
    pantau export VIEW FILE [--where CONDITION] [--format FORMAT]

Writes a view to FILE, or to standard output when FILE is -. The end of its name
says how: .csv, .jsonl or .parquet. An older FILE is replaced only when the new
one is complete. Texts that a spreadsheet would run as a formula begin with an
apostrophe in CSV.

    --where COND      rows to write, as in SQL
    --format FORMAT   csv, jsonl or parquet, whatever the name says
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

The views and their columns: pantau query --views.

Example:
    $ pantau export v_daily daily.csv --where "day >= '2026-11-01'"`

func newExport() *cobra.Command {
	var f databaseFlags
	var where, format string
	cmd := &cobra.Command{Use: "export", Long: exportHelp, Args: exactly(2, "a view and a file")}
	f.add(cmd)
	cmd.Flags().StringVar(&where, "where", "", "")
	cmd.Flags().StringVar(&format, "format", "", "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		db, err := f.read(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		view, err := viewNamed(cmd.Context(), db, args[0])
		if err != nil {
			return err
		}
		kind, err := formatOf(args[1], format)
		if err != nil {
			return usageError{err}
		}
		query := "SELECT * FROM " + view.Name
		if where != "" {
			query += " WHERE " + where
		}
		if args[1] == "-" {
			_, err := exportView(cmd.Context(), cmd.OutOrStdout(), db, view, query, kind)
			return err
		}
		var n int
		if err := replaceFile(args[1], func(out io.Writer) (err error) {
			n, err = exportView(cmd.Context(), out, db, view, query, kind)
			return err
		}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d rows\n", args[1], n)
		return err
	}
	return cmd
}

func formatOf(file, format string) (export.Format, error) {
	switch {
	case format != "":
		return export.ParseFormat(format)
	case file == "-":
		return export.CSV, nil
	}
	return export.FormatOf(file)
}

func viewNamed(ctx context.Context, db *store.DB, name string) (store.View, error) {
	views, err := db.Views(ctx)
	if err != nil {
		return store.View{}, err
	}
	var names []string
	for _, v := range views {
		if strings.EqualFold(v.Name, name) {
			return v, nil
		}
		names = append(names, v.Name)
	}
	return store.View{}, usagef("%q is not a view: use one of %s", name, strings.Join(names, ", "))
}

// replaceFile writes a new file, which takes the place of the old one when it is
// complete. What is no file, such as /dev/stdout or a pipe, is written to.
func replaceFile(name string, write func(io.Writer) error) error {
	info, err := os.Stat(name)
	switch {
	case err != nil || info.Mode().IsRegular():
	case info.IsDir():
		return usagef("%s is a directory: name a file in it", name)
	default:
		out, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(out), out.Close())
	}
	part, err := os.OpenFile(name+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // it holds what people wrote
	if err != nil {
		return err
	}
	if err = errors.Join(write(part), part.Close()); err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}

func exportView(ctx context.Context, out io.Writer, db *store.DB, view store.View, query string, format export.Format) (n int, err error) {
	columns := make([]export.Column, len(view.Columns))
	for i, c := range view.Columns {
		columns[i] = export.Column{Name: c.Name, Type: export.Type(c.Type)}
	}
	w, err := export.New(out, format, columns)
	if err != nil {
		return 0, err
	}
	err = db.Query(ctx, query, func([]string) error { return nil }, func(row []any) error {
		n++
		return w.Write(row)
	})
	if err != nil {
		return n, err
	}
	return n, w.Close()
}
