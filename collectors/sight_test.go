package collectors

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pantau/brand"
)

// TestFirstSight follows the addresses of a source: what one brings that gave nothing
// before may be of any age, whenever it was added, and what comes later is new.
func TestFirstSight(t *testing.T) {
	review := map[string]func(text string) answer{
		"html": func(text string) answer {
			return answer{header: "Content-Type: text/html", body: "<html><div class=r><p>" + text + "</p></div></html>"}
		},
		"jsonld": func(text string) answer {
			return answer{header: "Content-Type: text/html", body: `<html><script type="application/ld+json">{"@type":"Review","reviewBody":"` + text + `"}</script></html>`}
		},
	}
	more := map[string]string{"html": "item = \"div.r\"\nfields = { text = \"p\" }\n"}
	const a, b = "https://a.example/a", "https://a.example/b"
	down := answer{status: 503}
	empty := answer{header: "Content-Type: text/html", body: "<html></html>"}
	type step struct {
		urls []string
		a, b string // what the pages say: a text, "down" or "empty"
		want map[string]bool
	}
	for _, tt := range []struct {
		name, kind, cursor string
		steps              []step
	}{
		{"a source that begins", "jsonld", "", []step{{[]string{a}, "satu", "", map[string]bool{"satu": true}}, {[]string{a}, "dua", "", map[string]bool{"dua": false}}}},
		{"an address that is added", "jsonld", "", []step{{[]string{a}, "satu", "", map[string]bool{"satu": true}},
			{[]string{a, b}, "dua", "tiga", map[string]bool{"dua": false, "tiga": true}}, {[]string{a, b}, "empat", "lima", map[string]bool{"empat": false, "lima": false}}}},
		{"another address", "html", "", []step{{[]string{a}, "satu", "", map[string]bool{"satu": true}}, {[]string{b}, "", "dua", map[string]bool{"dua": true}}, {[]string{b}, "", "tiga", map[string]bool{"tiga": false}}}},
		{"an address that fails for a while", "jsonld", "", []step{{[]string{a, b}, "satu", "dua", map[string]bool{"satu": true, "dua": true}},
			{[]string{a, b}, "tiga", "down", map[string]bool{"tiga": false}}, {[]string{a, b}, "empat", "lima", map[string]bool{"empat": false, "lima": false}}}},
		{"an address that fails at first", "jsonld", "", []step{{[]string{a, b}, "satu", "down", map[string]bool{"satu": true}}, {[]string{a, b}, "dua", "tiga", map[string]bool{"dua": false, "tiga": true}}}},
		{"selectors that match nothing at first", "html", "", []step{{[]string{a}, "empty", "", map[string]bool{}}, {[]string{a}, "satu", "", map[string]bool{"satu": true}}, {[]string{a}, "dua", "", map[string]bool{"dua": false}}}},
		{"the cursor of an older program", "jsonld", `{"items":3,"until":1795226400}`, []step{{[]string{a, b}, "satu", "dua", map[string]bool{"satu": false, "dua": false}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := Request{Now: testNow, Cursor: tt.cursor}
			page := func(says string) answer {
				switch says {
				case "down":
					return down
				case "empty":
					return empty
				}
				return review[tt.kind](says)
			}
			for n, s := range tt.steps {
				mentions, report := run(t, tt.kind, more[tt.kind]+`urls = ["`+strings.Join(s.urls, `", "`)+`"]`, answers{a: page(s.a), b: page(s.b)}, req)
				got := map[string]bool{}
				for _, m := range mentions {
					got[m.Text] = m.FirstSight
				}
				if fmt.Sprint(got) != fmt.Sprint(s.want) {
					t.Errorf("run %d: first sight of %v, want %v (%s %s)", n+1, got, s.want, report.Status, report.Reason)
				}
				req.Cursor, req.Now = report.Cursor, req.Now.Add(time.Hour)
			}
		})
	}
}

// TestRejectsNameNobody: what is wrong with an item goes to logs.
func TestRejectsNameNobody(t *testing.T) {
	for id, want := range map[string]string{"r-17": "r-17: no text; nothing to do", "rina@surat.example": "an item: no text; nothing to do"} {
		r := newRound(Request{Now: testNow}, nil)
		if err := r.keep(brand.Mention{ExternalID: id}, testNow); err != nil {
			t.Fatal(err)
		}
		if got := r.report.Rejected[0].String(); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
