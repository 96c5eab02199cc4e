-- +goose Up
-- Times are unix seconds in UTC, hours are unix seconds / 3600, days are local
-- dates as text. Analysts query the views of 0002, which are a promise; tables
-- may change.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE brands (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    competitor INTEGER NOT NULL CHECK (competitor IN (0, 1))
) STRICT;

CREATE TABLE sources (
    id       INTEGER PRIMARY KEY,
    brand_id INTEGER NOT NULL REFERENCES brands,
    name     TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    cursor   TEXT    NOT NULL DEFAULT '', -- where the next run goes on
    UNIQUE (brand_id, name)
) STRICT;

CREATE TABLE causes (
    id      INTEGER PRIMARY KEY,
    cause   TEXT NOT NULL UNIQUE,
    name_id TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT;

CREATE TABLE lexicons (
    id      INTEGER PRIMARY KEY,
    version TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE mentions (
    id           INTEGER PRIMARY KEY,
    brand_id     INTEGER NOT NULL REFERENCES brands,
    source_id    INTEGER NOT NULL REFERENCES sources,
    external_id  TEXT    NOT NULL CHECK (external_id <> ''),
    published_at INTEGER NOT NULL,
    collected_at INTEGER NOT NULL,
    revision     INTEGER NOT NULL DEFAULT 1,
    content      INTEGER NOT NULL, -- hash of title, text, stars and reply: a change is an edit
    fingerprint  INTEGER NOT NULL, -- near-duplicates differ in few bits
    title        TEXT,
    text         TEXT,             -- NULL after the retention of texts
    url          TEXT,
    author       TEXT,             -- keyed pseudonym
    version      TEXT,             -- of the app
    place        TEXT,
    stars        INTEGER CHECK (stars BETWEEN 1 AND 5),
    reply        TEXT,
    replied_at   INTEGER,
    polarity     INTEGER NOT NULL CHECK (polarity BETWEEN 0 AND 3),
    compound     REAL    NOT NULL CHECK (compound BETWEEN -1 AND 1),
    p_negative   REAL    NOT NULL CHECK (p_negative BETWEEN 0 AND 1),
    doubtful     INTEGER NOT NULL CHECK (doubtful IN (0, 1)),
    language     INTEGER NOT NULL CHECK (language BETWEEN 0 AND 5),
    lexicon_id   INTEGER NOT NULL REFERENCES lexicons,
    hits         TEXT,             -- JSON: [[start, end, weight, entry, rule], …]
    UNIQUE (brand_id, source_id, external_id)
) STRICT;

CREATE INDEX mentions_by_time ON mentions (brand_id, published_at);

CREATE TABLE mention_causes (
    mention_id INTEGER NOT NULL REFERENCES mentions ON DELETE CASCADE,
    cause_id   INTEGER NOT NULL REFERENCES causes,
    start_byte INTEGER NOT NULL,
    end_byte   INTEGER NOT NULL,
    PRIMARY KEY (mention_id, cause_id)
) STRICT, WITHOUT ROWID;

-- What an edit replaced.
CREATE TABLE revisions (
    mention_id  INTEGER NOT NULL REFERENCES mentions ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL,
    title       TEXT,
    text        TEXT,
    stars       INTEGER,
    polarity    INTEGER NOT NULL,
    compound    REAL    NOT NULL,
    PRIMARY KEY (mention_id, revision)
) STRICT, WITHOUT ROWID;

-- Buckets by event time, kept in the transaction that stores the mentions.
CREATE TABLE hours (
    brand_id    INTEGER NOT NULL REFERENCES brands,
    hour        INTEGER NOT NULL,
    source_id   INTEGER NOT NULL REFERENCES sources,
    day         TEXT    NOT NULL,
    mentions    INTEGER NOT NULL,
    negatives   INTEGER NOT NULL,
    neutrals    INTEGER NOT NULL,
    positives   INTEGER NOT NULL,
    unknowns    INTEGER NOT NULL,
    rated       INTEGER NOT NULL, -- mentions with stars
    stars_total INTEGER NOT NULL,
    PRIMARY KEY (brand_id, hour, source_id)
) STRICT, WITHOUT ROWID;

-- Negatives by cause; cause 0 holds those without one. A mention with two
-- causes stands in two rows, so causes do not add up to the hour.
CREATE TABLE cause_hours (
    brand_id  INTEGER NOT NULL REFERENCES brands,
    hour      INTEGER NOT NULL,
    cause_id  INTEGER NOT NULL REFERENCES causes,
    source_id INTEGER NOT NULL REFERENCES sources,
    day       TEXT    NOT NULL,
    negatives INTEGER NOT NULL,
    PRIMARY KEY (brand_id, hour, cause_id, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id           INTEGER PRIMARY KEY,
    source_id    INTEGER NOT NULL REFERENCES sources,
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL,
    covered_from INTEGER, -- NULL when the source cannot say
    covered_to   INTEGER,
    fetched      INTEGER NOT NULL,
    added        INTEGER NOT NULL,
    edited       INTEGER NOT NULL,
    rejected     INTEGER NOT NULL,
    gap          INTEGER NOT NULL CHECK (gap IN (0, 1)),
    status       TEXT    NOT NULL,
    reason       TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX runs_by_source ON runs (source_id, finished_at);

-- An hour without a row was not watched: unknown, not zero.
CREATE TABLE coverage (
    source_id INTEGER NOT NULL REFERENCES sources,
    hour      INTEGER NOT NULL,
    share     REAL    NOT NULL CHECK (share BETWEEN 0 AND 1),
    PRIMARY KEY (source_id, hour)
) STRICT, WITHOUT ROWID;

-- What the rule remembers of a brand between two evaluations.
CREATE TABLE watches (
    brand_id     INTEGER PRIMARY KEY REFERENCES brands,
    evaluated_at INTEGER NOT NULL,
    life         TEXT    NOT NULL, -- JSON
    verdict      TEXT    NOT NULL  -- JSON: the numbers of the last evaluation
) STRICT;

CREATE TABLE incidents (
    id            INTEGER PRIMARY KEY,
    brand_id      INTEGER NOT NULL REFERENCES brands,
    state         TEXT    NOT NULL CHECK (state IN
                  ('open', 'acknowledged', 'recovering', 'recovered', 'relapsed', 'false_alarm')),
    severity      TEXT    NOT NULL CHECK (severity IN ('notice', 'warning', 'critical')),
    cause_id      INTEGER NOT NULL REFERENCES causes,
    started_at    INTEGER NOT NULL,
    opened_at     INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    acked_at      INTEGER,
    recovering_at INTEGER,
    recovered_at  INTEGER,
    owner         TEXT    NOT NULL DEFAULT '',
    note          TEXT    NOT NULL DEFAULT '',
    window_hours  INTEGER NOT NULL,
    observed      INTEGER NOT NULL,
    expected      REAL    NOT NULL,
    score         REAL    NOT NULL,
    peak          INTEGER NOT NULL,
    excess        REAL    NOT NULL,
    snapshot      TEXT    NOT NULL  -- JSON of the whole incident
) STRICT;

CREATE INDEX incidents_by_brand ON incidents (brand_id, opened_at);

-- Every change of an incident with all its numbers, never updated.
CREATE TABLE incident_changes (
    id          INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents,
    at          INTEGER NOT NULL,
    change      TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    snapshot    TEXT    NOT NULL,
    verdict     TEXT    NOT NULL
) STRICT;

CREATE INDEX changes_by_incident ON incident_changes (incident_id, at);

-- The negatives that an incident is made of.
CREATE TABLE incident_mentions (
    incident_id INTEGER NOT NULL REFERENCES incidents,
    mention_id  INTEGER NOT NULL REFERENCES mentions ON DELETE CASCADE,
    PRIMARY KEY (incident_id, mention_id)
) STRICT, WITHOUT ROWID;

-- The outbox: queued in the transaction that decided, sent by the worker. A
-- listed one was told as a line of another delivery.
CREATE TABLE deliveries (
    id           INTEGER PRIMARY KEY,
    key          TEXT    NOT NULL UNIQUE, -- incident:number of the change:channel
    incident_id  INTEGER REFERENCES incidents, -- NULL for a digest
    channel      TEXT    NOT NULL,
    change       TEXT    NOT NULL,
    payload      TEXT    NOT NULL, -- JSON of the alert
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'ambiguous', 'parked', 'listed')),
    queued_at    INTEGER NOT NULL,
    not_before   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    attempted_at INTEGER,
    sent_at      INTEGER,
    receipt      TEXT    NOT NULL DEFAULT '', -- what the channel calls the message
    error        TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX deliveries_open ON deliveries (channel, id) WHERE state IN ('pending', 'sending', 'ambiguous');
CREATE INDEX deliveries_by_incident ON deliveries (incident_id, channel);

-- While a silence lasts, what changes is recorded but told to nobody.
CREATE TABLE silences (
    id         INTEGER PRIMARY KEY,
    brand_id   INTEGER NOT NULL REFERENCES brands,
    created_at INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    author     TEXT    NOT NULL,
    reason     TEXT    NOT NULL DEFAULT ''
) STRICT;

-- Clicks that were taken: a chat may send the same one several times.
CREATE TABLE interactions (
    key TEXT PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
