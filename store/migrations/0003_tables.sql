-- +goose NO TRANSACTION
-- +goose Up
-- Mentions get a dedup key of four bytes instead of a text index of twenty, and
-- an index that holds what decisions read of negatives. SQLite can drop a UNIQUE
-- constraint only with its table, and a table that others refer to only while
-- foreign keys are off, which a transaction does not allow.
PRAGMA foreign_keys = OFF;

BEGIN IMMEDIATE;

DROP VIEW v_mentions;
DROP VIEW v_hourly;
DROP VIEW v_daily;
DROP VIEW v_causes_daily;
DROP VIEW v_rating_daily;
DROP VIEW v_reply_time;
DROP VIEW v_incidents;
DROP VIEW v_alerts;
DROP VIEW v_source_health;

CREATE TABLE mentions_new (
    id           INTEGER PRIMARY KEY,
    brand_id     INTEGER NOT NULL REFERENCES brands,
    source_id    INTEGER NOT NULL REFERENCES sources,
    key          INTEGER NOT NULL, -- 31 bits of a hash of external_id
    external_id  TEXT    NOT NULL CHECK (external_id <> ''),
    published_at INTEGER NOT NULL,
    collected_at INTEGER NOT NULL,
    revision     INTEGER NOT NULL DEFAULT 1,
    content      INTEGER NOT NULL, -- 31 bits of a hash of title, text, stars and reply: a change is an edit
    fingerprint  INTEGER NOT NULL, -- near-duplicates differ in few bits
    copy_of      INTEGER,          -- the earlier negative that this one repeats
    title        TEXT,
    text         TEXT,             -- NULL after the retention of texts
    url          TEXT,
    author       TEXT,             -- keyed pseudonym
    version      TEXT,             -- of the app
    place        TEXT,
    stars        INTEGER CHECK (stars BETWEEN 1 AND 5),
    reply        TEXT,
    replied_at   INTEGER,
    polarity     INTEGER NOT NULL CHECK (polarity BETWEEN 0 AND 3), -- what people said, where they corrected the scorer
    compound     INTEGER NOT NULL CHECK (compound BETWEEN -10000 AND 10000), -- in ten-thousandths
    p_negative   INTEGER NOT NULL CHECK (p_negative BETWEEN 0 AND 10000),
    doubtful     INTEGER NOT NULL CHECK (doubtful IN (0, 1)),
    language     INTEGER NOT NULL CHECK (language BETWEEN 0 AND 5),
    lexicon_id   INTEGER NOT NULL REFERENCES lexicons,
    hits         TEXT              -- JSON: [[start, end, weight, entry, rule], …]
) STRICT;

INSERT INTO mentions_new SELECT id, brand_id, source_id, mention_key(external_id), external_id, published_at, collected_at, revision,
       content & 0x7fffffff, fingerprint, NULL, title, text, url, author, version, place, stars, reply, replied_at,
       polarity, CAST(round(compound * 10000) AS INTEGER), CAST(round(p_negative * 10000) AS INTEGER), doubtful, language, lexicon_id, hits
FROM mentions ORDER BY id;

DROP TABLE mentions;

ALTER TABLE mentions_new RENAME TO mentions;

CREATE INDEX mentions_by_key ON mentions (source_id, key);
CREATE INDEX mentions_by_time ON mentions (brand_id, published_at);
CREATE INDEX negatives ON mentions (brand_id, published_at, fingerprint, version) WHERE polarity = 1;

ALTER TABLE hours ADD COLUMN voices INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hours ADD COLUMN replied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hours ADD COLUMN reply_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hours ADD COLUMN week_hour INTEGER NOT NULL DEFAULT 0; -- local hour of the week, 0 for Sunday midnight

UPDATE hours SET voices = negatives, (replied, reply_seconds) =
    (SELECT count(replied_at), coalesce(sum(replied_at - published_at), 0) FROM mentions m
     WHERE m.brand_id = hours.brand_id AND m.source_id = hours.source_id
       AND m.published_at BETWEEN hour * 3600 AND hour * 3600 + 3599);

-- The same counts by local day: a chart of a year reads 365 rows.
CREATE TABLE days (
    brand_id      INTEGER NOT NULL REFERENCES brands,
    day           TEXT    NOT NULL,
    source_id     INTEGER NOT NULL REFERENCES sources,
    mentions      INTEGER NOT NULL,
    negatives     INTEGER NOT NULL,
    neutrals      INTEGER NOT NULL,
    positives     INTEGER NOT NULL,
    unknowns      INTEGER NOT NULL,
    voices        INTEGER NOT NULL,
    rated         INTEGER NOT NULL,
    stars_total   INTEGER NOT NULL,
    replied       INTEGER NOT NULL,
    reply_seconds INTEGER NOT NULL,
    PRIMARY KEY (brand_id, day, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cause_days (
    brand_id  INTEGER NOT NULL REFERENCES brands,
    day       TEXT    NOT NULL,
    cause_id  INTEGER NOT NULL REFERENCES causes,
    source_id INTEGER NOT NULL REFERENCES sources,
    negatives INTEGER NOT NULL,
    PRIMARY KEY (brand_id, day, cause_id, source_id)
) STRICT, WITHOUT ROWID;

-- Counts by one more property: the language, the stars or the app version.
CREATE TABLE facet_days (
    brand_id  INTEGER NOT NULL REFERENCES brands,
    facet     INTEGER NOT NULL CHECK (facet BETWEEN 1 AND 3), -- 1 language, 2 stars, 3 version
    day       TEXT    NOT NULL,
    value     TEXT    NOT NULL,
    source_id INTEGER NOT NULL REFERENCES sources,
    mentions  INTEGER NOT NULL,
    negatives INTEGER NOT NULL,
    neutrals  INTEGER NOT NULL,
    positives INTEGER NOT NULL,
    PRIMARY KEY (brand_id, facet, day, value, source_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE sources ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0; -- counted so far

UPDATE sources SET mentions = (SELECT coalesce(sum(h.mentions), 0) FROM hours h WHERE h.brand_id = sources.brand_id AND h.source_id = sources.id);

-- The days have causes of their own now: the hours need not know theirs.
CREATE TABLE cause_hours_new (
    brand_id  INTEGER NOT NULL REFERENCES brands,
    hour      INTEGER NOT NULL,
    cause_id  INTEGER NOT NULL REFERENCES causes,
    source_id INTEGER NOT NULL REFERENCES sources,
    negatives INTEGER NOT NULL,
    PRIMARY KEY (brand_id, hour, cause_id, source_id)
) STRICT, WITHOUT ROWID;

INSERT INTO cause_hours_new SELECT brand_id, hour, cause_id, source_id, negatives FROM cause_hours;

DROP TABLE cause_hours;

ALTER TABLE cause_hours_new RENAME TO cause_hours;

-- What people corrected, beside the scorer's verdict on the same text.
CREATE TABLE labels (
    mention_id      INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
    at              INTEGER NOT NULL,
    author          TEXT    NOT NULL,
    note            TEXT    NOT NULL,
    scorer_polarity INTEGER NOT NULL CHECK (scorer_polarity BETWEEN 0 AND 3),
    scorer_causes   TEXT    NOT NULL  -- JSON: [[cause, start, end], …]
) STRICT;

-- Every correction, never changed; what is erased takes its rows along.
CREATE TABLE label_changes (
    id              INTEGER PRIMARY KEY,
    mention_id      INTEGER NOT NULL REFERENCES mentions ON DELETE CASCADE,
    at              INTEGER NOT NULL,
    author          TEXT    NOT NULL,
    note            TEXT    NOT NULL,
    polarity_before INTEGER NOT NULL,
    polarity        INTEGER NOT NULL,
    causes_before   TEXT    NOT NULL, -- JSON: [cause, …]
    causes          TEXT    NOT NULL
) STRICT;

CREATE INDEX label_changes_by_mention ON label_changes (mention_id);

-- What must not come back after an erasure, as hashes.
CREATE TABLE tombstones (
    hash TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO settings (key, value) VALUES ('search_through', '0') ON CONFLICT DO NOTHING;

-- Texts as the search index sees them; search_words is a function of the program.
CREATE VIEW search_texts (rowid, body) AS -- not for analysts: what the search index holds
SELECT id, search_words(coalesce(title, '') || ' ' || coalesce(text, '')) FROM mentions
WHERE id <= (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'search_through');

CREATE VIRTUAL TABLE search USING fts4 (body, content="search_texts", matchinfo=fts3, order=desc, tokenize=unicode61);

-- The next start assigns the local days again and fills the new tables with them.
DELETE FROM settings WHERE key = 'zone';

COMMIT;

PRAGMA foreign_keys = ON;

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
