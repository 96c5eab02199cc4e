package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"pantau/store"
)

// Open opens the store of the only daemon that writes to it. After an unclean stop
// it looks through the whole file first. A damaged one is moved aside, and the
// newest good backup takes its place; recovered then says so in one line.
func Open(ctx context.Context, path string, zone *time.Location, unclean bool, log *slog.Logger) (db *store.DB, recovered string, err error) {
	if err := store.FinishRestore(path); err != nil {
		return nil, "", err
	}
	if unclean {
		log.Info("the last stop was unclean: looking through the database", "database", path)
		stop := keepStarting("looking through the database")
		err = store.QuickCheck(ctx, path, true)
		stop()
	}
	if err == nil {
		db, err = store.Open(ctx, path, zone)
	}
	if store.FaultOf(err) != store.Corrupt {
		return db, "", err
	}
	log.Error("the database is damaged", "err", err)
	defer keepStarting("restoring a backup")()
	done, err := store.Recover(ctx, path, err, time.Now())
	if err != nil {
		return nil, "", err
	}
	recovered = fmt.Sprintf("the damaged file is %s; in its place is %s, whose newest mention is of %s", done.Aside, done.Backup, done.Newest.In(zone).Format("02-01-2006 15:04"))
	log.Error("a backup took the place of the damaged database", "err", done.Damage, "aside", done.Aside, "backup", done.Backup, "newest", done.Newest)
	db, err = store.Open(ctx, path, zone)
	return db, recovered, err
}

// keepStarting asks the service manager for patience until the returned function
// is called: a large file takes minutes.
func keepStarting(what string) (stop func()) {
	ask := func() {
		TellSystemd(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d\nSTATUS=%s", (2 * time.Minute).Microseconds(), what))
	}
	ask()
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(time.Minute)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				ask()
			}
		}
	}()
	return func() { close(done); <-ended }
}
