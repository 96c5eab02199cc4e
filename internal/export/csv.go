package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
)

type csvWriter struct {
	csv   *csv.Writer
	cells []string
}

func newCSV(w io.Writer, columns []Column) (*csvWriter, error) {
	c := &csvWriter{csv: csv.NewWriter(w), cells: make([]string, len(columns))}
	for i, col := range columns {
		c.cells[i] = Harmless(col.Name)
	}
	return c, c.csv.Write(c.cells)
}

func (c *csvWriter) Write(row []any) error {
	for i, v := range row {
		c.cells[i] = cell(v)
	}
	return c.csv.Write(c.cells)
}

func (c *csvWriter) Close() error {
	c.csv.Flush()
	return c.csv.Error()
}

// cell writes a value for a spreadsheet. Numbers are numbers, also negative ones.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return Harmless(v)
	case []byte:
		return Harmless(string(v))
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return Number(v)
	}
	return Harmless(fmt.Sprint(v))
}

// Number writes a number the way people do, 1234567.8 instead of 1.2345678e+06,
// unless it is very large or very small.
func Number(v float64) string {
	if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Harmless puts an apostrophe before a text that a spreadsheet would run as a
// formula. What stands before the sign does not help the text: spreadsheets skip
// blanks, and some skip what nobody sees. https://owasp.org/www-community/attacks/CSV_Injection
func Harmless(s string) string {
	rest := strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) || r == '\'' || r == '"'
	})
	if strings.ContainsRune("\t\r\n", firstRune(s)) || strings.ContainsRune("=+-@|%＝＋－＠−", firstRune(rest)) {
		return "'" + s
	}
	return s
}

// firstRune returns the first rune of a text, or a letter for none.
func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 'x'
}
