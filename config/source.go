package config

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Source is one place that is read on a schedule.
type Source struct {
	Name     string
	Kind     string
	Brand    string
	Schedule cron.Schedule
	Every    time.Duration // the usual time between two runs
	Match    string        // "all": every item is a mention; "keywords": those that name the brand

	key string // such as sources[1]
	doc *document
	env func(string) string
	raw map[string]any
}

// Decode fills the struct that into points to, whose fields carry toml tags,
// with the options of the source. Unknown options and wrong types are returned
// as [Mistakes].
func (s Source) Decode(into any) error {
	d := &document{file: s.doc.file, lines: s.doc.lines}
	d.decode(s.key+".options", s.raw, into)
	return Join(d.mistakes)
}

// Errorf returns a mistake in one of the source's settings. The key is relative
// to the source, such as "options.url".
func (s Source) Errorf(key, format string, args ...any) error {
	key = s.key + "." + key
	return Mistakes{{s.doc.file, s.doc.line(key), key, fmt.Sprintf(format, args...)}}
}

// ParseSource reads the first [[sources]] table of a document without checking
// anything else. It is how one kind is tested alone.
func ParseSource(file string, data []byte) (Source, error) {
	d, err := parse(file, data)
	if err != nil {
		return Source{}, err
	}
	var f struct {
		Sources []sourceFile `toml:"sources"`
	}
	d.decode("", d.tree, &f)
	if len(f.Sources) == 0 {
		d.report("sources", "there is none")
		return Source{}, Join(d.mistakes)
	}
	return (&checker{document: d, env: os.Getenv}).source(0, f.Sources[0]), Join(d.mistakes)
}

func (c *checker) sources(list []sourceFile, cfg *Config) []Source {
	if len(list) == 0 {
		c.report("sources", "there is none: add a [[sources]] table with name, kind and brand")
	}
	seen := map[string]bool{}
	var out []Source
	for i, f := range list {
		s := c.source(i, f)
		c.name(s.key, f.Name, seen)
		switch {
		case cfg.Brand(f.Brand) != nil:
		case len(cfg.Brands) == 0:
			c.report(s.key+".brand", "%q is not known: no [[brands]] table has this name", f.Brand)
		default:
			c.report(s.key+".brand", "%q is not one of the [[brands]]: %s", f.Brand, strings.Join(brandNames(cfg), ", "))
		}
		out = append(out, s)
	}
	return out
}

func (c *checker) source(i int, f sourceFile) Source {
	s := Source{Name: f.Name, Kind: f.Kind, Brand: f.Brand, Match: f.Match, key: fmt.Sprintf("sources[%d]", i), doc: c.document, env: c.env, raw: f.Options}
	if f.Kind == "" {
		c.report(s.key+".kind", "is missing: say what kind of source this is")
	}
	if s.Match == "" {
		s.Match = "all"
	}
	c.oneOf(s.key+".match", s.Match, "all", "keywords")
	if f.Schedule == "" {
		f.Schedule = "@every 15m"
	}
	schedule, err := parseSchedule(f.Schedule)
	if err != nil {
		c.report(s.key+".schedule", "%q is not a cron schedule: %v", f.Schedule, err)
		return s
	}
	s.Schedule = schedule
	s.Every = interval(schedule)
	return s
}

// parseSchedule wraps the cron parser where it is too kind: it panics on a zone
// without fields (robfig/cron#554), rounds intervals under a second up without a
// word, and accepts days that never come.
func parseSchedule(text string) (schedule cron.Schedule, err error) {
	defer func() {
		if recover() != nil {
			schedule, err = nil, fmt.Errorf("fields are missing after the zone")
		}
	}()
	schedule, err = cron.ParseStandard(text)
	if err != nil {
		return nil, err
	}
	if rest, ok := strings.CutPrefix(text, "@every "); ok {
		if every, _ := time.ParseDuration(rest); every < time.Second {
			return nil, fmt.Errorf("%s is less than a second", rest)
		}
	}
	if schedule.Next(reference).IsZero() {
		return nil, fmt.Errorf("that day never comes")
	}
	return schedule, nil
}

// reference is where intervals are measured: any fixed day will do.
var reference = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// interval returns the longest time between two runs in the first week.
func interval(s cron.Schedule) time.Duration {
	longest, at := time.Duration(0), s.Next(reference)
	for i := 0; i < 50 && at.Before(reference.AddDate(0, 0, 7)); i++ {
		next := s.Next(at)
		longest = max(longest, next.Sub(at))
		at = next
	}
	if longest == 0 {
		return s.Next(at).Sub(at)
	}
	return longest
}

func brandNames(cfg *Config) []string {
	names := make([]string, len(cfg.Brands))
	for i, b := range cfg.Brands {
		names[i] = b.Name
	}
	return names
}
