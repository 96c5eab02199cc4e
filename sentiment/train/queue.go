package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
)

// The curation queue holds what a person should look at next.
const (
	queueLength  = 2000
	conflictN    = 8   // polar texts of a family that make its opinion count
	conflictPart = 0.7 // share of one side among them that is an opinion
)

// writeQueue writes the learned entries with the greatest impact, those first
// about which two families disagree.
func (t *trainer) writeQueue(names []string, w *weights, stats []tally) error {
	type item struct {
		line     string
		conflict bool
		impact   float64
	}
	var items []item
	for i, name := range names {
		if t.prior[name].Text != "" || stats[i].n == 0 {
			continue
		}
		score := impact(w, i, float64(stats[i].n))
		conflict := stats[i].conflict()
		note := ""
		if conflict {
			note = "sources disagree"
		}
		items = append(items, item{fmt.Sprintf("%s\t%+.2f\t%+.2f\t%d\t%.1f\t%s", name, w.pol[i], w.sub[i], stats[i].n, score, note), conflict, score})
	}
	slices.SortStableFunc(items, func(x, y item) int {
		if x.conflict != y.conflict {
			if x.conflict {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.impact, x.impact)
	})
	var b strings.Builder
	b.WriteString("# entry, polarity, subjectivity, texts, impact, note\n")
	for _, x := range items[:min(len(items), queueLength)] {
		b.WriteString(x.line + "\n")
	}
	return os.WriteFile(t.queue, []byte(b.String()), 0o644)
}

// conflict reports whether one family uses an entry in praise and another in
// complaints.
func (y *tally) conflict() bool {
	var praise, blame bool
	for _, by := range y.sources {
		polar := float64(by[negative] + by[positive])
		if polar < conflictN {
			continue
		}
		praise = praise || float64(by[positive]) >= conflictPart*polar
		blame = blame || float64(by[negative]) >= conflictPart*polar
	}
	return praise && blame
}
