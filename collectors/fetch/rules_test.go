package fetch

import (
	"bufio"
	"encoding/json"
	"net/url"
	"os"
	"testing"
	"time"
)

func TestRules(t *testing.T) {
	const groups = "User-agent: *\nDisallow: /private\nCrawl-delay: 5\n\nUser-agent: pantau\nUser-agent: other\nDisallow: /q?b=2\nAllow: /dir/index.html\nDisallow: /dir\nCrawl-delay: 90\n"
	tests := []struct {
		name, robots, agent, url string
		want                     bool
	}{
		{"an empty file allows everything", "", "pantau", "/x", true},
		{"the agent's own group replaces the one for everybody", groups, "pantau", "/private", true},
		{"an unknown agent gets the group for everybody", groups, "nobody", "/private/x", false},
		{"agents share a group", groups, "other", "/dir/x", false},
		{"index.html allows its directory", groups, "pantau", "/dir/", true},
		{"a query is matched in its own order", groups, "pantau", "/q?b=2&a=1", false},
		{"a query in another order is another address", groups, "pantau", "/q?a=1&b=2", true},
		{"a wildcard spans directories", "User-agent: *\nDisallow: /*/rss/*\n", "pantau", "/id/rss/reviews", false},
		{"an anchor is the end", "User-agent: *\nDisallow: /*.pdf$\n", "pantau", "/a.pdf?x", true},
		{"an anchored wildcard must not overlap", "User-agent: *\nDisallow: /ab*bc$\n", "pantau", "/abc", true},
		{"allow wins a tie", "User-agent: *\nDisallow: /a\nAllow: /a\n", "pantau", "/a", true},
		{"rules before any agent belong to nobody", "Disallow: /\n", "pantau", "/a", true},
		{"a byte order mark is not part of the key", "\xef\xbb\xbfUser-agent: *\nDisallow: /\n", "pantau", "/a", false},
		{"an HTML page has no rules", "<!doctype html><title>404</title>", "pantau", "/a", true},
		{"escapes match in either case", "User-agent: *\nDisallow: /caf%c3%a9\n", "pantau", "/café", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.Parse("https://example.com" + tt.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := parseRobots([]byte(tt.robots)).allow(tt.agent, robotsPath(u)); got != tt.want {
				t.Errorf("allow(%q, %q) = %v, want %v, with\n%s", tt.agent, tt.url, got, tt.want, tt.robots)
			}
		})
	}
}

func TestCrawlDelay(t *testing.T) {
	tests := []struct {
		name, robots string
		want         time.Duration
	}{
		{"seconds", "User-agent: *\nCrawl-delay: 5", 5 * time.Second},
		{"a fraction", "User-agent: *\nCrawl-delay: 0.5", 500 * time.Millisecond},
		{"at most a minute", "User-agent: *\nCrawl-delay: 500", time.Minute},
		{"of another agent", "User-agent: x\nCrawl-delay: 5", 0},
		{"not a number", "User-agent: *\nCrawl-delay: soon", 0},
		{"not a finite number", "User-agent: *\nCrawl-delay: NaN", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parseRobots([]byte(tt.robots)).delay("pantau"); got != tt.want {
				t.Errorf("delay of %q = %s, want %s", tt.robots, got, tt.want)
			}
		})
	}
}

// TestConformance runs the cases of a search engine's own suite.
func TestConformance(t *testing.T) {
	const path = "../../../shared/data/fixtures/robots/google_robotstxt_cases.jsonl"
	f, err := os.Open(path)
	if err != nil {
		t.Skip("the conformance cases are not beside this checkout:", err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	n := 0
	for ; sc.Scan(); n++ {
		var c struct {
			Robots  string `json:"robots_txt"`
			Agent   string `json:"user_agent"`
			URL     string `json:"url"`
			Allowed bool   `json:"allowed"`
		}
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(c.URL)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseRobots([]byte(c.Robots)).allow(c.Agent, robotsPath(u)); got != c.Allowed {
			t.Errorf("allow(%q, %.200q) = %v, want %v, with\n%.500s", c.Agent, c.URL, got, c.Allowed, c.Robots)
		}
	}
	if n != 145 {
		t.Errorf("%d cases, want 145", n)
	}
}

func FuzzRules(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*b$", "/xaxb")
	f.Add("user agent *\ndisalow /", "/")
	f.Fuzz(func(t *testing.T, robots, path string) {
		r := parseRobots([]byte(robots))
		u := &url.URL{Path: path}
		r.allow(product, robotsPath(u))
		if d := r.delay(product); d < 0 || d > maxDelay {
			t.Errorf("delay %s is out of range", d)
		}
		// An empty rule ends the last group: agents in a row share one.
		all := parseRobots([]byte(robots + "\nDisallow:\nUser-agent: " + product + "\nDisallow: /\n"))
		if all.allow("nobody-else", "/") != r.allow("nobody-else", "/") {
			t.Errorf("a group for us changed what others may do: %q", robots)
		}
	})
}
