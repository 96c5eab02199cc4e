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
    pantau score [--json] [--stars N] TEXT...    how TEXT is scored
    pantau score [--json]                        the same for each line of input

The first line is the verdict, the compound from -1 to 1, and what decided it.
Below stand all contributions: polarity and subjectivity in logits, the entry of
the lexicon as it spells it (~ when negated), what changed it, where it was
learned and from how many texts. Their sum with the bias is the score.

    --stars    rating of the review; it can make the verdict doubtful, no more
    --json     prints one JSON object a text

Example:
    $ pantau score "gak bagus, sangat lambat"`

type scoreFlags struct {
	asJSON bool
	stars  int
}

func newScore() *cobra.Command {
	var f scoreFlags
	cmd := &cobra.Command{Use: "score", Long: scoreHelp, RunE: func(cmd *cobra.Command, args []string) error {
		if f.stars < 0 || f.stars > 5 {
			return usagef("--stars is %d: use 1 to 5", f.stars)
		}
		a, err := sentiment.Default()
		if err != nil {
			return err
		}
		return f.run(a, cmd.InOrStdin(), cmd.OutOrStdout(), args)
	}}
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "")
	cmd.Flags().IntVar(&f.stars, "stars", 0, "")
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

// scored is what --json prints: the score and the bias that completes its sum.
type scored struct {
	Text    string  `json:"text"`
	Lexicon string  `json:"lexicon"`
	Bias    float64 `json:"bias"`
	SubBias float64 `json:"bias_subjectivity"`
	brand.Score
}

func (f scoreFlags) print(a *sentiment.Analyzer, out io.Writer, text string) error {
	s := a.Score(text, f.stars)
	if f.asJSON {
		if s.Hits == nil {
			s.Hits = []brand.Hit{}
		}
		if s.Causes == nil {
			s.Causes = []brand.CauseHit{}
		}
		return printJSON(out, scored{text, a.Version(), a.Bias().Polarity, a.Bias().Subjectivity, s})
	}
	var b strings.Builder
	writeVerdict(&b, text, &s, colour(out))
	writeHits(&b, a, text, &s)
	writeContext(&b, text, &s)
	_, err := io.WriteString(out, b.String())
	return err
}

// tellingWeight is the least contribution that the first line names.
const tellingWeight = 0.15

func writeVerdict(b *strings.Builder, text string, s *brand.Score, coloured bool) {
	verdict := fmt.Sprintf("%-8s  %+.2f", s.Polarity, s.Compound)
	if code := map[brand.Polarity]string{brand.Negative: "31", brand.Positive: "32"}[s.Polarity]; coloured && code != "" {
		verdict = "\x1b[" + code + "m" + verdict + "\x1b[0m"
	}
	b.WriteString(verdict)
	for _, h := range s.Hits {
		if h.Weight >= tellingWeight || h.Weight <= -tellingWeight {
			fmt.Fprintf(b, "   %s (%+.2f)", visible(text[h.Start:h.End]), h.Weight)
		}
	}
	b.WriteByte('\n')
}

func writeHits(b *strings.Builder, a *sentiment.Analyzer, text string, s *brand.Score) {
	if len(s.Hits) == 0 {
		return
	}
	said, entry := len("words"), len("entry")
	for _, h := range s.Hits {
		said, entry = max(said, width(visible(text[h.Start:h.End]))), max(entry, width(h.Entry))
	}
	fmt.Fprintf(b, "\n  %-*s  %-*s  polarity  subject.  from\n", said, "words", entry, "entry")
	for _, h := range s.Hits {
		words := visible(text[h.Start:h.End])
		fmt.Fprintf(b, "  %s%s  %s%s  %+8.2f  %+8.2f  %s\n", words, pad(words, said), h.Entry, pad(h.Entry, entry),
			h.Weight, h.Subjectivity, provenance(a, h))
	}
	bias := a.Bias()
	sum := sentiment.Sum(bias, s.Hits)
	fmt.Fprintf(b, "  %-*s  %-*s  %+8.2f  %+8.2f\n", said, "", entry, "bias", bias.Polarity, bias.Subjectivity)
	fmt.Fprintf(b, "  %-*s  %-*s  %+8.2f  %+8.2f\n", said, "", entry, "sum", sum.Polarity, sum.Subjectivity)
}

// provenance says where an entry comes from and what changed its weight.
func provenance(a *sentiment.Analyzer, h brand.Hit) string {
	e, _ := a.Entry(h.Entry)
	from := e.Origin
	if e.N > 0 {
		from += fmt.Sprintf(", %d texts of %s", e.N, strings.ReplaceAll(e.Sources, ",", " "))
	}
	if h.Rule != "" {
		from += "; " + h.Rule
	}
	return from
}

func writeContext(b *strings.Builder, text string, s *brand.Score) {
	b.WriteByte('\n')
	for _, c := range s.Causes {
		fmt.Fprintf(b, "  cause     %s: %s\n", c.Cause.Name("en"), visible(text[c.Start:c.End]))
	}
	doubtful := ""
	if s.Doubtful {
		doubtful = ", doubtful"
	}
	fmt.Fprintf(b, "  language  %s\n  complaint %.0f %%%s\n", s.Language, 100*s.PNegative, doubtful)
}

// visible makes text safe for a terminal: control and direction characters of a
// review must not move the cursor or turn the line round.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return ' '
		}
		return r
	}, text)
}

// width counts what takes a column: good enough for letters, not for emoji.
func width(s string) int { return len([]rune(s)) }

func pad(s string, n int) string { return strings.Repeat(" ", max(0, n-width(s))) }
