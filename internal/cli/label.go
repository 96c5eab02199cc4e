package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pantau/brand"
	"pantau/store"
)

const labelHelp = `
Usage:
    pantau label ID negative|neutral|positive [CAUSE...] [--note TEXT]
    pantau label ID --undo
    pantau label --export FILE.tsv [--causes]

Corrects the verdict on a mention. All numbers follow at once; the verdict of
the scorer stays beside it, and every correction stays in v_label_changes. An
edit of the text ends its label. ID is the number in v_mentions.

    --as NAME         who says so (default: the user of this terminal)
    --note TEXT       why
    --undo            takes the label back
    --export FILE     writes all labels with their texts for pantau eval; with
                      --causes the causes, for pantau eval --causes
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

Example:
    $ pantau label 4711 negative delivery slow_response --note sarkasme`

type labelFlags struct {
	databaseFlags
	actor, note, export string
	undo, causes        bool
}

func newLabel() *cobra.Command {
	var f labelFlags
	cmd := &cobra.Command{Use: "label", Long: labelHelp}
	f.add(cmd)
	cmd.Flags().StringVar(&f.actor, "as", operator(), "")
	cmd.Flags().StringVar(&f.note, "note", "", "")
	cmd.Flags().StringVar(&f.export, "export", "", "")
	cmd.Flags().BoolVar(&f.undo, "undo", false, "")
	cmd.Flags().BoolVar(&f.causes, "causes", false, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if f.export != "" && len(args) > 0 {
			return usagef("label --export takes no ID: it writes all labels")
		}
		if f.export != "" {
			return f.exportLabels(cmd.Context(), cmd.OutOrStdout())
		}
		id, l, err := f.parse(args)
		if err != nil {
			return err
		}
		db, err := f.write(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		if f.undo {
			err = db.Unlabel(cmd.Context(), id, l)
		} else {
			err = db.Label(cmd.Context(), id, l)
		}
		if errors.Is(err, store.ErrNoMention) {
			return usagef("%v: see v_mentions", err)
		}
		if errors.Is(err, store.ErrNoLabel) {
			return usagef("%v that could be taken back: see v_labels", err)
		}
		if err != nil {
			return err
		}
		return printTable(cmd.Context(), cmd.OutOrStdout(), db,
			fmt.Sprintf("SELECT id, polarity, causes, labelled, text FROM v_mentions WHERE id = %d", id))
	}
	return cmd
}

func (f *labelFlags) parse(args []string) (id int64, l store.Label, err error) {
	if len(args) == 0 || len(args) < 2 && !f.undo || len(args) > 1 && f.undo {
		return 0, l, usagef("label takes ID and a polarity, or ID --undo: see pantau label --help")
	}
	if id, err = strconv.ParseInt(args[0], 10, 64); err != nil || id < 1 {
		return 0, l, usagef("%q is not the number of a mention", args[0])
	}
	if strings.TrimSpace(f.actor) == "" {
		return 0, l, errNobody
	}
	l = store.Label{Author: f.actor, Note: f.note, At: time.Now()}
	if f.undo {
		return id, l, nil
	}
	if err := l.Polarity.UnmarshalText([]byte(args[1])); err != nil || l.Polarity == brand.Unknown {
		return 0, l, usagef("%q is not a polarity: use negative, neutral or positive", args[1])
	}
	for _, key := range args[2:] {
		c, err := brand.ParseCause(key)
		if err != nil {
			return 0, l, usageError{err}
		}
		if c != brand.Unexplained { // no cause at all
			l.Causes = append(l.Causes, c)
		}
	}
	if len(l.Causes) > 0 && l.Polarity != brand.Negative {
		return 0, l, usagef("only a complaint has causes")
	}
	return id, l, nil
}

// exportLabels writes the labels as pantau eval reads them.
func (f *labelFlags) exportLabels(ctx context.Context, out io.Writer) error {
	db, err := f.read(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	query := `SELECT CASE polarity WHEN 'negative' THEN 'neg' WHEN 'neutral' THEN 'neu' ELSE 'pos' END, text FROM v_labels WHERE text <> '' ORDER BY mention_id`
	if f.causes {
		query = `SELECT coalesce(causes, 'unexplained'), text FROM v_labels WHERE text <> '' AND polarity = 'negative' ORDER BY mention_id`
	}
	n := 0
	if err := replaceFile(f.export, func(file io.Writer) error {
		w := bufio.NewWriter(file)
		err := db.Query(ctx, query, func([]string) error { return nil }, func(row []any) error {
			n++
			label, text := fmt.Sprint(row[0]), fmt.Sprint(row[1])
			_, err := fmt.Fprintf(w, "%s\t%s\n", label, strings.Join(strings.Fields(text), " "))
			return err
		})
		return errors.Join(err, w.Flush())
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %d labels\n", f.export, n)
	return err
}
