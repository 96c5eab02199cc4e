package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
)

// A source recognises what it brings again by lists of dedup keys: a key is 23 bits
// of a hash of the external id, and the few mentions that share one are told apart by
// the whole id. A list holds neighbouring keys, so that a key costs seven bytes and not
// sixteen, and a batch changes a list for what would be several pages.

// keyed is a dedup key and the mention that has it.
type keyed struct{ key, id int64 }

func compareKeyed(a, b keyed) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) }

// mentionKey returns the dedup key of an external id.
func mentionKey(externalID string) int64 {
	return int64(mix(fnv1a(fnvOffset, externalID)) & 0x7fffff)
}

// keyList is one list of a source: all keys from first on, to the first of the next.
type keyList struct {
	first   int64
	entries []keyed
	changed bool
}

// keyLists are the lists of a source that some keys belong to, in their order.
type keyLists []keyList

// keyListMost is how many bytes a list may have. Four fit on a page; a longer one
// would leave the page of its row.
const keyListMost = 900

// appendKeys appends entries in the form of the table.
func appendKeys(b []byte, entries []keyed) []byte {
	before := int64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.key-before))
		b = binary.AppendUvarint(b, uint64(e.id))
		before = e.key
	}
	return b
}

var errKeyList = errors.New("a list of dedup keys is damaged: restore the newest backup")

func readKeys(b []byte) (entries []keyed, _ error) {
	entries = make([]keyed, 0, len(b)/4) // with room for more
	var e keyed
	for len(b) > 0 {
		more, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errKeyList
		}
		id, m := binary.Uvarint(b[n:])
		if m <= 0 {
			return nil, errKeyList
		}
		e = keyed{e.key + int64(more), int64(id)}
		entries = append(entries, e)
		b = b[n+m:]
	}
	return entries, nil
}

// keyLists returns the lists of a source that keys belong to. Of a source with fewer
// lists than keys that is all of them; to look each key up would take longer.
func (tx *Tx) keyLists(sourceID int64, keys []int64) (keyLists, error) {
	n, err := tx.id(`SELECT count(*) FROM (SELECT 1 FROM key_lists WHERE source_id = ? LIMIT ?)`, sourceID, len(keys)+1)
	if err != nil {
		return nil, err
	}
	if n <= int64(len(keys)) {
		return tx.readKeyLists(`SELECT first, list FROM key_lists WHERE source_id = ? ORDER BY first`, sourceID)
	}
	return tx.readKeyLists(`SELECT first, list FROM key_lists WHERE source_id = ?1 AND first IN
		(SELECT (SELECT max(first) FROM key_lists WHERE source_id = ?1 AND first <= j.value) FROM json_each(?2) j) ORDER BY first`, sourceID, idList(keys))
}

func (tx *Tx) readKeyLists(query string, args ...any) (lists keyLists, _ error) {
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l keyList
		var list sql.RawBytes
		if err := rows.Scan(&l.first, &list); err != nil {
			return nil, err
		}
		if l.entries, err = readKeys(list); err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	return lists, rows.Err()
}

// of returns the number of the list that a key belongs to, which must be among them.
func (lists keyLists) of(key int64) int {
	n, found := slices.BinarySearchFunc(lists, key, func(l keyList, key int64) int { return cmp.Compare(l.first, key) })
	if !found {
		n--
	}
	return n
}

// ids returns the mentions that have one of the keys.
func (lists keyLists) ids(keys []int64) (ids []int64) {
	if len(lists) == 0 {
		return nil
	}
	for _, key := range keys {
		entries := lists[lists.of(key)].entries
		n, _ := slices.BinarySearchFunc(entries, keyed{key: key}, compareKeyed)
		for ; n < len(entries) && entries[n].key == key; n++ {
			ids = append(ids, entries[n].id)
		}
	}
	return ids
}

// add enters keys in their order.
func (lists *keyLists) add(added []keyed) {
	if len(*lists) == 0 {
		*lists = keyLists{{}}
	}
	for len(added) > 0 {
		at, n := lists.of(added[0].key), 1
		for n < len(added) && (at+1 == len(*lists) || added[n].key < (*lists)[at+1].first) {
			n++
		}
		l := &(*lists)[at]
		l.entries = merge(l.entries, added[:n])
		l.changed = true
		added = added[n:]
	}
}

// merge adds sorted entries to sorted ones, from the back, where there is room.
func merge(entries, added []keyed) []keyed {
	i, j := len(entries)-1, len(added)-1
	entries = append(entries, added...)
	for k := len(entries) - 1; j >= 0; k-- {
		if i >= 0 && compareKeyed(entries[i], added[j]) > 0 {
			entries[k] = entries[i]
			i--
		} else {
			entries[k] = added[j]
			j--
		}
	}
	return entries
}

// remove takes keys out.
func (lists keyLists) remove(gone []keyed) {
	for _, e := range gone {
		l := &lists[lists.of(e.key)]
		if n, found := slices.BinarySearchFunc(l.entries, e, compareKeyed); found {
			l.entries = slices.Delete(l.entries, n, n+1)
			l.changed = true
		}
	}
}

// split returns what is stored of a list: more than one when it has grown too long.
// Equal keys stay together.
func (l *keyList) split() (first []int64, packed [][]byte) {
	whole := appendKeys(make([]byte, 0, keyListMost), l.entries)
	if len(whole) <= keyListMost {
		return []int64{l.first}, [][]byte{whole}
	}
	most := len(l.entries) * keyListMost / 2 / len(whole) // entries of a half-full list
	for rest, at := l.entries, l.first; len(rest) > 0; {
		n := min(most, len(rest))
		for n < len(rest) && (rest[n].key == rest[n-1].key || len(rest)-n < most/2) {
			n++
		}
		first, packed = append(first, at), append(packed, appendKeys(nil, rest[:n]))
		if rest = rest[n:]; len(rest) > 0 {
			at = rest[0].key
		}
	}
	return first, packed
}

// saveKeys writes the lists that have changed.
func (tx *Tx) saveKeys(sourceID int64, lists keyLists) error {
	var first []int64
	var packed [][]byte
	for i := range lists {
		if lists[i].changed {
			f, p := lists[i].split()
			first, packed = append(first, f...), append(packed, p...)
		}
	}
	return tx.insertRows(`OR REPLACE INTO key_lists (source_id, first, list)`, ``, []any{sourceID}, len(first), func(i int, v values) { v.set(first[i], packed[i]) })
}

// keyedMentions begins a question that [Tx.forgetKeys] asks.
const keyedMentions = `SELECT source_id, mention_key(external_id), id FROM mentions WHERE `

// forgetKeys deletes the dedup keys of the mentions that a query selects.
func (tx *Tx) forgetKeys(query string, args ...any) error {
	gone := map[int64][]keyed{} // by source
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var source int64
		var e keyed
		if err := rows.Scan(&source, &e.key, &e.id); err != nil {
			return err
		}
		gone[source] = append(gone[source], e)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for source, entries := range gone {
		slices.SortFunc(entries, compareKeyed)
		keys := make([]int64, len(entries))
		for i, e := range entries {
			keys[i] = e.key
		}
		lists, err := tx.keyLists(source, keys)
		if err != nil {
			return err
		}
		if len(lists) == 0 {
			continue
		}
		lists.remove(entries)
		if err := tx.saveKeys(source, lists); err != nil {
			return err
		}
	}
	return nil
}

// keysProblem says what is wrong with the dedup keys of a file, "" when every
// mention has its own and each can be found.
func keysProblem(ctx context.Context, pool *sql.DB) (string, error) {
	want, err := sumOfMentions(ctx, pool)
	if err != nil {
		return "", err
	}
	got, sorted, err := sumOfKeys(ctx, pool)
	if err != nil && !errors.Is(err, errKeyList) {
		return "", err
	}
	if err != nil || !sorted || got != want {
		return "a mention would be stored again: dedup keys are missing or left over", nil
	}
	return "", nil
}

// keySum is the same for the same keys in any order, and another one for others.
type keySum struct {
	n   int64
	sum uint64
}

func (s *keySum) add(source int64, e keyed) {
	s.n++
	s.sum += mix(mix(mix(uint64(source))+uint64(e.key)) + uint64(e.id))
}

func sumOfMentions(ctx context.Context, pool *sql.DB) (s keySum, _ error) {
	rows, err := pool.QueryContext(ctx, `SELECT source_id, mention_key(external_id), id FROM mentions`)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var source int64
		var e keyed
		if err := rows.Scan(&source, &e.key, &e.id); err != nil {
			return s, err
		}
		s.add(source, e)
	}
	return s, rows.Err()
}

func sumOfKeys(ctx context.Context, pool *sql.DB) (s keySum, sorted bool, _ error) {
	rows, err := pool.QueryContext(ctx, `SELECT source_id, first, list FROM key_lists ORDER BY source_id, first`)
	if err != nil {
		return s, false, err
	}
	defer rows.Close()
	sorted = true
	var lastSource, last int64
	for rows.Next() {
		var source, first int64
		var list sql.RawBytes
		if err := rows.Scan(&source, &first, &list); err != nil {
			return s, false, err
		}
		entries, err := readKeys(list)
		if err != nil {
			return s, false, err
		}
		if source != lastSource {
			lastSource, last = source, -1
			sorted = sorted && first == 0
		}
		sorted = sorted && first > last && slices.IsSortedFunc(entries, compareKeyed) && (len(entries) == 0 || entries[0].key >= first)
		last = max(last, first)
		for _, e := range entries {
			s.add(source, e)
			last = max(last, e.key)
		}
	}
	return s, sorted, rows.Err()
}

// keyListOf is the SQL function key_list(key, mention_id), which makes a list.
type keyListOf struct{ entries []keyed }

func newKeyListOf() *keyListOf { return new(keyListOf) }

// Step takes one row.
func (l *keyListOf) Step(key, id int64) { l.entries = append(l.entries, keyed{key, id}) }

// Done returns the list.
func (l *keyListOf) Done() []byte {
	slices.SortFunc(l.entries, compareKeyed)
	return appendKeys([]byte{}, l.entries)
}
