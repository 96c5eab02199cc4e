package collectors

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// FileOptions say which files hold mentions and how to read them.
type FileOptions struct {
	Path      string            // a file or a pattern such as exports/*.csv
	Format    string            // csv, tsv, jsonl, json; "" finds out from the name and the content
	Delimiter string            // of CSV, one byte; "" finds out from the headings
	Map       map[string]string // field of a mention → column; fields that are not named are found by usual names
	Zone      *time.Location    // of times that name none; nil is WIB
	NPS       string            // column of answers from 0 to 10: the rows are a survey and no mentions
}

// file reads exports: CSV, TSV, JSON lines or a JSON array, gzipped or not, in
// UTF-8 or UTF-16. A file that has not changed since the last run is skipped.
type file struct{ opts FileOptions }

// File returns a collector for files outside any configuration, such as those of
// an import. Options that cannot be fail the run.
func File(opts FileOptions) Collector {
	if opts.Zone == nil {
		opts.Zone = time.FixedZone("WIB", 7*3600)
	}
	return &file{opts}
}

func newFile(src config.Source, _ *fetch.Client) (Collector, error) {
	opts := struct {
		Path      string         `toml:"path"`
		Format    string         `toml:"format"`
		Delimiter string         `toml:"delimiter"`
		Zone      string         `toml:"zone"`
		Map       map[string]any `toml:"map"`
		NPS       string         `toml:"nps"`
	}{Zone: "WIB"}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	zone, err := config.Zone(opts.Zone)
	if err != nil {
		return nil, src.Errorf("options.zone", "%v", err)
	}
	out := FileOptions{Path: opts.Path, Format: opts.Format, Delimiter: opts.Delimiter, Zone: zone, NPS: opts.NPS, Map: map[string]string{}}
	for field, column := range opts.Map {
		name, ok := column.(string)
		if !ok {
			return nil, src.Errorf("options.map."+field, "is not the name of a column in quotes")
		}
		out.Map[field] = name
	}
	if key, err := out.check(); err != nil {
		return nil, src.Errorf("options."+key, "%v", err)
	}
	return File(out), nil
}

// check returns the option that is wrong and why.
func (o FileOptions) check() (key string, err error) {
	switch {
	case o.Path == "":
		return "path", errors.New("is missing: name a file or a pattern such as exports/*.csv")
	case o.Format != "" && !slices.Contains([]string{"csv", "tsv", "jsonl", "json"}, o.Format):
		return "format", fmt.Errorf("%q is not one of csv, tsv, jsonl, json", o.Format)
	case len(o.Delimiter) > 1:
		return "delimiter", fmt.Errorf("%q is not a single character", o.Delimiter)
	}
	for field := range o.Map {
		if !slices.Contains(fieldNames[:], field) {
			return "map", fmt.Errorf("%q is not one of %s", field, strings.Join(fieldNames[:], ", "))
		}
	}
	if _, err := filepath.Match(o.Path, ""); err != nil {
		return "path", fmt.Errorf("%q is not a pattern: %v", o.Path, err)
	}
	return "", nil
}

// Collect implements [Collector]. The cursor holds size and time of every file.
func (f *file) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	report := Report{Status: Fresh}
	seen := map[string]string{}
	if req.Cursor != "" {
		if err := json.Unmarshal([]byte(req.Cursor), &seen); err != nil {
			return failure(ctx, req, report, fmt.Errorf("the cursor is not one of this source: %w", err))
		}
	}
	if key, err := f.opts.check(); err != nil {
		return failure(ctx, req, report, fmt.Errorf("%s: %w", key, err))
	}
	paths, err := f.paths()
	if err != nil {
		return failure(ctx, req, report, err)
	}
	var broken []string
	for _, path := range paths {
		state, err := fileState(path)
		if err == nil && seen[path] == state {
			continue
		}
		run := &fileRun{name: filepath.Base(path), now: req.Now, zone: f.opts.Zone, nps: f.opts.NPS, emit: emit, answer: req.Answer, report: &report}
		if err == nil {
			err = run.read(ctx, path, f.opts)
		}
		switch {
		case run.stopped != nil:
			return report, run.stopped
		case ctx.Err() != nil:
			return report, ctx.Err()
		case err != nil:
			broken = append(broken, err.Error())
			delete(seen, path)
		default:
			seen[path] = state
		}
	}
	return f.finish(report, seen, paths, broken)
}

// finish judges the run and forgets files that are gone.
func (f *file) finish(report Report, seen map[string]string, paths, broken []string) (Report, error) {
	for path := range seen {
		if !slices.Contains(paths, path) {
			delete(seen, path)
		}
	}
	cursor, err := json.Marshal(seen)
	report.Cursor = string(cursor)
	switch {
	case len(broken) > 0 && report.Fetched == 0:
		report.Status, report.Reason = Failed, strings.Join(broken, "; ")
	case len(broken) > 0:
		report.Status, report.Reason = Degraded, strings.Join(broken, "; ")
	case report.Fetched > 0 && report.Fetched == report.RejectedCount:
		report.Status, report.Reason = Failed, "no row could be kept; the first: "+report.Rejected[0].String()
	}
	return report, err
}

// paths expands the pattern. A file whose name only looks like a pattern is
// taken as it is.
func (f *file) paths() ([]string, error) {
	switch info, err := os.Stat(f.opts.Path); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s: a directory: name a file in it, or a pattern such as %s", f.opts.Path, filepath.Join(f.opts.Path, "*.csv"))
	case err == nil:
		return []string{f.opts.Path}, nil
	}
	paths, err := filepath.Glob(f.opts.Path)
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("%s: no such file: check the path", f.opts.Path)
	}
	return paths, err
}

func fileState(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano()), nil
}

// fileRun reads one file.
type fileRun struct {
	name    string
	now     time.Time
	zone    *time.Location
	nps     string // column of the answers of a survey
	emit    func(brand.Mention) error
	answer  func(brand.Answer) error
	report  *Report
	stopped error // of emit
}

func (r *fileRun) read(ctx context.Context, path string, opts FileOptions) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := decoded(&readerContext{ctx, f})
	if err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	start, err := in.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	if len(bytes.TrimSpace(start)) == 0 {
		return fmt.Errorf("%s: the file is empty", r.name)
	}
	if what := notText(start); what != "" {
		return fmt.Errorf("%s: %s", r.name, what)
	}
	format := opts.Format
	if format == "" {
		format = guessFormat(path, start)
	}
	switch format {
	case "json":
		err = r.array(in, opts.Map)
	case "jsonl":
		err = r.lines(in, opts.Map)
	default:
		err = r.table(newCSVReader(in, delimiter(format, opts.Delimiter, start)), opts.Map)
	}
	return err
}

// notText says what a file is whose rows cannot be read, and how they can; "" for text.
func notText(start []byte) string {
	const save = "open it in a spreadsheet and save it as CSV UTF-8"
	headings, _, _ := bytes.Cut(start, []byte("\n"))
	switch lower := bytes.ToLower(bytes.TrimSpace(start)); {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return "a zip archive, as .xlsx is one: " + save
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return "an old Excel file: " + save
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")), bytes.HasPrefix(lower, []byte("<table")):
		return "a web page, which some programs export as .xls: " + save
	case bytes.HasPrefix(start, []byte("PAR1")):
		return "a Parquet file: export it as CSV or JSON lines"
	case bytes.IndexByte(headings, 0) >= 0:
		return "not a text file: export it as CSV or JSON lines"
	}
	return ""
}

// decoded unpacks gzip and turns UTF-16 and Windows-1252 into UTF-8.
func decoded(in io.Reader) (*bufio.Reader, error) {
	buf := bufio.NewReaderSize(in, 64<<10)
	if magic, _ := buf.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(buf)
		if err != nil {
			return nil, err
		}
		buf = bufio.NewReaderSize(unpacked, 64<<10)
	}
	start, _ := buf.Peek(4)
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		buf.Discard(3)
		return buf, nil
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), len(start) == 4 && start[1] == 0 && start[3] == 0:
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}), len(start) == 4 && start[0] == 0 && start[2] == 0:
		order = unicode.BigEndian
	default:
		return bufio.NewReaderSize(&guessed{in: buf}, 64<<10), nil
	}
	return bufio.NewReaderSize(unicode.UTF16(order, unicode.UseBOM).NewDecoder().Reader(buf), 64<<10), nil
}

// guessed reads UTF-8, or what spreadsheets call CSV without a further word on
// Windows, and decides which at the first byte that differs.
type guessed struct {
	in  *bufio.Reader
	out io.Reader // nil until then
}

func (g *guessed) Read(p []byte) (int, error) {
	if g.out != nil {
		return g.out.Read(p)
	}
	if _, err := g.in.Peek(1); err != nil {
		return 0, err
	}
	start, _ := g.in.Peek(min(g.in.Buffered(), len(p)))
	plain := bytes.IndexFunc(start, func(r rune) bool { return r >= utf8.RuneSelf })
	switch {
	case plain < 0:
		return g.in.Read(p[:len(start)])
	case plain > 0:
		return g.in.Read(p[:plain])
	}
	g.out = g.in
	if start, _ = g.in.Peek(g.in.Size()); windows1252(start) {
		g.out = charmap.Windows1252.NewDecoder().Reader(g.in)
	}
	return g.out.Read(p)
}

// windows1252 reports text without a character of UTF-8 beyond ASCII, but with such
// bytes. Where both are, somebody cut UTF-8 in the middle.
func windows1252(text []byte) (other bool) {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1 && utf8.FullRune(text):
			other = true
		case n > 1:
			return false
		}
		text = text[n:]
	}
	return other
}

func guessFormat(path string, start []byte) string {
	name := strings.TrimSuffix(strings.ToLower(path), ".gz")
	start = bytes.TrimSpace(start)
	switch ext := filepath.Ext(name); {
	case ext == ".tsv" || ext == ".jsonl":
		return ext[1:]
	case ext == ".ndjson", start[0] == '{' && ext != ".json":
		return "jsonl"
	case ext == ".json", start[0] == '[':
		return "json"
	}
	return "csv"
}

// delimiter counts candidates in the first line: Indonesian spreadsheets write
// semicolons, because the comma is their decimal sign.
func delimiter(format, given string, start []byte) byte {
	if given != "" {
		return given[0]
	}
	if format == "tsv" {
		return '\t'
	}
	line, _, _ := bytes.Cut(start, []byte("\n"))
	best := byte(',')
	for _, c := range []byte(";\t|") {
		if bytes.Count(line, []byte{c}) > bytes.Count(line, []byte{best}) {
			best = c
		}
	}
	return best
}

// readerContext ends a long read when the run is canceled.
type readerContext struct {
	ctx context.Context
	in  io.Reader
}

func (r *readerContext) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}
