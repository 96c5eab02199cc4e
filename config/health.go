package config

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

func (c *checker) health(h healthFile) Health {
	out := Health{Listen: h.Listen, Canary: c.weekly("health.canary", h.Canary)}
	if host, _, err := net.SplitHostPort(h.Listen); h.Listen != "" && (err != nil || !Loopback(host)) {
		c.report("health.listen", "%q is not a loopback address such as 127.0.0.1:9108: the pages name your brands and sources, so they stay on this machine", h.Listen)
	}
	if h.Heartbeat == "" {
		return out
	}
	out.Heartbeat = NewSecret(h.Heartbeat)
	if !strings.HasPrefix(h.Heartbeat, "https://") && !strings.HasPrefix(h.Heartbeat, "http://") {
		out.Heartbeat = c.secret("health.heartbeat", h.Heartbeat)
	}
	u, err := url.Parse(out.Heartbeat.Reveal())
	if out.Heartbeat.Set() && (err != nil || u.Host == "" || u.Scheme != "https" && !Loopback(u.Hostname())) {
		c.report("health.heartbeat", "is not an https:// address (http:// is for this machine only)")
	}
	return out
}

// Loopback reports whether a host without its port is this machine.
func Loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
