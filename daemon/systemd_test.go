package daemon

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	notify "github.com/coreos/go-systemd/v22/daemon"
)

// TestAManagerThatDoesNotListen fills the socket of a service manager that reads
// nothing. The library's own call is the control: it waits for ever.
func TestAManagerThatDoesNotListen(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", socket)
	waits := make(chan bool)
	go func() {
		for { // until the socket takes no more
			if _, err := notify.SdNotify(false, "WATCHDOG=1"); err != nil {
				waits <- false
				return
			}
			waits <- true
		}
	}()
	for more := true; more; {
		select {
		case more = <-waits:
			if !more {
				t.Fatal("the library's call ended with an error: the control shows nothing")
			}
		case <-time.After(2 * tellLimit): // it waits
			more = false
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		TellSystemd("STOPPING=1")
	}()
	select {
	case <-done:
	case <-time.After(20 * tellLimit):
		t.Error("a service manager that does not listen keeps us waiting")
	}
	_ = conn.Close() // which ends the library's call
	<-waits
}
