package store

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"pantau/brand"
	"pantau/trends"
)

// Groups are the negatives of one window and of the 28 days before it, by cause
// and source. They come from counts that are kept anyway.
type Groups struct {
	Causes, Sources []trends.Group
}

// Groups counts the negatives of a brand in the hours [from, to] and in those of
// the 28 days before.
func (tx *Tx) Groups(brandID int64, from, to time.Time) (g Groups, err error) {
	first, last := hourOf(from), hourOf(to)
	if g.Causes, err = tx.causeGroups(brandID, first-28*24, first, last); err != nil {
		return g, err
	}
	g.Sources, err = tx.groups(`SELECT s.name, sum(iif(hour >= ?, negatives, 0)), sum(iif(hour < ?, negatives, 0))
		FROM hours h JOIN sources s ON s.id = h.source_id WHERE h.brand_id = ? AND hour BETWEEN ? AND ? GROUP BY 1`, first, first, brandID, first-28*24, last)
	return g, err
}

// causeGroups counts the negatives of a brand by cause from the hour now to last, and
// from past to before now.
func (tx *Tx) causeGroups(brandID, past, now, last int64) (list []trends.Group, _ error) {
	var observed, before causeCounts
	if err := tx.eachCauses(brandID, past, last, func(hour int64, c *causeCounts) {
		if hour >= now {
			observed.plus(c)
		} else {
			before.plus(c)
		}
	}); err != nil {
		return nil, err
	}
	for _, c := range append(brand.Causes(), brand.Unexplained) {
		if observed[c] != 0 || before[c] != 0 {
			list = append(list, trends.Group{Key: c.String(), Observed: observed[c], Past: before[c]})
		}
	}
	slices.SortFunc(list, func(a, b trends.Group) int { return strings.Compare(a.Key, b.Key) })
	return list, nil
}

func (tx *Tx) groups(query string, args ...any) ([]trends.Group, error) {
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	return scanAll(rows, err, func(g *trends.Group) []any { return []any{&g.Key, &g.Observed, &g.Past} })
}

// Facets are the same negatives by app version, language, place and stars.
type Facets struct {
	Versions, Languages, Places, Stars []trends.Group
}

// Facets counts like [Tx.Groups]. It reads every negative of four weeks, once, so
// it is for what is told and not for what is only judged.
func (tx *Tx) Facets(brandID int64, from, to time.Time) (f Facets, _ error) {
	first, last := hourOf(from), hourOf(to)
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT (SELECT version FROM versions WHERE id = version_id), place, stars,
		CASE language WHEN 1 THEN 'id' WHEN 2 THEN 'en' WHEN 3 THEN 'mixed' ELSE 'other' END, sum(published_at >= ?1), sum(published_at < ?1)
		FROM mentions INDEXED BY negatives WHERE brand_id = ?2 AND published_at BETWEEN ?3 AND ?4 AND polarity = 1 GROUP BY 1, 2, 3, 4`,
		first*3600, brandID, (first-28*24)*3600, last*3600+3599)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	versions, places, stars, languages := trends.Tally{}, trends.Tally{}, trends.Tally{}, trends.Tally{}
	for rows.Next() {
		var version, place sql.NullString
		var rating sql.NullInt64
		var language string
		var now, past int
		if err := rows.Scan(&version, &place, &rating, &language, &now, &past); err != nil {
			return f, err
		}
		languages.Add(language, now, past)
		if version.Valid {
			versions.Add(version.String, now, past)
		}
		if place.Valid {
			places.Add(place.String, now, past)
		}
		if rating.Valid {
			stars.Add(strconv.FormatInt(rating.Int64, 10), now, past)
		}
	}
	return Facets{versions.Groups(), languages.Groups(), places.Groups(), stars.Groups()}, rows.Err()
}

// EachText calls f with the texts of the negatives of a brand in the hours
// [from, to] and in the 28 days before, newest first, at most limit of them; now
// says which are of the window. Texts that repeat another one, or were deleted by
// the retention, are not among them.
func (tx *Tx) EachText(brandID int64, from, to time.Time, limit int, f func(text string, now bool)) error {
	first, last := hourOf(from), hourOf(to)
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT coalesce(title || ' ', '') || text, published_at >= ?1 FROM mentions INDEXED BY negatives
		WHERE brand_id = ?2 AND published_at BETWEEN ?3 AND ?4 AND polarity = 1 AND copy_of IS NULL AND text IS NOT NULL
		ORDER BY published_at DESC LIMIT ?5`, first*3600, brandID, (first-28*24)*3600, last*3600+3599, limit)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text sql.RawBytes
		var now bool
		if err := rows.Scan(&text, &now); err != nil {
			return err
		}
		f(string(text), now)
	}
	return rows.Err()
}
