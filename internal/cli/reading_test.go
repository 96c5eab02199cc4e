package cli

import (
	"io"
	"strings"
	"testing"
)

func TestUnmarked(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a mark is left out", "\ufeffzonk\t-40", "zonk\t-40"},
		{"a text without one stays", "zonk\t-40", "zonk\t-40"},
		{"only the first", "\ufeff\ufeffx", "\ufeffx"},
		{"shorter than a mark", "x", "x"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		if got, err := io.ReadAll(unmarked(strings.NewReader(tt.text))); string(got) != tt.want || err != nil {
			t.Errorf("%s: unmarked(%q) = %q, %v; want %q", tt.name, tt.text, got, err, tt.want)
		}
	}
}
