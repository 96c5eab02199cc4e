-- +goose Up
-- A file that could not be read at all is no source: what failed was said then, and
-- nothing tries it again. Only one that gave something, or may still, has a health.
DROP VIEW v_source_health;

CREATE VIEW v_source_health AS -- One row a source: how its last run went. A file that pantau import could not read is none.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  s.name AS source, -- text: name of the source, as configured
  s.kind AS kind, -- text: kind of the source
  r.status AS status, -- text: fresh, degraded, blocked, rate_limited or failed
  r.reason AS reason, -- text: why it is not fresh
  strftime('%Y-%m-%dT%H:%M:%SZ', r.finished_at, 'unixepoch') AS last_run, -- time: end of the last run
  (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(x.finished_at), 'unixepoch') FROM runs x
    WHERE x.source_id = s.id AND x.status IN ('fresh', 'degraded')) AS last_success, -- time: end of the last run that worked
  (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(x.finished_at), 'unixepoch') FROM runs x
    WHERE x.source_id = s.id AND x.added > 0) AS last_new, -- time: end of the last run that brought something new
  s.mentions AS mentions, -- integer: mentions counted so far
  r.rejected AS rejected_last_run, -- integer: items of the last run that could not be kept
  r.gap AS gap_last_run -- integer: 1 when the last run may have missed items
FROM sources s JOIN brands b ON b.id = s.brand_id
LEFT JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE source_id = s.id)
WHERE s.kind <> 'import' OR s.mentions > 0 OR EXISTS (SELECT 1 FROM runs x WHERE x.source_id = s.id AND x.status IN ('fresh', 'degraded'));

-- What waits is counted every minute, among all that was ever sent.
CREATE INDEX deliveries_parked ON deliveries (channel) WHERE state = 'parked';

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
