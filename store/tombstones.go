package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A tombstone is a hash of what was erased: enough to recognise it when a source
// brings it again, too little to say what it was. It names an id within a source,
// an address, or the pseudonym of an author.
func tombstone(kind, value string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + value))
	return hex.EncodeToString(sum[:16])
}

func (i identifier) tombstone() string {
	return tombstone("id"+strconv.FormatInt(i.source, 10), i.external)
}

// named reports whether one of the tombstones means a mention.
func named(dead map[string]bool, i identifier, url, author string) bool {
	return dead[i.tombstone()] || dead[tombstone("url", url)] || dead[tombstone("author", author)]
}

// withoutErased drops the items that were erased before.
func (tx *Tx) withoutErased(o Origin, items []Item) ([]Item, error) {
	dead, err := tx.tombstones()
	if err != nil || len(dead) == 0 {
		return items, err
	}
	alive := make([]Item, 0, len(items))
	for _, i := range items {
		if named(dead, identifier{o.SourceID, i.ExternalID}, i.URL, i.Author) || i.Formerly != "" && dead[identifier{o.SourceID, i.Formerly}.tombstone()] {
			continue
		}
		alive = append(alive, i)
	}
	return alive, nil
}

func (tx *Tx) tombstones() (dead map[string]bool, _ error) {
	hashes, err := texts(tx.tx.QueryContext(tx.ctx, `SELECT hash FROM tombstones`))
	if len(hashes) > 0 {
		dead = make(map[string]bool, len(hashes))
	}
	for _, h := range hashes {
		dead[h] = true
	}
	return dead, err
}

// TombstonePath is where the tombstones of a database stand once more. A backup
// from before an erasure does not know of it: when it is restored, what was erased
// is erased again from this file, at the next start.
func TombstonePath(database string) string {
	return strings.TrimSuffix(database, ".db") + "-erased.txt"
}

// saveTombstones writes all tombstones to the file beside the database, which
// never loses one.
func (db *DB) saveTombstones(ctx context.Context) error {
	path := TombstonePath(db.path)
	saved, err := readTombstones(path)
	if err != nil {
		return err
	}
	rows, err := texts(db.write.QueryContext(ctx, `SELECT hash FROM tombstones ORDER BY hash`))
	if err != nil {
		return err
	}
	text := strings.Join(saved, "\n")
	if text != "" {
		text += "\n"
	}
	known := map[string]bool{}
	for _, h := range saved {
		known[h] = true
	}
	for _, h := range rows {
		if !known[h] {
			text += h + "\n"
		}
	}
	if text == "" {
		return nil
	}
	if err := os.WriteFile(path+".part", []byte(text), 0o600); err != nil {
		return err
	}
	if err := syncFile(path + ".part"); err != nil {
		return err
	}
	if err := os.Rename(path+".part", path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

func readTombstones(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: it says what was erased; make it readable", err)
	}
	hashes := strings.Fields(string(text))
	for n, h := range hashes {
		if b, err := hex.DecodeString(h); err != nil || len(b) != 16 {
			return nil, fmt.Errorf("%s: entry %d is not a tombstone: restore the file from a backup, or delete it to let erased mentions of old backups live again", path, n+1)
		}
	}
	return hashes, nil
}

// buryAgain erases what the file of tombstones names and the database does not
// know to be erased: the database was restored from a backup of before.
func (db *DB) buryAgain(ctx context.Context) error {
	saved, err := readTombstones(TombstonePath(db.path))
	if err != nil {
		return err
	}
	var stored int
	if err := db.write.QueryRowContext(ctx, `SELECT count(*) FROM tombstones`).Scan(&stored); err != nil {
		return err
	}
	if stored > len(saved) { // an erasure was killed before it wrote them there
		if err := db.saveTombstones(ctx); err != nil {
			return err
		}
	}
	if len(saved) == 0 {
		return nil
	}
	var r Receipt
	err = db.Write(ctx, func(tx *Tx) error {
		known, err := tx.tombstones()
		if err != nil {
			return err
		}
		dead := map[string]bool{}
		for _, h := range saved {
			if known[h] {
				continue
			}
			dead[h] = true
			if err := tx.exec(`INSERT INTO tombstones (hash, at) VALUES (?, unixepoch())`, h); err != nil {
				return err
			}
		}
		if len(dead) == 0 {
			return nil
		}
		if r.Mentions, err = tx.buried(dead); err != nil {
			return err
		}
		return tx.wipe(r.Mentions, &r)
	})
	if err != nil || len(r.Mentions) == 0 {
		return err
	}
	return scrub(ctx, db.write)
}

// buried returns the stored mentions that tombstones mean.
func (tx *Tx) buried(dead map[string]bool) (ids []int64, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT id, source_id, external_id, url, author FROM mentions`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var i identifier
		var url, author sql.NullString
		if err := rows.Scan(&id, &i.source, &i.external, &url, &author); err != nil {
			return nil, err
		}
		if named(dead, i, url.String, author.String) {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}
