package trends

import (
	"math"
	"testing"
)

// shop has ten mentions an hour for forty days, of which late says when they were
// collected.
func shop(late ...Late) ([]Hour, []Late) {
	hours := make([]Hour, 40*24)
	for i := range hours {
		hours[i] = Hour{Mentions: 10, Negatives: 3, Coverage: 1}
	}
	return hours, late
}

// every repeats a gain for the hours from a to b.
func every(a, b, age int, mentions int32, coverage float32) (list []Late) {
	for i := a; i < b; i++ {
		list = append(list, Late{Hour: i, Known: i + age, Gain: Hour{Mentions: mentions, Coverage: coverage}})
	}
	return list
}

func TestLearnLag(t *testing.T) {
	const now = 40*24 - 1
	both := append(every(0, now, 1, 4, 0), every(0, now, 6, 2, 0)...)
	tests := []struct {
		name string
		late []Late
		want map[int]float64 // age → share that is known
	}{
		{"all in time", nil, map[int]float64{0: 1, 5: 1}},
		{"a few late ones are no lag", every(0, now, 3, 1, 0)[:60], map[int]float64{0: 1}},
		{"all of it six hours late", every(0, now, 6, 10, 0), map[int]float64{0: 0, 5: 0, 6: 1, 80: 1}},
		{"some an hour late, some six", both, map[int]float64{0: 0.4, 1: 0.8, 5: 0.8, 6: 1}},
		{"late because nobody looked", every(0, now, 3, 10, 1), map[int]float64{0: 1, 3: 1}},
		{"half of it late because nobody looked", every(0, now, 3, 5, 0.5), map[int]float64{0: 1, 3: 1}},
		{"four days late is history", every(0, now, 96, 10, 0), map[int]float64{0: 1, 72: 1}},
		{"late until a week ago", every(0, now-11*24, 6, 10, 0), map[int]float64{0: 1, 5: 1}},
		{"what comes after now is not known", every(now-80, now, 100, 10, 0), map[int]float64{0: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hours, late := shop(tt.late...)
			lag := LearnLag(hours, late, now)
			for age, want := range tt.want {
				if got := lag.known(age); math.Abs(got-want) > 0.02 {
					t.Errorf("%d hours after it %.3f of an hour is known, want %.2f; the lag is %.3f", age, got, want, lag)
				}
			}
		})
	}
}

func TestApplyLag(t *testing.T) {
	lag := Lag{0.2, 0.6}
	hours, _ := shop()
	got := lag.Apply(hours, 0.5)
	for age, want := range []float64{0.2, 0.4, 0.8, 1} { // half of the running hour has passed
		h := got[len(got)-1-age]
		if math.Abs(float64(h.Coverage)-want) > 1e-6 || h.Mentions != 10 || h.Negatives != 3 {
			t.Errorf("%d hours ago: %+v, want it watched %.1f with its counts", age, h, want)
		}
	}
	if hours[len(hours)-1].Coverage != 1 {
		t.Error("the hours themselves were changed")
	}
	if got := (Lag{0, 0}).Apply(hours[:1], 1); len(got) != 1 || !(got[0].Coverage > 0) {
		t.Errorf("one hour became %+v, want one that is watched a little", got)
	}
	if got := Lag(nil).Apply(hours, 1); &got[0] != &hours[0] {
		t.Error("without a lag the hours are copied")
	}
}
