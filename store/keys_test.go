package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pantau/brand"
)

// TestKeyLists stores and forgets keys in random order and looks all of them up
// again. Many mentions share a key, so that splits have to keep them together.
func TestKeyLists(t *testing.T) {
	db := open(t)
	random := rand.New(rand.NewPCG(1, 2))
	stored := map[keyed]bool{}
	const source, keys = 1, 900
	for id := int64(1); id < 6000; {
		write(t, db, func(tx *Tx, _ Origin) error {
			var batch []keyed
			for range 1 + random.IntN(300) {
				batch = append(batch, keyed{random.Int64N(keys) * 9000, id})
				id++
			}
			slices.SortFunc(batch, compareKeyed)
			lists, err := tx.keyLists(source, keysOf(batch))
			if err != nil {
				return err
			}
			lists.add(batch)
			for _, e := range batch {
				stored[e] = true
			}
			if err := tx.saveKeys(source, lists); err != nil {
				return err
			}
			if lists, err = tx.keyLists(source, keysOf(batch)); err != nil {
				return err
			}
			gone := batch[:len(batch)/3]
			lists.remove(gone)
			for _, e := range gone {
				delete(stored, e)
			}
			return tx.saveKeys(source, lists)
		})
	}
	found := 0
	write(t, db, func(tx *Tx, _ Origin) error {
		for key := int64(0); key < keys*9000; key += 4500 { // every other one is of nobody
			lists, err := tx.keyLists(source, []int64{key})
			if err != nil {
				return err
			}
			for _, id := range lists.ids([]int64{key}) {
				if !stored[keyed{key, id}] {
					t.Fatalf("key %d finds mention %d, which it does not belong to", key, id)
				}
				found++
			}
		}
		return nil
	})
	if found != len(stored) {
		t.Errorf("found %d keys, want %d", found, len(stored))
	}
	if got := rows(t, db, `SELECT count(*) > 10, max(length(list)) <= `+fmt.Sprint(keyListMost)+` FROM key_lists`); got != "1|1\n" {
		t.Errorf("more than ten lists, none too long: %s", got)
	}
}

func keysOf(entries []keyed) (keys []int64) {
	for _, e := range entries {
		keys = append(keys, e.key)
	}
	return keys
}

// FuzzReadKeys reads lists that anything may have damaged.
func FuzzReadKeys(f *testing.F) {
	f.Add(appendKeys(nil, []keyed{{3, 9}, {3, 11}, {1 << 22, 10_000_000}}))
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, list []byte) {
		entries, err := readKeys(list)
		if err != nil {
			return
		}
		again, err := readKeys(appendKeys(nil, entries))
		if err != nil || !slices.Equal(entries, again) {
			t.Errorf("%v became %v (%v)", entries, again, err)
		}
	})
}

// TestSameKey stores two mentions whose external ids have the same key: each is
// known as itself.
func TestSameKey(t *testing.T) {
	seen := map[int64]string{}
	var a, b string
	for n := 0; b == ""; n++ {
		a = fmt.Sprint(n)
		key := mentionKey(a)
		b = seen[key]
		seen[key] = a
	}
	db := open(t)
	for _, want := range []Added{{New: 2}, {}} {
		write(t, db, func(tx *Tx, o Origin) error {
			added, err := tx.Add(o, []Item{item(a, "satu", noon, brand.Neutral), item(b, "dua", noon, brand.Neutral)})
			if added != want {
				t.Errorf("Add(%s and %s, key %d) = %+v, want %+v", a, b, mentionKey(a), added, want)
			}
			return err
		})
	}
}

// TestFormerIdentities: what an older program stored under another external id is known,
// gets the new one, and stays away when it was erased.
func TestFormerIdentities(t *testing.T) {
	db := open(t)
	was := func(n int) string { return fmt.Sprintf("rina%d@surat.example", n) }
	var before, after []Item
	for n := range 600 {
		before = append(before, item(was(n), fmt.Sprint("paket belum sampai ", n), noon, brand.Negative))
		now := item(fmt.Sprintf("%016x", n), fmt.Sprint("paket belum sampai ", n), noon, brand.Negative)
		now.Formerly = was(n)
		after = append(after, now)
	}
	after[3].Text = "paket sudah sampai"
	after = append(after, item("new", "bagus", noon, brand.Positive), after[5])
	add := func(items []Item, want Added) {
		t.Helper()
		write(t, db, func(tx *Tx, o Origin) error {
			got, err := tx.Add(o, items)
			if got != want {
				t.Errorf("Add = %+v, want %+v", got, want)
			}
			return err
		})
	}
	add(before, Added{New: 600})
	if _, err := db.Erase(t.Context(), Erasure{ID: 10}, noon); err != nil {
		t.Fatal(err)
	}
	add(after[:300], Added{Edited: 1})
	add(after, Added{New: 1})
	add(after, Added{})
	if got := rows(t, db, `SELECT count(*), sum(external_id LIKE '%@%'), sum(revision) FROM v_mentions`); got != "600|0|601\n" {
		t.Errorf("mentions, addresses and revisions: %s", got)
	}
	if v, err := Verify(t.Context(), db.Path()); err != nil || len(v.Problems) > 0 {
		t.Errorf("the file: %+v, %v", v, err)
	}
}
