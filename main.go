// Pantau watches public reviews and mentions of brands and tells people when
// customers are losing trust, why, and when the trust came back.
package main

import (
	"os"

	"pantau/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
