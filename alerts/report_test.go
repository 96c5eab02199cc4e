package alerts

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pantau/brand"
)

var (
	peopleChanges = []brand.Change{brand.Taken, brand.Noted, brand.Silenced, brand.Denied, brand.Closed, brand.Reminded, brand.Escalated}
	reportKinds   = []brand.Change{brand.Daily, brand.Weekly, brand.HandOver, brand.Storm}
)

func TestNewsSays(t *testing.T) {
	rivals := func(list ...brand.Rival) brand.Alert { return incident(func(i *brand.Incident) { i.Rivals = list }) }
	tests := []struct {
		name  string
		alert brand.Alert
		style Style
		want  string
	}{
		{"owner and time to acknowledge", changed(brand.Taken), inIndonesian, "DITANGANI · Rona Busana: Rina menangani keluhan pengiriman terlambat · 54 menit setelah peringatan"},
		{"owner unknown", with(func(a *brand.Alert) { *a = changed(brand.Taken); a.Incident.Owner = "" }), inEnglish, "The team took this incident on 54 minutes after the alert."},
		{"numbers older than the message say so", changed(brand.Taken), inIndonesian, "Pada hitungan terakhir: dalam 6 jam ada 57"},
		{"the note itself", changed(brand.Noted), inEnglish, "Note: kurir zona Bekasi, ongkir dikembalikan"},
		{"silent until when", changed(brand.Silenced), inIndonesian, "senyap sampai Minggu 14.54 WIB"},
		{"a silence that is over says nothing", incident(func(i *brand.Incident) { i.SilencedUntil = noon.Add(-time.Hour) }), inIndonesian, "Status: terbuka, belum ada yang menangani"},
		{"a false alarm is no severity", changed(brand.Denied), inIndonesian, "ALARM PALSU · Rona Busana: keluhan naik"},
		{"a note after a false alarm leaves it one", with(func(a *brand.Alert) { *a = changed(brand.Denied); a.Change = brand.Noted }), inEnglish, "FALSE ALARM · Rona Busana: complaints up"},
		{"a note after recovery leaves it recovered", with(func(a *brand.Alert) { *a = recoveredAlert(); a.Change = brand.Noted }), inEnglish, "RECOVERED · Rona Busana: back to usual"},
		{"recovered by the word of a person", changed(brand.Closed), inIndonesian, "Tim menyatakan keluhan tentang Rona Busana sudah pulih, 15 jam 5 menit setelah mulai naik."},
		{"recovered by measure", recoveredAlert(), inIndonesian, "kembali normal 1 hari 20 jam"},
		{"reminder of how many", changed(brand.Reminded), inIndonesian, "PENGINGAT 1 dari 3 · Rona Busana: belum ada yang menangani"},
		{"escalation counts the reminders", changed(brand.Escalated), inEnglish, "After 3 reminders nobody is on it, 2 hours after the alert."},
		{"a cause nobody knows", with(func(a *brand.Alert) { *a = changed(brand.Taken); a.Incident.Cause = brand.Unexplained }), inEnglish, "Rina is handling complaints"},
		{"languages by name", factsAlert(), inEnglish, "Language: Indonesian +37 · mixed +5"},
		{"only us", factsAlert(), inIndonesian, "Hanya kita?: ya: Batik Senja, Kain Kita seperti biasa"},
		{"not only us", rivals(brand.Rival{Brand: "Kain Kita", Observed: 19, Expected: 4}, brand.Rival{Brand: "Batik Senja", Observed: 2, Expected: 2}), inIndonesian, "tidak: Kain Kita (4,8 kali biasanya) mengalaminya juga"},
		{"a quiet competitor says nothing", rivals(brand.Rival{Brand: "Kain Kita", Observed: 0, Expected: 0.1}), inEnglish, "Only us?: cannot say"},
		{"chance is not the same trouble", rivals(brand.Rival{Brand: "Kain Kita", Observed: 7, Expected: 4}), inEnglish, "yes: Kain Kita as usual"},
		{"public replies", factsAlert(), inIndonesian, "13 dari 212 keluhan dalam 28 hari terakhir dijawab · median 1 hari 7 jam"},
		{"no replies at all", incident(func(i *brand.Incident) { i.Replies = &brand.Replies{Negatives: 9} }), inEnglish, "none of 9 complaints of the last 28 days answered"},
		{"what sends a refused alert again", with(func(a *brand.Alert) { a.Change, a.By = brand.Broken, "email" }), inIndonesian, "menjalankan systemctl reload pantau"},
		{"how often the rule fired", factsAlert(), inIndonesian, "peringatan seperti ini muncul 2 kali dalam 90 hari"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := compose(Delivery{Alert: tt.alert, At: noon.Add(49 * time.Minute), Reminders: 3}, tt.style)
			if got := m.text() + "\n" + m.News; !strings.Contains(got, tt.want) {
				t.Errorf("want %q in\n%s", tt.want, got)
			}
		})
	}
}

func TestReportSays(t *testing.T) {
	digest := func(c brand.Change, edit func(d *brand.Digest)) brand.Alert {
		a := reportAlert(c)
		edit(a.Digest)
		return a
	}
	tests := []struct {
		name  string
		alert brand.Alert
		want  string
	}{
		{"calm in one line", calmAlert(), "Semua tenang, 812 ulasan, 0 insiden."},
		{"blind is not calm", digest(brand.Daily, func(d *brand.Digest) { d.Alerts, d.Moods = nil, nil }), "0 insiden, tetapi 1 sumber tidak terbaca"},
		{"a remark is not calm", digest(brand.Daily, func(d *brand.Digest) { d.Alerts, d.Sources = nil, nil }), "0 insiden, 2 hal yang perlu dilihat"},
		{"incidents that are over", digest(brand.Weekly, func(d *brand.Digest) { d.Alerts = d.Alerts[:1] }), "1 insiden, semuanya selesai"},
		{"a mood beside the span before", reportAlert(brand.Weekly), "Rona Busana: 32% negatif, sebelumnya 18% · 1.240 ulasan, sebelumnya 1.102"},
		{"a brand nobody spoke of", reportAlert(brand.Weekly), "Laju Kurir: tidak ada ulasan"},
		{"causes up", reportAlert(brand.Weekly), "Rona Busana: +103 pengiriman terlambat (134, sebelumnya 31)"},
		{"causes down", reportAlert(brand.Weekly), "Rona Busana: −15 harga dan biaya (9, sebelumnya 24)"},
		{"slow burn", reportAlert(brand.Weekly), "Kopi Lestari: memburuk pelan-pelan"},
		{"state and owner of an incident", reportAlert(brand.Weekly), "🟠 Kopi Lestari: aplikasi bermasalah · 16 dalam 6 jam, biasanya 4 · ditangani Bayu"},
		{"a scorecard in seconds", reportAlert(brand.Weekly), "23 pesan terkirim, median 4 detik"},
		{"a week within a month", reportAlert(brand.Weekly), "Laporan mingguan · 16–22 Nov 2026"},
		{"a week over two months", digest(brand.Weekly, func(d *brand.Digest) { d.From, d.To = noon.AddDate(0, 0, 7), noon.AddDate(0, 0, 14) }), "28 Nov – 5 Des 2026"},
		{"a day", reportAlert(brand.Daily), "Laporan harian · Minggu, 22 Nov 2026"},
		{"what quiet hours held", reportAlert(brand.HandOver), "SERAH TERIMA · 4 insiden ditahan selama jam tenang · 1 kritis"},
		{"a storm and its shared cause", reportAlert(brand.Storm), "pengiriman terlambat (250) · belum jelas (125) · aplikasi bermasalah (125)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := compose(Delivery{Alert: tt.alert, At: noon}, inIndonesian).text(); !strings.Contains(got, tt.want) {
				t.Errorf("want %q in\n%s", tt.want, got)
			}
		})
	}
}

// Noise is no news: 22 after 14 is what chance does.
func TestReportLeavesNoiseOut(t *testing.T) {
	if got := compose(Delivery{Alert: reportAlert(brand.Weekly), At: noon}, inIndonesian).text(); strings.Contains(got, "Kopi Lestari: +8") {
		t.Errorf("8 complaints more than 14 are reported as a rise:\n%s", got)
	}
}

// A storm lists every brand in one message that Slack takes, however long the
// names are.
func TestStormListsAll(t *testing.T) {
	for _, padding := range []string{"", " Nusantara Sejahtera Tbk Cabang", strings.Repeat("&", 30)} {
		a := brand.Alert{Change: brand.Storm, Digest: &brand.Digest{Alerts: listOf(brand.MaxListed)}}
		for n := range a.Digest.Alerts {
			a.Digest.Alerts[n].Incident.Brand = "Ж" + a.Digest.Alerts[n].Incident.Brand[5:] + padding
		}
		d := newDouble(t)
		if _, err := d.slack(inIndonesian).Notify(context.Background(), Delivery{Key: "k", Channel: doubleChannel, Alert: a}); err != nil {
			t.Fatal(err)
		}
		sent := d.sent()[0]
		all := sent.Text
		var list []any
		if err := json.Unmarshal(sent.Blocks, &list); err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 {
			all = ""
			for _, piece := range literals(list) {
				all += piece
			}
		}
		if n := strings.Count(all, "Ж"); n != brand.MaxListed {
			t.Errorf("names padded with %q: %d of %d listed in %d runes of blocks", padding, n, brand.MaxListed, utf8.RuneCount(sent.Blocks))
		}
	}
}

// literals are the texts of rich_text elements, in order.
func literals(node any) (all []string) {
	switch n := node.(type) {
	case []any:
		for _, e := range n {
			all = append(all, literals(e)...)
		}
	case map[string]any:
		if text, ok := n["text"].(string); ok && n["type"] == "text" {
			return []string{text}
		}
		all = literals(n["elements"])
	}
	return all
}

// A report of 500 brands fits Slack and a lock screen as well.
func TestReportOfManyBrands(t *testing.T) {
	for _, c := range reportKinds {
		a := reportAlert(c)
		a.Digest.Alerts = listOf(500)
		for _, e := range a.Digest.Alerts {
			a.Digest.Moods = append(a.Digest.Moods, brand.Mood{Brand: e.Incident.Brand, Mentions: 90, Negatives: 20, Remark: "slow_burn",
				Causes: []brand.Driver{{Key: "delivery", Observed: 40, Expected: 9}}})
			a.Digest.Sources = append(a.Digest.Sources, brand.SourceState{Source: e.Incident.Brand, Reason: strings.Repeat("x", 90)})
		}
		m := compose(Delivery{Alert: a, At: noon}, inIndonesian)
		b := blocks(m, newWriter(inIndonesian))
		if code := checkBlocks(json.RawMessage(mustJSON(t, b)), lockScreen(m)); code != "" || len(b) == 0 {
			t.Errorf("%s: %q with %d blocks", c, code, len(b))
		}
	}
}

func TestStanding(t *testing.T) {
	opened, worse := openedAlert(), worsenedAlert()
	tests := []struct {
		name    string
		history []brand.Alert
		change  brand.Change
		numbers brand.Alert // whose moment the numbers are of
	}{
		{"what the rule told", []brand.Alert{opened, worse}, brand.Worsened, worse},
		{"people change no numbers", []brand.Alert{opened, changed(brand.Taken), changed(brand.Noted)}, brand.Opened, opened},
		{"nor does a reminder", []brand.Alert{opened, changed(brand.Reminded)}, brand.Opened, opened},
		{"who declares the end counts nothing", []brand.Alert{opened, changed(brand.Closed)}, brand.Closed, opened},
		{"the measured end does", []brand.Alert{opened, recoveredAlert()}, brand.Closed, recoveredAlert()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Standing(tt.history)
			if got.Change != tt.change || !got.Incident.UpdatedAt.Equal(tt.numbers.Incident.UpdatedAt) || got.Incident.State != tt.history[len(tt.history)-1].Incident.State {
				t.Errorf("Standing = %s of %s, %s; want %s of %s", got.Change, got.Incident.UpdatedAt, got.Incident.State, tt.change, tt.numbers.Incident.UpdatedAt)
			}
		})
	}
}
