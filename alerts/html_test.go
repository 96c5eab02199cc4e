package alerts

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"pantau/brand"
)

// markup is more than two thousand strings that have become script, style or a
// request somewhere, in the shapes in which escaping has failed elsewhere.
func markup() (all []string) {
	payloads := []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<svg/onload=alert(1)//`, `<body onload=alert(1)>`, `<iframe src="javascript:alert(1)"></iframe>`,
		`<a href="javascript:alert(1)">x</a>`, `<a href=" &#106;avascript:alert(1)">x</a>`, `<math><mtext></mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
		`<details open ontoggle=alert(1)>`, `<input autofocus onfocus=alert(1)>`, `<video><source onerror=alert(1)></video>`, `<marquee onstart=alert(1)>`, `<object data="javascript:alert(1)"></object>`,
		`<embed src=//evil.example/x.swf>`, `<form action=//evil.example><button>kirim</button></form>`, `<base href=//evil.example/>`, `<link rel=stylesheet href=//evil.example/x.css>`,
		`<style>@import '//evil.example/x.css'</style>`, `<meta http-equiv=refresh content="0;url=//evil.example">`, `<isindex action=javascript:alert(1)>`, `<table background="javascript:alert(1)">`,
		`<div style="background:url(//evil.example/x)">`, `<xss id=x tabindex=1 onfocus=alert(1)></xss>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<template><script>alert(1)</script></template>`,
		`javascript:alert(1)`, `JaVaScRiPt:alert(1)`, "java\tscript:alert(1)", `vbscript:msgbox(1)`, `data:text/html,<script>alert(1)</script>`, `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
		`" onmouseover="alert(1)`, `' onmouseover='alert(1)`, "` onmouseover=`alert(1)", `" style="position:fixed;inset:0" x="`, `"><script>alert(1)</script>`, `'><svg onload=alert(1)>`, `</title><script>alert(1)</script>`,
		`</bdi></blockquote><script>alert(1)</script>`, `</div></body></html><script>alert(1)</script>`, `{{.Password}}`, `{{template "lines" .}}`, `${alert(1)}`, `<%= 7*7 %>`, `<!--#exec cmd="id"-->`, `<?xml version="1.0"?><x onclick="1"/>`,
		`&lt;script&gt;alert(1)&lt;/script&gt;`, `&#60;script&#62;alert(1)&#60;/script&#62;`, `\u003cscript\u003ealert(1)\u003c/script\u003e`, `%3Cscript%3Ealert(1)%3C/script%3E`, `<scr<script>ipt>alert(1)</scr</script>ipt>`,
		"<scr\x00ipt>alert(1)</scr\x00ipt>", "<img src=x\u2028onerror=alert(1)>", "\ufeff<script>alert(1)</script>", `＜script＞alert(1)＜/script＞`, `<img src=//evil.example/pixel.gif>`, `<a href=//evil.example>bank</a>`, `cid:other.png`, `<style>*{display:none}</style>`,
	}
	shapes := []string{"%s", "a %s b", "\"%s\"", "'%s'", ">%s<", "<!--%s-->", "]]>%s", "<![CDATA[%s]]>", "\n%s\n", "\x00%s", "\xff%s\xc0", "%s%[1]s", "https://ok.example/%s", "http://%s", "//%s", "https:%s", "\\%s\\",
		"\u202e%s\u202c", "\u200b%s", "<p>%s</p>", "<a href=\"%s\">", "<div title='%s'>", "&%s;", "%s/*", "<textarea>%s", "--!>%s", "<%s", "%s>", "=%s", "x=%s y", "\r\n%s", "\t%s\v", "é%s", "{%s}", "[%s](%[1]s)"}
	for _, p := range payloads {
		for _, s := range shapes {
			all = append(all, fmt.Sprintf(s, p))
		}
	}
	return all
}

// ourTags and ourAttributes are what the pages are made of.
var (
	ourTags       = []string{"html", "head", "body", "div", "h1", "p", "b", "i", "img", "table", "tbody", "tr", "td", "blockquote", "bdi", "br", "span", "a"}
	ourAttributes = []string{"style", "src", "alt", "width", "role", "cellspacing", "cellpadding", "href"}
)

// liveMarkup names what a browser would make of a page beyond our own elements,
// or nothing.
func liveMarkup(page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return err.Error()
	}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode:
			return "a comment: " + n.Data
		case n.Type == html.ElementNode && !slices.Contains(ourTags, n.Data):
			return "an element: " + n.Data
		}
		for _, a := range n.Attr {
			if live := liveAttribute(a); live != "" {
				return n.Data + ": " + live
			}
		}
	}
	return ""
}

func liveAttribute(a html.Attribute) string {
	value := strings.ToLower(a.Val)
	switch {
	case !slices.Contains(ourAttributes, a.Key):
		return "an attribute: " + a.Key
	case a.Key == "src" && a.Val != "cid:pantau.png":
		return "a source: " + a.Val
	case a.Key == "style" && (strings.Contains(value, "url") || strings.Contains(value, "expression") || strings.Contains(value, "fixed")):
		return "a style: " + a.Val
	case a.Key == "href":
		if !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") {
			return "a link: " + a.Val
		}
	}
	return ""
}

// Every string stands in every field of a page, which must stay our own page. The
// control pastes the string into a page as it is.
func TestMarkup(t *testing.T) {
	kinds := slices.Concat([]brand.Change{brand.Opened, brand.Worsened, brand.Closed, brand.Broken, brand.Stopped}, peopleChanges, reportKinds)
	all, seen := markup(), 0
	for n, s := range all {
		w := newWriter([]Style{inIndonesian, inEnglish}[n%2])
		a := saturated(kinds[n%len(kinds)], s)
		a.By = s
		got, err := page(w.compose(a, noon), w, n%3 == 0)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if live := liveMarkup(got); live != "" {
			t.Fatalf("%q came alive, %s\n%s", s, live, got)
		}
		if liveMarkup("<p>"+s+"</p><a href=\""+s+"\">") != "" {
			seen++
		}
	}
	t.Logf("proof: %d markup strings in %d kinds of pages, 0 alive", len(all), len(kinds))
	t.Logf("control: %d of them come alive when they are pasted", seen)
	if len(all) < 2000 || seen < len(all)/2 {
		t.Errorf("%d strings, the check sees %d of them pasted: want 2,000 and most", len(all), seen)
	}
}

// headerStrings want a line of their own in the head of a mail.
func headerStrings() (all []string) {
	lines := []string{"Bcc: x@evil.example", "X-Injected: 1", "Content-Type: text/html", "Subject: lain", "\r\n<script>alert(1)</script>", "From: bank@evil.example", "DKIM-Signature: v=1", "Reply-To: x@evil.example", "MIME-Version: 9", "Return-Path: <x@evil.example>"}
	ends := []string{"\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\r\r\n", "\x00\r\n", "\u2028", "\u2029", "\u0085", "\v", "\f", "%0d%0a", "\\r\\n", "=?utf-8?q?=0d=0a?=", "=0D=0A", "\r\n ", "\r\n\t", "?=\r\n", " \r\n", strings.Repeat("a", 997) + "\r\n"}
	for _, line := range lines {
		for _, end := range ends {
			all = append(all, "Rona"+end+line+end+"Busana")
		}
	}
	return all
}

// Every string stands wherever a name can. The head of the mail must hold the
// same fields as always. The control writes the string into a head as it is.
func TestHeaders(t *testing.T) {
	ours := []string{"Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "Message-Id", "Mime-Version", "References", "Subject", "To", "User-Agent", "X-Mailer", "Content-Transfer-Encoding"}
	mailer := &email{EmailOptions{From: "pantau@merek.example", To: []string{"rina@merek.example"}, Style: inIndonesian}}
	foreign := func(raw io.Reader) string {
		m, err := mail.ReadMessage(raw)
		if err != nil {
			return err.Error()
		}
		for name, values := range m.Header {
			if !slices.Contains(ours, name) || len(values) != 1 || strings.ContainsAny(values[0], "\r\n") {
				return name
			}
		}
		if m.Header.Get("Subject") == "lain" || !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/") || m.Header.Get("From") != "<pantau@merek.example>" {
			return "another value"
		}
		return ""
	}
	all, seen := headerStrings(), 0
	for _, s := range all {
		d := Delivery{Key: s, Alert: saturated(brand.Opened, s), Root: "<" + s + ">", At: noon}
		if strings.ContainsAny(s, "\r\n") {
			d.Root = "" // a receipt is one of our own
		}
		m, err := mailer.message(d, mailer.messageID(d.Key))
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		var raw bytes.Buffer
		if _, err := m.WriteTo(&raw); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if name := foreign(&raw); name != "" {
			t.Fatalf("%q made a header: %s\n%s", s, name, raw.String())
		}
		if foreign(strings.NewReader("From: <pantau@merek.example>\r\nContent-Type: multipart/mixed\r\nSubject: "+s+"\r\n\r\n")) != "" {
			seen++
		}
	}
	t.Logf("proof: %d header strings in mails, 0 made a header", len(all))
	t.Logf("control: %d of them do when they are written as they are", seen)
	if len(all) < 200 || seen < 50 {
		t.Errorf("%d strings, the check sees %d of them pasted: want 200 and at least 50", len(all), seen)
	}
}
