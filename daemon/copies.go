package daemon

import (
	"context"
	"fmt"
	"os"
	"time"

	"pantau/internal/health"
	"pantau/store"
)

// backup makes the nightly copy, checks it from end to end, and removes the
// oldest. Its troubles are shown and repeated the next night: the store itself is
// not in doubt.
func (r *runner) backup(ctx context.Context, _ *health.Pulse) error {
	keep, db := r.program.Keep.Backups, r.program.Pipeline.Store
	if keep == 0 || r.Health.Holds(health.DiskLow) {
		return nil // watchBackup says so when it lasts
	}
	file, err := copyOf(ctx, db, r.program.Pipeline.Now())
	if err == nil {
		err = store.PruneBackups(db.Path(), keep)
	}
	switch {
	case stopped(err):
	case err != nil:
		r.trouble(health.Backup, err.Error())
	default:
		r.haveBackup(file)
		r.trouble(health.Backup, "")
		r.Log.Info("backed up", "file", file)
	}
	return nil
}

// copyOf writes a verified backup. One that turns out damaged is kept under
// another name, so that nothing takes it for a good one.
func copyOf(ctx context.Context, db *store.DB, now time.Time) (file string, err error) {
	if file, err = store.NewBackupFile(db.Path(), now); err != nil {
		return "", err
	}
	if err := db.Backup(ctx, file); err != nil {
		return "", err
	}
	v, err := store.Verify(ctx, file)
	if err == nil && len(v.Problems) > 0 {
		err = fmt.Errorf("the copy %s.damaged is not sound: %s", file, v.Problems[0])
	}
	if err != nil && ctx.Err() == nil {
		_ = os.Rename(file, file+".damaged")
	}
	return file, err
}

// haveBackup notes the newest verified backup.
func (r *runner) haveBackup(file string) {
	if info, err := os.Stat(file); err == nil {
		at := store.BackupTime(file).Unix()
		r.backedUp.Store(at)
		r.Health.LastBackup.Set(float64(at))
		r.Health.BackupBytes.Set(float64(info.Size()))
	}
}

// watchBackup sees when no backup was made for two nights.
func (r *runner) watchBackup(now time.Time) {
	if r.program.Keep.Backups == 0 || r.Health.Holds(health.Backup) {
		return
	}
	newest := later(r.started, time.Unix(r.backedUp.Load(), 0))
	if now.Sub(newest) > backupOld {
		r.trouble(health.Backup, fmt.Sprintf("the newest verified backup is older than %s", backupOld))
	}
}

// inspectAfter is how long after the start the file is looked through, so that
// the start stays quick.
const inspectAfter = time.Minute

// inspect looks for damage in the whole file, once. After an unclean stop the
// start itself has done that, and more.
func (r *runner) inspect(ctx context.Context, pulse *health.Pulse) error {
	if r.inspected {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(inspectAfter):
	}
	r.inspected = true
	if err := store.QuickCheck(ctx, r.program.Pipeline.Store.Path(), false); err != nil {
		return err
	}
	return r.rest(ctx, pulse)
}
