package daemon

import (
	"context"
	"fmt"
	"time"

	notify "github.com/coreos/go-systemd/v22/daemon"
)

// TellSystemd passes a state such as "READY=1" to the service manager. Outside
// systemd it does nothing.
func TellSystemd(state string) { _, _ = notify.SdNotify(false, state) }

// watchdog feeds the service manager's watchdog while the store answers, and
// keeps the status line true.
func (d *Daemon) watchdog(ctx context.Context, p *Program) {
	every, err := notify.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		every = 2 * time.Minute // nobody waits for us: only the status line
	}
	ticker := time.NewTicker(every / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		waiting, parked, err := p.Pipeline.Store.Waiting(ctx)
		if err != nil {
			d.Log.Error("watchdog not fed: the store does not answer", "err", err)
			continue
		}
		d.Tell("WATCHDOG=1\nSTATUS=" + fmt.Sprintf("%d brands, %d sources, %d alerts waiting, %d parked",
			len(p.Pipeline.Brands), len(p.Sources), waiting, parked))
	}
}
