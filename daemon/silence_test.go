package daemon

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pantau/alerts"
	"pantau/brand"
	"pantau/collectors"
)

// told is a notifier that keeps what people would read.
type told struct{ texts []string }

func (n *told) Notify(_ context.Context, d alerts.Delivery) (string, error) {
	n.texts = append(n.texts, reading(d.Alert, "id", d.At))
	return "x", nil
}

// reading is what a wide console shows of an alert.
func reading(a brand.Alert, language string, at time.Time) string {
	var b strings.Builder
	_, _ = alerts.NewConsole(&b, alerts.Style{Language: language, Zone: wib, ZoneName: "WIB"}, 500, false).Notify(context.Background(), alerts.Delivery{Alert: a, At: at})
	return b.String()
}

// headline is the line that a reading has between two rules.
func headline(reading string) string { return strings.Split(reading, "\n")[1] }

// TestASilentSourceIsToldOnce runs two sources for a day. One stops bringing
// anything for two hours, twice, and the daemon restarts in between: two alerts, none
// about the other, and none about the time when the daemon was off.
func TestASilentSourceIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		hour := func(now time.Time) int { return int(now.Sub(begin) / time.Hour) }
		var n atomic.Int64
		steady := func(req collectors.Request) []brand.Mention {
			id := fmt.Sprint(n.Add(1))
			return []brand.Mention{{ExternalID: id, Text: "ulasan nomor " + id, PublishedAt: req.Now}}
		}
		pausing := func(req collectors.Request) []brand.Mention {
			if h := hour(req.Now); h == 6 || h == 7 || h == 10 || h == 11 {
				return nil
			}
			return steady(req)
		}
		p := newProgram(t, source(t, "forum", "@every 10m", &fake{items: pausing}), source(t, "toko", "@every 10m", &fake{items: steady}))
		defer p.Pipeline.Store.Close()
		phone := &told{}
		p.Pipeline.Channels = []string{"phone"}
		p.Channels = []Channel{{Name: "phone", Notifier: phone}}
		run := func(span time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), span)
			defer cancel()
			if err := newDaemon().Run(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		run(6*time.Hour + 40*time.Minute) // into the first silence
		if len(phone.texts) != 1 || headline(phone.texts[0]) != "Tidak ada lagi ulasan baru dari sumber forum" ||
			!strings.Contains(phone.texts[0], "\nforum       Sandang Senja: tidak ada ulasan baru sejak ") || !strings.Contains(phone.texts[0], "jeda terlama biasanya 10 menit") {
			t.Fatalf("told %q, want the silence of one source", phone.texts)
		}
		run(3 * time.Hour) // the restart says nothing again
		if len(phone.texts) != 1 {
			t.Fatalf("told %q after a restart, want nothing twice", phone.texts)
		}
		run(2 * time.Hour)
		if len(phone.texts) != 2 || !strings.Contains(phone.texts[1], "forum") {
			t.Fatalf("told %q, want the second silence", phone.texts)
		}
		time.Sleep(3 * time.Hour) // nobody looks
		run(30 * time.Minute)
		for _, text := range phone.texts {
			if strings.Contains(text, "toko") {
				t.Errorf("%q is about a source that always spoke", text)
			}
		}
	})
}
