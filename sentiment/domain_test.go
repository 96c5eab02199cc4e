package sentiment

import (
	"strings"
	"testing"

	"pantau/brand"
)

func TestDomains(t *testing.T) {
	tests := []struct {
		domain, text string
		want         brand.Polarity
	}{
		{"hotel", "kamarnya dingin", brand.Positive},
		{"food", "makanannya dingin", brand.Negative},
		{"shop", "bahannya tebal", brand.Positive},
		{"telco", "kuota hangus", brand.Negative},
		{"bank", "transfer langsung masuk", brand.Positive},
		{"app", "boros baterai", brand.Negative},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		seen[tt.domain] = true
		t.Run(tt.domain, func(t *testing.T) {
			o, err := Domain(tt.domain)
			if err != nil {
				t.Fatal(err)
			}
			a, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Score(tt.text, 0); got.Polarity != tt.want {
				t.Errorf("in %s, Score(%q) = %s %v, want %s", tt.domain, tt.text, got.Polarity, got.Hits, tt.want)
			}
			for _, e := range a.Entries() {
				if e.File == "domain_"+tt.domain+".tsv" && (e.Origin != "overlay" || e.Line < 3 || e.Reason == "") {
					t.Errorf("entry %+v, want its line and reason", e)
				}
			}
		})
	}
	for _, name := range Domains() {
		if !seen[name] {
			t.Errorf("no text for the domain %s", name)
		}
	}
	if _, err := Domain("bnk"); err == nil || !strings.Contains(err.Error(), "bank") {
		t.Errorf("Domain(bnk) says %v, want the names that exist", err)
	}
}

func TestEveryEntryHasAPlace(t *testing.T) {
	for _, e := range analyzer(t).Entries() {
		if e.File == "" || e.Line == 0 {
			t.Errorf("entry %+v has no file and line", e)
		}
	}
}

func TestScopes(t *testing.T) {
	a := analyzer(t)
	tests := []struct{ name, text, hit, by, rule string }{
		{"negator before", "tidak terlalu jelek", "jelek", "tidak", "negated"},
		{"intensifier before", "sungguh ramah", "ramah", "sungguh", "intensified"},
		{"intensifier after", "ramah banget", "ramah", "banget", "intensified"},
		{"without reaches one word", "tanpa antrean ramah", "ramah", "", ""},
		{"not over a comma", "tidak, ramah", "ramah", "", ""},
		{"a denied complaint", "tidak ada penipuan", "penipuan", "tidak ada", "negated"},
		{"none over a comma", "tidak ada, penipuan", "penipuan", "", ""},
		{"praise that is lacking", "kurang lezat", "lezat", "kurang", "negated"},
		{"in two words", "jauh dari ramah", "ramah", "jauh dari", "negated"},
		{"a complaint cannot lack", "kurang parah", "parah", "", ""},
		{"nor praise after a comma", "kurang, ramah", "ramah", "", ""},
		{"an expletive behind praise", "ramah minta ampun", "ramah", "minta ampun", "intensified"},
		{"before praise", "ridiculously helpful", "helpful", "ridiculously", "intensified"},
		{"praise behind blame", "kotor luar biasa", "kotor", "luar biasa", "intensified"},
		{"not over a comma either", "ramah, edan", "ramah", "", ""},
		{"praise is not denied twice", "tidak ada bagus", "bagus", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hits := a.Score(tt.text, 0).Hits
			by, rule := "", ""
			for _, s := range a.Scopes(nil, tt.text) {
				if strings.HasSuffix(tt.text[:hits[s.Hit].End], tt.hit) {
					by, rule = tt.text[s.Start:s.End], s.Rule
				}
			}
			if by != tt.by || rule != tt.rule {
				t.Errorf("%q: %q acts on %q as %q, want %q as %q", tt.text, by, tt.hit, rule, tt.by, tt.rule)
			}
		})
	}
}

// Praise that a contrast sets against a fault is meant.
func TestIrony(t *testing.T) {
	a := analyzer(t)
	for text, want := range map[string]bool{"mantap, 3 minggu belum sampai": true, "mantap, tapi 3 minggu belum sampai": false} {
		if got := strings.Contains(a.Score(text, 0).Hits[0].Rule, "ironic"); got != want {
			t.Errorf("%q is ironic: %v", text, got)
		}
	}
}

// "Sekarang" and "sekarang ini" both end what was so once: together they count once.
func TestThePastCountsLessOnce(t *testing.T) {
	a := analyzer(t)
	weight := func(text string) float64 { return a.Score(text, 0).Hits[0].Weight }
	plain, once, twice := weight("lemot dan sekarang lancar"), weight("lemot tapi sekarang lancar"), weight("lemot tapi sekarang ini lancar")
	if once < 0.5*plain || twice < 1.3*once || twice > 0.7*once {
		t.Errorf("lemot weighs %.2f, %.2f where it is past, and %.2f where that is said in two words", plain, once, twice)
	}
}
