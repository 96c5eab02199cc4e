package backtest

import (
	"io"
	"strconv"
	"time"

	"pantau/trends"
)

// hourLayouts are the ways in which a counts file may write an hour; those
// without an offset are local.
var hourLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02 15"}

// readCounts reads one hour a row, in the order of time. An hour without a row
// was not watched: no data is not zero.
func readCounts(t *table, name string, zone *time.Location) (*History, error) {
	if err := t.require("hour", "n", "k"); err != nil {
		return nil, err
	}
	h := &History{Name: name}
	for {
		err := t.next()
		if err == io.EOF {
			return h, nil
		}
		if err != nil {
			return nil, err
		}
		at, err := t.hour(zone)
		if err != nil {
			return nil, err
		}
		hour, err := t.counts()
		if err != nil {
			return nil, err
		}
		if err := h.appendHour(t, at, hour, zone); err != nil {
			return nil, err
		}
	}
}

// appendHour adds the hour that begins at at, with the gap before it.
func (h *History) appendHour(t *table, at time.Time, hour trends.Hour, zone *time.Location) error {
	if len(h.Hours) == 0 {
		h.Start = midnight(at, zone)
	}
	gap := hoursBetween(h.Start, at) - len(h.Hours)
	switch last := h.end(len(h.Hours) - 1); {
	case at.Sub(h.Start)%time.Hour != 0:
		return t.errorf("hour: %s is not a full hour", t.field("hour"))
	case gap == -1:
		return t.errorf("hour: %s is there twice", t.field("hour"))
	case gap < 0:
		return t.errorf("hour: %s comes after %s: the hours must be in order", t.field("hour"), last.Add(-time.Hour).Format(time.RFC3339))
	case len(h.Hours)+gap > maxHours:
		return t.errorf("hour: %s is %d years after the first", t.field("hour"), hoursBetween(h.Start, at)/(365*24))
	}
	h.Hours = append(h.Hours, make([]trends.Hour, gap)...)
	h.Hours = append(h.Hours, hour)
	return nil
}

func (t *table) hour(zone *time.Location) (time.Time, error) {
	text := t.field("hour")
	for _, layout := range hourLayouts {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, t.errorf("hour: %q is not a time such as 2026-01-05T07:00:00+07:00", text)
}

// counts reads n, k and coverage.
func (t *table) counts() (h trends.Hour, err error) {
	for _, c := range []struct {
		column string
		value  *int32
	}{{"n", &h.Mentions}, {"k", &h.Negatives}} {
		text := t.field(c.column)
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return h, t.errorf("%s: %q is not a count", c.column, text)
		}
		*c.value = int32(n)
	}
	if h.Negatives > h.Mentions {
		return h, t.errorf("k: %d negatives among %d mentions", h.Negatives, h.Mentions)
	}
	h.Coverage = 1
	if text := t.field("coverage"); text != "" {
		share, err := strconv.ParseFloat(text, 32)
		if err != nil || !(share >= 0 && share <= 1) {
			return h, t.errorf("coverage: %q is not a number from 0 to 1", text)
		}
		h.Coverage = float32(share)
	}
	return h, nil
}
