package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed calendar.toml
var builtinCalendar []byte

// Calendar holds the days on which more is written than usual.
type Calendar struct{ events []eventFile }

// Event is a span of the calendar.
type Event struct {
	Name     string
	From, To time.Time // half open
	Factor   float64   // times the usual
}

type calendarFile struct {
	Events []eventFile `toml:"events"`
}

type eventFile struct {
	Name   string   `toml:"name"`
	Brand  string   `toml:"brand"` // empty for all
	Days   []string `toml:"days"`
	From   string   `toml:"from"`
	To     string   `toml:"to"`
	Factor float64  `toml:"factor"`
}

// Between returns the events of a brand that touch [from, to), in the zone of from.
func (c Calendar) Between(brand string, from, to time.Time) []Event {
	var list []Event
	y, m, d := from.Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, from.Location()); day.Before(to); day = day.AddDate(0, 0, 1) {
		for i := range c.events {
			if e := &c.events[i]; (e.Brand == "" || e.Brand == brand) && e.holds(day) {
				list = append(list, Event{e.Name, day, day.AddDate(0, 0, 1), e.Factor})
			}
		}
	}
	return list
}

// holds reports whether a local day belongs to the event.
func (e *eventFile) holds(day time.Time) bool {
	if e.From != "" {
		date := day.Format(time.DateOnly)
		return e.From <= date && date <= e.To
	}
	for _, d := range e.Days {
		first, last, isRange := strings.Cut(d, "..")
		if !isRange {
			if day.Format("01-02") == d {
				return true
			}
			continue
		}
		a, b, n := number(first), number(last), day.Day()
		if a <= b && a <= n && n <= b || a > b && (n >= a || n <= b) {
			return true
		}
	}
	return false
}

// number reads a day of the month, 0 when it is none.
func number(text string) (n int) {
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil || n < 1 || n > 31 || fmt.Sprint(n) != text {
		return 0
	}
	return n
}

// calendar reads the built-in calendar and, after it, the user's own.
func (c *checker) calendar(path string, brands []brandFile) Calendar {
	all, _ := parseCalendar("calendar.toml", builtinCalendar, nil) // a test holds it to be right
	if path == "" {
		return all
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(c.path), path)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		c.report("calendar", "%s: no such file", path)
		return all
	}
	if err != nil {
		c.report("calendar", "%v", err)
		return all
	}
	own, err := parseCalendar(filepath.Base(path), data, brands)
	var mistakes Mistakes
	if errors.As(err, &mistakes) {
		c.mistakes = append(c.mistakes, mistakes...)
	}
	return Calendar{append(all.events, own.events...)}
}

func parseCalendar(file string, data []byte, brands []brandFile) (Calendar, error) {
	d, err := parse(file, data)
	if err != nil {
		return Calendar{}, err
	}
	var f calendarFile
	d.decode("", d.tree, &f)
	for i := range f.Events {
		d.checkEvent(fmt.Sprintf("events[%d]", i), &f.Events[i], brands)
	}
	return Calendar{f.Events}, Join(d.mistakes)
}

func (d *document) checkEvent(key string, e *eventFile, brands []brandFile) {
	if known := func(b brandFile) bool { return b.Name == e.Brand }; e.Brand != "" && !slices.ContainsFunc(brands, known) {
		d.report(key+".brand", "%q is not one of the [[brands]], so the event would never count", e.Brand)
	}
	if e.Name == "" {
		d.report(key+".name", "is missing: the alert says it")
	}
	if !(e.Factor > 1 && e.Factor <= 20) {
		d.report(key+".factor", "%v is not above 1 and at most 20", e.Factor)
	}
	if (e.From != "") == (len(e.Days) > 0) {
		d.report(key, "needs either days, or from and to")
		return
	}
	for i, day := range e.Days {
		_, err := time.Parse("01-02", day)
		first, last, isRange := strings.Cut(day, "..")
		if err != nil && !(isRange && number(first) > 0 && number(last) > 0) {
			d.report(fmt.Sprintf("%s.days[%d]", key, i), "%q is not a day such as 12-12, nor days of the month such as 25..1", day)
		}
	}
	if e.From == "" {
		return
	}
	from, err1 := time.Parse(time.DateOnly, e.From)
	to, err2 := time.Parse(time.DateOnly, e.To)
	if err1 != nil || err2 != nil || to.Before(from) {
		d.report(key+".to", "%q to %q are not two dates in order, such as 2026-03-17", e.From, e.To)
	}
}
