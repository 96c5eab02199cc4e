package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pantau/brand"
	"pantau/trends"
)

// complaints stores n negatives that are spread evenly over the 29 days before noon.
func complaints(t testing.TB, db *DB, n int) {
	t.Helper()
	write(t, db, func(tx *Tx, o Origin) error {
		items := make([]Item, n)
		for i := range items {
			at := noon.Add(-time.Duration(i) * 29 * 24 * time.Hour / time.Duration(n))
			items[i] = item(fmt.Sprint(i), fmt.Sprintf("paket nomor %d belum sampai juga padahal sudah ditunggu dari minggu lalu", i), at, brand.Negative, brand.LateDelivery)
			items[i].Version, items[i].Stars = fmt.Sprintf("4.%d", i%7), 1+i%2
			items[i].Fingerprint = uint64(i+1) * 0x9e3779b97f4a7c15
			items[i].Author = fmt.Sprintf("orang-%08x", i%7919)
			if i%3 == 0 {
				items[i].Place = []string{"Bandung", "Medan", "Jakarta"}[i%9/3]
			}
		}
		_, err := tx.Add(o, items)
		return err
	})
}

// TestFacets: one pass counts every property, in the window and before it.
func TestFacets(t *testing.T) {
	db := open(t)
	complaints(t, db, 29*24)
	err := db.Write(context.Background(), func(tx *Tx) error {
		id, err := tx.BrandID("Sandang Senja")
		if err != nil {
			return err
		}
		f, err := tx.Facets(id, noon.Add(-5*time.Hour), noon)
		if err != nil {
			return err
		}
		for name, groups := range map[string][]trends.Group{"versions": f.Versions, "languages": f.Languages, "stars": f.Stars} {
			now, past := 0, 0
			for _, g := range groups {
				now, past = now+g.Observed, past+g.Past
			}
			if now != 6 || past != 28*24 {
				t.Errorf("%s hold %d negatives of the window and %d before, want 6 and %d: %v", name, now, past, 28*24, groups)
			}
		}
		if want := []trends.Group{{Key: "Bandung", Observed: 1, Past: 75}, {Key: "Jakarta", Past: 75}, {Key: "Medan", Observed: 1, Past: 74}}; !slices.Equal(f.Places, want) {
			t.Errorf("places are %v, want %v: one in three complaints names one", f.Places, want)
		}
		texts := [2]int{}
		err = tx.EachText(id, noon.Add(-5*time.Hour), noon, 100, func(text string, now bool) {
			texts[count(now)]++
		})
		if texts != [2]int{94, 6} {
			t.Errorf("%d texts of the past and %d of the window, want the newest 100 with 6 of the window", texts[0], texts[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// BenchmarkGroups looks at the last six hours of a brand with a thousand
// complaints a day: what every verdict of an open incident asks, and what an alert
// asks besides.
func BenchmarkGroups(b *testing.B) {
	db := open(b)
	complaints(b, db, 29_000)
	from := noon.Add(-5 * time.Hour)
	for _, bb := range []struct {
		name string
		look func(tx *Tx, id int64) error
	}{
		{"groups", func(tx *Tx, id int64) error { _, err := tx.Groups(id, from, noon); return err }},
		{"authors", func(tx *Tx, id int64) error {
			_, err := tx.CountAuthors(id, Part{}, noon.Add(-95*time.Hour), make([]trends.Hour, 96), 20_000)
			return err
		}},
		{"facets", func(tx *Tx, id int64) error { _, err := tx.Facets(id, from, noon); return err }},
		{"texts", func(tx *Tx, id int64) error {
			return tx.EachText(id, from, noon, 20_000, func(string, bool) {})
		}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			err := db.Write(context.Background(), func(tx *Tx) error {
				id, err := tx.BrandID("Sandang Senja")
				for b.Loop() && err == nil {
					err = bb.look(tx, id)
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
