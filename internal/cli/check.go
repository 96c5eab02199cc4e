package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/config"
	"pantau/daemon"
	"pantau/internal/backtest"
	"pantau/store"
)

const checkHelp = `
Usage:
    pantau check [--config FILE] [--online] [--json]    check the configuration

Reads the configuration as strictly as pantau run does: unknown keys, wrong
types, schedules, secrets and the options of every source. All mistakes come at
once, each with its line. Nothing is collected and nothing is written. Where
there is a history, it says how often each sensitivity would have alerted on it.

    --online    read each source once, without storing anything: its status,
                why, and what to do. The exit status is 1 when one cannot be
                read. The kind x reads, and pays for, up to ten posts.

Example:
    $ pantau check --config config.toml --online`

func newCheck() *cobra.Command {
	var asJSON, online bool
	cmd := &cobra.Command{Use: "check", Long: checkHelp, Args: exactly(0, "no arguments")}
	path := configFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&online, "online", false, "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, sources, err := load(*path)
		if err != nil {
			return err
		}
		if _, err := newScorer(cfg); err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		if asJSON && !online {
			return printJSON(out, summary(cfg, sources, nil))
		}
		if asJSON {
			list, broken := tryAll(cmd.Context(), io.Discard, sources, cfg.Zone)
			return errors.Join(printJSON(out, summary(cfg, sources, list)), broken)
		}
		fmt.Fprintf(out, "%s: OK\n\n", *path)
		fmt.Fprintf(out, "database     %s\nzone         %s\nlanguage     %s\nsensitivity  %s\nalerts to    %s\n\n", cfg.Database, cfg.Zone, cfg.Language, cfg.Sensitivity, receivers(cfg))
		for _, b := range cfg.Brands {
			fmt.Fprintf(out, "brand        %s%s\n", b.Name, map[bool]string{true: " (competitor: never alerted)"}[b.Competitor])
		}
		for _, s := range sources {
			fmt.Fprintf(out, "source       %s: %s for %s, every %s\n", s.Name, s.Kind, s.Brand, interval(s.Every))
		}
		printAlertRates(cmd.Context(), out, cfg)
		if !online {
			return nil
		}
		fmt.Fprintln(out)
		_, err = tryAll(cmd.Context(), out, sources, cfg.Zone)
		return err
	}
	return cmd
}

// printAlertRates says how often each sensitivity would have alerted on the stored
// history of each brand. Without a history there is nothing to say.
func printAlertRates(ctx context.Context, out io.Writer, cfg *config.Config) {
	if _, err := os.Stat(cfg.Database); err != nil {
		return
	}
	db, err := store.OpenReadOnly(ctx, cfg.Database, cfg.Zone)
	if err != nil {
		fmt.Fprintf(out, "\nhistory      %v\n", err)
		return
	}
	defer db.Close()
	before := "\n"
	for _, b := range cfg.Brands {
		if b.Competitor {
			continue
		}
		rates, err := alertRates(ctx, db, cfg, b.Name)
		if err != nil {
			rates = err.Error()
		}
		if rates != "" {
			fmt.Fprintf(out, "%shistory      %s: %s\n", before, b.Name, rates)
			before = ""
		}
	}
}

func alertRates(ctx context.Context, db *store.DB, cfg *config.Config, name string) (string, error) {
	past, err := db.History(ctx, name)
	if errors.Is(err, store.ErrNoBrand) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	levels := backtest.Levels(replayable(name, past), events(cfg, name, past.Series))
	if levels == nil {
		return fmt.Sprintf("%d days are too few to say how often it would have alerted; six weeks are enough", len(past.Hours)/24), nil
	}
	var rates []string
	for _, l := range levels {
		rates = append(rates, fmt.Sprintf("%s about %.1f", l.Sensitivity, l.AlarmsPer90Days))
	}
	return "alerts in 90 days on its own history: " + strings.Join(rates, ", "), nil
}

// interval writes 15m, where [time.Duration] writes 15m0s.
func interval(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

func receivers(cfg *config.Config) string {
	var list []string
	if cfg.Console {
		list = append(list, "console")
	}
	if s := cfg.Slack; s != nil {
		name := "Slack " + s.Channel
		if s.Token.Set() {
			name += " (token " + s.Token.String() + ")"
		}
		list = append(list, name)
	}
	if w := cfg.Webhook; w != nil {
		list = append(list, "webhook "+host(w.URL))
	}
	if e := cfg.Email; e != nil {
		list = append(list, "e-mail to "+strings.Join(e.To, ", "))
	}
	if list == nil {
		return "nobody: set console = true or add [slack], [webhook] or [email]"
	}
	return strings.Join(list, ", ")
}

// host is the part of an address that gives nothing away: a path may hold a key.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func summary(cfg *config.Config, sources []daemon.Source, trials []trial) any {
	type source struct {
		Name  string `json:"name"`
		Kind  string `json:"kind"`
		Brand string `json:"brand"`
		Every string `json:"every"`
	}
	v := struct {
		OK       bool     `json:"ok"`
		Config   string   `json:"config"`
		Database string   `json:"database"`
		Zone     string   `json:"zone"`
		Brands   []string `json:"brands"`
		Sources  []source `json:"sources"`
		Online   []trial  `json:"online,omitempty"`
	}{OK: true, Config: cfg.File, Database: cfg.Database, Zone: cfg.Zone.String(), Online: trials}
	for _, b := range cfg.Brands {
		v.Brands = append(v.Brands, b.Name)
	}
	for _, s := range sources {
		v.Sources = append(v.Sources, source{s.Name, s.Kind, s.Brand, s.Every.String()})
	}
	return v
}
