-- +goose Up
-- The views are the contract with analysts: documented in docs/queries.md,
-- tested, changed only by addition. Times are UTC text, days are local dates.

CREATE VIEW v_mentions AS
SELECT m.id, b.name AS brand, b.competitor, s.name AS source, s.kind, m.external_id,
       strftime('%Y-%m-%dT%H:%M:%SZ', m.published_at, 'unixepoch') AS published_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', m.collected_at, 'unixepoch') AS collected_at,
       m.stars, m.title, m.text, m.url, m.author, m.version, m.place,
       CASE m.language WHEN 1 THEN 'id' WHEN 2 THEN 'en' WHEN 3 THEN 'mixed' WHEN 4 THEN 'ms' WHEN 5 THEN 'other' ELSE 'unknown' END AS language,
       CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity,
       m.compound, m.p_negative, m.doubtful,
       (SELECT group_concat(cause) FROM (SELECT c.cause FROM mention_causes mc JOIN causes c ON c.id = mc.cause_id
                                         WHERE mc.mention_id = m.id ORDER BY mc.cause_id)) AS causes,
       m.reply, strftime('%Y-%m-%dT%H:%M:%SZ', m.replied_at, 'unixepoch') AS replied_at,
       m.revision, l.version AS lexicon, m.hits
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN sources s ON s.id = m.source_id JOIN lexicons l ON l.id = m.lexicon_id;

CREATE VIEW v_hourly AS
SELECT b.name AS brand, b.competitor, s.name AS source,
       strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour, h.day,
       h.mentions, h.negatives, h.neutrals, h.positives, h.unknowns,
       round(1.0 * h.negatives / nullif(h.mentions, 0), 4) AS negative_share, c.share AS coverage
FROM hours h JOIN brands b ON b.id = h.brand_id JOIN sources s ON s.id = h.source_id
LEFT JOIN coverage c ON c.source_id = h.source_id AND c.hour = h.hour;

CREATE VIEW v_daily AS
SELECT b.name AS brand, b.competitor, s.name AS source, h.day,
       sum(h.mentions) AS mentions, sum(h.negatives) AS negatives, sum(h.neutrals) AS neutrals,
       sum(h.positives) AS positives, sum(h.unknowns) AS unknowns,
       round(1.0 * sum(h.negatives) / nullif(sum(h.mentions), 0), 4) AS negative_share
FROM hours h JOIN brands b ON b.id = h.brand_id JOIN sources s ON s.id = h.source_id
GROUP BY h.brand_id, h.source_id, h.day;

CREATE VIEW v_causes_daily AS
SELECT b.name AS brand, b.competitor, s.name AS source, h.day, c.cause, sum(h.negatives) AS negatives
FROM cause_hours h JOIN brands b ON b.id = h.brand_id JOIN sources s ON s.id = h.source_id JOIN causes c ON c.id = h.cause_id
GROUP BY h.brand_id, h.source_id, h.day, h.cause_id;

CREATE VIEW v_rating_daily AS
SELECT b.name AS brand, b.competitor, s.name AS source, h.day, sum(h.rated) AS rated,
       round(1.0 * sum(h.stars_total) / sum(h.rated), 3) AS mean_stars
FROM hours h JOIN brands b ON b.id = h.brand_id JOIN sources s ON s.id = h.source_id
WHERE h.rated > 0
GROUP BY h.brand_id, h.source_id, h.day;

CREATE VIEW v_reply_time AS
SELECT b.name AS brand, b.competitor, s.name AS source, m.id AS mention_id,
       CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity,
       strftime('%Y-%m-%dT%H:%M:%SZ', m.published_at, 'unixepoch') AS published_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', m.replied_at, 'unixepoch') AS replied_at,
       round((m.replied_at - m.published_at) / 3600.0, 2) AS hours_to_reply
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN sources s ON s.id = m.source_id;

CREATE VIEW v_incidents AS
SELECT i.id, b.name AS brand, i.state, i.severity, c.cause,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.started_at, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.opened_at, 'unixepoch') AS opened_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.acked_at, 'unixepoch') AS acknowledged_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.recovered_at, 'unixepoch') AS recovered_at,
       round((i.opened_at - i.started_at) / 3600.0, 2) AS hours_to_detect,
       round((i.acked_at - i.opened_at) / 3600.0, 2) AS hours_to_acknowledge,
       round((i.recovered_at - i.started_at) / 3600.0, 2) AS hours_to_recover,
       i.owner, i.note, i.window_hours, i.observed, i.expected, i.score, i.peak, i.excess, i.snapshot
FROM incidents i JOIN brands b ON b.id = i.brand_id JOIN causes c ON c.id = i.cause_id;

CREATE VIEW v_alerts AS
SELECT d.id, d.key, d.incident_id, b.name AS brand, d.channel, d.change, d.state,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.queued_at, 'unixepoch') AS queued_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.sent_at, 'unixepoch') AS sent_at,
       d.sent_at - d.queued_at AS seconds_to_deliver, d.attempts, d.error
FROM deliveries d LEFT JOIN incidents i ON i.id = d.incident_id LEFT JOIN brands b ON b.id = i.brand_id;

CREATE VIEW v_source_health AS
SELECT b.name AS brand, s.name AS source, s.kind, r.status, r.reason,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.finished_at, 'unixepoch') AS last_run,
       (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(x.finished_at), 'unixepoch') FROM runs x
        WHERE x.source_id = s.id AND x.status IN ('fresh', 'degraded')) AS last_success,
       (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(x.finished_at), 'unixepoch') FROM runs x
        WHERE x.source_id = s.id AND x.added > 0) AS last_new,
       (SELECT count(*) FROM mentions m WHERE m.source_id = s.id AND m.brand_id = s.brand_id) AS mentions,
       r.rejected AS rejected_last_run, r.gap AS gap_last_run
FROM sources s JOIN brands b ON b.id = s.brand_id
LEFT JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE source_id = s.id);

-- +goose Down
SELECT 1;
