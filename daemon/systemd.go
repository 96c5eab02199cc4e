package daemon

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	notify "github.com/coreos/go-systemd/v22/daemon"

	"pantau/internal/health"
)

// TellSystemd passes a state such as "READY=1" to the service manager. Outside
// systemd it does nothing.
//
// A service manager that does not listen is not waited for: the library's own
// call would wait for ever, and with it the end of the daemon.
func TellSystemd(state string) {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetWriteDeadline(time.Now().Add(tellLimit))
	_, _ = conn.Write([]byte(state))
}

// tellLimit is how long the service manager has to take a message.
const tellLimit = time.Second

// watchdog feeds the service manager's watchdog while every loop goes on, and
// keeps the status line true. It asks nobody who could keep it waiting: what is
// slow beats a pulse of its own.
func (r *runner) watchdog(ctx context.Context) {
	every, err := notify.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		every = 2 * time.Minute // nobody waits for us: only the status line
	}
	ticker := time.NewTicker(every / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if stuck := r.Health.Stuck(); len(stuck) > 0 {
			r.Log.Error("watchdog not fed: something does not go on", "stuck", strings.Join(stuck, ", "))
			r.Tell("STATUS=stuck: " + strings.Join(stuck, ", "))
			continue
		}
		r.Tell("WATCHDOG=1\nSTATUS=" + r.status())
	}
}

// status is the line that the service manager shows.
func (r *runner) status() string {
	age, waiting := r.outbox.Load().values()
	return r.Health.Status(len(r.program.Pipeline.Brands), age, waiting, r.program.Pipeline.Now())
}

// queue is how much waited when it was last looked at.
type queue struct {
	age     time.Duration // of the oldest delivery that should be with people by now
	waiting int
}

func (q *queue) values() (time.Duration, int) {
	if q == nil {
		return 0, 0
	}
	return q.age, q.waiting
}

// show serves the pages until ctx ends. Without them the daemon does its work all
// the same.
func (r *runner) show(ctx context.Context) {
	address := r.program.Health.Listen
	if address == "" {
		return
	}
	if err := r.Health.Serve(ctx, address); err != nil && ctx.Err() == nil {
		r.trouble(health.Page, fmt.Sprintf("health.listen: %v", err))
	}
}
