package sentiment

import (
	"fmt"
	"slices"
	"strings"
)

// Domains returns the names of the overlays that come with the program, sorted.
// Words mean different things in different trades: a cold room pleases a guest,
// and a cold meal does not.
func Domains() []string { return []string{"app", "bank", "food", "hotel", "shop", "telco"} }

// Domain returns the overlay of a trade.
func Domain(name string) (Overlay, error) {
	if !slices.Contains(Domains(), name) {
		return Overlay{}, fmt.Errorf("domain %q: use %s", name, strings.Join(Domains(), ", "))
	}
	file := "domain_" + name + ".tsv"
	f, err := files.Open("lexicon/" + file)
	return Overlay{Name: file, Reader: f}, err
}

// Closed returns the words of closed classes, numbers and names of days: they hold a
// sentence together, and get no weight of their own unless a curator gives them one.
func Closed() map[string]bool {
	words := map[string]bool{}
	content, _ := files.ReadFile("lexicon/closed.tsv")                                                     // it is embedded
	_ = eachRow("closed.tsv", string(content), func(r row) error { words[r.field(0)] = true; return nil }) // no row is refused
	return words
}
