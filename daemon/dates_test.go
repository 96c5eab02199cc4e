package daemon

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/collectors"
	"pantau/collectors/fetch"
	"pantau/config"
)

// sheet is a file that a shop adds rows to, with the day of each review and no more.
type sheet struct {
	path string
	rows int
}

func (s *sheet) add(t *testing.T, day string, complaints, praises int) {
	t.Helper()
	var b strings.Builder
	if s.rows == 0 {
		b.WriteString("id,tanggal,ulasan\n")
	}
	for i := range complaints + praises {
		s.rows++
		text := "kecewa paket rusak"
		if i >= complaints {
			text = "bagus cepat puas"
		}
		fmt.Fprintf(&b, "%d,%s,%s %d\n", s.rows, day, text, s.rows)
	}
	f, err := os.OpenFile(s.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(b.String()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestADateWithoutATimeCountsWhenItIsSeen reads a sheet of dates: what is dated
// today and comes this afternoon is of this afternoon, what is dated yesterday is
// history.
func TestADateWithoutATimeCountsWhenItIsSeen(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 21, hour, minute, 0, 0, wib) }
	tests := []struct {
		name, form string
		seen       time.Time // when twenty complaints of 21 November are read
		flooded    string    // day of the history that has forty complaints more
		want       brand.Change
	}{
		{"a date of today", "2006-01-02", at(13, 40), "", brand.Opened},
		{"in words", "2 January 2006", at(13, 40), "", brand.Opened},
		{"a midnight to the second, as sheets write dates", "2006-01-02 00:00:00", at(13, 40), "", brand.Opened},
		{"a midnight in UTC, as pages write dates", "2006-01-02T00:00:00Z", at(13, 40), "", brand.Opened},
		{"seen a quarter of an hour after its day", "2006-01-02", at(24, 15), "", brand.Opened},
		{"seen on the next morning", "2006-01-02", at(24+7, 15), "", ""},
		{"a time of day that says midnight", "2006-01-02 00:00", at(13, 40), "", ""},
		{"a bad day in the history that the first run brings", "2006-01-02", time.Time{}, "2026-11-19", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &sheet{path: filepath.Join(t.TempDir(), "ulasan.csv")}
			src, err := config.ParseSource("test.toml", []byte(fmt.Sprintf("[[sources]]\nname = \"lembar\"\nkind = \"file\"\nbrand = \"Sandang Senja\"\noptions = { path = %q }\n", s.path)))
			if err != nil {
				t.Fatal(err)
			}
			c, err := collectors.New(src, fetch.New(fetch.Options{}))
			if err != nil {
				t.Fatal(err)
			}
			p := newProgram(t, Source{Source: src, Collector: c})
			defer p.Pipeline.Store.Close()
			now := at(9, 0)
			p.Pipeline.Now = func() time.Time { return now }
			var told []brand.Alert
			collect := func() {
				t.Helper()
				round, err := p.Pipeline.Collect(context.Background(), p.Sources[0], true)
				if err != nil || round.Rejected > 0 {
					t.Fatal(err, round.Rejects)
				}
				told = append(told, round.Alerts...)
			}
			for day := at(0, 0).AddDate(0, 0, -40); day.Before(at(0, 0)); day = day.AddDate(0, 0, 1) {
				s.add(t, day.Format(tt.form), 4, 12)
				if day.Format(time.DateOnly) == tt.flooded {
					s.add(t, day.Format(tt.form), 40, 0)
				}
			}
			s.add(t, at(0, 0).Format(tt.form), 2, 5)
			collect()
			for end := later(tt.seen, at(20, 0)); now.Before(end); {
				now = now.Add(time.Hour)
				if now.After(tt.seen) && now.Add(-time.Hour).Before(tt.seen) {
					now = tt.seen
					s.add(t, at(0, 0).Format(tt.form), 20, 1)
				}
				collect()
			}
			var got brand.Change
			if len(told) > 0 {
				got = told[0].Change
			}
			if got != tt.want || len(told) > 1 {
				t.Errorf("told %d alerts, the first %q; want %q and no more", len(told), got, tt.want)
			}
		})
	}
}

// board is a page of complaints without dates, no two alike.
type board struct {
	complaints int
	read       time.Time
	added      int // complaints of a page that was added later, at the end
}

func (b *board) Collect(_ context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	for n := range b.complaints {
		var words []string
		for i, b := range sha256.Sum256([]byte{byte(n), byte(n >> 8)}) {
			if i%4 == 0 {
				words = append(words, "")
			}
			words[i/4] += string(rune('a' + b%26))
		}
		m := brand.Mention{ExternalID: fmt.Sprint(n), Text: "kecewa, paket rusak: " + strings.Join(words, " "), FirstSight: n >= b.complaints-b.added}
		if err := emit(m); err != nil {
			return collectors.Report{}, err
		}
	}
	from := b.read
	b.read = req.Now
	return collectors.Report{Status: collectors.Fresh, From: from, To: req.Now, Cursor: "read"}, nil
}

// TestTheFirstSightOfAPageWithoutDatesIsNoSpike adds such a page to a brand: its
// complaints may be years old. Those that come later are of the hour they come in.
func TestTheFirstSightOfAPageWithoutDatesIsNoSpike(t *testing.T) {
	now := time.Date(2026, 11, 21, 13, 40, 0, 0, wib)
	forum := &moderated{begin: now.AddDate(1, 0, 0)}
	page := &board{complaints: 300}
	p := newProgram(t,
		Source{Source: config.Source{Name: "forum", Kind: "feed", Brand: "Sandang Senja"}, Collector: forum},
		Source{Source: config.Source{Name: "papan", Kind: "html", Brand: "Sandang Senja"}, Collector: page})
	defer p.Pipeline.Store.Close()
	p.Pipeline.Now = func() time.Time { return now }
	collect := func(src Source) (told []brand.Alert) {
		t.Helper()
		round, err := p.Pipeline.Collect(context.Background(), src, true)
		if err != nil {
			t.Fatal(err)
		}
		return round.Alerts
	}
	forum.last = now.AddDate(0, 0, -40)
	collect(p.Sources[0])
	if told := collect(p.Sources[1]); len(told) > 0 {
		t.Errorf("the first sight of the page told %d alerts: %q, %d complaints; want none", len(told), told[0].Change, told[0].Incident.Observed)
	}
	now = now.Add(15 * time.Minute)
	page.complaints, page.added = 600, 300
	if told := collect(p.Sources[1]); len(told) > 0 {
		t.Errorf("the first sight of another page told %d alerts: %q, %d complaints; want none", len(told), told[0].Change, told[0].Incident.Observed)
	}
	now = now.Add(15 * time.Minute)
	page.complaints, page.added = 900, 0
	collect(p.Sources[0])
	if told := collect(p.Sources[1]); len(told) != 1 || told[0].Change != brand.Opened || told[0].Incident.Observed < 300 || told[0].Incident.Observed >= 400 {
		t.Errorf("300 new complaints told %+v, want one incident of them", told)
	}
}
