package alerts

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// smtpDouble is a small SMTP server: it speaks what a mail needs, keeps what it
// accepted, and fails where it is told to.
type smtpDouble struct {
	listener net.Listener
	cert     *tls.Certificate  // offers STARTTLS when set
	replies  map[string]string // instead of its own, by command; "." is the end of the text
	cut      bool              // hangs up after the text, before an answer

	mu        sync.Mutex
	mails     []string
	encrypted bool // of the last mail
	login     string
}

func newSMTP(t *testing.T, replies map[string]string) *smtpDouble {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &smtpDouble{listener: l, replies: replies}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go d.serve(c)
		}
	}()
	return d
}

// secure lets the double offer STARTTLS and returns what trusts it.
func (d *smtpDouble) secure(t *testing.T) *tls.Config {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	d.cert = &s.TLS.Certificates[0]
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{RootCAs: pool}
}

func (d *smtpDouble) serve(c net.Conn) {
	defer func() { c.Close() }()
	encrypted := false
	r := bufio.NewReader(c)
	say := func(line string) { fmt.Fprintf(c, "%s\r\n", line) }
	say("220 double ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.Fields(line + " -")[0])
		if reply := d.replies[verb]; reply != "" {
			say(reply)
			continue
		}
		switch verb {
		case "EHLO":
			say("250-double")
			if d.cert != nil && !encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			secured := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*d.cert}})
			c, r, encrypted = secured, bufio.NewReader(secured), true
		case "AUTH":
			d.mu.Lock()
			d.login = strings.TrimSpace(line)
			d.mu.Unlock()
			say("235 welcome")
		case "DATA":
			say("354 go on")
			if !d.data(r, say, encrypted) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (d *smtpDouble) data(r *bufio.Reader, say func(string), encrypted bool) bool {
	var text strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(line)
	}
	if d.cut {
		return false
	}
	if reply := d.replies["."]; reply != "" {
		say(reply)
		return true
	}
	d.mu.Lock()
	d.mails, d.encrypted = append(d.mails, text.String()), encrypted
	d.mu.Unlock()
	say("250 queued")
	return true
}
