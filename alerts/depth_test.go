package alerts

import (
	"testing"
	"time"

	"pantau/brand"
)

// At its end an incident says how deep it went, where that is known: incidents of
// earlier versions have no depth.
func TestPeakSaysTheGreatestShare(t *testing.T) {
	tests := []struct {
		name, language, want string
		depth                float64
	}{
		{"Indonesian", "id", "129 keluhan dalam 6 jam · sampai 79% ulasan berisi keluhan", 0.79},
		{"English", "en", "129 complaints in 6 hours · up to 79% of all reviews negative", 0.79},
		{"not known", "id", "129 keluhan dalam 6 jam", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWriter(Style{Language: tt.language, Zone: time.UTC})
			if got := w.peakLine(brand.Incident{Peak: 129, Depth: tt.depth, Window: 6 * time.Hour}); got != tt.want {
				t.Errorf("the peak is %q, want %q", got, tt.want)
			}
		})
	}
}
