package alerts

import (
	"bytes"
	"context"
	"testing"
	"time"

	"pantau/brand"
)

func TestConsoleGolden(t *testing.T) {
	tests := []struct {
		name  string
		alert brand.Alert
		style Style
		width int
	}{
		{"opened.id", openedAlert(), inIndonesian, 72},
		{"opened.en", openedAlert(), inEnglish, 72},
		{"opened.id.narrow", openedAlert(), inIndonesian, 60},
		{"worsened.id", worsenedAlert(), inIndonesian, 72},
		{"worsened.en", worsenedAlert(), inEnglish, 72},
		{"recovered.id", recoveredAlert(), inIndonesian, 72},
		{"recovered.en", recoveredAlert(), inEnglish, 72},
		{"facts.id", factsAlert(), inIndonesian, 72},
		{"facts.en", factsAlert(), inEnglish, 72},
		{"taken.id", changed(brand.Taken), inIndonesian, 72},
		{"taken.en", changed(brand.Taken), inEnglish, 72},
		{"noted.id", changed(brand.Noted), inIndonesian, 72},
		{"noted.en", changed(brand.Noted), inEnglish, 72},
		{"silenced.id", changed(brand.Silenced), inIndonesian, 72},
		{"silenced.en", changed(brand.Silenced), inEnglish, 72},
		{"denied.id", changed(brand.Denied), inIndonesian, 72},
		{"denied.en", changed(brand.Denied), inEnglish, 72},
		{"byhand.id", changed(brand.Closed), inIndonesian, 72},
		{"byhand.en", changed(brand.Closed), inEnglish, 72},
		{"reminder.id", changed(brand.Reminded), inIndonesian, 72},
		{"reminder.en", changed(brand.Reminded), inEnglish, 72},
		{"escalated.id", changed(brand.Escalated), inIndonesian, 72},
		{"escalated.en", changed(brand.Escalated), inEnglish, 72},
		{"daily.id", reportAlert(brand.Daily), inIndonesian, 72},
		{"daily.en", reportAlert(brand.Daily), inEnglish, 72},
		{"calm.id", calmAlert(), inIndonesian, 72},
		{"calm.en", calmAlert(), inEnglish, 72},
		{"weekly.id", reportAlert(brand.Weekly), inIndonesian, 72},
		{"weekly.en", reportAlert(brand.Weekly), inEnglish, 72},
		{"handover.id", reportAlert(brand.HandOver), inIndonesian, 72},
		{"handover.en", reportAlert(brand.HandOver), inEnglish, 72},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			at := tt.alert.Incident.UpdatedAt.Add(5 * time.Minute)
			if _, err := NewConsole(&out, tt.style, tt.width, false).Notify(context.Background(), Delivery{Alert: tt.alert, QueuedAt: at, At: at, Reminders: 3}); err != nil {
				t.Fatal(err)
			}
			checkGolden(t, "testdata/console."+tt.name+".golden", out.Bytes())
		})
	}
}
