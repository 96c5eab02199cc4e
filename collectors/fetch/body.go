package fetch

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/transform"
)

const peekSize = 16 << 10

// body is a response body that ends in an error beyond the limit and gives the
// host's turn back when it is closed.
type body struct {
	raw   io.ReadCloser
	buf   *bufio.Reader
	read  io.Reader // buf, or its decoder to UTF-8
	leave func()
}

func newBody(resp *http.Response, host string, broken func(error) error, leave func()) *body {
	b := &body{raw: resp.Body, leave: leave}
	b.buf = bufio.NewReaderSize(&limited{r: resp.Body, left: maxBody, host: host, broken: broken}, peekSize)
	b.read = b.buf
	resp.Body = b
	return b
}

// peek returns the beginning of the body without consuming it.
func (b *body) peek() []byte {
	start, _ := b.buf.Peek(peekSize)
	return start
}

func (b *body) Read(p []byte) (int, error) { return b.read.Read(p) }

func (b *body) Close() error {
	err := b.raw.Close()
	if b.leave != nil {
		b.leave()
		b.leave = nil
	}
	return err
}

// decode makes HTML, and text whose charset only the header knows, UTF-8. It
// labels every body as UTF-8, because colly would otherwise decode a second time
// what the parsers of XML decode by themselves.
func (b *body) decode(resp *http.Response) {
	contentType := resp.Header.Get("Content-Type")
	media, params, _ := mime.ParseMediaType(contentType)
	start := b.peek()
	isHTML := strings.Contains(media, "html") || media == "" && looksHTML(start)
	name := strings.ToLower(params["charset"])
	declared := bytes.Contains(start[:min(len(start), 200)], []byte("encoding="))
	if isHTML || name != "" && name != "utf-8" && !declared {
		enc, _, _ := charset.DetermineEncoding(start[:min(len(start), 1024)], contentType)
		b.read = transform.NewReader(b.buf, enc.NewDecoder())
	}
	if media == "" {
		media = "application/octet-stream"
	}
	resp.Header.Set("Content-Type", media+"; charset=utf-8")
	// A body that is still gzip was packed twice. colly would unpack it past
	// the limit when it sees the header or an address in .xml.gz.
	resp.Uncompressed = true
	resp.Header.Del("Content-Encoding")
}

// limited counts decompressed bytes.
type limited struct {
	r      io.Reader
	left   int64
	host   string
	broken func(error) error // says in words why the rest did not come
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		if n, err := l.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, &Error{Kind: ErrTooLarge, Host: l.host, Text: fmt.Sprintf("answered more than %d MiB", maxBody>>20)}
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	if err != nil && err != io.EOF {
		err = l.broken(err)
	}
	return n, err
}

func looksHTML(start []byte) bool {
	lower := bytes.ToLower(bytes.TrimSpace(start[:min(len(start), 512)]))
	return bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.HasPrefix(lower, []byte("<html"))
}

// isChallenge recognises pages that only a browser with a human gets past. Some
// come with status 200. Only the title counts, so that an article about such a
// page is read.
func isChallenge(h http.Header, start []byte) bool {
	if h.Get("Cf-Mitigated") == "challenge" {
		return true
	}
	lower := bytes.ToLower(start)
	_, rest, ok := bytes.Cut(lower, []byte("<title"))
	if !ok || !(looksHTML(start) || strings.Contains(h.Get("Content-Type"), "html")) {
		return false
	}
	title, _, _ := bytes.Cut(rest, []byte("</title"))
	_, title, _ = bytes.Cut(title, []byte(">"))
	for _, known := range []string{"just a moment", "attention required! | cloudflare", "validating browser", "checking your browser",
		"verifying you are human", "are you a robot", "ddos-guard", "access to this page has been denied", "pardon our interruption"} {
		if bytes.Contains(title, []byte(known)) {
			return true
		}
	}
	return false
}
