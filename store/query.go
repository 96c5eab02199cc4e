package store

import (
	"context"
	"errors"
	"fmt"
)

// Query runs one statement that only reads, and calls row for each row of the
// result: with int64, float64, string, []byte or nil values, valid until row
// returns. columns is called once before, also when there is no row. A statement
// that would write is refused; when ctx ends, so does the statement.
func (db *DB) Query(ctx context.Context, query string, columns func([]string) error, row func([]any) error) error {
	rows, err := db.read.QueryContext(ctx, query)
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

func queryError(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the query took too long and was stopped: narrow it by brand and day, or allow more with --timeout: %w", ctx.Err())
	}
	return explain(err)
}
