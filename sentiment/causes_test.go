package sentiment

import (
	"testing"

	"pantau/brand"
)

// TestCauseRules holds rules of finding causes against texts that differ in one point.
func TestCauseRules(t *testing.T) {
	const none = brand.Unexplained
	tests := []struct {
		rule, text string
		want       brand.Cause
	}{
		{"a word with -nya plays the part of its root", "acnya kurang dingin", brand.ProductQuality},
		{"and its praise is none", "acnya dingin", none},
		{"a direct phrase complains", "ada yang bolong", brand.ProductQuality},
		{"but not where it starts inside what says that it is absent", "gak ada yang bolong", none},
		{"a fault after its topic", "toiletnya bau", brand.ProductQuality},
		{"a harmless phrase hides its words", "menunya sayur asem dan teh tawar", none},
	}
	a := analyzer(t)
	for _, tt := range tests {
		got := none
		if found := a.Score(tt.text, 0).Causes; len(found) > 0 {
			got = found[0].Cause
		}
		if got != tt.want {
			t.Errorf("%s: %q names %s, want %s", tt.rule, tt.text, got, tt.want)
		}
	}
}
