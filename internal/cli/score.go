package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"pantau/brand"
	"pantau/sentiment"
)

const scoreHelp = `
Usage:
    pantau score [--json] [--stars N] [--lexicon WHAT] TEXT...
    pantau score [--json] [--lexicon WHAT]          each line of input

The first line is the verdict, the compound from -1 to 1, and what decided it.
Below stands every contribution: the words (an arrow leads from a negator or
intensifier to the word it acts on), polarity and subjectivity in logits, the
entry of the lexicon (~ when negated), its file and line, and where its weight
comes from. Their sum with the bias is the score.

    --stars      rating of the review; it can make the verdict doubtful, no more
    --lexicon    an overlay file, or domain:app, domain:bank, domain:food,
                 domain:hotel, domain:shop, domain:telco; may be repeated
    --json       prints one JSON object a text

Example:
    $ pantau score "gak bagus, sangat lambat"`

type scoreFlags struct {
	asJSON  bool
	stars   int
	lexicon []string
}

func newScore() *cobra.Command {
	var f scoreFlags
	cmd := &cobra.Command{Use: "score", Long: scoreHelp, RunE: func(cmd *cobra.Command, args []string) error {
		if f.stars < 0 || f.stars > 5 {
			return usagef("--stars is %d: use 1 to 5", f.stars)
		}
		a, err := openLexicon(f.lexicon)
		if err != nil {
			return err
		}
		return f.run(a, cmd.InOrStdin(), cmd.OutOrStdout(), args)
	}}
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "")
	cmd.Flags().IntVar(&f.stars, "stars", 0, "")
	cmd.Flags().StringArrayVar(&f.lexicon, "lexicon", nil, "")
	return cmd
}

// maxLine bounds a line that is read; a mention is never longer.
const maxLine = 4 << 20

func (f scoreFlags) run(a *sentiment.Analyzer, in io.Reader, out io.Writer, args []string) error {
	if len(args) > 0 {
		return f.print(a, out, strings.Join(args, " "))
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		if err := f.print(a, out, lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// scored is what --json prints: the score, the bias that completes its sum, what
// acts on its hits, and the entries behind them.
type scored struct {
	Text    string  `json:"text"`
	Lexicon string  `json:"lexicon"`
	Bias    float64 `json:"bias"`
	SubBias float64 `json:"bias_subjectivity"`
	brand.Score
	Scopes  []sentiment.Scope `json:"scopes"`
	Entries []provenance      `json:"entries"` // in the order of the hits
}

// provenance is where the weight of an entry comes from, and what it is before
// the text changes it, in sixteenths of a logit.
type provenance struct {
	Polarity     int8   `json:"polarity"`
	Subjectivity int8   `json:"subjectivity"`
	Where        string `json:"where"`
	Origin       string `json:"origin"`
	Sources      string `json:"sources,omitempty"`
	Texts        int    `json:"texts,omitempty"`
	Reason       string `json:"reason,omitempty"`
}

func (f scoreFlags) print(a *sentiment.Analyzer, out io.Writer, text string) error {
	s := a.Score(text, f.stars)
	scopes := a.Scopes([]sentiment.Scope{}, text)
	if f.asJSON {
		doc := scored{Text: text, Lexicon: a.Version(), Bias: a.Bias().Polarity, SubBias: a.Bias().Subjectivity, Score: s, Scopes: scopes, Entries: []provenance{}}
		doc.Hits, doc.Causes = append([]brand.Hit{}, s.Hits...), append([]brand.CauseHit{}, s.Causes...)
		for _, h := range s.Hits {
			doc.Entries = append(doc.Entries, provenanceOf(a, h))
		}
		return printJSON(out, doc)
	}
	p := scorePrinter{a: a, text: text, score: &s, scopes: scopes, coloured: colour(out), columns: columns(out)}
	p.verdict()
	p.hits()
	p.context()
	_, err := io.WriteString(out, p.String())
	return err
}

func provenanceOf(a *sentiment.Analyzer, h brand.Hit) provenance {
	e, _ := a.Entry(h.Entry)
	return provenance{e.Polarity, e.Subjectivity, fmt.Sprintf("%s:%d", e.File, e.Line), e.Origin, e.Sources, e.N, e.Reason}
}

// scorePrinter writes one score for people.
type scorePrinter struct {
	strings.Builder
	a        *sentiment.Analyzer
	text     string
	score    *brand.Score
	scopes   []sentiment.Scope
	coloured bool
	columns  int
}

// The colours of a terminal: complaint, praise, and what matters less.
const (
	red   = "31"
	green = "32"
	faint = "2"
)

func (p *scorePrinter) paint(code, s string) string {
	if !p.coloured || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// tellingWeight is the least contribution that the first lines name.
const tellingWeight = 0.15

func signColour(weight float64) string {
	switch {
	case weight >= tellingWeight:
		return green
	case weight <= -tellingWeight:
		return red
	}
	return ""
}

// verdict writes the class and what decided it, broken before the margin.
func (p *scorePrinter) verdict() {
	s := p.score
	code := map[brand.Polarity]string{brand.Negative: red, brand.Positive: green}[s.Polarity]
	head := fmt.Sprintf("%-8s  %+.2f", s.Polarity, s.Compound)
	p.WriteString(p.paint(code, head))
	at := width(head)
	for i, h := range s.Hits {
		if signColour(h.Weight) == "" {
			continue
		}
		part := fmt.Sprintf("%s (%+.2f)", clip(p.words(i), p.columns-12), h.Weight)
		if at += 3 + width(part); at > p.columns {
			p.WriteString("\n")
			at = width(part) + 3
		}
		p.WriteString("   " + p.paint(signColour(h.Weight), part))
	}
	p.WriteByte('\n')
}

// words returns what hit i says, with an arrow from every word that acts on it.
func (p *scorePrinter) words(i int) string {
	h := p.score.Hits[i]
	start, before, after := h.Start, "", ""
	for _, s := range p.scopes {
		if s.Hit != i {
			continue
		}
		if word := plain(p.text[s.Start:s.End]); s.Start >= h.End {
			after += " ← " + word
		} else {
			before += word + " → "
			start = max(start, min(s.End, h.End))
		}
	}
	return before + strings.TrimSpace(plain(p.text[start:h.End])) + after
}

// weightColumns is the room that the two numbers of a line take.
const weightColumns = 19

// hits writes two lines for every hit: what it adds, and where that comes from.
func (p *scorePrinter) hits() {
	if len(p.score.Hits) == 0 {
		return
	}
	said := len("words")
	for i := range p.score.Hits {
		said = max(said, width(p.words(i)))
	}
	said = min(said, p.columns-2-weightColumns)
	fmt.Fprintf(p, "\n  %-*s  polarity subject.\n", said, "words")
	for i, h := range p.score.Hits {
		words := clip(p.words(i), said)
		fmt.Fprintf(p, "  %s%s %s %+8.2f\n", words, pad(words, said), p.paint(signColour(h.Weight), fmt.Sprintf("%+8.2f", h.Weight)), h.Subjectivity)
		for _, line := range wrap(p.from(h), p.columns-6) {
			p.WriteString(p.paint(faint, "      "+line) + "\n")
		}
	}
	bias := p.a.Bias()
	sum := sentiment.Sum(bias, p.score.Hits)
	fmt.Fprintf(p, "  %-*s %+8.2f %+8.2f\n  %-*s %+8.2f %+8.2f\n", said, "bias", bias.Polarity, bias.Subjectivity, said, "sum", sum.Polarity, sum.Subjectivity)
}

// from says which entry a hit is, where it stands, what its weight was learned
// from and what the text changed.
func (p *scorePrinter) from(h brand.Hit) string {
	e := provenanceOf(p.a, h)
	text := fmt.Sprintf("%s, %s %s", h.Entry, e.Where, e.Origin)
	if e.Texts > 0 {
		text += fmt.Sprintf(", %d texts of %s", e.Texts, strings.ReplaceAll(e.Sources, ",", " "))
	}
	if e.Reason != "" {
		text += ", " + e.Reason
	}
	if h.Rule != "" {
		text += "; " + strings.ReplaceAll(h.Rule, ",", ", ")
	}
	return plain(text)
}

// context writes what is not part of the sum.
func (p *scorePrinter) context() {
	p.WriteByte('\n')
	for _, c := range p.score.Causes {
		for i, line := range wrap(c.Cause.Name("en")+": "+plain(p.text[c.Start:c.End]), p.columns-12) {
			fmt.Fprintf(p, "  %-9s %s\n", map[bool]string{true: "cause"}[i == 0], line)
		}
	}
	doubtful := ""
	if p.score.Doubtful {
		doubtful = ", doubtful"
	}
	fmt.Fprintf(p, "  language  %s\n  complaint %.0f %%%s\n", p.score.Language, 100*p.score.PNegative, doubtful)
}

// wrap breaks text between words into lines of at most n columns.
func wrap(text string, n int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && width(line)+1+width(word) > n {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += clip(word, max(n, 8))
	}
	return append(lines, line)
}

// clip shortens text to n columns.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > max(n, 1) {
		return string(r[:max(n, 1)-1]) + "…"
	}
	return text
}

// width counts what takes a column: good enough for letters, not for emoji.
func width(s string) int { return len([]rune(s)) }

func pad(s string, n int) string { return strings.Repeat(" ", max(0, n-width(s))) }
