package daemon

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pantau/brand"
	"pantau/store"
	"pantau/trends"
)

// twoShops stores 35 days of a big source and of a small one, as a daemon would
// have: so many mentions a day each, three in ten negative.
func twoShops(t *testing.T, now time.Time, causes []brand.CauseHit, edit func(source string, at time.Time) (complaints int)) *Program {
	t.Helper()
	p := newProgram(t)
	t.Cleanup(func() { _ = p.Pipeline.Store.Close() })
	p.Pipeline.Now, p.Pipeline.Channels = func() time.Time { return now }, []string{"inbox"}
	start := time.Date(now.Year(), now.Month(), now.Day()-35, 0, 0, 0, 0, wib)
	for _, s := range []struct {
		name   string
		perDay int
	}{{"besar", 240}, {"kecil", 12}} {
		err := p.Pipeline.Store.Write(context.Background(), func(tx *store.Tx) error {
			o, err := tx.Origin("Sandang Senja", false, s.name, "fake", "test")
			if err != nil {
				return err
			}
			n := 0
			item := func(at time.Time, polarity brand.Polarity) store.Item {
				n++
				id := fmt.Sprintf("%s-%d", s.name, n)
				score := brand.Score{Polarity: polarity, Language: brand.Indonesian}
				return store.Item{Scored: brand.Scored{Mention: brand.Mention{Brand: "Sandang Senja", Source: s.name, ExternalID: id,
					Text: "tulisan " + id, Stars: 3, PublishedAt: at, CollectedAt: at}, Score: score}, Fingerprint: uint64(n) * 0x9e3779b97f4a7c15}
			}
			var items []store.Item
			for at := start; at.Before(now); at = at.Add(24 * time.Hour / time.Duration(s.perDay)) {
				polarity := brand.Positive
				if n%10 < 3 {
					polarity = brand.Negative
				}
				items = append(items, item(at, polarity))
			}
			for at := start; at.Before(now); at = at.Add(time.Hour) {
				for i := range edit(s.name, at) {
					complaint := item(at.Add(time.Duration(i)*time.Minute), brand.Negative)
					complaint.Score.Causes = causes
					items = append(items, complaint)
				}
			}
			if _, err := tx.Add(o, items); err != nil {
				return err
			}
			return tx.FinishRun(o, store.Run{StartedAt: start, FinishedAt: now, From: start, To: now, Status: "fresh"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// A small source in trouble drowns in a big brand; judged alone it is plain.
func TestASourceStandsOutAlone(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 50, 0, 0, wib)
	tests := []struct {
		name   string
		source string
		causes []brand.CauseHit
		part   string
	}{
		{"a small source is in trouble", "kecil", nil, "source kecil"},
		{"the same complaints are usual for the big one", "besar", nil, ""},
		{"one cause that was never heard of stands out in the big one", "besar", []brand.CauseHit{{Cause: brand.AccessLoginOTP, End: 7}}, "cause access_login_otp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := twoShops(t, now, tt.causes, func(source string, at time.Time) int {
				if source == tt.source && at.After(now.Add(-4*time.Hour)) {
					return 4
				}
				return 0
			})
			told, err := p.Pipeline.Evaluate(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if tt.part == "" {
				if len(told) != 0 {
					t.Fatalf("told %+v, want silence", told[0].Incident)
				}
				return
			}
			if len(told) != 1 || told[0].Incident.Part != tt.part || told[0].Incident.Observed < 12 || told[0].Incident.Expected > 3 {
				t.Fatalf("told %+v, want an incident of %q", told, tt.part)
			}
			// It is followed there: the calm of the whole brand does not close it.
			later := now.Add(30 * time.Minute)
			p.Pipeline.Now = func() time.Time { return later }
			if more := evaluate(t, p); len(more) != 0 {
				t.Errorf("half an hour later told %v, want nothing", more)
			}
			err = p.Pipeline.Store.Write(context.Background(), func(tx *store.Tx) error {
				id, err := tx.BrandID("Sandang Senja")
				if err != nil {
					return err
				}
				life, _, err := tx.Watch(id)
				if life.Part != tt.part || life.State != brand.Open {
					t.Errorf("the life is %+v, want it open in %q", life, tt.part)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// An incident of one cause is called after it, however much of another there is:
// that was not what stood out, such as copies of few texts.
func TestAPartNamesItsCause(t *testing.T) {
	for part, want := range map[string]brand.Cause{"cause slow_response": brand.SlowResponse, "source toko": brand.LateDelivery} {
		d := decision{verdict: trends.Verdict{Part: part, Observed: 310, Expected: 1},
			groups: store.Groups{Causes: []trends.Group{{Key: "delivery", Observed: 1500, Past: 900}, {Key: "slow_response", Observed: 310, Past: 30}}}}
		var i brand.Incident
		if d.fillLife(&i); i.Cause != want {
			t.Errorf("an incident of %q is about %s, want %s", part, i.Cause, want)
		}
	}
}

func TestNewWords(t *testing.T) {
	texts := func(list ...string) (es []store.Evidence) {
		for i, text := range list {
			es = append(es, store.Evidence{Quote: brand.Quote{Text: text}, Fingerprint: uint64(i) + 1})
		}
		return es
	}
	var before, now []string
	for i := range 60 {
		before = append(before, fmt.Sprint("paket lambat sekali nomor ", i))
	}
	for i := range 12 {
		now = append(now, fmt.Sprint("paket lambat karena gudang banjir ", i))
	}
	words := newWords(texts(now...), texts(before...))
	if len(words) != 2 || words[0].Key != "banjir" || words[1].Key != "gudang" {
		t.Errorf("new words are %+v, want banjir and gudang", words)
	}
	copies := texts(now...)
	for i := range copies {
		copies[i].Fingerprint = 7
	}
	if words := newWords(copies, texts(before...)); words != nil {
		t.Errorf("one text %d times has the new words %+v, want none", len(copies), words)
	}
}
