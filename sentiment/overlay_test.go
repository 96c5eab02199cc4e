package sentiment

import (
	"strings"
	"testing"

	"pantau/brand"
)

func TestOverlayWins(t *testing.T) {
	a, err := New(Overlay{"kopi.tsv", strings.NewReader("# our words\nsenja\t60\nbagus\t-90\t40\nkopi tubruk\t50\t30\n")})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]brand.Polarity{"senja": brand.Positive, "bagus": brand.Negative, "kopi tubruk": brand.Positive} {
		if got := a.Score(text, 0); got.Polarity != want {
			t.Errorf("Score(%q) = %s %v, want %s", text, got.Polarity, got.Hits, want)
		}
	}
	plain := analyzer(t)
	if a.Version() == plain.Version() {
		t.Errorf("an overlay does not change the version %s", a.Version())
	}
}

func TestOverlayMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no weight", "bagus\n", `kopi.tsv:1: "bagus" has no weight: put a tab between the columns`},
		{"spaces for tabs", "bagus    30\n", `kopi.tsv:1: "bagus    30" has no weight: put a tab between the columns`},
		{"too large", "# head\nbagus\t128\n", `kopi.tsv:2: "128" is not a weight: use a whole number from -127 to 127`},
		{"bad subjectivity", "bagus\t1\tx\n", `kopi.tsv:1: "x" is not a weight: use a whole number from -127 to 127`},
		{"too long", "a b c d e f g\t1\n", `kopi.tsv:1: "a b c d e f g" is not an entry: use 1 to 6 words`},
		{"a city", "jakarta\t-9\n", `kopi.tsv:1: "jakarta" is on the deny list: names, places, brands and religions carry no weight`},
		{"a city in a phrase", "macet jakarta\t-9\n", `kopi.tsv:1: "jakarta" is on the deny list: names, places, brands and religions carry no weight`},
		{"a hyphen", "kopi\t9\nkopi-kopian\t-9\n", `kopi.tsv:2: "kopi-kopian" is never found: write "kopi kopi", the words that a text has for it`},
		{"a clitic apart", "baristanya nya judes\t-9\n", `kopi.tsv:1: "baristanya nya judes" is never found: write "baristanya judes", the words that a text has for it`},
		{"a clitic alone", "nya\t-9\n", `kopi.tsv:1: "nya" is never found: it is no word of its own`},
		{"an accent", "kopi caf\u00e9\t9\n", `kopi.tsv:1: "kopi café" is never found: write "kopi cafe", the words that a text has for it`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(Overlay{"kopi.tsv", strings.NewReader(tt.text)})
			if err == nil || err.Error() != tt.want {
				t.Errorf("New(%q) says %v, want %s", tt.text, err, tt.want)
			}
		})
	}
}

func FuzzOverlay(f *testing.F) {
	f.Add("bagus\t1\t2\n~x y\t-3\n# c\nz\tdeny\n")
	f.Fuzz(func(t *testing.T, text string) {
		lex := newLexicon()
		lex.numbers = map[string]float64{"evidence": 1, "capitals": 1}
		if err := lex.overlay(Overlay{"x.tsv", strings.NewReader(text)}); err != nil {
			if !strings.HasPrefix(err.Error(), "x.tsv:") {
				t.Fatalf("error without a place: %v", err)
			}
			return
		}
		a := lex.compile().open()
		s := a.Score(text, 0)
		checkScore(t, a, text, &s)
	})
}

// TestCliticInAPhrase: a phrase does not take a form away from its root.
func TestCliticInAPhrase(t *testing.T) {
	a, err := New(Overlay{"x.tsv", strings.NewReader("kribo\t40\nkribonya palsu\t-30\ngondrong\t20\ngondrongnya\t-10\n")})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"kribonya": "kribo", "kribonya palsu": "kribonya palsu", "gondrongnya": "gondrongnya", "kribo": "kribo"} {
		if hits := a.Score(text, 0).Hits; len(hits) != 1 || hits[0].Entry != want {
			t.Errorf("%q: hits %+v, want the entry %q", text, hits, want)
		}
	}
}
