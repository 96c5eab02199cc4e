// Command compile writes the compiled form of the lexicon from its files.
//
// Usage:
//
//	go generate ./sentiment
//
// Run it after every change of a file in sentiment/lexicon, by hand or by training,
// and of the code that reads them. The same files give the same bytes. A program
// with those of other files reads its files at every start, which takes longer.
package main

import (
	"fmt"
	"os"

	"pantau/sentiment"
)

// folder is where go generate runs: in sentiment.
const folder = "lexicon"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "compile:", err)
		os.Exit(1)
	}
}

func run() error {
	a, err := sentiment.Open(os.DirFS(folder), ".")
	if err != nil {
		return err
	}
	data, err := a.MarshalBinary()
	if err != nil {
		return err
	}
	return os.WriteFile(folder+"/compiled.bin", data, 0o644)
}
