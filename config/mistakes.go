package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong in a configuration file.
type Mistake struct {
	File string
	Line int    // 0 when the mistake has no line, such as a missing file
	Key  string // such as sources[1].schedule
	Text string // the value that is wrong and what is allowed
}

// Error returns "config.toml:11: sources[1].schedule: …".
func (m Mistake) Error() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d", m.Line)
	}
	if m.Key != "" {
		b.WriteString(": " + m.Key)
	}
	return b.String() + ": " + m.Text
}

// Mistakes is everything that is wrong, in the order of the lines.
type Mistakes []Mistake

// Error returns one line for each mistake.
func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

// Join collects the mistakes of several checks into one error, or nil. An error
// that is not a mistake is returned as it is, at once.
func Join(errs ...error) error {
	var all Mistakes
	for _, err := range errs {
		var ms Mistakes
		var m Mistake
		switch {
		case err == nil:
		case errors.As(err, &ms):
			all = append(all, ms...)
		case errors.As(err, &m):
			all = append(all, m)
		default:
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b Mistake) int { return a.Line - b.Line })
	return all
}
