package trends

import (
	"testing"
	"time"
)

func TestFindBurn(t *testing.T) {
	worse := func(h *Hour) { h.Negatives += 2; h.Mentions += 2 }
	busier := func(h *Hour) { h.Negatives *= 3; h.Mentions *= 3 }
	gone := func(h *Hour) { *h = Hour{} }
	tests := []struct {
		name  string
		hours []Hour
		want  bool
	}{
		{"twelve weeks alike", steady(84, 100), false},
		{"complaints grew in the last four weeks", change(steady(90, 100), 62*24, 90*24, worse), true},
		{"everything grew alike", change(steady(90, 100), 62*24, 90*24, busier), false},
		{"eleven weeks are too few", change(steady(77, 100), 49*24, 77*24, worse), false},
		{"the reference was hardly watched", change(change(steady(90, 100), 62*24, 90*24, worse), 0, 22*24, gone), false},
		{"a quiet brand with three complaints", change(steady(90, 0), 88*24, 88*24+3, func(h *Hour) { h.Mentions, h.Negatives = 1, 1 }), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if b, got := FindBurn(Series{start, tt.hours}); got != tt.want {
				t.Errorf("burning %v, want %v: %+v", got, tt.want, b)
			}
		})
	}
}

func TestCalendarRaisesTheExpectation(t *testing.T) {
	const day = 40
	sale := func(h *Hour) { h.Mentions += h.Mentions/3 + 2*h.Negatives; h.Negatives *= 3 }
	hours := change(steady(day+1, 200), day*24, (day+1)*24, sale)
	event := Event{Name: "12.12", From: start.AddDate(0, 0, day), To: start.AddDate(0, 0, day+1), Factor: 3}
	fires := func(o Options) (at int, v Verdict) {
		d := NewDetector(o, start)
		for i, h := range hours {
			if v = d.Push(h); v.Fires {
				return i, v
			}
		}
		return -1, v
	}
	if at, v := fires(Options{}); at < day*24 {
		t.Errorf("without the calendar the day fires at hour %d, want one of its hours: %+v", at, v)
	}
	at, v := fires(Options{Events: []Event{event}})
	if at >= 0 || v.Event != event.Name || v.Factor != 3 {
		t.Errorf("with the calendar hour %d fires, event %q, factor %g; want none, %q, 3", at, v.Event, v.Factor, event.Name)
	}
	hours = change(hours, day*24+12, (day+1)*24, complain(80))
	if at, _ := fires(Options{Events: []Event{event}}); at < 0 {
		t.Error("the calendar muted eighty complaints an hour")
	}
}

func TestDailyIsWhatWasUsual(t *testing.T) {
	days := Daily(Options{}, Series{start, steady(40, 100)})
	if len(days) != 40 {
		t.Fatalf("%d days, want 40", len(days))
	}
	last := days[39]
	if last.Observed < 29 || last.Observed > 31 || last.Expected < 28 || last.Expected > 32 {
		t.Errorf("observed %d, expected %.1f; want 30 of each", last.Observed, last.Expected)
	}
	if last.Low > last.Expected || last.High < last.Expected || !last.Start.Equal(start.AddDate(0, 0, 39)) {
		t.Errorf("range %g to %g around %.1f on %s", last.Low, last.High, last.Expected, last.Start.Format(time.DateOnly))
	}
}

func TestParseSensitivity(t *testing.T) {
	for name, want := range map[string]Sensitivity{"peka": Peka, "sensitive": Peka, "seimbang": Seimbang,
		"balanced": Seimbang, "tenang": Tenang, "calm": Tenang} {
		if got, err := ParseSensitivity(name); got != want || err != nil {
			t.Errorf("ParseSensitivity(%q) = %s, %v; want %s", name, got, err, want)
		}
	}
	if _, err := ParseSensitivity("loud"); err == nil {
		t.Error("ParseSensitivity accepts loud")
	}
}

// A more sensitive detector fires wherever a calmer one does.
func TestSensitivitiesAreOrdered(t *testing.T) {
	for _, more := range []int32{6, 9, 14, 25} {
		hours := change(steady(41, 100), 40*24+9, 41*24, complain(more/3))
		score := func(s Sensitivity) int {
			d := NewDetector(Options{Sensitivity: s}, start)
			n := 0
			for _, h := range hours[:40*24+20] {
				if d.Push(h).Fires {
					n++
				}
			}
			return n
		}
		if p, s, c := score(Peka), score(Seimbang), score(Tenang); p < s || s < c {
			t.Errorf("%d more: peka fires in %d hours, seimbang in %d, tenang in %d", more, p, s, c)
		}
	}
}
