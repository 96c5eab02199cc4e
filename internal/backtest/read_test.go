package backtest

import (
	"strings"
	"testing"
	"time"

	"pantau/trends"
)

var wib = time.FixedZone("WIB", 7*3600)

func read(t *testing.T, text string) (*History, error) {
	t.Helper()
	return Read(strings.NewReader(text), "x.csv", "x", wib, ByStars)
}

func TestReadTimeline(t *testing.T) {
	h, err := read(t, "\ufeffid,Time,stars,text\n"+
		"1,2026-01-05T08:30:00+07:00,1,\"tidak bisa\nmasuk\"\n"+
		"2,2026-01-04T20:00:00+00:00,5.0,bagus\n"+ // 03 h local, the day before in UTC
		"3,,1,kapan ini?\n"+
		"4,kemarin,1,entah\n"+
		"5,2026-01-05 08:59:59,,\"tanpa bintang, tanpa zona\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 1, 5, 0, 0, 0, 0, wib); !h.Start.Equal(want) || len(h.Hours) != 9 {
		t.Fatalf("%d hours from %s, want 9 from %s", len(h.Hours), h.Start, want)
	}
	if got, want := h.Hours[8], (trends.Hour{Mentions: 2, Negatives: 1, Coverage: 1}); got != want {
		t.Errorf("08 h: %+v, want %+v", got, want)
	}
	if got, want := h.Hours[3], (trends.Hour{Mentions: 1, Coverage: 1}); got != want {
		t.Errorf("03 h: %+v, want %+v", got, want)
	}
	if len(h.Undated) != 2 || h.Undated[0] != 5 || h.Undated[1] != 6 {
		t.Errorf("lines without a time %v, want [5 6]", h.Undated)
	}
}

// Times are read as an import reads them, in the zone of the file.
func TestReadForms(t *testing.T) {
	for _, text := range []string{"2026-01-05 08:30:00", "2026-01-05 08:30", "2026-01-05T08:30:00", "5 Januari 2026 08:30", "05/01/2026 08:30", "1767576600"} {
		h, err := read(t, "time,text\n"+text+",a\n")
		if err != nil || len(h.Undated) > 0 || !h.Start.Equal(time.Date(2026, 1, 5, 0, 0, 0, 0, wib)) || h.Hours[8].Mentions != 1 {
			t.Errorf("time %q: %+v, %v; want one mention at 08 h", text, h, err)
		}
	}
}

// What is dated by the day was written by its end: a replay that counted it at
// midnight would know of the evening in the morning.
func TestReadDates(t *testing.T) {
	tests := []struct {
		name, row string
		want      int // hour
	}{
		{"a day", "2026-01-05,", 23},
		{"in words", "5 Januari 2026,", 23},
		{"a midnight to the second", "2026-01-05 00:00:00,", 23},
		{"seen in the afternoon", "2026-01-05,2026-01-05 15:20", 15},
		{"seen on the next day", "2026-01-05,2026-01-06 07:00", 23},
		{"a midnight to the minute", "2026-01-05 00:00,", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, err := read(t, "time,collected_at,text\n"+tt.row+",a\n")
			if err != nil || len(h.Hours) != tt.want+1 || h.Hours[tt.want].Mentions != 1 || h.DateOnly != count(tt.want > 0) {
				t.Errorf("%+v, %v; want one mention in hour %d", h, err, tt.want)
			}
		})
	}
}

func TestReadCounts(t *testing.T) {
	h, err := read(t, "hour,n,k,coverage\n2026-01-05 22:00,5,2,\n2026-01-06T01:00:00+07:00,7,0,0.5\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]trends.Hour{21: {}, 22: {Mentions: 5, Negatives: 2, Coverage: 1}, 23: {}, 24: {}, 25: {Mentions: 7, Coverage: 0.5}}
	if len(h.Hours) != 26 {
		t.Fatalf("%d hours, want 26", len(h.Hours))
	}
	for i, hour := range want {
		if h.Hours[i] != hour {
			t.Errorf("hour %d: %+v, want %+v", i, h.Hours[i], hour)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "x.csv: the file is empty: its first line must name the columns"},
		{"no time", "id,text\n1,a\n", `x.csv:1: there is no column "time", only id, text`},
		{"neither stars nor text", "id,time\n1,2026-01-05T08:30:00+07:00\n", `x.csv:1: there is neither a column "stars" nor "text"`},
		{"too many stars", "time,stars\n2026-01-05T08:30:00+07:00,9\n", `x.csv:2: stars: "9" is not a whole number from 0 to 5`},
		{"half a star", "time,stars\n2026-01-05T08:30:00+07:00,2.5\n", `x.csv:2: stars: "2.5" is not a whole number from 0 to 5`},
		{"short row", "time,stars\n2026-01-05T08:30:00+07:00\n", "x.csv:2: wrong number of fields"},
		{"open quote", "time,text\n2026-01-05T08:30:00+07:00,\"a\n", "x.csv:2: extraneous or missing \" in quoted-field"},
		{"no usable time", "time,text\nkemarin,a\n2 hari lalu,b\n", `x.csv: none of its 2 rows has a usable time in the column "time": write it like 2026-11-21 08:00:00`},
		{"no rows", "time,text\n", "x.csv: there are no rows below the names of the columns"},
		{"a stray year", "time,stars\n1926-01-05T08:30:00+07:00,1\n2026-01-05T08:30:00+07:00,1\n", "x.csv: the events span 100 years, from 1926-01-05 to 2026-01-05: is one of the times wrong?"},
		{"no counts", "hour,n\n2026-01-05T08:00:00+07:00,1\n", `x.csv:1: there is no column "k", only hour, n`},
		{"no hour", "hour,n,k\nsoon,1,1\n", `x.csv:2: hour: "soon" is not a time such as 2026-01-05T07:00:00+07:00`},
		{"half an hour", "hour,n,k\n2026-01-05T08:30:00+07:00,1,1\n", "x.csv:2: hour: 2026-01-05T08:30:00+07:00 is not a full hour"},
		{"twice", "hour,n,k\n2026-01-05 08:00,1,1\n2026-01-05 08:00,1,1\n", "x.csv:3: hour: 2026-01-05 08:00 is there twice"},
		{"back in time", "hour,n,k\n2026-01-05 08:00,1,1\n2026-01-05 06:00,1,1\n", "x.csv:3: hour: 2026-01-05 06:00 comes after 2026-01-05T08:00:00+07:00: the hours must be in order"},
		{"minus", "hour,n,k\n2026-01-05 08:00,-1,0\n", `x.csv:2: n: "-1" is not a count`},
		{"more negatives than mentions", "hour,n,k\n2026-01-05 08:00,1,2\n", "x.csv:2: k: 2 negatives among 1 mentions"},
		{"coverage", "hour,n,k,coverage\n2026-01-05 08:00,1,1,NaN\n", `x.csv:2: coverage: "NaN" is not a number from 0 to 1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, err := read(t, tt.text)
			if err == nil || err.Error() != tt.want {
				t.Errorf("read %q: %v, %v\nwant %s", tt.text, h, err, tt.want)
			}
		})
	}
}

// FuzzRead: whatever is read, the hours are sane, and a replay ends with numbers.
func FuzzRead(f *testing.F) {
	f.Add("time,stars,text\n2026-01-05T08:30:00+07:00,1,a\n,2,b\n")
	f.Add("hour,n,k,coverage\n2026-01-05 08:00,9,4,0.5\n2026-01-05 11:00,2147483647,2147483647,1\n")
	f.Add("\ufefftime,text\n2026-01-05T08:30:00+07:00,\"a\nb\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := Read(strings.NewReader(text), "x.csv", "x", wib, ByStars)
		if err != nil || len(h.Hours) > 10_000 {
			return
		}
		for i, hour := range h.Hours {
			if hour.Negatives < 0 || hour.Negatives > hour.Mentions || !(hour.Coverage >= 0 && hour.Coverage <= 1) {
				t.Fatalf("hour %d of %q: %+v", i, text, hour)
			}
		}
		if r := Run(h, Options{Alone: true}); r.AlarmsPer90Days < 0 || r.Alarms > len(r.Incidents) {
			t.Fatalf("%q: %+v", text, r)
		}
	})
}

func TestReadLabels(t *testing.T) {
	const file = `{"x": {"inc": [[700, 710, "auto", 20], [900, 1000]], "minor": [[30, 31]]}, "bad": {"inc": [[5]]},
		"back": {"minor": [[9, 9]]}, "words": {"inc": [["a", "b"]]}}`
	l, err := ReadLabels(strings.NewReader(file), "l.json", "x")
	if err != nil || len(l.Incidents) != 2 || l.Incidents[0] != (Span{700, 710}) || len(l.Minor) != 1 {
		t.Errorf("labels %+v, %v", l, err)
	}
	for series, want := range map[string]string{
		"bad":   "l.json: bad.inc[0]: [5] does not begin with two hours",
		"back":  "l.json: back.minor[0]: hour 9 is not after hour 9",
		"words": "l.json: words.inc[0]: [a b] does not begin with two hours",
		"other": `l.json: there are no labels for the series "other"`,
	} {
		if _, err := ReadLabels(strings.NewReader(file), "l.json", series); err == nil || err.Error() != want {
			t.Errorf("labels of %s: %v, want %s", series, err, want)
		}
	}
}

func FuzzReadLabels(f *testing.F) {
	f.Add(`{"x": {"inc": [[700, 710, "auto"]], "minor": [[3, 4]]}}`)
	f.Add(`{"x": {"inc": [[1e300, 2]]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ReadLabels(strings.NewReader(text), "l.json", "x")
		if err != nil {
			return
		}
		for _, s := range append(l.Incidents, l.Minor...) {
			if s.From < 0 || s.To <= s.From {
				t.Fatalf("%q gives %+v", text, s)
			}
		}
	})
}

func TestLinesAreNamed(t *testing.T) {
	for _, tt := range []struct {
		numbers []int
		want    string
	}{
		{[]int{4}, "line 4"},
		{[]int{12, 40}, "lines 12 and 40"},
		{[]int{2, 3, 9}, "lines 2, 3 and 9"},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "lines 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10"},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"},
	} {
		if got := lines(tt.numbers); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.numbers, got, tt.want)
		}
	}
}
