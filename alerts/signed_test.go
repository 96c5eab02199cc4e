package alerts

import (
	"strings"
	"testing"
	"time"

	"pantau/brand"
)

// TestNewsNamesWhoDidIt: people ask each other, not the program.
func TestNewsNamesWhoDidIt(t *testing.T) {
	now := time.Date(2026, 11, 21, 7, 0, 0, 0, time.UTC)
	i := brand.Incident{ID: 7, Brand: "Sandang Senja", State: brand.Open, Severity: brand.Warning, Cause: brand.LateDelivery, OpenedAt: now, UpdatedAt: now,
		Note: "kurir diganti", Owner: "rina", AckedAt: now, SilencedUntil: now.Add(time.Hour)}
	tests := []struct {
		change   brand.Change
		language string
		want     bool // the actor stands in the news once
	}{
		{brand.Noted, "id", true},
		{brand.Silenced, "en", true},
		{brand.Denied, "id", true},
		{brand.Worsened, "id", false},
	}
	for _, tt := range tests {
		m := compose(Delivery{Alert: brand.Alert{Change: tt.change, By: "budi*<!channel>", Incident: i}, At: now}, Style{Language: tt.language})
		if got := strings.Count(m.News, "budi"); got == 1 != tt.want {
			t.Errorf("%s in %s: the news %q names the actor %d times, want %t", tt.change, tt.language, m.News, got, tt.want)
		}
	}
}
