package store

import (
	"database/sql"
	"math"
	"slices"
	"strconv"

	"pantau/brand"
)

// Item is a mention ready to be stored: cleaned, redacted and scored.
type Item struct {
	brand.Scored
	Fingerprint uint64 // near-duplicates differ in few bits
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
	if o.LexiconID, err = tx.id(`INSERT INTO lexicons (version) VALUES (?)
		ON CONFLICT (version) DO UPDATE SET version = excluded.version RETURNING id`, lexicon); err != nil {
		return o, err
	}
	err = tx.tx.QueryRowContext(tx.ctx, `INSERT INTO sources (brand_id, name, kind) VALUES (?, ?, ?)
		ON CONFLICT (brand_id, name) DO UPDATE SET kind = excluded.kind RETURNING id, cursor`,
		o.BrandID, source, kind).Scan(&o.SourceID, &o.Cursor)
	return o, err
}

func (tx *Tx) id(query string, args ...any) (id int64, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, query, args...).Scan(&id)
	return id, err
}

// Add stores a batch of mentions of one source and keeps the hourly and daily
// counts in step. A mention that is known by its external id and unchanged is
// left alone; a changed one becomes a new revision at its first place in time.
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
	var added Added
	fresh := make([]row, 0, len(items))
	buckets := newBuckets(tx.zone)
	advices := map[int64]brand.Advice{}
	for i := range items {
		item := &items[i]
		before, seen := known[item.ExternalID]
		id := before.id
		if !seen {
			id = last + 1
		}
		if item.Advice != brand.NoAdvice {
			advices[id] = item.Advice
		}
		if seen && before.content == contentHash(&item.Mention) {
			continue
		}
		now, err := tx.newRow(last+1, item)
		if err != nil {
			return added, err
		}
		switch {
		case !seen:
			fresh = append(fresh, now)
			known[item.ExternalID] = now.identity()
			last++
		case before.stored:
			if err := tx.edit(o, before, now, buckets); err != nil {
				return added, err
			}
			added.Edited++
		}
	}
	if err := tx.markCopies(o.BrandID, fresh); err != nil {
		return added, err
	}
	for i := range fresh {
		buckets.add(fresh[i].fact(), 1)
	}
	if err := tx.insertMentions(o, fresh); err != nil {
		return added, err
	}
	if err := tx.insertKeys(o, fresh, lists); err != nil {
		return added, err
	}
	if err := tx.addAdvices(advices); err != nil {
		return added, err
	}
	added.New = len(fresh)
	if err := tx.exec(`UPDATE sources SET mentions = mentions + ? WHERE id = ?`, added.New, o.SourceID); err != nil {
		return added, err
	}
	return added, tx.addBuckets(o.BrandID, o.SourceID, buckets)
}

// identity is what must be known of a stored mention to recognise an edit.
type identity struct {
	id      int64
	content int64
	stored  bool // false while it is only part of the running batch
}

const fnvOffset = 14695981039346656037

// fnv1a goes on with a hash (FNV-1a of 64 bits, as hash/fnv, which wants a copy of
// the text).
func fnv1a(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
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
	keys := make([]int64, len(items))
	for i := range items {
		keys[i] = mentionKey(items[i].ExternalID)
	}
	slices.Sort(keys)
	lists, err := tx.keyLists(o.SourceID, keys)
	if err != nil {
		return nil, nil, err
	}
	known := make(map[string]identity, len(items))
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT external_id, id, content FROM mentions WHERE id IN (SELECT value FROM json_each(?))`, idList(lists.ids(keys)))
	if err != nil {
		return nil, nil, err
	}
	return known, lists, scanKnown(rows, known)
}

func scanKnown(rows *sql.Rows, known map[string]identity) error {
	defer rows.Close()
	for rows.Next() {
		var key string
		k := identity{stored: true}
		if err := rows.Scan(&key, &k.id, &k.content); err != nil {
			return err
		}
		known[key] = k
	}
	return rows.Err()
}

// row is a mention on its way into the table.
type row struct {
	*Item
	id      int64
	content int64
	copyOf  any // id of the earlier negative that this one repeats
	hits    any
}

func (tx *Tx) newRow(id int64, item *Item) (row, error) {
	hits, err := tx.writeHits(item.Score.Hits)
	return row{Item: item, id: id, content: contentHash(&item.Mention), hits: text(hits)}, err
}

func (r *row) fact() fact {
	return fact{at: r.PublishedAt, polarity: r.Score.Polarity, causes: causeSet(r.Score.Causes), stars: rated(r.Stars),
		language: r.Score.Language, version: r.Version, repliedAt: r.RepliedAt, copied: r.copyOf != nil}
}

func (r *row) identity() identity { return identity{id: r.id, content: r.content} }

// contentHash tells an edit from the same text once more. Fields are separated,
// so that moving a word from the title to the text is a change.
func contentHash(m *brand.Mention) int64 {
	h := uint64(fnvOffset)
	for _, field := range [...]string{m.Title, m.Text, strconv.Itoa(m.Stars), m.Reply} {
		h = fnv1a(fnv1a(h, field), "\x00")
	}
	return int64(mix(h) & 0x7fffff)
}

// always are the columns that every mention fills.
const always = `brand_id, source_id, lexicon_id, id, external_id, published_at, lag, content, fingerprint, text, polarity, compound, p_negative, traits`

func (r *row) fill(v values) {
	published := r.PublishedAt.Unix()
	v.set(r.id, r.ExternalID, published, r.CollectedAt.Unix()-published, r.content, r.fingerprint(), r.Text,
		int64(r.Score.Polarity), tenThousandths(r.Score.Compound), tenThousandths(r.Score.PNegative), traits(rated(r.Stars), &r.Score))
}

const alwaysOwn = 11 // of the columns above

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
	{"version", func(r *row) any { return text(r.Version) }},
	{"place", func(r *row) any { return text(r.Place) }},
	{"reply", func(r *row) any { return text(r.Reply) }},
	{"replied_at", func(r *row) any { return unix(r.RepliedAt) }},
	{"hits", func(r *row) any { return r.hits }},
}

// fingerprint is what the table keeps: only complaints are compared.
func (r *row) fingerprint() int64 {
	if r.Score.Polarity != brand.Negative {
		return 0
	}
	return int64(r.Fingerprint)
}

// tenThousandths is how verdicts are stored: two bytes instead of eight.
func tenThousandths(x float64) int64 { return int64(math.Round(x * 10000)) }

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
	if err := tx.insertRows(`INTO mentions (`+columns+`)`, ``, []any{o.BrandID, o.SourceID, o.LexiconID}, len(rows), func(i int, v values) {
		rows[i].fill(v)
		for k, value := range more {
			v[alwaysOwn+k].Value = value(&rows[i])
		}
	}); err != nil {
		return err
	}
	return tx.insertCauses(rows)
}

// insertKeys enters the dedup keys into the lists they belong to.
func (tx *Tx) insertKeys(o Origin, rows []row, lists keyLists) error {
	if len(rows) == 0 {
		return nil
	}
	keys := make([]keyed, len(rows))
	for i := range rows {
		keys[i] = keyed{mentionKey(rows[i].ExternalID), rows[i].id}
	}
	slices.SortFunc(keys, compareKeyed)
	lists.add(keys)
	return tx.saveKeys(o.SourceID, lists)
}

func (tx *Tx) insertCauses(rows []row) error {
	type cause struct {
		id int64
		brand.CauseHit
	}
	var causes []cause
	for i := range rows {
		for _, c := range rows[i].Score.Causes {
			causes = append(causes, cause{rows[i].id, c})
		}
	}
	return tx.insertRows(`INTO mention_causes (mention_id, cause_id, start_byte, end_byte)`, ` ON CONFLICT DO NOTHING`, nil, len(causes), func(i int, v values) {
		c := &causes[i]
		v.set(c.id, int64(c.Cause), int64(c.Start), int64(c.End))
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
			SELECT id, 1 + (SELECT count(*) FROM revisions WHERE mention_id = m.id), ?, title, text, stars, polarity, compound / 10000.0 FROM mentions m WHERE id = ?`, []any{now.CollectedAt.Unix(), now.id}},
		{`UPDATE mentions SET content = ?, fingerprint = ?, copy_of = NULL, title = ?, text = ?, version = coalesce(?, version), reply = ?, replied_at = ?,
			polarity = ?, compound = ?, p_negative = ?, traits = ?, lexicon_id = ?, hits = ?
			WHERE id = ?`, []any{now.content, now.fingerprint(), text(now.Title), now.Text, text(now.Version), text(now.Reply), unix(now.RepliedAt),
			int64(now.Score.Polarity), tenThousandths(now.Score.Compound), tenThousandths(now.Score.PNegative), traits(rated(now.Stars), &now.Score), o.LexiconID, now.hits, now.id}},
		{`DELETE FROM labels WHERE mention_id = ?`, []any{now.id}},
		{`DELETE FROM mention_causes WHERE mention_id = ?`, []any{now.id}},
	} {
		if err := tx.exec(s.query, s.args...); err != nil {
			return err
		}
	}
	if err := tx.insertCauses([]row{now}); err != nil {
		return err
	}
	if err := reindex(); err != nil {
		return err
	}
	buckets.add(old, -1)
	is, err := tx.factOf(now.id)
	buckets.add(is, 1)
	return err
}
