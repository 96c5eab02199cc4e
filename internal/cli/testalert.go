package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pantau/alerts"
	"pantau/brand"
	"pantau/config"
	"pantau/daemon"
)

const testAlertHelp = `
Usage:
    pantau test-alert [--config FILE] [--dry-run]    send an alert marked TEST

Sends an invented alert, marked TEST, to every channel of the configuration, and
says for each whether it arrived. Nothing is stored. With --dry-run nothing is
sent: the exact payload for Slack is printed, which needs [slack] in the
configuration.

Example:
    $ pantau test-alert --dry-run`

func newTestAlert() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{Use: "test-alert", Long: testAlertHelp, Args: exactly(0, "no arguments")}
	path := configFlag(cmd)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, _, err := load(*path)
		if err != nil {
			return err
		}
		now := time.Now()
		d := alerts.Delivery{Key: fmt.Sprintf("test:%d", now.UnixNano()), Alert: invented(cfg, now), QueuedAt: now, At: now, Test: true}
		if dry {
			return printPayload(cmd, cfg, d)
		}
		return sendAll(cmd, channels(cfg, cmd.OutOrStdout()), d)
	}
	return cmd
}

func printPayload(cmd *cobra.Command, cfg *config.Config, d alerts.Delivery) error {
	if cfg.Slack == nil {
		return usagef("--dry-run prints what Slack would get: add [slack] to %s", cfg.File)
	}
	d.Channel = cfg.Slack.Channel
	payload, err := newSlack(cfg).Payload(d)
	if err == nil {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", payload)
	}
	return err
}

func sendAll(cmd *cobra.Command, list []daemon.Channel, d alerts.Delivery) error {
	if len(list) == 0 {
		return usagef("nobody would get an alert: set console = true or add [slack], [webhook] or [email]")
	}
	var errs []error
	for _, c := range list {
		d.Channel = c.Name
		if _, err := c.Notifier.Notify(cmd.Context(), d); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.Name, err))
			continue
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: sent\n", c.Name)
	}
	return errors.Join(errs...)
}

// invented is an alert about the first brand that nobody can take for a real one.
func invented(cfg *config.Config, now time.Time) brand.Alert {
	start := now.Add(-3 * time.Hour)
	return brand.Alert{Change: brand.Opened, Incident: brand.Incident{
		ID: 0, Brand: cfg.Brands[0].Name, State: brand.Open, Severity: brand.Warning, Cause: brand.LateDelivery,
		StartedAt: start, OpenedAt: now, UpdatedAt: now, Window: 3 * time.Hour,
		Mentions: 40, ExpectedMentions: 21, Observed: 24, Expected: 4, Low: 1, High: 8, Share: 0.6, UsualShare: 0.19, Score: 4.2, Peak: 24, Voices: 22,
		Causes:     []brand.Driver{{Key: "delivery", Observed: 17, Expected: 1}, {Key: "slow_response", Observed: 6, Expected: 1}},
		Quotes:     []brand.Quote{{Text: "Contoh: paket sudah seminggu belum sampai. (Example: a week, and no parcel.)", Stars: 1, Source: "TEST", PublishedAt: start, Words: []string{"belum sampai"}}},
		Confidence: "normal", Rule: "test", Lexicon: "test",
	}}
}
