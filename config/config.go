// Package config reads config.toml. Reading is strict: an unknown key, a wrong
// type or a missing secret is a mistake, and all mistakes come at once, each
// with file, line, key and what is allowed.
//
// A [Config] that [Load] returns is valid and complete; no other package checks
// settings again. Only the options of a source are left to its kind, which
// decodes them with [Source.Decode].
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/robfig/cron/v3"
)

// Config is a valid configuration.
type Config struct {
	File        string
	Database    string // path of the SQLite file
	Language    string // of alerts: "id" or "en"
	Zone        *time.Location
	Sensitivity string // "peka", "seimbang" or "tenang"
	Contact     string // address in the User-Agent, so that a webmaster can write
	Console     bool   // alerts go to standard output as well
	Slack       *Slack // nil when Slack is not configured
	Webhook     *Webhook
	Email       *Email
	Escalation  Escalation
	Digest      Digest
	Retention   Retention
	Health      Health
	Calendar    Calendar
	Lexicon     []string // files of the user's own entries, and "domain:NAME" for those of the program
	Brands      []Brand
	Sources     []Source
}

// Slack is where alerts go. Either Token or Webhook is set.
type Slack struct {
	Channel    string
	Token      Secret
	Webhook    Secret
	AppToken   Secret      // for Socket Mode: buttons below the alerts; unset without them
	Users      []string    // who may press the buttons; empty for everybody in the channel
	Language   string      // of this channel's alerts
	QuietHours *QuietHours // nil when alerts may come at any time
}

// Webhook is a receiver of signed JSON.
type Webhook struct {
	URL    string
	Secret Secret // key of the signature
}

// Email is where alerts go by e-mail.
type Email struct {
	Server   string // host:port
	From     string
	To       []string
	User     string
	Password Secret
}

// Escalation says what happens to a critical incident that nobody takes.
type Escalation struct {
	After     time.Duration // between two reminders
	Reminders int           // how many; 0 for none
	Channel   string        // Slack channel that hears of it after the last one; may be empty
}

// Digest says when the reports are due, as cron schedules in the configured zone;
// nil for never.
type Digest struct {
	Daily, Weekly cron.Schedule
}

// QuietHours hold deliveries, never evaluation: what was held is delivered at
// the end. Critical alerts come through when LetThrough is "critical".
type QuietHours struct {
	From, To   time.Duration // since local midnight; To may be before From
	LetThrough string        // "critical" or "nothing"
}

// Quiet reports whether t, seen in its own location, lies in the quiet hours.
func (q *QuietHours) Quiet(t time.Time) bool {
	at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	if q.From <= q.To {
		return at >= q.From && at < q.To
	}
	return at >= q.From || at < q.To
}

// Retention says after how many days texts and numbers are deleted, counted
// from the day they were collected.
type Retention struct {
	TextDays    int
	NumbersDays int
	Backups     int // nightly copies that are kept; 0 for none at all
}

// Health says who watches the daemon.
type Health struct {
	Listen    string        // loopback address of the pages and metrics; "" for none
	Heartbeat Secret        // address that is asked for while all goes well; its path is often a password
	Canary    cron.Schedule // when a planted test must come through; nil for never
}

// Brand is a name that is watched.
type Brand struct {
	Name       string
	Keywords   []string // a mention matches when it contains one of them
	Exclude    []string // and none of these
	Competitor bool     // watched for comparison, never alerted
}

// Brand returns the brand with that name, or nil.
func (c *Config) Brand(name string) *Brand {
	for i := range c.Brands {
		if c.Brands[i].Name == name {
			return &c.Brands[i]
		}
	}
	return nil
}

// Load reads and checks a configuration file. env is [os.Getenv] outside tests.
// kind is asked about every source, so that the mistakes in its options come
// together with all others; nil asks nobody.
func Load(path string, env func(string) string, kind func(Source) error) (*Config, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, env, kind)
}

// LoadWithoutSecrets is [Load] for who works beside the daemon. The secrets may be there
// for the daemon alone: their form is checked and they stay unset.
func LoadWithoutSecrets(path string, env func(string) string) (*Config, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	return load(path, data, &checker{env: env, withoutSecrets: true}, nil)
}

func read(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Mistakes{{File: path, Text: "no such file: name one with --config, or start from the example config.toml of the project"}}
	}
	if errors.Is(err, syscall.EISDIR) {
		return nil, Mistakes{{File: path, Text: "a directory: name the file in it, such as config.toml"}}
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return data, nil
}

// Parse is [Load] for a file that is already in memory.
func Parse(path string, data []byte, env func(string) string, kind func(Source) error) (*Config, error) {
	return load(path, data, &checker{env: env}, kind)
}

func load(path string, data []byte, checks *checker, kind func(Source) error) (*Config, error) {
	d, err := parse(filepath.Base(path), data)
	if err != nil {
		return nil, err
	}
	d.path, checks.document = path, d
	f := defaults()
	d.decode("", d.tree, &f)
	c := f.check(checks)
	c.File = path
	errs := []error{d.mistakes}
	for _, src := range c.Sources {
		if kind != nil && src.Kind != "" {
			errs = append(errs, kind(src))
		}
	}
	if err := Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}
