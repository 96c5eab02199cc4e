-- +goose NO TRANSACTION
-- +goose Up
-- A mention loses a quarter of its size: its hits name entries of a table instead
-- of spelling them, its dedup key stands in the index only, and the fingerprint is
-- kept of complaints only, because nothing else is compared. Columns are changed
-- one by one, so that those of other migrations stay.
PRAGMA foreign_keys = OFF;

BEGIN IMMEDIATE;

DROP VIEW v_mentions;
DROP VIEW v_hourly;

-- What hits refer to: an entry of a lexicon with the rule that changed its weight.
-- Rows are never changed, so that a number means the same for ever.
CREATE TABLE entries (
    id    INTEGER PRIMARY KEY,
    entry TEXT NOT NULL,
    rule  TEXT NOT NULL, -- '' when nothing changed the weight
    UNIQUE (entry, rule)
) STRICT;

INSERT OR IGNORE INTO entries (entry, rule)
SELECT json_extract(h.value, '$[3]'), coalesce(json_extract(h.value, '$[4]'), '') FROM mentions m, json_each(m.hits) h;

-- A hit is four characters whose code points are numbers: 1 + first byte, 1 +
-- length in bytes, entry, and 1 + weight in ten-thousandths as 0, -1, 1, -2, 2, …
-- Small numbers are one byte that way, and any tool can read them with unicode().
-- Code points from 55296 to 57343 do not exist: such numbers stand 2048 higher.
UPDATE mentions SET hits = (
    SELECT group_concat(char(
        start + 1 + 2048 * (start + 1 > 55295), size + 1 + 2048 * (size + 1 > 55295), entry + 2048 * (entry > 55295), weight + 2048 * (weight > 55295)), '')
    FROM (SELECT json_extract(h.value, '$[0]') AS start, json_extract(h.value, '$[1]') - json_extract(h.value, '$[0]') AS size, e.id AS entry,
                 1 + iif(json_extract(h.value, '$[2]') < 0, -1, 0) + CAST(round(abs(json_extract(h.value, '$[2]')) * 10000) AS INTEGER) * 2 AS weight
          FROM json_each(mentions.hits) h
          JOIN entries e ON e.entry = json_extract(h.value, '$[3]') AND e.rule = coalesce(json_extract(h.value, '$[4]'), '')
          ORDER BY h.key))
WHERE hits IS NOT NULL;

UPDATE mentions SET fingerprint = 0 WHERE polarity <> 1;

-- Recognises what a source brings again; the few that share a key are told apart
-- by their external_id.
CREATE TABLE mention_keys (
    source_id  INTEGER NOT NULL REFERENCES sources,
    key        INTEGER NOT NULL, -- 23 bits of a hash of external_id
    mention_id INTEGER NOT NULL,
    PRIMARY KEY (source_id, key, mention_id)
) STRICT, WITHOUT ROWID;

INSERT INTO mention_keys SELECT source_id, mention_key(external_id), id FROM mentions ORDER BY 1, 2, 3;

DROP INDEX mentions_by_key;
ALTER TABLE mentions DROP COLUMN key;

-- One number says the local day, the weekday and the hour.
ALTER TABLE hours ADD COLUMN local_hour INTEGER NOT NULL DEFAULT 0; -- hours since 1970 on a local clock
UPDATE hours SET local_hour = unixepoch(day) / 3600 + week_hour % 24;
ALTER TABLE hours DROP COLUMN day;
ALTER TABLE hours DROP COLUMN week_hour;

-- To take a text of hits apart: 0, 1, 2, …
CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT;

INSERT INTO numbers WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 4095) SELECT n FROM c;

CREATE VIEW v_mentions AS -- One row a mention, with the verdict on it.
SELECT
  m.id AS id, -- integer: number of the mention, for pantau label and pantau erase
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  s.name AS source, -- text: name of the source, as configured
  s.kind AS kind, -- text: kind of the source, such as feed or import
  m.external_id AS external_id, -- text: identity within the source
  strftime('%Y-%m-%dT%H:%M:%SZ', m.published_at, 'unixepoch') AS published_at, -- time: when it was published
  strftime('%Y-%m-%dT%H:%M:%SZ', m.collected_at, 'unixepoch') AS collected_at, -- time: when Pantau first saw it
  m.stars AS stars, -- integer: 1 to 5, NULL without a rating
  m.title AS title, -- text: headline, NULL without one
  m.text AS text, -- text: what was written, personal data replaced by labels, NULL after the retention of texts
  m.url AS url, -- text: public address
  m.author AS author, -- text: keyed pseudonym, the same for the same author of a source
  m.version AS version, -- text: version of the app that a review names
  m.place AS place, -- text: city or region, where the source names one
  CASE m.language WHEN 1 THEN 'id' WHEN 2 THEN 'en' WHEN 3 THEN 'mixed' WHEN 4 THEN 'ms' WHEN 5 THEN 'other' ELSE 'unknown' END AS language, -- text: id, en, mixed, ms, other or unknown
  CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: negative, neutral, positive or unknown, as corrected by pantau label
  m.compound / 10000.0 AS compound, -- real: verdict of the scorer, -1 (worst) to 1 (best)
  m.p_negative / 10000.0 AS p_negative, -- real: probability of a complaint according to the scorer, 0 to 1
  m.doubtful AS doubtful, -- integer: 1 when stars and words disagree or praise meets a complaint
  (SELECT group_concat(cause) FROM (SELECT c.cause FROM mention_causes mc JOIN causes c ON c.id = mc.cause_id
    WHERE mc.mention_id = m.id ORDER BY mc.cause_id)) AS causes, -- text: causes, separated by commas
  m.reply AS reply, -- text: public answer of the brand
  strftime('%Y-%m-%dT%H:%M:%SZ', m.replied_at, 'unixepoch') AS replied_at, -- time: when the brand answered
  m.revision AS revision, -- integer: 1 until the author edits the text
  l.version AS lexicon, -- text: version of the lexicon behind the verdict
  iif(m.hits IS NULL, NULL, (
    SELECT json_group_array(json(iif(e.rule = '', json_array(h.start, h.start + h.size, h.weight, e.entry), json_array(h.start, h.start + h.size, h.weight, e.entry, e.rule))))
    FROM (SELECT a - 2048 * (a > 57343) - 1 AS start, b - 2048 * (b > 57343) - 1 AS size, c - 2048 * (c > 57343) AS entry_id,
                 iif(d % 2, d / 2, -(d / 2)) / 10000.0 AS weight
          FROM (SELECT unicode(substr(m.hits, 4 * n + 1, 1)) AS a, unicode(substr(m.hits, 4 * n + 2, 1)) AS b, unicode(substr(m.hits, 4 * n + 3, 1)) AS c,
                       unicode(substr(m.hits, 4 * n + 4, 1)) - 2048 * (unicode(substr(m.hits, 4 * n + 4, 1)) > 57343) AS d
                FROM numbers WHERE n < length(m.hits) / 4)) h CROSS JOIN entries e ON e.id = h.entry_id
  )) AS hits, -- text: JSON, the words behind the verdict: [start byte, end byte, weight, entry, rule]; v_hits has them as rows
  m.published_at AS published, -- integer: published_at as unix seconds, indexed: filter and sort large histories by this one
  m.copy_of AS copy_of, -- integer: id of the earlier complaint of the same day that this one repeats, NULL for an independent voice
  EXISTS (SELECT 1 FROM labels WHERE mention_id = m.id) AS labelled -- integer: 1 when a person decided the polarity
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN sources s ON s.id = m.source_id JOIN lexicons l ON l.id = m.lexicon_id;

CREATE VIEW v_hits AS -- One row a word behind a verdict. The weights of a mention and the bias of its lexicon add up to its verdict.
SELECT
  m.id AS mention_id, -- integer: id in v_mentions
  b.name AS brand, -- text: name of the brand, as configured
  CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: polarity of the mention
  m.published_at AS published, -- integer: published_at of the mention as unix seconds, indexed
  unicode(substr(m.hits, 4 * i.n + 1, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 1, 1)) > 57343) - 1 AS start_byte, -- integer: where it begins in the text
  unicode(substr(m.hits, 4 * i.n + 2, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 2, 1)) > 57343) - 1 AS bytes, -- integer: its length
  (SELECT iif(d % 2, d / 2, -(d / 2)) / 10000.0 FROM (SELECT unicode(substr(m.hits, 4 * i.n + 4, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 4, 1)) > 57343) AS d)) AS weight, -- real: contribution to the score, below 0 against the brand
  e.entry AS entry, -- text: the word or phrase as the lexicon spells it
  e.rule AS rule -- text: what changed its weight, such as negated; empty when nothing did
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN numbers i ON i.n < length(m.hits) / 4
JOIN entries e ON e.id = unicode(substr(m.hits, 4 * i.n + 3, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 3, 1)) > 57343);

CREATE VIEW v_hourly AS -- One row a brand, source and hour with mentions.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = h.source_id) AS source, -- text: name of the source, as configured
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour, -- time: beginning of the hour
  date(h.local_hour * 3600, 'unixepoch') AS day, -- day: local date of the hour
  h.mentions AS mentions, -- integer: all mentions
  h.negatives AS negatives, -- integer: mentions that complain
  h.neutrals AS neutrals, -- integer: mentions that neither complain nor praise
  h.positives AS positives, -- integer: mentions that praise
  h.unknowns AS unknowns, -- integer: mentions without a known word
  round(1.0 * h.negatives / nullif(h.mentions, 0), 4) AS negative_share, -- real: negatives / mentions
  (SELECT share FROM coverage WHERE source_id = h.source_id AND hour = h.hour) AS coverage, -- real: share of the hour that was watched, NULL when nobody did
  h.voices AS voices, -- integer: complaints that do not repeat another one of the same day
  h.local_hour % 24 AS clock, -- integer: local hour of the day, 0 to 23
  (h.local_hour / 24 + 4) % 7 AS weekday, -- integer: local day of the week, 0 for Sunday to 6 for Saturday
  h.hour AS hour_number -- integer: hours since 1970, indexed: filter long histories by hour_number >= unixepoch('2026-11-01') / 3600
FROM hours h JOIN brands b ON b.id = h.brand_id
WHERE h.mentions > 0;

COMMIT;

PRAGMA foreign_keys = ON;

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
