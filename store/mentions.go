package store

import (
	"database/sql"
	"math"
	"slices"

	"pantau/brand"
)

// Item is a mention ready to be stored: cleaned, redacted and scored.
type Item struct {
	brand.Scored
	Fingerprint uint64 // near-duplicates differ in few bits
	Formerly    string // another external id that an older program may have stored it under, "" for none
}

// Added counts what a batch changed. What it did not change was known already.
type Added struct {
	New    int
	Edited int
}

// Origin is where a batch belongs, by the ids that [Tx.Origin] looked up.
type Origin struct {
	BrandID   int64
	SourceID  int64
	LexiconID int64
	Cursor    string // where the source's last run stopped
}

// Origin returns the ids of a brand, a source and a lexicon, which it registers
// when they are new.
func (tx *Tx) Origin(b string, competitor bool, source, kind, lexicon string) (o Origin, err error) {
	if o.BrandID, err = tx.id(`INSERT INTO brands (name, competitor) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET competitor = excluded.competitor RETURNING id`, b, competitor); err != nil {
		return o, err
	}
	if o.LexiconID, err = tx.lexiconID(lexicon); err != nil {
		return o, err
	}
	err = tx.tx.QueryRowContext(tx.ctx, `INSERT INTO sources (brand_id, name, kind) VALUES (?, ?, ?)
		ON CONFLICT (brand_id, name) DO UPDATE SET kind = excluded.kind RETURNING id, cursor`,
		o.BrandID, source, kind).Scan(&o.SourceID, &o.Cursor)
	return o, err
}

func (tx *Tx) lexiconID(version string) (int64, error) {
	return tx.id(`INSERT INTO lexicons (version) VALUES (?) ON CONFLICT (version) DO UPDATE SET version = excluded.version RETURNING id`, version)
}

func (tx *Tx) id(query string, args ...any) (id int64, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, query, args...).Scan(&id)
	return id, err
}

// Add stores a batch of mentions of one source and keeps the hourly and daily
// counts in step. A mention that is known by its external id and unchanged is
// left alone; a changed one becomes a new revision at its first place in time. One that
// is known by its former id gets the new one.
// What was erased does not come back.
func (tx *Tx) Add(o Origin, items []Item) (Added, error) {
	items, err := tx.withoutErased(o, items)
	if err != nil {
		return Added{}, err
	}
	known, lists, err := tx.known(o, items)
	if err != nil {
		return Added{}, err
	}
	last, err := tx.id(`SELECT coalesce(max(id), 0) FROM mentions`)
	if err != nil {
		return Added{}, err
	}
	if err := tx.index(last); err != nil { // of the batches before: the index lags by one
		return Added{}, err
	}
	b := arrivals{tx: tx, origin: o, known: known, last: last, fresh: make([]row, 0, len(items)), buckets: newBuckets(tx.zone), advices: map[int64]brand.Advice{}}
	for i := range items {
		if err := b.take(&items[i]); err != nil {
			return b.Added, err
		}
	}
	return b.Added, b.store(lists)
}

// arrivals sorts what a batch brings.
type arrivals struct {
	Added
	tx      *Tx
	origin  Origin
	known   map[string]identity // by external id
	last    int64               // id that was given last
	fresh   []row
	renamed []*Item // known by their former ids
	buckets *buckets
	advices map[int64]brand.Advice // by id
}

// take finds out whether a mention is new, an edit or known; an edit is stored at once.
func (b *arrivals) take(item *Item) error {
	before, seen := b.known[item.ExternalID]
	if !seen && item.Formerly != "" {
		if before, seen = b.known[item.Formerly]; seen {
			b.known[item.ExternalID] = before
			b.renamed = append(b.renamed, item)
		}
	}
	id := before.id
	if !seen {
		id = b.last + 1
	}
	if item.Advice != brand.NoAdvice {
		b.advices[id] = item.Advice
	}
	if seen && before.content == item.content() {
		return nil
	}
	now, err := b.tx.newRow(b.last+1, item)
	if err != nil {
		return err
	}
	switch {
	case !seen:
		b.fresh = append(b.fresh, now)
		b.known[item.ExternalID] = now.identity()
		b.last++
		b.New++
	case before.stored:
		b.Edited++
		return b.tx.edit(b.origin, before, now, b.buckets)
	}
	return nil
}

// store writes the new mentions with their keys, and all counts.
func (b *arrivals) store(lists keyLists) error {
	if err := b.tx.markCopies(b.origin.BrandID, b.fresh); err != nil {
		return err
	}
	for i := range b.fresh {
		b.buckets.add(b.fresh[i].fact(), 1)
	}
	if err := b.tx.insertMentions(b.origin, b.fresh); err != nil {
		return err
	}
	if err := b.storeKeys(lists); err != nil {
		return err
	}
	if err := b.tx.addAdvices(b.advices); err != nil {
		return err
	}
	if err := b.tx.exec(`UPDATE sources SET mentions = mentions + ? WHERE id = ?`, b.New, b.origin.SourceID); err != nil {
		return err
	}
	return b.tx.addBuckets(b.origin.BrandID, b.origin.SourceID, b.buckets)
}

// storeKeys enters the dedup keys of new mentions into the lists they belong to. What an
// older program stored gets its new external id, and the key of that instead.
func (b *arrivals) storeKeys(lists keyLists) error {
	added := make([]keyed, len(b.fresh), len(b.fresh)+len(b.renamed))
	for i := range b.fresh {
		added[i] = keyed{mentionKey(b.fresh[i].ExternalID), b.fresh[i].id}
	}
	for _, item := range b.renamed {
		id := b.known[item.ExternalID].id
		if err := b.tx.exec(`UPDATE mentions SET external_id = ? WHERE id = ?`, item.ExternalID, id); err != nil {
			return err
		}
		lists.remove([]keyed{{mentionKey(item.Formerly), id}})
		added = append(added, keyed{mentionKey(item.ExternalID), id})
	}
	if len(added) == 0 {
		return nil
	}
	slices.SortFunc(added, compareKeyed)
	lists.add(added)
	return b.tx.saveKeys(b.origin.SourceID, lists)
}

// identity is what must be known of a stored mention to recognise an edit.
type identity struct {
	id      int64
	content int64
	stored  bool // false while it is only part of the running batch
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// fnv1a goes on with a hash (FNV-1a of 64 bits, as hash/fnv, which wants a copy of
// the text).
func fnv1a[T string | sql.RawBytes](h uint64, text T) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return h
}

// mix spreads the bits of an FNV hash, whose low bits are weak for short texts
// (finaliser of MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// known returns what is stored of items, by their external ids, and the lists that
// their dedup keys belong to.
func (tx *Tx) known(o Origin, items []Item) (map[string]identity, keyLists, error) {
	keys := make([]int64, 0, len(items))
	for i := range items {
		keys = append(keys, mentionKey(items[i].ExternalID))
		if items[i].Formerly != "" {
			keys = append(keys, mentionKey(items[i].Formerly))
		}
	}
	slices.Sort(keys)
	lists, err := tx.keyLists(o.SourceID, keys)
	if err != nil {
		return nil, nil, err
	}
	known := make(map[string]identity, len(items))
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT external_id, id, content, title, text, traits % 6, reply FROM mentions WHERE id IN (SELECT value FROM json_each(?))`, idList(lists.ids(keys)))
	if err != nil {
		return nil, nil, err
	}
	return known, lists, scanKnown(rows, known)
}

func scanKnown(rows *sql.Rows, known map[string]identity) error {
	defer rows.Close()
	for rows.Next() {
		var key string
		var title, text, reply sql.RawBytes
		var stars int
		var content sql.NullInt64 // of a text that is no longer there
		k := identity{stored: true}
		if err := rows.Scan(&key, &k.id, &content, &title, &text, &stars, &reply); err != nil {
			return err
		}
		if k.content = content.Int64; !content.Valid {
			k.content = contentHash(title, text, stars, reply)
		}
		known[key] = k
	}
	return rows.Err()
}

// row is a mention on its way into the table.
type row struct {
	*Item
	id      int64
	copyOf  any // id of the earlier negative that this one repeats
	version any // id
	hits    any
	causes  any
}

func (tx *Tx) newRow(id int64, item *Item) (row, error) {
	version, err := tx.versionID(item.Version)
	if err != nil {
		return row{}, err
	}
	hits, err := tx.writeHits(item.Score.Hits)
	return row{Item: item, id: id, version: version, hits: text(hits), causes: text(writeCauses(item.Score.Causes))}, err
}

// versionID returns the id of a version of an app, which is registered when it is
// new; nil without one.
func (tx *Tx) versionID(version string) (any, error) {
	if version == "" {
		return nil, nil
	}
	if id, ok := tx.versions[version]; ok {
		return id, nil
	}
	id, err := tx.id(`INSERT INTO versions (version) VALUES (?) ON CONFLICT (version) DO UPDATE SET version = excluded.version RETURNING id`, version)
	if err != nil {
		return nil, err
	}
	if tx.versions == nil {
		tx.versions = map[string]int64{}
	}
	tx.versions[version] = id
	return id, nil
}

func (r *row) fact() fact {
	return fact{at: r.PublishedAt, polarity: r.Score.Polarity, causes: causeSet(r.Score.Causes), stars: rated(r.Stars),
		language: r.Score.Language, version: r.Version, repliedAt: r.RepliedAt, copied: r.copyOf != nil}
}

func (r *row) identity() identity { return identity{id: r.id, content: r.content()} }

func (i *Item) content() int64 { return contentHash(i.Title, i.Text, rated(i.Stars), i.Reply) }

// storedContent is the SQL function content_hash(title, text, stars, reply).
func storedContent(title, body any, stars int64, reply any) int64 {
	field := func(x any) string { s, _ := x.(string); return s } // NULL is empty
	return contentHash(field(title), field(body), int(stars), field(reply))
}

// contentHash tells an edit from the same text once more, in 23 bits. Fields are
// separated, so that moving a word from the title to the text is a change.
func contentHash[T string | sql.RawBytes](title, text T, stars int, reply T) int64 {
	h := fnv1a(fnv1a(fnvOffset, title), "\x00")
	h = fnv1a(fnv1a(h, text), "\x00")
	h = (h ^ uint64('0'+stars)) * fnvPrime
	h = fnv1a(fnv1a(fnv1a(h, "\x00"), reply), "\x00")
	return int64(mix(h) & 0x7fffff)
}

// always are the columns that every mention fills.
const always = `brand_id, source_id, lexicon_id, id, external_id, published_at, lag, fingerprint, text, polarity, compound, p_negative, traits`

func (r *row) fill(v values) {
	published := r.PublishedAt.Unix()
	v.set(r.id, r.ExternalID, published, r.CollectedAt.Unix()-published, r.fingerprint(), r.Text,
		int64(r.Score.Polarity), hundredths(r.Score.Compound), hundredths(r.Score.PNegative), traits(rated(r.Stars), &r.Score))
}

const alwaysOwn = 10 // of the columns above

// traits puts what has few values into one number, from which the table computes the
// stars, the doubt and the language again.
func traits(stars int, s *brand.Score) int64 {
	doubtful := 0
	if s.Doubtful {
		doubtful = 1
	}
	return int64(stars + 6*(doubtful+2*int(s.Language)))
}

// optional are the columns that many sources never fill.
var optional = []struct {
	name  string
	value func(*row) any
}{
	{"copy_of", func(r *row) any { return r.copyOf }},
	{"title", func(r *row) any { return text(r.Title) }},
	{"url", func(r *row) any { return text(r.URL) }},
	{"author", func(r *row) any { return text(r.Author) }},
	{"version_id", func(r *row) any { return r.version }},
	{"place", func(r *row) any { return text(r.Place) }},
	{"reply", func(r *row) any { return text(r.Reply) }},
	{"replied_at", func(r *row) any { return unix(r.RepliedAt) }},
	{"hits", func(r *row) any { return r.hits }},
	{"causes", func(r *row) any { return r.causes }},
}

// fingerprint is what the table keeps: only complaints are compared.
func (r *row) fingerprint() int64 {
	if r.Score.Polarity != brand.Negative {
		return 0
	}
	return int64(r.Fingerprint)
}

// hundredths is how verdicts are stored, as they are shown: one byte instead of eight.
func hundredths(x float64) int64 { return int64(math.Round(x * 100)) }

// rated returns the stars of a rating, 0 for what is none.
func rated(n int) int {
	if n < 1 || n > 5 {
		return 0
	}
	return n
}

func (tx *Tx) insertMentions(o Origin, rows []row) error {
	columns := always
	var more []func(*row) any // a value that is bound only to be NULL costs as much as one that is stored
	for _, c := range optional {
		for i := range rows {
			if c.value(&rows[i]) != nil {
				columns += ", " + c.name
				more = append(more, c.value)
				break
			}
		}
	}
	return tx.insertRows(`INTO mentions (`+columns+`)`, ``, []any{o.BrandID, o.SourceID, o.LexiconID}, len(rows), func(i int, v values) {
		rows[i].fill(v)
		for k, value := range more {
			v[alwaysOwn+k].Value = value(&rows[i])
		}
	})
}

// edit keeps what was as a revision and moves the counts of its hour. What a
// person said of the old text no longer holds: the scorer judges the new one.
func (tx *Tx) edit(o Origin, before identity, now row, buckets *buckets) error {
	old, err := tx.factOf(before.id)
	if err != nil {
		return err
	}
	now.id = before.id
	reindex, err := tx.unindex(before.id)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO revisions (mention_id, revision, replaced_at, title, text, stars, polarity, compound)
			SELECT id, 1 + (SELECT count(*) FROM revisions WHERE mention_id = m.id), ?, title, text, stars, polarity, compound / 100.0 FROM mentions m WHERE id = ?`, []any{now.CollectedAt.Unix(), now.id}},
		{`UPDATE mentions SET content = NULL, fingerprint = ?, copy_of = NULL, title = ?, text = ?, version_id = coalesce(?, version_id), reply = ?, replied_at = ?,
			polarity = ?, compound = ?, p_negative = ?, traits = ?, lexicon_id = ?, hits = ?, causes = ?
			WHERE id = ?`, []any{now.fingerprint(), text(now.Title), now.Text, now.version, text(now.Reply), unix(now.RepliedAt),
			int64(now.Score.Polarity), hundredths(now.Score.Compound), hundredths(now.Score.PNegative), traits(rated(now.Stars), &now.Score), o.LexiconID, now.hits, now.causes, now.id}},
		{`DELETE FROM labels WHERE mention_id = ?`, []any{now.id}},
	} {
		if err := tx.exec(s.query, s.args...); err != nil {
			return err
		}
	}
	if err := reindex(); err != nil {
		return err
	}
	buckets.add(old, -1)
	is, err := tx.factOf(now.id)
	buckets.add(is, 1)
	return err
}
