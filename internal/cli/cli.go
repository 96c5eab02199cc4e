// Package cli is the command line: it parses arguments, wires the packages
// together and prints. Each command is one file; what it does lives elsewhere.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pantau/config"
)

// Streams are the standard streams of the process, or of a test.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// The exit statuses.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// usageError marks a mistake on the command line: exit status 2.
type usageError struct{ error }

// usagef makes a usageError.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs the command line and returns the exit status: 0 when all went well,
// 1 after a failure, 2 when the command line or the configuration is wrong.
func Main(args []string, io Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	root := newRoot(io)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(io.Err, "pantau:", err)
	return exitStatus(err)
}

func exitStatus(err error) int {
	var usage usageError
	var mistakes config.Mistakes
	if errors.As(err, &usage) || errors.As(err, &mistakes) {
		return exitUsage
	}
	return exitFailure
}

func newRoot(io Streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "pantau",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown command %q: see pantau --help", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%s: see %s --help", flagMistake(err), cmd.CommandPath())
	})
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSpace(cmd.Long))
	})
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, Long: rootHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, _, err := cmd.Root().Find(args)
			if err != nil || found == cmd.Root() && len(args) > 0 {
				return usagef("unknown command %q: see pantau --help", strings.Join(args, " "))
			}
			return found.Help()
		}})
	for _, command := range []func() *cobra.Command{
		newRun, newOnce, newCheck, newImport, newScore, newEval, newLexicon, newBacktest, newIncidents, newSources, newTestAlert,
		newQuery, newSearch, newExport, newLabel, newRescore, newBackup, newRestore, newErase, newFailure, newVersion,
	} {
		root.AddCommand(command())
	}
	return root
}

// flagMistake names a flag, its value and what is allowed, where the library
// shows the errors of its parsers.
func flagMistake(err error) string {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err.Error()
	}
	allowed := map[string]string{"int": "a whole number", "int64": "a whole number", "bool": "true or false",
		"duration": "a span such as 90m or 24h", "stringToString": "a list such as text=content,stars=rating"}
	what, known := allowed[bad.GetFlag().Value.Type()]
	if !known {
		return err.Error()
	}
	return fmt.Sprintf("--%s: %q is not %s", bad.GetFlag().Name, bad.GetValue(), what)
}

// exactly demands n arguments and says in the error what they are.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("%s takes %s: see %s --help", cmd.Name(), what, cmd.CommandPath())
		}
		return nil
	}
}
