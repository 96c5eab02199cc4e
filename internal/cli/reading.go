package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// reading shows on a terminal how much of a file has been read; elsewhere it is
// silent. done takes the bar away again.
func reading(file *os.File, screen io.Writer) (r io.Reader, done func()) {
	info, err := file.Stat()
	if _, ok := terminal(screen); err != nil || !ok || info.Size() < longFile {
		return file, func() {}
	}
	b := &bar{from: file, size: info.Size(), screen: screen}
	return b, func() { fmt.Fprint(screen, "\r\x1b[K") }
}

// longFile is how many bytes are read so quickly that a bar would only flicker.
const longFile = 1 << 19

// bar draws the share of a file that passed through it.
type bar struct {
	from       io.Reader
	size, read int64
	shown      int
	screen     io.Writer
}

// Read implements [io.Reader].
func (b *bar) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.read += int64(n)
	const width = 30
	if percent := int(100 * b.read / max(b.size, 1)); percent > b.shown {
		b.shown = percent
		full := min(width*percent/100, width)
		fmt.Fprintf(b.screen, "\r[%s%s] %3d %%", strings.Repeat("#", full), strings.Repeat(".", width-full), min(percent, 100))
	}
	return n, err
}
