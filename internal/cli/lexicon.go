package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"pantau/sentiment"
	"pantau/sentiment/learn"
)

const lexiconHelp = `
Usage:
    pantau lexicon                    version and size of the lexicon
    pantau lexicon learn BRAND        propose entries for a brand
        [--config FILE] [--limit N]

Learn asks which terms of a brand's reviews would bring the score closer to the
stars, beyond what the lexicon and the other terms say already, and prints them
with their support and three examples as an overlay file: first what is new to
the lexicon, then what the stars see otherwise, each most certain first. Strike
out what is wrong; what remains can be used as it is. A few thousand reviews
teach ten to fifty terms, a few hundred next to none.

Example:
    $ pantau lexicon learn "Kopi Senja" > kopi-senja.tsv`

func newLexicon() *cobra.Command {
	cmd := &cobra.Command{Use: "lexicon", Long: lexiconHelp, Args: exactly(0, "no arguments, or learn"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := sentiment.Default()
			if err != nil {
				return err
			}
			return writeLexicon(cmd.OutOrStdout(), a)
		}}
	var file string
	var limit int
	teach := &cobra.Command{Use: "learn", Long: lexiconHelp, Args: exactly(1, "the name of a brand"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return usagef("--limit %d: use 1 or more", limit)
			}
			return learnBrand(cmd.Context(), cmd.OutOrStdout(), file, args[0], limit)
		}}
	teach.Flags().StringVar(&file, "config", "config.toml", "")
	teach.Flags().IntVar(&limit, "limit", 200, "")
	cmd.AddCommand(teach)
	return cmd
}

// writeLexicon says what the program scores with.
func writeLexicon(out io.Writer, a *sentiment.Analyzer) error {
	origins := map[string]int{}
	entries := a.Entries()
	for _, e := range entries {
		origin, _, _ := strings.Cut(e.Origin, "+")
		origins[origin]++
	}
	_, err := fmt.Fprintf(out, "lexicon %s: %d entries, %d curated, %d learned, %d from English lexicons, %d overrides\n",
		a.Version(), len(entries), origins["curated"], origins["learned"], origins["vader"], origins["override"])
	return err
}

func learnBrand(ctx context.Context, out io.Writer, file, brandName string, limit int) error {
	cfg, db, err := openStore(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	var reviews []learn.Review
	query := "SELECT text, stars FROM v_mentions WHERE stars IS NOT NULL AND text IS NOT NULL AND brand = '" + strings.ReplaceAll(brandName, "'", "''") + "'"
	err = db.Query(ctx, query, func([]string) error { return nil }, func(row []any) error {
		text, _ := row[0].(string)
		stars, _ := row[1].(int64)
		reviews = append(reviews, learn.Review{Text: text, Stars: int(stars)})
		return nil
	})
	if err != nil {
		return err
	}
	if len(reviews) == 0 {
		return fmt.Errorf("no reviews with stars for %q: is it a brand of %s, with a source that gives stars?", brandName, file)
	}
	a, err := newScorer(cfg)
	if err != nil {
		return err
	}
	if low, high := learn.Sides(reviews); min(low, high) < learn.LeastReviews {
		return fmt.Errorf("reviews of %q: %d with 1 or 2 stars, %d with 4 or 5: learning compares the two and needs %d of each",
			brandName, low, high, learn.LeastReviews)
	}
	return writeProposals(out, brandName, len(reviews), learn.Propose(a, reviews, brandName, limit))
}

// exampleWidth keeps an example on one line.
const exampleWidth = 100

func writeProposals(out io.Writer, name string, reviews int, proposals []learn.Proposal) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# proposed for %s from %d reviews with stars: strike out what is wrong\n", plain(name), reviews)
	if len(proposals) == 0 {
		b.WriteString("# nothing: the lexicon sees these reviews as their stars do, or they are too few to tell\n")
	}
	for _, p := range proposals {
		fmt.Fprintf(&b, "#\n# in %d reviews with 1 or 2 stars, in %d with 4 or 5; so far %d\n", p.Low, p.High, p.Before)
		for _, text := range p.Examples {
			fmt.Fprintf(&b, "#   %.*s\n", exampleWidth, plain(text))
		}
		fmt.Fprintf(&b, "%s\t%d\n", p.Term, p.Weight)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
