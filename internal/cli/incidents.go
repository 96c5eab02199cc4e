package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/config"
	"pantau/daemon"
	"pantau/store"
)

const incidentsHelp = `
Usage:
    pantau incidents [--config FILE] [--json]    list incidents, newest first
    pantau incidents show ID [--why] [--json]    one incident as it stands now
    pantau incidents ack ID                      I take it: I am the owner
    pantau incidents assign ID NAME              somebody else takes it
    pantau incidents note ID WORDS...            say what is being done
    pantau incidents silence ID [--for 24h]      no more alerts about this brand
    pantau incidents false-alarm ID              it is none
    pantau incidents recovered ID                it is over

What people do is recorded, and pantau run tells every channel within a minute.
With --why, show adds every change with the numbers of the decision and of its
parts: those that were true when it was made. The score is worked out from them
once more. --as NAME says who you are. --database FILE reads a database without
its configuration, such as a copy.

Example:
    $ pantau incidents show 1 --why`

type incidentFlags struct {
	databaseFlags
	actor     string
	json, why bool
	silence   time.Duration
}

func newIncidents() *cobra.Command {
	var f incidentFlags
	cmd := &cobra.Command{Use: "incidents", Long: incidentsHelp}
	f.add(cmd)
	cmd.Flags().StringVar(&f.actor, "as", operator(), "")
	cmd.Flags().BoolVar(&f.json, "json", false, "")
	cmd.Flags().BoolVar(&f.why, "why", false, "")
	cmd.Flags().DurationVar(&f.silence, "for", 24*time.Hour, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return f.list(cmd)
		}
		if len(args) == 1 {
			return usagef("%s needs the number of an incident: see pantau incidents --help", args[0])
		}
		id, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil || id < 1 {
			return usagef("%q is not the number of an incident", args[1])
		}
		if args[0] == "show" {
			if len(args) > 2 {
				return usagef("show takes the number of one incident: see pantau incidents --help")
			}
			return f.show(cmd, id)
		}
		action, err := f.action(args[0], id, args[2:])
		if err != nil {
			return err
		}
		return f.act(cmd, action)
	}
	return cmd
}

var errNobody = usagef("--as is empty: say who you are, or leave it out")

// operator is who works here, for the record: with sudo the person, not root.
func operator() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	u, err := user.Current()
	if err != nil {
		return "command line"
	}
	return u.Username
}

func (f incidentFlags) action(verb string, id int64, rest []string) (daemon.Action, error) {
	a := daemon.Action{Incident: id, Actor: f.actor}
	changes := map[string]brand.Change{"ack": brand.Taken, "assign": brand.Taken, "note": brand.Noted,
		"silence": brand.Silenced, "false-alarm": brand.Denied, "recovered": brand.Closed}
	var known bool
	if a.Change, known = changes[verb]; !known {
		return a, usagef("%q is nothing one can do with an incident: see pantau incidents --help", verb)
	}
	words := strings.TrimSpace(strings.Join(rest, " "))
	if strings.TrimSpace(f.actor) == "" {
		return a, errNobody
	}
	switch verb {
	case "assign":
		if words == "" {
			return a, usagef("assign needs a name: pantau incidents assign %d NAME", id)
		}
		a.Actor = words
	case "note":
		if words == "" {
			return a, usagef("note needs words: pantau incidents note %d WORDS", id)
		}
		a.Note = words
	case "silence":
		if a.Silence = f.silence; a.Silence < time.Minute || a.Silence > 30*24*time.Hour {
			return a, usagef("--for %s is not between 1m and 720h", f.silence)
		}
		a.Note = words
	default:
		a.Note = words
	}
	return a, nil
}

// open opens the database for reading. Without a configuration the words are
// Indonesian, as they are in one that does not say.
func (f incidentFlags) open(ctx context.Context) (*config.Config, *store.DB, error) {
	if f.database == "" {
		return openStore(ctx, f.config)
	}
	path, zone, err := f.locate(ctx)
	if err != nil {
		return nil, nil, err
	}
	db, err := store.OpenReadOnly(ctx, path, zone)
	return &config.Config{Database: path, Zone: zone, Language: "id"}, db, err
}

func (f incidentFlags) list(cmd *cobra.Command) error {
	cfg, db, err := f.open(cmd.Context())
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := db.Incidents(cmd.Context())
	if err != nil {
		return err
	}
	return listIncidents(cmd.OutOrStdout(), cfg, list, f.json)
}

func (f incidentFlags) show(cmd *cobra.Command, id int64) error {
	cfg, db, err := f.open(cmd.Context())
	if err != nil {
		return err
	}
	defer db.Close()
	_, history, err := db.Incident(cmd.Context(), id)
	if errors.Is(err, store.ErrNoIncident) {
		return usagef("%v: see pantau incidents", err)
	}
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(cmd.OutOrStdout(), history)
	}
	if err := showIncident(cmd, cfg, history, f.why); err != nil || !f.why {
		return err
	}
	return f.newest(cmd, cfg, db, history[len(history)-1].Incident)
}

// act carries out an action beside a running daemon, which delivers it; the
// console hears of it here.
func (f incidentFlags) act(cmd *cobra.Command, a daemon.Action) error {
	if f.database != "" {
		return usagef("what people do is told to the channels of a configuration: name it with --config, and leave out --database")
	}
	cfg, err := config.LoadWithoutSecrets(f.config, os.Getenv)
	if err != nil {
		return err
	}
	db, err := store.OpenExisting(cmd.Context(), cfg.Database, cfg.Zone)
	if err != nil {
		return err
	}
	defer db.Close()
	program, err := wire(cfg, db, nil, cmd.OutOrStdout(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	i, err := program.Pipeline.Act(cmd.Context(), a)
	if errors.Is(err, store.ErrNoIncident) {
		return usagef("%v: see pantau incidents", err)
	}
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(cmd.OutOrStdout(), i)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "incident %d of %s: %s\n", i.ID, clean.Line(i.Brand), clean.Line(done(a, i, cfg.Zone)))
	return err
}

func listIncidents(w io.Writer, cfg *config.Config, list []brand.Incident, asJSON bool) error {
	if asJSON {
		if list == nil {
			list = []brand.Incident{}
		}
		return printJSON(w, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "no incidents")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tBRAND\tSTATE\tSEVERITY\tCAUSE\tSINCE\tOBSERVED\tEXPECTED\tWINDOW\t")
	for _, i := range list {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%.0f h\t\n", i.ID, i.Brand, i.State, i.Severity, i.Cause,
			clock(i.StartedAt, cfg.Zone), i.Observed, few(i.Expected), i.Window.Hours())
	}
	return t.Flush()
}
