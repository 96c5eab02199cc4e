package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The search index is an FTS4 table over the words of all texts, without a copy
// of them, in parts of which a search reads only as many as it needs. FTS4 is in
// every build; FTS5 needs a build tag, and without it would compile and then fail at
// the first search. Its upkeep lags by a batch: a row at
// a time would cost five times as much as a range.

// indexMost is how many mentions one transaction adds to the search index, so
// that an old database that gets its index does not keep everybody waiting.
const indexMost = 50_000

// index brings the search index up to the mention with the given id.
func (tx *Tx) index(last int64) error {
	through, err := tx.searchThrough()
	if err != nil || through == last {
		return err
	}
	to := min(last, through+indexMost)
	if err := tx.set("search_through", strconv.FormatInt(to, 10)); err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO search (docid, part, body) SELECT rowid, part, body FROM search_texts WHERE rowid > ?`, through); err != nil {
		return err
	}
	if through/indexPart == to/indexPart {
		return nil
	}
	return tx.mergeIndex() // the part that is full: a search of rare words has to look into every piece of every part
}

// mergeIndex makes one piece of each part of the search index. It leaves those alone
// that are one piece already.
func (tx *Tx) mergeIndex() error {
	return tx.exec(`INSERT INTO search (search) VALUES ('optimize')`)
}

func (tx *Tx) searchThrough() (id int64, err error) {
	return tx.id(`SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'search_through'`)
}

// catchUp adds what is stored and not indexed yet.
func (tx *Tx) catchUp() error {
	last, err := tx.id(`SELECT coalesce(max(id), 0) FROM mentions`)
	if err != nil {
		return err
	}
	return tx.index(last)
}

// unindex takes a mention out of the search index before its text changes, and
// returns what puts it back afterwards.
func (tx *Tx) unindex(id int64) (reindex func() error, err error) {
	through, err := tx.searchThrough()
	if err != nil || id > through {
		return func() error { return nil }, err
	}
	if err := tx.exec(`DELETE FROM search WHERE docid = ?`, id); err != nil {
		return nil, err
	}
	return func() error {
		return tx.exec(`INSERT INTO search (docid, part, body) SELECT rowid, part, body FROM search_texts WHERE rowid = ?`, id)
	}, nil
}

// checkIndex empties a search index whose words another version of the program
// made; the next transactions fill it again.
func (tx *Tx) checkIndex() error {
	if version, err := tx.setting("search_version"); err != nil || version == searchVersion {
		return err
	}
	if err := tx.set("search_through", "0"); err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO search (search) VALUES ('rebuild')`); err != nil { // from an empty view: this empties it
		return err
	}
	return tx.set("search_version", searchVersion)
}

// ErrEmptySearch says that a search names no word.
var ErrEmptySearch = errors.New("a search needs at least one word")

// term is one condition of a search: words in this order.
type term struct {
	words  []string
	prefix bool // the last word is the beginning of one
	not    bool // must not occur
}

// termsOf understands what people type: words that must all occur, "a phrase",
// -without, and word* for a beginning. Everything else is taken as words, so that
// no input can be a syntax error.
func termsOf(query string) (terms []term, _ error) {
	positive := false
	for part := range searchParts(query) {
		t := term{words: slices.Collect(wordsOf(part.text)), prefix: part.prefix, not: part.not}
		for i := range t.words {
			if !t.prefix || i < len(t.words)-1 {
				t.words[i] = stem(t.words[i])
			}
		}
		if len(t.words) > 0 {
			terms = append(terms, t)
			positive = positive || !t.not
		}
	}
	if !positive {
		return nil, ErrEmptySearch
	}
	return terms, nil
}

// matchOf translates terms into an FTS4 expression.
func matchOf(terms []term) string {
	var with, without []string
	for _, t := range terms {
		phrase := `"` + strings.Join(t.words, " ") + `"`
		if t.prefix {
			phrase = `"` + strings.Join(t.words, " ") + `*"`
		}
		if t.not {
			without = append(without, phrase)
		} else {
			with = append(with, phrase)
		}
	}
	match := strings.Join(with, " AND ")
	for _, phrase := range without {
		match += " NOT " + phrase
	}
	return match
}

// fits reports whether the words of a text meet all terms.
func fits(terms []term, words []string) bool {
	for _, t := range terms {
		if t.in(words) == t.not {
			return false
		}
	}
	return true
}

func (t term) in(words []string) bool {
	last := len(t.words) - 1
	for ; len(words) > last; words = words[1:] {
		if slices.Equal(t.words[:last], words[:last]) && (words[last] == t.words[last] || t.prefix && strings.HasPrefix(words[last], t.words[last])) {
			return true
		}
	}
	return false
}

type searchPart struct {
	text        string
	not, prefix bool
}

// searchParts splits a query at spaces outside quotes.
func searchParts(query string) iter.Seq[searchPart] {
	return func(yield func(searchPart) bool) {
		for query = strings.TrimSpace(query); query != ""; query = strings.TrimSpace(query) {
			var p searchPart
			if rest, ok := strings.CutPrefix(query, "-"); ok {
				p.not, query = true, rest
			}
			if rest, ok := strings.CutPrefix(query, `"`); ok {
				p.text, query, _ = strings.Cut(rest, `"`)
			} else {
				end := strings.IndexAny(query, " \t\r\n")
				if end < 0 {
					end = len(query)
				}
				p.text, query = query[:end], query[end:]
				p.prefix = strings.HasSuffix(p.text, "*")
			}
			if !yield(p) {
				return
			}
		}
	}
}

// Found is one result of a search.
type Found struct {
	ID          int64   `json:"id"`
	Brand       string  `json:"brand"`
	Source      string  `json:"source"`
	PublishedAt string  `json:"published_at"` // as in the views
	Polarity    string  `json:"polarity"`
	Stars       *int    `json:"stars"`
	Title       *string `json:"title,omitempty"`
	Text        *string `json:"text"`
	URL         *string `json:"url,omitempty"`
}

// SearchOptions narrow a search. The zero value narrows nothing.
type SearchOptions struct {
	Brand    string
	Polarity string
	Limit    int   // 20 when zero
	Before   int64 // only mentions with a smaller id: the next page
}

// Search returns the mentions with all words of a query, those that were stored
// last first. Of a run that still goes on some may be missing: the index lags by a
// batch.
//
// What a mention says is read once, at the end: to look two rare words up costs less
// than to set up that query.
func (db *DB) Search(ctx context.Context, query string, o SearchOptions) ([]Found, error) {
	terms, err := termsOf(query)
	if err != nil {
		return nil, err
	}
	if o.Limit <= 0 {
		o.Limit = 20
	}
	ids, before, err := db.searchNewest(ctx, terms, o)
	if err == nil && len(ids) < o.Limit && before > 0 {
		var more []int64
		more, err = db.searchIndex(ctx, matchOf(terms), o, before, o.Limit-len(ids))
		ids = append(ids, more...)
	}
	var list []Found
	if err == nil && len(ids) > 0 {
		list, err = db.found(ctx, ids)
	}
	if err != nil {
		return nil, fmt.Errorf("search: %w", explain(err))
	}
	return list, nil
}

// indexPart is how many mentions a part of the search index has, as in the view
// search_texts. A part has its own lists of words, and FTS reads a list as a whole.
const indexPart = 500_000

// lookedThrough is how many of the newest mentions a search reads before it asks
// the index. The index has to read the whole list of a word: of one in every fifth
// text that is millions of entries, while a hundred texts have enough of it.
const lookedThrough = 150

// searchNewest returns what fits among the newest mentions, at most o.Limit, and
// the smallest id that it has seen, 0 when it has seen all.
func (db *DB) searchNewest(ctx context.Context, terms []term, o SearchOptions) (ids []int64, before int64, err error) {
	newest := o.Before
	if newest == 0 {
		newest = math.MaxInt64
	}
	rows, err := db.read.QueryContext(ctx, `SELECT v.id, v.brand, v.polarity, v.title, v.text FROM v_mentions v WHERE v.id < ? ORDER BY v.id DESC`, newest)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	var brand, polarity, title, text sql.RawBytes
	var words []string
	for range lookedThrough {
		if !rows.Next() {
			return ids, 0, rows.Err()
		}
		if err := rows.Scan(&before, &brand, &polarity, &title, &text); err != nil {
			return nil, 0, err
		}
		if o.Brand != "" && o.Brand != string(brand) || o.Polarity != "" && o.Polarity != string(polarity) {
			continue
		}
		words = appendStems(appendStems(words[:0], string(title)), string(text))
		if fits(terms, words) {
			if ids = append(ids, before); len(ids) == o.Limit {
				break
			}
		}
	}
	return ids, before, nil
}

func appendStems(list []string, text string) []string {
	for w := range wordsOf(text) {
		list = append(list, stem(w))
	}
	return list
}

// searchIndex returns at most limit mentions before an id that the index has, newest
// first: CROSS JOIN keeps the order, from part to part, and in a part the index has
// the newest in front. Rows are read until there are enough. A LIMIT with a parameter
// would make SQLite prepare the statement anew each time, and a statement a part costs
// more than to look up two rare words in it.
func (db *DB) searchIndex(ctx context.Context, match string, o SearchOptions, before int64, limit int) (ids []int64, err error) {
	query := `WITH RECURSIVE parts (part) AS (SELECT ?1 UNION ALL SELECT part - 1 FROM parts WHERE part > 0)
		SELECT search.docid FROM parts CROSS JOIN search ON search.part = parts.part`
	where, args := ` WHERE search.search MATCH ?2 AND search.docid < ?3`, []any{(before - 1) / indexPart, match, before}
	if o.Brand != "" || o.Polarity != "" {
		query += ` CROSS JOIN v_mentions v ON v.id = search.docid`
	}
	for _, c := range []struct{ clause, value string }{{` AND v.brand = ?`, o.Brand}, {` AND v.polarity = ?`, o.Polarity}} {
		if c.value != "" {
			args = append(args, c.value)
			where += c.clause + strconv.Itoa(len(args))
		}
	}
	rows, err := db.read.QueryContext(ctx, query+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for len(ids) < limit && rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// found returns mentions, newest first.
func (db *DB) found(ctx context.Context, ids []int64) ([]Found, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT v.id, v.brand, v.source, v.published_at, v.polarity, v.stars, v.title, v.text, v.url
		FROM v_mentions v WHERE v.id IN (SELECT value FROM json_each(?)) ORDER BY v.id DESC`, idList(ids))
	return scanAll(rows, err, func(f *Found) []any {
		return []any{&f.ID, &f.Brand, &f.Source, &f.PublishedAt, &f.Polarity, &f.Stars, &f.Title, &f.Text, &f.URL}
	})
}
