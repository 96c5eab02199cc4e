package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Batches go to the driver without database/sql, which allocates and converts every
// parameter anew: for thousands of rows that costs more than SQLite itself.

// values are parameters in the form of the driver.
type values []driver.NamedValue

func newValues(n int) values {
	v := make(values, n)
	for i := range v {
		v[i].Ordinal = i + 1
	}
	return v
}

// set fills in the first values: int64, float64, bool, string or nil.
func (v values) set(list ...any) {
	for i, x := range list {
		v[i].Value = x
	}
}

// chunk is how many rows one statement takes: more parameters at once cost more
// than statements.
const chunk = 50

// insertRows inserts n rows into a table, given as "name (column, …)". The first
// columns have the shared values in every row, and fill sets the others of row i.
func (tx *Tx) insertRows(into, conflict string, shared []any, n int, fill func(i int, v values)) error {
	if n == 0 {
		return nil
	}
	own := strings.Count(into, ",") + 1 - len(shared)
	row := strings.Repeat(", ?", own) // an unnumbered one follows the highest so far
	for i := len(shared); i > 0; i-- {
		row = ", ?" + strconv.Itoa(i) + row
	}
	row = "(" + row[2:] + ")"
	into = "INSERT " + into + " VALUES " + row
	many := into + strings.Repeat(", "+row, chunk-1) + conflict
	v := newValues(len(shared) + chunk*own)
	v.set(shared...)
	// Two sizes of a statement stay prepared, fifty would not.
	for i := 0; i < n; {
		query, size := many, chunk
		if n-i < chunk {
			query, size = into+conflict, 1
		}
		for k := range size {
			fill(i+k, v[len(shared)+k*own:][:own])
		}
		if err := tx.step(query, v[:len(shared)+size*own]); err != nil {
			return err
		}
		i += size
	}
	return nil
}

// step runs a statement that returns no rows.
func (tx *Tx) step(query string, v values) error {
	return tx.conn.Raw(func(c any) error {
		conn := c.(*sqlite3.SQLiteConn)
		if conn.AutoCommit() { // a canceled context has ended the transaction: what is written now would stay
			return sql.ErrTxDone
		}
		rows, err := conn.QueryContext(context.Background(), query, v)
		if err != nil {
			return err
		}
		return rows.Close()
	})
}
