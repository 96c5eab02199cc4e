-- +goose NO TRANSACTION
-- +goose Up
-- Once more everything that is written for a mention gets smaller. Verdicts are kept
-- as they are shown, with two decimals; what the row says by itself or in another
-- table is not stored in it again; its causes stand in it; and counts of causes stand
-- beside the other counts of their hour and day. Analysts see the same columns.
PRAGMA foreign_keys = OFF;
-- Other tables and views name the mentions: they keep the name.
PRAGMA legacy_alter_table = ON;

BEGIN IMMEDIATE;

DROP VIEW v_mentions;
DROP VIEW v_hits;
DROP VIEW v_quotes;
DROP VIEW v_causes_daily;
DROP VIEW v_labels;

-- Versions of apps. Rows are never changed.
CREATE TABLE versions (
    id      INTEGER PRIMARY KEY,
    version TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO versions (version) SELECT version FROM mentions WHERE version IS NOT NULL GROUP BY version ORDER BY count(*) DESC;

CREATE TABLE mentions_new (
    id           INTEGER PRIMARY KEY,
    brand_id     INTEGER NOT NULL REFERENCES brands,
    source_id    INTEGER NOT NULL REFERENCES sources,
    lexicon_id   INTEGER NOT NULL REFERENCES lexicons,
    external_id  TEXT    NOT NULL CHECK (external_id <> ''),
    published_at INTEGER NOT NULL,
    lag          INTEGER NOT NULL, -- seconds until it was collected
    content      INTEGER,          -- 23 bits of a hash of title, text, stars and reply, once these are deleted: a change is an edit
    fingerprint  INTEGER NOT NULL, -- of complaints: near-duplicates differ in few bits
    copy_of      INTEGER,          -- the earlier negative that this one repeats
    title        TEXT,
    text         TEXT,             -- NULL after the retention of texts
    url          TEXT,
    author       TEXT,             -- keyed pseudonym
    version_id   INTEGER REFERENCES versions, -- of the app
    place        TEXT,
    reply        TEXT,
    replied_at   INTEGER,
    polarity     INTEGER NOT NULL CHECK (polarity BETWEEN 0 AND 3), -- what people said, where they corrected the scorer
    compound     INTEGER NOT NULL CHECK (compound BETWEEN -100 AND 100), -- in hundredths
    p_negative   INTEGER NOT NULL CHECK (p_negative BETWEEN 0 AND 100),
    traits       INTEGER NOT NULL CHECK (traits BETWEEN 0 AND 71), -- stars + 6 * doubtful + 12 * language
    hits         TEXT,             -- as in 0006, but the weight is in hundredths
    causes       TEXT,             -- three characters each, as hits: cause, 1 + first byte and 1 + length in bytes of the evidence
    collected_at INTEGER AS (published_at + lag),
    stars        INTEGER AS (nullif(traits % 6, 0)), -- 1 to 5
    doubtful     INTEGER AS (traits / 6 % 2),
    language     INTEGER AS (traits / 12)
) STRICT;

INSERT INTO mentions_new (id, brand_id, source_id, lexicon_id, external_id, published_at, lag, content, fingerprint, copy_of, title, text, url, author, version_id, place,
       reply, replied_at, polarity, compound, p_negative, traits, hits, causes)
SELECT id, brand_id, source_id, lexicon_id, external_id, published_at, lag, iif(text IS NULL, content, NULL), fingerprint, copy_of, title, text, url, author,
       (SELECT id FROM versions v WHERE v.version = m.version), place, reply, replied_at, polarity,
       CAST(round(compound / 100.0) AS INTEGER), CAST(round(p_negative / 100.0) AS INTEGER), traits, shorter_hits(hits),
       (SELECT group_concat(char(cause_id, start + 1 + 2048 * (start + 1 > 55295), size + 1 + 2048 * (size + 1 > 55295)), '')
        FROM (SELECT cause_id, start_byte AS start, end_byte - start_byte AS size FROM mention_causes WHERE mention_id = m.id AND cause_id > 0 ORDER BY cause_id))
FROM mentions m ORDER BY id;

DROP TABLE mention_causes;

DROP TABLE mentions;

ALTER TABLE mentions_new RENAME TO mentions;

CREATE INDEX mentions_by_time ON mentions (brand_id, published_at);
CREATE INDEX negatives ON mentions (brand_id, published_at, fingerprint) WHERE polarity = 1;

-- Complaints by cause in the same way, two characters each: 1 + cause, and the count.
-- Cause 0 holds those without one; more than 55295 stand there several times.
ALTER TABLE hours ADD COLUMN causes TEXT;
ALTER TABLE days ADD COLUMN causes TEXT;

UPDATE hours SET causes = c.causes FROM (SELECT brand_id, hour, source_id, group_concat(replace(hex(zeroblob(negatives / 55295)), '00', char(cause_id + 1, 55295)) || iif(negatives % 55295, char(cause_id + 1, negatives % 55295), ''), '') AS causes
    FROM (SELECT * FROM cause_hours WHERE negatives > 0 ORDER BY brand_id, hour, source_id, cause_id) GROUP BY brand_id, hour, source_id) c
WHERE c.brand_id = hours.brand_id AND c.hour = hours.hour AND c.source_id = hours.source_id;

UPDATE days SET causes = c.causes FROM (SELECT brand_id, day, source_id, group_concat(replace(hex(zeroblob(negatives / 55295)), '00', char(cause_id + 1, 55295)) || iif(negatives % 55295, char(cause_id + 1, negatives % 55295), ''), '') AS causes
    FROM (SELECT * FROM cause_days WHERE negatives > 0 ORDER BY brand_id, day, source_id, cause_id) GROUP BY brand_id, day, source_id) c
WHERE c.brand_id = days.brand_id AND c.day = days.day AND c.source_id = days.source_id;

DROP TABLE cause_hours;
DROP TABLE cause_days;

-- What these tables were, to ask for causes one by one.
CREATE VIEW cause_hours (brand_id, hour, cause_id, source_id, negatives) AS -- not for analysts
SELECT h.brand_id, h.hour, unicode(substr(h.causes, 2 * i.n + 1, 1)) - 1, h.source_id, unicode(substr(h.causes, 2 * i.n + 2, 1))
FROM hours h CROSS JOIN numbers i ON i.n < length(h.causes) / 2;

CREATE VIEW cause_days (brand_id, day, cause_id, source_id, negatives) AS -- not for analysts
SELECT d.brand_id, d.day, unicode(substr(d.causes, 2 * i.n + 1, 1)) - 1, d.source_id, unicode(substr(d.causes, 2 * i.n + 2, 1))
FROM days d CROSS JOIN numbers i ON i.n < length(d.causes) / 2;

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
  (SELECT version FROM versions WHERE id = m.version_id) AS version, -- text: version of the app that a review names
  m.place AS place, -- text: city or region, where the source names one
  CASE m.language WHEN 1 THEN 'id' WHEN 2 THEN 'en' WHEN 3 THEN 'mixed' WHEN 4 THEN 'ms' WHEN 5 THEN 'other' ELSE 'unknown' END AS language, -- text: id, en, mixed, ms, other or unknown
  CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: negative, neutral, positive or unknown, as corrected by pantau label
  m.compound / 100.0 AS compound, -- real: verdict of the scorer, -1 (worst) to 1 (best)
  m.p_negative / 100.0 AS p_negative, -- real: probability of a complaint according to the scorer, 0 to 1
  m.doubtful AS doubtful, -- integer: 1 when stars and words disagree or praise meets a complaint
  (SELECT group_concat(cause) FROM (SELECT c.cause FROM numbers i CROSS JOIN causes c ON c.id = unicode(substr(m.causes, 3 * i.n + 1, 1))
    WHERE i.n < length(m.causes) / 3 ORDER BY i.n)) AS causes, -- text: causes, separated by commas
  m.reply AS reply, -- text: public answer of the brand
  strftime('%Y-%m-%dT%H:%M:%SZ', m.replied_at, 'unixepoch') AS replied_at, -- time: when the brand answered
  1 + (SELECT count(*) FROM revisions WHERE mention_id = m.id) AS revision, -- integer: 1 until the author edits the text
  l.version AS lexicon, -- text: version of the lexicon behind the verdict
  iif(m.hits IS NULL, NULL, (
    SELECT json_group_array(json(iif(e.rule = '', json_array(h.start, h.start + h.size, h.weight, e.entry), json_array(h.start, h.start + h.size, h.weight, e.entry, e.rule))))
    FROM (SELECT a - 2048 * (a > 57343) - 1 AS start, b - 2048 * (b > 57343) - 1 AS size, c - 2048 * (c > 57343) AS entry_id,
                 iif(d % 2, d / 2, -(d / 2)) / 100.0 AS weight
          FROM (SELECT unicode(substr(m.hits, 4 * n + 1, 1)) AS a, unicode(substr(m.hits, 4 * n + 2, 1)) AS b, unicode(substr(m.hits, 4 * n + 3, 1)) AS c,
                       unicode(substr(m.hits, 4 * n + 4, 1)) - 2048 * (unicode(substr(m.hits, 4 * n + 4, 1)) > 57343) AS d
                FROM numbers WHERE n < length(m.hits) / 4)) h CROSS JOIN entries e ON e.id = h.entry_id
  )) AS hits, -- text: JSON, the words behind the verdict: [start byte, end byte, weight, entry, rule]; v_hits has them as rows
  m.published_at AS published, -- integer: published_at as unix seconds, indexed: filter and sort large histories by this one
  m.copy_of AS copy_of, -- integer: id of the earlier complaint of the same day that this one repeats, NULL for an independent voice
  EXISTS (SELECT 1 FROM labels WHERE mention_id = m.id) AS labelled -- integer: 1 when a person decided the polarity
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN sources s ON s.id = m.source_id JOIN lexicons l ON l.id = m.lexicon_id;

CREATE VIEW v_hits AS -- One row a word behind a verdict. The weights of a mention and the bias of its lexicon add up to its verdict, but for what rounding took.
SELECT
  m.id AS mention_id, -- integer: id in v_mentions
  b.name AS brand, -- text: name of the brand, as configured
  CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: polarity of the mention
  m.published_at AS published, -- integer: published_at of the mention as unix seconds, indexed
  unicode(substr(m.hits, 4 * i.n + 1, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 1, 1)) > 57343) - 1 AS start_byte, -- integer: where it begins in the text
  unicode(substr(m.hits, 4 * i.n + 2, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 2, 1)) > 57343) - 1 AS bytes, -- integer: its length
  (SELECT iif(d % 2, d / 2, -(d / 2)) / 100.0 FROM (SELECT unicode(substr(m.hits, 4 * i.n + 4, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 4, 1)) > 57343) AS d)) AS weight, -- real: contribution to the score, below 0 against the brand
  e.entry AS entry, -- text: the word or phrase as the lexicon spells it
  e.rule AS rule -- text: what changed its weight, such as negated; empty when nothing did
FROM mentions m JOIN brands b ON b.id = m.brand_id CROSS JOIN numbers i ON i.n < length(m.hits) / 4
CROSS JOIN entries e ON e.id = unicode(substr(m.hits, 4 * i.n + 3, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 3, 1)) > 57343);

CREATE VIEW v_quotes AS -- One row a complaint and cause, for quotes. A complaint with two causes stands here twice.
SELECT
  m.id AS mention_id, -- integer: id in v_mentions
  b.name AS brand, -- text: name of the brand, as configured
  s.name AS source, -- text: name of the source, as configured
  c.cause AS cause, -- text: cause, see the list of causes
  strftime('%Y-%m-%dT%H:%M:%SZ', m.published_at, 'unixepoch') AS published_at, -- time: when it was published
  m.published_at AS published, -- integer: published_at as unix seconds, indexed
  m.stars AS stars, -- integer: 1 to 5, NULL without a rating
  m.text AS text, -- text: what was written
  m.url AS url, -- text: public address
  m.copy_of AS copy_of -- integer: id of the earlier complaint that this one repeats
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN sources s ON s.id = m.source_id
CROSS JOIN numbers i ON i.n < length(m.causes) / 3 CROSS JOIN causes c ON c.id = unicode(substr(m.causes, 3 * i.n + 1, 1))
WHERE m.polarity = 1;

CREATE VIEW v_causes_daily AS -- Complaints by cause. One with two causes counts in two rows, one without a known cause as unexplained.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  c.date AS day, -- day: local date
  x.cause AS cause, -- text: cause, see the list of causes
  unicode(substr(d.causes, 2 * i.n + 2, 1)) AS negatives -- integer: complaints with the cause
FROM brands b JOIN calendar c JOIN days d ON d.brand_id = b.id AND d.day = c.day CROSS JOIN numbers i ON i.n < length(d.causes) / 2 CROSS JOIN causes x ON x.id = unicode(substr(d.causes, 2 * i.n + 1, 1)) - 1;

CREATE VIEW v_labels AS -- What people corrected, beside the verdict of the scorer.
SELECT
  x.mention_id AS mention_id, -- integer: id in v_mentions
  b.name AS brand, -- text: name of the brand, as configured
  m.text AS text, -- text: what was written
  m.stars AS stars, -- integer: 1 to 5, NULL without a rating
  CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: what the person said
  CASE x.scorer_polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS scorer_polarity, -- text: what the scorer says
  (SELECT group_concat(cause) FROM (SELECT c.cause FROM numbers i CROSS JOIN causes c ON c.id = unicode(substr(m.causes, 3 * i.n + 1, 1))
    WHERE i.n < length(m.causes) / 3 ORDER BY i.n)) AS causes, -- text: causes according to the person
  (SELECT group_concat(cause) FROM (SELECT c.cause FROM json_each(x.scorer_causes) j JOIN causes c ON c.id = json_extract(j.value, '$[0]')
    ORDER BY c.id)) AS scorer_causes, -- text: causes according to the scorer
  x.author AS author, -- text: who corrected it
  x.note AS note, -- text: why
  strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch') AS at, -- time: when
  l.version AS lexicon -- text: version of the lexicon behind the verdict of the scorer
FROM labels x JOIN mentions m ON m.id = x.mention_id JOIN brands b ON b.id = m.brand_id JOIN lexicons l ON l.id = m.lexicon_id;

-- A text holds so many hits or causes: not all numbers are read for each.
ANALYZE sqlite_schema;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('numbers', NULL, '20');

ANALYZE sqlite_schema;

COMMIT;

PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
