package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// reading shows on a terminal how much of a file has been read; elsewhere it is
// silent. done takes the bar away again.
func reading(file *os.File, screen io.Writer) (r io.Reader, done func()) {
	info, err := file.Stat()
	if _, ok := terminal(screen); err != nil || !ok || info.Size() < longFile {
		return file, func() {}
	}
	b := &passing{from: file, size: info.Size(), bar: bar{screen: screen}}
	return b, b.bar.clear
}

// unmarked leaves out the byte order mark that Notepad writes at the beginning.
func unmarked(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if start, _ := b.Peek(3); string(start) == "\ufeff" {
		_, _ = b.Discard(3) // they are there
	}
	return b
}

// working returns what shows the progress of work that may take long, on a
// terminal and not before it has lasted half a second; done takes it away again.
func working(screen io.Writer) (progress func(share float64), done func()) {
	if _, ok := terminal(screen); !ok {
		return func(float64) {}, func() {}
	}
	b, began := &bar{screen: screen}, time.Now()
	return func(share float64) {
		if time.Since(began) > time.Second/2 {
			b.show(share)
		}
	}, b.clear
}

// longFile is how many bytes are read so quickly that a bar would only flicker.
const longFile = 1 << 19

// passing shows the share of a file that passed through it.
type passing struct {
	from       io.Reader
	size, read int64
	bar        bar
}

// Read implements [io.Reader].
func (p *passing) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	p.read += int64(n)
	p.bar.show(float64(p.read) / float64(max(p.size, 1)))
	return n, err
}

// bar draws a share as a bar.
type bar struct {
	screen io.Writer
	shown  int // percent
}

func (b *bar) show(share float64) {
	const width = 30
	percent := min(int(100*share), 100)
	if percent <= b.shown {
		return
	}
	b.shown = percent
	full := width * percent / 100
	fmt.Fprintf(b.screen, "\r[%s%s] %3d %%", strings.Repeat("#", full), strings.Repeat(".", width-full), percent)
}

// clear takes the bar away, if there is one.
func (b *bar) clear() {
	if b.shown > 0 {
		fmt.Fprint(b.screen, "\r\x1b[K")
	}
}
