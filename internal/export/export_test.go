package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

var columns = []Column{{"n", Integer}, {"share", Real}, {"text", Text}, {"at", Time}, {"day", Day}}

func written(t *testing.T, f Format, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := New(&b, f, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	full  = []any{int64(-3), -0.25, "=HYPERLINK(\"http://x\")\n<b>", "2026-11-21T05:00:00Z", "2026-11-21"}
	empty = []any{nil, nil, nil, nil, nil}
)

func TestCSV(t *testing.T) {
	want := "n,share,text,at,day\n-3,-0.25,\"'=HYPERLINK(\"\"http://x\"\")\n<b>\",2026-11-21T05:00:00Z,2026-11-21\n,,,,\n"
	if got := string(written(t, CSV, full, empty)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestJSONL(t *testing.T) {
	want := `{"n":-3,"share":-0.25,"text":"=HYPERLINK(\"http://x\")\n<b>","at":"2026-11-21T05:00:00Z","day":"2026-11-21"}
{"n":null,"share":null,"text":null,"at":null,"day":null}
{"n":1,"share":null,"text":"b","at":null,"day":null}
`
	if got := string(written(t, JSONL, full, empty, []any{int64(1), math.NaN(), []byte("b"), nil, nil})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestParquet(t *testing.T) {
	many := [][]any{full, empty}
	for range rowGroup + 1500 { // several row groups
		many = append(many, []any{int64(7), int64(2), "x", nil, "1969-12-31"})
	}
	data := written(t, Parquet, many...)
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range f.Root().Columns() {
		names = append(names, c.Name()+" "+c.Type().String())
	}
	if got, want := strings.Join(names, "; "), "n INT(64,true); share DOUBLE; text STRING; at TIMESTAMP(isAdjustedToUTC=true,unit=MICROS); day DATE"; got != want {
		t.Errorf("columns %q, want %q", got, want)
	}
	if f.NumRows() != int64(len(many)) || len(f.RowGroups()) != 2 {
		t.Errorf("%d rows in %d groups, want %d in 2", f.NumRows(), len(f.RowGroups()), len(many))
	}
	type record struct {
		N     *int64   `parquet:"n,optional"`
		Share *float64 `parquet:"share,optional"`
		Text  *string  `parquet:"text,optional"`
		At    *int64   `parquet:"at,optional,timestamp(microsecond)"`
		Day   *int32   `parquet:"day,optional,date"`
	}
	got, err := parquet.Read[record](bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(append(got[:2:2], got[len(got)-1]))
	want := `[{"N":-3,"Share":-0.25,"Text":"=HYPERLINK(\"http://x\")\n\u003cb\u003e","At":1795237200000000,"Day":20778},{"N":null,"Share":null,"Text":null,"At":null,"Day":null},{"N":7,"Share":2,"Text":"x","At":null,"Day":-1}]`
	if string(text) != want {
		t.Errorf("read back\n%s\nwant\n%s", text, want)
	}
}

func TestParquetRefusesWhatDoesNotFit(t *testing.T) {
	w, err := New(&bytes.Buffer{}, Parquet, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{{"x", nil, nil, nil, nil}, {1.5, nil, nil, nil, nil}, {nil, nil, nil, "yesterday", nil}, {nil, nil, nil, nil, "2026-13-01"}} {
		if err := w.Write(row); err == nil || !strings.Contains(err.Error(), "column ") {
			t.Errorf("Write(%v) = %v, want the column named", row, err)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1: "1", 1234567.8: "1234567.8", -1e6: "-1000000", 1e14: "100000000000000", 1e15: "1e+15", 0.00001: "0.00001", 1e-7: "1e-07"} {
		if got := Number(v); got != want {
			t.Errorf("Number(%g) = %s, want %s", v, got, want)
		}
	}
}

func TestHarmless(t *testing.T) {
	tests := []struct {
		name, text string
		guarded    bool
	}{
		{"formula", "=1+1", true},
		{"plus", "+6281", true},
		{"minus", "-2", true},
		{"at", "@SUM(A1)", true},
		{"blank first", "  =1", true},
		{"no-break space first", "\u00a0=1", true},
		{"zero width first", "\u200b=1", true},
		{"byte order mark first", "\ufeff=1", true},
		{"line end first", "\n=1", true},
		{"quote first", "\"=1", true},
		{"full width", "＝1+1", true},
		{"old DDE", "|cmd", true},
		{"tab first", "\tx", true},
		{"a text", "barang bagus = puas", false},
		{"an arrow inside", "a -> b", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Harmless(tt.text); (got == "'"+tt.text) != tt.guarded || strings.TrimPrefix(got, "'") != tt.text {
				t.Errorf("Harmless(%q) = %q, want guarded %t", tt.text, got, tt.guarded)
			}
		})
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("=cmd|' /C calc'!A0")
	f.Add("\u202e=1")
	f.Fuzz(func(t *testing.T, text string) {
		data := written(t, CSV, []any{nil, nil, text, nil, nil})
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %d rows, %v", text, len(rows), err)
		}
		if got := strings.TrimSpace(rows[1][2]); got != "" && strings.ContainsRune("=+-@", rune(got[0])) {
			t.Errorf("%q became the formula %q", text, got)
		}
	})
}

func TestFormatOf(t *testing.T) {
	for file, want := range map[string]Format{"a.csv": CSV, "a.b.JSONL": JSONL, "x.parquet": Parquet, "a": "", "a.xlsx": ""} {
		if got, err := FormatOf(file); got != want || (err == nil) != (want != "") {
			t.Errorf("FormatOf(%q) = %q, %v; want %q", file, got, err, want)
		}
	}
}
