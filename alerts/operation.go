package alerts

import "pantau/brand"

// operation is the message to the operator about a part of the program that does
// not work, or does again.
func (w writer) operation(a brand.Alert) Message {
	said := operations["en"]
	if w.language == "id" {
		said = operations["id"]
	}
	p, known := said[a.By]
	if !known {
		p = part{title: plain(a.By, maxName), text: "{reason}"}
	}
	m := Message{Change: a.Change, Severity: brand.Warning, Title: p.title,
		Sentence: fill(p.text, "reason", plain(a.Incident.Note, maxNote))}
	if a.Change == brand.Mended {
		m.Title = fill(said["mended"].title, "title", p.title)
		m.Sentence = said["mended"].text
	}
	m.Title = clip(m.Title, maxTitle)
	m.Headline = clip(m.Title, maxHeadline)
	return m
}

// part is what is said about one part of the program.
type part struct{ title, text string }

// operations is what is said by language and part; "mended" goes with all.
var operations = map[string]map[string]part{
	"id": {
		"mended":   {"Sudah pulih: {title}", "Gangguan ini sudah berakhir. Yang sempat tertahan dilanjutkan otomatis."},
		"store":    {"Pantau tidak bisa menyimpan data", "Selama gangguan ini tidak ada ulasan baru yang dihitung. Pantau terus mencoba; setelah pulih, yang tertinggal dibaca lagi dari sumbernya. Penyebab: {reason}"},
		"disk_low": {"Ruang disk hampir habis", "Ulasan dan peringatan tetap jalan, tetapi cadangan dan salinan untuk analis ditunda. {reason}"},
		"channel":  {"Peringatan belum sampai di semua kanal", "Peringatan untuk kanal itu menunggu dan akan dikirim begitu kanalnya menerima lagi. {reason}"},
		"blind":    {"Tidak ada data yang masuk ke Pantau", "Jangan anggap sepi sebagai tenang: selama ini berlangsung, lonjakan keluhan bisa luput. {reason}"},
		"backup":   {"Tidak ada cadangan data yang baru", "Pengumpulan dan peringatan tetap jalan. {reason}"},
		"restored": {"Basis data rusak, cadangan dipasang", "Berkas yang rusak disimpan, tidak dihapus. Ulasan setelah cadangan itu dibaca lagi dari sumbernya bila masih ada. {reason}"},
		"lexicon":  {"Kamus tambahan tidak terbaca", "Penilaian memakai kamus bawaan saja sampai berkasnya diperbaiki dan Pantau dimuat ulang. {reason}"},
		"clock":    {"Jam komputer Pantau tidak benar", "Jadwal disesuaikan otomatis, tetapi periksa waktu ulasan di sekitar saat itu. {reason}"},
		"canary":   {"Uji mingguan Pantau gagal", "Lonjakan buatan tidak sampai menjadi peringatan, jadi lonjakan sungguhan bisa luput juga. {reason}"},
	},
	"en": {
		"mended":   {"Mended: {title}", "This trouble is over. What was held back goes on by itself."},
		"store":    {"Pantau cannot store anything", "No new reviews are counted meanwhile. Pantau goes on trying; afterwards it reads from the sources what it missed. Cause: {reason}"},
		"disk_low": {"The disk is nearly full", "Reviews and alerts go on, but backups and the copy for analysts are put off. {reason}"},
		"channel":  {"Alerts do not arrive on every channel", "Alerts for that channel wait and are sent as soon as it takes them again. {reason}"},
		"blind":    {"Pantau sees nothing", "Do not take silence for calm: while this lasts, a spike can be missed. {reason}"},
		"backup":   {"There is no fresh backup", "Collecting and alerting go on. {reason}"},
		"restored": {"The database was damaged; a backup took its place", "The damaged file is kept, not deleted. Reviews since the backup are read again from their sources where they still are. {reason}"},
		"lexicon":  {"Your own words cannot be read", "Scoring uses the built-in lexicon alone until the file is mended and Pantau is reloaded. {reason}"},
		"clock":    {"Pantau's computer has a wrong clock", "The schedules adapt by themselves, but check the times of reviews around that moment. {reason}"},
		"canary":   {"Pantau's weekly test failed", "A planted spike did not become an alert, so a real one could be missed as well. {reason}"},
	},
}
