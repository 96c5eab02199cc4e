package collectors

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pantau/brand"
)

// everywhere answers every address but robots.txt alike.
type everywhere answer

func (e everywhere) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/robots.txt" {
		return answers{}.RoundTrip(req)
	}
	return answers{req.URL.String(): answer(e)}.RoundTrip(req)
}

// interfaces are the kinds that read JSON, with the least options they need.
var interfaces = map[string]string{
	"appstore":        `app = 5`,
	"appstoreconnect": "app = 5\nissuer = \"i\"\nkey_id = \"k\"\nkey_file = \"testdata/appstoreconnect/key-for-tests.p8\"",
	"discourse":       `url = "https://a.example"`,
	"gdelt":           `query = "brand"`,
	"gbp":             "account = \"1\"\nlocations = { a = \"2\" }\nkey_file = \"testdata/gbp/consent-for-tests.json\"",
	"hackernews":      `query = "brand"`,
	"mastodon":        "server = \"https://a.example\"\ntag = \"brand\"",
	"playconsole":     "package = \"id.example\"\nkey_file = \"testdata/playconsole/account-for-tests.json\"",
	"steam":           `app = 5`,
	"youtube":         "key_file = \"testdata/youtube/key-for-tests\"\nvideos = [\"v\"]",
	"x":               "query = \"brand\"\ntoken = \"file:testdata/x/token-for-tests\"\nbudget_posts_per_day = 1000",
}

// TestInterfacesFail sends every kind what interfaces send when something is
// wrong. Each must end in a clear line, without a mention, and keep its cursor.
func TestInterfacesFail(t *testing.T) {
	tests := []struct {
		name   string
		answer everywhere
		status Status
	}{
		{"a web page", everywhere{header: "Content-Type: text/html", body: "<!doctype html><html><title>Oops</title>"}, Failed},
		{"a challenge", everywhere{header: "Content-Type: text/html", body: "<!doctype html><html><title>Just a moment...</title>"}, Blocked},
		{"cut off", everywhere{body: `{"hits":[{"objectID":`}, Failed},
		{"another type", everywhere{body: `"text"`}, Failed},
		{"numbers for texts", everywhere{body: `{"hits":[{"objectID":{}}],"latest_posts":5,"reviews":"x","articles":[7],"items":"x","feed":7,"data":"x"}`}, Failed},
		{"deep", everywhere{body: strings.Repeat(`{"a":[`, 100_000)}, Failed},
		{"forbidden, as a page", everywhere{status: 403, header: "Content-Type: text/html", body: "<html>403</html>"}, Blocked},
		{"unauthorised", everywhere{status: 401, body: `{"error":"x"}`}, Blocked},
		{"gone", everywhere{status: 404, body: `{"error":"x"}`}, Failed},
		{"too often", everywhere{status: 429, body: `{"error":"rate limit reached"}`}, RateLimited},
		{"down", everywhere{status: 503}, Failed},
	}
	const cursor = `{"newest":1795140000,"items":2,"until":1795143600}`
	for kind, options := range interfaces {
		for _, tt := range tests {
			t.Run(kind+": "+tt.name, func(t *testing.T) {
				mentions, report := run(t, kind, options, tt.answer, Request{Now: testNow, Cursor: cursor})
				if len(mentions) > 0 || report.Status != tt.status || report.Reason == "" || strings.ContainsAny(report.Reason, "\n\r") || len(report.Reason) > 400 {
					t.Errorf("%d mentions, %s %q, want %s with one line", len(mentions), report.Status, report.Reason, tt.status)
				}
				if report.Cursor != cursor || !report.To.IsZero() || report.RejectedCount > 0 {
					t.Errorf("cursor %s, window to %s: a failed run keeps the one and has none", report.Cursor, report.To)
				}
			})
		}
	}
}

func TestInterfacesEmpty(t *testing.T) {
	bodies := map[string]string{"appstore": `{"feed":{}}`, "appstoreconnect": `{"data":[]}`, "discourse": `{"latest_posts":[]}`, "gdelt": `{}`, "hackernews": `{"hits":[]}`,
		"mastodon": `[]`, "playconsole": `{"access_token":"x"}`, "steam": `{"success":1,"reviews":[]}`, "youtube": `{"items":[]}`,
		"gbp": `{"access_token":"x"}`, "x": `{"meta":{"result_count":0}}`}
	// Searches and windows answer "nothing"; lists that held items cannot be empty.
	search := map[string]bool{"gdelt": true, "hackernews": true, "playconsole": true, "x": true}
	for kind, options := range interfaces {
		want := map[bool]Status{true: Fresh, false: Degraded}[search[kind]]
		_, report := run(t, kind, options, everywhere{body: bodies[kind]}, Request{Now: testNow, Cursor: `{"newest":1795140000,"items":2,"until":1795143600}`})
		if report.Status != want || !report.To.Equal(testNow) || report.Gap {
			t.Errorf("%s: %s %q gap %v to %s, want %s", kind, report.Status, report.Reason, report.Gap, report.To, want)
		}
	}
}

func TestInterfaceOptions(t *testing.T) {
	tests := []struct{ kind, options, want string }{
		{"appstore", ``, "0 is not the number in the address"},
		{"appstore", "app = 5\ncountries = [\"ID\"]", `"ID" is not a country in two small letters`},
		{"appstoreconnect", `app = 5`, "options.issuer: is missing"},
		{"playconsole", ``, `"" is not the name of a package`},
		{"youtube", `key_file = "k"`, "either a channel or videos"},
		{"youtube", "channel = \"UC\"", "options.key_file: is missing"},
		{"discourse", ``, "options.url"},
		{"gdelt", `query = "ab"`, "shorter than three letters"},
		{"hackernews", ``, "options.query: is missing"},
		{"mastodon", "server = \"https://a.example\"\ntag = \"#a\"", "without its #"},
		{"mastodon", "server = \"a.example\"\ntag = \"a\"", "starts with https://"},
		{"steam", ``, "0 is not the number in the address"},
		{"x", "query = \"a\"\ntoken = \"env:T\"", "say how many may be read a day"},
		{"x", "query = \"a\"\ntoken = \"AAAA\"\nbudget_posts_per_day = 10", "secrets do not stand in this file"},
		{"x", "token = \"env:T\"\nbudget_posts_per_day = 10", "options.query: has 0 characters"},
		{"gbp", "account = \"x\"\nkey_file = \"k\"\nlocations = { a = \"1\" }", `"x" is not the number of a Business Profile account`},
		{"gbp", "account = \"1\"\nkey_file = \"k\"", "name your places"},
		{"gbp", "account = \"1\"\nkey_file = \"k\"\nlocations = { a = 1 }", "options.locations.a: is not the number of a place in quotes"},
		{"jsonld", `urls = []`, "list 1 to 100 pages"},
		{"jsonld", `urls = ["x"]`, "options.urls[0]"},
		{"html", "urls = [\"https://a.example\"]\nitem = \"[\"\nfields = { text = \"p\" }", `"[" is not a CSS selector`},
		{"html", "urls = [\"https://a.example\"]\nitem = \"p\"", "has no text"},
		{"html", "urls = [\"https://a.example\"]\nitem = \"p\"\nfields = { text = \"p | (\" }", "error parsing regexp"},
		{"html", "urls = [\"https://a.example\"]\nitem = \"p\"\nfields = { teks = \"p\" }", "is not one of id, time"},
		{"html", "urls = [\"https://a.example\"]\nitem = \"p\"\nfields = { text = \"p\" }\npages = 0", "from 1 to 100"},
	}
	for _, tt := range tests {
		_, err := New(source(t, tt.kind, tt.options), testClient())
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s with %q: %v, want %q", tt.kind, tt.options, err, tt.want)
		}
	}
}

func TestMastodonWantsToken(t *testing.T) {
	_, report := run(t, "mastodon", interfaces["mastodon"], everywhere{status: 401, body: `{"error":"Unauthorized: token not supplied"}`}, Request{Now: testNow})
	if !strings.Contains(report.Reason, "name in token_file") {
		t.Errorf("%q does not say what to do", report.Reason)
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got http.Header
	site := recorder{everywhere{body: `[]`}, func(r *http.Request) { got = r.Header }}
	_, report = run(t, "mastodon", interfaces["mastodon"]+"\ntoken_file = \""+token+"\"", site, Request{Now: testNow})
	if report.Status != Fresh || got.Get("Authorization") != "Bearer s3cret" {
		t.Errorf("%s %q with header %v, want the token sent", report.Status, report.Reason, got)
	}
}

// TestTokens checks the signatures of the keyed kinds with the public halves.
func TestTokens(t *testing.T) {
	const appleKey = "testdata/appstoreconnect/key-for-tests.p8"
	key8, err := source(t, "appstoreconnect", "").Key("key_file", appleKey)
	if err != nil {
		t.Fatal(err)
	}
	apple := &appstoreconnect{issuer: "i", keyID: "k", key: key8}
	token, err := apple.token(testNow)
	if err != nil {
		t.Fatal(err)
	}
	signed, signature := cutToken(t, token, `{"aud":"appstoreconnect-v1","exp":1795230600,"iat":1795230000,"iss":"i"}`)
	text, err := os.ReadFile(appleKey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := parsePrivateKey(string(text))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(signed))
	x, y := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(&key.(*ecdsa.PrivateKey).PublicKey, sum[:], x, y) {
		t.Error("the signature of the token for App Store Connect is wrong")
	}
	var form url.Values
	site := recorder{everywhere{body: `{"access_token":"x"}`}, func(r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			form, _ = url.ParseQuery(string(body))
		}
	}}
	_, report := run(t, "playconsole", interfaces["playconsole"], site, Request{Now: testNow})
	if report.Status != Fresh {
		t.Fatalf("%s %s", report.Status, report.Reason)
	}
	signed, signature = cutToken(t, form.Get("assertion"), `{"aud":"https://oauth2.googleapis.com/token","exp":1795230600,"iat":1795230000,"iss":"pantau@tests.example",`+
		`"scope":"https://www.googleapis.com/auth/androidpublisher"}`)
	var account struct {
		Key string `json:"private_key"`
	}
	if text, err = os.ReadFile("testdata/playconsole/account-for-tests.json"); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &account); err != nil {
		t.Fatal(err)
	}
	if key, err = parsePrivateKey(account.Key); err != nil {
		t.Fatal(err)
	}
	sum = sha256.Sum256([]byte(signed))
	if err := rsa.VerifyPKCS1v15(&key.(*rsa.PrivateKey).PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		t.Errorf("the signature of the claim for Google: %v", err)
	}
}

// cutToken checks the claims and returns what was signed, and the signature.
func cutToken(t *testing.T, token, claims string) (signed string, signature []byte) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is not a token", token)
	}
	got, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || string(got) != claims {
		t.Errorf("claims %s, %v, want %s", got, err, claims)
	}
	signature, err = base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	return parts[0] + "." + parts[1], signature
}

// recorder shows the requests.
type recorder struct {
	http.RoundTripper
	see func(*http.Request)
}

func (r recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.see(req)
	return r.RoundTripper.RoundTrip(req)
}

// TestHackerNewsWindows has more hits than one search gives.
func TestHackerNewsWindows(t *testing.T) {
	site := recorded(func(req *http.Request) string {
		var from, to int64
		if _, err := fmt.Sscanf(req.URL.Query().Get("numericFilters"), "created_at_i>=%d,created_at_i<=%d", &from, &to); err != nil {
			t.Error(err)
		}
		var hits []string
		for at := min(to, testNow.Unix()-1); at >= from && at > testNow.Unix()-350 && len(hits) < hnPage; at-- {
			hits = append(hits, fmt.Sprintf(`{"objectID":"%d","created_at_i":%d,"comment_text":"x"}`, at, at))
		}
		return `{"hits":[` + strings.Join(hits, ",") + `]}`
	})
	mentions, report := run(t, "hackernews", interfaces["hackernews"], site, Request{Now: testNow})
	if len(mentions) != 349 || report.Status != Fresh {
		t.Errorf("%d hits, %s %s, want all 349", len(mentions), report.Status, report.Reason)
	}
}

// recorded answers by a function.
type recorded func(*http.Request) string

func (f recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/robots.txt" {
		return answers{}.RoundTrip(req)
	}
	return answers{req.URL.String(): {body: f(req)}}.RoundTrip(req)
}

func TestGDELTKeepsItsPace(t *testing.T) {
	var at []time.Time
	site := recorder{everywhere{body: `{}`}, func(*http.Request) { at = append(at, time.Now()) }}
	inFakeTime(t, func(t *testing.T) {
		c, err := New(source(t, "gdelt", interfaces["gdelt"]), clientFor(site))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := c.Collect(t.Context(), Request{Now: testNow}, func(brand.Mention) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	})
	for i := 2; i < len(at); i++ {
		if gap := at[i].Sub(at[i-1]); gap < gdeltGap {
			t.Errorf("%s between two searches, want at least %s", gap, gdeltGap)
		}
	}
	if len(at) != 4 {
		t.Errorf("%d requests, want robots.txt and three searches", len(at))
	}
}

func TestHTMLFailures(t *testing.T) {
	const options = "urls = [\"https://a.example/x\"]\nitem = \"li\"\nnext = \"a.next\"\npages = 100\nfields = { text = \"p\", time = \"time\" }"
	tests := []struct {
		name   string
		answer everywhere
		status Status
		want   string
	}{
		{"not HTML", everywhere{header: "Content-Type: application/json", body: "{}"}, Failed, "not a web page"},
		{"gone", everywhere{status: 404, header: "Content-Type: text/html", body: "<html><li><p>x"}, Failed, "answered 404"},
		{"another layout", everywhere{header: "Content-Type: text/html", body: "<html><p>x"}, Degraded, `nothing matches the item "li"`},
		{"bottomless", everywhere{header: "Content-Type: text/html", body: strings.Repeat("<div>", 100_000)}, Failed, ""},
		{"a trap of endless pages", everywhere{header: "Content-Type: text/html", body: "<html><li><p>sama</p></li><a class=next href='?n'>"}, Fresh, ""},
		{"next on another host", everywhere{header: "Content-Type: text/html", body: "<html><li><p>x</p></li><a class=next href='https://b.example/'>"}, Fresh, ""},
		{"forbidden", everywhere{status: 403}, Blocked, "answered 403"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := map[string]bool{}
			site := recorder{tt.answer, func(r *http.Request) { asked[r.URL.Host] = true }}
			_, report := run(t, "html", options, site, Request{Now: testNow})
			if report.Status != tt.status || !strings.Contains(report.Reason, tt.want) || asked["b.example"] {
				t.Errorf("%s %q, asked %v, want %s %q", report.Status, report.Reason, asked, tt.status, tt.want)
			}
		})
	}
}

// TestHTMLReadsEachAddressDownToTheLastRun: that the first page of one address reaches
// back to the last run says nothing of the next address.
func TestHTMLReadsEachAddressDownToTheLastRun(t *testing.T) {
	const options = "urls = [\"https://a.example/quiet\", \"https://a.example/busy\"]\nitem = \"li\"\nnext = \"a.next\"\npages = 2\nfields = { text = \"p\", time = \"time\" }"
	page := func(next string, days ...int) answer {
		body := "<html>"
		for _, day := range days {
			body += fmt.Sprintf("<li><p>%s %d</p><time>2026-11-%02d 08:00</time></li>", next, day, day)
		}
		return answer{header: "Content-Type: text/html", body: body + "<a class=next href='" + next + "'>"}
	}
	last := time.Date(2026, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 WIB
	tests := []struct {
		name   string
		second answer // page of the busy address
		gap    bool
	}{
		{"met on the second page", page("/busy/3", 12, 11, 10), false},
		{"not met", page("/busy/3", 12, 11), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site := answers{"https://a.example/quiet": page("/quiet/2", 9, 8), "https://a.example/busy": page("/busy/2", 14, 13), "https://a.example/busy/2": tt.second}
			mentions, report := run(t, "html", options, site, Request{Now: testNow, Cursor: fmt.Sprintf(`{"newest":%d,"items":4,"until":%d}`, last.Unix(), last.Unix())})
			if got, want := len(mentions), 4+strings.Count(tt.second.body, "<li>"); got != want || report.Gap != tt.gap {
				t.Errorf("%d mentions, gap %t, want %d and %t: %s", got, report.Gap, want, tt.gap, report.Reason)
			}
		})
	}
}

func TestPageStars(t *testing.T) {
	for in, want := range map[string]int{"4": 4, "4,5": 5, "4/5": 4, "8,5/10": 4, "4 dari 5 bintang": 4, "Rated 3.0 out of 5": 3, "width: 80%": 4, "width:100%": 5, "★★": 2, "": 0, "bagus": 0,
		"0 dari 5": 0, "7 dari 5": 0} {
		if got := pageStars(in); got != want {
			t.Errorf("pageStars(%q) = %d, want %d", in, got, want)
		}
	}
}

// TestRecordings maps the answers of real servers.
func TestRecordings(t *testing.T) {
	const dir = "../../shared/data/fixtures/"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the recorded answers are not beside this checkout:", err)
	}
	read := func(path string, into any) {
		t.Helper()
		data, err := os.ReadFile(dir + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	var all []brand.Mention
	var hn struct {
		Hits []hnHit `json:"hits"`
	}
	read("hackernews/search_ask_hn.json", &hn)
	for _, h := range hn.Hits {
		all = append(all, h.mention())
	}
	for _, path := range []string{"mastodon/halcy_test_hashtag_tl_2.json", "gotosocial-local/tag_user_p1.body", "gotosocial-local/tag_after_edit_delete.body"} {
		var posts []mastodonStatus
		read(path, &posts)
		for _, p := range posts {
			all = append(all, p.mention())
		}
	}
	for _, path := range []string{"discourse/posts_latest.json", "discourse/posts_before.json"} {
		var forum struct {
			Posts []discoursePost `json:"latest_posts"`
		}
		read(path, &forum)
		for _, p := range forum.Posts {
			all = append(all, (&discourse{url: "https://a.example"}).mention(p))
		}
	}
	var game struct {
		Reviews map[string]steamReview `json:"reviews"`
	}
	read("steam/woctezuma_review_439700.json", &game)
	for _, v := range game.Reviews {
		all = append(all, (&steam{app: 439700}).mention(v))
	}
	for _, path := range []string{"comment_threads_by_channel", "comment_threads_by_video_paged_1", "comment_threads_by_video_paged_2", "comment_threads_all_to_me", "comment_threads_with_search"} {
		var threads struct {
			Items []youtubeThread `json:"items"`
		}
		read("youtube/"+path+".json", &threads)
		for _, thread := range threads.Items {
			all = append(all, thread.mentions()...)
		}
	}
	for _, path := range []string{"mishavyb_389801252", "mishavyb_415458524", "mishavyb_595068606", "mishavyb_640437525", "no-licence/sanderdekoning_nl_2023"} {
		var store struct {
			Feed struct {
				Entry entries `json:"entry"`
			} `json:"feed"`
		}
		read("appstore/"+path+".json", &store)
		for _, e := range store.Feed.Entry {
			all = append(all, (&appstore{app: 1}).mention(e, "id", Request{Now: testNow}))
		}
	}
	for _, m := range all {
		u, err := url.Parse(m.URL)
		if m.ExternalID == "" || m.Text == "" || m.Author == "" || m.PublishedAt.Year() < 2005 || err != nil || u.Host == "" || strings.Contains(m.Text, "</") {
			t.Errorf("incomplete or marked up: %+v", m)
		}
	}
	t.Logf("%d mentions", len(all))
	if len(all) < 250 {
		t.Errorf("%d mentions, want at least 250", len(all))
	}
}

// FuzzInterfaces sends any answer to every kind.
func FuzzInterfaces(f *testing.F) {
	for kind := range interfaces {
		data, err := os.ReadFile(filepath.Join("testdata", kind, "response.http"))
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := strings.Cut(string(data), "\n\n")
		f.Add(kind, body)
	}
	f.Add("html", "<html><li><p>x</p><time>3 hari lalu</time></li>")
	f.Add("jsonld", `<script type="application/ld+json">{"@type":"Review","reviewBody":"x"}</script>`)
	f.Fuzz(func(t *testing.T, kind, body string) {
		options, ok := interfaces[kind]
		switch {
		case kind == "html":
			options = "urls = [\"https://a.example/x\"]\nitem = \"li\"\nfields = { text = \"p\", time = \"time\" }"
		case kind == "jsonld":
			options = `urls = ["https://a.example/x"]`
		case !ok:
			return
		}
		mentions, report := run(t, kind, options, everywhere{header: "Content-Type: text/html", body: body}, Request{Now: testNow})
		if report.Status == "" || (report.Status == Failed) != report.To.IsZero() && report.Status != Blocked && report.Status != RateLimited {
			t.Errorf("%s %q to %s", report.Status, report.Reason, report.To)
		}
		for _, m := range mentions {
			if m.ExternalID == "" || m.Text == "" || m.Stars < 0 || m.Stars > 5 {
				t.Errorf("%+v", m)
			}
		}
	})
}
