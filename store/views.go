package store

import (
	"context"
	"regexp"
	"strings"
)

// View is one of the views that analysts rely on.
type View struct {
	Name    string   `json:"name"`
	Doc     string   `json:"doc"`
	Columns []Column `json:"columns"`
}

// Column is one column of a view.
type Column struct {
	Name string     `json:"name"`
	Type ColumnType `json:"type"`
	Doc  string     `json:"doc"`
}

// ColumnType says what a column of a view holds.
type ColumnType string

// The types of columns.
const (
	Integer ColumnType = "integer"
	Real    ColumnType = "real"
	Text    ColumnType = "text"
	Time    ColumnType = "time" // UTC text such as 2026-11-21T05:00:00Z
	Day     ColumnType = "day"  // local date such as 2026-11-21
)

var (
	viewComment   = regexp.MustCompile(`^CREATE VIEW (\w+) AS -- (.*)$`)
	columnComment = regexp.MustCompile(` AS (\w+),? -- (\w+): (.*)$`)
)

// Views returns the data dictionary: the views with their columns, as the
// comments in the schema of the file describe them.
func (db *DB) Views(ctx context.Context) (list []View, _ error) {
	rows, err := db.read.QueryContext(ctx, `SELECT sql FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v\_%' ESCAPE '\' ORDER BY rowid`)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var sql string
		if err := rows.Scan(&sql); err != nil {
			return nil, err
		}
		list = append(list, parseView(sql))
	}
	return list, rows.Err()
}

func parseView(sql string) (v View) {
	for line := range strings.Lines(sql) {
		line = strings.TrimRight(line, "\n")
		if m := viewComment.FindStringSubmatch(line); m != nil {
			v.Name, v.Doc = m[1], m[2]
		} else if m := columnComment.FindStringSubmatch(line); m != nil {
			v.Columns = append(v.Columns, Column{m[1], ColumnType(m[2]), m[3]})
		}
	}
	return v
}
