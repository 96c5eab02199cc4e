package store

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"pantau/brand"
)

// TestLateness: what a source brought in its first run and what was imported is
// history; the rest counts from when it was collected, and so does the watch.
func TestLateness(t *testing.T) {
	db := open(t)
	collect := collects(t, db, brand.LateDelivery)
	at := func(hour float64) time.Time { return noon.Add(time.Duration(hour * float64(time.Hour))) }
	collect("toko", "sample", at(-48), at(0.5), at(-40), at(-3.25), at(0.25))
	collect("toko", "sample", at(0.5), at(1.5), at(0.75), at(1.25))              // 0.75 came an hour late
	collect("toko", "sample", at(1.5), at(4.5), at(1.75), at(1.8), at(4))        // the source was away
	collect("berkas", "import", time.Time{}, at(4.6), at(-40), at(-20), at(2.5)) // a file
	h, err := db.History(context.Background(), "Sandang Senja")
	if err != nil {
		t.Fatal(err)
	}
	if a := h.Lateness; a.Mentions != 11 || a.Live != 5 {
		t.Errorf("%d mentions, %d live; want 11 and 5", a.Mentions, a.Live)
	}
	mentions := map[[2]int]int{}
	known := make([]float64, len(h.Hours)) // coverage at the end of the hour itself
	for i, hour := range h.Hours {
		known[i] = float64(hour.Coverage)
	}
	const begin = 40 // the series begins at -40
	for _, l := range h.Lateness.Late {
		if l.Gain.Mentions > 0 {
			mentions[[2]int{l.Hour - begin, l.Known - begin}] += int(l.Gain.Mentions)
		}
		if l.Gain.Negatives != l.Gain.Mentions || l.Gain.Repeats != 0 {
			t.Errorf("gain %+v, want only complaints", l.Gain)
		}
		known[l.Hour] -= float64(l.Gain.Coverage)
	}
	if len(mentions) != 2 || mentions[[2]int{0, 1}] != 1 || mentions[[2]int{1, 4}] != 2 {
		t.Errorf("late mentions %v, want one of hour 0 in hour 1 and two of hour 1 in hour 4", mentions)
	}
	for hour, want := range map[int]float64{-3: 1, 0: 0.5, 1: 0.5, 2: 0, 3: 0, 4: 0.5} {
		if got := known[hour+begin]; math.Abs(got-want) > 1e-6 {
			t.Errorf("of hour %d %.2f was watched when it ended, want %.2f", hour, got, want)
		}
	}
	if len(h.Lateness.Causes) != 2 || h.Lateness.Causes[0].Cause != brand.LateDelivery {
		t.Errorf("late causes %+v, want two rows of late deliveries", h.Lateness.Causes)
	}
}

// collects returns what stores a run of a source, with a complaint about causes at each
// of the times that are given; all are collected at its end.
func collects(t *testing.T, db *DB, causes ...brand.Cause) func(source, kind string, from, to time.Time, published ...time.Time) {
	n := 0
	return func(source, kind string, from, to time.Time, published ...time.Time) {
		t.Helper()
		err := db.Write(context.Background(), func(tx *Tx) error {
			o, err := tx.Origin("Sandang Senja", false, source, kind, "test")
			if err != nil {
				return err
			}
			var items []Item
			for _, at := range published {
				n++
				i := item(fmt.Sprint(n), fmt.Sprint("belum sampai ", n), at, brand.Negative, causes...)
				i.CollectedAt = to
				items = append(items, i)
			}
			if _, err := tx.Add(o, items); err != nil {
				return err
			}
			return tx.FinishRun(o, Run{StartedAt: to, FinishedAt: to, From: from, To: to, Status: "fresh"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
