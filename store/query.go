package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Query runs one statement that only reads, and calls row for each row of the
// result: with int64, float64, string, []byte or nil values, valid until row
// returns. columns is called once before, also when there is no row. A statement
// that would write, to this file or to another one, is refused, and so are several,
// of which only the last would be seen: see [Statements]. When ctx ends, so does the
// statement.
func (db *DB) Query(ctx context.Context, query string, columns func([]string) error, row func([]any) error) error {
	if n := len(Statements(query)); n != 1 {
		return fmt.Errorf("%d SQL statements where one is asked for: leave out what follows the first semicolon", n)
	}
	rows, err := db.ask.QueryContext(ctx, query)
	if err != nil {
		return db.unknownName(ctx, query, queryError(ctx, err))
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	if err := columns(names); err != nil {
		return err
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return queryError(ctx, err)
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return queryError(ctx, rows.Err())
}

// setUpGuarded is [setUp] of a connection that asks before it prepares any step of a
// statement whether it only reads.
func setUpGuarded(c *sqlite3.SQLiteConn) error {
	if err := setUp(c); err != nil {
		return err
	}
	c.RegisterAuthorizer(onlyReads)
	return nil
}

// onlyReads allows what a question needs. A read-only connection alone would still
// attach another file, and create it, or change its own settings.
func onlyReads(step int, name, value, _ string) int {
	const recursive = 33 // SQLITE_RECURSIVE, which the driver leaves out
	switch step {
	case sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, recursive:
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_PRAGMA:
		if value == "" || inspects(name) {
			return sqlite3.SQLITE_OK
		}
	}
	return sqlite3.SQLITE_DENY
}

// inspects reports whether the value of a pragma is what it tells about, and not a
// setting.
func inspects(pragma string) bool {
	switch pragma {
	case "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
		"foreign_key_list", "foreign_key_check", "quick_check", "integrity_check":
		return true
	}
	return false
}

func queryError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("the query took too long and was stopped: narrow it by brand and day, or allow more with --timeout: %w", ctx.Err())
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("the query was stopped: %w", ctx.Err())
	case strings.HasPrefix(err.Error(), "not enough args"):
		return errors.New("the query has parameters, such as ? or :name: write the values into it")
	}
	if refused := (sqlite3.Error{}); errors.As(err, &refused) && refused.Code == sqlite3.ErrAuth {
		return errors.New("a query only reads: pantau label corrects a verdict, pantau erase deletes, pantau export writes a file")
	}
	return explain(err)
}

var viewName = regexp.MustCompile(`(?i)\bv_\w+`)

// unknownName adds the names that there are to the error about one that there is not.
func (db *DB) unknownName(ctx context.Context, query string, err error) error {
	table, column := strings.Contains(err.Error(), "no such table"), strings.Contains(err.Error(), "no such column")
	if !table && !column {
		return err
	}
	views, viewsErr := db.Views(ctx)
	if viewsErr != nil {
		return err
	}
	var names, about []string
	asked := strings.ToLower(strings.Join(viewName.FindAllString(query, -1), " ")) + " "
	for _, v := range views {
		names = append(names, v.Name)
		if !strings.Contains(asked, v.Name+" ") {
			continue
		}
		var columns []string
		for _, c := range v.Columns {
			columns = append(columns, c.Name)
		}
		about = append(about, v.Name+" has "+strings.Join(columns, ", "))
	}
	switch {
	case table:
		return fmt.Errorf("%w: the views are %s", err, strings.Join(names, ", "))
	case len(about) > 0:
		return fmt.Errorf("%w: %s", err, strings.Join(about, "; "))
	}
	return fmt.Errorf("%w: pantau query --views lists the views and their columns", err)
}
