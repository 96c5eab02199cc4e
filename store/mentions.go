package store

import (
	"cmp"
	"database/sql"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

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
	known, err := tx.known(o, items)
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

const chunk = 50 // rows of one INSERT: more parameters at once cost more than statements

// mentionKey is what mention_keys holds of an external id: three bytes instead of
// twenty. The few that share a key are told apart by their text.
func mentionKey(externalID string) int64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, externalID) // a hash takes everything
	return int64(mix(h.Sum64()) & 0x7fffff)
}

// mix spreads the bits of an FNV hash, whose low bits are weak for short texts
// (finaliser of MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// known returns what is stored of items, by their external ids. Keys are looked up
// in their order: neighbours in a table are cheap.
func (tx *Tx) known(o Origin, items []Item) (map[string]identity, error) {
	keys := make([]int64, len(items))
	for i := range items {
		keys[i] = mentionKey(items[i].ExternalID)
	}
	slices.Sort(keys)
	known := make(map[string]identity, len(items))
	args := make([]any, 0, 1+chunk)
	for start := 0; start < len(keys); start += chunk {
		args = append(args[:0], o.SourceID)
		for i := range chunk { // always as many, so that the statement is prepared once
			args = append(args, keys[min(start+i, len(keys)-1)])
		}
		rows, err := tx.tx.QueryContext(tx.ctx, `SELECT m.external_id, m.id, m.content FROM mention_keys k CROSS JOIN mentions m ON m.id = k.mention_id
			WHERE k.source_id = ? AND k.key IN (?`+strings.Repeat(", ?", chunk-1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		if err := scanKnown(rows, known); err != nil {
			return nil, err
		}
	}
	return known, nil
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
	return fact{at: r.PublishedAt, polarity: r.Score.Polarity, causes: causeSet(r.Score.Causes), stars: r.Stars,
		language: r.Score.Language, version: r.Version, repliedAt: r.RepliedAt, copied: r.copyOf != nil}
}

func (r *row) identity() identity { return identity{id: r.id, content: r.content} }

// contentHash tells an edit from the same text once more. Fields are separated,
// so that moving a word from the title to the text is a change.
func contentHash(m *brand.Mention) int64 {
	h := fnv.New64a()
	for _, field := range [...]string{m.Title, m.Text, strconv.Itoa(m.Stars), m.Reply} {
		_, _ = io.WriteString(h, field) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	return int64(mix(h.Sum64()) & 0x7fffffff)
}

// column is a column of mentions and what a new row has in it.
type column struct {
	name  string
	value func(*row) any
}

// always are the columns that every mention fills, optional those that many
// sources never do.
var (
	always = []column{
		{"id", func(r *row) any { return r.id }},
		{"external_id", func(r *row) any { return r.ExternalID }},
		{"published_at", func(r *row) any { return r.PublishedAt.Unix() }},
		{"collected_at", func(r *row) any { return r.CollectedAt.Unix() }},
		{"content", func(r *row) any { return r.content }},
		{"fingerprint", func(r *row) any { return r.fingerprint() }},
		{"text", func(r *row) any { return r.Text }},
		{"polarity", func(r *row) any { return int64(r.Score.Polarity) }},
		{"compound", func(r *row) any { return tenThousandths(r.Score.Compound) }},
		{"p_negative", func(r *row) any { return tenThousandths(r.Score.PNegative) }},
		{"doubtful", func(r *row) any { return r.Score.Doubtful }},
		{"language", func(r *row) any { return int64(r.Score.Language) }},
	}
	optional = []column{
		{"copy_of", func(r *row) any { return r.copyOf }},
		{"title", func(r *row) any { return text(r.Title) }},
		{"url", func(r *row) any { return text(r.URL) }},
		{"author", func(r *row) any { return text(r.Author) }},
		{"version", func(r *row) any { return text(r.Version) }},
		{"place", func(r *row) any { return text(r.Place) }},
		{"stars", func(r *row) any { return stars(r.Stars) }},
		{"reply", func(r *row) any { return text(r.Reply) }},
		{"replied_at", func(r *row) any { return unix(r.RepliedAt) }},
		{"hits", func(r *row) any { return r.hits }},
	}
)

// columnsOf returns the columns that rows need: a value that is bound only to be
// NULL costs as much as one that is stored.
func columnsOf(rows []row) []column {
	columns := slices.Clone(always)
	for _, c := range optional {
		for i := range rows {
			if c.value(&rows[i]) != nil {
				columns = append(columns, c)
				break
			}
		}
	}
	return columns
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

func stars(n int) any {
	if n < 1 || n > 5 {
		return nil
	}
	return int64(n)
}

func (tx *Tx) insertMentions(o Origin, rows []row) error {
	columns := columnsOf(rows)
	into := `INSERT INTO mentions (brand_id, source_id, lexicon_id`
	for _, c := range columns {
		into += ", " + c.name
	}
	into += ") VALUES "
	values := "(?1, ?2, ?3" + strings.Repeat(", ?", len(columns)) + ")" // an unnumbered one follows the highest so far
	args := make([]any, 0, 3+chunk*len(columns))
	for part := range parts(rows) {
		args = append(args[:0], o.BrandID, o.SourceID, o.LexiconID)
		for i := range part {
			for _, c := range columns {
				args = append(args, c.value(&part[i]))
			}
		}
		if err := tx.exec(into+values+strings.Repeat(", "+values, len(part)-1), args...); err != nil {
			return err
		}
	}
	if err := tx.insertKeys(o, rows); err != nil {
		return err
	}
	return tx.insertCauses(rows)
}

// insertKeys enters the dedup keys, in their order as well.
func (tx *Tx) insertKeys(o Origin, rows []row) error {
	type key struct{ key, id int64 }
	keys := make([]key, len(rows))
	for i := range rows {
		keys[i] = key{mentionKey(rows[i].ExternalID), rows[i].id}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Compare(a.key, b.key) })
	args := make([]any, 0, 1+2*chunk)
	for part := range parts(keys) {
		args = append(args[:0], o.SourceID)
		for _, k := range part {
			args = append(args, k.key, k.id)
		}
		if err := tx.exec(`INSERT INTO mention_keys (source_id, key, mention_id) VALUES (?1, ?, ?)`+strings.Repeat(", (?1, ?, ?)", len(part)-1), args...); err != nil {
			return err
		}
	}
	return nil
}

// parts splits rows into chunks and, at the end, single rows: two sizes of a
// statement stay prepared, fifty would not.
func parts[T any](rows []T) func(func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(rows) > 0 {
			n := 1
			if len(rows) >= chunk {
				n = chunk
			}
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// insertRows inserts many rows with each statement: it is the statements that
// cost. All rows are of one length.
func (tx *Tx) insertRows(into, conflict string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	values := "(?" + strings.Repeat(", ?", len(rows[0])-1) + ")"
	args := make([]any, 0, chunk*len(rows[0]))
	for part := range parts(rows) {
		args = args[:0]
		for _, r := range part {
			args = append(args, r...)
		}
		if err := tx.exec(into+values+strings.Repeat(", "+values, len(part)-1)+conflict, args...); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) insertCauses(rows []row) error {
	var causes [][]any
	for i := range rows {
		for _, c := range rows[i].Score.Causes {
			causes = append(causes, []any{rows[i].id, int64(c.Cause), int64(c.Start), int64(c.End)})
		}
	}
	return tx.insertRows(`INSERT INTO mention_causes (mention_id, cause_id, start_byte, end_byte) VALUES `, ` ON CONFLICT DO NOTHING`, causes)
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
			SELECT id, revision, ?, title, text, stars, polarity, compound / 10000.0 FROM mentions WHERE id = ?`, []any{now.CollectedAt.Unix(), now.id}},
		{`UPDATE mentions SET revision = revision + 1, content = ?, fingerprint = ?, copy_of = NULL, title = ?, text = ?, stars = ?,
			version = coalesce(?, version), reply = ?, replied_at = ?, polarity = ?, compound = ?, p_negative = ?, doubtful = ?, language = ?, lexicon_id = ?, hits = ?
			WHERE id = ?`, []any{now.content, now.fingerprint(), text(now.Title), now.Text, stars(now.Stars), text(now.Version), text(now.Reply), unix(now.RepliedAt),
			int64(now.Score.Polarity), tenThousandths(now.Score.Compound), tenThousandths(now.Score.PNegative), now.Score.Doubtful, int64(now.Score.Language), o.LexiconID, now.hits, now.id}},
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
