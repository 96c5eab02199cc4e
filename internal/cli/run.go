package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"pantau/config"
	"pantau/daemon"
	"pantau/internal/health"
	"pantau/store"
)

const runHelp = `
Usage:
    pantau run [--config FILE]    collect on schedule, detect and alert

Runs until SIGTERM or Ctrl-C. Alerts go to standard output and to Slack as the
configuration says, the log to standard error. SIGHUP reads the configuration
again; when it is wrong, the old one stays.

Example:
    $ pantau run --config config.toml`

func newRun() *cobra.Command {
	cmd := &cobra.Command{Use: "run", Long: runHelp, Args: exactly(0, "no arguments")}
	path := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		// Little of what the start makes is garbage, and looking for it costs half
		// of the start. The limit is for a configuration without end.
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(startMemory)
		log := newLog(cmd.ErrOrStderr())
		cfg, sources, err := load(*path)
		if err != nil {
			return err
		}
		s, err := startPatiently(cmd.Context(), cfg, sources, cmd.OutOrStdout(), log)
		if err != nil {
			return err
		}
		// A daemon idles nearly always: half the garbage for a little more work.
		debug.SetGCPercent(50)
		debug.SetMemoryLimit(math.MaxInt64)
		reload := make(chan os.Signal, 1)
		signal.Notify(reload, syscall.SIGHUP)
		defer signal.Stop(reload)
		log.Info("started", "version", Version, "config", *path, "database", cfg.Database, "brands", len(cfg.Brands), "sources", len(sources))
		probe(cmd.Context(), cfg, log)
		build := health.Build{Version: Version, Lexicon: s.program.Pipeline.Scorer.Version()}
		d := &daemon.Daemon{Log: log, Reload: reload, Tell: daemon.TellSystemd, Report: report(log), Health: health.New(build, time.Now), Load: func() (*daemon.Program, error) {
			cfg, sources, err := load(*path)
			if err != nil {
				return nil, err
			}
			if cfg.Database != s.cfg.Database {
				return nil, usagef("database: %s instead of %s: restart to change it", cfg.Database, s.cfg.Database)
			}
			return wire(cfg, s.db, sources, cmd.OutOrStdout(), log)
		}}
		err = d.Run(cmd.Context(), s.program)
		if closing := s.close(err); err == nil {
			err = closing
		}
		log.Info("stopped")
		return err
	}
	return cmd
}

// startMemory is what the start may take before garbage is collected, in bytes.
const startMemory = 128 << 20

// startWait is between two tries to start on a disk that takes nothing.
const startWait = 10 * time.Second

// startPatiently waits for a disk that is full or broken just now: ending would
// only make the service manager start us again and again. A mistake in the user's
// own words is no reason to be blind either: the daemon starts without them.
func startPatiently(ctx context.Context, cfg *config.Config, sources []daemon.Source, out io.Writer, log *slog.Logger) (*station, error) {
	var words lexiconError
	for {
		s, err := start(ctx, cfg, sources, out, log)
		if words.error == nil && errors.As(err, &words) {
			cfg.Lexicon = nil
			continue
		}
		switch store.FaultOf(err) {
		case store.DiskFull, store.DiskFail, store.Busy:
		default:
			if err == nil && words.error != nil {
				s.program.Troubles[health.Lexicon] = words.Error()
			}
			return s, err
		}
		log.Error("cannot start yet", "err", err)
		daemon.TellSystemd(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d\nSTATUS=waiting: %s", (2 * time.Minute).Microseconds(), store.FaultOf(err)))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(startWait):
		}
	}
}

// probe says at the start which guarantee of delivery holds. Slack may be down
// just now, which is no reason not to start.
func probe(ctx context.Context, cfg *config.Config, log *slog.Logger) {
	if cfg.Slack == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	guarantee, err := newSlack(cfg).Probe(ctx)
	if err != nil {
		log.Error("Slack does not answer yet; alerts wait", "err", err)
		return
	}
	log.Info("alerts reach Slack", "delivery", guarantee, "channel", cfg.Slack.Channel)
}
