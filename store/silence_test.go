package store

import (
	"context"
	"testing"
	"time"

	"pantau/brand"
)

func TestArrivals(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *Tx, o Origin) error {
		for n, added := range []int{3, 0, 1, 0, 0} {
			at := noon.Add(time.Duration(n) * time.Hour)
			if err := tx.FinishRun(o, Run{StartedAt: at, FinishedAt: at, Added: added, Status: "fresh"}); err != nil {
				return err
			}
		}
		at, runs, err := tx.Arrivals("Sandang Senja", "toko", noon.Add(-time.Hour))
		if len(at) != 2 || !at[0].Equal(noon) || !at[1].Equal(noon.Add(2*time.Hour)) || runs != 2 {
			t.Errorf("Arrivals = %v, %d, want the first and the third run, and two after them", at, runs)
		}
		return err
	})
}

func TestTellOnce(t *testing.T) {
	db := open(t)
	for n, want := range []struct {
		state string
		news  bool
	}{{"monday", true}, {"monday", false}, {"friday", true}, {"friday", false}} {
		err := db.Write(context.Background(), func(tx *Tx) error {
			news, err := tx.TellOnce("silent:a", want.state)
			if news != want.news {
				t.Errorf("step %d: news %v, want %v", n, news, want.news)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestAListHoldsIncidentsOnly collapses a storm: the list has the incidents, and
// the report of the day and the message about a silent source come on their own.
func TestAListHoldsIncidentsOnly(t *testing.T) {
	db, ctx := open(t), context.Background()
	write(t, db, func(tx *Tx, o Origin) error {
		silent := brand.Alert{Change: brand.SourceSilent, Digest: &brand.Digest{Sources: []brand.SourceState{{Source: "forum"}}}}
		if err := tx.QueueReport(silent, "silent:1", []string{"c"}, noon); err != nil {
			return err
		}
		daily := brand.Alert{Change: brand.Daily, Digest: &brand.Digest{Moods: []brand.Mood{{Brand: "x"}}}}
		if err := tx.QueueReport(daily, "daily:1", []string{"c"}, noon); err != nil {
			return err
		}
		for n := range 3 {
			if err := tx.QueueReport(brand.Alert{Change: brand.Opened, Incident: brand.Incident{Brand: "x"}}, string(rune('a'+n)), []string{"c"}, noon); err != nil {
				return err
			}
		}
		return nil
	})
	if pending, _, err := db.Pending(ctx, "c", noon); err != nil || pending != 3 {
		t.Errorf("Pending = %d, %v, want what can be listed", pending, err)
	}
	if err := db.Collapse(ctx, "c", brand.Storm, false, noon); err != nil {
		t.Fatal(err)
	}
	if got, want := rows(t, db, `SELECT change, state FROM deliveries ORDER BY id`), "source_silent|pending\ndaily|pending\nopened|listed\nopened|listed\nopened|listed\nstorm|pending\n"; got != want {
		t.Errorf("the outbox is\n%swant\n%s", got, want)
	}
}

// TestALongListTakesSeveralMessages collapses more incidents than a message can name.
func TestALongListTakesSeveralMessages(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *Tx, _ Origin) error {
		waiting := brand.Alert{Change: brand.Storm, Digest: &brand.Digest{Alerts: make([]brand.Alert, 1201)}}
		return tx.QueueReport(waiting, "storm:1", []string{"c"}, noon)
	})
	if err := db.Collapse(t.Context(), "c", brand.HandOver, false, noon); err != nil {
		t.Fatal(err)
	}
	if got, want := rows(t, db, `SELECT json_array_length(payload, '$.digest.alerts') FROM deliveries WHERE state = 'pending' ORDER BY id`), "500\n500\n201\n"; got != want {
		t.Errorf("the lists name\n%swant\n%s", got, want)
	}
}
