package collectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pantau/collectors/fetch"
)

const fixtures = "../../shared/data/fixtures/"

// recordings are answers of real servers that each kind must read completely. count
// says how many items a file holds, without the code of the kind.
var recordings = []struct {
	kind, options, files string
	empty                string // answer to every further request
	count                func(body []byte) int
	quirks               string
}{
	{"appstore", "app = 5\nrobots = \"ignore\"\nrobots_reason = \"test\"", "appstore/*.json appstore/no-licence/*.json", `{"feed":{}}`,
		objects("feed.entry", func(e map[string]any) bool {
			return e["im:rating"] != nil && e["id"] != nil && at(e, "content.label") != "" && at(e, "content.label") != nil
		}),
		"no entry, entry as an object, the app as first entry, entries without updated, text instead of JSON past page 10"},
	{"discourse", `url = "https://a.example"`, "discourse/posts_*.json", `{"latest_posts":[]}`, objects("latest_posts", func(map[string]any) bool { return true }), "cooked HTML, quotes, emoji pictures"},
	{"hackernews", `query = "brand"`, "hackernews/*.json", `{"hits":[]}`, objects("hits", func(e map[string]any) bool { return true }), "stories and comments, entities"},
	{"mastodon", "server = \"https://a.example\"\ntag = \"x\"", "mastodon/halcy_test_hashtag_tl_*.json gotosocial-local/tag_user_*.body gotosocial-local/tag_after_edit_delete.body", `[]`,
		objects("", func(e map[string]any) bool {
			return e["visibility"] == "public" && e["reblog"] == nil && at(e, "account.noindex") != true && at(e, "account.indexable") != false
		}),
		"ULIDs and numbers as ids, uri as identity, Link paging, people who opted out"},
	{"steam", "app = 5", "steam/*.json", `{"success":1,"reviews":[]}`, objects("reviews", func(e map[string]any) bool { return strings.TrimSpace(fmt.Sprint(e["review"])) != "" }), "weights as text or number, BBCode, voted_up, answers of developers"},
	{"youtube", "key_file = \"testdata/youtube/key-for-tests\"\nvideos = [\"v\"]", "youtube/comment_threads_*.json", `{"items":[]}`, threads, "replies inside threads, the channel's own as answers"},
	{"feed", `url = "https://a.example/feed"`, "wordpress-local/*feed*.body wordpress-local/*atom*.body appstore/appvox_empty.xml", "", count(`<item[ >]|<entry>`), "RSS, Atom, RDF, comments, tag, search and paged feeds, emoji pictures, an empty page past the end"},
	{"html", "urls = [\"https://a.example/\"]\nitem = \"article\"\nfields = { text = \".entry-content\", title = \".entry-title\", url = \".entry-title a @href\", time = \"time @datetime\" }\npages = 1",
		"wordpress-local/home*.body wordpress-local/category_html*.body", "", count(`<article `), "a theme of WordPress by selectors"},
	{"jsonld", `urls = ["https://a.example/p"]`, "jsonld-microdata/recipe-scrapers/*.html", "", nil, "@graph, references, arrays in arrays, capital keys, control characters, ratings as text"},
}

// objects counts the objects below a path, or in an object of them, that are wanted.
func objects(path string, wanted func(map[string]any) bool) func([]byte) int {
	return func(body []byte) (n int) {
		var v any
		if json.Unmarshal(body, &v) != nil {
			return 0
		}
		list := at(v, path)
		if m, ok := list.(map[string]any); ok && path != "reviews" {
			list = []any{m}
		} else if ok {
			all := []any{}
			for _, inner := range m {
				all = append(all, inner)
			}
			list = all
		}
		elements, _ := list.([]any)
		for _, e := range elements {
			if m, ok := e.(map[string]any); ok && wanted(m) {
				n++
			}
		}
		return n
	}
}

func at(v any, path string) any {
	for path != "" {
		var key string
		key, path, _ = strings.Cut(path, ".")
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

func count(pattern string) func([]byte) int {
	re := regexp.MustCompile(pattern)
	return func(body []byte) int { return len(re.FindAll(body, -1)) }
}

// threads counts top comments and the replies of others than the channel.
func threads(body []byte) (n int) {
	var v struct {
		Items []map[string]any `json:"items"`
	}
	if json.Unmarshal(body, &v) != nil {
		return 0
	}
	for _, item := range v.Items {
		n++
		replies, _ := at(item, "replies.comments").([]any)
		for _, r := range replies {
			if id := at(r, "snippet.authorChannelId.value"); id == nil || id != at(item, "snippet.channelId") {
				n++
			}
		}
	}
	return n
}

// firstly answers the first request with a body, and all others alike.
type firstly struct {
	body, empty string
	asked       bool
}

func (f *firstly) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/robots.txt" {
		return answers{}.RoundTrip(req)
	}
	body, contentType := f.empty, "Content-Type: application/json"
	if !f.asked {
		body = f.body
	}
	f.asked = true
	if strings.HasPrefix(strings.TrimSpace(body), "<") && !strings.Contains(body[:min(len(body), 200)], "<?xml") {
		contentType = "Content-Type: text/html; charset=utf-8"
	}
	return everywhere{header: contentType, body: body}.RoundTrip(req)
}

// TestRecordingsCompletely runs each kind on what real servers answered and prints
// a table: go test ./collectors -run Completely -v
func TestRecordingsCompletely(t *testing.T) {
	if _, err := os.Stat(fixtures); err != nil {
		t.Skip("the recorded answers are not beside this checkout:", err)
	}
	table := "| kind | files | items expected | got | quirks |\n|---|---|---|---|---|\n"
	for _, rec := range recordings {
		var files []string
		for _, pattern := range strings.Fields(rec.files) {
			found, _ := filepath.Glob(fixtures + pattern)
			files = append(files, found...)
		}
		expected, got := 0, 0
		for _, path := range files {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := -1
			if rec.count != nil {
				want = rec.count(body)
			} else {
				reviews, _, _ := markup(body)
				want = len(unique(reviews))
			}
			if rec.kind == "steam" { // recorded as an object by id, answered as a list
				body = steamAnswer(t, body)
			}
			mentions, report := run(t, rec.kind, rec.options, &firstly{body: string(body), empty: rec.empty}, Request{Now: testNow.AddDate(1, 0, 0)})
			expected, got = expected+want, got+len(mentions)
			if len(mentions) != want {
				t.Errorf("%s %s: %d mentions of %d items, %s %q, rejected %v", rec.kind, filepath.Base(path), len(mentions), want, report.Status, report.Reason, report.Rejected)
			}
			for _, m := range mentions {
				if m.ExternalID == "" || m.Text == "" || strings.Contains(m.Text, "</") {
					t.Errorf("%s %s: incomplete or marked up: %+v", rec.kind, filepath.Base(path), m)
				}
			}
		}
		if len(files) == 0 || expected == 0 {
			t.Errorf("%s: nothing recorded in %s", rec.kind, rec.files)
		}
		table += fmt.Sprintf("| %s | %d | %d | %d | %s |\n", rec.kind, len(files), expected, got, rec.quirks)
	}
	t.Log("\n" + table)
}

// unique leaves out reviews that a page repeats: they are one mention.
func unique(reviews []node) map[string]bool {
	set := map[string]bool{}
	for _, r := range reviews {
		if text := textOf(r, "reviewBody", "description", "text", "name", "headline"); text != "" {
			set[text+nameOf(r, "author")+textOf(r, "@id", "url")] = true
		}
	}
	return set
}

func steamAnswer(t *testing.T, body []byte) []byte {
	t.Helper()
	var recorded struct {
		Reviews map[string]json.RawMessage `json:"reviews"`
	}
	if err := json.Unmarshal(body, &recorded); err != nil {
		t.Fatal(err)
	}
	var list [][]byte
	for _, r := range recorded.Reviews {
		list = append(list, r)
	}
	return []byte(`{"success":1,"cursor":"x","reviews":[` + string(bytes.Join(list, []byte(","))) + `]}`)
}

// TestParserSuite reads the documents that the feed parser tests itself with, odd
// and broken ones among them: each gives its items or says what is wrong.
func TestParserSuite(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/mmcdole/gofeed").Output()
	files, _ := filepath.Glob(strings.TrimSpace(string(dir)) + "/testdata/*/*/*.xml")
	if err != nil || len(files) == 0 {
		t.Skip("the parser's own documents are not in the module cache:", err)
	}
	comments, items := regexp.MustCompile(`(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>`), regexp.MustCompile(`(?i)<(?:\w+:)?(?:item|entry)[\s/>]`)
	read, refused, total := 0, 0, 0
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		base := &url.URL{Scheme: "https", Host: "a.example"}
		parsed, err := parseFeed(&fetch.Response{URL: base, Body: body})
		if err != nil {
			refused++
			if text := err.Error(); !strings.HasPrefix(text, "a.example: ") || strings.ContainsAny(text, "\n\r") {
				t.Errorf("%s: %q is not one clear line", filepath.Base(path), text)
			}
			continue
		}
		read++
		total += len(parsed.Items)
		if want := len(items.FindAll(comments.ReplaceAll(body, nil), -1)); len(parsed.Items) != want && bytes.IndexByte(body, 0) < 0 {
			t.Errorf("%s: %d items, want %d", filepath.Base(path), len(parsed.Items), want)
		}
		r := &feedRun{feed: &feed{zone: testNow.Location()}, round: newRound(Request{Now: testNow}, nil)}
		for _, item := range parsed.Items {
			if m := r.mention(item, base); m.ExternalID == "" {
				t.Errorf("%s: no identity: %+v", filepath.Base(path), m)
			}
		}
	}
	t.Logf("%d documents: %d read with %d items, %d refused", len(files), read, total, refused)
	if read < 500 || refused > 20 {
		t.Errorf("%d read, %d refused", read, refused)
	}
}
