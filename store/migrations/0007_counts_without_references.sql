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

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
