package store

import (
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
	var version, causes sql.NullString
	if err = tx.tx.QueryRowContext(tx.ctx, `SELECT published_at, polarity, stars, language, (SELECT version FROM versions WHERE id = version_id), replied_at, copy_of, causes FROM mentions WHERE id = ?`, id).
		Scan(&at, &f.polarity, &stars, &f.language, &version, &replied, &copyOf, &causes); err != nil {
		return f, err
	}
	f.at, f.stars, f.version, f.repliedAt, f.copied = time.Unix(at, 0), int(stars.Int64), version.String, when(replied), copyOf.Valid
	f.causes = causeSet(readCauses(causes.String))
	return f, nil
}

// buckets gathers the change of a batch to the counts, so that a thousand
// mentions of one hour become one row to update.
type buckets struct {
	zone   *time.Location
	hours  map[int64]*hourCount
	days   map[int64]*dayCount // by local days since 1970
	latest *hourCount          // mentions come in the order of time, or nearly so
}

type hourCount struct {
	counts
	hour  int64
	local int64 // hours since 1970 on a local clock
	*dayCount
}

// dayCount has what is counted by day only.
type dayCount struct {
	rating
	languages [brand.OtherLanguage + 1]polarities
	byStars   [6]polarities
	versions  map[string]*polarities
}

type polarities [4]int

// day returns the local days since 1970.
func (h *hourCount) day() int64 { return dayOf(h.local) }

// dayOf returns the local day of a local hour, both since 1970.
func dayOf(local int64) int64 {
	if local < 0 {
		return (local - 23) / 24
	}
	return local / 24
}

// counts are the columns that hours and days share.
type counts struct {
	polarity [4]int
	voices   int
	causes   causeCounts
}

// rating are the stars and the replies of a day.
type rating struct {
	rated, total int
	replied      int
	replySeconds int64
}

// The facets, in the order in which the store numbers them.
const (
	byLanguage = iota + 1
	byStars
	byVersion
)

func newBuckets(zone *time.Location) *buckets {
	return &buckets{zone: zone, hours: map[int64]*hourCount{}, days: map[int64]*dayCount{}}
}

// at returns the counts of an hour.
func (b *buckets) at(hour int64) *hourCount {
	if b.latest != nil && b.latest.hour == hour {
		return b.latest
	}
	h := b.hours[hour]
	if h == nil {
		h = &hourCount{hour: hour, local: localHour(time.Unix(hour*3600, 0).In(b.zone))}
		day := h.day()
		if b.days[day] == nil {
			b.days[day] = &dayCount{versions: map[string]*polarities{}}
		}
		h.dayCount = b.days[day]
		b.hours[hour] = h
	}
	b.latest = h
	return h
}

// add counts a mention in (n = 1) or out (n = -1).
func (b *buckets) add(f fact, n int) {
	h := b.at(hourOf(f.at))
	h.counts.add(f, n)
	h.rating.add(f, n)
	h.languages[f.language][f.polarity] += n
	if f.stars > 0 {
		h.byStars[f.stars][f.polarity] += n
	}
	if f.version != "" {
		if h.versions[f.version] == nil {
			h.versions[f.version] = new(polarities)
		}
		h.versions[f.version][f.polarity] += n
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
	if f.polarity != brand.Negative {
		return
	}
	c.causes.add(f.causes, n)
	if !f.copied {
		c.voices += n
	}
}

func (r *rating) add(f fact, n int) {
	if f.stars > 0 {
		r.rated += n
		r.total += n * f.stars
	}
	if !f.repliedAt.IsZero() {
		r.replied += n
		r.replySeconds += int64(n) * (f.repliedAt.Unix() - f.at.Unix())
	}
}

func (c *counts) plus(d *counts) {
	for i := range c.polarity {
		c.polarity[i] += d.polarity[i]
	}
	c.voices += d.voices
	c.causes.plus(&d.causes)
}

func (c *counts) fill(v values) {
	p := c.polarity
	v.set(int64(p[brand.Negative]), int64(p[brand.Neutral]), int64(p[brand.Positive]), int64(p[brand.Unknown]), int64(c.voices), text(c.causes.String()))
}

func (r *rating) fill(v values) {
	v.set(int64(r.rated), int64(r.total), int64(r.replied), r.replySeconds)
}

const (
	countColumns = `negatives, neutrals, positives, unknowns, voices, causes`
	countAdded   = `negatives = negatives + excluded.negatives, neutrals = neutrals + excluded.neutrals,
		positives = positives + excluded.positives, unknowns = unknowns + excluded.unknowns, voices = voices + excluded.voices,
		causes = iif(excluded.causes IS NULL, causes, add_causes(causes, excluded.causes))`
	ratingColumns = `rated, stars_total, replied, reply_seconds`
	ratingAdded   = `rated = rated + excluded.rated, stars_total = stars_total + excluded.stars_total,
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
	if err := tx.upsert(`hours (brand_id, source_id, hour, shift, `+countColumns+`)`, `(brand_id, hour, source_id)`, countAdded, origin, len(hours), func(i int, v values) {
		h := b.hours[hours[i]]
		v.set(hours[i], h.local-h.hour)
		h.counts.fill(v[2:])
	}); err != nil {
		return err
	}
	if err := tx.addDates(days); err != nil {
		return err
	}
	if err := tx.upsert(`days (brand_id, source_id, day, `+countColumns+`, `+ratingColumns+`)`, `(brand_id, day, source_id)`, countAdded+`, `+ratingAdded, origin, len(days), func(i int, v values) {
		v.set(days[i])
		perDay[days[i]].fill(v[1:])
		b.days[days[i]].rating.fill(v[7:])
	}); err != nil {
		return err
	}
	return tx.addFacets(origin, b)
}

// addDates enters days into the calendar.
func (tx *Tx) addDates(days []int64) error {
	return tx.insertRows(`OR IGNORE INTO calendar (day, date)`, ``, nil, len(days), func(i int, v values) { v.set(days[i], dateOf(days[i])) })
}

// dateOf returns the date of a local day since 1970.
func dateOf(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }

// facet is a row of facet_days on its way into the table.
type facet struct {
	number int
	day    int64
	value  string
	polarities
}

// facets lists what is counted by day only, in the order of the table.
func (b *buckets) facets() (list []facet) {
	days := slices.Sorted(maps.Keys(b.days))
	add := func(number int, day int64, value string, p polarities) {
		if p != (polarities{}) {
			list = append(list, facet{number, day, value, p})
		}
	}
	for _, day := range days {
		for language, p := range b.days[day].languages {
			add(byLanguage, day, brand.Language(language).String(), p)
		}
	}
	for _, day := range days {
		for stars, p := range b.days[day].byStars {
			add(byStars, day, strconv.Itoa(stars), p)
		}
	}
	for _, day := range days {
		for _, version := range slices.Sorted(maps.Keys(b.days[day].versions)) {
			add(byVersion, day, version, *b.days[day].versions[version])
		}
	}
	return list
}

func (tx *Tx) addFacets(origin []any, b *buckets) error {
	list := b.facets()
	return tx.upsert(`facet_days (brand_id, source_id, facet_id, day, value, mentions, negatives, neutrals, positives)`, `(brand_id, facet_id, day, value, source_id)`,
		`mentions = mentions + excluded.mentions, negatives = negatives + excluded.negatives,
		neutrals = neutrals + excluded.neutrals, positives = positives + excluded.positives`, origin, len(list), func(i int, v values) {
			f := &list[i]
			p := f.polarities
			v.set(int64(f.number), f.day, f.value, int64(p[0]+p[1]+p[2]+p[3]), int64(p[brand.Negative]), int64(p[brand.Neutral]), int64(p[brand.Positive]))
		})
}

// upsert adds rows to the counts of a table.
func (tx *Tx) upsert(table, key, added string, shared []any, n int, fill func(i int, v values)) error {
	return tx.insertRows(`INTO `+table, ` ON CONFLICT `+key+` DO UPDATE SET `+added, shared, n, fill)
}
