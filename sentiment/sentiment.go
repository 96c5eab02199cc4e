// Package sentiment scores short public texts in Indonesian, English and the
// mix of both that reviews are written in, and names the causes of complaints.
//
// The lexicon is data: every entry of lexicon/*.tsv carries two weights in
// sixteenths of a logit. Polarity says which way the entry leans, subjectivity
// how much it speaks of an opinion at all. A text is cut into entries, each
// with a byte span of the original; their weights, changed by negation and
// emphasis and divided by the length of the evidence, are added. Nothing else
// enters the score, so the hits of a [brand.Score] explain it completely.
//
// An [Analyzer] does no I/O, reads no clock, is immutable and safe for
// concurrent use.
package sentiment

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"pantau/brand"
)

// Analyzer scores texts with one lexicon.
type Analyzer struct {
	tables
	version string
	against float64 // what counts against a complaint, by the prior
	silent  float64 // P(negative) of a text that nothing is known of
	scratch sync.Pool
}

// tables are the lexicon as an analyzer reads it. They hold no pointers but to
// lists, and those hold none: they may lie anywhere.
type tables struct {
	model     *model
	words     []word         // by word number; 0 is the unknown word
	boosts    []uint8        // by word number: factor of an intensifier in hundredths, at most 2.55; reach of a negator in words
	names     []span         // by word number
	expand    []uint32       // the words that one surface form stands for, behind their number
	table     table          // hash of a surface form to its word number
	trie      trie           // phrases over word numbers
	info      []entryInfo    // by entry number: what scoring reads
	details   []entryDetails // by entry number: the rest
	roles     []causeRoles
	affixes   affixes
	emoticons *[1 << 10]bool // by the first two signs
	deny      []span         // sorted by what they say
	strings   []span         // what many entries say
	text      string         // what all spans are of
}

// open makes an analyzer of tables.
func (t tables) open() *Analyzer {
	a := &Analyzer{tables: t, version: fmt.Sprintf("%s-%06x", t.name(t.model.release), t.model.sum>>8)}
	a.against = math.Exp(-a.model.prior)
	a.silent = a.pNegative(a.model.bias, a.model.bias.odds())
	a.scratch.New = newScratch
	return a
}

// New builds an analyzer from the embedded lexicon and the entries of overlays,
// which win. A line that cannot be used is an error "FILE:LINE: reason".
func New(overlays ...Overlay) (*Analyzer, error) {
	if len(overlays) == 0 {
		sum, err := checksum(files, "lexicon")
		if err != nil {
			return nil, err
		}
		if t, ok := load(compiled, sum); ok {
			return t.open(), nil
		}
	}
	a, err := Open(files, "lexicon", overlays...)
	if err != nil {
		return nil, err
	}
	if err := a.mute(); err != nil {
		return nil, err
	}
	return a, nil
}

// Default is [New] without overlays.
func Default() (*Analyzer, error) { return New() }

// Version identifies the lexicon: its release and a hash of every line of it,
// overlays included.
func (a *Analyzer) Version() string { return a.version }

// Entry returns the entry that a [brand.Hit] names. A negated hit names its
// entry with a leading "~".
func (a *Analyzer) Entry(name string) (Entry, bool) {
	name = strings.TrimPrefix(name, "~")
	at, entry := uint32(0), int32(-1)
	for w := range strings.FieldsSeq(name) {
		n := a.table.find(hashOf(w))
		if at == 0 {
			at, entry = n, a.words[n].entry
		} else if at = a.trie.next(at, n, pairHash(at, n)); at != 0 {
			entry = a.trie.node(at).entry
		}
		if at == 0 {
			return Entry{}, false
		}
	}
	if entry < 0 || a.name(a.info[entry].name)[1:] != name {
		return Entry{}, false
	}
	return a.entry(int(entry)), true
}

func (t *tables) name(s span) string { return t.text[s.start : s.start+uint32(s.size)] }

// entry puts together what is known about entry i.
func (a *Analyzer) entry(i int) Entry {
	e, d := &a.info[i], &a.details[i]
	return Entry{Text: a.name(e.name)[1:], Polarity: e.weights[0].pol, Subjectivity: e.weights[0].sub, N: int(d.n),
		Sources: a.name(a.strings[d.sources]), Origin: a.name(a.strings[d.origin]), Reason: a.name(a.strings[d.reason]),
		File: a.name(a.strings[d.file]), Line: int(d.line)}
}

// Score returns the verdict on text. Stars from 1 to 5 can only make it
// doubtful, 0 means that the source gives none.
func (a *Analyzer) Score(text string, stars int) brand.Score {
	var s brand.Score
	a.ScoreInto(&s, text, stars)
	return s
}

// ScoreInto is [Analyzer.Score] into dst. It reuses the hits and causes of dst,
// so that a caller that keeps dst allocates nothing.
func (a *Analyzer) ScoreInto(dst *brand.Score, text string, stars int) {
	sc := a.scratch.Get().(*scratch)
	sc.reset()
	a.tokenise(sc, text)
	a.match(sc)
	a.judge(dst, sc, stars)
	a.scratch.Put(sc)
}

// scratch is the working memory of one text.
type scratch struct {
	findings
	text     []byte // the text, and room behind it
	tokens   []token
	signs    []sign  // tokens that are no runs
	noted    []int32 // tokens that need a closer look
	folded   []token // tokens before those that stand for several words are replaced
	matches  []match
	mentions []mention
	causes   []brand.CauseHit
	moods    []mood
	last     causeState
	seen     sightings
	buf      folded
	alt      folded
}

// findings are what a text is found to hold, nothing at first.
type findings struct {
	heard    [4]uint64  // one bit for the entries so far
	votes    [8]int32   // tokens by the languages of their words
	parts    causeRoles // of all mentions
	marks    int32      // tokens that are no words
	past     past
	lower    int  // letters in lower case
	upper    int  // letters in capitals
	contexts int  // matches that make no text known
	digits   bool // one of the marks is a short number
	uneven   bool // a match counts more or less than another
	loud     bool // an entry stands in capitals
	fact     bool // a complaint was stated as a fact
}

// keepBytes bounds the memory that a rare huge text leaves in the pool.
const keepBytes = 1 << 16

func newScratch() any {
	return &scratch{matches: make([]match, 0, 256)}
}

func (s *scratch) reset() {
	if len(s.text) > keepBytes {
		*s = *newScratch().(*scratch)
	}
	s.findings = findings{}
	s.tokens = s.tokens[:0]
	s.signs = s.signs[:0]
	s.mentions = s.mentions[:0]
	s.causes = s.causes[:0]
	s.moods = s.moods[:0]
}
