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

// TestCountAuthors: of what one person complains about within a day of the last
// complaint only the first is a voice.
func TestCountAuthors(t *testing.T) {
	type complaint struct {
		hour   float64
		author string
		text   string // one of its own without
		source string // toko without
		brand  string // Sandang Senja without
		cause  brand.Cause
		other  bool // no complaint
	}
	tests := []struct {
		name string
		list []complaint
		part string // of the brand: "toko", "pasar" or a cause
		want []int  // repeats of the hours 0 to 3
	}{
		{"different people", []complaint{{hour: 0.1, author: "a"}, {hour: 1.1, author: "b"}, {hour: 1.2, author: "c"}}, "", []int{0, 0, 0, 0}},
		{"one person", []complaint{{hour: 0.1, author: "a"}, {hour: 1.1, author: "a"}, {hour: 1.2, author: "a"}, {hour: 3, author: "a"}}, "", []int{0, 2, 0, 1}},
		{"nobody says who", []complaint{{hour: 0.1}, {hour: 1.1}, {hour: 1.2}}, "", []int{0, 0, 0, 0}},
		{"the day before counts", []complaint{{hour: -20, author: "a"}, {hour: 2, author: "a"}}, "", []int{0, 0, 1, 0}},
		{"the day before that does not", []complaint{{hour: -30, author: "a"}, {hour: 2, author: "a"}}, "", []int{0, 0, 0, 0}},
		{"praise of the same person is none of it", []complaint{{hour: 0.1, author: "a", other: true}, {hour: 2, author: "a"}}, "", []int{0, 0, 0, 0}},
		{"about another brand", []complaint{{hour: 0.1, author: "a", brand: "Busana Bayu"}, {hour: 2, author: "a"}}, "", []int{0, 0, 0, 0}},
		{"a copy counts once as such", []complaint{{hour: 0.1, author: "b", text: "paket saya tidak sampai sampai"}, {hour: 1, author: "a", text: "paket saya tidak sampai sampai"}, {hour: 2, author: "a"}}, "", []int{0, 1, 0, 0}},
		{"of one source", []complaint{{hour: 0.1, author: "a"}, {hour: 1, author: "a"}, {hour: 2, author: "x", source: "pasar"}, {hour: 3, author: "x", source: "pasar"}}, "pasar", []int{0, 0, 0, 1}},
		{"of one cause", []complaint{{hour: 0.1, author: "a"}, {hour: 1, author: "a", cause: brand.LateDelivery}, {hour: 2, author: "a", cause: brand.LateDelivery}}, "cause", []int{0, 0, 1, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := open(t)
			hours := make([]trends.Hour, 4)
			err := db.Write(context.Background(), func(tx *Tx) error {
				parts := map[string]Part{"": {}, "cause": {Cause: true, ID: int64(brand.LateDelivery)}}
				for i, c := range tt.list {
					source, name := "toko", "Sandang Senja"
					if c.source != "" {
						source = c.source
					}
					if c.brand != "" {
						name = c.brand
					}
					o, err := tx.Origin(name, false, source, "sample", "test")
					if err != nil {
						return err
					}
					parts[source] = Part{ID: o.SourceID}
					text, polarity := c.text, brand.Negative
					if text == "" {
						text = fmt.Sprint(i*i*i*7919, " keluhan ", i*104729, " yang ", i*i*31, " lain")
					}
					if c.other {
						polarity = brand.Positive
					}
					it := item(fmt.Sprint(i), text, noon.Add(time.Duration(c.hour*float64(time.Hour))), polarity, c.cause)
					it.Author, it.Fingerprint = c.author, mix(fnv1a(fnvOffset, text))
					if _, err := tx.Add(o, []Item{it}); err != nil {
						return err
					}
				}
				id, err := tx.BrandID("Sandang Senja")
				if err != nil {
					return err
				}
				s, err := tx.Series(id, noon, noon.Add(3*time.Hour))
				if err != nil {
					return err
				}
				if tt.part == "" {
					hours = s.Hours // with the copies
				}
				_, err = tx.CountAuthors(id, parts[tt.part], noon, hours, AllComplaints)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, h := range hours {
				got = append(got, int(h.Repeats))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("repeats %v, want %v", got, tt.want)
			}
		})
	}
}

// TestHistoryCountsAuthors: a replay knows the same voices, and since when.
func TestHistoryCountsAuthors(t *testing.T) {
	db := open(t)
	collect := func(to time.Time, ids ...string) {
		write(t, db, func(tx *Tx, o Origin) error {
			var items []Item
			for _, id := range ids {
				it := item(id, "paket "+id+" belum sampai juga", noon.Add(10*time.Minute), brand.Negative)
				it.CollectedAt, it.Author, it.Fingerprint = to, "a", mix(fnv1a(fnvOffset, id))
				items = append(items, it)
			}
			if _, err := tx.Add(o, items); err != nil {
				return err
			}
			return tx.FinishRun(o, Run{StartedAt: to, FinishedAt: to, From: noon.Add(-time.Hour), To: to, Status: "fresh"})
		})
	}
	collect(noon.Add(20*time.Minute), "satu", "dua") // the first run brings history
	collect(noon.Add(2*time.Hour), "tiga")           // two hours later
	h, err := db.History(context.Background(), "Sandang Senja")
	if err != nil {
		t.Fatal(err)
	}
	repeats, late := 0, 0
	for _, hour := range h.Hours {
		repeats += int(hour.Repeats)
	}
	for _, l := range h.Lateness.Late {
		late += int(l.Gain.Repeats)
	}
	if repeats != 2 || late != 1 {
		t.Errorf("%d repeats, %d of them late; want 2 and 1", repeats, late)
	}
}
