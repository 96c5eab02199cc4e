package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// without hides files that an earlier run wrote.
type without struct {
	fs.FS
	names []string
}

func (f without) Open(name string) (fs.File, error) {
	if slices.Contains(f.names, filepath.Base(name)) {
		return nil, fs.ErrNotExist
	}
	return f.FS.Open(name)
}

// readLists reads the words that keep their clitic and those of closed classes.
func (t *trainer) readLists() (err error) {
	if t.apart, err = list(filepath.Join(filepath.Dir(t.lexicon), "train", "apart.txt")); err != nil {
		return err
	}
	t.closed, err = list(filepath.Join(t.lexicon, "closed.tsv"))
	return err
}

func list(path string) (map[string]bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]bool{}, nil
	}
	return lines(string(data)), err
}

// lines returns the lines of a list that are no comments.
func lines(list string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(list) {
		if !strings.HasPrefix(line, "#") {
			out[strings.TrimSpace(line)] = true
		}
	}
	return out
}

// writeCommon writes which language the frequent words belong to.
func (t *trainer) writeCommon() error {
	var english, other float64
	for _, d := range t.sets {
		for _, x := range d.texts {
			n := float64(len(x.text))
			if d.english {
				english += n
			} else {
				other += n
			}
		}
	}
	var lines []string
	for _, x := range sorted(t.words) {
		if x.n < 5 {
			continue
		}
		en, id := float64(x.english)/english, float64(x.n-x.english)/other
		code := "xx"
		switch {
		case en > 6*id:
			code = "en"
		case id > 6*en:
			code = "id"
		}
		lines = append(lines, x.text+"\t"+code)
	}
	return t.save("common.tsv", "frequent words and their language (id, en, xx shared), by counts", lines)
}

// save writes sorted lines under a header.
func (t *trainer) save(name, what string, lines []string) error {
	slices.Sort(lines)
	f, err := os.Create(filepath.Join(t.lexicon, name))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "# %s\n# Licence: CC BY-SA 4.0. Written by sentiment/train; credits in NOTICE.\n", what)
	for _, d := range t.sets {
		fmt.Fprintf(w, "# input %s %s %d texts\n", d.name, d.hash, len(d.texts))
	}
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
	return errors.Join(w.Flush(), f.Close())
}

// tally is what the examples say about one entry.
type tally struct {
	n, negated int
	sources    map[string]*[3]int // texts of each family by label
}

func (t *trainer) tally(entries int, xs []example) []tally {
	out := make([]tally, entries)
	for i := range xs {
		for _, f := range xs[i].features {
			if f.part {
				continue
			}
			y := &out[f.id]
			y.n++
			if f.negated {
				y.negated++
			}
			y.count(t.sets[xs[i].set].family, xs[i].label)
		}
	}
	return out
}

func (y *tally) count(family string, label int) {
	if y.sources == nil {
		y.sources = map[string]*[3]int{}
	}
	if y.sources[family] == nil {
		y.sources[family] = &[3]int{}
	}
	y.sources[family][label]++
}

func int8Weight(v float64) int { return int(math.Round(min(127, max(-127, v*16)))) }

// write writes weights.tsv: every entry that the texts hold.
func (t *trainer) write(names []string, w *weights, stats []tally) error {
	var lines []string
	learned := 0
	for i, name := range names {
		if stats[i].n == 0 {
			continue
		}
		if t.prior[name].Text == "" {
			learned++
		}
		lines = append(lines, t.rows(name, w, i, &stats[i])...)
	}
	fmt.Printf("%d entries of %d candidates, %d learned\n", len(lines), len(names), learned)
	for i, d := range t.sets {
		fmt.Printf("  %-14s n %6d  bias %+.2f %+.2f\n", d.name, len(d.texts), w.biasPol[i], w.biasSub[i])
	}
	return t.save("weights.tsv", "entry, polarity, subjectivity (1/16 logit), texts, sources, origin", lines)
}

func (t *trainer) rows(name string, w *weights, i int, s *tally) []string {
	origin := "learned"
	if p := t.prior[name]; p.Text != "" {
		origin = p.Origin + "+learned"
	}
	var sources []string
	for f := range s.sources {
		sources = append(sources, f)
	}
	slices.Sort(sources)
	from := strings.Join(sources, ",")
	pol, sub := w.entry(t.options, int32(i), false)
	out := []string{fmt.Sprintf("%s\t%d\t%d\t%d\t%s\t%s", name, int8Weight(pol), int8Weight(sub), s.n, from, origin)}
	if s.negated >= 3 {
		pol, sub := w.entry(t.options, int32(i), true)
		out = append(out, fmt.Sprintf("~%s\t%d\t%d\t%d\t%s\t%s", name, int8Weight(pol), int8Weight(sub), s.negated, from, origin))
	}
	return out
}
