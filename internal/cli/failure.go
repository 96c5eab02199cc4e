package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"pantau/alerts"
	"pantau/brand"
)

const failureHelp = `
Usage:
    pantau failure UNIT [--config FILE]    tell every channel that UNIT failed

For pantau-failure@.service, which systemd starts. Needs the configuration and
no database, and tries every channel once.

Example:
    $ pantau failure pantau.service`

func newFailure() *cobra.Command {
	cmd := &cobra.Command{Use: "failure", Long: failureHelp, Args: exactly(1, "the name of a unit")}
	path := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, _, err := load(*path)
		if err != nil {
			return err
		}
		now := time.Now()
		a := brand.Alert{Change: brand.Stopped, By: args[0], Incident: brand.Incident{Note: ending(os.Getenv, args[0])}}
		d := alerts.Delivery{Key: fmt.Sprintf("stopped:%d", now.UnixNano()), Alert: a, QueuedAt: now, At: now}
		return sendAll(cmd, channels(cfg, cmd.OutOrStdout()), d)
	}
	return cmd
}

// ending says how a unit ended, as far as systemd told: it does when OnFailure=
// started us, see systemd.exec(5).
func ending(env func(string) string, unit string) string {
	look := "journalctl -u " + unit
	result := env("MONITOR_SERVICE_RESULT")
	if result == "" {
		return look
	}
	return fmt.Sprintf("%s %s, %s", result, env("MONITOR_EXIT_STATUS"), look)
}
