// Command cmd prints the benchmark tables of docs/detection.md.
package main

import (
	"flag"
	"os"

	"pantau/internal/gempa"
)

func main() {
	tune := flag.Uint64("tune", 1, "seed on which the thresholds of the peers are tuned")
	seed := flag.Uint64("seed", 2, "seed that is scored")
	each := flag.Int("each", 6, "histories per scenario and volume")
	only := flag.Bool("only", false, "our rule alone")
	flag.Parse()
	gempa.Report(os.Stdout, *tune, *seed, *each, *only)
}
