-- +goose Up
-- Counts and dedup keys are written only together with mentions, whose own
-- references are checked: to check them once more for every count is a tenth of the
-- cost of a batch. Taking a REFERENCES clause away changes nothing but the text of
-- the schema (https://sqlite.org/lang_altertable.html, section 7), so that it takes
-- no time in a large file.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(replace(replace(sql, ' REFERENCES brands', ''), ' REFERENCES sources', ''), ' REFERENCES causes', '')
WHERE type = 'table' AND name IN ('mention_keys', 'hours', 'days', 'cause_hours', 'cause_days', 'facet_days');

PRAGMA writable_schema = RESET;

-- The search index is kept in parts, each of half a million mentions. To look a word
-- up, FTS reads the list of all mentions with it: of a frequent one that is megabytes
-- at ten million mentions, and the newest part alone has enough of it. What FTS4 calls
-- the language of a row is the number of its part, because each language has an index
-- of its own. The next transactions fill the index again, 50,000 mentions each.
DROP TABLE search;
DROP VIEW search_texts;

CREATE VIEW search_texts (rowid, body, part) AS -- not for analysts: what the search index holds
SELECT id, search_words(coalesce(title, '') || ' ' || coalesce(text, '')), id / 500000 FROM mentions
WHERE id <= (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'search_through');

CREATE VIRTUAL TABLE search USING fts4 (body, languageid="part", content="search_texts", matchinfo=fts3, order=desc, tokenize=unicode61);

UPDATE settings SET value = '0' WHERE key = 'search_through';

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
