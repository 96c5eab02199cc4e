package alerts

import "pantau/brand"

// peoplePhrases is what an alert says about the people who work with it, and
// about others than us: competitors and the customers who were answered.
type peoplePhrases struct {
	words  map[brand.Change]string // stand where the severity stood
	titles map[brand.Change]string // {brand} {matter} {owner} {until}
	news   map[brand.Change]string // {brand} {owner} {note} {until} {duration} {n}
	matter string                  // {cause}: what the incident is about

	lastCount string // before numbers that are older than the message

	somebody      string
	by            string // {name}
	placeLabel    string
	cityLabel     string // cities that the texts name
	brokenTitle   string // {name}
	brokenText    string // {name} {reason}
	brokenNext    string
	stoppedTitle  string
	stoppedText   string // {unit} {reason}
	silentOne     string // {name}
	silentTitle   string // {n}
	silentText    string
	silentSince   string // {brand} {date} {duration}
	silentNext    string
	reminder      string // {n}
	reminderOf    string // {n} {all}
	afterAlert    string // {duration}
	closedTitle   string // {brand} {cause}, by the word of a person, as all that follow
	closedUnclear string // {brand}, while the cause is unexplained
	closed        string // {brand}
	closedAfter   string // {brand} {duration}
	closedSince   string // {date}
	statusSilent  string // {until}

	alarms     string            // {times}
	fired      [2]string         // how often
	reminded   [2]string         // how often, before the escalation
	languages  map[string]string // by code
	onlyUs     string            // {names}
	notOnlyUs  [2]string         // {names}
	cannotSay  string
	times      string // {name} {times}
	answered   string // {answered} {n}
	unanswered string // {n}
	median     string // {duration}
}

var indonesianPeople = peoplePhrases{
	words: map[brand.Change]string{
		brand.Taken: "DITANGANI", brand.Noted: "CATATAN", brand.Silenced: "SENYAP", brand.Denied: "ALARM PALSU",
		brand.Reminded: "PENGINGAT", brand.Escalated: "ESKALASI",
	},
	titles: map[brand.Change]string{
		brand.Taken:     "{brand}: {owner} menangani {matter}",
		brand.Noted:     "{brand}: catatan baru soal {matter}",
		brand.Silenced:  "{brand}: tanpa kabar baru sampai {until}",
		brand.Denied:    "{brand}: peringatan soal {matter} dicabut",
		brand.Reminded:  "{brand}: belum ada yang menangani {matter}",
		brand.Escalated: "{brand}: belum ada yang menangani {matter}",
	},
	news: map[brand.Change]string{
		brand.Taken:     "{owner} menangani insiden ini {duration}.",
		brand.Noted:     "Catatan: {note}",
		brand.Silenced:  "Peringatan tentang {brand} disenyapkan sampai {until}. Keluhan tetap dihitung.",
		brand.Denied:    "Insiden ini ditandai alarm palsu dan ditutup. Ini ikut dihitung dalam rapor mingguan.",
		brand.Reminded:  "Pengingat {n}: sudah {duration} dan belum ada yang menangani. Satu orang perlu mengambil alih sekarang.",
		brand.Escalated: "Sudah {n} diingatkan, dan {duration} setelah peringatan belum ada yang menangani. Mohon tunjuk satu orang sekarang.",
	},
	matter:        "keluhan {cause}",
	lastCount:     "Pada hitungan terakhir: ",
	somebody:      "tim",
	by:            "(oleh {name})",
	placeLabel:    "Tempat",
	cityLabel:     "Kota",
	brokenTitle:   "Kanal {name} menolak pesan",
	brokenText:    "Kanal {name} menolak pesan dan akan terus menolaknya: {reason}. Peringatan tidak sampai ke sana sebelum ini diperbaiki.",
	brokenNext:    "Minta pengelola Pantau memperbaiki kanal itu, lalu menjalankan systemctl reload pantau: yang tertahan langsung dikirim lagi.",
	stoppedTitle:  "Pantau berhenti mendadak",
	stoppedText:   "Layanan {unit} gagal: {reason}. Selama layanan ini mati, keluhan baru tidak terpantau. Yang sudah tersimpan aman; yang terlewat dibaca begitu layanan jalan lagi.",
	silentOne:     "Tidak ada lagi ulasan baru dari sumber {name}",
	silentTitle:   "Tidak ada lagi ulasan baru dari {n} sumber",
	silentText:    "Selama sumber ini sepi, keluhan di sana mungkin tidak terlihat. Sepi belum tentu baik.",
	silentSince:   "{brand}: tidak ada ulasan baru sejak {date}; jeda terlama biasanya {duration}.",
	silentNext:    "Minta pengelola Pantau menjalankan pantau check --online, lalu buka halaman sumbernya di peramban dan bandingkan.",
	reminder:      "ke-{n}",
	reminderOf:    "{n} dari {all}",
	afterAlert:    "{duration} setelah peringatan",
	closedTitle:   "{brand}: dinyatakan pulih, tadinya {cause}",
	closedUnclear: "{brand}: dinyatakan pulih",
	closed:        "Tim menyatakan keluhan tentang {brand} sudah pulih.",
	closedAfter:   "Tim menyatakan keluhan tentang {brand} sudah pulih, {duration} setelah mulai naik.",
	closedSince:   "dinyatakan pulih pada {date}",
	statusSilent:  "senyap sampai {until}",

	alarms:   "peringatan seperti ini muncul {times} dalam 90 hari sebelumnya",
	fired:    [2]string{"kali", "kali"},
	reminded: [2]string{"kali", "kali"},
	languages: map[string]string{
		"id": "Indonesia", "en": "Inggris", "mixed": "campuran", "ms": "Melayu", "other": "lainnya", "unknown": "tidak dikenali",
	},
	onlyUs:     "ya: {names} seperti biasa",
	notOnlyUs:  [2]string{"tidak: {names} mengalaminya juga", "tidak: {names} mengalaminya juga"},
	cannotSay:  "belum bisa dipastikan, data pesaing terlalu sedikit",
	times:      "{name} ({times} kali biasanya)",
	answered:   "{answered} dari {complaints} dalam 28 hari terakhir dijawab",
	unanswered: "belum satu pun dari {complaints} dalam 28 hari terakhir dijawab",
	median:     "median {duration}",
}

var englishPeople = peoplePhrases{
	words: map[brand.Change]string{
		brand.Taken: "TAKEN ON", brand.Noted: "NOTE", brand.Silenced: "SILENCED", brand.Denied: "FALSE ALARM",
		brand.Reminded: "REMINDER", brand.Escalated: "ESCALATION",
	},
	titles: map[brand.Change]string{
		brand.Taken:     "{brand}: {owner} is handling {matter}",
		brand.Noted:     "{brand}: new note on {matter}",
		brand.Silenced:  "{brand}: no more news until {until}",
		brand.Denied:    "{brand}: the alert on {matter} is withdrawn",
		brand.Reminded:  "{brand}: nobody is handling {matter} yet",
		brand.Escalated: "{brand}: nobody is handling {matter} yet",
	},
	news: map[brand.Change]string{
		brand.Taken:     "{owner} took this incident on {duration}.",
		brand.Noted:     "Note: {note}",
		brand.Silenced:  "News about {brand} is silenced until {until}. Complaints are still counted.",
		brand.Denied:    "This incident was marked a false alarm and closed. The mark counts in the weekly scorecard.",
		brand.Reminded:  "Reminder {n}: {duration} have passed and nobody is on it. One person has to take it on now.",
		brand.Escalated: "After {n} nobody is on it, {duration} after the alert. Please name one person now.",
	},
	matter:        "complaints about {cause}",
	lastCount:     "At the last count: ",
	somebody:      "the team",
	by:            "(by {name})",
	placeLabel:    "Place",
	cityLabel:     "City",
	brokenTitle:   "Channel {name} refuses messages",
	brokenText:    "Channel {name} refuses messages and will go on refusing them: {reason}. Alerts do not arrive there until this is mended.",
	brokenNext:    "Ask whoever runs Pantau to mend that channel and then run systemctl reload pantau: what was held is sent again at once.",
	stoppedTitle:  "Pantau has stopped unexpectedly",
	stoppedText:   "The service {unit} failed: {reason}. While it is down, nobody watches for new complaints. What was stored is safe; what was missed is read once it runs again.",
	silentOne:     "Nothing new from source {name} any more",
	silentTitle:   "Nothing new from {n} sources any more",
	silentText:    "While a source is quiet, complaints there may go unseen. Quiet need not mean good.",
	silentSince:   "{brand}: nothing new since {date}; usually {duration} at most.",
	silentNext:    "Ask the operator of Pantau to run pantau check --online, then open the address of the source in a browser and compare.",
	reminder:      "no. {n}",
	reminderOf:    "{n} of {all}",
	afterAlert:    "{duration} after the alert",
	closedTitle:   "{brand}: declared over, was mainly {cause}",
	closedUnclear: "{brand}: declared over",
	closed:        "The team says that complaints about {brand} are back to normal.",
	closedAfter:   "The team says that complaints about {brand} are back to normal, {duration} after they began to rise.",
	closedSince:   "declared on {date}",
	statusSilent:  "silent until {until}",

	alarms:   "such an alert came {times} in the 90 days before",
	fired:    [2]string{"time", "times"},
	reminded: [2]string{"reminder", "reminders"},
	languages: map[string]string{
		"id": "Indonesian", "en": "English", "mixed": "mixed", "ms": "Malay", "other": "other", "unknown": "not recognised",
	},
	onlyUs:     "yes: {names} as usual",
	notOnlyUs:  [2]string{"no: {names} has it as well", "no: {names} have it as well"},
	cannotSay:  "cannot say, too little data on competitors",
	times:      "{name} ({times} times its usual)",
	answered:   "{answered} of {complaints} of the last 28 days answered",
	unanswered: "none of {complaints} of the last 28 days answered",
	median:     "median {duration}",
}
