// Command train learns the weights of the lexicon from labelled texts.
//
// Usage:
//
//	go run ./sentiment/train [-data DIR] [-lexicon DIR] [-queue FILE] [-leave FAMILY] [-seed N]
//
// It reads DIR/*.tsv ("label<TAB>text"), keeps what a curator decided, and
// writes weights.tsv and common.tsv into the lexicon folder. The same input gives
// the same output: the order of the texts comes from a fixed seed.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	o := defaults()
	flag.StringVar(&o.data, "data", "../shared/data/sentiment/train", "folder of labelled texts")
	flag.StringVar(&o.lexicon, "lexicon", "sentiment/lexicon", "folder of the lexicon")
	flag.StringVar(&o.queue, "queue", "", "file for the curation queue: what a person should look at next")
	flag.IntVar(&o.entries, "entries", o.entries, "learned entries to keep")
	flag.Float64Var(&o.ridge, "ridge", o.ridge, "pull of a weight toward its prior")
	flag.Float64Var(&o.phraseRidge, "phrase-ridge", o.phraseRidge, "pull of a phrase toward the sum of its words")
	flag.Float64Var(&o.freeRidge, "free-ridge", o.freeRidge, "the same for entries without a prior")
	flag.Float64Var(&o.least, "least", o.least, "logits that a learned entry must weigh to be kept")
	flag.Float64Var(&o.dropout, "dropout", o.dropout, "share of its entries that a text is learned without, at random")
	flag.IntVar(&o.epochs, "epochs", o.epochs, "passes over the texts")
	flag.Uint64Var(&o.seed, "seed", o.seed, "seed of the order of the texts and of what is left out of them")
	flag.StringVar(&o.leave, "leave", "", "source family to leave out, for a cross-domain check")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}
