// Package dates reads the dates that Indonesian and English sites write:
// machine forms (RFC 3339, RFC 1123, ISO, unix seconds), forms with month names
// in either language, numbers with the day first, and relative forms such as
// "3 hari lalu" or "yesterday, 14:30".
//
// It does no I/O and reads no clock.
package dates

import (
	"strconv"
	"strings"
	"time"
)

// Unit is how exact a date was written.
type Unit uint8

// The units.
const (
	Second Unit = iota
	Minute
	Hour
	Day
	Month
	Year
)

// Parse reads a date. now is the reference of relative forms and of dates
// without a year, zone is that of times that name none. The result is in the
// zone that was named, else in zone; relative days keep the time of day of now
// unless they name one. ok is false when text is not a date or lies outside the
// years 1990 to now + 2 days.
func Parse(text string, now time.Time, zone *time.Location) (t time.Time, unit Unit, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxLength || text == "" {
		return time.Time{}, 0, false
	}
	if t, unit, ok = machine(text, zone); !ok {
		t, unit, ok = human(text, now.In(zone), zone)
	}
	if !ok || t.Year() < 1990 || t.After(now.AddDate(0, 0, 2)) {
		return time.Time{}, 0, false
	}
	return t, unit, true
}

// Span returns t and zero. Where t was written as a date without a time of day, it
// returns the first and the last second of that day in zone. Sheets and pages write
// such dates with a midnight to the second, in UTC even where the day is a local one.
// Both are in UTC.
func Span(t time.Time, unit Unit, zone *time.Location) (at, dayEnd time.Time) {
	if hour, minute, second := t.Clock(); hour+minute+second > 0 || unit != Day && unit != Second {
		return t.UTC(), time.Time{}
	}
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone).UTC(), time.Date(y, m, d+1, 0, 0, 0, 0, zone).Add(-time.Second).UTC()
}

// Latest returns when what has the date t happened at the latest: at t or, without a
// time of day, at the end of that day, but not after now. It is in UTC.
func Latest(t time.Time, unit Unit, now time.Time, zone *time.Location) time.Time {
	at, dayEnd := Span(t, unit, zone)
	switch {
	case dayEnd.IsZero():
		return at
	case dayEnd.After(now):
		return now.UTC()
	}
	return dayEnd
}

// maxLength is longer than any date; what is longer is a text.
const maxLength = 80

// layout is a form that programs write. Those without a zone get the caller's.
type layout struct {
	form string
	unit Unit
}

// machine reads forms that start with a digit in ISO order, unix seconds, and
// the forms of HTTP and e-mail. Parsing with a layout that cannot fit is slow,
// so the shape of the text chooses the layouts.
func machine(text string, zone *time.Location) (time.Time, Unit, bool) {
	switch {
	case isDigits(text):
		return digits(text, zone)
	case len(text) >= 10 && isDigits(text[:4]) && (text[4] == '-' || text[4] == '/' || text[4] == '.'):
		return iso(text, zone)
	case len(text) >= 15 && isDigits(text[:8]) && text[8] == 'T':
		return try(text, zone, layout{"20060102T150405Z07:00", Second}, layout{"20060102T150405", Second})
	case len(text) > 3 && (text[3] == ',' || text[3] == ' '):
		// The zone must be a number or GMT: time.Parse takes any other
		// abbreviation and gives it no offset, which makes WIB seven hours wrong.
		if strings.HasSuffix(text, "GMT") || strings.HasSuffix(text, "UTC") {
			text = text[:len(text)-3] + "+0000"
		}
		return try(text, zone, layout{"Mon, 2 Jan 2006 15:04:05 -0700", Second}, layout{"Mon, 2 Jan 2006 15:04 -0700", Minute})
	}
	return time.Time{}, 0, false
}

// digits reads 20060102, unix seconds and unix milliseconds.
func digits(text string, zone *time.Location) (time.Time, Unit, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, 0, false
	case len(text) == 8:
		return try(text, zone, layout{"20060102", Day})
	case len(text) == 10:
		return time.Unix(n, 0).In(zone), Second, true
	case len(text) == 13:
		return time.UnixMilli(n).In(zone), Second, true
	}
	return time.Time{}, 0, false
}

// iso reads year, month, day and what may follow.
func iso(text string, zone *time.Location) (time.Time, Unit, bool) {
	if sep := text[4]; sep != '-' {
		text = strings.Replace(text, string(sep), "-", 2)
	}
	if len(text) == len("2006-01-02") {
		return try(text, zone, layout{"2006-01-02", Day})
	}
	text, named := cutZone(text, zone)
	if len(text) > 10 && text[10] == 'T' {
		text = text[:10] + " " + text[11:]
	}
	if len(text) > 19 {
		// 2006-01-02 15:04:05 is followed by a fraction, a zone, or both.
		return try(text, named, layout{"2006-01-02 15:04:05Z07:00", Second}, layout{"2006-01-02 15:04:05", Second},
			layout{"2006-01-02 15:04:05Z0700", Second}, layout{"2006-01-02 15:04:05 -0700", Second},
			layout{"2006-01-02 15:04:05 -0700 MST", Second}, layout{"2006-01-02 15:04:05 -07:00", Second},
			layout{"2006-01-02 15:04Z07:00", Minute}, layout{"2006-01-02 15:04 -0700", Minute})
	}
	return try(text, named, layout{"2006-01-02 15:04:05", Second}, layout{"2006-01-02 15:04", Minute}, layout{"2006-01-02 15:04Z", Minute})
}

func try(text string, zone *time.Location, layouts ...layout) (time.Time, Unit, bool) {
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l.form, text, zone); err == nil {
			return t, l.unit, true
		}
	}
	return time.Time{}, 0, false
}

// cutZone removes a zone abbreviation from the end of text and returns it, or
// the given zone.
func cutZone(text string, zone *time.Location) (string, *time.Location) {
	i := strings.LastIndexByte(text, ' ')
	if i < 0 {
		return text, zone
	}
	if named := zoneOf(strings.ToLower(text[i+1:])); named != nil {
		return strings.TrimSpace(text[:i]), named
	}
	return text, zone
}

func zoneOf(word string) *time.Location {
	hours, known := map[string]int{"wib": 7, "wita": 8, "wit": 9, "utc": 0, "gmt": 0, "z": 0}[word]
	if !known {
		return nil
	}
	return time.FixedZone(strings.ToUpper(word), hours*3600)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
