package trends

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pantau/brand"
)

// spell is a verdict repeated for some hours.
type spell struct {
	hours    int
	verdict  string // f: fires, c: calm, ?: unsure, .: neither
	observed int
	newest   int
	causes   []brand.Driver
	copies   int // of observed and of newest, that repeat others
}

// led is what stands out when the first cause has so many complaints more than
// usual, and the others ten.
func led(excess int, causes ...brand.Cause) (drivers []brand.Driver) {
	for _, c := range causes {
		drivers = append(drivers, brand.Driver{Key: c.String(), Observed: excess})
		excess = 10
	}
	return drivers
}

func (s spell) at(t time.Time) Verdict {
	return Verdict{At: t, Fires: s.verdict == "f", Calm: s.verdict == "c", Unsure: s.verdict == "?",
		Window: 3, Observed: s.observed, Voices: s.observed - s.copies, Expected: 2, Newest: s.newest, NewVoices: max(s.newest-s.copies, 0), Usual: 1}
}

// live runs the spells and returns the changes, each with its hour.
func live(spells []spell) (Life, string) {
	var l Life
	var told []string
	at := start
	for _, s := range spells {
		for range s.hours {
			at = at.Add(time.Hour)
			var change brand.Change
			if l, change = l.Next(s.at(at), s.causes, at); change != "" {
				told = append(told, at.Sub(start).String()+" "+string(change))
			}
		}
	}
	return l, strings.ReplaceAll(strings.Join(told, ", "), "0m0s", "")
}

func TestLife(t *testing.T) {
	pay, login := led(10, brand.BillingRefund), led(10, brand.AccessLoginOTP)
	slightly, clearly := led(14, brand.AccessLoginOTP, brand.BillingRefund), led(15, brand.AccessLoginOTP, brand.BillingRefund)
	tests := []struct {
		name   string
		spells []spell
		want   string
		state  brand.State
	}{
		{"nothing", []spell{{5, ".", 3, 1, nil, 0}}, "", 0},
		{"one incident, one alert, one end", []spell{{6, "f", 20, 1, pay, 0}, {40, "c", 3, 0, pay, 0}}, "1h opened, 35h recovered", brand.Recovered},
		{"a night without mentions is no recovery", []spell{{1, "f", 20, 3, pay, 0}, {60, "?", 0, 0, pay, 0}}, "1h opened", brand.Open},
		{"calm hours must come in a row", []spell{{1, "f", 20, 3, pay, 0}, {4, "c", 3, 0, pay, 0}, {1, ".", 5, 1, pay, 0}, {4, "c", 3, 0, pay, 0}}, "1h opened", brand.Open},
		{"negatives double", []spell{{1, "f", 20, 3, pay, 0}, {8, "f", 40, 10, pay, 0}}, "1h opened, 2h worsened, 5h worsened", brand.Open},
		{"copies of one text are no news", []spell{{1, "f", 20, 3, pay, 0}, {8, "f", 400, 100, pay, 380}, {6, "f", 400, 100, pay, 380}}, "1h opened", brand.Open},
		{"voices double among copies", []spell{{1, "f", 20, 3, pay, 0}, {3, "f", 400, 100, pay, 360}}, "1h opened, 2h worsened", brand.Open},
		{"the cause changes for good", []spell{{3, "f", 20, 0, pay, 0}, {3, "f", 20, 0, login, 0}}, "1h opened, 5h cause_changed", brand.Open},
		{"one odd hour is no change of cause", []spell{{3, "f", 20, 0, pay, 0}, {1, "f", 20, 0, login, 0}, {3, "f", 20, 0, pay, 0}}, "1h opened", brand.Open},
		{"two causes that lead in turn are one story", []spell{{3, "f", 20, 0, pay, 0}, {9, "f", 20, 0, slightly, 0}}, "1h opened", brand.Open},
		{"another cause leads clearly", []spell{{3, "f", 20, 0, pay, 0}, {9, "f", 20, 0, clearly, 0}}, "1h opened, 5h cause_changed", brand.Open},
		{"a cause that was told leads again", []spell{{3, "f", 20, 0, pay, 0}, {3, "f", 20, 0, login, 0}, {9, "f", 20, 0, pay, 0}}, "1h opened, 5h cause_changed", brand.Open},
		{"a few complaints about something else", []spell{{3, "f", 20, 0, pay, 0}, {9, "f", 20, 0, led(4, brand.AccessLoginOTP), 0}}, "1h opened", brand.Open},
		{"the cause becomes known", []spell{{3, "f", 20, 0, nil, 0}, {3, "f", 20, 0, pay, 0}}, "1h opened, 5h cause_changed", brand.Open},
		{"the cause is lost from sight", []spell{{3, "f", 20, 0, pay, 0}, {9, "f", 20, 0, nil, 0}}, "1h opened", brand.Open},
		{"relapse within a day", []spell{{1, "f", 20, 0, pay, 0}, {10, "c", 3, 0, pay, 0}, {1, "f", 20, 0, pay, 0}}, "1h opened, 12h relapsed", brand.Relapsed},
		{"a new incident after a day", []spell{{1, "f", 20, 0, pay, 0}, {30, "c", 3, 0, pay, 0}, {1, "f", 20, 0, pay, 0}}, "1h opened, 30h recovered, 32h opened", brand.Open},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, got := live(tt.spells)
			if got != tt.want || l.State != tt.state {
				t.Errorf("told %q in state %s, want %q in state %s", got, l.State, tt.want, tt.state)
			}
		})
	}
}

func TestHistoryOpensNothing(t *testing.T) {
	v := spell{1, "f", 50, 10, nil, 0}.at(start)
	if l, change := (Life{}).Next(v, nil, start.Add(7*time.Hour)); change != "" || l.State != 0 {
		t.Errorf("a window seven hours old told %q and left state %s, want silence", change, l.State)
	}
	if _, change := (Life{}).Next(v, nil, start.Add(time.Hour)); change != brand.Opened {
		t.Errorf("a window one hour old told %q, want %q", change, brand.Opened)
	}
}

func TestFalseAlarmIsSilentUntilItIsOver(t *testing.T) {
	l, _ := live([]spell{{1, "f", 20, 3, nil, 0}})
	l.State = brand.FalseAlarm
	fires, calm := spell{1, "f", 90, 9, nil, 0}, spell{1, "c", 2, 0, nil, 0}
	at := start.Add(time.Hour)
	for i, s := range []spell{fires, fires, calm, calm, calm, calm, calm} {
		var change brand.Change
		if l, change = l.Next(s.at(at), nil, at); change != "" {
			t.Fatalf("step %d told %q", i, change)
		}
		at = at.Add(time.Hour)
	}
	if _, change := l.Next(fires.at(at), nil, at); change != brand.Opened {
		t.Errorf("the next incident told %q, want %q", change, brand.Opened)
	}
}

// The running hour is judged many times and counted once.
func TestRunningHourCountsOnce(t *testing.T) {
	v := spell{1, "f", 20, 8, nil, 0}.at(start)
	v.Running = true
	l, _ := (Life{}).Next(v, nil, start)
	for range 5 {
		l, _ = l.Next(v, nil, start)
	}
	v.Running, v.Newest = false, 10
	l, _ = l.Next(v, nil, start)
	if want := 20 - 8 + 10; l.Total != want {
		t.Errorf("total %d, want %d", l.Total, want)
	}
}

// A clock that is put back brings hours again; one that stood a month ahead must not
// keep an incident open for so long.
func TestHoursCountOnce(t *testing.T) {
	at := func(hour int) time.Time { return start.Add(time.Duration(hour) * time.Hour) }
	var l Life
	see := func(hour int, verdict string) (change brand.Change) {
		l, change = l.Next(spell{1, verdict, 20, 10, nil, 0}.at(at(hour)), nil, at(hour))
		return change
	}
	see(1, "f")
	for _, hour := range []int{2, 3, 4, 2, 3, 4, 5} {
		see(hour, "f")
	}
	if want := 20 + 4*10; l.Total != want || l.Voices != want {
		t.Errorf("total %d with %d voices after a clock was put back, want %d", l.Total, l.Voices, want)
	}
	see(30*24, "f")
	told := 0
	for hour := 6; hour < 60; hour++ {
		told += indicator(see(hour, "c") == brand.Closed)
	}
	if told != 1 {
		t.Errorf("the incident ended %d times after a clock had stood ahead, want once", told)
	}
}

func TestLifeSurvivesJSON(t *testing.T) {
	fees := led(10, brand.PriceFees)
	l, _ := live([]spell{{3, "f", 20, 9, fees, 0}, {4, "c", 2, 0, fees, 0}})
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back Life
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if again, _ := json.Marshal(back); string(again) != string(text) {
		t.Errorf("%s came back as %s", text, again)
	}
}

func TestDrivers(t *testing.T) {
	got := Drivers([]Group{
		{"app_reliability", 77, 100},
		{"access_login_otp", 20, 30},
		{"price_fees", 3, 200},
		{"delivery", 1, 0},
		{"unexplained", 12, 100},
	}, 0.012)
	var keys []string
	for _, d := range got {
		keys = append(keys, d.Key)
	}
	if got := strings.Join(keys, " "); got != "app_reliability access_login_otp unexplained" {
		t.Errorf("drivers %s", got)
	}
	if e := got[0].Excess(); e < 75 || e > 77 {
		t.Errorf("excess %g of the first, want 75.8", e)
	}
}
