package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"pantau/brand"
)

func TestSearchWords(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"affixes", "Pengirimannya dikirim mengirim kiriman", "irim irim irim irim"},
		{"swallowed letters", "menyapu sapu menulis tulis memakai dipakai pemakaian", "sapu sapu tuli tuli paka paka paka"},
		{"slang", "gak sdh blm", "tidak sudah belum"},
		{"drawn-out letters", "bangettt lamaaaa", "banget lama"},
		{"accents and width", "Café ＡＢＣ", "cafe abc"},
		{"a letter of equal bytes", "𰰰 oke", "𰰰 oke"},
		{"numbers stay", "order 100000 v2.1", "order 100000 v2 1"},
		{"nothing", "!!! 😡", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := searchWords(tt.text); got != tt.want {
				t.Errorf("searchWords(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func FuzzSearchWords(f *testing.F) {
	f.Add("Pengirimannya lamaaa")
	f.Add("ke\xff\x00 İ ﷺ")
	f.Fuzz(func(t *testing.T, text string) {
		got := searchWords(text)
		if !utf8.ValidString(got) || strings.ContainsAny(got, `"*-`) {
			t.Errorf("searchWords(%q) = %q", text, got)
		}
	})
}

func searched(t *testing.T, db *DB, query string, o SearchOptions) string {
	t.Helper()
	list, err := db.Search(context.Background(), query, o)
	if err != nil {
		t.Fatalf("Search(%q): %v", query, err)
	}
	var ids []string
	for _, f := range list {
		ids = append(ids, fmt.Sprint(f.ID))
	}
	return strings.Join(ids, " ")
}

func TestSearch(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *Tx, o Origin) error {
		if _, err := tx.Add(o, []Item{
			item("1", "paket belum dikirim, admin diam", noon, brand.Negative),
			item("2", "Pengiriman cepat sekali", noon.Add(time.Hour), brand.Positive),
			item("3", "paketnya gak datang", noon.Add(2*time.Hour), brand.Negative),
			item("4", "aplikasi sering error", noon.Add(3*time.Hour), brand.Negative),
		}); err != nil {
			return err
		}
		return tx.FinishRun(o, Run{StartedAt: noon, FinishedAt: noon, Status: "fresh"})
	})
	tests := []struct {
		name, query string
		options     SearchOptions
		want        string
	}{
		{"forms of a word, newest first", "kirim", SearchOptions{}, "2 1"},
		{"all words", "paket kirim", SearchOptions{}, "1"},
		{"slang", "tidak datang", SearchOptions{}, "3"},
		{"without a word", "paket -admin", SearchOptions{}, "3"},
		{"a phrase", `"admin diam"`, SearchOptions{}, "1"},
		{"a phrase in the wrong order", `"diam admin"`, SearchOptions{}, ""},
		{"the beginning of a word", "aplik*", SearchOptions{}, "4"},
		{"by polarity", "kirim", SearchOptions{Polarity: "negative"}, "1"},
		{"another brand", "kirim", SearchOptions{Brand: "X"}, ""},
		{"the next page", "paket", SearchOptions{Limit: 1, Before: 3}, "1"},
		{"operators are words", "paket AND OR NOT kirim", SearchOptions{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := searched(t, db, tt.query, tt.options); got != tt.want {
				t.Errorf("Search(%q) = %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

// TestSearchIsHarmless feeds what breaks query languages.
func TestSearchIsHarmless(t *testing.T) {
	db := openWithEverything(t)
	for _, query := range []string{`"`, `""`, `"paket`, `paket"`, `NEAR/2`, `body:paket`, `(paket`, `paket)`, `*`, `-`, `--`, `-paket`, `paket*admin*`, `'; DROP TABLE mentions; --`,
		"paket\x00admin", `\"paket`, strings.Repeat("paket ", 500), strings.Repeat(`"`, 999), "^paket", "paket NEAR admin"} {
		if _, err := db.Search(context.Background(), query, SearchOptions{}); err != nil && !errors.Is(err, ErrEmptySearch) {
			t.Errorf("Search(%.40q) = %v", query, err)
		}
	}
}

func FuzzSearch(f *testing.F) {
	f.Add(`"belum sampai" -admin pak*`)
	f.Add(`NEAR(a b) OR ^c:"`)
	db := openWithEverything(f)
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > 500 {
			return
		}
		if _, err := db.Search(context.Background(), query, SearchOptions{}); err != nil && !errors.Is(err, ErrEmptySearch) {
			t.Errorf("Search(%q) = %v", query, err)
		}
	})
}

// TestIndexFollows holds the search index to the texts through edits, retention
// and the lag of a batch.
func TestIndexFollows(t *testing.T) {
	db, ctx := open(t), context.Background()
	add := func(items ...Item) {
		t.Helper()
		write(t, db, func(tx *Tx, o Origin) error { _, err := tx.Add(o, items); return err })
	}
	intact := func() {
		t.Helper()
		if got := rows(t, db, `PRAGMA integrity_check`); got != "ok\n" {
			t.Errorf("integrity_check = %s", got)
		}
	}
	indexed := func(query string) string { // without the look through the newest
		t.Helper()
		terms, err := termsOf(query)
		if err != nil {
			t.Fatal(err)
		}
		found := rows(t, db, `SELECT docid FROM search WHERE body MATCH ? ORDER BY docid DESC`, matchOf(terms))
		return strings.TrimSpace(strings.ReplaceAll(found, "\n", " "))
	}
	add(item("1", "sepatu robek", noon.AddDate(0, 0, -100), brand.Negative))
	if got := indexed("robek"); got != "" {
		t.Errorf("found %q before the next batch: does the index not lag?", got)
	}
	add(item("2", "sandal robek", noon, brand.Negative))
	if got := indexed("robek"); got != "1" {
		t.Errorf("found %q after the next batch, want 1", got)
	}
	if got := searched(t, db, "robek", SearchOptions{}); got != "2 1" {
		t.Errorf("a search finds %q, want the newest before they are in the index: 2 1", got)
	}
	add(item("1", "sepatu diganti", noon, brand.Positive))
	if got := indexed("robek") + "/" + indexed("ganti"); got != "2/1" {
		t.Errorf("after an edit found %q, want 2/1", got)
	}
	intact()
	if err := db.Forget(ctx, noon.AddDate(0, 0, -90), noon.AddDate(-2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got := indexed("ganti"); got != "" {
		t.Errorf("found %q after the retention", got)
	}
	if got := rows(t, db, `SELECT count(*) FROM search_segdir`); got != "1\n" {
		t.Errorf("%s segments after the retention, want 1: the others keep dead words", got)
	}
	intact()
}

func TestAnotherVersionOfTheWordsRebuildsTheIndex(t *testing.T) {
	db, ctx := openWithEverything(t), context.Background()
	before := searched(t, db, "paket", SearchOptions{Limit: 5})
	if err := db.Write(ctx, func(tx *Tx) error {
		if err := tx.set("search_version", "0"); err != nil {
			return err
		}
		return tx.checkIndex()
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(searched(t, db, "paket", SearchOptions{Limit: 2000})); len(got) != lookedThrough {
		t.Errorf("found %d with an emptied index, want the newest only", len(got))
	}
	if err := db.Write(ctx, (*Tx).catchUp); err != nil {
		t.Fatal(err)
	}
	if got := searched(t, db, "paket", SearchOptions{Limit: 5}); got != before || got == "" {
		t.Errorf("found %q after the rebuild, want %q", got, before)
	}
}

// TestSearchHasOneMeaning compares the two ways of a search, through the newest
// mentions and through the index, on random texts and queries.
func TestSearchHasOneMeaning(t *testing.T) {
	db, random := open(t), rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("paket kirim dikirim pengiriman belum blm sampai Kurir LAMAAA bagus gak v2.1 café admin diam")
	some := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = words[random.IntN(len(words))]
		}
		return strings.Join(list, " ")
	}
	write(t, db, func(tx *Tx, o Origin) error {
		var items []Item
		for n := range 3 * lookedThrough {
			items = append(items, item(fmt.Sprint(n), some(1+random.IntN(9)), noon, brand.Polarity(n%4)))
		}
		if _, err := tx.Add(o, items); err != nil {
			return err
		}
		return tx.catchUp()
	})
	ids := func(query string, o SearchOptions) []int64 {
		t.Helper()
		list, err := db.Search(context.Background(), query, o)
		if err != nil {
			t.Fatalf("Search(%q): %v", query, err)
		}
		var ids []int64
		for _, f := range list {
			ids = append(ids, f.ID)
		}
		return ids
	}
	direct := 0
	for range 100 {
		var query []string
		for range 1 + random.IntN(2) {
			part := some(1)
			switch random.IntN(4) {
			case 0:
				part = `"` + some(2) + `"`
			case 1:
				part = part[:2] + "*"
			}
			query = append(query, part)
		}
		if random.IntN(3) == 0 {
			query = append(query, "-"+some(1))
		}
		q := strings.Join(query, " ")
		var o SearchOptions
		if random.IntN(2) == 0 {
			o.Polarity = "negative"
		}
		terms, err := termsOf(q)
		if err != nil {
			t.Fatal(err)
		}
		all, err := ints(db.read.Query(`SELECT docid FROM search CROSS JOIN v_mentions v ON v.id = docid WHERE search.body MATCH ? AND (? = '' OR v.polarity = ?) ORDER BY docid DESC`,
			matchOf(terms), o.Polarity, o.Polarity))
		if err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int{1, 5, 1000} {
			o.Limit = limit
			if newest, _, err := db.searchNewest(context.Background(), terms, o); err != nil {
				t.Fatal(err)
			} else if len(newest) == limit {
				direct++
			}
			if got, want := ids(q, o), all[:min(limit, len(all))]; !slices.Equal(got, want) {
				t.Errorf("Search(%q, %+v) = %v, the index has %v", q, o, got, want)
			}
		}
	}
	if direct < 50 {
		t.Errorf("only %d searches ended among the newest: this test proves less than it says", direct)
	}
}

// TestSearchInParts searches across two parts of the index.
func TestSearchInParts(t *testing.T) {
	db := open(t)
	add := func(from, to int) {
		write(t, db, func(tx *Tx, o Origin) error {
			var items []Item
			for n := from; n < to; n++ {
				items = append(items, item(fmt.Sprint(n), fmt.Sprintf("paket %d hilang", n), noon, brand.Negative))
			}
			_, err := tx.Add(o, items)
			return err
		})
	}
	add(1, 2)
	if _, err := db.write.Exec(fmt.Sprintf(`INSERT INTO mentions (id, brand_id, source_id, lexicon_id, external_id, published_at, lag, content, fingerprint, text,
		polarity, compound, p_negative, traits) SELECT %d, brand_id, source_id, lexicon_id, 'last', published_at, lag, 0, 0, 'paket aman', 2, 0, 0, 12 FROM mentions`, indexPart-101)); err != nil {
		t.Fatal(err)
	}
	add(2, 303) // ids from indexPart - 100 to indexPart + 200
	for range indexPart/indexMost + 1 {
		if err := db.Write(context.Background(), (*Tx).catchUp); err != nil {
			t.Fatal(err)
		}
	}
	if got := rows(t, db, `SELECT level / 1024, count(*) FROM search_segdir GROUP BY 1`); got != "0|1\n1|2\n" { // what is full is one piece
		t.Fatalf("parts and their pieces: %s", got)
	}
	want := []int64{1}
	for id := int64(indexPart - 100); id <= indexPart+200; id++ {
		want = append(want, id)
	}
	slices.Reverse(want)
	for _, o := range []SearchOptions{{Limit: 40}, {Limit: 40, Polarity: "negative", Brand: "Sandang Senja"}} {
		var got []int64
		for {
			list, err := db.Search(context.Background(), "hilang", o)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list {
				got = append(got, f.ID)
			}
			if len(list) < 40 {
				break
			}
			o.Before = list[39].ID
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("page by page of %+v (-want +got):\n%s", o, diff)
		}
	}
}
