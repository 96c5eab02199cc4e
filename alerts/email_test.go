package alerts

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"pantau/brand"
)

func (d *smtpDouble) email(o EmailOptions) Notifier {
	o.Server, o.From, o.To, o.Style = d.listener.Addr().String(), "Pantau <pantau@merek.example>", []string{"rina@merek.example", "bayu@merek.example"}, inIndonesian
	return NewEmail(o)
}

// parts reads a mail down to its leaves, by media type.
func parts(t *testing.T, header map[string][]string, body io.Reader, into map[string]string) {
	t.Helper()
	get := func(name string) string { return strings.Join(header[name], "") }
	kind, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			}
			parts(t, p.Header, p, into)
		}
	}
	switch get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	into[kind] = string(text)
}

func TestEmail(t *testing.T) {
	d := newSMTP(t, nil)
	trust := d.secure(t)
	n := d.email(EmailOptions{TLS: trust, User: "pantau", Password: "canary-password"})
	root, err := n.Notify(context.Background(), Delivery{Key: "42:opened:1:email", Alert: openedAlert(), At: noon, Days: fourWeeks()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Notify(context.Background(), Delivery{Key: "42:acknowledged:1:email", Alert: changed(brand.Taken), Root: root, At: noon}); err != nil {
		t.Fatal(err)
	}
	if !d.encrypted || !strings.HasPrefix(d.login, "AUTH PLAIN ") {
		t.Errorf("encrypted %t, login %q; want both", d.encrypted, d.login)
	}
	first, err := mail.ReadMessage(strings.NewReader(d.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(first.Header.Get("Subject"))
	if want := "KRITIS · Rona Busana: keluhan naik, terutama pengiriman terlambat · 57 dalam 6 jam, biasanya 14"; err != nil || subject != want {
		t.Errorf("subject %q, %v; want %q", subject, err, want)
	}
	if got := first.Header.Get("Message-ID"); got != root || !strings.HasSuffix(root, "@merek.example>") || strings.Contains(root, "42:") {
		t.Errorf("Message-ID %q, receipt %q; want the same, from the key but without it", got, root)
	}
	got := map[string]string{}
	parts(t, first.Header, first.Body, got)
	if !strings.Contains(got["text/plain"], "57 keluhan dari 96") || !strings.Contains(got["text/plain"], "▆█") {
		t.Errorf("plain text: %s", got["text/plain"])
	}
	if !strings.Contains(got["text/html"], "cid:pantau.png") || !strings.Contains(got["text/html"], `href="https://reviews.example/r/7"`) {
		t.Errorf("HTML: %s", got["text/html"])
	}
	if _, err := png.Decode(strings.NewReader(got["image/png"])); err != nil {
		t.Errorf("picture: %v", err)
	}
	second, err := mail.ReadMessage(strings.NewReader(d.mails[1]))
	if err != nil || second.Header.Get("In-Reply-To") != root || second.Header.Get("References") != root {
		t.Errorf("%v: the second mail is not in the thread of %s: %v", err, root, second.Header)
	}
}

func TestEmailErrors(t *testing.T) {
	tests := []struct {
		name    string
		replies map[string]string
		cut     bool
		want    string
		mails   int
	}{
		{"delivered", nil, false, "", 1},
		{"rude after delivery", map[string]string{"RSET": "421 closing", "QUIT": "500 what"}, false, "", 1},
		{"busy", map[string]string{"MAIL": "451 try later"}, false, "retry", 0},
		{"greylisted", map[string]string{"RCPT": "450 greylisted"}, false, "retry", 0},
		{"receiver unknown", map[string]string{"RCPT": "550 no such user"}, false, "rejected", 0},
		{"content refused", map[string]string{".": "554 spam"}, false, "rejected", 0},
		{"content deferred", map[string]string{".": "452 full"}, false, "retry", 0},
		{"login refused", map[string]string{"AUTH": "535 canary-password is wrong"}, false, "rejected", 0},
		{"login deferred", map[string]string{"AUTH": "454 later"}, false, "retry", 0},
		{"hangs up after the text", nil, true, "ambiguous", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newSMTP(t, tt.replies)
			d.cut = tt.cut
			_, err := d.email(EmailOptions{User: "pantau", Password: "canary-password"}).Notify(context.Background(), delivery("k"))
			if got := class(err).name; got != tt.want || len(d.mails) != tt.mails {
				t.Errorf("%v is %q with %d mails, want %q with %d", err, got, len(d.mails), tt.want, tt.mails)
			}
			if err != nil {
				noSecret(t, err)
			}
		})
	}
}

// Nothing leaves this machine in the clear: without STARTTLS, or with a
// certificate that nobody vouches for, the mail waits.
func TestEmailNeedsEncryption(t *testing.T) {
	bare, unknown := newSMTP(t, nil), newSMTP(t, nil)
	trust := bare.secure(t)
	bare.cert = nil
	unknown.secure(t)
	emptyTrust := trust.Clone()
	emptyTrust.RootCAs.AppendCertsFromPEM(nil)
	emptyTrust.ServerName = "mail.merek.example"
	for name, n := range map[string]Notifier{
		"no STARTTLS":       bare.email(EmailOptions{TLS: trust, User: "u", Password: "canary"}),
		"wrong certificate": unknown.email(EmailOptions{TLS: emptyTrust, User: "u", Password: "canary"}),
		"nobody there":      NewEmail(EmailOptions{Server: strings.TrimPrefix(dead(t), "http://"), From: "a@b.example", To: []string{"c@d.example"}}),
	} {
		_, err := n.Notify(context.Background(), delivery("k"))
		if got := class(err).name; got != "retry" {
			t.Errorf("%s: %v is %s, want retry", name, err, got)
		}
		noSecret(t, err)
	}
	if len(bare.mails)+len(unknown.mails)+len(bare.login) != 0 {
		t.Errorf("sent in the clear: %v %v %q", bare.mails, unknown.mails, bare.login)
	}
}

func TestEmailWrongOptions(t *testing.T) {
	for _, o := range []EmailOptions{
		{Server: "merek.example", From: "a@b.example", To: []string{"c@d.example"}},
		{Server: "merek.example:25", From: "a@b.example\r\nBcc: x@y.example", To: []string{"c@d.example"}},
		{Server: "merek.example:25", From: "a@b.example", To: []string{"nobody"}},
	} {
		if _, err := NewEmail(o).Notify(context.Background(), delivery("k")); !errors.Is(err, ErrRejected) {
			t.Errorf("%+v: %v, want ErrRejected", o, err)
		}
	}
}

// What strangers write never becomes HTML or a header.
func TestHostileTextInEmail(t *testing.T) {
	for _, h := range hostile {
		a := planted(h)
		a.Incident.Brand, a.Incident.Owner = "Rona"+h, h
		m := compose(Delivery{Alert: a, At: noon}, inIndonesian)
		html, err := page(m, newWriter(inIndonesian), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", "<!channel", "<!here", `href="javascript`, "\x1b", "\u202e"} {
			if strings.Contains(html, bad) {
				t.Errorf("%.40q: %q in the HTML", h, bad)
			}
		}
		msg, err := (&email{EmailOptions{From: "a@b.example", To: []string{"c@d.example"}}}).message(Delivery{Key: h, Alert: a, At: noon}, "id@b.example")
		if err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		if _, err := msg.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		read, err := mail.ReadMessage(&raw)
		if err != nil || len(read.Header) > 12 {
			t.Errorf("%.40q: %v, headers %v", h, err, read.Header)
		}
	}
}
