package sentiment

import (
	"slices"
	"testing"

	"pantau/brand"
)

// entriesOf returns what the scorer finds in a text.
func entriesOf(a *Analyzer, text string) (names []string) {
	for _, e := range a.Evidence(nil, text) {
		names = append(names, e.Entry)
	}
	return names
}

func TestMarksAndEmoticons(t *testing.T) {
	a := analyzer(t)
	for _, tt := range []struct {
		rule, text, entry string
		want              bool
	}{
		{"small letters", "ok :d", ":d", true},
		{"capitals", "ok :D", ":d", true},
		{"right after a word", "ok:D", ":d", true},
		{"before a comma", "sip :P, lanjut", ":p", true},
		{"a colon is no emoticon", "kekurangan:desain jelek", ":d", false},
		{"nor does it eat a letter", "catatan:susah dipakai", "susah", true},
		{"letters around the sign", "gagal lagi T_T", "t_t", true},
		{"letters in a name", "t_tono marah", "t_t", false},
		{"a wink", "see you ;)", ";)", true},
		{"a wink that shows teeth", "see you ;D", ";d", true},
		{"a semicolon is none", "ok; murah", ";)", false},
		{"only signs", "lama banget -_-", "-_-", true},
		{"a heart", "love you <3", "<3", true},
		{"a handle is addressed", "@tokokita paketku mana", "<@>", true},
		{"a redacted handle", "<user> paketku mana", "<@>", true},
		{"a lone at sign", "buka @ jam 9", "<@>", false},
		{"dots trail off", "ya sudahlah...", "<...>", true},
		{"as one sign", "ya sudahlah…", "<...>", true},
		{"a full stop does not", "ya sudahlah.", "<...>", false},
		{"a number is not one", "versi 2.0", "<...>", false},
		{"a digit that says it all", "kasih bintang 1 dulu", "kasih bintang 1", true},
		{"the other way round", "bintang 5 untuk kurirnya", "bintang 5 untuk", true},
		{"before the word", "4 stars", "4 stars", true},
		{"any number", "2 hours late", "<num> hours late", true},
		{"a code", "error 404 terus", "eror 404", true},
		{"a mark out of ten", "10 dari 10", "10 dari <num>", true},
		{"both numbers", "10/10", "10 10", true},
		{"a day", "tanggal 10/10", "10 10", false},
		{"a digit like any number", "beli 2 baju", "<num>", true},
		{"a small two is a two", "terus lemot²", "lemot", true},
		{"a break of no width", "ti\u200bdak \u2060enak", "tidak enak", true},
		{"a soft hyphen", "mengece\u00adwakan", "mengecewakan", true},
		{"one letter for two", "layananya", "pelayanan", true},
		{"nor where that is a word", "bahaya", "bahan", false},
		{"a word of its own", "bahkan ikut mengelola", "bah", false},
		{"nor an affix", "sushi bahkan kerajinan", "susah", false},
	} {
		if got := entriesOf(a, tt.text); slices.Contains(got, tt.entry) != tt.want {
			t.Errorf("%s: %q holds %q, want %q: %v", tt.rule, tt.text, got, tt.entry, tt.want)
		}
	}
}

// A phrase that begins with a number is more than a mark.
func TestNumbersInPhrases(t *testing.T) {
	a := analyzer(t)
	for text, want := range map[string]brand.Polarity{"3 hours late": brand.Negative, "<3": brand.Positive, "1 bintang": brand.Negative,
		"bintang 5": brand.Positive, "bintang 1": brand.Negative, "1 star": brand.Negative, "5 stars": brand.Positive} {
		if s := a.Score(text, 0); s.Polarity != want {
			t.Errorf("%q is %s, want %s", text, s.Polarity, want)
		}
	}
}

// A mark alone is no known word.
func TestMarksMakeNoTextKnown(t *testing.T) {
	a := analyzer(t)
	for _, text := range []string{"@xyzzy ... https://example.com", "!!!", "123?"} {
		if s := a.Score(text, 0); s.Polarity.String() != "unknown" {
			t.Errorf("%q is %s", text, s.Polarity)
		}
	}
}
