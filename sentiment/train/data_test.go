package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The question marks of a set whose emoji were lost are no questions.
func TestLostEmoji(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{"prdect.tsv": "bagus    kapan restok ", "smsa.tsv": "bagus ?? kapan restok?"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("pos\tbagus ?? kapan restok?\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := read(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.texts[0].text; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
