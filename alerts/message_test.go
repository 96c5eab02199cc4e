package alerts

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"pantau/brand"
)

// text is everything that m says, line by line.
func (m Message) text() string {
	all := []string{m.Headline, m.Title, m.Sentence}
	for _, l := range slices.Concat(m.Facts, m.Closing) {
		all = append(all, l.Label+": "+l.Text+strings.Join(l.Items, "; "))
	}
	for _, e := range m.List {
		all = append(all, e.Icon+" "+e.Name+": "+e.Detail)
	}
	for _, q := range m.Quotes {
		all = append(all, q.Text, q.Detail, q.Why, q.URL)
	}
	return strings.Join(all, "\n")
}

// with changes a full alert in one respect.
func with(edit func(a *brand.Alert)) brand.Alert {
	a := openedAlert()
	edit(&a)
	return a
}

func incident(edit func(i *brand.Incident)) brand.Alert {
	return with(func(a *brand.Alert) { edit(&a.Incident) })
}

func TestComposeSays(t *testing.T) {
	tests := []struct {
		name  string
		alert brand.Alert
		style Style
		want  string
	}{
		{"the size in times", openedAlert(), inIndonesian, "4,1 kali lipat dari biasanya"},
		{"one hour is the last hour", incident(func(i *brand.Incident) { i.Window = time.Hour }), inEnglish, "In the last hour there were 57"},
		{"a window that ended a while ago names its end", incident(func(i *brand.Incident) { i.UpdatedAt = noon.Add(-3 * time.Hour) }), inIndonesian, "Dalam 6 jam sampai 11.05 WIB ada 57 keluhan"},
		{"an hour that ended a while ago", incident(func(i *brand.Incident) { i.Window, i.UpdatedAt = time.Hour, noon.Add(-3*time.Hour) }), inEnglish, "In the hour to 11:05 WIB there were 57"},
		{"large multiples are whole", worsenedAlert(), inIndonesian, "88 kali lipat"},
		{"less than one is no multiple", incident(func(i *brand.Incident) { i.Expected = 0.3 }), inIndonesian, "terutama soal pengiriman terlambat, padahal biasanya hampir tidak ada."},
		{"less than one, as a number", incident(func(i *brand.Incident) { i.Expected = 0.3 }), inEnglish, "Expected: less than 1 · usual range"},
		{"thousands in Indonesian", worsenedAlert(), inIndonesian, "1.214 keluhan dari 1.530"},
		{"thousands in English", worsenedAlert(), inEnglish, "1,214 complaints in 1,530"},
		{"date in Indonesian", openedAlert(), inIndonesian, "Sabtu, 21 Nov 2026 08.00 WIB"},
		{"date in English", openedAlert(), inEnglish, "Sat 21 Nov 2026 08:00 WIB"},
		{"zone by its own name", openedAlert(), Style{Language: "en"}, "Sat 21 Nov 2026 01:00 UTC"},
		{"zone without the name of its database", openedAlert(), Style{Zone: wib, ZoneName: "Asia/Jakarta"}, "Sat 21 Nov 2026 08:00 WIB"},
		{"rare within a year", incident(func(i *brand.Incident) { i.Score = 2 }), inIndonesian, "lonjakan sebesar ini jarang muncul secara kebetulan, sekali dalam 3 bulan"},
		{"one month is singular", incident(func(i *brand.Incident) { i.Score = 1.5 }), inEnglish, "rare, once in 1 month"},
		{"very rare within five years", incident(func(i *brand.Incident) { i.Score = 3 }), inIndonesian, "sangat jarang muncul secara kebetulan, sekali dalam 2 tahun"},
		{"never more than five years", incident(func(i *brand.Incident) { i.Score = 40 }), inIndonesian, "secara kebetulan kurang dari sekali dalam 5 tahun"},
		{"learning goes before rarity", incident(func(i *brand.Incident) { i.Confidence = "learning" }), inIndonesian, "Keyakinan: masih belajar"},
		{"short history", incident(func(i *brand.Incident) { i.Confidence = "low" }), inEnglish, "Certainty: low"},
		{"unexplained keeps its place", openedAlert(), inEnglish, "; +4 unexplained (6, usually 2)"},
		{"unexplained leads honestly", incident(func(i *brand.Incident) { i.Cause = brand.Unexplained }), inIndonesian, "dan penyebabnya belum jelas."},
		{"one voice is singular", incident(func(i *brand.Incident) { i.Observed, i.Voices = 4, 1 }), inEnglish, "1 voice among 4 complaints"},
		{"one text is singular", incident(func(i *brand.Incident) { i.Words = []brand.Driver{{Key: "otp", Observed: 1}} }), inEnglish, "“otp” in 1 text"},
		{"one earlier alert is singular", incident(func(i *brand.Incident) { i.Alarms = 1 }), inEnglish, "came 1 time in the 90 days before"},
		{"one answered complaint is singular", incident(func(i *brand.Incident) { i.Replies = &brand.Replies{Negatives: 1} }), inEnglish, "none of 1 complaint of"},
		{"one competitor has it", incident(func(i *brand.Incident) { i.Rivals = []brand.Rival{{Brand: "A", Observed: 9}} }), inEnglish, "no: A has it as well"},
		{"two competitors have it", incident(func(i *brand.Incident) {
			i.Rivals = []brand.Rival{{Brand: "A", Observed: 9}, {Brand: "B", Observed: 9}}
		}), inEnglish, "no: A, B have it as well"},
		{"a question mark is no word", incident(func(i *brand.Incident) { i.Quotes[0].Words = []string{"?", "rusak", "!!"} }), inIndonesian, "kata negatif: rusak\n"},
		{"taken at once", with(func(a *brand.Alert) {
			a.Change, a.Incident.Owner, a.Incident.AckedAt = brand.Taken, "Rina", a.Incident.OpenedAt.Add(9*time.Second)
		}), inIndonesian, "Rina menangani keluhan pengiriman terlambat · kurang dari semenit setelah peringatan"},
		{"what a person closed is not back to usual", changed(brand.Closed), inIndonesian, "PULIH · Rona Busana: dinyatakan pulih, tadinya pengiriman terlambat · setelah"},
		{"nor while the cause is unclear", with(func(a *brand.Alert) { *a = changed(brand.Closed); a.Incident.Cause = brand.Unexplained }), inEnglish, "Rona Busana: declared over · after"},
		{"a withdrawn alert does not judge the customers", changed(brand.Denied), inIndonesian, "peringatan soal keluhan pengiriman terlambat dicabut"},
		{"a cause that stands out alone is all that was counted", incident(func(i *brand.Incident) { i.Part, i.Cause = "cause slow_response", brand.SlowResponse }), inIndonesian,
			"ada 57 keluhan tentang Rona Busana soal respons lambat, 4,1 kali lipat dari biasanya.\n"},
		{"so is a source", incident(func(i *brand.Incident) { i.Part = "source Toko Hijau" }), inEnglish,
			"there were 57 complaints about Rona Busana on Toko Hijau, 4.1 times the usual number, mainly about late delivery.\n"},
		{"and the alert says whose numbers they are", incident(func(i *brand.Incident) { i.Part = "source Toko Hijau" }), inIndonesian,
			"Bagian: angka di atas hanya dari Toko Hijau; merek ini secara keseluruhan tidak memicu peringatan"},
		{"copies are counted", openedAlert(), inEnglish, "41 voices among 57 complaints"},
		{"silent source", worsenedAlert(), inIndonesian, "2 dari 3 sumber terbaca · Forum Belanja tidak terbaca sejak 09.05 WIB (diblokir)"},
		{"end of the window on another day", incident(func(i *brand.Incident) { i.UpdatedAt = noon.AddDate(0, 0, 1) }), inIndonesian, "sampai Minggu 14.05 WIB"},
		{"end of the window in another week", incident(func(i *brand.Incident) { i.UpdatedAt = noon.AddDate(0, 0, 7) }), inIndonesian, "sampai Sabtu, 28 Nov 2026 14.05 WIB"},
		{"a rare cause", incident(func(i *brand.Incident) { i.Causes[0].Expected = 0.2 }), inEnglish, "+34 late delivery (34, usually <1)"},
		{"many silent sources are counted", incident(func(i *brand.Incident) {
			i.Coverage = []brand.SourceState{{Source: "a"}, {Source: "b"}, {Source: "c"}, {Source: "d"}, {Source: "e"}}
		}), inEnglish, "0 of 5 sources fresh · a could not be read · b could not be read · c could not be read · 2 more"},
		{"nobody is on it", openedAlert(), inIndonesian, "Status: terbuka, belum ada yang menangani"},
		{"owner and note", worsenedAlert(), inEnglish, "Rina is on it · note: kurir zona Bekasi"},
		{"false alarm", incident(func(i *brand.Incident) { i.State = brand.FalseAlarm }), inIndonesian, "Status: alarm palsu"},
		{"easing", incident(func(i *brand.Incident) { i.State, i.RecoveringAt = brand.Recovering, noon }), inIndonesian, "mulai mereda sejak 14.05 WIB"},
		{"another cause leads", with(func(a *brand.Alert) { a.Change = brand.CauseChanged }), inIndonesian, "Penyebab yang paling menonjol kini pengiriman terlambat: dalam 6 jam"},
		{"relapse", with(func(a *brand.Alert) { a.Change = brand.BackAgain }), inEnglish, "Less than a day after recovering, complaints are up again: in the last 6 hours"},
		{"recovered after, in words", recoveredAlert(), inIndonesian, "kembali normal, tadinya pengiriman terlambat · setelah 1 hari 20 jam, puncak 1.214"},
		{"time to acknowledge", recoveredAlert(), inIndonesian, "Ditangani: oleh Rina, 54 menit setelah peringatan"},
		{"time to detect", recoveredAlert(), inEnglish, "Detected: 6 hours after it began"},
		{"nobody took it", with(func(a *brand.Alert) { *a = recoveredAlert(); a.Incident.AckedAt = time.Time{} }), inIndonesian, "Ditangani: tidak ada yang mengambil alih"},
		{"total excess", recoveredAlert(), inEnglish, "Total: 4,120 complaints above the usual"},
		{"how to explain it", openedAlert(), inIndonesian, "pantau incidents show 42"},
		{"unknown change reads as opened", with(func(a *brand.Alert) { a.Change = "news" }), inEnglish, "complaints up, mainly late delivery"},
		{"cause of a newer database", incident(func(i *brand.Incident) { i.Cause = 200 }), inEnglish, "Next step: Read the quotes above"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := compose(Delivery{Alert: tt.alert, At: noon}, tt.style).text(); !strings.Contains(got, tt.want) {
				t.Errorf("want %q in\n%s", tt.want, got)
			}
		})
	}
}

func TestComposeLeavesOut(t *testing.T) {
	bare := brand.Alert{Change: brand.Opened, Incident: brand.Incident{Brand: "Rona", Observed: 9, Severity: brand.Warning}}
	tests := []struct {
		name  string
		alert brand.Alert
		not   string
	}{
		{"no range without a range", incident(func(i *brand.Incident) { i.Low, i.High = 0, 0 }), "kisaran wajar"},
		{"nothing expected is not almost none", bare, "biasanya"},
		{"no coverage", bare, "0 dari 0"},
		{"no number for an alert that has none", bare, "show 0"},
		{"no date of year one", bare, "0001"},
		{"no quotes after recovery", recoveredAlert(), "pesanan dari"},
		{"no promise about the reason of recovery", recoveredAlert(), "karena"},
		{"rarity below a month", incident(func(i *brand.Incident) { i.Score = 1 }), "jarang"},
		{"no multiple that is not one", incident(func(i *brand.Incident) { i.Expected = 56 }), "kali lipat"},
		{"versions at their usual level", openedAlert(), "5.11.4"},
		{"a total of fewer hours than the peak", with(func(a *brand.Alert) { *a = changed(brand.Closed); a.Incident.Excess = 30 }), "Total"},
		{"now, when the numbers are of the peak", with(func(a *brand.Alert) { *a = recoveredAlert(); a.Incident.Observed = 1214 }), "Sekarang"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := compose(Delivery{Alert: tt.alert, At: noon}, inIndonesian)
			if got := m.text(); strings.Contains(got, tt.not) {
				t.Errorf("do not want %q in\n%s", tt.not, got)
			}
			for _, l := range slices.Concat(m.Facts, m.Closing) {
				if l.Label == "" || l.Text == "" && len(l.Items) == 0 {
					t.Errorf("line without a label or without words: %+v", l)
				}
			}
		})
	}
}

func TestQuotesAreDistinct(t *testing.T) {
	a := incident(func(i *brand.Incident) {
		i.Quotes = []brand.Quote{
			{Text: "paket belum sampai juga sudah dua minggu kecewa"},
			{Text: "Paket BELUM sampai juga, sudah dua minggu. Kecewa!!!"},
			{Text: ""},
			{Text: "cs tidak membalas"},
			{Text: "bahan tipis, kunjungi https://evil.example/x sekarang"},
			{Text: "yang keempat tidak tampil"},
		}
	})
	var got []string
	for _, q := range compose(Delivery{Alert: a, At: noon}, inIndonesian).Quotes {
		got = append(got, q.Text)
	}
	want := []string{"paket belum sampai juga sudah dua minggu kecewa", "cs tidak membalas", "bahan tipis, kunjungi [link] sekarang"}
	if !slices.Equal(got, want) {
		t.Errorf("quotes %q, want %q", got, want)
	}
}

func TestDeliveryMarks(t *testing.T) {
	tests := []struct {
		name     string
		delivery Delivery
		prefix   string
	}{
		{"test", Delivery{Alert: openedAlert(), QueuedAt: noon, At: noon, Test: true}, "TEST"},
		{"late", Delivery{Alert: openedAlert(), QueuedAt: noon, At: noon.Add(26 * time.Hour)}, "Tertunda 1 hari 2 jam · KRITIS"},
		{"in time", Delivery{Alert: openedAlert(), QueuedAt: noon, At: noon.Add(lateAfter)}, "KRITIS"},
		{"without a time of its own", Delivery{Alert: openedAlert()}, "KRITIS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := compose(tt.delivery, inIndonesian).Headline; !strings.HasPrefix(got, tt.prefix) {
				t.Errorf("headline %q, want it to begin with %q", got, tt.prefix)
			}
		})
	}
}

func TestStepsInBothLanguages(t *testing.T) {
	seen := map[string]brand.Cause{}
	for _, c := range append(brand.Causes(), brand.Unexplained) {
		for _, language := range []string{"id", "en"} {
			step := Step(c, language)
			if other, twice := seen[step]; twice || step == "" || utf8.RuneCountInString(step) > 240 {
				t.Errorf("step for %s in %s is empty, too long or the one of %s: %q", c, language, other, step)
			}
			seen[step] = c
		}
	}
}

// Both languages say the same: every phrase exists and takes the same values.
func TestPhrasesMatch(t *testing.T) {
	placeholder := regexp.MustCompile(`\{\w+\}`)
	names := func(s string) []string {
		found := placeholder.FindAllString(s, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	var compare func(path string, id, en reflect.Value)
	compare = func(path string, id, en reflect.Value) {
		switch id.Kind() {
		case reflect.String:
			if (id.String() == "") != (en.String() == "") || !slices.Equal(names(id.String()), names(en.String())) {
				t.Errorf("%s: %q and %q do not match", path, id, en)
			}
		case reflect.Struct:
			for n := range id.NumField() {
				compare(path+"."+id.Type().Field(n).Name, id.Field(n), en.Field(n))
			}
		case reflect.Array:
			for n := range id.Len() {
				compare(path, id.Index(n), en.Index(n))
			}
		case reflect.Map:
			if id.Len() != en.Len() {
				t.Errorf("%s has %d and %d entries", path, id.Len(), en.Len())
			}
			for _, k := range id.MapKeys() {
				compare(path+"."+k.String(), id.MapIndex(k), en.MapIndex(k))
			}
		default:
			t.Errorf("%s is a %s, which this test does not compare", path, id.Kind())
		}
	}
	compare("phrases", reflect.ValueOf(indonesian), reflect.ValueOf(english))
}

func keys(drivers []brand.Driver) string {
	all := ""
	for _, d := range drivers {
		all += d.Key
	}
	return all
}

// Whatever the incident holds, the headline fits a lock screen, the blocks fit
// Slack, and no number is printed that is none.
func TestComposeProperties(t *testing.T) {
	changes := slices.Concat([]brand.Change{brand.Opened, brand.Worsened, brand.CauseChanged, brand.BackAgain, ""}, peopleChanges)
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e300}))
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "seconds"), 0)
	})
	driver := rapid.Custom(func(t *rapid.T) brand.Driver {
		return brand.Driver{Key: rapid.String().Draw(t, "key"), Observed: rapid.Int().Draw(t, "n"), Expected: number.Draw(t, "mu")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a := openedAlert()
		i := &a.Incident
		a.Change = rapid.SampledFrom(changes).Draw(t, "change")
		i.Brand, i.Owner, i.Note = rapid.String().Draw(t, "brand"), rapid.String().Draw(t, "owner"), rapid.String().Draw(t, "note")
		i.Cause, i.Severity = brand.Cause(rapid.Uint8().Draw(t, "cause")), brand.Severity(rapid.Uint8().Draw(t, "severity"))
		i.State = brand.State(rapid.Uint8().Draw(t, "state"))
		i.Observed, i.Mentions, i.Peak, i.Voices = rapid.Int().Draw(t, "k"), rapid.Int().Draw(t, "n"), rapid.Int().Draw(t, "peak"), rapid.Int().Draw(t, "voices")
		i.Expected, i.Low, i.High, i.Score, i.Excess = number.Draw(t, "mu"), number.Draw(t, "low"), number.Draw(t, "high"), number.Draw(t, "score"), number.Draw(t, "excess")
		i.Share, i.UsualShare = number.Draw(t, "share"), number.Draw(t, "usual")
		i.StartedAt, i.UpdatedAt, i.RecoveredAt, i.RecoveringAt = moment.Draw(t, "start"), moment.Draw(t, "update"), moment.Draw(t, "end"), time.Time{}
		i.Window = time.Duration(rapid.Int64().Draw(t, "window"))
		i.Causes = rapid.SliceOf(driver).Draw(t, "causes")
		i.Sources, i.Languages = i.Causes, i.Causes
		i.Rivals = []brand.Rival{{Brand: "Kain Kita", Observed: i.Observed, Expected: i.Expected}}
		i.Replies = &brand.Replies{Negatives: i.Mentions, Answered: i.Voices, MedianHours: i.Score}
		i.Reminders, i.Alarms, i.SilencedUntil, i.AckedAt = i.Peak, i.Peak, i.StartedAt, i.UpdatedAt
		s := rapid.SampledFrom([]Style{inIndonesian, inEnglish, {}}).Draw(t, "style")
		m := compose(Delivery{Alert: a, QueuedAt: i.UpdatedAt, At: noon, Test: true}, s)
		if n := utf8.RuneCountInString(lockScreen(m)); n > maxLockScreen {
			t.Errorf("%d runes on the lock screen: %q", n, lockScreen(m))
		}
		for _, bad := range []string{"NaN", "∞", "+Inf", "-Inf"} {
			if strings.Contains(m.text(), bad) && !strings.Contains(i.Brand+i.Owner+i.Note+keys(i.Causes), bad) {
				t.Errorf("%q in %s", bad, m.text())
			}
		}
		if b := blocks(m, newWriter(s)); blockRunes(b) > maxBlockRunes || len(b) > 13 {
			t.Errorf("%d blocks of %d runes", len(b), blockRunes(b))
		}
	})
}
