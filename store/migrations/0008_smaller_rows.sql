-- +goose NO TRANSACTION
-- +goose Up
-- Everything that is written for a mention gets smaller: its row, its dedup key and
-- its share of the counts. Analysts see the same columns as before.
PRAGMA foreign_keys = OFF;
-- Other tables and views name the mentions: they keep the name.
PRAGMA legacy_alter_table = ON;

BEGIN IMMEDIATE;

DROP VIEW v_mentions;
DROP VIEW v_hits;
DROP VIEW v_hourly;
DROP VIEW v_daily;
DROP VIEW v_causes_daily;
DROP VIEW v_facets_daily;
DROP VIEW v_rating_daily;
DROP VIEW v_replies_daily;

-- A column costs a byte in every row, even when it holds nothing. What has few values
-- shares one; what is there elsewhere is taken from there. Polarity stays alone, because
-- SQLite does not answer from an index where a computed column is asked for.
CREATE TABLE mentions_new (
    id           INTEGER PRIMARY KEY,
    brand_id     INTEGER NOT NULL REFERENCES brands,
    source_id    INTEGER NOT NULL REFERENCES sources,
    lexicon_id   INTEGER NOT NULL REFERENCES lexicons,
    external_id  TEXT    NOT NULL CHECK (external_id <> ''),
    published_at INTEGER NOT NULL,
    lag          INTEGER NOT NULL, -- seconds until it was collected
    content      INTEGER NOT NULL, -- 23 bits of a hash of title, text, stars and reply: a change is an edit
    fingerprint  INTEGER NOT NULL, -- of complaints: near-duplicates differ in few bits
    copy_of      INTEGER,          -- the earlier negative that this one repeats
    title        TEXT,
    text         TEXT,             -- NULL after the retention of texts
    url          TEXT,
    author       TEXT,             -- keyed pseudonym
    version      TEXT,             -- of the app
    place        TEXT,
    reply        TEXT,
    replied_at   INTEGER,
    polarity     INTEGER NOT NULL CHECK (polarity BETWEEN 0 AND 3), -- what people said, where they corrected the scorer
    compound     INTEGER NOT NULL CHECK (compound BETWEEN -10000 AND 10000), -- in ten-thousandths
    p_negative   INTEGER NOT NULL CHECK (p_negative BETWEEN 0 AND 10000),
    traits       INTEGER NOT NULL CHECK (traits BETWEEN 0 AND 71), -- stars + 6 * doubtful + 12 * language
    hits         TEXT,             -- as in 0006, but the weight is in thousandths
    collected_at INTEGER AS (published_at + lag),
    stars        INTEGER AS (nullif(traits % 6, 0)), -- 1 to 5
    doubtful     INTEGER AS (traits / 6 % 2),
    language     INTEGER AS (traits / 12)
) STRICT;

INSERT INTO mentions_new (id, brand_id, source_id, lexicon_id, external_id, published_at, lag, content, fingerprint, copy_of, title, text, url, author, version, place,
       reply, replied_at, polarity, compound, p_negative, traits, hits)
SELECT id, brand_id, source_id, lexicon_id, external_id, published_at, collected_at - published_at, content & 0x7fffff, fingerprint, copy_of, title, text, url, author, version, place,
       reply, replied_at, polarity, compound, p_negative, coalesce(stars, 0) + 6 * doubtful + 12 * language, shorter_hits(hits)
FROM mentions ORDER BY id;

DROP TABLE mentions;

ALTER TABLE mentions_new RENAME TO mentions;

CREATE INDEX mentions_by_time ON mentions (brand_id, published_at);
CREATE INDEX negatives ON mentions (brand_id, published_at, fingerprint) WHERE polarity = 1;

-- Dedup keys, a hundred or so a row. They are two thirds smaller than one by one, and
-- a batch touches so many pages less.
CREATE TABLE key_lists (
    source_id INTEGER NOT NULL,
    first     INTEGER NOT NULL, -- the smallest key that belongs here, 0 for the first list of a source
    list      BLOB    NOT NULL, -- in the order of keys: key minus the one before, id of the mention, …, as LEB128
    PRIMARY KEY (source_id, first)
) STRICT, WITHOUT ROWID;

INSERT INTO key_lists SELECT source_id, iif(n = 0, 0, min(key)), key_list(key, mention_id)
FROM (SELECT source_id, key, mention_id, (dense_rank() OVER (PARTITION BY source_id ORDER BY key) - 1) / 128 AS n FROM mention_keys)
GROUP BY source_id, n;

DROP TABLE mention_keys;

-- Days are numbers: a date is five times as long, in every row of three tables.
CREATE TABLE calendar (
    day  INTEGER PRIMARY KEY, -- local days since 1970
    date TEXT NOT NULL UNIQUE -- 2026-11-21
) STRICT;

INSERT INTO calendar SELECT unixepoch(day) / 86400, day FROM (SELECT day FROM days UNION SELECT day FROM cause_days UNION SELECT day FROM facet_days);

-- Stars and replies are counted by day only.
CREATE TABLE hours_new (
    brand_id   INTEGER NOT NULL,
    hour       INTEGER NOT NULL,
    source_id  INTEGER NOT NULL,
    shift      INTEGER NOT NULL, -- of the local clock against UTC, in hours
    negatives  INTEGER NOT NULL,
    neutrals   INTEGER NOT NULL,
    positives  INTEGER NOT NULL,
    unknowns   INTEGER NOT NULL,
    voices     INTEGER NOT NULL,
    mentions   INTEGER AS (negatives + neutrals + positives + unknowns),
    local_hour INTEGER AS (hour + shift), -- hours since 1970 on a local clock
    PRIMARY KEY (brand_id, hour, source_id)
) STRICT, WITHOUT ROWID;

INSERT INTO hours_new SELECT brand_id, hour, source_id, local_hour - hour, negatives, neutrals, positives, unknowns, voices FROM hours;

DROP TABLE hours;

ALTER TABLE hours_new RENAME TO hours;

CREATE TABLE days_new (
    brand_id      INTEGER NOT NULL,
    day           INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    negatives     INTEGER NOT NULL,
    neutrals      INTEGER NOT NULL,
    positives     INTEGER NOT NULL,
    unknowns      INTEGER NOT NULL,
    voices        INTEGER NOT NULL,
    rated         INTEGER NOT NULL, -- mentions with stars
    stars_total   INTEGER NOT NULL,
    replied       INTEGER NOT NULL,
    reply_seconds INTEGER NOT NULL,
    mentions      INTEGER AS (negatives + neutrals + positives + unknowns),
    PRIMARY KEY (brand_id, day, source_id)
) STRICT, WITHOUT ROWID;

INSERT INTO days_new SELECT brand_id, unixepoch(day) / 86400, source_id, negatives, neutrals, positives, unknowns, voices, rated, stars_total, replied, reply_seconds FROM days;

DROP TABLE days;

ALTER TABLE days_new RENAME TO days;

CREATE TABLE cause_days_new (
    brand_id  INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    cause_id  INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    negatives INTEGER NOT NULL,
    PRIMARY KEY (brand_id, day, cause_id, source_id)
) STRICT, WITHOUT ROWID;

INSERT INTO cause_days_new SELECT brand_id, unixepoch(day) / 86400, cause_id, source_id, negatives FROM cause_days;

DROP TABLE cause_days;

ALTER TABLE cause_days_new RENAME TO cause_days;

-- A facet is found by its name, so that a question about versions reads no stars.
CREATE TABLE facets (
    id    INTEGER PRIMARY KEY,
    facet TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO facets VALUES (1, 'language'), (2, 'stars'), (3, 'version');

CREATE TABLE facet_days_new (
    brand_id  INTEGER NOT NULL,
    facet_id  INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    value     TEXT    NOT NULL,
    source_id INTEGER NOT NULL,
    mentions  INTEGER NOT NULL,
    negatives INTEGER NOT NULL,
    neutrals  INTEGER NOT NULL,
    positives INTEGER NOT NULL,
    PRIMARY KEY (brand_id, facet_id, day, value, source_id)
) STRICT, WITHOUT ROWID;

INSERT INTO facet_days_new SELECT brand_id, facet, unixepoch(day) / 86400, value, source_id, mentions, negatives, neutrals, positives FROM facet_days;

DROP TABLE facet_days;

ALTER TABLE facet_days_new RENAME TO facet_days;

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
  1 + (SELECT count(*) FROM revisions WHERE mention_id = m.id) AS revision, -- integer: 1 until the author edits the text
  l.version AS lexicon, -- text: version of the lexicon behind the verdict
  iif(m.hits IS NULL, NULL, (
    SELECT json_group_array(json(iif(e.rule = '', json_array(h.start, h.start + h.size, h.weight, e.entry), json_array(h.start, h.start + h.size, h.weight, e.entry, e.rule))))
    FROM (SELECT a - 2048 * (a > 57343) - 1 AS start, b - 2048 * (b > 57343) - 1 AS size, c - 2048 * (c > 57343) AS entry_id,
                 iif(d % 2, d / 2, -(d / 2)) / 1000.0 AS weight
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
  (SELECT iif(d % 2, d / 2, -(d / 2)) / 1000.0 FROM (SELECT unicode(substr(m.hits, 4 * i.n + 4, 1)) - 2048 * (unicode(substr(m.hits, 4 * i.n + 4, 1)) > 57343) AS d)) AS weight, -- real: contribution to the score, below 0 against the brand
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

CREATE VIEW v_daily AS -- One row a brand, source and local day with mentions.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  c.date AS day, -- day: local date
  d.mentions AS mentions, -- integer: all mentions
  d.negatives AS negatives, -- integer: mentions that complain
  d.neutrals AS neutrals, -- integer: mentions that neither complain nor praise
  d.positives AS positives, -- integer: mentions that praise
  d.unknowns AS unknowns, -- integer: mentions without a known word
  round(1.0 * d.negatives / nullif(d.mentions, 0), 4) AS negative_share, -- real: negatives / mentions
  d.voices AS voices -- integer: complaints that do not repeat another one of the same day
FROM brands b JOIN calendar c JOIN days d ON d.brand_id = b.id AND d.day = c.day
WHERE d.mentions > 0;

CREATE VIEW v_causes_daily AS -- Complaints by cause. One with two causes counts in two rows, one without a known cause as unexplained.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  c.date AS day, -- day: local date
  x.cause AS cause, -- text: cause, see the list of causes
  d.negatives AS negatives -- integer: complaints with the cause
FROM brands b JOIN calendar c JOIN cause_days d ON d.brand_id = b.id AND d.day = c.day JOIN causes x ON x.id = d.cause_id
WHERE d.negatives > 0;

CREATE VIEW v_facets_daily AS -- Counts by language, by stars and by app version.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  f.facet AS facet, -- text: language, stars or version
  c.date AS day, -- day: local date
  d.value AS value, -- text: the language, the number of stars or the version
  d.mentions AS mentions, -- integer: all mentions
  d.negatives AS negatives, -- integer: mentions that complain
  d.neutrals AS neutrals, -- integer: mentions that neither complain nor praise
  d.positives AS positives -- integer: mentions that praise
FROM brands b JOIN facets f JOIN calendar c JOIN facet_days d ON d.brand_id = b.id AND d.facet_id = f.id AND d.day = c.day
WHERE d.mentions > 0;

CREATE VIEW v_rating_daily AS -- Stars by brand, source and local day.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  c.date AS day, -- day: local date
  d.rated AS rated, -- integer: mentions with stars
  round(1.0 * d.stars_total / d.rated, 3) AS mean_stars, -- real: mean of the stars
  d.stars_total AS stars_total -- integer: sum of the stars, for means over several days
FROM brands b JOIN calendar c JOIN days d ON d.brand_id = b.id AND d.day = c.day
WHERE d.rated > 0;

CREATE VIEW v_replies_daily AS -- Answers by brand, source and the local day of the mention.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  c.date AS day, -- day: local date of the mention
  d.mentions AS mentions, -- integer: all mentions
  d.replied AS replied, -- integer: mentions with a public answer
  round(d.reply_seconds / 3600.0 / nullif(d.replied, 0), 2) AS mean_hours_to_reply, -- real: mean hours until the answer
  round(d.reply_seconds / 3600.0, 2) AS reply_hours -- real: sum of these hours, for means over several days
FROM brands b JOIN calendar c JOIN days d ON d.brand_id = b.id AND d.day = c.day
WHERE d.mentions > 0;

-- What SQLite has to know to begin with the dates where a question names them, and with
-- the counts where it does not. These are the numbers of some years and brands: plans are
-- the same in every file.
ANALYZE sqlite_schema;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('calendar', 'sqlite_autoindex_calendar_1', '2000 1'),
    ('facets', 'sqlite_autoindex_facets_1', '3 1'),
    ('days', 'days', '2000000 10000 5 1'),
    ('cause_days', 'cause_days', '12000000 60000 30 5 1'),
    ('facet_days', 'facet_days', '12000000 60000 20000 10 5 1');

ANALYZE sqlite_schema;

COMMIT;

PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
