package backtest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"pantau/trends"
	"path/filepath"
	"testing"
	"time"

	"pantau/brand"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// story is sixty days of a shop with one outage that people labelled, one rumour
// that they did not, and an outage during the warm-up.
func story(t *testing.T) (*History, *Labels) {
	t.Helper()
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, wib)
	var events []Event
	mention := func(hour, n int, negative bool, causes ...brand.Cause) {
		for i := range n {
			at := start.Add(time.Duration(hour)*time.Hour + time.Duration(i)*time.Minute)
			events = append(events, Event{Time: at, Negative: negative, Causes: causes})
		}
	}
	for hour := range 60 * 24 {
		if h := hour % 24; h >= 7 && h < 22 {
			mention(hour, 3, false)
			if h%2 == 0 {
				mention(hour, 1, true, brand.PriceFees)
			}
		}
	}
	for _, o := range []struct {
		hour  int
		cause brand.Cause
	}{{20*24 + 10, brand.AppReliability}, {40*24 + 10, brand.AccessLoginOTP}, {50*24 + 13, brand.LateDelivery}} {
		for h := range 6 {
			mention(o.hour+h, 9, true, o.cause)
		}
	}
	h, err := FromEvents("toko", events, wib)
	if err != nil {
		t.Fatal(err)
	}
	return h, &Labels{Incidents: []Span{{20*24 + 10, 20*24 + 16}, {40*24 + 10, 40*24 + 16}, {45*24 + 2, 45*24 + 5}}}
}

func TestRunFindsTheStory(t *testing.T) {
	h, labels := story(t)
	r := Run(h, Options{Labels: labels})
	if len(r.Incidents) != 3 || r.Alarms != 2 || r.Warmup != (Warmup{Labelled: 1, Found: 1, Alarms: 1}) {
		t.Fatalf("%d incidents, %d alarms, warm-up %+v; want 3, 2 and one of each in the warm-up", len(r.Incidents), r.Alarms, r.Warmup)
	}
	if r.Labelled != 2 || r.Found != 1 || r.FalseAlarms != 1 || r.Recall != 0.5 || r.Precision != 0.5 {
		t.Errorf("found %d of %d, %d false, recall %g, precision %g; want 1 of 2, 1 false, 0.5 and 0.5",
			r.Found, r.Labelled, r.FalseAlarms, r.Recall, r.Precision)
	}
	if r.MedianDelay == nil || *r.MedianDelay > 2 {
		t.Errorf("median delay %v h, want 2 at most", r.MedianDelay)
	}
	login := r.Incidents[1]
	if len(login.Causes) == 0 || login.Causes[0].Key != "access_login_otp" || login.Recovered == nil {
		t.Errorf("the labelled outage: causes %v, recovered %v", login.Causes, login.Recovered)
	}
	if login.Observed < 40 || login.Expected > 25 || login.Score < 3 {
		t.Errorf("the labelled outage: %d observed, %.1f expected, score %.1f", login.Observed, login.Expected, login.Score)
	}
}

// Nothing that comes later may change what was decided before.
func TestReplaySeesOnlyThePast(t *testing.T) {
	h, _ := story(t)
	cut := *h
	cut.Hours = h.Hours[:45*24]
	whole, part := Run(h, Options{Alone: true}), Run(&cut, Options{Alone: true})
	for i := range cut.Hours {
		if whole.Fires()[i] != part.Fires()[i] {
			t.Fatalf("hour %d fires %v with the future and %v without", i, whole.Fires()[i], part.Fires()[i])
		}
	}
}

func TestEveryRuleFindsTheOutage(t *testing.T) {
	h, labels := story(t)
	for _, rule := range Rules() {
		if rule == Farrington || rule == EWMA { // slower than six hours at their usual thresholds
			continue
		}
		if r := Run(h, Options{Rule: rule, Labels: labels}); r.Found != 1 {
			t.Errorf("%s found %d of the outages, want 1: %+v", rule, r.Found, r.Incidents)
		}
	}
	if _, err := ParseRule("magic"); err == nil {
		t.Error("ParseRule accepts magic")
	}
}

func TestNothingIsAResult(t *testing.T) {
	for _, rule := range Rules() {
		r := Run(&History{Name: "empty"}, Options{Rule: rule, Labels: &Labels{Incidents: []Span{{700, 800}}}})
		if r.Alarms != 0 || r.Labelled != 0 || r.Incidents == nil {
			t.Errorf("%s on nothing: %+v", rule, r)
		}
	}
}

func TestGolden(t *testing.T) {
	h, labels := story(t)
	h.Undated = []int{12, 40}
	r := Run(h, Options{Labels: labels})
	var text bytes.Buffer
	if err := r.Print(&text); err != nil {
		t.Fatal(err)
	}
	golden(t, "story.txt", text.Bytes())
	object, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "story.json", append(object, '\n'))
}

func TestDraw(t *testing.T) {
	h, labels := story(t)
	file := filepath.Join(t.TempDir(), "story.png")
	if err := Run(h, Options{Labels: labels, Alone: true}).Draw(file); err != nil {
		t.Fatal(err)
	}
	if picture, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(picture, []byte("\x89PNG")) {
		t.Errorf("%d bytes, %v; want a PNG", len(picture), err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s changed (go test -update rewrites it):\n%s", path, got)
	}
}

// TestNearMisses: a rise that does not alert is shown, one that leads into an
// incident is none.
func TestNearMisses(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC) }
	below := func(hour int, score float64) trends.Verdict {
		return trends.Verdict{At: at(hour), Reason: trends.BelowThreshold, Score: score, Threshold: 2.3}
	}
	var r replay
	for _, v := range []trends.Verdict{below(1, 1), below(3, 2), below(5, 1.5), below(60, 2.2), {At: at(100), Reason: trends.Quiet}, below(130, 0.7)} {
		r.nearMiss(v)
	}
	r.incidents = []Incident{{Opened: at(70)}}
	got := r.closest()
	if len(got) != 2 || !got[0].At.Equal(at(3)) || got[0].Score != 2 || !got[1].At.Equal(at(130)) {
		t.Errorf("closest() = %+v, want the peak of the first day and the last one; the one at hour 60 led into an incident", got)
	}
}
