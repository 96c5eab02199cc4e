package eval

import (
	"os"
	"path/filepath"
	"testing"

	"pantau/sentiment"
)

// TestDevCauses prints the figures of the development sets.
func TestDevCauses(t *testing.T) {
	names, _ := filepath.Glob("../../../shared/data/causes/dev/*.tsv")
	if len(names) == 0 {
		t.Skip("no labelled texts in ../shared/data/causes/dev")
	}
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := Causes(a, filepath.Base(name), f)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-24s n %5d  micro %.1f  macro %.1f", r.File, r.N, 100*r.MicroF1, 100*r.MacroF1)
		for l, x := range r.PerLabel {
			t.Logf("    %-20s n %4d  %.1f (%.1f/%.1f)", l, x.N, 100*x.F1, 100*x.Precision, 100*x.Recall)
		}
	}
}
