package sentiment

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed lexicon/*.tsv
var files embed.FS

// Overlay is a lexicon file of the user. Its lines are
// "entry<TAB>polarity[<TAB>subjectivity[<TAB>reason]]" with whole numbers from
// -127 to 127 in sixteenths of a logit, or "entry<TAB>deny".
type Overlay struct {
	Name   string // for error messages
	Reader io.Reader
}

// Entry is one line of the lexicon.
type Entry struct {
	Text         string // normalised words
	Polarity     int8   // sixteenths of a logit
	Subjectivity int8
	N            int    // training texts that hold it, 0 when none
	Sources      string // where it was seen
	Origin       string // learned, curated, curated+learned, vader, overlay
	Reason       string // why a curator set it
	File         string // the file that it stands in
	Line         int    // and its line there
}

type pair struct{ pol, sub int8 }

// lexicon is the content of the files before it is compiled. Words and the
// phrases that go on from them are items of one list, so that a row costs a few
// look-ups by hash. Nothing that there is much of holds a pointer: neither the
// allocator nor the garbage collector has work with it.
type lexicon struct {
	items   []item
	index   []uint64 // open-addressed, by hash
	text    []byte   // the words, one after the other
	entries []entryRow
	paths   []uint32   // the words of the entries, one after the other
	alias   [][]uint32 // by alias number: standard words
	roles   []causeRoles
	direct  []directRow // phrases that are evidence for a cause by themselves
	strings []string    // what many entries say, by number
	known   map[string]uint16
	last    uint16 // the string of the last call of once
	reading uint16 // the string of the file that is read
	origin  uint16 // and that of the origin of its entries
	numbers map[string]float64
	silent  []string
	clitics []string
	suffix  []string
	prefix  [][2]string // strip, restore
	sum     digest
	release string
	buf     [3][]uint32
	block   []byte // what is read at once
}

// directRow is a phrase of causes.tsv and its line.
type directRow struct {
	text string
	line int32
}

// entryRow is an Entry without strings.
type entryRow struct {
	item                    uint32 // the place of its words
	path                    uint32 // where its words start
	n                       int32
	line                    int32
	words                   uint8
	weight                  pair
	sources, origin, reason uint16 // numbers of strings
	file                    uint16
}

type itemMarks uint8

const (
	itemUsed    itemMarks = 1 << iota // a text may contain the word
	itemDenied                        // it carries no weight
	itemFact                          // evidence for a cause by itself
	itemNegated                       // negated is set
)

// sizeHint is more than the number of items, so that the list need not grow.
const sizeHint = 1 << 17

func newLexicon() *lexicon {
	return &lexicon{items: make([]item, 1, sizeHint*3/4), index: make([]uint64, sizeHint), text: make([]byte, 0, 6*sizeHint),
		entries: make([]entryRow, 0, sizeHint/2), paths: make([]uint32, 0, sizeHint),
		alias: make([][]uint32, 1), roles: make([]causeRoles, 1, sizeHint/6), strings: []string{""}, known: map[string]uint16{"": 0},
		numbers: map[string]float64{}}
}

// row is one line of a TSV file with a way to complain about it.
type row struct {
	file   string
	line   int
	fields []string
}

func (r row) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.file, r.line, fmt.Sprintf(format, args...))
}

func (r row) field(i int) string {
	if i >= len(r.fields) {
		return ""
	}
	f := r.fields[i]
	if n := len(f); n > 0 && f[0] > ' ' && f[0] < 0x80 && f[n-1] > ' ' && f[n-1] < 0x80 {
		return f // the usual case
	}
	return strings.TrimSpace(f)
}

// weight reads field i as a weight.
func (r row) weight(i int) (int8, error) {
	if r.field(i) == "" {
		return 0, r.errorf("%q has no weight: put a tab between the columns", r.field(0))
	}
	n, err := strconv.Atoi(r.field(i))
	if err != nil || n < -127 || n > 127 {
		return 0, r.errorf("%q is not a weight: use a whole number from -127 to 127", r.field(i))
	}
	return int8(n), nil
}

// maxFields is the greatest number of columns that is read.
const maxFields = 8

// eachRow calls do for every line of a TSV file that is not empty or a comment.
// The fields are valid until do returns; their strings stay valid.
func eachRow(name, content string, do func(row) error) error {
	var fields [maxFields]string
	for n := 1; content != ""; n++ {
		line, rest, _ := strings.Cut(content, "\n")
		content = rest
		if line = strings.TrimSuffix(line, "\r"); line == "" || line[0] == '#' {
			continue
		}
		count := 0
		for ; count < maxFields-1; count++ {
			i := strings.IndexByte(line, '\t')
			if i < 0 {
				break
			}
			fields[count], line = line[:i], line[i+1:]
		}
		fields[count] = line
		if count == 0 && strings.TrimSpace(line) == "" {
			continue
		}
		if err := do(row{name, n, fields[:count+1]}); err != nil {
			return err
		}
	}
	return nil
}

// kind is a kind of files.
type kind struct {
	pattern string
	origin  string // of their entries
	read    func(*lexicon, row) error
}

// kinds are in the order in which they are read. Later ones win over earlier ones:
// the English prior, curated entries, what training made of both, overrides.
var kinds = [...]kind{
	{"model.tsv", "", (*lexicon).modelRow},
	{"deny.tsv", "", (*lexicon).denyRow},
	{"slang.tsv", "", (*lexicon).slangRow},
	{"affixes.tsv", "", (*lexicon).affixRow},
	{"modifiers.tsv", "", (*lexicon).modifierRow},
	{"common.tsv", "", (*lexicon).commonRow},
	{"languages.tsv", "", (*lexicon).commonRow},
	{"english.tsv", "vader", (*lexicon).entryRow},
	{"curated_*.tsv", "curated", (*lexicon).entryRow},
	{"weights.tsv", "", (*lexicon).learnedRow},
	{"override.tsv", "override", (*lexicon).entryRow},
	{"causes.tsv", "", (*lexicon).causeRow},
}

// eachFile opens the files of dir one after the other.
func eachFile(fsys fs.FS, dir string, do func(k *kind, name string, f fs.File) error) error {
	for i := range kinds {
		names, err := fs.Glob(fsys, path.Join(dir, kinds[i].pattern))
		if err != nil {
			return err
		}
		slices.Sort(names)
		for _, name := range names {
			f, err := fsys.Open(name)
			if err != nil {
				return err
			}
			if err := errors.Join(do(&kinds[i], path.Base(name), f), f.Close()); err != nil {
				return err
			}
		}
	}
	return nil
}

// checksum sums up the files of dir.
func checksum(fsys fs.FS, dir string) (uint32, error) {
	var sum digest
	block := make([]byte, blockSize)
	err := eachFile(fsys, dir, func(_ *kind, _ string, f fs.File) error {
		_, err := io.CopyBuffer(&sum, f, block)
		return err
	})
	return sum.sum, err
}

// readLexicon reads every file of dir.
func readLexicon(fsys fs.FS, dir string) (*lexicon, error) {
	lex := newLexicon()
	err := eachFile(fsys, dir, func(k *kind, name string, f fs.File) error {
		content, err := lex.readAll(f)
		if err != nil {
			return err
		}
		lex.origin = lex.once(k.origin)
		return eachRow(name, content, func(r row) error { return k.read(lex, r) })
	})
	if err != nil {
		return nil, err
	}
	lex.complaints()
	lex.inherit()
	return lex, nil
}

// clitic is the one that a word may have and stand in the lexicon for itself.
const clitic = "nya"

// root returns the word that a word with the clitic is a form of.
func (lex *lexicon) root(w uint32) (*item, bool) {
	text, ok := strings.CutSuffix(string(lex.spelling(w)), clitic)
	if !ok || text == "" {
		return nil, false
	}
	return lex.word(text), true
}

// inherit gives a word with a clitic, which stands in the lexicon for itself, the part of
// its root in causes where it has none: "acnya" is about the "ac".
func (lex *lexicon) inherit() {
	for w := range uint32(len(lex.items)) {
		if it := &lex.items[w]; it.roles != 0 || it.alias != 0 {
			continue
		}
		root, ok := lex.root(w)
		if !ok {
			continue
		}
		r := lex.roles[root.roles]
		if r.direct|r.topic&anyCause|r.fault&anyCause|r.expected&anyCause == 0 && r.time == 0 {
			lex.items[w].roles = root.roles
		}
	}
}

// complaint is the weight of a complaint phrase that no entry gives its own.
var complaint = pair{-28, 20}

// complaints makes entries of the phrases that are evidence for a cause by
// themselves: "otp not received" is bad news without any bad word.
func (lex *lexicon) complaints() {
	lex.reading = lex.once("causes.tsv")
	for _, r := range lex.direct {
		words := lex.entryWords(r.text)
		it := lex.place(words)
		it.marks |= itemFact
		if it.entry < 0 {
			lex.file(it, words, entryRow{weight: complaint, sources: lex.once("causes"), origin: lex.once("curated"),
				reason: lex.once("evidence for a cause"), file: lex.reading, line: r.line})
		}
	}
}

// blockSize is what is read at once.
const blockSize = 32 << 10

// readAll reads r into one string, without the second copy that bytes would need.
func (lex *lexicon) readAll(r io.Reader) (string, error) {
	var b strings.Builder
	if f, ok := r.(fs.File); ok {
		if info, err := f.Stat(); err == nil {
			b.Grow(int(info.Size()))
		}
	}
	if lex.block == nil {
		lex.block = make([]byte, blockSize)
	}
	_, err := io.CopyBuffer(io.MultiWriter(&b, &lex.sum), struct{ io.Reader }{r}, lex.block)
	return b.String(), err
}

// maxPhrase is the longest entry in words.
const maxPhrase = 6

// normalText puts an entry in lower case, with single spaces.
func normalText(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= 0x80 || c < ' ' || c == ' ' && (i == 0 || i+1 == len(s) || s[i+1] == ' ') {
			return strings.Join(strings.Fields(strings.ToLower(s)), " ")
		}
	}
	return s
}

// overlay reads a file of the user. Its entries win over all others.
func (lex *lexicon) overlay(o Overlay) error {
	content, err := lex.readAll(o.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Name, err)
	}
	return eachRow(o.Name, content, func(r row) error {
		if r.field(1) == "deny" {
			return lex.denyRow(r)
		}
		pol, err := r.weight(1)
		if err != nil {
			return err
		}
		sub := int8(min(127, max(int(pol), -int(pol))))
		if r.field(2) != "" {
			if sub, err = r.weight(2); err != nil {
				return err
			}
		}
		words := lex.entryWords(normalText(r.field(0)))
		for _, w := range words {
			if lex.items[w].marks&itemDenied != 0 {
				return r.errorf("%q is on the deny list: names, places, brands and religions carry no weight", lex.spelling(w))
			}
		}
		if len(words) > 0 {
			lex.place(words).marks &^= itemNegated
		}
		return lex.set(r, entryRow{weight: pair{pol, sub}, sources: lex.once(o.Name), origin: lex.once("overlay"), reason: lex.once(r.field(3))})
	})
}
