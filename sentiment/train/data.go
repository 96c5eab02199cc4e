package main

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The labels, in the order of the files.
const (
	negative = iota
	neutral
	positive
)

var labels = map[string]int{"neg": negative, "neu": neutral, "pos": positive}

// dataset is one file of labelled texts.
type dataset struct {
	name    string
	family  string // texts of one family are one source: they share an origin
	english bool
	polar   bool // has no neutral texts
	texts   []labelled
	hash    string
}

type labelled struct {
	label int
	text  string
}

// families names the sets whose texts share an origin. The NusaX sets are one
// text in four languages; the product sentences come from one collection.
var families = map[string]string{
	"nusax_id": "nusax", "nusax_en": "nusax", "nusax_jv": "nusax", "nusax_su": "nusax",
	"vader_amazon": "huliu",
}

var englishSets = map[string]bool{"nusax_en": true, "vader_tweets": true, "vader_amazon": true,
	"vader_nyt": true, "huliu": true, "pros_cons": true}

// habitual names the families whose habits are learned apart. They hold nine of ten
// English texts, and they describe products and politics: what is only their way to
// say it must not become what a word means in a post or in a review.
var habitual = []string{"huliu", "pros_cons", "vader_nyt"}

// tweets is the only English set in which people speak as they do to brands; its texts
// count double. More than that leans on its 1,590 texts too much.
const (
	tweets      = "vader_tweets"
	tweetWeight = 2.0
)

//go:embed table.txt
var tableWords string

// leastTable is how many words of table.txt a review of a place to eat holds.
const leastTable = 2

// split splits a set into reviews of places to eat and the rest, so that each learns a
// bias of its own; they stay one family. Nine of ten such reviews are praise and two of
// three other texts are not. With one bias for both, "sate" would be praise and
// "rakyat" a complaint.
func (d dataset) split() []dataset {
	words := lines(tableWords)
	table, rest := d, d
	table.name, table.texts, rest.texts = d.name+" table", nil, nil
	for _, x := range d.texts {
		found := map[string]bool{}
		for w := range strings.FieldsSeq(strings.ToLower(x.text)) {
			if words[w] {
				found[w] = true
			}
		}
		if len(found) >= leastTable {
			table.texts = append(table.texts, x)
		} else {
			rest.texts = append(rest.texts, x)
		}
	}
	return []dataset{table, rest}
}

// lostEmoji names the sets whose emoji were turned into question marks.
var lostEmoji = map[string]bool{"prdect": true}

// readAll reads the sets of dir in the order of their names.
func readAll(dir string) ([]dataset, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.tsv"))
	if err != nil {
		return nil, err
	}
	var sets []dataset
	for _, name := range names {
		d, err := read(name)
		if err != nil {
			return nil, err
		}
		if d.name == "smsa" {
			sets = append(sets, d.split()...)
		} else {
			sets = append(sets, d)
		}
	}
	return sets, nil
}

func read(path string) (dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return dataset{}, err
	}
	defer f.Close()
	name := strings.TrimSuffix(filepath.Base(path), ".tsv")
	d := dataset{name: name, family: name, english: englishSets[name], polar: true}
	if family := families[name]; family != "" {
		d.family = family
	}
	sum := sha256.New()
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	for n := 1; scan.Scan(); n++ {
		sum.Write(scan.Bytes())
		label, text, ok := strings.Cut(scan.Text(), "\t")
		y, known := labels[label]
		if !ok || !known {
			return d, fmt.Errorf("%s:%d: want neg, neu or pos, a tab and a text", path, n)
		}
		if lostEmoji[name] {
			text = strings.ReplaceAll(text, "?", " ")
		}
		d.polar = d.polar && y != neutral
		d.texts = append(d.texts, labelled{y, text})
	}
	d.hash = fmt.Sprintf("%x", sum.Sum(nil)[:6])
	return d, scan.Err()
}
