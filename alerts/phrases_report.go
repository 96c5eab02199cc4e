package alerts

import "pantau/brand"

// reportPhrases is what the reports say that are about no single incident.
type reportPhrases struct {
	titles   map[brand.Change]string // {span}
	words    map[brand.Change]string // begin the headline; {span}
	calm     string                  // {mentions}
	trouble  string                  // {incidents} {open}
	blind    string                  // {incidents} {sources}
	watch    string                  // {incidents} {remarks}
	tone     string                  // {share} {mentions}
	toneWas  string                  // {share} {mentions} {before}
	incident [2]string
	mention  [2]string
	source   [2]string
	remark   [2]string
	mistake  [2]string // a false alarm
	allOver  string
	open     string // {n}

	labelBrands, labelRivals, labelUp, labelDown, labelWatch, labelIncidents, labelCard string

	mood      string            // {brand} {share} {mentions} {was}
	moodShare string            // {share}
	moodWas   string            // {share} {before}
	noMention string            // {brand}
	rest      [2]string         // other brands
	was       string            // {n}
	rise      string            // {brand} {excess} {name} {observed} {usual}
	remarks   map[string]string // {brand}
	more      string            // {n}
	allFresh  string

	card        string // {opened} {acknowledged} {false} {recovered}
	cardSent    string // {messages} {duration}
	cardAck     string // {duration}
	cardClose   string // {duration}
	message     [2]string
	second      [2]string
	held        string // {incidents}
	heldLine    string // {incidents}
	storm       string // {incidents}
	stormLine   string // {incidents}
	critical    string // {n}
	shared      string // {name} {n}
	entrySize   string // {n} {usual}, n with its window
	entryStates map[brand.State]string
	entryPeak   string // {peak}
}

var indonesianReport = reportPhrases{
	titles: map[brand.Change]string{
		brand.Daily: "Laporan harian · {span}", brand.Weekly: "Laporan mingguan · {span}",
		brand.HandOver: "Serah terima setelah jam tenang", brand.Storm: "Banyak insiden sekaligus",
	},
	words: map[brand.Change]string{
		brand.Daily: "Harian {span}", brand.Weekly: "Mingguan {span}", brand.HandOver: "SERAH TERIMA", brand.Storm: "SERENTAK",
	},
	calm:     "semua tenang, {mentions}, 0 insiden",
	trouble:  "{incidents}, {open}",
	blind:    "{incidents}, tetapi {sources} tidak terbaca",
	watch:    "{incidents}, {remarks}",
	tone:     "{share} dari {mentions} negatif",
	toneWas:  "{share} dari {mentions} negatif, sebelumnya {before}",
	incident: [2]string{"insiden", "insiden"},
	mention:  [2]string{"ulasan", "ulasan"},
	source:   [2]string{"sumber", "sumber"},
	remark:   [2]string{"hal yang perlu dilihat", "hal yang perlu dilihat"},
	mistake:  [2]string{"alarm palsu", "alarm palsu"},
	allOver:  "semuanya selesai",
	open:     "{n} masih terbuka",

	labelBrands: "Merek", labelRivals: "Pesaing", labelUp: "Naik", labelDown: "Turun",
	labelWatch: "Cermati", labelIncidents: "Insiden", labelCard: "Rapor",

	mood:      "{brand}: {share} · {mentions}{was}",
	moodShare: "{share} negatif",
	moodWas:   "{share} negatif, sebelumnya {before}",
	noMention: "{brand}: tidak ada ulasan",
	rest:      [2]string{"merek lain", "merek lain"},
	was:       ", sebelumnya {n}",
	rise:      "{brand}: {excess} {name} ({observed}, sebelumnya {usual})",
	remarks: map[string]string{
		"volume_up":      "{brand}: lebih ramai dari biasanya, nadanya tetap",
		"review_bombing": "{brand}: banyak ulasan yang hampir sama atau dari orang yang sama, mungkin serbuan ulasan; suara yang berbeda tetap seperti biasa",
		"tone_worsening": "{brand}: nadanya memburuk walau jumlah ulasan seperti biasa",
		"slow_burn":      "{brand}: memburuk pelan-pelan selama beberapa minggu, tanpa lonjakan yang memicu peringatan",
	},
	more:     "dan {n} lagi",
	allFresh: "semua sumber terbaca",

	card:      "{opened} dibuka · {acknowledged} ditangani · {recovered} pulih · {false}",
	cardSent:  "{messages} terkirim, median {duration} setelah diputuskan",
	cardAck:   "ditangani, median {duration} setelah peringatan",
	cardClose: "pulih, median {duration} setelah mulai naik",
	message:   [2]string{"pesan", "pesan"},
	second:    [2]string{"detik", "detik"},
	held:      "{incidents} ditahan selama jam tenang",
	heldLine:  "Selama jam tenang {incidents} ditahan, sedangkan penghitungan tetap berjalan. Berikut keadaan tiap insiden menurut kabar terakhirnya.",
	storm:     "{incidents} dalam waktu singkat",
	stormLine: "Ada {incidents} dalam waktu singkat, jadi semuanya dirangkum dalam satu daftar. Periksa dulu apakah penyebabnya sama, misalnya kurir, pembayaran, atau aplikasi.",
	critical:  "{n} kritis",
	shared:    "{name} ({n})",
	entrySize: "{n}, biasanya {usual}",
	entryStates: map[brand.State]string{
		brand.Open: "belum ada yang menangani", brand.Acknowledged: "ditangani", brand.Recovering: "mulai mereda",
		brand.Recovered: "pulih", brand.Relapsed: "naik lagi", brand.FalseAlarm: "alarm palsu",
	},
	entryPeak: "puncak {peak}",
}

var englishReport = reportPhrases{
	titles: map[brand.Change]string{
		brand.Daily: "Daily report · {span}", brand.Weekly: "Weekly report · {span}",
		brand.HandOver: "Hand-over after quiet hours", brand.Storm: "Many incidents at once",
	},
	words: map[brand.Change]string{
		brand.Daily: "Daily {span}", brand.Weekly: "Weekly {span}", brand.HandOver: "HAND-OVER", brand.Storm: "AT ONCE",
	},
	calm:     "all calm, {mentions}, 0 incidents",
	trouble:  "{incidents}, {open}",
	blind:    "{incidents}, but {sources} could not be read",
	watch:    "{incidents}, {remarks}",
	tone:     "{share} of {mentions} negative",
	toneWas:  "{share} of {mentions} negative, was {before}",
	incident: [2]string{"incident", "incidents"},
	mention:  [2]string{"review", "reviews"},
	source:   [2]string{"source", "sources"},
	remark:   [2]string{"thing to watch", "things to watch"},
	mistake:  [2]string{"false alarm", "false alarms"},
	allOver:  "all over",
	open:     "{n} still open",

	labelBrands: "Brands", labelRivals: "Rivals", labelUp: "Up", labelDown: "Down",
	labelWatch: "Watch", labelIncidents: "Incidents", labelCard: "Scorecard",

	mood:      "{brand}: {share} · {mentions}{was}",
	moodShare: "{share} negative",
	moodWas:   "{share} negative, was {before}",
	noMention: "{brand}: no reviews",
	rest:      [2]string{"other brand", "other brands"},
	was:       ", {n} before",
	rise:      "{brand}: {excess} {name} ({observed}, {usual} before)",
	remarks: map[string]string{
		"volume_up":      "{brand}: busier than usual, the tone is unchanged",
		"review_bombing": "{brand}: many reviews that are nearly identical or from the same person, perhaps review bombing; different voices are as usual",
		"tone_worsening": "{brand}: the tone is worse although the number of reviews is usual",
		"slow_burn":      "{brand}: slowly getting worse over some weeks, without a spike that would have raised an alert",
	},
	more:     "and {n} more",
	allFresh: "all sources fresh",

	card:      "{opened} opened · {acknowledged} taken on · {recovered} recovered · {false}",
	cardSent:  "{messages} sent, median {duration} after the decision",
	cardAck:   "taken on, median {duration} after the alert",
	cardClose: "recovered, median {duration} after they began",
	message:   [2]string{"message", "messages"},
	second:    [2]string{"second", "seconds"},
	held:      "{incidents} held during quiet hours",
	heldLine:  "During quiet hours {incidents} were held while counting went on. This is how each incident stood at its latest news.",
	storm:     "{incidents} within a short time",
	stormLine: "There were {incidents} within a short time, so all of them are in one list. Look for a shared cause first, such as a courier, payments or the app.",
	critical:  "{n} critical",
	shared:    "{name} ({n})",
	entrySize: "{n}, usually {usual}",
	entryStates: map[brand.State]string{
		brand.Open: "nobody on it", brand.Acknowledged: "taken on", brand.Recovering: "easing",
		brand.Recovered: "recovered", brand.Relapsed: "back again", brand.FalseAlarm: "false alarm",
	},
	entryPeak: "peak {peak}",
}
