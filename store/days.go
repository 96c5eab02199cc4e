package store

import "time"

// moveDays assigns every hour to its local day again and adds up the days from
// their hours. Stars, replies and facets have no hours: they are counted again from
// the mentions. Where those are past the retention of numbers, the days keep their
// stars and replies, and the facets are lost.
func (tx *Tx) moveDays(zone *time.Location) error {
	hours, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT DISTINCT hour FROM hours`))
	if err != nil {
		return err
	}
	if err := tx.exec(`CREATE TEMP TABLE local (hour INTEGER PRIMARY KEY, day INTEGER, shift INTEGER)`); err != nil {
		return err
	}
	for _, h := range hours {
		local := localHour(time.Unix(h*3600, 0).In(zone))
		if err := tx.exec(`INSERT INTO local VALUES (?, ?, ?)`, h, dayOf(local), local-h); err != nil {
			return err
		}
	}
	days, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT DISTINCT day FROM local ORDER BY 1`))
	if err != nil {
		return err
	}
	if err := tx.addDates(days); err != nil {
		return err
	}
	const hourOfMention = `(m.published_at - CASE WHEN m.published_at < 0 THEN 3599 ELSE 0 END) / 3600`
	for _, query := range []string{
		`UPDATE hours SET shift = l.shift FROM local l WHERE l.hour = hours.hour`,
		`CREATE TEMP TABLE ratings_before AS SELECT brand_id, source_id, day, ` + ratingColumns + ` FROM days WHERE rated > 0 OR replied > 0`,
		`DELETE FROM days`,
		`INSERT INTO days (brand_id, day, source_id, ` + countColumns + `, ` + ratingColumns + `) SELECT brand_id, l.day, source_id,
			sum(negatives), sum(neutrals), sum(positives), sum(unknowns), sum(voices), sum_causes(causes), 0, 0, 0, 0 FROM hours JOIN local l USING (hour) GROUP BY brand_id, l.day, source_id`,
		`UPDATE days SET (` + ratingColumns + `) = (b.rated, b.stars_total, b.replied, b.reply_seconds) FROM temp.ratings_before b
			WHERE b.brand_id = days.brand_id AND b.source_id = days.source_id AND b.day = days.day`,
		`UPDATE days SET (` + ratingColumns + `) = (m.rated, m.total, m.replied, m.seconds) FROM (SELECT brand_id, source_id, l.day, count(stars) AS rated, coalesce(sum(stars), 0) AS total,
				count(replied_at) AS replied, coalesce(sum(replied_at - published_at), 0) AS seconds
				FROM mentions m JOIN local l ON l.hour = ` + hourOfMention + ` GROUP BY brand_id, source_id, l.day) m
			WHERE m.brand_id = days.brand_id AND m.source_id = days.source_id AND m.day = days.day`,
		`DROP TABLE temp.ratings_before`,
		`DELETE FROM facet_days`,
		facetsAgain(byLanguage, `CASE language WHEN 1 THEN 'id' WHEN 2 THEN 'en' WHEN 3 THEN 'mixed' WHEN 4 THEN 'ms' WHEN 5 THEN 'other' ELSE 'unknown' END`, hourOfMention),
		facetsAgain(byStars, `CAST(stars AS TEXT)`, hourOfMention),
		facetsAgain(byVersion, `(SELECT version FROM versions WHERE id = m.version_id)`, hourOfMention),
		`DROP TABLE local`,
	} {
		if err := tx.exec(query); err != nil {
			return err
		}
	}
	return tx.moveMeasures(zone)
}

func facetsAgain(facet byte, value, hour string) string {
	return `INSERT INTO facet_days SELECT brand_id, ` + string('0'+facet) + `, l.day, ` + value + ` AS value, source_id,
		count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3)
		FROM mentions m JOIN local l ON l.hour = ` + hour + `
		WHERE value IS NOT NULL GROUP BY brand_id, l.day, value, source_id`
}
