package store

import "time"

// moveDays assigns every hour to its local day again and adds up the days from
// their hours. The facets have no hours: they are counted again from the
// mentions, so that those of mentions past the retention of numbers are lost.
func (tx *Tx) moveDays(zone *time.Location) error {
	hours, err := ints(tx.tx.QueryContext(tx.ctx, `SELECT DISTINCT hour FROM hours`))
	if err != nil {
		return err
	}
	if err := tx.exec(`CREATE TEMP TABLE local (hour INTEGER PRIMARY KEY, day TEXT, local_hour INTEGER)`); err != nil {
		return err
	}
	for _, h := range hours {
		local := time.Unix(h*3600, 0).In(zone)
		if err := tx.exec(`INSERT INTO local VALUES (?, ?, ?)`, h, local.Format(time.DateOnly), localHour(local)); err != nil {
			return err
		}
	}
	for _, query := range []string{
		`UPDATE hours SET local_hour = l.local_hour FROM local l WHERE l.hour = hours.hour`,
		`DELETE FROM days`,
		`INSERT INTO days SELECT brand_id, l.day, source_id, sum(mentions), sum(negatives), sum(neutrals), sum(positives), sum(unknowns),
			sum(voices), sum(rated), sum(stars_total), sum(replied), sum(reply_seconds) FROM hours JOIN local l USING (hour) GROUP BY brand_id, l.day, source_id`,
		`DELETE FROM cause_days`,
		`INSERT INTO cause_days SELECT brand_id, l.day, cause_id, source_id, sum(negatives) FROM cause_hours JOIN local l USING (hour) GROUP BY brand_id, l.day, cause_id, source_id`,
		`DELETE FROM facet_days`,
		facetsAgain(byLanguage, `CASE language WHEN 1 THEN 'id' WHEN 2 THEN 'en' WHEN 3 THEN 'mixed' WHEN 4 THEN 'ms' WHEN 5 THEN 'other' ELSE 'unknown' END`),
		facetsAgain(byStars, `CAST(stars AS TEXT)`),
		facetsAgain(byVersion, `version`),
		`DROP TABLE local`,
	} {
		if err := tx.exec(query); err != nil {
			return err
		}
	}
	return tx.moveMeasures(zone)
}

func facetsAgain(facet byte, value string) string {
	return `INSERT INTO facet_days SELECT brand_id, ` + string('0'+facet) + `, l.day, ` + value + ` AS value, source_id,
		count(*), sum(polarity = 1), sum(polarity = 2), sum(polarity = 3)
		FROM mentions m JOIN local l ON l.hour = (m.published_at - CASE WHEN m.published_at < 0 THEN 3599 ELSE 0 END) / 3600
		WHERE value IS NOT NULL GROUP BY brand_id, l.day, value, source_id`
}
