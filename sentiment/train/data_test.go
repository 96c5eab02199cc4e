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

// A set that mixes kinds of texts learns a bias for each of them.
func TestSplit(t *testing.T) {
	d := dataset{name: "smsa", family: "smsa", texts: []labelled{
		{positive, "Nasi di warung ini enak"}, {negative, "nasi nasi terus"}, {negative, "rakyat menderita"}}}
	parts := d.split()
	if len(parts) != 2 || len(parts[0].texts) != 1 || len(parts[1].texts) != 2 || parts[0].family != parts[1].family {
		t.Fatalf("split into %+v, want one text of two words of the table, and two", parts)
	}
}
