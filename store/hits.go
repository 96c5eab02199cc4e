package store

import (
	"maps"
	"math"
	"sync"
	"unicode/utf8"

	"pantau/brand"
)

// Hits are stored as text, four characters each, whose code points are numbers:
// 1 + first byte, 1 + length in bytes, the entry, and 1 + the weight in
// hundredths as 0, -1, 1, -2, 2, …. Small numbers are one byte that way, and
// the views can take the text apart with what every SQLite has.

// entry is what a hit refers to: an entry of a lexicon, and the rule that changed
// its weight.
type entry struct{ name, rule string }

// entries remembers the numbers of entries. A number that was committed once is
// never given to another entry, so that nothing here goes out of date.
type entries struct {
	mu    sync.Mutex
	ids   map[entry]int64
	names map[int64]entry
}

func newEntries() *entries {
	return &entries{ids: map[entry]int64{}, names: map[int64]entry{}}
}

func (e *entries) id(key entry) (id int64, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id, ok = e.ids[key]
	return id, ok
}

func (e *entries) name(id int64) (key entry, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key, ok = e.names[id]
	return key, ok
}

// add takes over what a transaction has committed.
func (e *entries) add(ids map[entry]int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	maps.Copy(e.ids, ids)
	for key, id := range ids {
		e.names[id] = key
	}
}

// entryID returns the number of an entry, which is registered when it is new.
func (tx *Tx) entryID(key entry) (int64, error) {
	if id, ok := tx.entries.id(key); ok {
		return id, nil
	}
	if id, ok := tx.registered[key]; ok {
		return id, nil
	}
	id, err := tx.id(`INSERT INTO entries (entry, rule) VALUES (?, ?) ON CONFLICT (entry, rule) DO UPDATE SET entry = excluded.entry RETURNING id`, key.name, key.rule)
	if err != nil {
		return 0, err
	}
	if tx.registered == nil {
		tx.registered = map[entry]int64{}
	}
	tx.registered[key] = id
	return id, nil
}

func (tx *Tx) entryName(id int64) (key entry, err error) {
	if key, ok := tx.entries.name(id); ok {
		return key, nil
	}
	if err := tx.tx.QueryRowContext(tx.ctx, `SELECT entry, rule FROM entries WHERE id = ?`, id).Scan(&key.name, &key.rule); err != nil {
		return key, err
	}
	return key, nil
}

// mostHits is how many hits of a text are kept: the table of numbers, by which
// the views count, ends there. A text has room for that many only when it is
// nothing but one-letter entries.
const mostHits = 4096

// writeHits returns hits as they are stored, "" when there is none. What weighs
// nothing explains nothing.
func (tx *Tx) writeHits(hits []brand.Hit) (string, error) {
	b := make([]byte, 0, 10*len(hits))
	n := 0
	for i := range hits {
		h := &hits[i]
		weight := int64(math.Round(h.Weight * 100))
		if weight == 0 || n == mostHits {
			continue
		}
		n++
		id, err := tx.entryID(entry{h.Entry, h.Rule})
		if err != nil {
			return "", err
		}
		b = appendNumber(b, int64(h.Start)+1)
		b = appendNumber(b, int64(h.End-h.Start)+1)
		b = appendNumber(b, id)
		b = appendNumber(b, signed(weight)+1)
	}
	return string(b), nil
}

// readHits is the reverse of writeHits.
func (tx *Tx) readHits(text string) (hits []brand.Hit, _ error) {
	for len(text) > 0 {
		var n [4]int64
		for i := range n {
			n[i], text = nextNumber(text)
		}
		key, err := tx.entryName(n[2])
		if err != nil {
			return nil, err
		}
		start := int(n[0] - 1)
		hits = append(hits, brand.Hit{Start: start, End: start + int(n[1]-1), Entry: key.name, Rule: key.rule, Weight: float64(unsigned(n[3]-1)) / 100})
	}
	return hits, nil
}

// signed folds the sign into the last bit, so that small numbers stay small on
// both sides; unsigned is its reverse.
func signed(n int64) int64 {
	if n < 0 {
		return -2*n - 1
	}
	return 2 * n
}

func unsigned(n int64) int64 {
	if n&1 == 1 {
		return -(n + 1) / 2
	}
	return n / 2
}

// The code points of surrogates are no characters: numbers skip them.
const (
	surrogates = 0xd800
	skipped    = 0x800
)

// appendNumber appends the character that stands for a positive number.
func appendNumber(b []byte, n int64) []byte {
	if n >= surrogates {
		n = min(n+skipped, utf8.MaxRune)
	}
	return utf8.AppendRune(b, rune(n))
}

func nextNumber(text string) (n int64, rest string) {
	r, size := utf8.DecodeRuneInString(text)
	n = int64(r)
	if n >= surrogates {
		n -= skipped
	}
	return n, text[size:]
}

// shorterHits returns stored hits with weights of one digit less: the eighth schema
// took them from ten-thousandths to thousandths, the ninth to hundredths.
func shorterHits(text any) any {
	old, ok := text.(string)
	if !ok {
		return nil
	}
	b := make([]byte, 0, len(old))
	for len(old) > 0 {
		var n [4]int64
		for i := range n {
			n[i], old = nextNumber(old)
		}
		weight := int64(math.Round(float64(unsigned(n[3]-1)) / 10))
		if weight == 0 {
			continue
		}
		for _, x := range [...]int64{n[0], n[1], n[2], signed(weight) + 1} {
			b = appendNumber(b, x)
		}
	}
	if len(b) == 0 {
		return nil
	}
	return string(b)
}
