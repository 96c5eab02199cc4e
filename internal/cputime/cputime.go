// Package cputime reads the processor time that was used, for measurements: on a
// busy machine it says more than the clock on the wall. Linux only.
package cputime

import (
	"time"

	"golang.org/x/sys/unix"
)

// Process is what all threads of this process have used.
func Process() time.Duration { return read(unix.CLOCK_PROCESS_CPUTIME_ID) }

// Thread is what this thread has used. The goroutine must be locked to it.
func Thread() time.Duration { return read(unix.CLOCK_THREAD_CPUTIME_ID) }

func read(clock int32) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(clock, &now); err != nil {
		panic(err) // the kernel always has both
	}
	return time.Duration(now.Nano())
}
