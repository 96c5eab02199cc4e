package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// Query runs one statement that only reads, and calls row for each row of the
// result: with int64, float64, string, []byte or nil values, valid until row
// returns. columns is called once before, also when there is no row. A statement
// that would write, to this file or to another one, is refused; when ctx ends, so
// does the statement.
func (db *DB) Query(ctx context.Context, query string, columns func([]string) error, row func([]any) error) error {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return queryError(ctx, err)
	}
	defer conn.Close()
	if err := authorize(conn, onlyReads); err != nil {
		return err
	}
	defer func() { _ = authorize(conn, nil) }()
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return queryError(ctx, err)
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

// authorize makes a connection ask before it prepares any step of a statement; with
// nil, it asks no more.
func authorize(conn *sql.Conn, allowed func(step int, name, value, database string) int) error {
	return conn.Raw(func(c any) error {
		c.(*sqlite3.SQLiteConn).RegisterAuthorizer(allowed)
		return nil
	})
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
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the query took too long and was stopped: narrow it by brand and day, or allow more with --timeout: %w", ctx.Err())
	}
	if refused := (sqlite3.Error{}); errors.As(err, &refused) && refused.Code == sqlite3.ErrAuth {
		return errors.New("a query only reads: pantau label corrects a verdict, pantau erase deletes, pantau export writes a file")
	}
	return explain(err)
}
