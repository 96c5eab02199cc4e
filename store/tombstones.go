package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
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

// withoutErased drops the items that were erased before.
func (tx *Tx) withoutErased(o Origin, items []Item) ([]Item, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT hash FROM tombstones`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var dead map[string]bool
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			return nil, err
		}
		if dead == nil {
			dead = map[string]bool{}
		}
		dead[hash] = true
	}
	if dead == nil || rows.Err() != nil {
		return items, rows.Err()
	}
	alive := make([]Item, 0, len(items))
	for _, i := range items {
		if !dead[identifier{o.SourceID, i.ExternalID}.tombstone()] && !dead[tombstone("url", i.URL)] && !dead[tombstone("author", i.Author)] {
			alive = append(alive, i)
		}
	}
	return alive, nil
}
