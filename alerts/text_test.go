package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pantau/brand"
)

func TestPlain(t *testing.T) {
	tests := []struct {
		name, text string
		limit      int
		want       string
	}{
		{"one line", "a\r\nb\tc\u2028d", 20, "a b c d"},
		{"escape sequences lose their escape", "\x1b[31mmerah\x1b[0m\x07", 40, "[31mmerah [0m"},
		{"C1 controls", "a\u009b31mb", 20, "a 31mb"},
		{"bidi controls", "abc\u202Edef\u2066g\u200f", 20, "abcdefg"},
		{"zero width and soft hyphen", "ja\u200bhat\u00ad\ufeff", 20, "jahat"},
		{"tags", "a\U000E0041b", 20, "ab"},
		{"invalid bytes", "a\xff\xfeb", 20, "a b"},
		{"marks are few", "e" + strings.Repeat("\u0301", 50), 20, "e\u0301\u0301\u0301"},
		{"emoji families stay", "👩‍👩‍👧 ok", 20, "👩‍👩‍👧 ok"},
		{"Arabic stays", "سيئ جدا", 20, "سيئ جدا"},
		{"cut at a word", "satu dua tiga empat lima", 20, "satu dua tiga empat…"},
		{"cut within a word", strings.Repeat("x", 30), 10, strings.Repeat("x", 9) + "…"},
		{"blank letters", "\u3164\u115f", 10, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plain(tt.text, tt.limit); got != tt.want {
				t.Errorf("plain(%q, %d) = %q, want %q", tt.text, tt.limit, got, tt.want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name, text string
		limit      int
		want       string
	}{
		{"between words", "satu dua tiga", 8, "satu dua|tiga"},
		{"wide letters take two columns", "日本語 日本", 6, "日本語|日本"},
		{"marks take none", "e\u0301e\u0301 ab", 5, "e\u0301e\u0301 ab"},
		{"a word longer than a line", "ab cdefghij k", 4, "ab|cdef|ghij|k"},
		{"a letter wider than a line", "日", 1, "日"},
		{"nothing", "", 5, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(wrap(tt.text, tt.limit), "|"); got != tt.want {
				t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.limit, got, tt.want)
			}
		})
	}
}

// hostile is what strangers write to be more than text.
var hostile = []string{
	"<!channel> rusak", "<!here|here>", "<!everyone>", "<@U123ABC>", "<#C123|umum>", "<!subteam^S123>", "@channel @here",
	"<http://evil.example|klik di sini>", "https://evil.example/login", "WWW.evil.example", "javascript:alert(1)",
	"*tebal* _miring_ ~coret~ `kode` ```blok```", "> kutip", "&lt;!channel&gt;", "&amp;lt;", ":fire: :skull:",
	"\x1b[2J\x1b[31mmerah", "\x1b]8;;http://evil.example\x07klik\x1b]8;;\x07", "\u202Etxet desrever", "a\u2067b\u2069",
	"\r\nHTTP/1.1 200 OK", "}]}],\"type\":\"mrkdwn\"", "{brand} {observed} %s %d %!", "=cmd|' /C calc'!A0", "<script>alert(1)</script>",
	strings.Repeat("<", 5000), strings.Repeat("Z͑ͫ̓", 2000), strings.Repeat("\u0301", 9999), strings.Repeat("👩‍👩‍👧", 999), "\xff\xfe\xfd", "",
}

// planted puts one hostile string wherever a stranger's text can reach.
func planted(s string) brand.Alert {
	return incident(func(i *brand.Incident) {
		i.Versions = []brand.Driver{{Key: s, Observed: 9}}
		i.Quotes = []brand.Quote{
			{Text: "satu " + s, Stars: 1, Source: "Play Store", URL: s, Words: []string{s, s + "x"}},
			{Text: s, Source: s, URL: "https://ok.example/?q=" + s}, {Text: s + " dua tiga empat lima enam"},
		}
	})
}

func TestHostileTextInSlack(t *testing.T) {
	d := newDouble(t)
	s := d.slack(inIndonesian)
	for _, h := range hostile {
		sent := delivery("k")
		sent.Alert = planted(h)
		if _, err := s.Notify(context.Background(), sent); err != nil {
			t.Errorf("%.40q: %v", h, err)
		}
	}
	for _, m := range d.sent() {
		if strings.ContainsAny(m.Text, "<>") || strings.Contains(m.Text, "evil") {
			t.Errorf("a stranger's text is on the lock screen: %q", m.Text)
		}
		var list []map[string]any
		if err := json.Unmarshal(m.Blocks, &list); err != nil {
			t.Fatal(err)
		}
		for _, b := range list {
			foreign := strings.Contains(mustJSON(t, b), "evil") || strings.Contains(mustJSON(t, b), "channel")
			if foreign && b["type"] != "rich_text" {
				t.Errorf("a stranger's text is in a %s block: %v", b["type"], b)
			}
		}
	}
}

// Every pair of hostile strings, about a thousand, leaves blocks that Slack would
// take and that hold no markup.
func TestHostilePairs(t *testing.T) {
	w := newWriter(inEnglish)
	for _, a := range hostile {
		for _, b := range hostile {
			m := compose(Delivery{Alert: planted(a + b), At: noon}, inEnglish)
			if code := checkBlocks(json.RawMessage(mustJSON(t, blocks(m, w))), lockScreen(m)); code != "" {
				t.Errorf("%.30q + %.30q: %s", a, b, code)
			}
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHostileTextOnTheConsole(t *testing.T) {
	for _, h := range hostile {
		for _, width := range []int{40, 60, 80} {
			checkConsole(t, planted(h), width)
		}
	}
}

// checkConsole holds what every console alert must: it is printable, and no line
// is wider than asked.
func checkConsole(t *testing.T, a brand.Alert, width int) {
	t.Helper()
	var out bytes.Buffer
	if _, err := NewConsole(&out, inIndonesian, width, false).Notify(context.Background(), Delivery{Alert: a, At: noon}); err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(out.Bytes()) {
		t.Errorf("invalid UTF-8: %q", out.String())
	}
	for line := range strings.SplitSeq(out.String(), "\n") {
		if n := columns(line); n > width {
			t.Errorf("%d columns, want at most %d: %q", n, width, line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || r != '\u200d' && unicode.Is(unicode.Cf, r) {
				t.Errorf("control character %U in %q", r, line)
			}
		}
	}
}

func TestConsoleColour(t *testing.T) {
	for _, colour := range []bool{false, true} {
		var out bytes.Buffer
		if _, err := NewConsole(&out, inIndonesian, 0, colour).Notify(context.Background(), Delivery{Alert: openedAlert(), At: noon}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "\x1b["); got != colour {
			t.Errorf("colour %t: escape sequences %t", colour, got)
		}
	}
}

func FuzzCompose(f *testing.F) {
	for _, h := range hostile {
		f.Add(h, uint8(3), 57, 13.8, 4.0)
	}
	f.Fuzz(func(t *testing.T, text string, change uint8, observed int, expected, score float64) {
		changes := slices.Concat([]brand.Change{brand.Opened, brand.Worsened, brand.CauseChanged, brand.BackAgain}, peopleChanges)
		a := planted(text)
		a.Change = changes[int(change)%len(changes)]
		a.Incident.Brand, a.Incident.Owner, a.Incident.Note, a.Incident.Rule = text, text, text, text
		a.Incident.Rivals = []brand.Rival{{Brand: text, Observed: observed, Expected: expected}}
		a.Incident.Replies = &brand.Replies{Negatives: observed, Answered: observed / 2, MedianHours: expected}
		a.Incident.Observed, a.Incident.Expected, a.Incident.Score = observed, expected, score
		for _, s := range []Style{inIndonesian, inEnglish} {
			m := compose(Delivery{Alert: a, At: noon}, s)
			if n := utf8.RuneCountInString(lockScreen(m)); n > maxLockScreen {
				t.Errorf("%d runes on the lock screen: %q", n, lockScreen(m))
			}
			if code := checkBlocks(json.RawMessage(mustJSON(t, blocks(m, newWriter(s)))), lockScreen(m)); code != "" {
				t.Errorf("blocks are refused: %s", code)
			}
		}
		checkConsole(t, a, 60)
	})
}

func TestSqueezed(t *testing.T) {
	tests := []struct {
		name  string
		limit int
		want  string
	}{
		{"Rona Busana", 11, "Rona Busana"},
		{"Bank Sahabat Nusantara 8", 16, "Bank Sahab…ara 8"},
		{"Bank Sahabat Nusantara 9", 6, "Ban…9"},
		{"日本語日本語日本語", 6, "日本語…本語"},
	}
	for _, tt := range tests {
		if got := squeezed(tt.name, tt.limit); got != tt.want || utf8.RuneCountInString(got) > tt.limit {
			t.Errorf("squeezed(%q, %d) = %q, want %q", tt.name, tt.limit, got, tt.want)
		}
	}
}
