package collectors

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"pantau/brand"
)

// readFile reads one file and returns the texts and the report.
func readFile(t testing.TB, name string, data []byte, opts FileOptions) (texts []string, report Report) {
	t.Helper()
	opts.Path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(opts.Path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	report, err := File(opts).Collect(context.Background(), Request{Now: testNow}, func(m brand.Mention) error {
		texts = append(texts, m.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts, report
}

func packed(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// utf16LE encodes as spreadsheets and the Play Console do.
func utf16LE(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func TestFileForms(t *testing.T) {
	const rows = "id,time,stars,text\n1,2026-11-20 08:00:00,5,satu\n2,2026-11-20 09:00:00,1,dua\n"
	tests := []struct {
		name, file string
		data       []byte
		opts       FileOptions
		want       string
	}{
		{"CSV", "a.csv", []byte(rows), FileOptions{}, "satu|dua"},
		{"no line break at the end", "a.csv", []byte(strings.TrimSuffix(rows, "\n")), FileOptions{}, "satu|dua"},
		{"CRLF", "a.csv", []byte(strings.ReplaceAll(rows, "\n", "\r\n")), FileOptions{}, "satu|dua"},
		{"a byte order mark", "a.csv", []byte("\xef\xbb\xbf" + rows), FileOptions{}, "satu|dua"},
		{"UTF-16 with a mark", "a.csv", utf16LE(rows), FileOptions{}, "satu|dua"},
		{"Windows-1252", "a.csv", []byte("time,text\n2026-11-20 08:00:00,caf\xe9 \x93enak\x94\n2026-11-20 09:00:00,na\xefve\n"), FileOptions{}, "café “enak”|naïve"},
		{"Windows-1252 that shows late", "a.csv", []byte("time,text\n" + strings.Repeat("\n", 200_000) + "2026-11-20 08:00:00,caf\xe9\n"), FileOptions{}, "café"},
		{"UTF-16 without a mark", "a.csv", utf16LE(rows)[2:], FileOptions{}, "satu|dua"},
		{"gzip under any name", "a.csv", packed(t, rows), FileOptions{}, "satu|dua"},
		{"semicolons", "a.csv", []byte(strings.ReplaceAll(rows, ",", ";")), FileOptions{}, "satu|dua"},
		{"TSV", "a.tsv", []byte(strings.ReplaceAll(rows, ",", "\t")), FileOptions{}, "satu|dua"},
		{"a given delimiter", "a.csv", []byte(strings.ReplaceAll(rows, ",", "^")), FileOptions{Delimiter: "^"}, "satu|dua"},
		{"quoted delimiters, quotes and line breaks", "a.csv", []byte("time,text\n2026-11-20,\"a, \"\"b\"\"\nc\"\n"), FileOptions{}, "a, \"b\"\nc"},
		{"a quote inside an unquoted field", "a.csv", []byte("time,text\n2026-11-20,layar 6\" pecah\n"), FileOptions{}, `layar 6" pecah`},
		{"a map", "a.csv", []byte("kapan,apa\n2026-11-20,satu\n"), FileOptions{Map: map[string]string{"time": "Kapan", "text": "apa"}}, "satu"},
		{"JSON lines", "a.jsonl", []byte("{\"time\":\"2026-11-20\",\"text\":\"satu\"}\n\n{\"time\":1763600000,\"text\":\"dua\"}"), FileOptions{}, "satu|dua"},
		{"a JSON array", "a.json", []byte(`[{"at":"2026-11-20","content":"satu"},{"at":"2026-11-20","content":"dua"}]`), FileOptions{}, "satu|dua"},
		{"an array inside an object", "a.json", []byte(`{"total":2,"reviews":[{"at":"2026-11-20","content":"satu"}]}`), FileOptions{}, "satu"},
		{"a map into objects", "a.jsonl", []byte(`{"meta":{"at":"2026-11-20"},"text":"satu"}`), FileOptions{Map: map[string]string{"time": "meta.at"}}, "satu"},
		{"the form is found without a name", "export", []byte(`[{"at":"2026-11-20","content":"satu"}]`), FileOptions{}, "satu"},
		{"UTF-8 that is cut in one place is repaired", "a.csv", []byte("time,text\n2026-11-20 08:00:00,caf\xe9 😡\n"), FileOptions{}, "caf\ufffd 😡"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			texts, report := readFile(t, tt.file, tt.data, tt.opts)
			if got := strings.Join(texts, "|"); got != tt.want || report.Status != Fresh || report.RejectedCount > 0 {
				t.Errorf("read %q, %s %s, rejected %v; want %q", got, report.Status, report.Reason, report.Rejected, tt.want)
			}
		})
	}
}

// TestFileMistakes checks what people read when a file is wrong, and that the
// rows that can be kept are kept.
func TestFileMistakes(t *testing.T) {
	const head = "id,time,stars,text\n"
	const good = "9,2026-11-20,5,baik\n"
	tests := []struct {
		name, file, data string
		kept             int
		want             string // in the reason or in the only rejected row
	}{
		{"no time", "a.csv", head + "1,,5,satu\n" + good, 1, "a.csv:2: no time; add one"},
		{"a strange time", "a.csv", head + "1,kapan-kapan,5,satu\n" + good, 1, `a.csv:2: time "kapan-kapan" is not a date; write it like`},
		{"a time in the year 9999", "a.csv", head + "1,9999-12-31,5,satu\n" + good, 1, "is not a date"},
		{"no text", "a.csv", head + "1,2026-11-20,5,\n" + good, 1, "a.csv:2: no text"},
		{"a short row", "a.csv", head + "1,2026-11-20\n" + good, 1, "a.csv:2: no text"},
		{"stars that are no number", "a.csv", head + "1,2026-11-20,banyak,satu\n" + good, 2, `a.csv:2: kept without stars: "banyak" is not a number`},
		{"stars out of range", "a.csv", head + "1,2026-11-20,9,satu\n" + good, 2, `kept without stars: "9"`},
		{"an open quote at the end", "a.csv", head + good + "1,2026-11-20,5,\"satu", 1, "a.csv:3: a quoted field is not closed"},
		{"an open quote swallows no rows", "a.csv", head + "1,2026-11-20,5,\"satu\n" + good + good, 2, "a.csv:2: a quoted field is not closed"},
		{"a field of 10 MB", "a.csv", head + "1,2026-11-20,5," + strings.Repeat("x", 10<<20) + "\n" + good, 1, "a.csv:2: a field is longer than 1 MiB"},
		{"a quoted field of 10 MB", "a.csv", head + "1,2026-11-20,5,\"" + strings.Repeat("x\n", 5<<20) + "\"\n" + good, 1, "a.csv:2: a field is longer than 1 MiB"},
		{"a row of delimiters", "a.csv", head + strings.Repeat(",", 10<<20) + "\n" + good, 1, "a.csv:2: the row has more than 256 columns"},
		{"no such column", "a.csv", "a,b\n1,2\n", 0, `a.csv:1: no column for the time; there are: "a, b"; name yours with map.time`},
		{"an empty file", "a.csv", " \n", 0, "a.csv: the file is empty"},
		{"a broken line of JSON", "a.jsonl", "{\"time\":\"2026-11-20\",\n{\"time\":\"2026-11-20\",\"text\":\"baik\"}", 1, "a.jsonl:1: not a JSON object"},
		{"a line of JSON of 10 MB", "a.jsonl", strings.Repeat("x", 10<<20) + "\n{\"time\":\"2026-11-20\",\"text\":\"baik\"}", 1, "a.jsonl:1: the line is longer than 4 MiB"},
		{"a JSON array that is cut off", "a.json", `[{"time":"2026-11-20","text":"baik"},{"time":"2026`, 1, "a.json[1]: not JSON: unexpected EOF"},
		{"an element of 10 MB", "a.json", `[{"time":"2026-11-20","text":"baik"},{"text":"` + strings.Repeat("x", 10<<20) + `"}]`, 1, "an element is longer than 4 MiB"},
		{"JSON that is not", "a.json", "halo", 0, "a.json: not JSON"},
		{"a web page", "a.xls", "<html><table>", 0, "a.xls: a web page, which some programs export as .xls: open it in a spreadsheet and save it as CSV UTF-8"},
		{"a spreadsheet", "a.xlsx", "PK\x03\x04\x14\x00\x06", 0, "a.xlsx: a zip archive, as .xlsx is one: open it in a spreadsheet and save it as CSV UTF-8"},
		{"an old spreadsheet", "a.csv", "\xd0\xcf\x11\xe0\xa1\xb1", 0, "a.csv: an old Excel file: open it in a spreadsheet"},
		{"a Parquet file", "a.parquet", "PAR1\x15\x04", 0, "a.parquet: a Parquet file: export it as CSV or JSON lines"},
		{"a picture", "a.csv", "\x89PNG\r\x1a\x00\x00IHDR", 0, "a.csv: not a text file: export it as CSV or JSON lines"},
		{"an array of numbers", "a.json", `[1]`, 0, "a.json[0]: not a JSON object"},
		{"a broken gzip", "a.csv.gz", "\x1f\x8bxx", 0, "a.csv.gz: "},
		{"a gzip of which only the head came", "a.csv.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 0, "a.csv.gz: unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			texts, report := readFile(t, tt.file, []byte(tt.data), FileOptions{})
			runtime.ReadMemStats(&after)
			said := report.Reason
			if len(report.Rejected) > 0 {
				said += report.Rejected[0].String()
			}
			if len(report.Warnings) > 0 {
				said += report.Warnings[0].String()
			}
			if len(texts) != tt.kept || !strings.Contains(said, tt.want) || strings.Contains(said, "\n") {
				t.Errorf("kept %d, said %.300q; want %d and one line with %q", len(texts), said, tt.kept, tt.want)
			}
			if report.Fetched != len(texts)+report.RejectedCount {
				t.Errorf("fetched %d, but kept %d and rejected %d", report.Fetched, len(texts), report.RejectedCount)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 64 {
				t.Errorf("%d MiB allocated", used)
			}
		})
	}
}

// TestSurvey reads answers from 0 to 10: they are no mentions and no stars.
func TestSurvey(t *testing.T) {
	tests := []struct {
		name, file, data, nps string
		want                  string // scores and rejected rows
		ids                   int    // different ones
	}{
		{"CSV", "a.csv", "id,Tanggal,Skor,Komentar\n1,2026-11-20,10,bagus\n2,2026-11-20,0,jelek sekali\n", "Skor", "[10 0]", 2},
		{"forms of a number", "a.csv", "id,time,skor\n1,2026-11-20,9.0\n2,2026-11-20,\"8,0\"\n3,2026-11-20, 7/10 \n", "skor", "[9 8 7]", 3},
		{"no score, and what is none", "a.csv", "id,time,skor\n1,2026-11-20,\n2,2026-11-20,11\n3,2026-11-20,-1\n4,2026-11-20,7.5\n5,2026-11-20,4/5\n6,2026-11-20,5\n", "skor",
			`[5] a.csv:2: skor "" is not a whole number from 0 to 10`, 1},
		{"no time", "a.csv", "id,time,skor\n1,,5\n", "skor", "[] no row could be kept; the first: a.csv:2: no time", 0},
		{"without ids, the row is its identity", "a.csv", "time,nama,skor\n2026-11-20,Rina,5\n2026-11-20,Budi,5\n2026-11-20,Budi,5\n", "skor", "[5 5 5]", 2},
		{"JSON lines", "a.jsonl", `{"at":"2026-11-20","answers":{"nps":9},"text":"oke"}`, "answers.nps", "[9]", 1},
		{"no such column", "a.csv", "time,skor\n2026-11-20,5\n", "nps", "[] a.csv:1: no column \"nps\"; there are: \"time, skor\"; correct nps", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(path, []byte(tt.data), 0o644); err != nil {
				t.Fatal(err)
			}
			scores, ids := []int{}, map[string]bool{}
			report, err := File(FileOptions{Path: path, NPS: tt.nps}).Collect(t.Context(), Request{Now: testNow, Answer: func(a brand.Answer) error {
				scores = append(scores, a.Score)
				ids[a.ExternalID] = true
				return nil
			}}, func(m brand.Mention) error { t.Errorf("a mention: %+v", m); return nil })
			if err != nil {
				t.Fatal(err)
			}
			said := fmt.Sprint(scores) + " " + report.Reason
			if len(report.Rejected) > 0 {
				said += report.Rejected[0].String()
			}
			if !strings.HasPrefix(said, tt.want) || len(ids) != tt.ids || report.Fetched != len(scores)+report.RejectedCount {
				t.Errorf("%s with %d identities, fetched %d, rejected %d; want %s with %d", said, len(ids), report.Fetched, report.RejectedCount, tt.want, tt.ids)
			}
		})
	}
}

func TestFileSet(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.csv", "time,text\n2026-11-20,satu\n")
	write("b.csv", "time,text\n2026-11-20,dua\n")
	write("c.txt", "time,text\n2026-11-20,bukan\n")
	c := File(FileOptions{Path: filepath.Join(dir, "*.csv")})
	cursor := ""
	read := func() string {
		var texts []string
		report, err := c.Collect(t.Context(), Request{Now: testNow, Cursor: cursor}, func(m brand.Mention) error { texts = append(texts, m.Text); return nil })
		if err != nil || report.Status != Fresh {
			t.Fatalf("%s %s %v", report.Status, report.Reason, err)
		}
		cursor = report.Cursor
		return strings.Join(texts, "|")
	}
	if got := read(); got != "satu|dua" {
		t.Errorf("first run read %q, want both files of the pattern", got)
	}
	if got := read(); got != "" {
		t.Errorf("second run read %q, want nothing: no file changed", got)
	}
	write("b.csv", "time,text\n2026-11-20,dua\n2026-11-20,tiga\n")
	if got := read(); got != "dua|tiga" {
		t.Errorf("third run read %q, want the file that changed", got)
	}
	missing := File(FileOptions{Path: filepath.Join(dir, "nowhere.csv")})
	report, err := missing.Collect(t.Context(), Request{Now: testNow, Cursor: ""}, nil)
	if err != nil || report.Status != Failed || !strings.Contains(report.Reason, "no such file") {
		t.Errorf("a missing file: %s %q %v", report.Status, report.Reason, err)
	}
}

func TestFileStops(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("time,text\n"+strings.Repeat("2026-11-20,x\n", 100_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	n := 0
	_, err := File(FileOptions{Path: path}).Collect(t.Context(), Request{Now: testNow}, func(brand.Mention) error { n++; return full })
	if !errors.Is(err, full) || n != 1 {
		t.Errorf("emit failed, Collect went on %d times and returned %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	_, err = File(FileOptions{Path: path}).Collect(ctx, Request{Now: testNow}, func(brand.Mention) error {
		n++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || n == 100_000 {
		t.Errorf("canceled, Collect went on %d times and returned %v", n, err)
	}
}

func TestStars(t *testing.T) {
	tests := []struct {
		in   string
		want int
		ok   bool
	}{
		{"4", 4, true}, {"4.0", 4, true}, {"4,5", 5, true}, {"4/5", 4, true}, {"★★★☆☆", 3, true}, {"2 bintang", 2, true}, {"", 0, true}, {"-", 0, true}, {"0", 0, true},
		{"6", 0, false}, {"8/10", 0, false}, {"-1", 0, false}, {"NaN stars", 0, false}, {"Inf", 0, false}, {"bagus", 0, false}, {"0.2", 0, false},
	}
	for _, tt := range tests {
		if got, ok := parseStars(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("parseStars(%q) = %d, %v, want %d, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

// FuzzCSV compares with encoding/csv on what both understand, and demands that
// every input ends.
func FuzzCSV(f *testing.F) {
	f.Add("id,time,text\n1,2026-11-20,\"a\n\"\"b\"\n")
	f.Add("a;\"b\n\"c\n\"d")
	f.Add("\"\n\"\n\"\n\"\n\"")
	f.Fuzz(func(t *testing.T, s string) {
		in := newCSVReader(strings.NewReader(s), ',')
		var got [][]string
		clean := true
		for i := 0; ; i++ {
			row, line, err := in.read()
			if i > len(s)*(maxRecovered+1)+1 || line > strings.Count(s, "\n")+1 {
				t.Fatalf("%q: row %d at line %d", s, i, line)
			}
			if err != nil && row == nil && !errors.Is(err, errCut) && !errors.Is(err, errOpenQuote) && !errors.Is(err, errColumns) {
				break
			}
			clean = clean && err == nil
			got = append(got, append([]string(nil), row...))
		}
		r := csv.NewReader(strings.NewReader(s))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		want = slices.DeleteFunc(want, func(row []string) bool { return len(row) == 1 && row[0] == "" }) // an empty line to us
		if err == nil && clean && !strings.Contains(s, "\r") && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: rows %q, encoding/csv has %q", s, got, want)
		}
	})
}

func FuzzFile(f *testing.F) {
	f.Add("a.csv", []byte("id,time,stars,text\n1,2026-11-20,5,satu\n"))
	f.Add("a.jsonl", []byte(`{"time":"2026-11-20","text":"satu"}`))
	f.Add("a.json", []byte(`{"x":[{"time":1763600000,"text":"satu","stars":4.5}]}`))
	f.Add("a.csv", []byte("\x1f\x8b\x08\x00"))
	f.Add("a.csv", utf16LE("time,text\n2026-11-20,x"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		r := &fileRun{name: "fuzz", now: testNow, zone: time.UTC, report: &Report{}}
		kept := 0
		r.emit = func(m brand.Mention) error {
			kept++
			if m.Text == "" || !utf8.ValidString(m.Text) || m.PublishedAt.IsZero() || m.Stars < 0 || m.Stars > 5 || m.ExternalID == "" {
				t.Errorf("kept %+v", m)
			}
			return nil
		}
		path := filepath.Join(t.TempDir(), "f"+guessFormat(name, append([]byte("x"), data...)))
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		_ = r.read(t.Context(), path, FileOptions{Format: strings.TrimPrefix(filepath.Ext(name), ".")})
		if r.report.Fetched != kept+r.report.RejectedCount {
			t.Errorf("fetched %d, kept %d, rejected %d", r.report.Fetched, kept, r.report.RejectedCount)
		}
	})
}

// BenchmarkFile reads rows as they come in an import.
func BenchmarkFile(b *testing.B) {
	const n = 20_000
	var csvText, jsonText strings.Builder
	csvText.WriteString("id,time,stars,text\n")
	for i := range n {
		fmt.Fprintf(&csvText, "%d,2026-11-20T08:00:00+07:00,1,\"Pesanan datang telat lima hari, chat tidak dibalas sama sekali\"\n", i)
		fmt.Fprintf(&jsonText, "{\"id\":%d,\"time\":\"2026-11-20T08:00:00+07:00\",\"stars\":1,\"text\":\"Pesanan datang telat lima hari, chat tidak dibalas\"}\n", i)
	}
	for name, text := range map[string]string{"a.csv": csvText.String(), "a.jsonl": jsonText.String()} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), name)
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_, err := File(FileOptions{Path: path}).Collect(b.Context(), Request{Now: testNow}, func(brand.Mention) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
