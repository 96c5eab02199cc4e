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
	cause    brand.Cause
}

func (s spell) at(t time.Time) Verdict {
	return Verdict{At: t, Fires: s.verdict == "f", Calm: s.verdict == "c", Unsure: s.verdict == "?",
		Window: 3, Observed: s.observed, Expected: 2, Newest: s.newest, Usual: 1}
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
			if l, change = l.Next(s.at(at), s.cause, at); change != "" {
				told = append(told, at.Sub(start).String()+" "+string(change))
			}
		}
	}
	return l, strings.ReplaceAll(strings.Join(told, ", "), "0m0s", "")
}

func TestLife(t *testing.T) {
	const pay, login = brand.BillingRefund, brand.AccessLoginOTP
	tests := []struct {
		name   string
		spells []spell
		want   string
		state  brand.State
	}{
		{"nothing", []spell{{5, ".", 3, 1, 0}}, "", 0},
		{"one incident, one alert, one end", []spell{{6, "f", 20, 1, pay}, {40, "c", 3, 0, pay}}, "1h opened, 35h recovered", brand.Recovered},
		{"a night without mentions is no recovery", []spell{{1, "f", 20, 3, pay}, {60, "?", 0, 0, pay}}, "1h opened", brand.Open},
		{"calm hours must come in a row", []spell{{1, "f", 20, 3, pay}, {4, "c", 3, 0, pay}, {1, ".", 5, 1, pay}, {4, "c", 3, 0, pay}}, "1h opened", brand.Open},
		{"negatives double", []spell{{1, "f", 20, 3, pay}, {8, "f", 40, 10, pay}}, "1h opened, 2h worsened, 5h worsened", brand.Open},
		{"the cause changes for good", []spell{{3, "f", 20, 0, pay}, {3, "f", 20, 0, login}}, "1h opened, 5h cause_changed", brand.Open},
		{"one odd hour is no change of cause", []spell{{3, "f", 20, 0, pay}, {1, "f", 20, 0, login}, {3, "f", 20, 0, pay}}, "1h opened", brand.Open},
		{"relapse within a day", []spell{{1, "f", 20, 0, pay}, {10, "c", 3, 0, pay}, {1, "f", 20, 0, pay}}, "1h opened, 12h relapsed", brand.Relapsed},
		{"a new incident after a day", []spell{{1, "f", 20, 0, pay}, {30, "c", 3, 0, pay}, {1, "f", 20, 0, pay}}, "1h opened, 30h recovered, 32h opened", brand.Open},
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
	v := spell{1, "f", 50, 10, 0}.at(start)
	if l, change := (Life{}).Next(v, 0, start.Add(7*time.Hour)); change != "" || l.State != 0 {
		t.Errorf("a window seven hours old told %q and left state %s, want silence", change, l.State)
	}
	if _, change := (Life{}).Next(v, 0, start.Add(time.Hour)); change != brand.Opened {
		t.Errorf("a window one hour old told %q, want %q", change, brand.Opened)
	}
}

func TestFalseAlarmIsSilentUntilItIsOver(t *testing.T) {
	l, _ := live([]spell{{1, "f", 20, 3, 0}})
	l.State = brand.FalseAlarm
	fires, calm := spell{1, "f", 90, 9, 0}, spell{1, "c", 2, 0, 0}
	at := start.Add(time.Hour)
	for i, s := range []spell{fires, fires, calm, calm, calm, calm, calm} {
		var change brand.Change
		if l, change = l.Next(s.at(at), 0, at); change != "" {
			t.Fatalf("step %d told %q", i, change)
		}
		at = at.Add(time.Hour)
	}
	if _, change := l.Next(fires.at(at), 0, at); change != brand.Opened {
		t.Errorf("the next incident told %q, want %q", change, brand.Opened)
	}
}

// The running hour is judged many times and counted once.
func TestRunningHourCountsOnce(t *testing.T) {
	v := spell{1, "f", 20, 8, 0}.at(start)
	v.Running = true
	l, _ := (Life{}).Next(v, 0, start)
	for range 5 {
		l, _ = l.Next(v, 0, start)
	}
	v.Running, v.Newest = false, 10
	l, _ = l.Next(v, 0, start)
	if want := 20 - 8 + 10; l.Total != want {
		t.Errorf("total %d, want %d", l.Total, want)
	}
}

func TestLifeSurvivesJSON(t *testing.T) {
	l, _ := live([]spell{{3, "f", 20, 9, brand.PriceFees}, {4, "c", 2, 0, brand.PriceFees}})
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
