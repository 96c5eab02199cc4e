package sentiment

import (
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestFormsDoNotCollide(t *testing.T) {
	lex, err := readLexicon(files, "lexicon")
	if err != nil {
		t.Fatal(err)
	}
	a := lex.compile().open()
	seen := 0
	for i := range lex.items {
		it := &lex.items[i]
		if it.marks&itemUsed == 0 || it.alias != 0 {
			continue
		}
		seen++
		text := lex.spelling(uint32(i))
		if got := a.table.find(hashOf(text)); a.name(a.names[got]) != string(text) {
			t.Errorf("%q is found as %q", text, a.name(a.names[got]))
		}
	}
	if seen < 10000 {
		t.Errorf("%d forms were looked up, want all", seen)
	}
}

func TestEveryEntryIsFound(t *testing.T) {
	a := analyzer(t)
	entries := a.Entries()
	if len(entries) < 20000 {
		t.Errorf("%d entries, want all", len(entries))
	}
	for _, e := range entries {
		if got, ok := a.Entry("~" + e.Text); !ok || got != e {
			t.Errorf("Entry(%q) = %+v, %v, want %+v", "~"+e.Text, got, ok, e)
		}
		if !a.finds(e.Text) {
			t.Errorf("%s:%d: no text can hold %q", e.File, e.Line, e.Text)
		}
	}
	for _, name := range []string{"", "~", "xyzzy", "bagus xyzzy", "tidak bisa"} {
		if got, ok := a.Entry(name); ok && got.Text != name {
			t.Errorf("Entry(%q) = %+v, want nothing else", name, got)
		}
	}
}

// A line that says something of words which no text has does nothing, and nobody notices.
func TestEveryLineIsFound(t *testing.T) {
	lex, err := readLexicon(files, "lexicon")
	if err != nil {
		t.Fatal(err)
	}
	a := analyzer(t)
	spell := func(words []uint32) (text string) {
		for _, w := range words {
			text += " " + string(lex.spelling(w))
		}
		return text
	}
	lines := 0
	for _, list := range []struct {
		name    string
		columns []int // of the words, and of the words that they stand for
	}{{"causes.tsv", []int{2}}, {"modifiers.tsv", []int{1}}, {"deny.tsv", []int{0}}, {"slang.tsv", []int{0, 1}}} {
		content, err := fs.ReadFile(files, "lexicon/"+list.name)
		if err != nil {
			t.Fatal(err)
		}
		if err := eachRow(list.name, string(content), func(r row) error {
			lines++
			text, got := r.field(list.columns[0]), ""
			want := spell(lex.entryWords(normalText(text)))
			if len(list.columns) > 1 {
				want = spell(lex.words(nil, r.field(list.columns[1])))
			}
			for _, w := range a.Words(nil, text) {
				got += " " + w.Text
			}
			if got != want {
				t.Error(r.errorf("%q is never found: a text that holds it has the words%s, want%s", text, got, want))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if lines < 20000 {
		t.Errorf("%d lines, want all", lines)
	}
}

func TestManyNewWords(t *testing.T) {
	const n = sizeHint
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "kata%dbaru\t%d\n", i, i%100+1)
	}
	a, err := New(Overlay{"kata.tsv", strings.NewReader(b.String())})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < n; i += 97 {
		name := fmt.Sprintf("kata%dbaru", i)
		if e, ok := a.Entry(name); !ok || int(e.Polarity) != i%100+1 || e.Sources != "kata.tsv" || e.Origin != "overlay" {
			t.Errorf("Entry(%q) = %+v, %v, want polarity %d", name, e, ok, i%100+1)
		}
		if !a.finds(name) {
			t.Errorf("no text can hold %q", name)
		}
	}
}

func TestDenyListHolds(t *testing.T) {
	a := analyzer(t)
	for _, e := range a.Entries() {
		if a.Denied(e.Text) {
			t.Errorf("%q carries weight and is on the deny list", e.Text)
		}
	}
}

func TestFilesAreSorted(t *testing.T) {
	names, err := fs.Glob(files, "lexicon/*.tsv")
	if err != nil || len(names) < 10 {
		t.Fatalf("lexicon files %v, %v", names, err)
	}
	for _, name := range names {
		switch base := path.Base(name); base {
		case "model.tsv", "modifiers.tsv", "affixes.tsv", "languages.tsv", "causes.tsv":
			continue // their order is theirs
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		if err := eachRow(name, string(content), func(r row) error { keys = append(keys, r.field(0)); return nil }); err != nil {
			t.Fatal(err)
		}
		// The separator of columns sorts before every letter, as the files have it.
		if !slices.IsSortedFunc(keys, func(x, y string) int { return strings.Compare(x+"\t", y+"\t") }) && !slices.IsSorted(keys) {
			t.Errorf("%s is not sorted", name)
		}
	}
}

func TestLexiconIsSmall(t *testing.T) {
	const (
		limit = 8 << 20
		extra = 20 << 20 // what reading the files, as overlays need it, may use for a moment
	)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // a pool of the test before lets go at the second
	runtime.ReadMemStats(&before)
	a, err := Open(files, "lexicon")
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	allocated := after.TotalAlloc - before.TotalAlloc
	runtime.GC()
	runtime.ReadMemStats(&after)
	size := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d entries, %d words, %d slots, %.1f MB of %.1f MB that were allocated", len(a.info), len(a.words), len(a.table.slots),
		float64(size)/(1<<20), float64(allocated)/(1<<20))
	if size > limit {
		t.Errorf("the lexicon takes %d bytes, want at most %d", size, limit)
	}
	if int64(allocated) > size+extra {
		t.Errorf("construction allocates %d bytes and keeps %d, want at most %d more", allocated, size, extra)
	}
	runtime.KeepAlive(a)
}

// eachCurated reads every line of the curated files, with the lexicon that they belong to.
func eachCurated(t *testing.T, do func(lex *lexicon, name string, r row) error) {
	lex, err := readLexicon(files, "lexicon")
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, "lexicon/curated_*.tsv")
	if err != nil || len(names) < 10 {
		t.Fatalf("curated files %v, %v", names, err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		err = eachRow(name, string(content), func(r row) error {
			if err := do(lex, name, r); err != nil {
				t.Error(err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Slang hides what an entry says: "gag" is a way to write "tidak", and a word for
// vomiting that a curator adds would be a weight of every negation.
func TestNoSlangOfANegatorIsAnEntry(t *testing.T) {
	eachCurated(t, func(lex *lexicon, _ string, r row) error {
		text := normalText(r.field(0))
		words := lex.entryWords(text)
		if len(words) == 1 && lex.items[words[0]].flags&wordNegator != 0 && string(lex.spelling(words[0])) != text {
			return r.errorf("%q is another way to write %q", text, lex.spelling(words[0]))
		}
		return nil
	})
}

// Of two lines for one entry the one in the file that sorts last wins, and a curator
// who changes the other wonders why nothing happens.
func TestCuratedEntriesStandOnce(t *testing.T) {
	at := map[uint32]string{}
	eachCurated(t, func(lex *lexicon, name string, r row) error {
		text, negated := strings.CutPrefix(normalText(r.field(0)), "~")
		it := lex.place(lex.entryWords(text))
		key := it.number<<1 | map[bool]uint32{true: 1}[negated]
		if other, ok := at[key]; ok {
			return r.errorf("%q stands in %s as well", text, other)
		}
		at[key] = fmt.Sprintf("%s:%d", name, r.line)
		return nil
	})
}
