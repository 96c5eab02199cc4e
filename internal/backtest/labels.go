package backtest

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// Span is a run of hours of a series, half open, counted from its start.
type Span struct{ From, To int }

// Labels are what people found in one series.
type Labels struct {
	Incidents []Span // that an alarm should find
	Minor     []Span // too small to count: neither a hit nor a false alarm
}

// ReadLabels reads the labels of one series out of a JSON object
//
//	{"SERIES": {"inc": [[FIRST_HOUR, END_HOUR, …], …], "minor": [[FIRST_HOUR, END_HOUR], …]}}
//
// What follows the two hours is ignored.
func ReadLabels(r io.Reader, file, series string) (*Labels, error) {
	var all map[string]struct {
		Incidents [][]any `json:"inc"`
		Minor     [][]any `json:"minor"`
	}
	if err := json.NewDecoder(r).Decode(&all); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	one, ok := all[series]
	if !ok {
		return nil, fmt.Errorf("%s: there are no labels for the series %q", file, series)
	}
	var l Labels
	for _, group := range []struct {
		key  string
		from [][]any
		to   *[]Span
	}{{"inc", one.Incidents, &l.Incidents}, {"minor", one.Minor, &l.Minor}} {
		for i, fields := range group.from {
			span, err := spanOf(fields)
			if err != nil {
				return nil, fmt.Errorf("%s: %s.%s[%d]: %w", file, series, group.key, i, err)
			}
			*group.to = append(*group.to, span)
		}
	}
	return &l, nil
}

func spanOf(fields []any) (Span, error) {
	hours := [2]int{}
	for i := range hours {
		var f float64
		ok := i < len(fields)
		if ok {
			f, ok = fields[i].(float64)
		}
		if !ok || f < 0 || f > maxHours || f != math.Trunc(f) {
			return Span{}, fmt.Errorf("%v does not begin with two hours", fields)
		}
		hours[i] = int(f)
	}
	if hours[1] <= hours[0] {
		return Span{}, fmt.Errorf("hour %d is not after hour %d", hours[1], hours[0])
	}
	return Span{hours[0], hours[1]}, nil
}
