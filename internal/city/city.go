// Package city finds the names of Indonesian cities in texts: "paket ke bdg blm
// dateng" names Bandung. A name that is also an everyday word, such as malang
// (unlucky) or batu (stone), counts only where the words before it make it a place.
//
// The table is cities.tsv. Nothing here knows where a writer is: a city is named,
// no more. [Find] is safe for concurrent use.
package city

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed cities.tsv
var table string

// need is what must stand before a name.
type need uint8

const (
	nothing  need = iota
	anyPlace      // a preposition or a word for a place
	placed        // a word for a place
)

// entry is a name, or words that look like one.
type entry struct {
	place string // "" for words that are no place
	need  need
}

// longest is how many words a name has at most.
const longest = 3

var (
	prepositions = []string{"di", "ke", "dari", "dr"}
	placeWords   = []string{"area", "bandara", "cabang", "daerah", "dc", "gudang", "hub", "kab", "kabupaten", "kota", "kotamadya", "outlet", "pelabuhan", "stasiun", "terminal", "wilayah"}
)

// gazetteer is the table, and how many words the longest name has that begins
// with a word.
type gazetteer struct {
	entries map[string]entry
	reach   map[string]int
}

// names reads the table once. A test holds it to be right.
var names = sync.OnceValue(func() gazetteer {
	m, err := parse(table)
	if err != nil {
		panic("cities.tsv:" + err.Error())
	}
	g := gazetteer{m, map[string]int{}}
	for name := range m {
		list := words(name)
		g.reach[list[0]] = max(g.reach[list[0]], len(list))
	}
	return g
})

func parse(table string) (map[string]entry, error) {
	needs := map[string]need{"": nothing, "di": anyPlace, "kota": placed}
	m := map[string]entry{}
	n := 0
	for line := range strings.Lines(table) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, _ := strings.Cut(line, "\t")
		place, before, _ := strings.Cut(rest, "\t")
		e := entry{place: place}
		var ok bool
		if e.need, ok = needs[before]; !ok || place == "" || len(words(word)) > longest || strings.Join(words(word), " ") != word {
			return nil, fmt.Errorf("%d: %q is not: word, place, and perhaps di or kota", n, line)
		}
		if _, twice := m[word]; twice {
			return nil, fmt.Errorf("%d: %q is there twice", n, word)
		}
		if place == "-" {
			e.place = ""
		}
		m[word] = e
	}
	return m, nil
}

// Find returns the places that a text names, each once, in the order of the text.
func Find(text string) (places []string) {
	g, list := names(), words(text)
	for i := 0; i < len(list); {
		e, n := g.at(list, i)
		if e.place != "" && !slices.Contains(places, e.place) {
			places = append(places, e.place)
		}
		i += n
	}
	return places
}

// at returns the longest entry that begins with word i and how many words it has.
// A name without what it needs is no place.
func (g gazetteer) at(list []string, i int) (entry, int) {
	for n := min(g.reach[list[i]], len(list)-i); n > 0; n-- {
		e, ok := g.entries[strings.Join(list[i:i+n], " ")]
		if !ok {
			continue
		}
		if i == 0 && e.need != nothing || i > 0 && !e.after(list[i-1]) {
			return entry{}, 1
		}
		return e, n
	}
	return entry{}, 1
}

// after reports whether a word before the name makes it a place.
func (e entry) after(word string) bool {
	switch e.need {
	case nothing:
		return true
	case anyPlace:
		return slices.Contains(prepositions, word) || slices.Contains(placeWords, word)
	}
	return slices.Contains(placeWords, word)
}

// words splits a text into its runs of letters and digits, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}
