package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestGuardRefuses gives the guard addresses as they are dialled, after the name
// was resolved.
func TestGuardRefuses(t *testing.T) {
	refused := []string{
		"127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", // loopback, this network
		"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", // private
		"169.254.0.1", "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16", // link-local, metadata services
		"100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
		"224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", // multicast, reserved, broadcast
		"::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "fdff::1", "ff02::1", "ff05::2", // IPv6 special
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1", // IPv4 inside IPv6
		"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::", // NAT64, 6to4
		"2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:db8::1", "3fff::1", "2620:4f:8000::1", "100::1", "fec0::1", "5f00::1", // Teredo and others
	}
	for _, ip := range refused {
		for _, port := range []uint16{80, 443} {
			address := netip.AddrPortFrom(netip.MustParseAddr(ip), port).String()
			if err := guarded(network(ip), address, nil); err == nil {
				t.Errorf("%s is not refused", address)
			}
		}
	}
	t.Logf("proof: %d addresses on 2 ports, 0 dialled", len(refused))
	if len(refused) < 55 {
		t.Errorf("only %d addresses", len(refused))
	}
}

func TestGuardAllows(t *testing.T) {
	tests := []struct {
		name, address string
		want          bool
	}{
		{"a public address", "93.184.216.34:443", true},
		{"a public IPv6 address", "[2606:2800:220:1::1]:443", true},
		{"http", "93.184.216.34:80", true},
		{"another port", "93.184.216.34:8080", false},
		{"a database", "93.184.216.34:5432", false},
		{"no port", "93.184.216.34:0", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := guarded(network(strings.Trim(tt.address, "[")), tt.address, nil)
			if (err == nil) != tt.want {
				t.Errorf("guarded(%s) = %v, want allowed %v", tt.address, err, tt.want)
			}
		})
	}
}

// TestPrivateIsNotEverything gives the guard of allow_private the same.
func TestPrivateIsNotEverything(t *testing.T) {
	for _, ip := range []string{"169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192", "224.0.0.1",
		"fe80::1", "fe80::1%lo", "fd00:ec2::254", "ff02::1", "::ffff:169.254.169.254"} {
		address := netip.AddrPortFrom(netip.MustParseAddr(ip), 80).String()
		if err := private(network(ip), address, nil); !errors.Is(err, errNeverDialled) {
			t.Errorf("private(%s) = %v, want it refused", address, err)
		}
	}
	for _, address := range []string{"127.0.0.1:8080", "10.1.2.3:443", "192.168.1.2:80", "[::1]:9000", "[fd12::1]:80", "93.184.216.34:443"} {
		if err := private("tcp", address, nil); err != nil {
			t.Errorf("private(%s) = %v, want it allowed", address, err)
		}
	}
	_, err := New(Options{Gap: time.Millisecond}).With(Policy{AllowPrivate: true}).Get(t.Context(), Request{URL: "http://169.254.169.254/latest/"})
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "never read") {
		t.Errorf("Get = %v, want it refused with the reason", err)
	}
}

func network(ip string) string {
	if strings.Count(ip, ":") > 1 {
		return "tcp6"
	}
	return "tcp4"
}

// TestForgedAddresses asks for a server on loopback in every spelling that has
// fooled a filter somewhere. Nothing may reach it.
func TestForgedAddresses(t *testing.T) {
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{"127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.0x0.0x0.0x1", "0x7f.1", "017700000001", "0177.0.0.1",
		"0177.1", "127.0.0.01", "127.00.0.1", "localhost", "localhost.", "LOCALHOST", "LocalHost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
		"[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", "127%2e0%2e0%2e1", "ip6-localhost", "%6c%6f%63alhost",
		"user:pass@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1#@example.com", "127.0.0.1?@example.com"}
	c := New(Options{Gap: time.Millisecond})
	defer c.Close()
	for _, host := range hosts {
		for _, suffix := range []string{":" + port, ""} {
			address := "http://" + strings.Replace(host, "#", suffix+"/#", 1)
			if !strings.Contains(host, "#") && !strings.Contains(host, "?") {
				address = "http://" + host + suffix + "/"
			}
			if _, err := c.Get(t.Context(), Request{URL: address}); err == nil {
				t.Errorf("%s was fetched", address)
			}
		}
	}
	for _, address := range []string{"ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:" + port + "/", "//127.0.0.1/", "http:///x", "http://", "", "javascript:alert(1)",
		"data:text/html,x", "unix:///run/x.sock", "http://127.0.0.1:99999/", "http://\x00127.0.0.1/"} {
		if _, err := c.Get(t.Context(), Request{URL: address}); err == nil {
			t.Errorf("%q was fetched", address)
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("the server on loopback was reached %d times", n)
	}
	t.Logf("proof: %d spellings of loopback, reached %d times", 2*len(hosts), reached.Load())
	// The control: the same server answers a source that may.
	if _, err := c.With(Policy{AllowPrivate: true}).Get(t.Context(), Request{URL: server.URL}); err != nil || reached.Load() == 0 {
		t.Errorf("with allow_private: %v, reached %d times, want an answer", err, reached.Load())
	}
	t.Logf("control: with allow_private the server is reached %d times", reached.Load())
}

// TestRedirectInside lets a public site point at loopback.
func TestRedirectInside(t *testing.T) {
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	inside := newTransport(guarded)
	base := dispatch{"public.example", reply(302, "", "Location: "+server.URL+"/admin"), inside}
	c := New(Options{Base: base, Gap: time.Millisecond})
	_, err := c.Get(t.Context(), Request{URL: "http://public.example/"})
	if !errors.Is(err, ErrRefused) || reached.Load() > 0 {
		t.Errorf("Get = %v, reached %d times, want refused and never", err, reached.Load())
	}
	if err != nil && !strings.Contains(err.Error(), "allow_private") {
		t.Errorf("%v does not say what to do", err)
	}
}

// dispatch answers for one host and leaves the rest to the network.
type dispatch struct {
	host   string
	answer func(*http.Request) *http.Response
	rest   http.RoundTripper
}

func (d dispatch) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host != d.host {
		return d.rest.RoundTrip(req)
	}
	if req.URL.Path == "/robots.txt" {
		return reply(404, "")(req), nil
	}
	return d.answer(req), nil
}

// TestEnvironment sets every variable that colly or net/http look at.
func TestEnvironment(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	for key, value := range map[string]string{"ALLOWED_DOMAINS": "other.example", "DISALLOWED_DOMAINS": "127.0.0.1", "CACHE_DIR": t.TempDir(), "DETECT_CHARSET": "yes",
		"DISABLE_COOKIES": "yes", "IGNORE_ROBOTSTXT": "no", "FOLLOW_REDIRECTS": "no", "MAX_BODY_SIZE": "3", "MAX_DEPTH": "1", "MAX_REQUESTS": "0",
		"PARSE_HTTP_ERROR_RESPONSE": "no", "TRACE_HTTP": "yes", "USER_AGENT": "Mozilla/5.0"} {
		t.Setenv("COLLY_"+key, value)
	}
	var agent string
	robots := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		switch r.URL.Path {
		case "/robots.txt":
			robots++
			fmt.Fprint(w, "User-agent: *\nDisallow: /secret")
		case "/hop":
			http.Redirect(w, r, "/page", http.StatusFound)
		default:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "whole body")
		}
	}))
	defer server.Close()
	c := New(Options{Version: "1.0", Contact: "mailto:ops@toko.example", Gap: time.Millisecond}).With(Policy{AllowPrivate: true})
	defer c.Close()
	for range 2 { // a cache would answer the second time
		resp, err := c.Get(t.Context(), Request{URL: server.URL + "/hop"})
		if err != nil || resp.Status != 404 || string(resp.Body) != "whole body" || resp.URL.Path != "/page" {
			t.Fatalf("Get = %+v, %v, want the whole body of /page", resp, err)
		}
	}
	if robots != 1 {
		t.Errorf("robots.txt was read %d times, want once: colly must not read it as well", robots)
	}
	if want := "pantau/1.0 (+mailto:ops@toko.example)"; agent != want {
		t.Errorf("User-Agent %q, want %q", agent, want)
	}
	if _, err := c.Get(t.Context(), Request{URL: server.URL + "/secret"}); !errors.Is(err, ErrBlocked) {
		t.Errorf("a page that robots.txt forbids: %v, want blocked", err)
	}
}
