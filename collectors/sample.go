package collectors

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// sampleHistory is an invented history, so that the program shows what it does on
// a machine without network. Its columns are those of [sampleRow].
//
//go:embed sample.tsv
var sampleHistory string

// sampleSpan is how far the history reaches back.
const sampleSpan = 60 * 24 * time.Hour

// sample replays one stream of the embedded history. The end of the history is
// the moment of the first run, so that its incident happens now, and the rows
// beyond it come true as time goes by.
type sample struct {
	stream string
	rows   []sampleRow
}

type sampleRow struct {
	line, minutes, stars  int32 // minutes from the anchor; negative is the past
	version, author, text string
}

// sampleCursor is where the replay stands, in unix seconds.
type sampleCursor struct {
	Anchor int64 `json:"anchor"`
	Until  int64 `json:"until"`
}

func newSample(src config.Source, _ *fetch.Client) (Collector, error) {
	var opts struct {
		Stream string `toml:"stream"`
	}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	rows, err := parseSample(sampleHistory, opts.Stream)
	if err != nil {
		return nil, fmt.Errorf("the embedded history: %w", err)
	}
	s := &sample{stream: opts.Stream, rows: rows}
	if len(s.rows) == 0 {
		return nil, src.Errorf("options.stream", "%q is not one of aplikasi, forum, pesaing, toko", opts.Stream)
	}
	return s, nil
}

// Collect implements [Collector].
func (s *sample) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	at := sampleCursor{Anchor: req.Now.Unix(), Until: req.Now.Add(-sampleSpan).Unix() - 1}
	if req.Cursor != "" {
		if err := json.Unmarshal([]byte(req.Cursor), &at); err != nil {
			return failure(ctx, req, Report{}, fmt.Errorf("the cursor %q is not one of this source: %w", req.Cursor, err))
		}
	}
	report := Report{From: time.Unix(at.Until, 0).UTC(), To: req.Now, Status: Fresh}
	for _, row := range s.rows {
		when := at.Anchor + int64(row.minutes)*60
		if when <= at.Until || when > req.Now.Unix() {
			continue
		}
		m := brand.Mention{ExternalID: fmt.Sprintf("%s-%d", s.stream, row.line), Stars: int(row.stars), Version: row.version, Author: row.author, Text: row.text,
			PublishedAt: time.Unix(when, 0).UTC()}
		report.Fetched++
		if err := emit(m); err != nil {
			return report, err
		}
	}
	at.Until = req.Now.Unix()
	cursor, err := json.Marshal(at)
	report.Cursor = string(cursor)
	if err == nil {
		err = ctx.Err()
	}
	return report, err
}

// parseSample returns the rows of a stream: minutes, stream, stars, version,
// author, text, separated by tabs, below one line of headings. Their texts are
// parts of history, not copies of it.
func parseSample(history, stream string) (rows []sampleRow, err error) {
	n := int32(0)
	for line := range strings.SplitSeq(history, "\n") {
		n++
		if n == 1 || !strings.Contains(line, "\t"+stream+"\t") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 6 {
			return nil, fmt.Errorf("line %d has %d columns, want 6", n, len(f))
		}
		if f[1] != stream {
			continue
		}
		minutes, err := strconv.ParseInt(f[0], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("line %d: minutes %q: %w", n, f[0], err)
		}
		stars, err := strconv.ParseUint("0"+f[2], 10, 8) // empty is no rating
		if err != nil || stars > 5 {
			return nil, fmt.Errorf("line %d: stars %q are not 0 to 5", n, f[2])
		}
		rows = append(rows, sampleRow{n, int32(minutes), int32(stars), f[3], f[4], f[5]})
	}
	return rows, nil
}
