package fetch

import (
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

type control func(network, address string, c syscall.RawConn) error

// guarded refuses every address that is not public, and every port but 80 and
// 443. It runs on the address that is about to be dialled, so neither a name
// that resolves to a private address nor a redirect gets past it.
func guarded(network, address string, c syscall.RawConn) error {
	// Azure's metadata service has a public address.
	azure := netip.MustParsePrefix("168.63.129.16/32")
	return ssrf.New(ssrf.WithDeniedV4Prefixes(azure)).Safe(network, address, c)
}

// unguarded is for sources with allow_private.
func unguarded(string, string, syscall.RawConn) error { return nil }

func newTransport(check control) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: check}
	return &http.Transport{
		Proxy:                  nil, // a proxy would dial for us, past the guard
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  15 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
	}
}
