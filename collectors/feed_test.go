package collectors

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
)

const feedOptions = `url = "https://a.example/feed"`

func rss(items string) answer {
	return answer{header: "Content-Type: application/rss+xml", body: `<rss version="2.0"><channel><title>x</title>` + items + `</channel></rss>`}
}

func rssItem(guid, date string) string {
	return "<item><guid>" + guid + "</guid><title>t</title><description>text</description><pubDate>" + date + "</pubDate></item>"
}

func TestFeedItems(t *testing.T) {
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>`
	tests := []struct {
		name, body string
		want       brand.Mention
	}{
		{"Atom with markup in the title", atom + `<entry><id>tag:a,1</id><title type="html">Rina &lt;b&gt;kecewa&lt;/b&gt; &amp;amp; marah</title><link href="/1"/><updated>2026-11-20T09:00:00+07:00</updated><content type="html">&lt;p&gt;satu&lt;/p&gt;</content><author><name>Rina</name></author></entry></feed>`,
			brand.Mention{ExternalID: "tag:a,1", Title: "Rina kecewa & marah", URL: "https://a.example/1", Text: "satu", Author: "Rina", PublishedAt: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)}},
		{"RDF has no guid", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>x</title></channel><item><title>judul</title><link>https://a.example/2</link><description>dua</description></item></rdf:RDF>`,
			brand.Mention{ExternalID: "https://a.example/2", Title: "judul", URL: "https://a.example/2", Text: "dua"}},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"3","url":"https://a.example/3","content_text":"tiga","date_published":"2026-11-20T09:00:00Z"}]}`,
			brand.Mention{ExternalID: "3", URL: "https://a.example/3", Text: "tiga", PublishedAt: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}},
		{"app reviews", `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss"><entry><id>77</id><title>Jelek</title><content type="text">sering keluar</content><im:rating>1</im:rating><im:version>4.2.1</im:version><updated>2026-11-20T09:00:00-07:00</updated></entry></feed>`,
			brand.Mention{ExternalID: "77", Title: "Jelek", Text: "sering keluar", Stars: 1, Version: "4.2.1", PublishedAt: time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)}},
		{"the detour of a search feed", atom + `<entry><id>g</id><title>t</title><link href="https://www.google.com/url?rct=j&amp;url=https://b.example/x%3Fy&amp;ct=ga"/><content>c</content></entry></feed>`,
			brand.Mention{ExternalID: "g", Title: "t", URL: "https://b.example/x?y", Text: "c"}},
		{"a date without a zone is local", `<rss version="2.0"><channel><item><guid>5</guid><description>lima</description><pubDate>2026-11-20 09:00:00</pubDate></item></channel></rss>`,
			brand.Mention{ExternalID: "5", Text: "lima", PublishedAt: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)}},
		{"a date in the year 9999 is none", `<rss version="2.0"><channel><item><guid>6</guid><description>enam</description><pubDate>Fri, 31 Dec 9999 00:00:00 GMT</pubDate></item></channel></rss>`,
			brand.Mention{ExternalID: "6", Text: "enam"}},
		{"ISO-8859-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss version=\"2.0\"><channel><item><guid>7</guid><description>caf\xe9</description></item></channel></rss>",
			brand.Mention{ExternalID: "7", Text: "café"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mentions, report := run(t, "feed", feedOptions, answers{"https://a.example/feed": {body: tt.body}}, Request{Now: testNow})
			if len(mentions) != 1 || mentions[0] != tt.want {
				t.Errorf("got %+v, %s %s, want %+v", mentions, report.Status, report.Reason, tt.want)
			}
		})
	}
}

func TestFeedFailures(t *testing.T) {
	tests := []struct {
		name   string
		answer answer
		status Status
		want   string
	}{
		{"a web page", answer{body: "<!DOCTYPE html><html><head><title>Toko</title></head></html>"}, Failed, "a.example: a web page and not a feed: look for the address"},
		{"a web page that names its feed", answer{body: `<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>`}, Failed, "its feed is https://a.example/rss.xml"},
		{"JSON that is no feed", answer{body: `{"error":"x"}`}, Failed, "JSON, but not a JSON Feed"},
		{"cut off", answer{body: `<rss version="2.0"><channel><item><title>x</ti`}, Failed, "not an RSS, Atom or JSON feed"},
		{"nothing", answer{body: ""}, Failed, "not an RSS, Atom or JSON feed"},
		{"bottomless", answer{body: `<rss version="2.0"><channel><item>` + strings.Repeat("<x:a>", 100_000)}, Failed, "nests elements deeper than 2000"},
		{"gone", answer{status: 404}, Failed, "answered 404 Not Found: check the address"},
		{"forbidden", answer{status: 403}, Blocked, "answered 403"},
		{"too often", answer{status: 429}, RateLimited, "answered 429"},
		{"down", answer{status: 503}, Failed, "answered 503"},
		{"a challenge", answer{header: "Content-Type: text/html", body: "<html><title>Just a moment...</title></html>"}, Blocked, "asks whether a human is there"},
		{"too large", answer{body: strings.Repeat(" ", 11<<20)}, Failed, "more than 10 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cursor := `{"etag":"x","items":3}`
			mentions, report := run(t, "feed", feedOptions, answers{"https://a.example/feed": tt.answer}, Request{Now: testNow, Cursor: cursor})
			if len(mentions) > 0 || report.Status != tt.status || !strings.Contains(report.Reason, tt.want) || strings.Contains(report.Reason, "\n") {
				t.Errorf("%s: %q, want %s: one line with %q", report.Status, report.Reason, tt.status, tt.want)
			}
			if report.Cursor != cursor || !report.To.IsZero() {
				t.Errorf("cursor %s, window to %s: a failed run must keep the one and have none", report.Cursor, report.To)
			}
		})
	}
}

func TestFeedCoverage(t *testing.T) {
	newest := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	until := newest.Add(time.Hour)
	const cursor = `{"etag":"\"1\"","newest":1795140000,"items":2,"until":1795143600}`
	tests := []struct {
		name   string
		answer answer
		status Status
		gap    bool
		from   time.Time
	}{
		{"not modified", answer{status: 304}, Fresh, false, until},
		{"the last item is still there", rss(rssItem("2", "Fri, 20 Nov 2026 05:00:00 GMT") + rssItem("1", "Fri, 20 Nov 2026 02:00:00 GMT")), Fresh, false, until},
		{"the last item is gone", rss(rssItem("9", "Sat, 21 Nov 2026 02:00:00 GMT") + rssItem("8", "Fri, 20 Nov 2026 22:00:00 GMT")), Fresh, true, time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)},
		{"suddenly empty", rss(""), Degraded, false, until},
		{"no dates cannot tell", rss("<item><guid>4</guid><description>x</description></item>"), Fresh, false, until},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, report := run(t, "feed", feedOptions, answers{"https://a.example/feed": tt.answer}, Request{Now: testNow, Cursor: cursor})
			if report.Status != tt.status || report.Gap != tt.gap || !report.From.Equal(tt.from) || !report.To.Equal(testNow) {
				t.Errorf("%s %s gap %v from %s to %s, want %s gap %v from %s", report.Status, report.Reason, report.Gap, report.From, report.To, tt.status, tt.gap, tt.from)
			}
		})
	}
}

// TestFeedPagesEnd serves the same page under every number.
func TestFeedPagesEnd(t *testing.T) {
	page := rss(rssItem("2", "Fri, 20 Nov 2026 05:00:00 GMT"))
	site := answers{"https://a.example/feed": page, "https://a.example/feed?paged=2": page}
	mentions, report := run(t, "feed", feedOptions+"\npages = 50", site, Request{Now: testNow})
	if len(mentions) != 1 || report.Status != Fresh {
		t.Errorf("%d mentions, %s %s, want the one item once", len(mentions), report.Status, report.Reason)
	}
}

// TestWordPress reads the answers of a real WordPress.
func TestWordPress(t *testing.T) {
	feeds, _ := filepath.Glob("../../shared/data/fixtures/wordpress-local/*.body")
	if len(feeds) == 0 {
		t.Skip("the recorded answers of a WordPress are not beside this checkout")
	}
	read := 0
	for _, path := range feeds {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(body[:min(len(body), 300)]), "<rss") && !strings.Contains(string(body[:min(len(body), 300)]), "<feed") {
			continue
		}
		read++
		base := &url.URL{Scheme: "http", Host: "127.0.0.1"}
		parsed, err := parseFeed(&fetch.Response{URL: base, Body: body})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		r := &feedRun{feed: &feed{zone: time.UTC}, round: newRound(Request{Now: testNow.AddDate(0, 0, 1)}, nil)}
		for _, item := range parsed.Items {
			m := r.mention(item, base)
			if m.ExternalID == "" || m.Text == "" || m.PublishedAt.IsZero() || m.URL == "" || strings.ContainsAny(m.Text, "<>") || strings.Contains(m.Text, "&#") {
				t.Errorf("%s: incomplete or marked up: %+v", filepath.Base(path), m)
			}
		}
	}
	t.Logf("%d feeds", read)
	if read < 10 {
		t.Errorf("%d feeds among %d answers, want at least 10", read, len(feeds))
	}
}

func FuzzFeed(f *testing.F) {
	f.Add([]byte(rss(rssItem("1", "Fri, 20 Nov 2026 09:00:00 WIB")).body))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"3"}]}`))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id></entry></feed>`))
	base, err := url.Parse("https://a.example/feed")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		parsed, err := parseFeed(&fetch.Response{URL: base, Body: body})
		if err != nil {
			return
		}
		r := &feedRun{feed: &feed{zone: time.UTC}, round: newRound(Request{Now: testNow}, nil)}
		for _, item := range parsed.Items {
			if m := r.mention(item, base); m.ExternalID == "" || m.PublishedAt.After(testNow.AddDate(0, 0, 3)) || m.Stars < 0 || m.Stars > 5 {
				t.Errorf("%q: %+v", body, m)
			}
		}
	})
}

// BenchmarkFeed compares reading a feed with gofeed's own part of it.

// TestMediaKonsumen reads letters and the answers of companies: an answer is no
// complaint, it belongs to its letter, even to one on an older page.
func TestMediaKonsumen(t *testing.T) {
	letter := func(id, title, date string) string {
		return `<item><title>` + title + `</title><link>https://mediakonsumen.com/2026/11/20/surat-pembaca/` + id + `</link><guid isPermaLink="false">https://mediakonsumen.com/?p=` + id + `</guid>` +
			`<category>Surat Pembaca</category><dc:creator>Rina</dc:creator><pubDate>` + date + `</pubDate><content:encoded><![CDATA[<p>Saya kecewa, isi surat ` + id +
			`.</p><p><em>Artikel ini adalah buatan pengguna dan menjadi tanggung jawab penulisnya.</em></p>]]></content:encoded></item>`
	}
	answer := func(id, title, date string) string {
		return `<item><title>` + title + `</title><link>https://mediakonsumen.com/2026/11/21/tanggapan/` + id + `</link><guid isPermaLink="false">https://mediakonsumen.com/?p=` + id + `</guid>` +
			`<category>Tanggapan</category><pubDate>` + date + `</pubDate><content:encoded><![CDATA[<p>Kami mohon maaf, jawaban ` + id + `.</p>]]></content:encoded></item>`
	}
	page := func(items ...string) answerBody { return answerBody(strings.Join(items, "")) }
	site := answers{
		"https://mediakonsumen.com/feed": page(
			answer("9", "Tanggapan perihal &#8220;Paket &amp; Uang Hilang&#8221;", "Sat, 21 Nov 2026 02:00:00 +0000"),
			letter("8", "Barang Rusak", "Sat, 21 Nov 2026 01:00:00 +0000"),
			answer("7", "Tanggapan Toko Contoh perihal \"Sudah Lama Sekali\"", "Fri, 20 Nov 2026 09:00:00 +0000"),
			answer("6", "Klarifikasi dari kami", "Fri, 20 Nov 2026 08:00:00 +0000")).answer(),
		"https://mediakonsumen.com/feed?paged=2": page(letter("5", "Paket &amp; Uang Hilang", "Thu, 19 Nov 2026 01:00:00 +0000")).answer(),
		"https://mediakonsumen.com/feed?paged=3": {status: 404},
	}
	for name, cursor := range map[string]string{"the first run": "", "a run that met the last on page 1": `{"newest":1795219200,"items":10,"until":1795222800}`} {
		mentions, report := run(t, "feed", `preset = "mediakonsumen"`, site, Request{Now: testNow, Cursor: cursor})
		var got []string
		for _, m := range mentions {
			got = append(got, fmt.Sprintf("%s: %s | %s | %s", m.ExternalID, m.Title, m.Text, m.Reply))
		}
		want := []string{"https://mediakonsumen.com/?p=8: Barang Rusak | Saya kecewa, isi surat 8. | ", "https://mediakonsumen.com/?p=5: Paket & Uang Hilang | Saya kecewa, isi surat 5. | Kami mohon maaf, jawaban 9."}
		if !slices.Equal(got, want) || report.Status != Fresh || report.RejectedCount > 0 || report.Fetched != 5 {
			t.Errorf("%s: %s %q fetched %d\n%s", name, report.Status, report.Reason, report.Fetched, strings.Join(got, "\n"))
		}
		if n := len(mentions); n == 2 && !mentions[1].RepliedAt.Equal(time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)) {
			t.Errorf("replied at %s", mentions[1].RepliedAt)
		}
	}
	if _, err := New(source(t, "feed", `preset = "kompas"`), testClient()); err == nil || !strings.Contains(err.Error(), `"kompas" is not one of mediakonsumen`) {
		t.Errorf("an unknown preset: %v", err)
	}
}

// answerBody are the items of a feed of WordPress.
type answerBody string

func (b answerBody) answer() answer {
	return answer{header: "Content-Type: application/rss+xml", body: `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title>` +
		string(b) + `</channel></rss>`}
}
