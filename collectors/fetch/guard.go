package fetch

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
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

// errNeverDialled refuses an address that holds no reviews whatever is permitted.
var errNeverDialled = errors.New("a link-local address or a metadata service")

// private is for sources with allow_private: your own network and any port, but not
// what hands out the keys of this machine to whoever is redirected there.
func private(_, address string, _ syscall.RawConn) error {
	dialled, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	switch ip := dialled.Addr().Unmap().WithZone(""); {
	case ip.IsLinkLocalUnicast(), ip.IsMulticast():
		return errNeverDialled
	case slices.Contains([]string{"168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"}, ip.String()): // Azure, Alibaba, Oracle, AWS
		return errNeverDialled
	}
	return nil
}

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
