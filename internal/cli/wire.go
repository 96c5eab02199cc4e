package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/alerts"
	"pantau/collectors"
	"pantau/collectors/clean"
	"pantau/collectors/fetch"
	"pantau/config"
	"pantau/daemon"
	"pantau/internal/health"
	"pantau/sentiment"
	"pantau/store"
)

// configFlag adds --config and returns where its value goes.
func configFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("config", "config.toml", "")
}

// load reads the configuration and makes the collectors.
func load(path string) (*config.Config, []daemon.Source, error) {
	endpoints := map[string]string{} // that mentions are sent to → the source
	cfg, err := config.Load(path, os.Getenv, func(src config.Source) error {
		c, err := collectors.New(src, fetch.New(fetch.Options{}))
		if r, ok := c.(collectors.Receiver); ok && err == nil {
			address, path := r.Endpoint()
			if taken := endpoints[address+path]; taken != "" {
				return src.Errorf("options.path", "%q on %s is that of the source %q: give each its own", path, address, taken)
			}
			endpoints[address+path] = src.Name
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	client := fetch.New(fetch.Options{Version: Version, Contact: cfg.Contact}) // one for all: they share what they know of a host
	sources := make([]daemon.Source, len(cfg.Sources))
	for i, src := range cfg.Sources {
		c, err := collectors.New(src, client)
		if err != nil {
			return nil, nil, err
		}
		sources[i] = daemon.Source{Source: src, Collector: c, Matches: matcher(cfg, src)}
	}
	return cfg, sources, nil
}

func matcher(cfg *config.Config, src config.Source) func(string) bool {
	if src.Match != "keywords" {
		return nil
	}
	b := cfg.Brand(src.Brand)
	return clean.NewMatcher(b.Keywords, b.Exclude).Match
}

// station is an open store with the program that works on it.
type station struct {
	cfg     *config.Config
	db      *store.DB
	program *daemon.Program
	lock    *daemon.LockFile
}

// start opens the store of a configuration for the only daemon that collects
// into it.
func start(ctx context.Context, cfg *config.Config, sources []daemon.Source, out io.Writer, log *slog.Logger) (*station, error) {
	if _, err := store.Engine(); err != nil {
		return nil, err
	}
	err := store.Writable(cfg.Database)
	if err != nil {
		return nil, err
	}
	s := &station{cfg: cfg}
	if s.lock, err = daemon.Lock(cfg.Database + ".lock"); err != nil {
		return nil, err
	}
	opened, recovered, err := daemon.Open(ctx, cfg.Database, cfg.Zone, s.lock.Unclean, log)
	if err != nil {
		s.lock.Leave()
		return nil, err
	}
	s.db = opened
	if s.program, err = wire(cfg, s.db, sources, out, log); err != nil {
		return nil, errors.Join(err, s.close(nil))
	}
	if recovered != "" {
		s.program.Troubles[health.Restored] = recovered
	}
	return s, nil
}

// close ends the work. After an unclean end the lock file stays, so that the next
// start looks through the whole database.
func (s *station) close(cause error) error {
	err := s.db.Close()
	if store.FaultOf(cause) == store.Corrupt || err != nil {
		s.lock.Leave()
	} else {
		s.lock.Unlock()
	}
	return err
}

// wire builds the program of a configuration.
func wire(cfg *config.Config, db *store.DB, sources []daemon.Source, out io.Writer, log *slog.Logger) (*daemon.Program, error) {
	p, err := newPipeline(cfg, db, log)
	if err != nil {
		return nil, err
	}
	program := &daemon.Program{Pipeline: p, Health: cfg.Health, Troubles: map[health.Mode]string{}, Sources: sources, Channels: channels(cfg, out), Listen: listeners(cfg), Zone: cfg.Zone, Reports: cfg.Digest, Keep: cfg.Retention}
	for _, c := range program.Channels {
		if c.Name != cfg.Escalation.Channel {
			p.Channels = append(p.Channels, c.Name)
		}
	}
	return program, nil
}

func newPipeline(cfg *config.Config, db *store.DB, log *slog.Logger) (*daemon.Pipeline, error) {
	scorer, err := newScorer(cfg)
	if err != nil {
		return nil, err
	}
	key, err := daemon.PseudonymKey(filepath.Join(filepath.Dir(cfg.Database), "pantau.key"))
	if err != nil {
		return nil, err
	}
	intervals := map[string]time.Duration{}
	for _, src := range cfg.Sources {
		intervals[src.Name] = src.Every
	}
	return &daemon.Pipeline{Store: db, Scorer: scorer, Pseudonyms: key, Brands: cfg.Brands, Intervals: intervals,
		Calendar: cfg.Calendar, Escalation: cfg.Escalation, Sensitivity: cfg.Sensitivity, Log: log, Now: time.Now, Decided: func() {}}, nil
}

// newScorer returns the scorer with the user's own entries.
func newScorer(cfg *config.Config) (*sentiment.Analyzer, error) { return openLexicon(cfg.Lexicon) }

// openLexicon returns the scorer with overlays: files, and "domain:NAME" for those
// that come with the program. A bad line in them is a mistake of the user.
func openLexicon(names []string) (*sentiment.Analyzer, error) {
	var overlays []sentiment.Overlay
	for _, name := range names {
		if domain, ok := strings.CutPrefix(name, config.DomainPrefix); ok {
			o, err := sentiment.Domain(domain)
			if err != nil {
				return nil, usagef("lexicon: %v", err)
			}
			overlays = append(overlays, o)
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		overlays = append(overlays, sentiment.Overlay{Name: name, Reader: unmarked(f)})
	}
	scorer, err := sentiment.New(overlays...)
	if err != nil {
		return nil, lexiconError{usageError{err}}
	}
	return scorer, nil
}

// lexiconError marks a mistake in the user's own entries.
type lexiconError struct{ error }

// Unwrap returns what the mistake is.
func (e lexiconError) Unwrap() error { return e.error }

// channels returns the outboxes that the configuration asks for.
func channels(cfg *config.Config, out io.Writer) []daemon.Channel {
	var list []daemon.Channel
	if cfg.Console {
		list = append(list, daemon.Channel{Name: "console", Notifier: alerts.NewConsole(out, style(cfg), columns(out), colour(out))})
	}
	if w := cfg.Webhook; w != nil {
		list = append(list, daemon.Channel{Name: "webhook", Notifier: alerts.NewWebhook(alerts.WebhookOptions{URL: w.URL, Secret: w.Secret.Reveal(), Style: style(cfg)})})
	}
	if e := cfg.Email; e != nil {
		list = append(list, daemon.Channel{Name: "email", Notifier: alerts.NewEmail(alerts.EmailOptions{Server: e.Server, From: e.From, To: e.To,
			User: e.User, Password: e.Password.Reveal(), Style: style(cfg)})})
	}
	if s := cfg.Slack; s != nil {
		slack := newSlack(cfg)
		// One message a second and channel is what Slack allows.
		list = append(list, daemon.Channel{Name: s.Channel, Gap: time.Second, Quiet: s.QuietHours, Zone: cfg.Zone, Notifier: slack})
		if e := cfg.Escalation.Channel; e != "" && e != s.Channel {
			list = append(list, daemon.Channel{Name: e, Gap: time.Second, Zone: cfg.Zone, Notifier: slack})
		}
	}
	return list
}

// newSlack returns the notifier of the configured workspace.
func newSlack(cfg *config.Config) *alerts.Slack {
	s := cfg.Slack
	people := style(cfg)
	people.Language = s.Language
	return alerts.NewSlack(alerts.SlackOptions{Token: s.Token.Reveal(), Webhook: s.Webhook.Reveal(), Buttons: s.AppToken.Set(), Style: people})
}

// listeners returns who hands over the clicks, if there are buttons.
func listeners(cfg *config.Config) []daemon.Listener {
	if cfg.Slack == nil || !cfg.Slack.AppToken.Set() {
		return nil
	}
	slack := newSlack(cfg)
	return []daemon.Listener{func(ctx context.Context, act func(context.Context, alerts.Click) error) error {
		return slack.Listen(ctx, cfg.Slack.AppToken.Reveal(), cfg.Slack.Users, act)
	}}
}

func style(cfg *config.Config) alerts.Style {
	return alerts.Style{Language: cfg.Language, Zone: cfg.Zone, ZoneName: cfg.Zone.String()}
}

// newLog writes for the operator. The journal adds the time itself.
func newLog(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{}
	if os.Getenv("JOURNAL_STREAM") != "" {
		options.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// openStore opens the store of a configuration to read it.
func openStore(ctx context.Context, configPath string) (*config.Config, *store.DB, error) {
	cfg, err := config.LoadWithoutSecrets(configPath, os.Getenv)
	if err != nil {
		return nil, nil, err
	}
	db, err := store.OpenReadOnly(ctx, cfg.Database, cfg.Zone)
	return cfg, db, err
}

// report logs what a run could not keep.
func report(log *slog.Logger) func(daemon.Source, daemon.Round) {
	return func(src daemon.Source, r daemon.Round) {
		if r.Future > 0 { // a clock is wrong, there or here
			log.Warn("dated in the future, counted as of now", "source", src.Name, "mentions", r.Future)
		}
		for _, reject := range r.Rejects {
			log.Warn("not kept", "source", src.Name, "where", reject.Where, "reason", reject.Reason)
		}
		if more := r.Rejected - len(r.Rejects); more > 0 {
			log.Warn("not kept", "source", src.Name, "where", fmt.Sprintf("%d more", more))
		}
		for _, warning := range r.Warnings {
			log.Warn("kept", "source", src.Name, "where", warning.Where, "reason", warning.Reason)
		}
		if more := r.Warned - len(r.Warnings); more > 0 {
			log.Warn("kept", "source", src.Name, "where", fmt.Sprintf("%d more", more))
		}
	}
}
