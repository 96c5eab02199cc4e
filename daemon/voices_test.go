package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pantau/brand"
	"pantau/store"
	"pantau/trends"
)

// complain stores complaints of the last hours, each in its own words; author says
// who wrote number i.
func complain(t *testing.T, p *Program, n int, author func(i int) string) {
	t.Helper()
	now := p.Pipeline.Now()
	err := p.Pipeline.Store.Write(context.Background(), func(tx *store.Tx) error {
		o, err := tx.Origin("Sandang Senja", false, "besar", "fake", "test")
		if err != nil {
			return err
		}
		var items []store.Item
		for i := range n {
			at := now.Add(-time.Duration(i) * 4 * time.Minute)
			items = append(items, store.Item{Scored: brand.Scored{Mention: brand.Mention{Brand: "Sandang Senja", Source: "besar",
				ExternalID: fmt.Sprint("keluhan-", i), Text: fmt.Sprint("pesanan nomor ", i, " belum sampai juga ke rumah"), Author: author(i),
				PublishedAt: at, CollectedAt: now}, Score: brand.Score{Polarity: brand.Negative, Language: brand.Indonesian}},
				Fingerprint: uint64(i+1) * 0xd1342543de82ef95})
		}
		_, err = tx.Add(o, items)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// One angry person is one voice, however many different complaints they write.
func TestAnAuthorIsOneVoice(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 50, 0, 0, wib)
	tests := []struct {
		name   string
		author func(i int) string
		told   bool
		least  int // voices in the window
		most   int
	}{
		{"forty people", func(i int) string { return fmt.Sprint("orang ", i) }, true, 40, 60},
		{"nobody says who wrote", func(int) string { return "" }, true, 40, 60},
		{"one person", func(int) string { return "orang" }, false, 0, 0},
		{"thirty people, one of them eleven times", func(i int) string { return fmt.Sprint("orang ", max(i, 10)) }, true, 30, 50},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := twoShops(t, now, nil, func(string, time.Time) int { return 0 })
			complain(t, p, 40, tt.author)
			told, err := p.Pipeline.Evaluate(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if !tt.told {
				if len(told) != 0 {
					t.Fatalf("told %+v, want silence", told[0].Incident)
				}
				if v := lastVerdict(t, p); v.Fires || v.Observed-v.Voices != 39 {
					t.Errorf("the verdict is %s with %d voices among %d, want one that does not fire with 39 fewer", v.Reason, v.Voices, v.Observed)
				}
				return
			}
			if len(told) != 1 {
				t.Fatalf("told %d alerts, want one", len(told))
			}
			i := told[0].Incident
			repeated := 40 - len(authors(tt.author))
			if i.Observed-i.Voices != repeated || i.Voices < tt.least || i.Voices > tt.most {
				t.Errorf("%d voices among %d, want %d fewer, from %d to %d", i.Voices, i.Observed, repeated, tt.least, tt.most)
			}
		})
	}
}

// authors are those of forty complaints; what nobody signed has as many as texts.
func authors(of func(i int) string) map[string]bool {
	all := map[string]bool{}
	for i := range 40 {
		name := of(i)
		if name == "" {
			name = fmt.Sprint(i)
		}
		all[name] = true
	}
	return all
}

// lastVerdict is the newest verdict on the brand.
func lastVerdict(t *testing.T, p *Program) (v trends.Verdict) {
	t.Helper()
	err := p.Pipeline.Store.Query(context.Background(), `SELECT verdict FROM watches`, func([]string) error { return nil }, func(row []any) error {
		return json.Unmarshal([]byte(row[0].(string)), &v)
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
