package alerts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"
)

// EmailOptions says how to send e-mail. The connection is encrypted: from the
// start on port 465, else by STARTTLS, without which nothing is sent. Only a
// server on this machine may do without, unless TLS is set.
type EmailOptions struct {
	Server   string // host:port
	From     string
	To       []string
	User     string // empty for a server that asks nobody
	Password string
	Style    Style
	TLS      *tls.Config // nil is the system's trust
}

// email sends alerts by SMTP.
type email struct{ EmailOptions }

// NewEmail returns a notifier that mails each alert to all receivers in one
// message: plain text and HTML, with the picture of an incident inside. Mails
// about one incident form a thread. Its receipts are Message-IDs; the ID follows
// from the delivery key, so that a mail that comes twice can be told by it.
//
// A server that refuses one receiver refuses the mail for all of them.
func NewEmail(o EmailOptions) Notifier { return &email{o} }

func (e *email) Notify(ctx context.Context, d Delivery) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", &RetryError{Err: err}
	}
	id := e.messageID(d.Key)
	msg, err := e.message(d, id)
	if err != nil {
		return "", fmt.Errorf("write an e-mail: %w: %w", err, ErrRejected)
	}
	client, err := e.client()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %w", mailing, err, ErrRejected)
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", sortConnect(err)
	}
	err = client.SendWithSMTPClient(connection, msg)
	_ = client.CloseWithSMTPClient(connection) // the server has answered; a rude goodbye changes nothing
	if err != nil && !msg.IsDelivered() {
		return "", sortSend(err)
	}
	return "<" + id + ">", nil
}

// client returns a client for one connection. It contacts nobody.
func (e *email) client() (*mail.Client, error) {
	host, port, err := net.SplitHostPort(e.Server)
	number, portErr := strconv.Atoi(port)
	if err != nil || portErr != nil {
		return nil, fmt.Errorf("%q is not host:port", e.Server)
	}
	near := e.TLS == nil && loopback(host)
	options := []mail.Option{mail.WithPort(number), mail.WithTimeout(timeout), mail.WithTLSPolicy(mail.TLSMandatory)}
	switch {
	case near: // local servers offer STARTTLS with certificates that nobody can check
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case port == "465":
		options = append(options, mail.WithSSL())
	}
	if e.TLS != nil {
		config := e.TLS.Clone()
		if config.ServerName == "" {
			config.ServerName = host
		}
		options = append(options, mail.WithTLSConfig(config))
	}
	if e.User != "" {
		kind := mail.SMTPAuthAutoDiscover
		if near {
			kind = mail.SMTPAuthPlainNoEnc
		}
		options = append(options, mail.WithSMTPAuth(kind), mail.WithUsername(e.User), mail.WithPassword(e.Password))
	}
	return mail.NewClient(host, options...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// messageID follows from the key and does not tell it.
func (e *email) messageID(key string) string {
	sum := sha256.Sum256([]byte(key))
	_, domain, _ := strings.Cut(e.From, "@")
	return hex.EncodeToString(sum[:16]) + "@" + strings.TrimRight(plain(domain, maxURL), "> ")
}

func (e *email) message(d Delivery, id string) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := msg.From(e.From); err != nil {
		return nil, err
	}
	if err := msg.To(e.To...); err != nil {
		return nil, err
	}
	m, w := compose(d, e.Style), newWriter(e.Style)
	m = m.brief(w)
	msg.Subject(m.Headline)
	msg.SetDateWithValue(d.now())
	msg.SetMessageIDWithValue(id)
	if strings.HasPrefix(d.Root, "<") && d.Root != "<"+id+">" {
		msg.SetGenHeader(mail.HeaderInReplyTo, d.Root)
		msg.SetGenHeader(mail.HeaderReferences, d.Root)
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // asks absence notes to stay away
	picture, err := e.picture(d)
	if err != nil {
		return nil, err
	}
	html, err := page(m, w, picture != nil)
	if err != nil {
		return nil, err
	}
	msg.SetBodyString(mail.TypeTextPlain, plainText(d, e.Style))
	msg.AddAlternativeString(mail.TypeTextHTML, html)
	if picture != nil {
		return msg, msg.EmbedReader(chartName, picture, mail.WithFileContentID("<"+chartName+">"), mail.WithFileContentType("image/png"))
	}
	return msg, nil
}

// picture draws the chart of a delivery that has one.
func (e *email) picture(d Delivery) (*bytes.Buffer, error) {
	if !pictured(d) {
		return nil, nil
	}
	var png bytes.Buffer
	return &png, Chart(&png, d.Alert.Incident.Brand, d.Days, e.Style)
}

// mailing is how errors begin.
const mailing = "send an e-mail"

// sortConnect sorts what went wrong before a message was handed over: nothing
// arrived. The words of a server about a login are left out, because some repeat
// what they were given.
func sortConnect(err error) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok && reply.Code >= 500 {
		return fmt.Errorf("%s: the server refuses the connection or the login, code %d: %w", mailing, reply.Code, ErrRejected)
	} else if ok {
		return &RetryError{Err: fmt.Errorf("%s: the server is not ready, code %d", mailing, reply.Code)}
	}
	return &RetryError{Err: fmt.Errorf("%s: %w", mailing, err)}
}

// sortSend sorts what went wrong with a message. An answer of the server is
// clear; a connection that broke after the text was sent is not.
func sortSend(err error) error {
	failed, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return fmt.Errorf("%s: %w: %w", mailing, err, ErrAmbiguous)
	}
	reason := fmt.Errorf("%s: %s, code %d", mailing, failed.Reason, failed.ErrorCode())
	switch code := failed.ErrorCode(); {
	case code >= 500:
		return fmt.Errorf("%w: %w", reason, ErrRejected)
	case code >= 400:
		return &RetryError{Err: reason}
	case failed.Reason == mail.ErrSMTPDataClose:
		return fmt.Errorf("%w: %w", reason, ErrAmbiguous)
	}
	return &RetryError{Err: reason}
}
