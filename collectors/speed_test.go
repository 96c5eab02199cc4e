package collectors

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/fetch"
	"pantau/config"
	"pantau/internal/cputime"
)

// What an answer costs after it was fetched, parsed and cleaned:
//
//	go test ./collectors -run '^$' -bench Speed
//
// MB/cpu-s is what one core manages: it counts the processor time of the whole
// process, garbage collection included, so that other programs on the machine do
// not matter. "parser" is the library alone, which bounds the kind.

var speedKey = []byte("0123456789abcdef0123456789abcdef")

// speed runs f over size bytes until the benchmark is satisfied.
func speed(b *testing.B, size int, f func()) {
	b.Helper()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	before, n := cputime.Process(), 0
	for b.Loop() {
		f()
		n++
	}
	b.ReportMetric(float64(n)*float64(size)/1e6/(cputime.Process()-before).Seconds(), "MB/cpu-s")
}

func BenchmarkSpeedJSON(b *testing.B) {
	post := `{"id":502,"username":"rina","created_at":"2026-11-21T02:10:07.971Z","cooked":"<p>Pesanan datang <strong>telat</strong> lima hari &amp; chat tidak dibalas sama sekali.</p>",` +
		`"post_number":4,"post_type":1,"updated_at":"2026-11-21T02:12:00Z","reply_count":0,"avatar_template":"/user_avatar/x/{size}/1.png","topic_id":88,"topic_slug":"paket-telat","topic_title":"Paket telat"}`
	body := []byte(`{"latest_posts":[` + strings.Repeat(post+",", 999) + post + `]}`)
	type answer struct {
		Posts []discoursePost `json:"latest_posts"`
	}
	b.Run("parser", func(b *testing.B) {
		speed(b, len(body), func() {
			var a answer
			if err := json.Unmarshal(body, &a); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("discourse", func(b *testing.B) {
		d := &discourse{url: "https://a.example"}
		speed(b, len(body), func() {
			var a answer
			if err := json.Unmarshal(body, &a); err != nil {
				b.Fatal(err)
			}
			for _, p := range a.Posts {
				clean.Mention(d.mention(p), speedKey)
			}
		})
	})
	event := `{"did":"did:plc:aaaarina","time_us":1795229459250000,"kind":"commit","commit":{"rev":"3m3m1","operation":"create","collection":"app.bsky.feed.post","rkey":"3m1",` +
		`"record":{"$type":"app.bsky.feed.post","text":"sandang senja, paket saya ke mana? Sudah enam hari","createdAt":"2026-11-21T02:50:59.900Z","langs":["id"],` +
		`"reply":{"root":{"uri":"at://did:plc:x/app.bsky.feed.post/3m0","cid":"bafyreigh2akiscaildc"},"parent":{"uri":"at://did:plc:x/app.bsky.feed.post/3m0","cid":"bafyreigh2akiscaildc"}}},"cid":"bafyreigh2akiscaildc"}}`
	b.Run("bluesky", func(b *testing.B) { // most posts do not name the brand
		m := clean.NewMatcher([]string{"butik laras"}, nil)
		r := &blueskyRun{bluesky: &bluesky{languages: []string{"id"}}, round: newRound(Request{Now: testNow}, func(v brand.Mention) error { m.Match(v.Text); return nil })}
		speed(b, 1000*len(event), func() {
			for range 1000 {
				var e blueskyEvent
				if err := json.Unmarshal([]byte(event), &e); err != nil {
					b.Fatal(err)
				}
				if err := r.take(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

const speedReview = `<div class="row"><div class="col-md-12 review-item"><a href="/u/wati" class="avatar"><img src="/img/default-avatar.png" width="40" height="40" alt="wati"></a>` +
	`<div class="review" itemprop="review" itemscope itemtype="https://schema.org/Review"><span class="name" itemprop="author">Wati</span><time class="date" itemprop="datePublished" datetime="2026-11-17">17 Nov 2026</time>` +
	`<div class="stars" itemprop="reviewRating" itemscope><span itemprop="ratingValue">1</span> dari 5</div><p class="text" itemprop="reviewBody">Pesanan datang telat lima hari, chat tidak dibalas sama sekali. ` +
	`Kecewa sekali belanja di sini, padahal sudah langganan lama dan biasanya cepat.</p></div></div></div>` + "\n"

func BenchmarkSpeedHTML(b *testing.B) {
	doc := []byte(`<!doctype html><html><head><title>Ulasan</title><style>` + strings.Repeat(".row { margin: 0 }\n", 200) + `</style></head><body><div itemscope itemtype="https://schema.org/Product">` +
		strings.Repeat(speedReview, 300) + `</div><script>` + strings.Repeat("window.x = {a: 1};\n", 500) + `</script></body></html>`)
	base := &url.URL{Scheme: "https", Host: "a.example", Path: "/p"}
	b.Run("parser", func(b *testing.B) {
		speed(b, len(doc), func() {
			if _, err := html.Parse(bytes.NewReader(doc)); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("jsonld microdata", func(b *testing.B) {
		speed(b, len(doc), func() {
			found, _, _ := markup(doc)
			for _, v := range found {
				clean.Mention(reviewMention(v, base, testNow, time.UTC), speedKey)
			}
			if len(found) != 300 {
				b.Fatal(len(found))
			}
		})
	})
	ld := []byte(strings.Replace(string(doc), "itemscope", "data-x", -1))
	ld = bytes.Replace(ld, []byte("</body>"), []byte(`<script type="application/ld+json">{"@type":"Product","name":"x","review":[`+strings.TrimSuffix(strings.Repeat(
		`{"@type":"Review","author":{"@type":"Person","name":"Wati"},"datePublished":"2026-11-17","reviewRating":{"@type":"Rating","ratingValue":"1"},"reviewBody":"Pesanan datang telat lima hari, chat tidak dibalas"},`, 300), ",")+`]}</script></body>`), 1)
	b.Run("jsonld", func(b *testing.B) {
		speed(b, len(ld), func() {
			found, _, _ := markup(ld)
			for _, v := range found {
				clean.Mention(reviewMention(v, base, testNow, time.UTC), speedKey)
			}
			if len(found) != 300 {
				b.Fatal(len(found))
			}
		})
	})
	b.Run("html", func(b *testing.B) {
		c, err := New(mustSource(b, "html", "urls = [\"https://a.example/p\"]\nitem = \".review\"\nfields = { text = \".text\", time = \".date @datetime\", author = \".name\", stars = \".stars\" }"), testClient())
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		v := &pageVisit{page: c.(*page), round: newRound(Request{Now: testNow}, func(m brand.Mention) error { clean.Mention(m, speedKey); n++; return nil })}
		speed(b, len(doc), func() {
			tree, err := goquery.NewDocumentFromReader(bytes.NewReader(doc))
			if err != nil {
				b.Fatal(err)
			}
			v.round.seen = map[string]bool{}
			tree.Find(v.item).Each(func(i int, s *goquery.Selection) {
				m := v.mention(s, base)
				m.ExternalID = string(rune('a' + i)) // the texts are alike here
				if err := v.keep(m, m.PublishedAt); err != nil {
					b.Fatal(err)
				}
			})
		})
		if n == 0 || n%300 != 0 {
			b.Fatal(n, "mentions")
		}
	})
}

func mustSource(b *testing.B, kind, options string) config.Source {
	b.Helper()
	src, err := parseTestSource(kind, options)
	if err != nil {
		b.Fatal(err)
	}
	return src
}

func BenchmarkSpeedFeed(b *testing.B) {
	body := feedOf(500)
	base := &url.URL{Scheme: "https", Host: "a.example"}
	b.Run("parser", func(b *testing.B) {
		speed(b, len(body), func() {
			if _, err := gofeed.NewParser().ParseString(body); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("feed", func(b *testing.B) {
		r := &feedRun{feed: &feed{zone: time.UTC}, round: newRound(Request{Now: testNow}, nil)}
		speed(b, len(body), func() {
			parsed, err := parseFeed(&fetch.Response{URL: base, Body: []byte(body)})
			if err != nil {
				b.Fatal(err)
			}
			for _, item := range parsed.Items {
				clean.Mention(r.mention(item, base), speedKey)
			}
		})
	})
}

// feedOf is a feed of n items.
func feedOf(n int) string {
	return rss(strings.Repeat("<item><guid>https://a.example/?p=41</guid><title>Pengalaman belanja</title><link>https://a.example/41</link><pubDate>Fri, 20 Nov 2026 09:00:00 +0700</pubDate>"+
		"<description>&lt;p&gt;Pesanan datang telat lima hari &amp;amp; chat tidak dibalas sama sekali. Kecewa banget belanja di sini.&lt;/p&gt;</description></item>", n)).body
}
