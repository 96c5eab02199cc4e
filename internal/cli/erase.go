package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/alerts"
	"pantau/collectors/clean"
	"pantau/daemon"
	"pantau/store"
)

const eraseHelp = `
Usage:
    pantau erase --author NAME | --url URL | --id ID [--json]

Deletes mentions for good: from the database and its -wal file, the search
index, quotes in incidents, the backups and the copy for analysts. What was
erased is not collected again, and a restored backup does not bring it back.
Messages in Slack that quote it are edited by pantau run, with a bot token.
Counts stay: they name nobody. Prints a receipt; exit status 1 when something is
left to do by hand.

    --author NAME     all mentions of an author, as the source spells the name
    --url URL         the mention at an address
    --id ID           the mention with this number in v_mentions
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

Example:
    $ pantau erase --url https://example.com/review/4711`

type eraseFlags struct {
	databaseFlags
	author, url string
	id          int64
	asJSON      bool
}

func newErase() *cobra.Command {
	var f eraseFlags
	cmd := &cobra.Command{Use: "erase", Long: eraseHelp, Args: exactly(0, "no arguments")}
	f.add(cmd)
	cmd.Flags().StringVar(&f.author, "author", "", "")
	cmd.Flags().StringVar(&f.url, "url", "", "")
	cmd.Flags().Int64Var(&f.id, "id", 0, "")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if f.count() != 1 {
			return usagef("erase needs one of --author, --url and --id: see pantau erase --help")
		}
		if f.url != "" && !strings.HasPrefix(f.url, "https://") && !strings.HasPrefix(f.url, "http://") {
			return usagef("--url: %q is not an address with https:// or http://, as v_mentions has them", f.url)
		}
		db, err := f.write(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		e, err := f.erasure(cmd, db)
		if err != nil {
			return err
		}
		e.Editable = alerts.Editable
		r, err := db.Erase(cmd.Context(), e, time.Now())
		if errors.Is(err, store.ErrNoMention) {
			return usagef("%v: see v_mentions", err)
		}
		if err != nil {
			return err
		}
		if f.asJSON {
			err = printJSON(cmd.OutOrStdout(), r)
		} else {
			printReceipt(cmd.OutOrStdout(), r)
		}
		if n := leftToDo(r); err == nil && n > 0 {
			err = fmt.Errorf("%d things are left to do by hand", n)
		}
		return err
	}
	return cmd
}

func leftToDo(r store.Receipt) int {
	n := len(r.Problems)
	for _, s := range r.Published {
		if !s.Edited {
			n++
		}
	}
	return n
}

func (f *eraseFlags) count() (n int) {
	for _, set := range []bool{f.author != "", f.url != "", f.id != 0} {
		if set {
			n++
		}
	}
	return n
}

// erasure says what is meant. An author has another pseudonym at every source.
func (f *eraseFlags) erasure(cmd *cobra.Command, db *store.DB) (store.Erasure, error) {
	e := store.Erasure{ID: f.id, URL: f.url}
	if f.author == "" {
		return e, nil
	}
	file := filepath.Join(filepath.Dir(db.Path()), "pantau.key")
	if _, err := os.Stat(file); err != nil {
		return e, fmt.Errorf("the key of the pseudonyms is needed to find an author: %w", err)
	}
	key, err := daemon.PseudonymKey(file)
	if err != nil {
		return e, err
	}
	sources, err := db.SourceNames(cmd.Context())
	for _, s := range sources {
		e.Authors = append(e.Authors, clean.Pseudonym(key, s, f.author))
	}
	return e, err
}

func printReceipt(w io.Writer, r store.Receipt) {
	fmt.Fprintf(w, "erased at   %s\nmentions    %d %v\nquotes      %d\nblocked     %d\n", r.At.UTC().Format(time.RFC3339), len(r.Mentions), r.Mentions, r.Quotes, r.Blocked)
	for _, c := range r.Copies {
		fmt.Fprintf(w, "cleaned     %s\n", c)
	}
	for _, s := range r.Published {
		if s.Edited {
			fmt.Fprintf(w, "edited      incident %d was told to %s with a quote: pantau run edits the message\n", s.Incident, plain(s.Channel))
			continue
		}
		fmt.Fprintf(w, "by hand     incident %d was told to %s with a quote: message %s\n", s.Incident, plain(s.Channel), plain(s.Receipt))
	}
	for _, p := range r.Problems {
		fmt.Fprintf(w, "by hand     %s\n", p)
	}
}
