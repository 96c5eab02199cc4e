package config

import (
	"strings"
	"testing"
	"time"
)

func TestBuiltinCalendarIsRight(t *testing.T) {
	c, err := parseCalendar("calendar.toml", builtinCalendar, nil)
	if err != nil || len(c.events) == 0 {
		t.Fatalf("parseCalendar = %d events, %v", len(c.events), err)
	}
}

func TestCalendar(t *testing.T) {
	c, err := parseCalendar("calendar.toml", []byte(`
[[events]]
name = "Harbolnas"
days = ["12-12"]
factor = 2
[[events]]
name = "gajian"
days = ["25..1"]
factor = 1.1
[[events]]
name = "rilis 5.0"
brand = "Sandang Senja"
from = "2026-11-20"
to = "2026-11-21"
factor = 1.5
`), []brandFile{{Name: "Sandang Senja"}})
	if err != nil {
		t.Fatal(err)
	}
	wib := time.FixedZone("WIB", 7*3600)
	tests := []struct{ name, brand, day, want string }{
		{"every year", "A", "2027-12-12", "Harbolnas"},
		{"payday before the month ends", "A", "2026-02-25", "gajian"},
		{"and on its first day", "A", "2026-03-01", "gajian"},
		{"but not on the second", "A", "2026-03-02", ""},
		{"an event of one brand", "Sandang Senja", "2026-11-21", "rilis 5.0"},
		{"is not one of another", "A", "2026-11-21", ""},
		{"and has an end", "Sandang Senja", "2026-11-22", ""},
	}
	for _, tt := range tests {
		day, err := time.ParseInLocation(time.DateOnly, tt.day, wib)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range c.Between(tt.brand, day.Add(5*time.Hour), day.Add(6*time.Hour)) {
			got += e.Name
			if !e.From.Equal(day) || !e.To.Equal(day.AddDate(0, 0, 1)) {
				t.Errorf("%s: %s lasts from %s to %s, want the local day", tt.name, e.Name, e.From, e.To)
			}
		}
		if got != tt.want {
			t.Errorf("%s: Between(%s, %s) = %q, want %q", tt.name, tt.brand, tt.day, got, tt.want)
		}
	}
}

func TestCalendarMistakes(t *testing.T) {
	_, err := parseCalendar("calendar.toml", []byte(`
[[events]]
days = ["13-40", "0..5"]
factor = 0.5
[[events]]
name = "x"
factor = 2
[[events]]
name = "y"
from = "2026-12-02"
to = "2026-12-01"
factor = 2
[[events]]
name = "z"
brand = "Sandang senja"
days = ["12-12"]
factor = 2
`), []brandFile{{Name: "Sandang Senja"}})
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, want := range []string{"calendar.toml:2: events[0].name: is missing", `calendar.toml:3: events[0].days[0]: "13-40"`, `events[0].days[1]: "0..5"`,
		"calendar.toml:4: events[0].factor: 0.5", "calendar.toml:5: events[1]: needs either", "calendar.toml:11: events[2].to",
		`calendar.toml:15: events[3].brand: "Sandang senja" is not one of the [[brands]]`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the mistakes do not hold %q:\n%v", want, err)
		}
	}
}
