package backtest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/dates"
)

// Judge decides whether a text with stars (0 without) is negative, and why.
type Judge func(text string, stars int) (negative bool, causes []brand.Cause)

// ByStars calls one and two stars negative.
func ByStars(_ string, stars int) (bool, []brand.Cause) { return stars == 1 || stars == 2, nil }

// table reads a CSV file with a header, in any order of columns.
type table struct {
	file   string
	csv    *csv.Reader
	column map[string]int
	row    []string
}

func newTable(file string, r io.Reader) (*table, error) {
	t := &table{file: file, csv: csv.NewReader(r), column: map[string]int{}}
	t.csv.ReuseRecord = true
	header, err := t.csv.Read()
	switch {
	case err == io.EOF:
		return nil, fmt.Errorf("%s: the file is empty: its first line must name the columns", file)
	case err != nil:
		return nil, t.wrap(err)
	}
	for i, name := range header {
		t.column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	return t, nil
}

// next reads a row; io.EOF ends the file.
func (t *table) next() (err error) {
	t.row, err = t.csv.Read()
	if err != nil && err != io.EOF {
		return t.wrap(err)
	}
	return err
}

// wrap turns "record on line 3: …" into "FILE:3: …".
func (t *table) wrap(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s:%d: %w", t.file, parse.Line, parse.Err)
	}
	return fmt.Errorf("%s: %w", t.file, err)
}

func (t *table) has(name string) bool { _, ok := t.column[name]; return ok }

// field returns a column of the row, "" when the file has no such column.
func (t *table) field(name string) string {
	if i, ok := t.column[name]; ok {
		return strings.TrimSpace(t.row[i])
	}
	return ""
}

func (t *table) line() int {
	line, _ := t.csv.FieldPos(0)
	return line
}

func (t *table) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", t.file, t.line(), fmt.Sprintf(format, args...))
}

// require reports the columns that are missing.
func (t *table) require(names ...string) error {
	for _, name := range names {
		if !t.has(name) {
			have := make([]string, 0, len(t.column))
			for column := range t.column {
				have = append(have, column)
			}
			slices.Sort(have)
			return fmt.Errorf("%s:1: there is no column %q, only %s", t.file, name, strings.Join(have, ", "))
		}
	}
	return nil
}

// Read reads a history from CSV: a timeline with the columns time, stars and
// text, or counts with the columns hour, n, k and perhaps coverage. The file name
// is for errors, the name for the series.
func Read(r io.Reader, file, name string, zone *time.Location, judge Judge) (*History, error) {
	t, err := newTable(file, r)
	if err != nil {
		return nil, err
	}
	if t.has("hour") {
		return readCounts(t, name, zone)
	}
	return readTimeline(t, name, zone, judge)
}

// readTimeline reads one mention a row. Rows without a usable time are listed in
// Undated and left out: where they belong cannot be known.
func readTimeline(t *table, name string, zone *time.Location, judge Judge) (*History, error) {
	if err := t.require("time"); err != nil {
		return nil, err
	}
	if !t.has("stars") && !t.has("text") {
		return nil, fmt.Errorf("%s:1: there is neither a column \"stars\" nor \"text\"", t.file)
	}
	var events []Event
	var undated []int
	var check Check
	dateOnly := 0
	for {
		err := t.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		at, unit, ok := dated(t.field("time"), zone)
		if !ok {
			undated = append(undated, t.line())
			continue
		}
		stars, err := t.stars()
		if err != nil {
			return nil, err
		}
		var e Event
		if e.Arrived, err = t.arrived(zone); err != nil {
			return nil, err
		}
		if _, end := dates.Span(at, unit, zone); end.IsZero() {
			e.Time = at
		} else {
			e.Time = seen(end, e.Arrived)
			dateOnly++
		}
		e.Negative, e.Causes = judge(t.field("text"), stars)
		check.add(e.Negative, stars)
		events = append(events, e)
	}
	if len(events) == 0 && len(undated) > 0 {
		return nil, fmt.Errorf("%s: none of its %d rows has a usable time in the column \"time\": write it like 2026-11-21 08:00:00", t.file, len(undated))
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("%s: there are no rows below the names of the columns", t.file)
	}
	h, err := FromEvents(name, events, zone)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.file, err)
	}
	h.Undated, h.DateOnly, h.Check = undated, dateOnly, check
	return h, nil
}

// dated reads a time as an import does, in the zone when it names none. What is
// told from the day of reading, such as "yesterday", is none: it is not the same
// when it is read a year later.
func dated(text string, zone *time.Location) (time.Time, dates.Unit, bool) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, dates.Second, true
	}
	const year = 2100
	at, unit, ok := dates.Parse(text, time.Date(year, 1, 1, 0, 0, 0, 0, zone), zone)
	later, _, _ := dates.Parse(text, time.Date(year+1, 3, 2, 12, 0, 0, 0, zone), zone)
	return at, unit, ok && at.Equal(later)
}

// seen is when a row with a date and no time of day was written at the latest: at the
// end of its day, or a replay would know at midnight what was written in the evening;
// what arrived earlier counts when it arrived.
func seen(dayEnd, arrived time.Time) time.Time {
	if !arrived.IsZero() && arrived.Before(dayEnd) {
		return arrived
	}
	return dayEnd
}

// arrived reads when the row was collected, from the column collected_at or
// arrived: empty is unknown.
func (t *table) arrived(zone *time.Location) (at time.Time, err error) {
	for _, column := range []string{"collected_at", "arrived"} {
		if text := t.field(column); text != "" {
			var ok bool
			if at, _, ok = dated(text, zone); !ok {
				return at, t.errorf("%s: %q is not a time such as 2026-01-05T07:00:00+07:00", column, text)
			}
			return at, nil
		}
	}
	return at, nil
}

// stars reads the column stars: empty or 0 is none, 1 to 5, "4.0" is 4.
func (t *table) stars() (int, error) {
	text := t.field("stars")
	if text == "" {
		return 0, nil
	}
	stars, err := strconv.ParseFloat(text, 64)
	if err != nil || !(stars >= 0 && stars <= 5) || stars != float64(int(stars)) {
		return 0, t.errorf("stars: %q is not a whole number from 0 to 5", text)
	}
	return int(stars), nil
}
