package collectors

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestSilent(t *testing.T) {
	hourly := func(n int) (list []time.Time) {
		for i := range n {
			list = append(list, testNow.Add(-time.Duration(n-i)*time.Hour))
		}
		return list
	}
	// hours of gaps, the last of which ends now
	spaced := func(hours ...int) []time.Time {
		list := []time.Time{testNow}
		for _, h := range slices.Backward(hours) {
			list = append([]time.Time{list[0].Add(-time.Duration(h) * time.Hour)}, list...)
		}
		return list
	}
	often := slices.Repeat([]int{1}, 60)
	// One arrival an hour by day and none at night: the usual longest gap is the night.
	var days []time.Time
	for h := range 24 * 14 {
		if h%24 >= 8 {
			days = append(days, testNow.Add(time.Duration(h-24*14)*time.Hour))
		}
	}
	tests := []struct {
		name     string
		arrivals []time.Time
		runs     int
		every    time.Duration
		later    time.Duration // after testNow
		usual    time.Duration
		want     bool
	}{
		{"as always", hourly(100), 2, time.Minute, 0, time.Hour, false},
		{"between two runs", hourly(100), 0, time.Hour, 0, 0, false},
		{"three times the usual gap is still usual", hourly(100), 9, time.Minute, 2 * time.Hour, time.Hour, false},
		{"more is silence", hourly(100), 9, time.Minute, 2*time.Hour + time.Second, time.Hour, true},
		{"a rare run has not had the chance", hourly(100), 9, 6 * time.Hour, 10 * time.Hour, 0, false},
		{"after two rare runs it had", hourly(100), 2, 6 * time.Hour, 12*time.Hour + time.Second, time.Hour, true},
		{"nobody looked: the daemon was off", hourly(100), 1, time.Minute, 100 * time.Hour, 0, false},
		{"five gaps are enough to know", hourly(6), 9, time.Minute, 3 * time.Hour, time.Hour, true},
		{"four are not", hourly(5), 9, time.Minute, 1000 * time.Hour, 0, false},
		{"never anything", nil, 9, time.Minute, 0, 0, false},
		{"it was so twice", spaced(slices.Concat(often, []int{20}, often, []int{30}, often)...), 9, time.Minute, 19 * time.Hour, time.Hour, false},
		{"it was so once", spaced(slices.Concat(often, []int{20}, often)...), 9, time.Minute, 19 * time.Hour, time.Hour, true},
		{"a night is no silence", days, 9, time.Minute, 8 * time.Hour, 9 * time.Hour, false},
		{"two days are", days, 9, time.Minute, 48 * time.Hour, 9 * time.Hour, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			usual, silent := Silent(tt.arrivals, tt.runs, tt.every, testNow.Add(tt.later))
			if usual != tt.usual || silent != tt.want {
				t.Errorf("usual %s, silent %v; want %s, %v", usual, silent, tt.usual, tt.want)
			}
		})
	}
}

// TestSilenceInTheLong lets sixty sources of all speeds, slower at night,
// live for 60 days, half of them going silent in the end: how many false alerts a
// month of one source has, and how soon a real silence is told.
func TestSilenceInTheLong(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	const every = 30 * time.Minute
	falsely, missed, late := 0, 0, 0
	for source := range 60 {
		rate := math.Pow(10, 2.5*random.Float64()) / 24 // new items an hour: 1 to 300 a day
		died := 60 * 24 * time.Hour
		if source%2 == 0 {
			died = 50 * 24 * time.Hour
		}
		var arrivals []time.Time
		runs, told := 0, false
		for at := time.Duration(0); at < 60*24*time.Hour; at += every {
			now := testNow.Add(at)
			chance := rate * every.Hours() * (1.15 + math.Sin(at.Hours()/24*2*math.Pi)) / 1.15
			runs++
			if at < died && random.Float64() < 1-math.Exp(-chance) {
				arrivals, runs, told = append(arrivals, now), 0, false
			}
			usual, silent := Silent(arrivals[max(0, len(arrivals)-1000):], runs, every, now)
			if !silent || told {
				continue
			}
			told = true
			if at < died && at > 30*24*time.Hour {
				falsely++
			}
			if at >= died && at-died > 3*usual+2*every+24*time.Hour {
				late++
			}
		}
		if died < 60*24*time.Hour && !told {
			missed++
		}
	}
	t.Logf("60 sources: %d false alerts in 1,500 source days, %d of 30 silences missed, %d late", falsely, missed, late)
	if falsely > 10 || missed > 1 || late > 1 {
		t.Errorf("%d false, %d missed, %d late", falsely, missed, late)
	}
}
