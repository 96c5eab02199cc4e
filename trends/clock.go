package trends

import "time"

// clock walks through local hours and days without asking the zone every hour.
type clock struct {
	start   time.Time // beginning of the series
	hours   int       // since then; the running hour begins start+hours
	begin   int       // hour of the series at which the known part of the day began
	dayEnd  int       // hour of the series at which the day ends
	first   int       // local hour of begin
	weekday int       // 0 is Sunday
	steady  int       // the zone has one offset until this hour; -1 means for ever
	whole   bool      // the day is known from its first hour, and has 24 at one offset
}

func newClock(start time.Time) clock {
	c := clock{start: start}
	c.startDay()
	return c
}

// at is the beginning of the running hour.
func (c *clock) at() time.Time { return c.time(c.hours) }

// end is the end of the running hour.
func (c *clock) end() time.Time { return c.time(c.hours + 1) }

func (c *clock) time(hours int) time.Time { return c.start.Add(time.Duration(hours) * time.Hour) }

// index is the first hour of the series that begins at t or later.
func (c *clock) index(t time.Time) int {
	return int((t.Sub(c.start) + time.Hour - 1) / time.Hour)
}

func (c *clock) startDay() {
	at := c.at()
	c.begin, c.first, c.weekday = c.hours, at.Hour(), int(at.Weekday())
	c.steady = -1
	if _, end := at.ZoneBounds(); !end.IsZero() {
		c.steady = c.index(end)
	}
	c.dayEnd = c.hours + 24 - c.first
	if !c.plain(c.dayEnd) {
		y, m, day := at.Date()
		c.dayEnd = max(c.index(time.Date(y, m, day+1, 0, 0, 0, 0, at.Location())), c.hours+1)
	}
	c.whole = c.dayEnd-c.begin == 24 && c.plain(c.dayEnd)
}

// plain reports whether the offset stays until the given hour.
func (c *clock) plain(hour int) bool { return c.steady < 0 || hour <= c.steady }

// hour returns the local hour of day of the running hour.
func (c *clock) hour() int {
	if !c.plain(c.dayEnd) {
		return c.at().Hour()
	}
	return c.first + c.hours - c.begin
}

// dayEnds reports whether the running hour is the last of its local day.
func (c *clock) dayEnds() bool { return c.hours+1 == c.dayEnd }

func (c *clock) tick() {
	c.hours++
	switch {
	case c.hours < c.dayEnd:
	case c.plain(c.dayEnd + 24): // a day of 24 hours follows
		c.begin, c.first, c.dayEnd, c.whole = c.hours, 0, c.dayEnd+24, true
		if c.weekday++; c.weekday == 7 {
			c.weekday = 0
		}
	default:
		c.startDay()
	}
}
