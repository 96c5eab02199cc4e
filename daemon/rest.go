package daemon

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"pantau/internal/health"
)

// restEvery is between two times that memory is given back. Each costs some
// milliseconds.
const restEvery = 5 * time.Minute

// rest gives back what work left behind. The start, a round or a report need
// several times as much memory as the hours between them; a daemon idles nearly
// always, beside others who could use it.
func (r *runner) rest(ctx context.Context, _ *health.Pulse) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := r.program.Pipeline.Store.Rest(ctx); err != nil {
		return nil // the writer is busy: it needs its memory
	}
	debug.FreeOSMemory()
	dropProgram()
	return nil
}

// dropProgram lets go of the pages of the program itself: code and tables of the
// start, of charts and of pages that nobody reads now. They are mapped from the
// file, so what is needed again comes back from there.
func dropProgram() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	for _, m := range droppable(maps, program) {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED)
	}
}

// mapping is a span of the address space.
type mapping struct{ from, to uintptr }

// droppable returns the mappings of a program in a smaps file that hold nothing
// but what is in its file: none that may be written, and none with pages that
// were, as the linker does at the start before it takes the right away.
func droppable(smaps io.Reader, program string) (list []mapping) {
	var m mapping
	ours := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) > 1 && !strings.HasSuffix(fields[0], ":"):
			// 00400000-01300000 r-xp 00000000 fe:00 1234   /usr/bin/pantau
			_, err := fmt.Sscanf(fields[0], "%x-%x", &m.from, &m.to)
			ours = err == nil && len(fields) == 6 && fields[5] == program && (fields[1] == "r-xp" || fields[1] == "r--p")
		case ours && len(fields) == 3 && fields[0] == "Anonymous:" && fields[1] == "0":
			list = append(list, m)
		}
	}
	return list
}
