package sentiment

import (
	"slices"
	"testing"
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
		{"only signs", "lama banget -_-", "-_-", true},
		{"a heart", "love you <3", "<3", true},
		{"a handle is addressed", "@tokokita paketku mana", "<@>", true},
		{"a redacted handle", "<user> paketku mana", "<@>", true},
		{"a lone at sign", "buka @ jam 9", "<@>", false},
		{"dots trail off", "ya sudahlah...", "<...>", true},
		{"as one sign", "ya sudahlah…", "<...>", true},
		{"a full stop does not", "ya sudahlah.", "<...>", false},
		{"a number is not one", "versi 2.0", "<...>", false},
		{"a word of its own", "bahkan ikut mengelola", "bah", false},
		{"nor an affix", "sushi bahkan kerajinan", "susah", false},
	} {
		if got := entriesOf(a, tt.text); slices.Contains(got, tt.entry) != tt.want {
			t.Errorf("%s: %q holds %q, want %q: %v", tt.rule, tt.text, got, tt.entry, tt.want)
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
