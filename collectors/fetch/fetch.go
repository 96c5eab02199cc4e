// Package fetch is the HTTP client of every collector: polite towards the sites
// it reads, and safe against what they answer.
//
// Polite: robots.txt is obeyed on every hop (RFC 9309), one host gets one
// request at a time with a pause between two, Retry-After is waited for or told,
// and a host that keeps failing is left alone for a while. Safe: addresses are
// checked after name resolution, bodies are limited after decompression, every
// request has a deadline, and redirects are few and never downgrade to http.
//
// All of it happens in one chain of [http.RoundTripper], so it holds for
// [Client.Get] and for the colly collectors of [Client.Colly] alike. No
// environment variable changes anything: neither proxies nor colly's own
// COLLY_* settings.
//
// A [Client] is safe for concurrent use. It does not know what it fetches.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"
)

const (
	product      = "pantau" // what robots.txt calls us
	maxBody      = 10 << 20 // bytes after decompression
	maxRedirects = 5
	perRequest   = 30 * time.Second
)

// Options are the settings that all sources share.
type Options struct {
	Version string            // of the program, for the User-Agent; "" leaves it out
	Contact string            // e-mail or web address where a webmaster reaches the operator
	Gap     time.Duration     // least pause between two requests to a host; 0 means two seconds
	Base    http.RoundTripper // stands in for the network in tests; nil is the guarded network
	Dial    Dial              // stands in for the network below streams in tests
}

// Dial opens a connection.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Client fetches. Copies made by [Client.With] share the state of the hosts.
type Client struct {
	agent  string
	policy Policy
	hosts  *hosts
	public http.RoundTripper // refuses private addresses
	local  http.RoundTripper // does not
	dial   Dial              // nil is the network
	chain  *chain
	http   *http.Client
}

// New returns a client that obeys robots.txt and refuses private addresses.
func New(o Options) *Client {
	if o.Gap == 0 {
		o.Gap = 2 * time.Second
	}
	c := &Client{agent: userAgent(o), hosts: newHosts(o.Gap), public: o.Base, local: o.Base, dial: o.Dial}
	if o.Base == nil {
		c.public, c.local = newTransport(guarded), newTransport(private)
	}
	return c.With(Policy{})
}

// With returns a client for a source with its own policy.
func (c *Client) With(p Policy) *Client {
	view := *c
	view.policy = p
	base := view.public
	if p.AllowPrivate {
		base = view.local
	}
	view.chain = &chain{client: &view, base: base}
	view.http = &http.Client{
		Transport:     retrying{view.chain, c.hosts.gap},
		CheckRedirect: checkRedirect,
	}
	return &view
}

// Close releases idle connections.
func (c *Client) Close() {
	for _, t := range []http.RoundTripper{c.public, c.local} {
		if t, ok := t.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

func userAgent(o Options) string {
	agent := product
	if o.Version != "" {
		agent += "/" + o.Version
	}
	if o.Contact != "" {
		agent += " (+" + o.Contact + ")"
	}
	return agent
}

// Request is one GET, or a POST when there is a form. The validators are those of
// the last answer, if any.
type Request struct {
	URL          string
	Header       http.Header
	ETag         string
	LastModified string
	Form         url.Values
}

// Response is an answer that a collector can use: any status except those that
// [Client.Get] returns as an [Error].
type Response struct {
	URL    *url.URL // after redirects
	Status int
	Header http.Header
	Body   []byte // HTML is UTF-8, everything else is as it came
}

// NotModified reports whether the validators still hold.
func (r *Response) NotModified() bool { return r.Status == http.StatusNotModified }

// OK returns an [Error] unless the status is 2xx or 304.
func (r *Response) OK() error {
	if r.Status >= 200 && r.Status < 300 || r.NotModified() {
		return nil
	}
	text := fmt.Sprintf("answered %d %s: check the address", r.Status, http.StatusText(r.Status))
	return &Error{Kind: ErrUnavailable, Host: r.URL.Host, Status: r.Status, Text: text, Body: head(r.Body)}
}

// Get fetches through colly. Statuses 401, 403, 429, 451 and 5xx, pages that
// only ask whether a human is there, and everything that is refused or breaks
// come back as an [Error]; a canceled ctx as its own error.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	header := http.Header{}
	maps.Copy(header, r.Header)
	if r.ETag != "" {
		header.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		header.Set("If-Modified-Since", r.LastModified)
	}
	var got *Response
	col := c.Colly(ctx)
	col.OnResponse(func(a *colly.Response) {
		got = &Response{URL: a.Request.URL, Status: a.StatusCode, Header: *a.Headers, Body: a.Body}
	})
	method, body := http.MethodGet, io.Reader(nil)
	if r.Form != nil {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		method, body = http.MethodPost, strings.NewReader(r.Form.Encode())
	}
	if err := col.Request(method, r.URL, body, nil, header); err != nil {
		return nil, Explain(ctx, r.URL, err)
	}
	return got, nil
}

// Colly returns a collector for one run, every request of which goes through
// this client. Its errors want [Explain].
func (c *Client) Colly(ctx context.Context) *colly.Collector {
	col := colly.NewCollector()
	// Set as fields, after NewCollector: colly lets COLLY_* variables override
	// its options, and nothing outside config.toml may change what we do. The
	// limits and robots.txt that are switched off here are kept by the chain,
	// where colly's own leave gaps (bombs, redirects, 5xx for robots.txt).
	col.AllowedDomains, col.DisallowedDomains = nil, nil
	col.CacheDir = ""
	col.DetectCharset = false
	col.IgnoreRobotsTxt = true
	col.MaxBodySize, col.MaxDepth, col.MaxRequests = 0, 0, 0
	col.ParseHTTPErrorResponse = true
	col.TraceHTTP = false
	col.UserAgent = c.agent
	col.Context = ctx
	col.SetClient(c.http)
	return col
}

// Explain turns what colly or net/http return into an [Error], which names the
// host and never the address: addresses of private feeds are secrets.
func Explain(ctx context.Context, address string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	host := "the address"
	if u, e := url.Parse(address); e == nil && u.Host != "" {
		host = u.Host
	}
	return explainNetwork(ctx, host, err)
}
