package store

import (
	"context"
	"testing"
	"time"

	"pantau/trends"
)

// TestLags collects for thirty-five days, an item an hour and source: only what a
// source shows late although it was read counts as its lag.
func TestLags(t *testing.T) {
	db := open(t)
	begin := noon.AddDate(0, 0, -35)
	collect := collects(t, db)
	// Every source begins with the history of ten days, and is then read with a pause.
	read := func(source string, pause, lag int) {
		for hour := 0; hour <= 35*24; hour += pause {
			to := begin.Add(time.Duration(hour) * time.Hour)
			from := to.Add(-time.Duration(pause) * time.Hour)
			if hour == 0 {
				from = to.AddDate(0, 0, -10)
			}
			var published []time.Time
			for at := from.Add(30 * time.Minute); at.Before(to); at = at.Add(time.Hour) {
				published = append(published, at.Add(-time.Duration(lag)*time.Hour))
			}
			collect(source, "feed", from, to, published...)
		}
	}
	read("cepat", 1, 0)
	read("jarang", 4, 0)
	read("lambat", 1, 6)
	collect("berkas", "import", time.Time{}, noon, begin, begin.AddDate(0, 0, 20))
	lags, err := db.Lags(context.Background(), "Sandang Senja", noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"cepat", "jarang"} {
		if lags[source] != nil {
			t.Errorf("%s has the lag %.2f, want none", source, lags[source])
		}
	}
	late := func(lag trends.Lag) [3]bool { // known at once, after five hours and after seven
		hours := make([]trends.Hour, 8)
		for i := range hours {
			hours[i].Coverage = 1
		}
		hours = lag.Apply(hours, 1)
		return [3]bool{hours[7].Coverage > 0.15, hours[2].Coverage > 0.15, hours[0].Coverage == 1}
	}
	if got := late(lags["lambat"]); got != [3]bool{false, false, true} {
		t.Errorf("lambat has the lag %.2f, want hardly anything before six hours and all after", lags["lambat"])
	}
	if all := lags[""]; len(all) == 0 || all[0] < 0.5 || all[0] > 0.75 {
		t.Errorf("the brand has the lag %.2f, want two thirds known at once", all)
	}
	if _, ok := lags["berkas"]; ok {
		t.Error("an import has a lag")
	}
	if other, err := db.Lags(context.Background(), "Toko Lain", noon); err != nil || other != nil {
		t.Errorf("an unknown brand has the lags %v, %v", other, err)
	}
}
