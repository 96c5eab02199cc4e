package dates

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	wib := time.FixedZone("WIB", 7*3600)
	now := time.Date(2026, 11, 21, 10, 30, 0, 0, wib) // a Saturday
	tests := []struct {
		name, text, want string
		unit             Unit
	}{
		{"RFC 3339", "2026-05-12T08:00:00Z", "2026-05-12T08:00:00Z", Second},
		{"RFC 3339 with a fraction and an offset", "2026-05-12T08:00:00.250+07:00", "2026-05-12T08:00:00.25+07:00", Second},
		{"an offset without colon", "2026-05-12T08:00:00+0700", "2026-05-12T08:00:00+07:00", Second},
		{"ISO without zone takes the given one", "2026-05-12 08:00:00", "2026-05-12T08:00:00+07:00", Second},
		{"ISO with T and without zone", "2026-05-12T08:00:00", "2026-05-12T08:00:00+07:00", Second},
		{"ISO with a zone's name", "2026-05-12 08:00 WITA", "2026-05-12T08:00:00+08:00", Minute},
		{"ISO day", "2026-05-12", "2026-05-12T00:00:00+07:00", Day},
		{"ISO with slashes", "2026/05/12", "2026-05-12T00:00:00+07:00", Day},
		{"Go's own form", "2026-05-12 08:00:00 +0000 UTC", "2026-05-12T08:00:00Z", Second},
		{"basic ISO", "20260512T080000Z", "2026-05-12T08:00:00Z", Second},
		{"unix seconds", "1747008000", "2025-05-12T07:00:00+07:00", Second},
		{"unix milliseconds", "1747008000000", "2025-05-12T07:00:00+07:00", Second},
		{"RFC 1123 with an offset", "Tue, 12 May 2026 08:00:00 +0000", "2026-05-12T08:00:00Z", Second},
		{"RFC 1123 with GMT", "Tue, 12 May 2026 08:00:00 GMT", "2026-05-12T08:00:00Z", Second},
		{"RFC 1123 with WIB is not UTC", "Sat, 21 Nov 2026 09:00:00 WIB", "2026-11-21T09:00:00+07:00", Second},
		{"RFC 1123 in Indonesian", "Sel, 12 Mei 2026 08:00:00 +0700", "2026-05-12T08:00:00+07:00", Second},
		{"Indonesian month", "12 Mei 2026", "2026-05-12T00:00:00+07:00", Day},
		{"Indonesian month, hyphens", "12-Agt-2026", "2026-08-12T00:00:00+07:00", Day},
		{"Agu", "12 Agu 2026 14:05 WIB", "2026-08-12T14:05:00+07:00", Minute},
		{"Ags", "12 Ags 2026", "2026-08-12T00:00:00+07:00", Day},
		{"Des", "05 Des 2025", "2025-12-05T00:00:00+07:00", Day},
		{"weekday and time with a dot", "Jumat, 13 Nov 2026 pukul 08.15 WIT", "2026-11-13T08:15:00+09:00", Minute},
		{"a pipe before the time", "Sabtu, 21 November 2026 | 10:15 WIB", "2026-11-21T10:15:00+07:00", Minute},
		{"a prefix", "Diperbarui 12 Mei 2026", "2026-05-12T00:00:00+07:00", Day},
		{"English, month first", "May 12, 2026", "2026-05-12T00:00:00+07:00", Day},
		{"English ordinal and pm", "May 12th, 2026 at 2:30 PM", "2026-05-12T14:30:00+07:00", Minute},
		{"twelve at night", "May 12, 2026 12:05am", "2026-05-12T00:05:00+07:00", Minute},
		{"numbers are day first", "12/05/2026", "2026-05-12T00:00:00+07:00", Day},
		{"numbers that can only be month first", "05/24/2026", "2026-05-24T00:00:00+07:00", Day},
		{"numbers with a short year", "12/05/26", "2026-05-12T00:00:00+07:00", Day},
		{"no year: this year", "12 Mei", "2026-05-12T00:00:00+07:00", Day},
		{"no year: last year when it would be the future", "24 Des", "2025-12-24T00:00:00+07:00", Day},
		{"only a month", "Mei 2026", "2026-05-01T00:00:00+07:00", Month},
		{"hari lalu", "3 hari lalu", "2026-11-18T10:30:00+07:00", Day},
		{"hari yang lalu", "3 hari yang lalu", "2026-11-18T10:30:00+07:00", Day},
		{"jam lalu", "2 jam lalu", "2026-11-21T08:30:00+07:00", Hour},
		{"menit", "5 menit yang lalu", "2026-11-21T10:25:00+07:00", Minute},
		{"se- is one", "sebulan lalu", "2026-10-21T10:30:00+07:00", Month},
		{"seminggu", "seminggu yang lalu", "2026-11-14T10:30:00+07:00", Day},
		{"pekan", "2 pekan lalu", "2026-11-07T10:30:00+07:00", Day},
		{"abbreviations", "6 bln lalu", "2026-05-21T10:30:00+07:00", Month},
		{"thn", "1 thn lalu", "2025-11-21T10:30:00+07:00", Year},
		{"kemarin", "kemarin", "2026-11-20T10:30:00+07:00", Day},
		{"kemarin with a time", "Kemarin, 14:30", "2026-11-20T14:30:00+07:00", Minute},
		{"hari ini with a time", "Hari ini pukul 07.45", "2026-11-21T07:45:00+07:00", Minute},
		{"baru saja", "Baru saja", "2026-11-21T10:30:00+07:00", Second},
		{"days ago", "3 days ago", "2026-11-18T10:30:00+07:00", Day},
		{"an hour ago", "an hour ago", "2026-11-21T09:30:00+07:00", Hour},
		{"glued", "5d ago", "2026-11-16T10:30:00+07:00", Day},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, unit, ok := Parse(tt.text, now, wib)
			if s := got.Format(time.RFC3339Nano); !ok || s != tt.want || unit != tt.unit {
				t.Errorf("Parse(%q) = %s, %d, %v, want %s, %d", tt.text, s, unit, ok, tt.want, tt.unit)
			}
		})
	}
}

// TestForms reads forms that were compared with another implementation.
func TestForms(t *testing.T) {
	wib := time.FixedZone("WIB", 7*3600)
	now := time.Date(2026, 11, 21, 10, 30, 0, 0, wib)
	data, err := os.ReadFile("testdata/forms.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n, disputed := 0, 0
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		n++
		if f[2] != "" {
			disputed++
		}
		if got, _, ok := Parse(f[0], now, wib); !ok || got.Format(time.RFC3339) != f[1] {
			t.Errorf("Parse(%q) = %s, %v, want %s", f[0], got.Format(time.RFC3339), ok, f[1])
		}
	}
	if n < 300 || disputed > n/50 {
		t.Errorf("%d forms, %d of them disputed; want 300 and few", n, disputed)
	}
}

func TestSpan(t *testing.T) {
	wib, now := time.FixedZone("WIB", 7*3600), time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)
	tests := []struct{ name, text, want string }{
		{"a date", "2026-05-12", "2026-05-12T16:59:59Z"},
		{"in words", "12 Mei 2026", "2026-05-12T16:59:59Z"},
		{"midnight to the second", "2026-05-12 00:00:00", "2026-05-12T16:59:59Z"},
		{"midnight in UTC is a date, too", "2026-05-12T00:00:00.000Z", "2026-05-12T16:59:59Z"},
		{"the day of another zone", "2026-05-12T00:00:00+08:00", "2026-05-12T16:59:59Z"},
		{"a time", "2026-05-12 00:00:01", ""},
		{"midnight to the minute", "2026-05-12 00:00", ""},
		{"a month", "Mei 2026", ""},
		{"days ago keep the time of day", "3 hari lalu", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at, unit, ok := Parse(tt.text, now, wib)
			from, to := Span(at, unit, wib)
			got := ""
			if !to.IsZero() {
				got = to.Format(time.RFC3339)
			}
			if !ok || got != tt.want {
				t.Errorf("the day of %q ends %q (read %v), want %q", tt.text, got, ok, tt.want)
			}
			if day := 24*time.Hour - time.Second; got != "" && to.Sub(from) != day || got == "" && !from.Equal(at) {
				t.Errorf("%q begins at %s, want a whole day before %s", tt.text, from, to)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)
	for _, text := range []string{"", "kapan-kapan", "31 Juni 2026", "12 Mei 9999", "9999-12-31", "0001-01-01", "barang bagus 2 hari lalu sampai",
		"32/13/2026", "3 hari", "hari", "2026", "12", "14:30", "3 hari lalu 2025", "-5 hari lalu", "99999999999 hari lalu", "18446744074s ago", "25:00 kemarin"} {
		if got, _, ok := Parse(text, now, time.UTC); ok {
			t.Errorf("Parse(%q) = %s, want a refusal", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"3 hari lalu", "Sabtu, 21 November 2026 | 10:15 WIB", "2026-05-12T08:00:00Z", "12/05/2026", "1747008000"} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		got, unit, ok := Parse(text, now, time.UTC)
		if ok && (got.Year() < 1990 || got.After(now.AddDate(0, 0, 2)) || unit > Year) {
			t.Errorf("Parse(%q) = %s, %d", text, got, unit)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	now := time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)
	for _, text := range []string{"2026-05-12 08:00:00", "2026-05-12T08:00:00Z", "Jumat, 13 Nov 2026 08:15 WIB", "3 hari lalu"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				Parse(text, now, time.UTC)
			}
		})
	}
}
