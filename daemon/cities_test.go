package daemon

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pantau/brand"
	"pantau/config"
	"pantau/store"
)

// TestCities: the excess by city word is told and recorded with the decision. The
// controls: a city that is named as often as ever, one that two texts name, and
// one that the brand is called after.
func TestCities(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 50, 0, 0, wib)
	p := twoShops(t, now, nil, func(string, time.Time) int { return 0 })
	p.Pipeline.Brands = []config.Brand{{Name: "Sandang Senja", Keywords: []string{"Sandang Senja Cirebon"}}}
	err := p.Pipeline.Store.Write(context.Background(), func(tx *store.Tx) error {
		o, err := tx.Origin("Sandang Senja", false, "besar", "fake", "test")
		if err != nil {
			return err
		}
		var items []store.Item
		complain := func(text string, at time.Time) {
			n := len(items) + 1
			items = append(items, store.Item{Scored: brand.Scored{Mention: brand.Mention{ExternalID: fmt.Sprint("kota-", n), Text: fmt.Sprint(text, " ", n), Stars: 1,
				PublishedAt: at, CollectedAt: at}, Score: brand.Score{Polarity: brand.Negative, Language: brand.Indonesian}}, Fingerprint: uint64(n) * 0xc2b2ae3d27d4eb4f})
		}
		for day := range 28 { // 28 days, one text a day about Surabaya
			complain("paket ke surabaya hilang satu", now.AddDate(0, 0, -day-2))
		}
		for i := range 40 {
			text := "gudang bdg tutup paket tidak jalan"
			switch {
			case i < 12:
				text = "paket tidak jalan sama sekali, malang nasibku"
			case i == 12, i == 13:
				text = "paket ke Medan tidak jalan juga"
			case i < 20:
				text = "sandang senja cirebon tidak kirim paket"
			case i == 20:
				text = "paket ke surabaya juga berhenti"
			}
			complain(text, now.Add(-time.Duration(i+3)*time.Minute))
		}
		_, err = tx.Add(o, items)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	told, err := p.Pipeline.Evaluate(context.Background())
	if err != nil || len(told) != 1 {
		t.Fatalf("Evaluate = %d alerts, %v; want one", len(told), err)
	}
	cities := told[0].Incident.Cities
	if len(cities) != 1 || cities[0].Key != "Bandung" || cities[0].Observed != 19 || cities[0].Expected > 1 {
		t.Errorf("cities are %+v, want Bandung in 19 texts and nothing else", cities)
	}
	_, history, err := p.Pipeline.Store.Incident(context.Background(), told[0].Incident.ID)
	if err != nil || len(history) != 1 || len(history[0].Incident.Cities) != 1 || history[0].Incident.Cities[0] != cities[0] {
		t.Errorf("the record of the decision has other cities, %v: %+v", err, history)
	}
}
