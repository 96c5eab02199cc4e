package daemon

import (
	"context"
	"testing"

	"pantau/brand"
	"pantau/collectors"
	"pantau/store"
)

// measuring is a source that says more than texts.
type measuring struct{}

func (measuring) Collect(_ context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	err := req.Rate(brand.Rating{Subject: "Toko, hubungi 081234567890", At: req.Now, Value: 4, Best: 5, Count: 10})
	if err == nil {
		err = req.Answer(brand.Answer{ExternalID: "rina@example.org", At: req.Now, Score: 3})
	}
	if err == nil {
		err = emit(brand.Mention{ExternalID: "a", Text: "seru", PublishedAt: req.Now, Advice: brand.Recommended})
	}
	return collectors.Report{Status: collectors.Fresh, To: req.Now}, err
}

// TestMeasuresAreStored follows an average, an answer and a recommendation into
// the views. What a survey calls an answer is stored as a pseudonym.
func TestMeasuresAreStored(t *testing.T) {
	p := newProgram(t, source(t, "toko", "@hourly", measuring{})).Pipeline
	defer p.Store.Close()
	src := source(t, "toko", "@hourly", measuring{})
	src.Brand = "Sandang Senja"
	for range 2 {
		if _, err := p.Collect(t.Context(), src, true); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]string{
		`SELECT subject || ' ' || mean_stars || ' ' || ratings FROM v_ratings`: "Toko, hubungi [phone] 4.0 10",
		`SELECT answers || ' ' || nps FROM v_nps_daily`:                        "1 -100.0",
		`SELECT recommended || '' FROM v_advice`:                               "1",
		`SELECT count(*) || '' FROM v_mentions`:                                "1",
		`SELECT length(key) || ' ' || instr(key, 'rina') FROM answers`:         "16 0",
	} {
		var got []any
		if err := p.Store.Query(t.Context(), query, func([]string) error { return nil }, func(row []any) error { got = append(got, row...); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s = %v, want %q", query, got, want)
		}
	}
}

// signed is a form whose rows have the address of their author for an identity.
type signed struct{}

func (signed) Collect(_ context.Context, req collectors.Request, emit func(brand.Mention) error) (collectors.Report, error) {
	err := emit(brand.Mention{ExternalID: "rina@example.org", Text: "seru", PublishedAt: req.Now})
	return collectors.Report{Status: collectors.Fresh, To: req.Now}, err
}

// TestNoAddressIsAnIdentity stores a row whose identity is a mail address, also where an
// older program has stored it: there is one of it, without the address.
func TestNoAddressIsAnIdentity(t *testing.T) {
	p := newProgram(t, source(t, "toko", "@hourly", signed{})).Pipeline
	defer p.Store.Close()
	src := source(t, "toko", "@hourly", signed{})
	src.Brand = "Sandang Senja"
	err := p.Store.Write(t.Context(), func(tx *store.Tx) error {
		o, err := tx.Origin(src.Brand, false, src.Name, src.Kind, p.Scorer.Version())
		if err != nil {
			return err
		}
		_, err = tx.Add(o, []store.Item{{Scored: brand.Scored{Mention: brand.Mention{ExternalID: "rina@example.org", Text: "seru", PublishedAt: p.Now(), CollectedAt: p.Now()}}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if round, err := p.Collect(t.Context(), src, true); err != nil || round.Added+round.Edited > 0 {
			t.Fatalf("Collect = %+v, %v: the mention is known", round, err)
		}
	}
	var got []any
	if err := p.Store.Query(t.Context(), `SELECT count(*), max(length(external_id)), sum(instr(external_id, '@')) FROM v_mentions`, func([]string) error { return nil }, func(row []any) error { got = append(got, row...); return nil }); err != nil {
		t.Fatal(err)
	}
	if got[0] != int64(1) || got[1] != int64(16) || got[2] != int64(0) {
		t.Errorf("mentions, length of the identity, where its @ stands: %v", got)
	}
}
