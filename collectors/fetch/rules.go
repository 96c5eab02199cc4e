package fetch

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxLine is where search engines cut a line of robots.txt.
const maxLine = 2083 * 8

// rules is a parsed robots.txt. The zero value allows everything.
type rules struct{ groups []group }

// group is what a set of agents is told. agents are lower-case product tokens
// or "*".
type group struct {
	agents  []string
	lines   []line
	seconds float64 // Crawl-delay
}

type line struct {
	allow   bool
	pattern string
}

// parseRobots reads everything that looks like a rule and skips the rest, as
// RFC 9309 section 2.2 asks for.
func parseRobots(data []byte) *rules {
	r := &rules{}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	open := false // the last group still takes agents
	for _, raw := range bytes.FieldsFunc(data, func(c rune) bool { return c == '\n' || c == '\r' }) {
		key, value := splitLine(string(raw[:min(len(raw), maxLine-1)]))
		switch ruleKey(key) {
		case "user-agent":
			if !open {
				r.groups = append(r.groups, group{})
				open = true
			}
			g := &r.groups[len(r.groups)-1]
			g.agents = append(g.agents, agentToken(value))
		case "allow":
			open = r.add(line{true, escapePath(value)})
		case "disallow":
			open = r.add(line{false, escapePath(value)})
		case "crawl-delay":
			if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 && len(r.groups) > 0 {
				r.groups[len(r.groups)-1].seconds = s
			}
		}
	}
	return r
}

// add appends a line to the last group and closes it for agents. Rules before
// the first group belong to nobody.
func (r *rules) add(l line) (open bool) {
	if len(r.groups) > 0 && l.pattern != "" {
		g := &r.groups[len(r.groups)-1]
		g.lines = append(g.lines, l)
	}
	return false
}

// splitLine cuts "key: value # comment". A missing colon is forgiven when there
// are just two words.
func splitLine(s string) (key, value string) {
	s, _, _ = strings.Cut(s, "#")
	if key, value, ok := strings.Cut(s, ":"); ok {
		return strings.TrimSpace(key), strings.TrimSpace(value)
	}
	if words := strings.Fields(s); len(words) == 2 {
		return words[0], words[1]
	}
	return "", ""
}

// ruleKey returns the canonical key. The misspellings are those that search
// engines forgive, so webmasters rely on them.
func ruleKey(key string) string {
	switch key = strings.ToLower(key); key {
	case "useragent", "user agent":
		return "user-agent"
	case "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
		return "disallow"
	}
	return key
}

// agentToken returns the product token at the beginning of a User-Agent value.
func agentToken(value string) string {
	if value == "*" || strings.HasPrefix(value, "* ") {
		return "*"
	}
	end := strings.IndexFunc(value, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_')
	})
	if end < 0 {
		end = len(value)
	}
	return strings.ToLower(value[:end])
}

// forAgent calls yield with every group for the agent, or else with those for
// everybody.
func (r *rules) forAgent(agent string, yield func(*group)) {
	agent = strings.ToLower(agent)
	for _, name := range []string{agent, "*"} {
		found := false
		for i := range r.groups {
			for _, a := range r.groups[i].agents {
				if a == name && a != "" {
					found = true
					yield(&r.groups[i])
					break
				}
			}
		}
		if found {
			return
		}
	}
}

// allow reports whether agent may fetch path, which [robotsPath] returns. The
// longest pattern decides, and allow wins a tie.
func (r *rules) allow(agent, path string) bool {
	best := map[bool]int{true: -1, false: -1}
	r.forAgent(agent, func(g *group) {
		for _, l := range g.lines {
			if n := l.match(path); n > best[l.allow] {
				best[l.allow] = n
			}
		}
	})
	return best[true] >= best[false]
}

// delay returns the Crawl-delay for agent, at most a minute.
func (r *rules) delay(agent string) time.Duration {
	seconds := 0.0
	r.forAgent(agent, func(g *group) { seconds = max(seconds, g.seconds) })
	return time.Duration(min(seconds, maxDelay.Seconds()) * float64(time.Second))
}

// match returns the length of the pattern if it matches path, else -1. To allow
// /dir/index.html allows /dir/ as well, because that is the same page.
func (l line) match(path string) int {
	if wildcard(l.pattern, path) {
		return len(l.pattern)
	}
	if dir, ok := strings.CutSuffix(strings.TrimSuffix(l.pattern, "l"), "/index.htm"); ok && l.allow && wildcard(dir+"/$", path) {
		return len(dir) + len("/$")
	}
	return -1
}

// wildcard matches the beginning of path: * is anything, $ at the end is the end.
func wildcard(pattern, path string) bool {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	path = path[len(parts[0]):]
	if len(parts) == 1 {
		return !anchored || path == ""
	}
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(path, p)
		if i < 0 {
			return false
		}
		path = path[i+len(p):]
	}
	if anchored {
		return strings.HasSuffix(path, last)
	}
	return strings.Contains(path, last)
}

// robotsPath returns the part of an address that robots.txt speaks about, byte
// for byte: a query must not be sorted, or a rule about its first key is lost.
func robotsPath(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	return escapePath(path)
}

// escapePath percent-encodes bytes beyond ASCII and writes escapes in upper case.
func escapePath(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x80:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteString(strings.ToUpper(s[i : i+3]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
