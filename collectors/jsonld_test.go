package collectors

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pantau/brand"
)

const jsonldFixtures = "../../shared/data/fixtures/jsonld-microdata"

func TestParseLD(t *testing.T) {
	tests := []struct {
		name, block string
		want        string // "" is unreadable
	}{
		{"JSON", `{"a":"b"}`, `{"a":"b"}`},
		{"a raw line break in a string", "{\"a\":\"b\nc\td\"}", `{"a":"b c d"}`},
		{"an HTML comment around it", "<!-- {\"a\":1} -->", `{"a":1}`},
		{"CDATA around it", "//<![CDATA[\n{\"a\":1}\n//]]>", `{"a":1}`},
		{"an escaped apostrophe", `{"a":"b\'c"}`, `{"a":"b'c"}`},
		{"escaped quotes stay", `{"a":"b\"c",}`, `{"a":"b\"c"}`},
		{"commas before brackets", `{"a":[1,2, ],
		}`, `{"a":[1,2]}`},
		{"a comma inside a string stays", `{"a":"x,]",}`, `{"a":"x,]"}`},
		{"text behind it", `{"a":1};`, `{"a":1}`},
		{"nothing", " ", ""},
		{"a script", "var a = 1;", ""},
		{"cut off", `{"a":[1,`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value, err := parseLD([]byte(tt.block))
			got := ""
			if err == nil {
				text, err := json.Marshal(value)
				if err != nil {
					t.Fatal(err)
				}
				got = string(text)
			}
			if got != tt.want {
				t.Errorf("parseLD(%q) = %s, %v, want %s", tt.block, got, err, tt.want)
			}
		})
	}
}

func TestReviewStars(t *testing.T) {
	tests := []struct {
		name, rating string
		want         int
	}{
		{"a number", `4`, 4}, {"a text", `"4.0"`, 4}, {"a node", `{"ratingValue":"3"}`, 3}, {"a list", `[{"ratingValue":2}]`, 2}, {"a comma", `{"ratingValue":"4,5"}`, 5},
		{"of ten", `{"ratingValue":9,"bestRating":10}`, 5}, {"of a hundred", `{"ratingValue":"40","bestRating":"100"}`, 2}, {"percent", `"80%"`, 4},
		{"zero is none", `{"ratingValue":"0"}`, 0}, {"more than best", `{"ratingValue":7}`, 0}, {"nothing", `null`, 0}, {"a word", `"good"`, 0}, {"the least", `{"ratingValue":1,"bestRating":100}`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v any
			if err := json.Unmarshal([]byte(tt.rating), &v); err != nil {
				t.Fatal(err)
			}
			if got := reviewStars(v); got != tt.want {
				t.Errorf("reviewStars(%s) = %d, want %d", tt.rating, got, tt.want)
			}
		})
	}
}

func TestJSONLDStatus(t *testing.T) {
	const options = `urls = ["https://a.example/1", "https://a.example/2"]`
	good := answer{header: "Content-Type: text/html", body: `<script type=application/ld+json>{"@type":"Review","reviewBody":"x"}</script>`}
	bare := answer{header: "Content-Type: text/html", body: `<html><p>x</p></html>`}
	tests := []struct {
		name   string
		site   answers
		status Status
		want   string
	}{
		{"both pages", answers{"https://a.example/1": good, "https://a.example/2": good}, Fresh, ""},
		{"one is gone", answers{"https://a.example/1": good}, Degraded, "1 of 2 pages: a.example: answered 404"},
		{"one has no markup", answers{"https://a.example/1": good, "https://a.example/2": bare}, Degraded, "no schema.org reviews or ratings: read it with the kind html"},
		{"none has markup", answers{"https://a.example/1": bare, "https://a.example/2": bare}, Failed, "no schema.org reviews"},
		{"blocked", answers{"https://a.example/1": {status: 403}, "https://a.example/2": {status: 403}}, Blocked, "answered 403"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, report := run(t, "jsonld", options, tt.site, Request{Now: testNow})
			if report.Status != tt.status || !strings.Contains(report.Reason, tt.want) {
				t.Errorf("%s %q, want %s %q", report.Status, report.Reason, tt.status, tt.want)
			}
		})
	}
}

// TestHostileMarkup must end, in time and memory: what is quadratic here takes
// longer than a test may.
func TestHostileMarkup(t *testing.T) {
	for name, page := range map[string]string{
		"deep JSON":          `<script type="application/ld+json">` + strings.Repeat(`{"a":[`, 500_000) + `</script>`,
		"deep valid JSON":    `<script type="application/ld+json">` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `</script>`,
		"deep elements":      `<div itemscope>` + strings.Repeat("<div>", 200_000),
		"deep items":         strings.Repeat(`<div itemscope itemprop=a>`, 10_000),
		"references in ring": `<div itemscope id=a itemref="b b b b"></div><div itemscope itemprop=x id=b itemref="c c c c"></div><div itemscope itemprop=y id=c itemref="b b b b a"></div>`,
		"wide":               `<div itemscope>` + strings.Repeat(`<i itemprop=x>y</i>`, 100_000),
	} {
		t.Run(name, func(*testing.T) { markup([]byte(page)) })
	}
}

// TestMicrodataConformance compares with items that another implementation read
// from the examples of the microdata standard.
func TestMicrodataConformance(t *testing.T) {
	pages, _ := filepath.Glob(jsonldFixtures + "/extruct/w3c_microdata.*.html")
	if len(pages) == 0 {
		t.Skip("the recorded pages are not beside this checkout")
	}
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(strings.TrimSuffix(path, ".html") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want []any
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		got := flat("", any(microdata(page)))
		if expected := flat("", any(want)); !slices.Equal(got, expected) {
			t.Errorf("%s:\n got %q\nwant %q", filepath.Base(path), got, expected)
		}
	}
}

// flat writes either form of items as sorted lines "property=value".
func flat(path string, v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = append(out, flat(path, e)...)
		}
	case map[string]any:
		if inner, ok := v["properties"].(map[string]any); ok {
			v = inner
		}
		for k, e := range v {
			if k != "@type" && k != "@id" {
				out = append(out, flat(path+"/"+k, e)...)
			}
		}
	default:
		text := strings.Join(strings.Fields(fmt.Sprint(v)), " ")
		out = append(out, path+"="+text[strings.LastIndexAny(text, "/#?")+1:]) // the other side resolved addresses
	}
	slices.Sort(out)
	return out
}

// TestRealMarkup reads pages of many sites.
func TestRealMarkup(t *testing.T) {
	pages, _ := filepath.Glob(jsonldFixtures + "/recipe-scrapers/*.html")
	if len(pages) == 0 {
		t.Skip("the recorded pages are not beside this checkout")
	}
	total, rated, shown, skippedAll := 0, 0, 0, 0
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		reviews, averages, skipped := markup(page)
		skippedAll += skipped
		shown += len(averages)
		for _, r := range reviews {
			total++
			if reviewStars(get(r, "reviewRating")) > 0 {
				rated++
			}
		}
		t.Logf("%s: %d reviews, %d blocks unreadable", filepath.Base(path), len(reviews), skipped)
	}
	t.Logf("%d pages, %d reviews, %d with a rating, %d averages, %d blocks unreadable", len(pages), total, rated, shown, skippedAll)
	if total != 81 {
		t.Errorf("%d reviews, want 81", total)
	}
}

func FuzzMarkup(f *testing.F) {
	f.Add([]byte(`<script type="application/ld+json">{"@type":"Review","reviewBody":"x","reviewRating":{"ratingValue":"4"}}</script>`))
	f.Add([]byte(`<div itemscope itemtype="http://schema.org/Review" itemref=a><p itemprop=reviewBody>x</p></div><b id=a itemprop=name>y</b>`))
	f.Fuzz(func(t *testing.T, page []byte) {
		reviews, _, _ := markup(page)
		for _, r := range reviews {
			if s := reviewStars(get(r, "reviewRating")); s < 0 || s > 5 {
				t.Errorf("%d stars in %q", s, page)
			}
		}
	})
}

// TestAverages reads the averages that pages show, in the shapes that sites use.
func TestAverages(t *testing.T) {
	ld := func(s string) string { return `<script type="application/ld+json">` + s + `</script>` }
	tests := []struct{ name, page, want string }{
		{"of a product", ld(`{"@type":"Product","name":"Kemeja &amp; Celana","aggregateRating":{"@type":"AggregateRating","ratingValue":"4.4","reviewCount":"87"}}`), "Kemeja & Celana 4.4/5 by 87"},
		{"another scale, a comma", ld(`{"name":"Hotel","aggregateRating":{"ratingValue":"8,6","bestRating":10,"ratingCount":1203,"reviewCount":900}}`), "Hotel 8.6/10 by 1203"},
		{"in a graph, by reference", ld(`{"@graph":[{"@id":"#p","name":"Tas","aggregateRating":{"@id":"#r"}},{"@id":"#r","@type":"AggregateRating","ratingValue":4}]}`), "Tas 4/5 by 0"},
		{"on its own", ld(`{"@type":"AggregateRating","itemReviewed":{"@type":"Product","name":"Sepatu"},"ratingValue":3.5,"ratingCount":2}`), "Sepatu 3.5/5 by 2"},
		{"microdata", `<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">Topi</b><p itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating">` +
			`<b itemprop="ratingValue">4.5</b><meta itemprop="reviewCount" content="12"></p></div>`, "Topi 4.5/5 by 12"},
		{"the same in both", ld(`{"name":"Topi","aggregateRating":{"ratingValue":4,"reviewCount":1}}`) + `<div itemscope><b itemprop="name">Topi</b><p itemprop="aggregateRating" itemscope>` +
			`<b itemprop="ratingValue">4</b><b itemprop="reviewCount">1</b></p></div>`, "Topi 4/5 by 1"},
		{"without a name, the page", ld(`{"aggregateRating":{"ratingValue":4,"reviewCount":1}}`), "a.example/p 4/5 by 1"},
		{"not rated", ld(`{"name":"Topi","aggregateRating":{"ratingValue":0,"reviewCount":0},"review":{"@type":"Review","reviewBody":"x"}}`), ""},
		{"beyond the scale", ld(`{"name":"Topi","aggregateRating":{"ratingValue":9,"reviewCount":1}}`), ""},
		{"empty", ld(`{"name":"Topi","aggregateRating":{"ratingValue":null}}`), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			req := Request{Now: testNow, Rate: func(r brand.Rating) error {
				got = append(got, fmt.Sprintf("%s %v/%v by %d", r.Subject, r.Value, r.Best, r.Count))
				if !r.At.Equal(testNow) {
					t.Errorf("read at %s", r.At)
				}
				return nil
			}}
			_, report := run(t, "jsonld", `urls = ["https://a.example/p"]`, answers{"https://a.example/p": {header: "Content-Type: text/html", body: "<html>" + tt.page}}, req)
			if s := strings.Join(got, "; "); s != tt.want || report.Status != Fresh {
				t.Errorf("%q, %s %s; want %q", s, report.Status, report.Reason, tt.want)
			}
		})
	}
}
