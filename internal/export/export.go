// Package export writes the rows of a query to CSV, JSON Lines or Parquet.
//
// It knows nothing of the store: rows come in as int64, float64, string, []byte
// or nil, and a Writer holds at most one row group of them in memory. A Writer is
// not safe for concurrent use.
package export

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Type says what a column holds.
type Type string

// The types of columns. A Time is text such as 2026-11-21T05:00:00Z, a Day is
// text such as 2026-11-21; only Parquet has types of its own for them.
const (
	Integer Type = "integer"
	Real    Type = "real"
	Text    Type = "text"
	Time    Type = "time"
	Day     Type = "day"
)

// Column is one column of the result.
type Column struct {
	Name string
	Type Type
}

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	JSONL   Format = "jsonl"
	Parquet Format = "parquet"
)

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case CSV, JSONL, Parquet:
		return f, nil
	}
	return "", fmt.Errorf("%q is not a format: use csv, jsonl or parquet", name)
}

// FormatOf tells a format from the end of a file name.
func FormatOf(file string) (Format, error) {
	f, err := ParseFormat(strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), "."))
	if err != nil {
		return "", fmt.Errorf("%s: name it .csv, .jsonl or .parquet, or use --format", file)
	}
	return f, nil
}

// Writer writes rows. Nothing is complete before Close.
type Writer interface {
	Write(row []any) error // one value a column
	Close() error
}

// New returns a writer for a format.
func New(w io.Writer, f Format, columns []Column) (Writer, error) {
	switch f {
	case CSV:
		return newCSV(w, columns)
	case JSONL:
		return newJSONL(w, columns), nil
	case Parquet:
		return newParquet(w, columns)
	}
	return nil, fmt.Errorf("%q is not a format", f)
}
