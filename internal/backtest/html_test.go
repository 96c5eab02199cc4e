package backtest

import (
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/trends"
)

// A page of a history with a hostile name: it must show, not run.
func TestHTMLIsEscapedAndNeedsNothingElse(t *testing.T) {
	hours := make([]trends.Hour, 45*24)
	for i := range hours {
		hours[i] = trends.Hour{Mentions: 5, Negatives: 1, Coverage: 1}
	}
	for i := 35 * 24; i < 35*24+6; i++ {
		hours[i].Mentions, hours[i].Negatives = 45, 41
	}
	h := FromSeries(`<script>alert(1)</script>"`, trends.Series{Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), Hours: hours},
		[]CauseCount{{Hour: 35*24 + 1, Cause: brand.LateDelivery, Count: 40}}, nil)
	var out strings.Builder
	r := Run(h, Options{})
	if len(r.Incidents) == 0 {
		t.Fatal("the history has no alarm to draw")
	}
	if err := r.WriteHTML(&out); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, want := range []string{"&lt;script&gt;alert(1)", "<svg", "<circle", "delivery 40", "seimbang: about", ">9 Feb 26: 264<"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	for _, bad := range []string{"<script", "http:", "https:", "url(", "@import"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}

func TestHTMLOfAnEmptyHistory(t *testing.T) {
	var out strings.Builder
	if err := Run(&History{Name: "x"}, Options{}).WriteHTML(&out); err != nil || !strings.Contains(out.String(), "Nothing would have been alerted") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// A history may begin in the afternoon; its peak still belongs to the day it was on.
func TestDaysOfAPictureBeginAtMidnight(t *testing.T) {
	wib := time.FixedZone("WIB", 7*3600)
	s := trends.Series{Start: time.Date(2026, 1, 5, 15, 0, 0, 0, wib), Hours: make([]trends.Hour, 48)}
	s.Hours[9+8].Negatives = 30 // 6 January, 8:00
	r := Result{History: FromSeries("afternoon", s, nil, nil)}
	days, top := r.perDay()
	if len(days) != 3 || top != 30 {
		t.Fatalf("%d days, %.0f at most, want 3 and 30", len(days), top)
	}
	if got := r.peakText(days[1]); got != "6 Jan 26: 30" {
		t.Errorf("the peak is called %q", got)
	}
}
