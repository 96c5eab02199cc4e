package trends

import (
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var wib = time.FixedZone("WIB", 7*3600)

var start = time.Date(2026, 1, 5, 0, 0, 0, 0, wib) // a Monday

// steady is days of a brand with so many mentions a day, three in ten negative,
// without any chance: counts are rounded so that the day's sum is right.
func steady(days, perDay int) []Hour {
	hours := make([]Hour, 0, days*24)
	var mentions, negatives, saidMentions, saidNegatives float64
	for i := range days * 24 {
		mentions += float64(perDay) * priorHours[i%24] / 24
		negatives += 0.3 * float64(perDay) * priorHours[i%24] / 24
		m, n := math.Floor(mentions-saidMentions), math.Floor(negatives-saidNegatives)
		saidMentions, saidNegatives = saidMentions+m, saidNegatives+n
		hours = append(hours, Hour{Mentions: int32(max(m, n)), Negatives: int32(n), Coverage: 1})
	}
	return hours
}

// replay pushes the hours and returns all verdicts.
func replay(hours []Hour) []Verdict {
	d := NewDetector(Options{}, start)
	vs := make([]Verdict, len(hours))
	for i, h := range hours {
		vs[i] = d.Push(h)
	}
	return vs
}

// firing returns the index of the first verdict from hour on that fires, or -1.
func firing(vs []Verdict, from int) int {
	for i := from; i < len(vs); i++ {
		if vs[i].Fires {
			return i
		}
	}
	return -1
}

// change edits the hours from a to b.
func change(hours []Hour, a, b int, edit func(*Hour)) []Hour {
	for i := a; i < b; i++ {
		edit(&hours[i])
	}
	return hours
}

func complain(n int32) func(*Hour) {
	return func(h *Hour) { h.Mentions += n; h.Negatives += n }
}

func TestDetectorDecides(t *testing.T) {
	const noon = 40*24 + 12
	sale := func(h *Hour) { h.Mentions *= 4; h.Negatives *= 4 }
	praise := func(h *Hour) { h.Mentions += 200 }
	gone := func(h *Hour) { *h = Hour{} }
	silent := func(h *Hour) { h.Mentions, h.Negatives = 0, 0 }
	copies := func(h *Hour) { h.Mentions += 500; h.Repeats = h.Negatives + 498; h.Negatives += 500 }
	tests := []struct {
		name  string
		hours []Hour
		fires bool
		last  Reason // of the last hour
	}{
		{"nothing happens", steady(45, 100), false, Quiet},
		{"nothing happens to a quiet brand", steady(60, 1), false, BelowFloor},
		{"complaints come alone", change(steady(41, 100), noon, noon+12, complain(12)), true, Fired},
		{"complaints at night count against the night", change(steady(41, 60), 40*24+2, 40*24+4, complain(7)), true, BelowFloor},
		{"a sale raises everything", change(steady(41, 100), 40*24, 41*24, sale), false, VolumeUp},
		{"praise in masses", change(steady(41, 100), 40*24, 41*24, praise), false, Quiet},
		{"three complaints are below the floor", change(steady(41, 1), noon, noon+1, complain(3)), false, BelowFloor},
		{"a gap is not an improvement", change(steady(46, 100), 38*24, 45*24, gone), false, Quiet},
		{"nobody watched lately", change(steady(41, 100), 40*24, 41*24, gone), false, StaleCoverage},
		{"a silence that nobody noticed is a gap", change(steady(46, 100), 38*24, 45*24, silent), false, Quiet},
		{"500 copies of two texts", change(steady(41, 100), noon, noon+1, copies), false, ReviewBombing},
		{"the first two days only teach", steady(2, 3000)[:47], false, Learning},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			vs := replay(tt.hours)
			at := firing(vs, 0)
			last := vs[len(vs)-1]
			if at >= 0 != tt.fires {
				t.Errorf("fired at hour %d, want firing %v", at, tt.fires)
				if at >= 0 {
					t.Logf("%+v", vs[at])
				}
			}
			if last.Reason != tt.last {
				t.Errorf("the last reason is %q, want %q: %+v", last.Reason, tt.last, last)
			}
		})
	}
}

func TestViolentOutageFiresWithinTheHour(t *testing.T) {
	hours := change(steady(41, 100), 40*24+10, 41*24, complain(30))
	vs := replay(hours)
	if at := firing(vs, 0); at != 40*24+10 {
		t.Errorf("fired at hour %d, want %d, the first hour of the outage", at, 40*24+10)
	}
}

func TestHeldDaysDoNotTeach(t *testing.T) {
	calm := replay(steady(45, 300))
	hurt := replay(change(steady(45, 300), 40*24, 42*24, complain(20)))
	want, got := calm[44*24+12].Expected, hurt[44*24+12].Expected
	if got > 1.15*want {
		t.Errorf("two days after two days of incident %.1f are usual, without it %.1f", got, want)
	}
}

func TestNewNormalIsAccepted(t *testing.T) {
	vs := replay(change(steady(80, 300), 40*24, 80*24, complain(12)))
	if v := vs[len(vs)-1]; v.Fires || v.Expected < 300 {
		t.Errorf("40 days at a new level: expected %.1f of %d, fires %v; want it to be the usual", v.Expected, v.Observed, v.Fires)
	}
}

// Calm hours end an episode: windows start afresh, so yesterday's sum does
// not fire again.
func TestWindowsStartAfreshAfterRecovery(t *testing.T) {
	vs := replay(change(steady(42, 300), 40*24+6, 40*24+10, complain(60)))
	if at := firing(vs, 40*24+18); at >= 0 {
		t.Errorf("the outage ended at 10 h, and hour %d still fires: %+v", at-40*24, vs[at])
	}
}

// The word of a person does the same: from the next full hour on only what is new
// counts, and what is new fires.
func TestWindowsStartAfreshByWord(t *testing.T) {
	const began, said = 40*24 + 6, 40*24 + 10
	for _, tt := range []struct {
		name string
		ends int // hour in which the outage ends
		want int // first verdict that fires after the word
	}{{"it is over", said, -1}, {"it goes on", said + 20, said + 1}} {
		hours := change(steady(42, 300), began, tt.ends, complain(60))
		d := NewDetector(Options{Afresh: start.Add(said*time.Hour + 20*time.Minute)}, start)
		var vs []Verdict
		for _, h := range hours {
			vs = append(vs, d.Push(h))
		}
		if !vs[said].Fires {
			t.Errorf("%s: the hour of the word does not fire any more", tt.name)
		}
		if at := firing(vs, said+1); at != tt.want {
			t.Errorf("%s: hour %d fires, want %d", tt.name, at, tt.want)
		} else if at >= 0 && vs[at].Window != 1 {
			t.Errorf("%s: a window of %d hours reaches back before the word", tt.name, vs[at].Window)
		}
	}
}

func TestPreviewChangesNothing(t *testing.T) {
	hours := change(steady(41, 100), 40*24+12, 40*24+15, complain(15))
	d := NewDetector(Options{}, start)
	for i, h := range hours {
		before := *d
		half := Hour{Mentions: h.Mentions / 2, Negatives: h.Negatives / 2, Coverage: 0.5}
		if v := d.Preview(half); !v.Running {
			t.Fatalf("the preview of hour %d does not say that the hour is running", i)
		}
		if !reflect.DeepEqual(before, *d) {
			t.Fatalf("the preview of hour %d changed the detector", i)
		}
		preview := d.Preview(h)
		preview.Running = false
		if pushed := d.Push(h); pushed != preview {
			t.Fatalf("hour %d: preview %+v, push %+v", i, preview, pushed)
		}
	}
}

func TestDaylightSavingKeepsTheDays(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database:", err)
	}
	hours := make([]Hour, 20*24-1) // one hour is lost on 29 March
	for i := range hours {
		hours[i] = Hour{Mentions: 3, Negatives: 1, Coverage: 1}
	}
	days := Daily(Options{}, Series{time.Date(2026, 3, 20, 0, 0, 0, 0, zone), hours})
	if len(days) != 20 {
		t.Fatalf("%d days closed, want 20", len(days))
	}
	for i, day := range days {
		if want := time.Date(2026, 3, 20+i, 0, 0, 0, 0, zone); !day.Start.Equal(want) {
			t.Errorf("day %d starts at %s, want %s", i, day.Start, want)
		}
	}
}

func drawHours(t *rapid.T) []Hour {
	hour := rapid.Custom(func(t *rapid.T) Hour {
		return Hour{
			Mentions:  rapid.OneOf(rapid.Int32Range(-2, 20), rapid.Int32Range(0, 2_000_000)).Draw(t, "mentions"),
			Negatives: rapid.OneOf(rapid.Int32Range(-2, 12), rapid.Int32Range(0, 1_000_000)).Draw(t, "negatives"),
			Repeats:   rapid.Int32Range(-1, 30).Draw(t, "repeats"),
			Coverage:  rapid.SampledFrom([]float32{1, 1, 1, 1, 0, 0.3, -1, 7, float32(math.NaN()), float32(math.Inf(1))}).Draw(t, "coverage"),
		}
	})
	block := rapid.SliceOfN(hour, 24, 24).Draw(t, "day")
	var hours []Hour
	for i := range rapid.IntRange(1, 40).Draw(t, "days") {
		hours = append(hours, block...)
		block[i%24] = hour.Draw(t, "hour")
	}
	return hours
}

func finite(v Verdict) bool {
	for _, x := range []float64{v.Score, v.Threshold, v.Expected, v.Low, v.High, v.ExpectedMentions, v.Share,
		v.UsualShare, v.Tested, v.Alpha, v.SlowSum, v.Coverage, v.Usual} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

func TestVerdictsAreNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for i, v := range replay(drawHours(t)) {
			if math.Abs(v.Check()-v.Score) > 1e-6*(1+v.Score) {
				t.Fatalf("hour %d: the score works out as %g: %+v", i, v.Check(), v)
			}
			if !finite(v) || v.Score < 0 || v.Share < 0 || v.Share > 1 {
				t.Fatalf("hour %d: %+v", i, v)
			}
		}
	})
}

func TestMoreNegativesNeverScoreLower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := NewDetector(Options{}, start)
		for _, h := range drawHours(t) {
			d.Push(h)
		}
		h := Hour{Mentions: rapid.Int32Range(1, 50).Draw(t, "mentions"), Coverage: 1}
		h.Negatives = rapid.Int32Range(0, h.Mentions-1).Draw(t, "negatives") // an hour without mentions is another thing
		worse := h
		more := rapid.Int32Range(1, 100).Draw(t, "more")
		worse.Mentions += more
		worse.Negatives += more
		a, b := d.Preview(h), d.Preview(worse)
		if b.Score-b.Threshold < a.Score-a.Threshold-1e-9 || a.Fires && !b.Fires {
			t.Fatalf("%+v scores %.3f (%v), %+v scores %.3f (%v)", h, a.Score, a.Fires, worse, b.Score, b.Fires)
		}
	})
}

// LearnAll takes days at once; what it knows afterwards is what Learn knows.
func TestLearnAllIsLearn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := append(steady(rapid.IntRange(1, 40).Draw(t, "days"), rapid.IntRange(0, 500).Draw(t, "mentions")), drawHours(t)...)
		hours = append(hours, steady(rapid.IntRange(0, 20).Draw(t, "more"), 50)...)
		hours = hours[:len(hours)-rapid.IntRange(0, 23).Draw(t, "less")] // the last day has begun
		one, all := NewDetector(Options{}, start), NewDetector(Options{}, start)
		for _, h := range hours {
			one.Learn(h)
		}
		all.LearnAll(hours)
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-4*(1+math.Abs(a)) }
		for i := range 30 { // beyond the end of the day
			h := Hour{Mentions: 40, Negatives: 25, Coverage: 1}
			want, got := one.Push(h), all.Push(h)
			if got.Reason != want.Reason || !near(got.Score, want.Score) || !near(got.Expected, want.Expected) || !near(got.ExpectedMentions, want.ExpectedMentions) {
				t.Fatalf("hour %d: all at once %+v\none by one %+v", i, got, want)
			}
		}
	})
}

// The running hour is judged as it fills: a violent outage need not wait for its end.
func TestPreviewSeesAnOutageWithinMinutes(t *testing.T) {
	d := NewDetector(Options{}, start)
	for _, h := range steady(40, 300)[:39*24+14] {
		d.Push(h)
	}
	tests := []struct {
		name   string
		minute float32
		hour   Hour
		fires  bool
	}{
		{"five minutes of an outage", 5, Hour{Mentions: 15, Negatives: 14}, true},
		{"five usual minutes", 5, Hour{Mentions: 2, Negatives: 1}, false},
		{"an hour with as many complaints as usual", 60, Hour{Mentions: 19, Negatives: 6}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.hour.Coverage = tt.minute / 60
			if v := d.Preview(tt.hour); v.Fires != tt.fires {
				t.Errorf("fires %v, want %v: %+v", v.Fires, tt.fires, v)
			}
		})
	}
}

func TestColdStart(t *testing.T) {
	crisis := func(h *Hour) { h.Negatives = h.Mentions - h.Mentions/50 }
	tests := []struct {
		name  string
		hours []Hour
		fires bool
	}{
		{"hardly anything but complaints from the first hour on", change(steady(3, 1500), 0, 72, crisis), true},
		{"an ordinary brand begins", steady(3, 1500), false},
		{"a small brand that complains says too little", change(steady(3, 40), 0, 72, crisis), false},
		{"four complaints in five are some brands' usual", change(steady(3, 1500), 0, 72, func(h *Hour) { h.Negatives = h.Mentions * 4 / 5 }), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			vs := replay(tt.hours)
			at := firing(vs, 0)
			if at >= 0 != tt.fires {
				t.Fatalf("fired at hour %d, want firing %v", at, tt.fires)
			}
			if at >= 0 && (!vs[at].Cold || vs[at].Stage != StageLearning) {
				t.Errorf("%+v does not say that the level is unknown", vs[at])
			}
		})
	}
}

// TestAFloodGoesOn: an hour that brings nothing but copies of what came before has
// no voice at all, and not as many as it has copies.
func TestAFloodGoesOn(t *testing.T) {
	flood := func(repeats int32) func(h *Hour) {
		return func(h *Hour) { h.Mentions += 100; h.Negatives += 100; h.Repeats = repeats }
	}
	const noon = 40*24 + 12
	if at := firing(replay(change(steady(41, 1), noon, noon+6, flood(100))), 0); at >= 0 {
		t.Errorf("hours of nothing but copies fired at hour %d", at)
	}
	if at := firing(replay(change(steady(41, 1), noon, noon+6, flood(0))), 0); at != noon {
		t.Errorf("as many voices fired at hour %d, want %d", at, noon)
	}
}

func TestCopiesAreNamed(t *testing.T) {
	copies := func(h *Hour) { h.Mentions += 500; h.Repeats = h.Negatives + 497; h.Negatives += 500 }
	vs := replay(change(steady(41, 100), 40*24+12, 40*24+13, copies))
	v := vs[40*24+12]
	if v.Fires || v.Reason != ReviewBombing || v.Observed < 500 || v.Voices > 60 {
		t.Errorf("500 copies of two texts: %+v, want review_bombing with both numbers", v)
	}
}

// What comes after a gap may be late, a part, or twice.
func TestTheDayAfterAGapAsksForMore(t *testing.T) {
	gap := func(h *Hour) { *h = Hour{} }
	vs := replay(change(steady(43, 100), 40*24, 40*24+10, gap))
	before, after, later := vs[40*24-1], vs[40*24+12], vs[42*24+12]
	if after.Threshold < before.Threshold+1.5 || later.Threshold > before.Threshold+0.1 {
		t.Errorf("thresholds %.2f before, %.2f after, %.2f two days after the gap", before.Threshold, after.Threshold, later.Threshold)
	}
	if at := firing(replay(change(change(steady(43, 100), 40*24, 40*24+10, gap), 40*24+12, 40*24+16, complain(40))), 0); at < 0 || at > 40*24+13 {
		t.Errorf("a violent outage after the gap fired at hour %d, want %d", at, 40*24+12)
	}
}

// What lasted for days flares up again while it ebbs: that is the same story.
func TestAfterALongEpisodeMoreIsAsked(t *testing.T) {
	for _, tt := range []struct {
		name string
		days int
		more float64
	}{{"a day", 1, 0}, {"five days", 5, waryMargin}} {
		vs := replay(change(steady(60, 300), 40*24, (40+tt.days)*24, complain(12)))
		before, after, later := vs[39*24], vs[(42+tt.days)*24], vs[(52+tt.days)*24]
		if got := after.Threshold - before.Threshold; math.Abs(got-tt.more) > 0.3 || later.Threshold > before.Threshold+0.3 {
			t.Errorf("%s: the threshold is %.2f before, %.2f two days after and %.2f after twelve, want %.1f more for ten days",
				tt.name, before.Threshold, after.Threshold, later.Threshold, tt.more)
		}
	}
}

// TestRiseBeginsWithTheComplaints dates an incident from its first hour, however
// long the window is that finds it.
func TestRiseBeginsWithTheComplaints(t *testing.T) {
	for _, rate := range []int32{3, 6, 30} {
		vs := replay(change(steady(40, 60), 35*24, 36*24, complain(rate)))
		i := firing(vs, 35*24)
		if i < 0 {
			t.Fatalf("%d more an hour: nothing fires", rate)
		}
		if began := i + 1 - vs[i].Rise; began < 35*24-1 || began > 35*24+1 {
			t.Errorf("%d more an hour: the rise of a window of %d h begins %d h from the first complaint", rate, vs[i].Window, began-35*24)
		}
	}
}
