package alerts

import "pantau/brand"

// phrases is everything an alert can say in one language. {name} stands for a
// value; a phrase has the same names in every language, in that language's
// order. Pairs of nouns are for one and for more.
type phrases struct {
	severities [4]string // by brand.Severity
	allClear   string    // stands where the severity stood
	test       string

	titles        map[brand.Change]string // {brand} {cause}
	unclearTitles map[brand.Change]string // {brand}, while the cause is unexplained
	sizeWindow    string                  // {window}
	sizeUsual     string                  // {usual}
	sizeClosed    string                  // {duration} {peak}

	leads           map[brand.Change]string // before the sentence; {cause}
	sentenceWindow  string                  // {window} {complaints} {brand}
	sentenceUntil   string                  // {window} {until} {complaints} {brand}, for a window that ended a while ago
	sentenceCounted string                  // {window} {complaints} {brand}, for a window without an end
	oneHour         string                  // a window of one hour
	sentence        string                  // {complaints} {brand}
	sentenceTimes   string                  // {times}
	sentenceScarce  string                  // when less than one complaint is usual
	sentenceCause   string                  // {cause}
	ofSource        string                  // {brand} {name}: when only a source of the brand was counted
	ofCause         string                  // {brand} {name}: when only a cause was
	sentenceUnclear string
	closed          string // {brand}
	closedAfter     string // {brand} {duration}

	labels  labels
	people  peoplePhrases
	report  reportPhrases
	buttons buttonPhrases

	complaint   [2]string
	voice       [2]string
	text        [2]string
	ofMentions  string // {complaints} {mentions}
	about       string // {usual}
	belowOne    string
	usualRange  string // {low} {high}
	usualShare  string // {share}
	windowUntil string // {window} {until}
	learning    string // stages of confidence
	low         string
	rare        string // {period}
	veryRare    string // {period}
	rarest      string
	driver      string // {excess} {name} {observed} {usual}
	voices      string // {voices} {complaints}
	allVoices   string // {complaints}
	copied      string // {percent} {voices} {complaints}
	partSource  string // {name}
	partCause   string // {name}
	word        string // {word} {texts}
	because     string // {words}
	openLink    string // text of the link to a quote's source

	statusOpen       string
	statusOwned      string // {owner}
	statusRecovering string // {since}
	statusClosed     string
	statusFalse      string
	note             string            // {note}
	fresh            string            // {fresh} {all}
	silent           string            // {source}
	silentSince      string            // {source} {since}
	silentMore       string            // {n}
	statuses         map[string]string // of a source's last run
	notCounted       string
	lateMark         string // {duration}
	late             string // {duration} {date}
	details          string // {id}
	rule             string // {rule}
	lexicon          string // {lexicon}
	webhook          string // what a webhook cannot do

	closedTook    string // {duration}
	closedSince   string // {date}
	afterStart    string // {duration}
	afterAlert    string // {duration}
	byOwner       string // {owner}
	nobody        string
	aboveUsual    string // {complaints}
	inWindow      string // {window}
	usually       string // {usual}
	nextRecovered string

	chartTitle    string // {brand}
	chartUsual    string
	chartExpected string
	chartAbove    string
	chartGap      string
	trendPeak     string // {n} {date}
	worstShare    string // {share}

	weekdays  [7]string
	months    [12]string
	dateForm  string
	clockForm string // layout of package time
	minute    [2]string
	hour      [2]string
	day       [2]string
	month     [2]string
	year      [2]string
	ago       string // {age}
	justNow   string
	instant   string // a duration of less than a minute
}

// labels stand before the lines of an alert.
type labels struct {
	observed, expected, since, sure, cause, where, version, voices string
	quotes, next, status, coverage, delayed, incident              string
	language, onlyUs, replies, trend                               string
	part, stars, words                                             string
	recovered, detected, taken, peak, total, now                   string
}

var indonesian = phrases{
	severities: [4]string{"", "PERHATIAN", "WASPADA", "KRITIS"},
	allClear:   "PULIH",
	test:       "TEST (uji coba)",

	titles: map[brand.Change]string{
		brand.Opened:       "{brand}: keluhan naik, terutama {cause}",
		brand.Worsened:     "{brand}: keluhan terus bertambah, terutama {cause}",
		brand.CauseChanged: "{brand}: penyebab utama kini {cause}",
		brand.BackAgain:    "{brand}: keluhan naik lagi, terutama {cause}",
		brand.Closed:       "{brand}: kembali normal, tadinya {cause}",
	},
	unclearTitles: map[brand.Change]string{
		brand.Opened:       "{brand}: keluhan naik, penyebab belum jelas",
		brand.Worsened:     "{brand}: keluhan terus bertambah, penyebab belum jelas",
		brand.CauseChanged: "{brand}: penyebab utama kini belum jelas",
		brand.BackAgain:    "{brand}: keluhan naik lagi, penyebab belum jelas",
		brand.Closed:       "{brand}: kembali normal",
	},
	sizeWindow: " dalam {window}",
	sizeUsual:  ", biasanya {usual}",
	sizeClosed: "setelah {duration}, puncak {peak}",

	leads: map[brand.Change]string{
		brand.Worsened:     "Keluhan sudah dua kali lipat sejak kabar terakhir: ",
		brand.CauseChanged: "Penyebab yang paling menonjol kini {cause}: ",
		brand.BackAgain:    "Belum sehari sejak pulih, keluhan naik lagi: ",
	},
	sentenceWindow:  "dalam {window} terakhir ada {complaints} tentang {brand}",
	sentenceUntil:   "dalam {window} sampai {until} ada {complaints} tentang {brand}",
	sentenceCounted: "dalam {window} ada {complaints} tentang {brand}",
	oneHour:         "satu jam",
	sentence:        "ada {complaints} tentang {brand}",
	sentenceTimes:   ", {times} kali lipat dari biasanya",
	sentenceScarce:  ", padahal biasanya hampir tidak ada",
	sentenceCause:   ", terutama soal {cause}",
	ofSource:        "{brand} di {name}",
	ofCause:         "{brand} soal {name}",
	sentenceUnclear: ", dan penyebabnya belum jelas",
	closed:          "Keluhan tentang {brand} sudah kembali normal.",
	closedAfter:     "Keluhan tentang {brand} kembali normal {duration} setelah mulai naik.",

	labels: labels{
		observed: "Tercatat", expected: "Biasanya", since: "Sejak", sure: "Keyakinan", cause: "Penyebab",
		where: "Di mana", version: "Versi", voices: "Suara", quotes: "Kata pelanggan", next: "Langkah",
		status: "Status", coverage: "Data", delayed: "Tertunda", incident: "Insiden",
		language: "Bahasa", onlyUs: "Hanya kita?", replies: "Balasan", trend: "Tren",
		part: "Bagian", stars: "Bintang", words: "Kata baru",
		recovered: "Pulih", detected: "Terdeteksi", taken: "Ditangani", peak: "Puncak", total: "Total", now: "Sekarang",
	},

	people:  indonesianPeople,
	report:  indonesianReport,
	buttons: indonesianButtons,

	complaint:   [2]string{"keluhan", "keluhan"},
	voice:       [2]string{"suara", "suara"},
	text:        [2]string{"tulisan", "tulisan"},
	ofMentions:  "{complaints} dari {mentions} ulasan dan komentar",
	about:       "sekitar {usual}",
	belowOne:    "kurang dari 1",
	usualRange:  "kisaran wajar {low}–{high}",
	usualShare:  "{share} dari semua ulasan",
	windowUntil: "hitungan {window} sampai {until}",
	learning:    "masih belajar: riwayat merek ini baru sebentar, jadi anggap ini petunjuk awal",
	low:         "rendah: riwayat merek ini masih pendek",
	rare:        "cukup: lonjakan sebesar ini jarang muncul secara kebetulan, sekali dalam {period}",
	veryRare:    "tinggi: lonjakan sebesar ini sangat jarang muncul secara kebetulan, sekali dalam {period}",
	rarest:      "tinggi: lonjakan sebesar ini muncul secara kebetulan kurang dari sekali dalam 5 tahun",
	driver:      "+{excess} {name} ({observed}, biasanya {usual})",
	voices:      "{voices} di antara {complaints} (salinan dan orang yang sama dihitung sekali)",
	allVoices:   "{complaints}, semuanya tulisan yang berbeda",
	copied:      "{percent} salinan atau dari orang yang sama: {voices} di antara {complaints}, mungkin serbuan ulasan",
	partSource:  "angka di atas hanya dari {name}; merek ini secara keseluruhan tidak memicu peringatan",
	partCause:   "angka di atas hanya soal {name}; merek ini secara keseluruhan tidak memicu peringatan",
	word:        "“{word}” dalam {texts}",
	because:     "kata negatif: {words}",
	openLink:    "buka",

	statusOpen:       "terbuka, belum ada yang menangani",
	statusOwned:      "ditangani {owner}",
	statusRecovering: "mulai mereda sejak {since}",
	statusClosed:     "selesai",
	statusFalse:      "alarm palsu",
	note:             "catatan: {note}",
	fresh:            "{fresh} dari {all} sumber terbaca",
	silent:           "{source} tidak terbaca",
	silentSince:      "{source} tidak terbaca sejak {since}",
	statuses:         map[string]string{"failed": "gagal dibaca", "blocked": "diblokir", "rate_limited": "dibatasi situsnya"},
	silentMore:       "{n} sumber lain tidak terbaca",
	notCounted:       "yang tidak terbaca tidak dihitung",
	lateMark:         "Tertunda {duration}",
	late:             "baru terkirim {duration} setelah peringatan dibuat pada {date}",
	details:          "{id} · rincian: pantau incidents show {id} --why",
	rule:             "aturan {rule}",
	lexicon:          "leksikon {lexicon}",
	webhook:          "Dikirim lewat webhook: pesan ini tidak akan diperbarui, kabar berikutnya datang sebagai pesan baru.",

	closedTook:    "setelah {duration}",
	closedSince:   "kembali normal sejak {date}",
	afterStart:    "{duration} setelah mulai",
	afterAlert:    "{duration} setelah peringatan",
	byOwner:       "oleh {owner}",
	nobody:        "tidak ada yang mengambil alih",
	aboveUsual:    "{complaints} di atas biasanya",
	inWindow:      " dalam {window}",
	usually:       ", biasanya {usual}",
	nextRecovered: "Kabari lagi pelanggan yang keluhannya belum dijawab, tunjukkan apa yang sudah diperbaiki, dan catat pelajarannya selagi ingat.",

	chartTitle:    "{brand}: keluhan per hari",
	chartUsual:    "kisaran wajar",
	chartExpected: "biasanya",
	chartAbove:    "di atas wajar",
	chartGap:      "tanpa data",
	trendPeak:     "puncak {n} pada {date}",
	worstShare:    "sampai {share} ulasan berisi keluhan",

	weekdays:  [7]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
	months:    [12]string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
	dateForm:  "{weekday}, {day} {month} {year} {clock} {zone}",
	clockForm: "15.04",
	minute:    [2]string{"menit", "menit"},
	hour:      [2]string{"jam", "jam"},
	day:       [2]string{"hari", "hari"},
	month:     [2]string{"bulan", "bulan"},
	year:      [2]string{"tahun", "tahun"},
	ago:       "{age} lalu",
	justNow:   "baru saja",
	instant:   "kurang dari semenit",
}

var english = phrases{
	severities: [4]string{"", "NOTICE", "WARNING", "CRITICAL"},
	allClear:   "RECOVERED",
	test:       "TEST",

	titles: map[brand.Change]string{
		brand.Opened:       "{brand}: complaints up, mainly {cause}",
		brand.Worsened:     "{brand}: complaints still rising, mainly {cause}",
		brand.CauseChanged: "{brand}: main cause is now {cause}",
		brand.BackAgain:    "{brand}: complaints are back, mainly {cause}",
		brand.Closed:       "{brand}: back to usual, was mainly {cause}",
	},
	unclearTitles: map[brand.Change]string{
		brand.Opened:       "{brand}: complaints up, cause unclear",
		brand.Worsened:     "{brand}: complaints still rising, cause unclear",
		brand.CauseChanged: "{brand}: main cause is now unclear",
		brand.BackAgain:    "{brand}: complaints are back, cause unclear",
		brand.Closed:       "{brand}: back to usual",
	},
	sizeWindow: " in {window}",
	sizeUsual:  ", usually {usual}",
	sizeClosed: "after {duration}, peak {peak}",

	leads: map[brand.Change]string{
		brand.Worsened:     "Complaints have doubled since the last message: ",
		brand.CauseChanged: "The leading cause is now {cause}: ",
		brand.BackAgain:    "Less than a day after recovering, complaints are up again: ",
	},
	sentenceWindow:  "in the last {window} there were {complaints} about {brand}",
	sentenceUntil:   "in the {window} to {until} there were {complaints} about {brand}",
	sentenceCounted: "in {window} there were {complaints} about {brand}",
	oneHour:         "hour",
	sentence:        "there were {complaints} about {brand}",
	sentenceTimes:   ", {times} times the usual number",
	sentenceScarce:  ", where there are usually almost none",
	sentenceCause:   ", mainly about {cause}",
	ofSource:        "{brand} on {name}",
	ofCause:         "{brand} over {name}",
	sentenceUnclear: ", with no clear cause yet",
	closed:          "Complaints about {brand} are back at their usual level.",
	closedAfter:     "Complaints about {brand} are back at their usual level, {duration} after they began to rise.",

	labels: labels{
		observed: "Observed", expected: "Expected", since: "Since", sure: "Certainty", cause: "Cause",
		where: "Where", version: "Version", voices: "Voices", quotes: "What customers say", next: "Next step",
		status: "Status", coverage: "Data", delayed: "Delayed", incident: "Incident",
		language: "Language", onlyUs: "Only us?", replies: "Replies", trend: "Trend",
		part: "Part", stars: "Stars", words: "New words",
		recovered: "Recovered", detected: "Detected", taken: "Taken on", peak: "Peak", total: "Total", now: "Now",
	},

	people:  englishPeople,
	report:  englishReport,
	buttons: englishButtons,

	complaint:   [2]string{"complaint", "complaints"},
	voice:       [2]string{"voice", "voices"},
	text:        [2]string{"text", "texts"},
	ofMentions:  "{complaints} in {mentions} reviews and comments",
	about:       "about {usual}",
	belowOne:    "less than 1",
	usualRange:  "usual range {low}–{high}",
	usualShare:  "{share} of all reviews",
	windowUntil: "counted over {window} to {until}",
	learning:    "still learning: this brand has little history, so take it as a first hint",
	low:         "low: this brand has a short history",
	rare:        "fair: by chance this is rare, once in {period}",
	veryRare:    "high: by chance this is very rare, once in {period}",
	rarest:      "high: by chance this is rarer than once in 5 years",
	driver:      "+{excess} {name} ({observed}, usually {usual})",
	voices:      "{voices} among {complaints} (copies and repeat authors count once)",
	allVoices:   "{complaints}, every text different",
	copied:      "{percent} copies or from the same person: {voices} among {complaints}, perhaps review bombing",
	partSource:  "the numbers above are of {name} alone; the brand as a whole raised no alert",
	partCause:   "the numbers above are of {name} alone; the brand as a whole raised no alert",
	word:        "“{word}” in {texts}",
	because:     "negative words: {words}",
	openLink:    "open",

	statusOpen:       "open, nobody is on it yet",
	statusOwned:      "{owner} is on it",
	statusRecovering: "easing since {since}",
	statusClosed:     "closed",
	statusFalse:      "false alarm",
	note:             "note: {note}",
	fresh:            "{fresh} of {all} sources fresh",
	silent:           "{source} could not be read",
	silentSince:      "{source} not read since {since}",
	statuses:         map[string]string{"failed": "cannot be read", "blocked": "blocked", "rate_limited": "limited by the site"},
	silentMore:       "{n} more could not be read",
	notCounted:       "what was not read is not counted",
	lateMark:         "Delayed {duration}",
	late:             "sent {duration} after the alert was raised on {date}",
	details:          "{id} · details: pantau incidents show {id} --why",
	rule:             "rule {rule}",
	lexicon:          "lexicon {lexicon}",
	webhook:          "Sent by webhook: this message will not be updated, further news comes as a new message.",

	closedTook:    "after {duration}",
	closedSince:   "back to usual since {date}",
	afterStart:    "{duration} after it began",
	afterAlert:    "{duration} after the alert",
	byOwner:       "by {owner}",
	nobody:        "nobody took it on",
	aboveUsual:    "{complaints} above the usual",
	inWindow:      " in {window}",
	usually:       ", usually {usual}",
	nextRecovered: "Write again to customers who had no answer, show what has been fixed, and note the lessons while they are fresh.",

	chartTitle:    "{brand}: complaints per day",
	chartUsual:    "usual range",
	chartExpected: "expected",
	chartAbove:    "above usual",
	chartGap:      "no data",
	trendPeak:     "peak {n} on {date}",
	worstShare:    "up to {share} of all reviews negative",

	weekdays:  [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	months:    [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	dateForm:  "{weekday} {day} {month} {year} {clock} {zone}",
	clockForm: "15:04",
	minute:    [2]string{"minute", "minutes"},
	hour:      [2]string{"hour", "hours"},
	day:       [2]string{"day", "days"},
	month:     [2]string{"month", "months"},
	year:      [2]string{"year", "years"},
	ago:       "{age} ago",
	justNow:   "just now",
	instant:   "less than a minute",
}
