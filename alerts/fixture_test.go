package alerts

import (
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// checkGolden compares what people read with a file; rewrite it with
// go test ./alerts -update and review the diff like code.
func checkGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

var (
	wib = time.FixedZone("WIB", 7*60*60)
	// noon is the moment of the fixtures, Saturday 21 November 2026, 14.05 WIB.
	noon = time.Date(2026, time.November, 21, 14, 5, 0, 0, wib)

	inIndonesian = Style{Language: "id", Zone: wib, ZoneName: "WIB"}
	inEnglish    = Style{Language: "en", Zone: wib, ZoneName: "WIB"}
)

// openedAlert is a full alert about an invented fashion shop.
func openedAlert() brand.Alert {
	return brand.Alert{Change: brand.Opened, Incident: brand.Incident{
		ID: 42, Brand: "Rona Busana", State: brand.Open, Severity: brand.Critical, Cause: brand.LateDelivery,
		StartedAt: noon.Add(-6*time.Hour - 5*time.Minute), OpenedAt: noon.Add(-5 * time.Minute), UpdatedAt: noon.Add(-5 * time.Minute),
		Window: 6 * time.Hour, Mentions: 96, ExpectedMentions: 92, Observed: 57, Expected: 13.8, Low: 8, High: 22,
		Share: 0.594, UsualShare: 0.15, Score: 5.2, Peak: 57, Excess: 43.2, Voices: 41,
		Causes: []brand.Driver{
			{Key: "delivery", Observed: 34, Expected: 3.1},
			{Key: "slow_response", Observed: 14, Expected: 4.7},
			{Key: "not_as_described", Observed: 7, Expected: 2.2},
			{Key: "billing_refund", Observed: 4, Expected: 0.6},
			{Key: "product_quality", Observed: 3, Expected: 1.4},
			{Key: "unexplained", Observed: 6, Expected: 2.4},
		},
		Sources: []brand.Driver{
			{Key: "Play Store", Observed: 40, Expected: 9}, {Key: "Toko Hijau", Observed: 12, Expected: 3.5},
			{Key: "Forum Belanja", Observed: 5, Expected: 1.3},
		},
		Versions: []brand.Driver{{Key: "5.12.0", Observed: 38, Expected: 2}, {Key: "5.11.4", Observed: 2, Expected: 7}},
		Quotes: []brand.Quote{
			{
				MentionID: 7, Text: "pesanan dari tanggal 12 blm dateng, chat cs cuma dibales template terus [nomor dihapus]", Stars: 1,
				Source: "Play Store", URL: "https://reviews.example/r/7", PublishedAt: noon.Add(-42 * time.Minute),
				Words: []string{"blm dateng", "dibales template"},
			},
			{
				MentionID: 8, Text: "Baju yang datang beda jauh sama fotonya, bahannya tipis. Sudah minta retur dari kemarin tidak ada jawaban.",
				Stars: 2, Source: "Toko Hijau", URL: "https://toko.example/ulasan/8", PublishedAt: noon.Add(-3 * time.Hour),
				Words: []string{"beda jauh", "tipis", "tidak ada jawaban"},
			},
			{
				MentionID: 9, Text: "Stuck at “handed to courier” for nine days and nobody answers my emails.", Stars: 1,
				Source: "Forum Belanja", PublishedAt: noon.Add(-4*time.Hour - 30*time.Minute), Words: []string{"stuck", "nobody answers"},
			},
		},
		Coverage: []brand.SourceState{
			{Source: "Play Store", Fresh: true}, {Source: "Toko Hijau", Fresh: true},
			{Source: "Forum Belanja", Fresh: true},
		},
		Confidence: "normal", Rule: "spike/1 T=3.5", Lexicon: "2026.11",
	}}
}

func worsenedAlert() brand.Alert {
	a := openedAlert()
	i := &a.Incident
	a.Change = brand.Worsened
	i.State, i.Owner, i.Note = brand.Acknowledged, "Rina", "kurir zona Bekasi, ongkir dikembalikan"
	i.AckedAt, i.UpdatedAt = noon.Add(49*time.Minute), noon.Add(2*time.Hour)
	i.Observed, i.Mentions, i.Share, i.Peak, i.Excess, i.Voices = 1214, 1530, 0.793, 1214, 1240.4, 1214
	i.Causes[0].Observed = 1011
	i.Score = 2.6
	i.Coverage[2] = brand.SourceState{Source: "Forum Belanja", Since: noon.Add(-5 * time.Hour), Status: "blocked", Reason: "forum.example: answered 403 Forbidden: the site does not give this to us"}
	return a
}

func recoveredAlert() brand.Alert {
	a := worsenedAlert()
	i := &a.Incident
	a.Change, i.State = brand.Closed, brand.Recovered
	i.RecoveringAt, i.RecoveredAt = noon.Add(38*time.Hour), noon.Add(62*time.Hour)
	i.UpdatedAt = i.RecoveredAt
	i.Observed, i.Mentions, i.Excess = 12, 90, 4120
	i.Causes = nil
	return a
}

// facts adds what an incident may know beyond the numbers.
func factsAlert() brand.Alert {
	a := openedAlert()
	i := &a.Incident
	i.Languages = []brand.Driver{{Key: "id", Observed: 49, Expected: 12}, {Key: "mixed", Observed: 6, Expected: 1.2}}
	i.Rivals = []brand.Rival{{Brand: "Batik Senja", Observed: 2, Expected: 2.2}, {Brand: "Kain Kita", Observed: 3, Expected: 2.6}}
	i.Replies = &brand.Replies{Negatives: 212, Answered: 13, MedianHours: 31}
	i.Alarms = 2
	i.Cities = []brand.Driver{{Key: "Bekasi", Observed: 21, Expected: 0.9}, {Key: "Bandung", Observed: 4, Expected: 0.4}}
	return a
}

// changed is the full incident after a change by people or by silence.
func changed(c brand.Change) brand.Alert {
	a := factsAlert()
	i := &a.Incident
	a.Change, i.UpdatedAt = c, noon.Add(49*time.Minute)
	switch c {
	case brand.Taken:
		i.State, i.Owner, i.AckedAt = brand.Acknowledged, "Rina", i.UpdatedAt
	case brand.Noted:
		i.State, i.Owner, i.Note = brand.Acknowledged, "Rina", "kurir zona Bekasi, ongkir dikembalikan"
	case brand.Silenced:
		i.SilencedUntil = i.UpdatedAt.Add(24 * time.Hour)
	case brand.Denied:
		i.State = brand.FalseAlarm
	case brand.Closed:
		i.State, i.RecoveredAt = brand.Recovered, noon.Add(9*time.Hour)
	case brand.Reminded:
		i.Reminders, i.RemindedAt = 1, noon.Add(25*time.Minute)
	case brand.Escalated:
		i.Reminders, i.RemindedAt = 4, noon.Add(115*time.Minute)
	}
	return a
}

// listOf is n incidents of as many brands.
func listOf(n int) []brand.Alert {
	names := []string{"Rona Busana", "Kopi Lestari", "Bank Sahabat Nusantara", "Laju Kurir", "Dompet Kita", "Rumah Sehat Medika"}
	causes := []brand.Cause{brand.LateDelivery, brand.AppReliability, brand.LateDelivery, brand.Unexplained}
	var all []brand.Alert
	for k := range n {
		name := names[k%len(names)]
		if k >= len(names) {
			name += " " + strconv.Itoa(k)
		}
		i := brand.Incident{ID: int64(k + 1), Brand: name, State: brand.Open, Severity: brand.Severity(1 + k%3), Cause: causes[k%len(causes)],
			Window: 6 * time.Hour, Observed: 9 + 7*k%130, Expected: 4.2, Peak: 60}
		if k%5 == 4 {
			i.State, i.Owner = brand.Acknowledged, "Rina"
		}
		all = append(all, brand.Alert{Change: brand.Opened, Incident: i})
	}
	return all
}

// reportAlert is a report of each kind; calm is one of a day without anything.
func reportAlert(c brand.Change) brand.Alert {
	midnight := time.Date(2026, time.November, 23, 0, 0, 0, 0, wib)
	d := &brand.Digest{From: midnight.AddDate(0, 0, -7), To: midnight}
	switch c {
	case brand.HandOver:
		d.From, d.To, d.Alerts = noon, noon, listOf(4)
	case brand.Storm:
		d.From, d.To, d.Alerts = noon, noon, listOf(500)
	case brand.Daily:
		d.From = midnight.AddDate(0, 0, -1)
		fallthrough
	case brand.Weekly:
		d.Moods, d.Card = moods(), &brand.Scorecard{Opened: 5, Acknowledged: 4, FalseAlarms: 1, Recovered: 3, Sent: 23,
			MedianDelay: 4 * time.Second, MedianToAck: 22 * time.Minute, MedianToClose: 19 * time.Hour}
		d.Alerts = listOf(3)
		d.Alerts[0].Incident.State, d.Alerts[0].Incident.Owner = brand.Recovered, "Rina"
		d.Alerts[1].Incident.State, d.Alerts[1].Incident.Owner = brand.Acknowledged, "Bayu"
		d.Sources = []brand.SourceState{{Source: "Forum Belanja", Since: midnight.Add(-9 * time.Hour), Status: "blocked", Reason: "forum.example: answered 403 Forbidden: the site does not give this to us"}}
	}
	return brand.Alert{Change: c, Digest: d}
}

func moods() []brand.Mood {
	return []brand.Mood{
		{Brand: "Rona Busana", Mentions: 1240, Negatives: 402, PreviousMentions: 1102, PreviousNegatives: 198, Remark: "tone_worsening",
			Causes: []brand.Driver{{Key: "delivery", Observed: 134, Expected: 31}, {Key: "slow_response", Observed: 61, Expected: 40}, {Key: "price_fees", Observed: 9, Expected: 24}}},
		{Brand: "Kopi Lestari", Mentions: 812, Negatives: 97, PreviousMentions: 798, PreviousNegatives: 101, Remark: "slow_burn",
			Causes: []brand.Driver{{Key: "app_reliability", Observed: 22, Expected: 14}}},
		{Brand: "Laju Kurir", Mentions: 0, PreviousMentions: 12, PreviousNegatives: 3},
		{Brand: "Batik Senja", Competitor: true, Mentions: 640, Negatives: 83, PreviousMentions: 655, PreviousNegatives: 90},
	}
}

// calmAlert is the daily report of a day without anything.
func calmAlert() brand.Alert {
	a := reportAlert(brand.Daily)
	a.Digest.Alerts, a.Digest.Sources, a.Digest.Card, a.Digest.Moods = nil, nil, nil, moods()[1:2]
	a.Digest.Moods[0].Remark = ""
	return a
}
