package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"pantau/daemon"
	"pantau/store"
)

const backupHelp = `
Usage:
    pantau backup [FILE] [--keep N] [--json]

Writes a compact copy of the database, while pantau run may write, and checks
it. Without FILE it goes to the folder backups beside the database, and the
oldest copies there are removed until N are left.

    --keep N          copies to keep in that folder (default: 7; 0 keeps all)
    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

pantau erase also cleans the copies in that folder. Copies elsewhere are yours
to clean.

Example:
    $ pantau backup --keep 14`

const restoreHelp = `
Usage:
    pantau restore [BACKUP] --verify [--json]    check it and change nothing
    pantau restore BACKUP                        check it and put it in place

Without BACKUP the newest of the folder backups beside the database is checked.

Needs pantau run to be stopped. The database that was there is moved aside,
never deleted. What was erased after the backup was made is erased again, by the
hashes in the file that stands beside the database (pantau-erased.txt): keep it.

    --config FILE     says where the database is (default: config.toml)
    --database FILE   the database itself, without a configuration

Example:
    $ pantau restore backups/pantau-20261121-030000.db --verify`

func newBackup() *cobra.Command {
	var f databaseFlags
	var asJSON bool
	var keep int
	cmd := &cobra.Command{Use: "backup", Long: backupHelp}
	f.add(cmd)
	cmd.Flags().IntVar(&keep, "keep", 7, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("backup takes at most one file: see pantau backup --help")
		}
		db, err := f.read(cmd.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		file := ""
		if len(args) == 1 {
			file, keep = args[0], 0
		} else if file, err = store.NewBackupFile(db.Path(), time.Now()); err != nil {
			return err
		}
		if err := db.Backup(cmd.Context(), file); err != nil {
			return err
		}
		if err := verify(cmd, file, asJSON); err != nil {
			return err
		}
		if keep <= 0 {
			return nil
		}
		return store.PruneBackups(db.Path(), keep)
	}
	return cmd
}

// newestBackup returns the latest copy in the folder beside the database.
func newestBackup(database string) (string, error) {
	files, err := store.Backups(database)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no backups: pantau backup makes one", store.BackupDir(database))
	}
	if err != nil {
		return "", err
	}
	return files[len(files)-1], nil
}

func newRestore() *cobra.Command {
	var f databaseFlags
	var only, asJSON bool
	cmd := &cobra.Command{Use: "restore", Long: restoreHelp}
	f.add(cmd)
	cmd.Flags().BoolVar(&only, "verify", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 || len(args) == 0 && !only {
			return usagef("restore takes one backup: see pantau restore --help")
		}
		path, zone, err := f.locate(cmd.Context())
		if err != nil && (!only || len(args) == 0) {
			return err
		}
		if len(args) == 0 {
			newest, err := newestBackup(path)
			if err != nil {
				return err
			}
			args = []string{newest}
		}
		if err := verify(cmd, args[0], asJSON); err != nil || only {
			return err
		}
		lock, err := daemon.Lock(path + ".lock")
		if err != nil {
			return err
		}
		defer lock.Unlock()
		aside, err := store.Restore(args[0], path, time.Now())
		if err != nil {
			return err
		}
		if f.database != "" {
			if zone, err = zoneOf(cmd.Context(), path); err != nil { // of the backup, not of what was there
				return err
			}
		}
		if err := eraseAgain(cmd.Context(), path, zone); err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		if aside != "" {
			fmt.Fprintf(out, "what was there is now %s\n", aside)
		}
		_, err = fmt.Fprintf(out, "%s is in place\n", path)
		return err
	}
	return cmd
}

// eraseAgain erases what a restored backup brought back, by opening it, when
// anything was ever erased.
func eraseAgain(ctx context.Context, path string, zone *time.Location) error {
	if _, err := os.Stat(store.TombstonePath(path)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := store.OpenExisting(ctx, path, zone)
	if err != nil {
		return err
	}
	return db.Close()
}

// verify checks a backup, says what it found, and fails when it is damaged.
func verify(cmd *cobra.Command, file string, asJSON bool) error {
	v, err := store.Verify(cmd.Context(), file)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if asJSON {
		err = printJSON(out, v)
	} else {
		err = printVerified(out, v)
	}
	if err == nil && len(v.Problems) > 0 {
		err = fmt.Errorf("%s: damaged, take an older one", file)
	}
	return err
}

func printVerified(w io.Writer, v store.Verified) error {
	for _, p := range v.Problems {
		fmt.Fprintf(w, "%s: %s\n", v.File, plain(p))
	}
	if len(v.Problems) > 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "%s: OK, %d mentions, schema %d\n", v.File, v.Mentions, v.Schema)
	return err
}
