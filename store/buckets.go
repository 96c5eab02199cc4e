package store

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"time"

	"pantau/brand"
)

// fact is what a mention counts as.
type fact struct {
	at        time.Time
	polarity  brand.Polarity
	causes    uint32 // one bit a cause
	stars     int
	language  brand.Language
	version   string
	repliedAt time.Time
	copied    bool // it repeats another negative
}

// causeSet folds the evidence: a cause may have several pieces of it.
func causeSet(hits []brand.CauseHit) (set uint32) {
	for _, h := range hits {
		set |= 1 << h.Cause
	}
	return set
}

// factOf returns what a stored mention counts as.
func (tx *Tx) factOf(id int64) (f fact, err error) {
	var at int64
	var stars, replied, copyOf sql.NullInt64
	var version sql.NullString
	if err = tx.tx.QueryRowContext(tx.ctx, `SELECT published_at, polarity, stars, language, version, replied_at, copy_of FROM mentions WHERE id = ?`, id).
		Scan(&at, &f.polarity, &stars, &f.language, &version, &replied, &copyOf); err != nil {
		return f, err
	}
	f.at, f.stars, f.version, f.repliedAt, f.copied = time.Unix(at, 0), int(stars.Int64), version.String, when(replied), copyOf.Valid
	causes, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT cause_id FROM mention_causes WHERE mention_id = ?`, id))
	for _, c := range causes {
		f.causes |= 1 << c
	}
	return f, err
}

// buckets gathers the change of a batch to the counts, so that a thousand
// mentions of one hour become one row to update.
type buckets struct {
	zone   *time.Location
	hours  map[int64]*hourCount
	causes map[causeHour]int
	facets map[facetDay]*[4]int
	days   map[int64]string // dates of local days
}

type hourCount struct {
	counts
	local int64 // hours since 1970 on a local clock
}

// day returns the local days since 1970.
func (h *hourCount) day() int64 {
	if h.local < 0 {
		return (h.local - 23) / 24
	}
	return h.local / 24
}

// counts are the columns that hours and days share.
type counts struct {
	polarity     [4]int
	voices       int
	rated, stars int
	replied      int
	replySeconds int64
}

type causeHour struct {
	hour  int64
	cause brand.Cause
}

func (a causeHour) compare(b causeHour) int {
	return cmp.Or(cmp.Compare(a.hour, b.hour), cmp.Compare(a.cause, b.cause))
}

type facetDay struct {
	day   int64 // local days since 1970
	facet int
	value string
}

func (a facetDay) compare(b facetDay) int {
	return cmp.Or(cmp.Compare(a.facet, b.facet), cmp.Compare(a.day, b.day), cmp.Compare(a.value, b.value))
}

// The facets, in the order in which the store numbers them.
const (
	byLanguage = iota + 1
	byStars
	byVersion
)

func newBuckets(zone *time.Location) *buckets {
	return &buckets{zone: zone, hours: map[int64]*hourCount{}, causes: map[causeHour]int{}, facets: map[facetDay]*[4]int{}, days: map[int64]string{}}
}

// add counts a mention in (n = 1) or out (n = -1).
func (b *buckets) add(f fact, n int) {
	hour := hourOf(f.at)
	h := b.hours[hour]
	if h == nil {
		local := time.Unix(hour*3600, 0).In(b.zone)
		h = &hourCount{local: localHour(local)}
		day := h.day()
		if b.days[day] == "" {
			b.days[day] = local.Format(time.DateOnly)
		}
		b.hours[hour] = h
	}
	h.counts.add(f, n)
	day := h.day()
	b.facet(day, byLanguage, f.language.String(), f, n)
	if f.stars > 0 {
		b.facet(day, byStars, strconv.Itoa(f.stars), f, n)
	}
	if f.version != "" {
		b.facet(day, byVersion, f.version, f, n)
	}
	if f.polarity == brand.Negative {
		b.addCauses(hour, f.causes, n)
	}
}

// localHour counts the hours since 1970 on a local clock: it says the local day,
// the weekday and the hour.
func localHour(local time.Time) int64 {
	_, offset := local.Zone()
	return hourOf(local.Add(time.Duration(offset) * time.Second))
}

func (c *counts) add(f fact, n int) {
	c.polarity[f.polarity] += n
	if f.polarity == brand.Negative && !f.copied {
		c.voices += n
	}
	if f.stars > 0 {
		c.rated += n
		c.stars += n * f.stars
	}
	if !f.repliedAt.IsZero() {
		c.replied += n
		c.replySeconds += int64(n) * (f.repliedAt.Unix() - f.at.Unix())
	}
}

func (b *buckets) facet(day int64, facet int, value string, f fact, n int) {
	key := facetDay{day, facet, value}
	c := b.facets[key]
	if c == nil {
		c = new([4]int)
		b.facets[key] = c
	}
	c[f.polarity] += n
}

func (b *buckets) addCauses(hour int64, causes uint32, n int) {
	if causes == 0 {
		causes = 1 << brand.Unexplained
	}
	for c := brand.Unexplained; causes != 0; c, causes = c+1, causes>>1 {
		if causes&1 == 1 {
			b.causes[causeHour{hour, c}] += n
		}
	}
}

func (c *counts) plus(d *counts) {
	for i := range c.polarity {
		c.polarity[i] += d.polarity[i]
	}
	c.voices += d.voices
	c.rated += d.rated
	c.stars += d.stars
	c.replied += d.replied
	c.replySeconds += d.replySeconds
}

func (c *counts) fill(v values) {
	p := c.polarity
	v.set(int64(p[0]+p[1]+p[2]+p[3]), int64(p[brand.Negative]), int64(p[brand.Neutral]), int64(p[brand.Positive]), int64(p[brand.Unknown]),
		int64(c.voices), int64(c.rated), int64(c.stars), int64(c.replied), c.replySeconds)
}

const (
	countColumns = `mentions, negatives, neutrals, positives, unknowns, voices, rated, stars_total, replied, reply_seconds`
	countAdded   = `mentions = mentions + excluded.mentions, negatives = negatives + excluded.negatives, neutrals = neutrals + excluded.neutrals,
		positives = positives + excluded.positives, unknowns = unknowns + excluded.unknowns, voices = voices + excluded.voices,
		rated = rated + excluded.rated, stars_total = stars_total + excluded.stars_total,
		replied = replied + excluded.replied, reply_seconds = reply_seconds + excluded.reply_seconds`
)

// addBuckets writes the gathered changes to the hours and the days, in the order
// of the tables: neighbours are cheap.
func (tx *Tx) addBuckets(brandID, sourceID int64, b *buckets) error {
	origin := []any{brandID, sourceID}
	perDay := map[int64]*counts{}
	for _, h := range b.hours {
		day := h.day()
		if perDay[day] == nil {
			perDay[day] = new(counts)
		}
		perDay[day].plus(&h.counts)
	}
	hours, days := slices.Sorted(maps.Keys(b.hours)), slices.Sorted(maps.Keys(perDay))
	if err := tx.upsert(`hours (brand_id, source_id, hour, local_hour, `+countColumns+`)`, `(brand_id, hour, source_id)`, countAdded, origin, len(hours), func(i int, v values) {
		h := b.hours[hours[i]]
		v.set(hours[i], h.local)
		h.counts.fill(v[2:])
	}); err != nil {
		return err
	}
	if err := tx.upsert(`days (brand_id, source_id, day, `+countColumns+`)`, `(brand_id, day, source_id)`, countAdded, origin, len(days), func(i int, v values) {
		v.set(b.days[days[i]])
		perDay[days[i]].fill(v[1:])
	}); err != nil {
		return err
	}
	if err := tx.addCauseBuckets(origin, b); err != nil {
		return err
	}
	return tx.addFacets(origin, b)
}

func (tx *Tx) addCauseBuckets(origin []any, b *buckets) error {
	perDay := map[causeHour]int{} // by local day
	for key, n := range b.causes {
		perDay[causeHour{b.hours[key.hour].day(), key.cause}] += n
	}
	hours, days := slices.SortedFunc(maps.Keys(b.causes), causeHour.compare), slices.SortedFunc(maps.Keys(perDay), causeHour.compare)
	const added = `negatives = negatives + excluded.negatives`
	if err := tx.upsert(`cause_hours (brand_id, source_id, hour, cause_id, negatives)`, `(brand_id, hour, cause_id, source_id)`, added, origin, len(hours), func(i int, v values) {
		v.set(hours[i].hour, int64(hours[i].cause), int64(b.causes[hours[i]]))
	}); err != nil {
		return err
	}
	return tx.upsert(`cause_days (brand_id, source_id, day, cause_id, negatives)`, `(brand_id, day, cause_id, source_id)`, added, origin, len(days), func(i int, v values) {
		v.set(b.days[days[i].hour], int64(days[i].cause), int64(perDay[days[i]]))
	})
}

func (tx *Tx) addFacets(origin []any, b *buckets) error {
	keys := slices.SortedFunc(maps.Keys(b.facets), facetDay.compare)
	return tx.upsert(`facet_days (brand_id, source_id, facet, day, value, mentions, negatives, neutrals, positives)`, `(brand_id, facet, day, value, source_id)`,
		`mentions = mentions + excluded.mentions, negatives = negatives + excluded.negatives,
		neutrals = neutrals + excluded.neutrals, positives = positives + excluded.positives`, origin, len(keys), func(i int, v values) {
			key, p := keys[i], b.facets[keys[i]]
			v.set(int64(key.facet), b.days[key.day], key.value, int64(p[0]+p[1]+p[2]+p[3]), int64(p[brand.Negative]), int64(p[brand.Neutral]), int64(p[brand.Positive]))
		})
}

// upsert adds rows to the counts of a table.
func (tx *Tx) upsert(table, key, added string, shared []any, n int, fill func(i int, v values)) error {
	return tx.insertRows(table, ` ON CONFLICT `+key+` DO UPDATE SET `+added, shared, n, fill)
}
