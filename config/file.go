package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones must load on machines without a zone database
)

// file is config.toml as it is written, before it is checked.
type file struct {
	Database    string         `toml:"database"`
	Language    string         `toml:"language"`
	Zone        string         `toml:"zone"`
	Sensitivity string         `toml:"sensitivity"`
	Contact     string         `toml:"contact"`
	Calendar    string         `toml:"calendar"`
	Lexicon     []string       `toml:"lexicon"`
	Console     bool           `toml:"console"`
	Slack       *slackFile     `toml:"slack"`
	Webhook     *webhookFile   `toml:"webhook"`
	Email       *emailFile     `toml:"email"`
	Escalation  escalationFile `toml:"escalation"`
	Digest      digestFile     `toml:"digest"`
	Retention   retentionFile  `toml:"retention"`
	Health      healthFile     `toml:"health"`
	Brands      []brandFile    `toml:"brands"`
	Sources     []sourceFile   `toml:"sources"`
}

type slackFile struct {
	Channel    string          `toml:"channel"`
	Token      string          `toml:"token"`
	Webhook    string          `toml:"webhook"`
	AppToken   string          `toml:"app_token"`
	Users      []string        `toml:"users"`
	Language   string          `toml:"language"`
	QuietHours *quietHoursFile `toml:"quiet_hours"`
}

type quietHoursFile struct {
	From       string `toml:"from"`
	To         string `toml:"to"`
	LetThrough string `toml:"let_through"`
}

type webhookFile struct {
	URL    string `toml:"url"`
	Secret string `toml:"secret"`
}

type emailFile struct {
	Server   string   `toml:"server"`
	From     string   `toml:"from"`
	To       []string `toml:"to"`
	User     string   `toml:"user"`
	Password string   `toml:"password"`
}

type escalationFile struct {
	After     string `toml:"after"`
	Reminders int    `toml:"reminders"`
	Channel   string `toml:"channel"`
}

type digestFile struct {
	Daily  string `toml:"daily"`
	Weekly string `toml:"weekly"`
}

type retentionFile struct {
	TextDays    int `toml:"text_days"`
	NumbersDays int `toml:"numbers_days"`
	Backups     int `toml:"backups"`
}

type healthFile struct {
	Listen    string `toml:"listen"`
	Heartbeat string `toml:"heartbeat"`
	Canary    string `toml:"canary"`
}

type brandFile struct {
	Name       string   `toml:"name"`
	Keywords   []string `toml:"keywords"`
	Exclude    []string `toml:"exclude"`
	Competitor bool     `toml:"competitor"`
}

type sourceFile struct {
	Name     string         `toml:"name"`
	Kind     string         `toml:"kind"`
	Brand    string         `toml:"brand"`
	Schedule string         `toml:"schedule"`
	Match    string         `toml:"match"`
	Options  map[string]any `toml:"options"`
}

func defaults() file {
	return file{
		Database: "pantau.db", Language: "id", Zone: "WIB", Sensitivity: "seimbang", Console: true,
		Retention: retentionFile{TextDays: 90, NumbersDays: 730, Backups: 7}, Health: healthFile{Listen: "127.0.0.1:9108", Canary: "monday 09:00"},
		Escalation: escalationFile{After: "30m", Reminders: 3},
	}
}

// checker turns a file into a Config and reports what is wrong on the way.
type checker struct {
	*document
	env            func(string) string
	withoutSecrets bool // of secrets only the form is checked
}

func (f file) check(c *checker) *Config {
	out := &Config{
		Language: c.oneOf("language", f.Language, "id", "en"), Contact: f.Contact, Console: f.Console,
		Database: c.database(f.Database), Zone: c.zone(f.Zone), Sensitivity: c.sensitivity(f.Sensitivity),
		Retention: c.retention(f.Retention), Health: c.health(f.Health), Calendar: c.calendar(f.Calendar, f.Brands), Lexicon: c.beside(f.Lexicon),
		Slack: c.slack(f.Slack, f.Language), Webhook: c.webhook(f.Webhook), Email: c.email(f.Email), Escalation: c.escalation(f.Escalation, f.Slack),
		Brands: c.brands(f.Brands), Digest: Digest{Daily: c.daily(f.Digest.Daily), Weekly: c.weekly("digest.weekly", f.Digest.Weekly)},
	}
	out.Sources = c.sources(f.Sources, out)
	return out
}

// DomainPrefix marks an overlay of the lexicon that comes with the program.
const DomainPrefix = "domain:"

// beside returns paths that are relative to the configuration file, so that the
// daemon finds them from wherever it is started.
func (c *checker) beside(paths []string) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		if out[i] = path; strings.HasPrefix(path, DomainPrefix) {
			continue
		}
		if !filepath.IsAbs(path) {
			out[i] = filepath.Join(filepath.Dir(c.path), path)
		}
		if _, err := os.Stat(out[i]); err != nil {
			c.report(fmt.Sprintf("lexicon[%d]", i), "%q: no such file", path)
		}
	}
	return out
}

func (c *checker) oneOf(key, value string, allowed ...string) string {
	if slices.Contains(allowed, value) {
		return value
	}
	c.report(key, "%q is not one of %s", value, strings.Join(allowed, ", "))
	return ""
}

// database places a relative path in systemd's state directory, if there is one.
func (c *checker) database(path string) string {
	if path == "" {
		c.report("database", "is empty: name the file, such as pantau.db")
	}
	if dir := c.env("STATE_DIRECTORY"); dir != "" && !filepath.IsAbs(path) {
		return filepath.Join(dir, path)
	}
	return path
}

func (c *checker) zone(name string) *time.Location {
	z, err := Zone(name)
	if err != nil {
		c.report("zone", "%v", err)
	}
	return z
}

// Zone returns the location for WIB, WITA, WIT or an IANA name.
func Zone(name string) (*time.Location, error) {
	switch name {
	case "WIB":
		return time.FixedZone("WIB", 7*3600), nil
	case "WITA":
		return time.FixedZone("WITA", 8*3600), nil
	case "WIT":
		return time.FixedZone("WIT", 9*3600), nil
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is not a time zone: use WIB, WITA, WIT or a name such as Asia/Jakarta", name)
	}
	return z, nil
}

func (c *checker) sensitivity(name string) string {
	switch name {
	case "peka", "sensitive":
		return "peka"
	case "seimbang", "balanced":
		return "seimbang"
	case "tenang", "calm":
		return "tenang"
	}
	c.report("sensitivity", "%q is not one of peka, seimbang, tenang (or sensitive, balanced, calm)", name)
	return ""
}

func (c *checker) retention(r retentionFile) Retention {
	c.between("retention.text_days", r.TextDays, 1, 3650)
	c.between("retention.numbers_days", r.NumbersDays, 60, 3650)
	c.between("retention.backups", r.Backups, 0, 365)
	if r.NumbersDays < r.TextDays {
		c.report("retention.numbers_days", "%d is less than text_days (%d): numbers outlive the texts they came from", r.NumbersDays, r.TextDays)
	}
	return Retention(r)
}

func (c *checker) between(key string, n, low, high int) {
	if n < low || n > high {
		c.report(key, "%d is not between %d and %d", n, low, high)
	}
}

func (c *checker) brands(list []brandFile) []Brand {
	if len(list) == 0 {
		c.report("brands", "there is none: add a [[brands]] table with a name")
	}
	seen := map[string]bool{}
	var out []Brand
	for i, b := range list {
		key := fmt.Sprintf("brands[%d]", i)
		c.name(key, b.Name, seen)
		c.words(key+".keywords", b.Keywords)
		c.words(key+".exclude", b.Exclude)
		if len(b.Keywords) == 0 && b.Name != "" {
			b.Keywords = []string{b.Name}
		}
		c.excluded(key+".exclude", b)
		out = append(out, Brand(b))
	}
	return out
}

func (c *checker) words(key string, list []string) {
	for i, word := range list {
		if strings.TrimSpace(word) == "" {
			c.report(fmt.Sprintf("%s[%d]", key, i), "is empty: remove it")
		}
	}
}

// excluded refuses a word that excludes whatever names the brand.
func (c *checker) excluded(key string, b brandFile) {
	for i, word := range b.Exclude {
		for _, keyword := range b.Keywords {
			if strings.EqualFold(strings.TrimSpace(word), strings.TrimSpace(keyword)) {
				c.report(fmt.Sprintf("%s[%d]", key, i), "%q is one of the keywords: nothing would be about %s", word, b.Name)
			}
		}
	}
}

// CheckName refuses what cannot be the name of a brand or a source.
func CheckName(name string) error {
	if strings.TrimSpace(name) == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return fmt.Errorf("%q is not a name: use printable characters", name)
	}
	if strings.TrimSpace(name) != name {
		return fmt.Errorf("%q begins or ends with a space", name)
	}
	return nil
}

func (c *checker) name(key, name string, seen map[string]bool) {
	switch err := CheckName(name); {
	case err != nil:
		c.report(key+".name", "%v", err)
	case seen[strings.ToLower(name)]: // people would not tell them apart
		c.report(key+".name", "%q is used twice, with or without capitals", name)
	}
	seen[strings.ToLower(name)] = true
}
