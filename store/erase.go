package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Erasure says what must go. Exactly one of ID, URL and Authors is set.
type Erasure struct {
	ID      int64    // of a mention
	URL     string   // of a mention
	Authors []string // pseudonyms of one author, one a source

	Editable func(receipt string) bool // whether a channel can edit the message that it gave this receipt for; nil when none can
}

// Receipt is what an erasure did.
type Receipt struct {
	At        time.Time   `json:"at"`
	Mentions  []int64     `json:"mentions"` // ids that are gone
	Quotes    int         `json:"quotes"`   // removed from incidents and alerts
	Blocked   int         `json:"blocked"`  // ids, addresses and authors that will not be collected again
	Copies    []string    `json:"copies"`   // backups and snapshots that were cleaned too
	Published []SentAlert `json:"published,omitempty"`
	Problems  []string    `json:"problems,omitempty"` // what is left to do by hand
}

// SentAlert is an alert that quoted an erased text and has left the house.
type SentAlert struct {
	Incident int64  `json:"incident"`
	Channel  string `json:"channel"`
	Receipt  string `json:"receipt"` // what the channel calls the message
	Edited   bool   `json:"edited"`  // an edit stands in the outbox; otherwise it is left to do by hand

	inFlight bool
}

// Erase deletes mentions with everything that was derived from their words, in
// the database, its -wal file, the search index, the backups and the snapshot,
// and keeps them from being collected again. The counts stay: they name nobody.
// It rewrites the files, which takes about a minute for ten million mentions. An ID
// that is no mention's is [ErrNoMention].
//
// The database comes after its copies: while the mention is there, an erasure that was
// killed can be asked for again.
func (db *DB) Erase(ctx context.Context, e Erasure, at time.Time) (Receipt, error) {
	r := Receipt{At: at}
	var who []identifier
	find := func(tx *Tx) (err error) {
		if r.Mentions, err = tx.meant(e); err != nil {
			return err
		}
		if e.ID != 0 && len(r.Mentions) == 0 { // an address or an author can be blocked before it comes
			return fmt.Errorf("%d: %w", e.ID, ErrNoMention)
		}
		who, err = tx.identifiers(r.Mentions)
		return err
	}
	if err := db.Write(ctx, find); err != nil {
		return r, err
	}
	cleaned := map[string]bool{}
	db.eraseCopies(ctx, e, who, cleaned, &r)
	err := db.Write(ctx, func(tx *Tx) error {
		if err := find(tx); err != nil {
			return err
		}
		if err := tx.block(e, who, &r); err != nil {
			return err
		}
		if err := tx.wipe(r.Mentions, &r); err != nil {
			return err
		}
		return tx.editPublished(&r, e.Editable)
	})
	if err != nil {
		return r, err
	}
	if err := db.saveTombstones(ctx); err != nil {
		r.Problems = append(r.Problems, fmt.Sprintf("%v: a restored backup would bring it back", err))
	}
	if err := scrub(ctx, db.write); err != nil {
		r.Problems = append(r.Problems, err.Error())
	}
	db.eraseCopies(ctx, e, who, cleaned, &r) // a backup may have been made meanwhile
	err = db.republish(ctx, &r)
	return r, err
}

// eraseCopies does the same in the copies that are not cleaned yet.
func (db *DB) eraseCopies(ctx context.Context, e Erasure, who []identifier, cleaned map[string]bool, r *Receipt) {
	for _, path := range copiesOf(db.path) {
		if cleaned[path] {
			continue
		}
		cleaned[path] = true
		if err := eraseCopy(ctx, path, e, who); err != nil {
			r.Problems = append(r.Problems, fmt.Sprintf("%s: %v: erase it by hand or delete it", path, explain(err)))
			continue
		}
		r.Copies = append(r.Copies, path)
	}
}

// republish replaces the copy for analysts, if there is one: whoever has the old
// one open keeps it until they close it.
func (db *DB) republish(ctx context.Context, r *Receipt) error {
	path := SnapshotPath(db.path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := db.Publish(ctx, path); err != nil {
		return err
	}
	r.Copies = append(r.Copies, path)
	return nil
}

// copiesOf returns the files that hold an older state of a database.
func copiesOf(path string) (list []string) {
	for _, pattern := range []string{path + ".before-schema-*", path + ".replaced-*", filepath.Join(BackupDir(path), "*.db")} {
		found, _ := filepath.Glob(pattern) // the pattern is well formed
		for _, f := range found {
			if !strings.HasSuffix(f, "-wal") && !strings.HasSuffix(f, "-shm") {
				list = append(list, f)
			}
		}
	}
	return list
}

// eraseCopy does the same in a copy, whose schema may be an older one.
func eraseCopy(ctx context.Context, path string, e Erasure, who []identifier) error {
	pool := connect(dsn(path, "mode=rw&_secure_delete=true&_foreign_keys=on&_busy_timeout=5000&_txlock=immediate"), 1)
	defer pool.Close()
	copied := &DB{path: path, write: pool}
	err := copied.Write(ctx, func(tx *Tx) error {
		ids, err := tx.stored(who)
		if err != nil {
			return err
		}
		if e.ID == 0 { // a number may be another mention's in an old copy
			more, err := tx.meant(e)
			if err != nil {
				return err
			}
			ids = append(ids, more...)
		}
		return tx.wipe(ids, new(Receipt))
	})
	if err != nil {
		return err
	}
	return scrub(ctx, pool)
}

// rewrite writes the file anew: pages keep bytes of what was moved or deleted on them.
func rewrite(ctx context.Context, pool *sql.DB) error {
	if _, err := pool.ExecContext(ctx, "PRAGMA temp_store = FILE"); err != nil { // the whole file would not fit in memory
		return err
	}
	if _, err := pool.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("rewrite the file: %w", explain(err))
	}
	_, err := pool.ExecContext(ctx, "PRAGMA temp_store = MEMORY")
	return err
}

// scrub rewrites the file and empties the -wal, which holds the old pages.
func scrub(ctx context.Context, pool *sql.DB) error {
	if err := rewrite(ctx, pool); err != nil {
		return err
	}
	var busy, log, done int
	if err := pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done); err != nil {
		return explain(err)
	}
	if busy != 0 {
		return errors.New("another program reads the database and keeps its -wal file alive: let it end and erase again")
	}
	return nil
}

// meant returns the ids of the stored mentions that an erasure names.
func (tx *Tx) meant(e Erasure) ([]int64, error) {
	switch {
	case e.ID != 0:
		return ints(tx.tx.QueryContext(tx.ctx, `SELECT id FROM mentions WHERE id = ?`, e.ID))
	case e.URL != "":
		return ints(tx.tx.QueryContext(tx.ctx, `SELECT id FROM mentions WHERE url = ?`, e.URL))
	}
	authors, _ := json.Marshal(e.Authors) // strings always marshal
	return ints(tx.tx.QueryContext(tx.ctx, `SELECT id FROM mentions WHERE author IN (SELECT value FROM json_each(?))`, string(authors)))
}

// identifier is how a mention is known to its source.
type identifier struct {
	source   int64
	external string
}

func (tx *Tx) identifiers(ids []int64) ([]identifier, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT source_id, external_id FROM mentions WHERE id IN (SELECT value FROM json_each(?))`, idList(ids))
	return scanAll(rows, err, func(i *identifier) []any { return []any{&i.source, &i.external} })
}

// stored is the reverse of identifiers.
func (tx *Tx) stored(who []identifier) (ids []int64, _ error) {
	for _, i := range who {
		found, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT id FROM mentions WHERE source_id = ? AND external_id = ?`, i.source, i.external))
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

// block sets the tombstones.
func (tx *Tx) block(e Erasure, who []identifier, r *Receipt) error {
	var hashes []string
	if e.URL != "" {
		hashes = append(hashes, tombstone("url", e.URL))
	}
	for _, a := range e.Authors {
		hashes = append(hashes, tombstone("author", a))
	}
	for _, i := range who {
		hashes = append(hashes, i.tombstone())
	}
	for _, h := range hashes {
		if err := tx.exec(`INSERT OR IGNORE INTO tombstones (hash, at) VALUES (?, ?)`, h, r.At.Unix()); err != nil {
			return err
		}
	}
	r.Blocked = len(hashes)
	return nil
}

// wipe deletes mentions with all that hangs on them.
func (tx *Tx) wipe(ids []int64, r *Receipt) error {
	if len(ids) == 0 {
		return nil
	}
	if err := tx.unquote(ids, r); err != nil {
		return err
	}
	indexed, err := tx.id(`SELECT count(*) FROM sqlite_schema WHERE name = 'search'`)
	if err != nil {
		return err
	}
	if indexed == 1 { // not in a copy of an older schema
		if err := tx.exec(`DELETE FROM search WHERE docid IN (SELECT value FROM json_each(?))`, idList(ids)); err != nil {
			return err
		}
		if err := tx.mergeIndex(); err != nil {
			return err
		}
	}
	if err := tx.eraseKeys(ids); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM mentions WHERE id IN (SELECT value FROM json_each(?))`, idList(ids))
}

// eraseKeys deletes the dedup keys of mentions, in the form that the schema has.
func (tx *Tx) eraseKeys(ids []int64) error {
	tables, err := texts(tx.tx.QueryContext(tx.ctx, `SELECT name FROM sqlite_schema WHERE name IN ('key_lists', 'mention_keys')`))
	if err != nil || len(tables) == 0 {
		return err
	}
	if tables[0] == "mention_keys" { // a copy from before the lists
		return tx.exec(`DELETE FROM mention_keys WHERE (source_id, key, mention_id) IN
			(SELECT source_id, mention_key(external_id), id FROM mentions WHERE id IN (SELECT value FROM json_each(?)))`, idList(ids))
	}
	return tx.forgetKeys(keyedMentions+`id IN (SELECT value FROM json_each(?))`, idList(ids))
}

func idList(ids []int64) string {
	if ids == nil {
		return "[]"
	}
	text, _ := json.Marshal(ids) // numbers always marshal
	return string(text)
}
