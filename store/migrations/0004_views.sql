-- +goose Up
-- The views are the contract with analysts: tested, changed only by addition, and
-- documented by the comments in them, from which docs/queries.md takes its tables.
-- What only some questions need is a subquery, so that the others do not pay for it.
-- A comment is "type: meaning"; a time is UTC text, a day is a local date.

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
  m.hits AS hits, -- text: JSON, the words behind the verdict: [start byte, end byte, weight, entry, rule]
  m.published_at AS published, -- integer: published_at as unix seconds, indexed: filter and sort large histories by this one
  m.copy_of AS copy_of, -- integer: id of the earlier complaint of the same day that this one repeats, NULL for an independent voice
  EXISTS (SELECT 1 FROM labels WHERE mention_id = m.id) AS labelled -- integer: 1 when a person decided the polarity
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN sources s ON s.id = m.source_id JOIN lexicons l ON l.id = m.lexicon_id;

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
JOIN mention_causes mc ON mc.mention_id = m.id JOIN causes c ON c.id = mc.cause_id
WHERE m.polarity = 1;

CREATE VIEW v_hourly AS -- One row a brand, source and hour with mentions.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = h.source_id) AS source, -- text: name of the source, as configured
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour, -- time: beginning of the hour
  h.day AS day, -- day: local date of the hour
  h.mentions AS mentions, -- integer: all mentions
  h.negatives AS negatives, -- integer: mentions that complain
  h.neutrals AS neutrals, -- integer: mentions that neither complain nor praise
  h.positives AS positives, -- integer: mentions that praise
  h.unknowns AS unknowns, -- integer: mentions without a known word
  round(1.0 * h.negatives / nullif(h.mentions, 0), 4) AS negative_share, -- real: negatives / mentions
  (SELECT share FROM coverage WHERE source_id = h.source_id AND hour = h.hour) AS coverage, -- real: share of the hour that was watched, NULL when nobody did
  h.voices AS voices, -- integer: complaints that do not repeat another one of the same day
  h.week_hour % 24 AS clock, -- integer: local hour of the day, 0 to 23
  h.week_hour / 24 AS weekday, -- integer: local day of the week, 0 for Sunday to 6 for Saturday
  h.hour AS hour_number -- integer: hours since 1970, indexed: filter long histories by hour_number >= unixepoch('2026-11-01') / 3600
FROM hours h JOIN brands b ON b.id = h.brand_id
WHERE h.mentions > 0;

CREATE VIEW v_daily AS -- One row a brand, source and local day with mentions.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  d.day AS day, -- day: local date
  d.mentions AS mentions, -- integer: all mentions
  d.negatives AS negatives, -- integer: mentions that complain
  d.neutrals AS neutrals, -- integer: mentions that neither complain nor praise
  d.positives AS positives, -- integer: mentions that praise
  d.unknowns AS unknowns, -- integer: mentions without a known word
  round(1.0 * d.negatives / nullif(d.mentions, 0), 4) AS negative_share, -- real: negatives / mentions
  d.voices AS voices -- integer: complaints that do not repeat another one of the same day
FROM days d JOIN brands b ON b.id = d.brand_id
WHERE d.mentions > 0;

CREATE VIEW v_causes_daily AS -- Complaints by cause. One with two causes counts in two rows, one without a known cause as unexplained.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  d.day AS day, -- day: local date
  c.cause AS cause, -- text: cause, see the list of causes
  d.negatives AS negatives -- integer: complaints with the cause
FROM cause_days d JOIN brands b ON b.id = d.brand_id JOIN causes c ON c.id = d.cause_id
WHERE d.negatives > 0;

CREATE VIEW v_facets_daily AS -- Counts by language, by stars and by app version.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  CASE d.facet WHEN 1 THEN 'language' WHEN 2 THEN 'stars' ELSE 'version' END AS facet, -- text: language, stars or version
  d.day AS day, -- day: local date
  d.value AS value, -- text: the language, the number of stars or the version
  d.mentions AS mentions, -- integer: all mentions
  d.negatives AS negatives, -- integer: mentions that complain
  d.neutrals AS neutrals, -- integer: mentions that neither complain nor praise
  d.positives AS positives -- integer: mentions that praise
FROM facet_days d JOIN brands b ON b.id = d.brand_id
WHERE d.mentions > 0;

CREATE VIEW v_rating_daily AS -- Stars by brand, source and local day.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  d.day AS day, -- day: local date
  d.rated AS rated, -- integer: mentions with stars
  round(1.0 * d.stars_total / d.rated, 3) AS mean_stars, -- real: mean of the stars
  d.stars_total AS stars_total -- integer: sum of the stars, for means over several days
FROM days d JOIN brands b ON b.id = d.brand_id
WHERE d.rated > 0;

CREATE VIEW v_reply_time AS -- One row a mention: whether and when the brand answered.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  s.name AS source, -- text: name of the source, as configured
  m.id AS mention_id, -- integer: id in v_mentions
  CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: negative, neutral, positive or unknown
  strftime('%Y-%m-%dT%H:%M:%SZ', m.published_at, 'unixepoch') AS published_at, -- time: when it was published
  strftime('%Y-%m-%dT%H:%M:%SZ', m.replied_at, 'unixepoch') AS replied_at, -- time: when the brand answered, NULL without a public answer
  round((m.replied_at - m.published_at) / 3600.0, 2) AS hours_to_reply, -- real: hours between the two
  m.published_at AS published -- integer: published_at as unix seconds, indexed
FROM mentions m JOIN brands b ON b.id = m.brand_id JOIN sources s ON s.id = m.source_id;

CREATE VIEW v_replies_daily AS -- Answers by brand, source and the local day of the mention.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  (SELECT name FROM sources WHERE id = d.source_id) AS source, -- text: name of the source, as configured
  d.day AS day, -- day: local date of the mention
  d.mentions AS mentions, -- integer: all mentions
  d.replied AS replied, -- integer: mentions with a public answer
  round(d.reply_seconds / 3600.0 / nullif(d.replied, 0), 2) AS mean_hours_to_reply, -- real: mean hours until the answer
  round(d.reply_seconds / 3600.0, 2) AS reply_hours -- real: sum of these hours, for means over several days
FROM days d JOIN brands b ON b.id = d.brand_id
WHERE d.mentions > 0;

CREATE VIEW v_incidents AS -- One row an incident, with its numbers at the last change.
SELECT
  i.id AS id, -- integer: number of the incident, for pantau incidents show
  b.name AS brand, -- text: name of the brand, as configured
  i.state AS state, -- text: open, acknowledged, recovering, recovered, relapsed or false_alarm
  i.severity AS severity, -- text: notice, warning or critical
  c.cause AS cause, -- text: cause with the greatest excess
  strftime('%Y-%m-%dT%H:%M:%SZ', i.started_at, 'unixepoch') AS started_at, -- time: beginning of the window that raised it
  strftime('%Y-%m-%dT%H:%M:%SZ', i.opened_at, 'unixepoch') AS opened_at, -- time: when it was decided
  strftime('%Y-%m-%dT%H:%M:%SZ', i.acked_at, 'unixepoch') AS acknowledged_at, -- time: when a person took it
  strftime('%Y-%m-%dT%H:%M:%SZ', i.recovered_at, 'unixepoch') AS recovered_at, -- time: when complaints were back to the usual
  round((i.opened_at - i.started_at) / 3600.0, 2) AS hours_to_detect, -- real: from started_at to opened_at
  round((i.acked_at - i.opened_at) / 3600.0, 2) AS hours_to_acknowledge, -- real: from opened_at to acknowledged_at
  round((i.recovered_at - i.started_at) / 3600.0, 2) AS hours_to_recover, -- real: from started_at to recovered_at
  i.owner AS owner, -- text: who took it
  i.note AS note, -- text: what they wrote
  i.window_hours AS window_hours, -- integer: length of the deciding window
  i.observed AS observed, -- integer: complaints in the window
  i.expected AS expected, -- real: complaints that are usual in such a window
  i.score AS score, -- real: 10^score days pass between two such windows by chance
  i.peak AS peak, -- integer: greatest observed so far
  i.excess AS excess, -- real: complaints above the usual since started_at
  i.snapshot AS snapshot -- text: JSON of everything the alert said
FROM incidents i JOIN brands b ON b.id = i.brand_id JOIN causes c ON c.id = i.cause_id;

CREATE VIEW v_incident_changes AS -- Every change of an incident, with the numbers of its moment.
SELECT
  x.id AS id, -- integer: number of the change
  x.incident_id AS incident_id, -- integer: id in v_incidents
  b.name AS brand, -- text: name of the brand, as configured
  strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch') AS at, -- time: when it changed
  x.change AS change, -- text: opened, worsened, cause_changed, relapsed, recovered, …
  x.state AS state, -- text: state after the change
  json_extract(x.snapshot, '$.observed') AS observed, -- integer: complaints in the deciding window
  json_extract(x.snapshot, '$.expected') AS expected, -- real: complaints that are usual in such a window
  json_extract(x.snapshot, '$.voices') AS voices, -- integer: independent ones among them
  json_extract(x.snapshot, '$.rule') AS rule, -- text: identity and parameters of the rule
  json_extract(x.snapshot, '$.lexicon') AS lexicon -- text: version of the lexicon
FROM incident_changes x JOIN incidents i ON i.id = x.incident_id JOIN brands b ON b.id = i.brand_id;

CREATE VIEW v_incident_mentions AS -- The complaints that an incident is made of.
SELECT
  x.incident_id AS incident_id, -- integer: id in v_incidents
  x.mention_id AS mention_id -- integer: id in v_mentions
FROM incident_mentions x;

CREATE VIEW v_alerts AS -- The outbox: one row an alert and channel.
SELECT
  d.id AS id, -- integer: number of the delivery
  d.key AS key, -- text: incident, number of the change and channel
  d.incident_id AS incident_id, -- integer: id in v_incidents, NULL for a digest
  b.name AS brand, -- text: name of the brand, as configured
  d.channel AS channel, -- text: where it goes
  d.change AS change, -- text: what happened to the incident
  d.state AS state, -- text: pending, sending, sent, ambiguous or parked
  strftime('%Y-%m-%dT%H:%M:%SZ', d.queued_at, 'unixepoch') AS queued_at, -- time: when it was decided
  strftime('%Y-%m-%dT%H:%M:%SZ', d.sent_at, 'unixepoch') AS sent_at, -- time: when the channel had it
  d.sent_at - d.queued_at AS seconds_to_deliver, -- integer: from queued_at to sent_at
  d.attempts AS attempts, -- integer: how often it was tried
  d.error AS error -- text: why the last attempt failed
FROM deliveries d LEFT JOIN incidents i ON i.id = d.incident_id LEFT JOIN brands b ON b.id = i.brand_id;

CREATE VIEW v_silences AS -- When alerts of a brand were muted, by whom and why.
SELECT
  x.id AS id, -- integer: number of the silence
  b.name AS brand, -- text: name of the brand, as configured
  strftime('%Y-%m-%dT%H:%M:%SZ', x.created_at, 'unixepoch') AS created_at, -- time: when it was set
  strftime('%Y-%m-%dT%H:%M:%SZ', x.until, 'unixepoch') AS until, -- time: when it ends
  x.author AS author, -- text: who set it
  x.reason AS reason -- text: why
FROM silences x JOIN brands b ON b.id = x.brand_id;

CREATE VIEW v_source_health AS -- One row a source: how its last run went.
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
LEFT JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE source_id = s.id);

CREATE VIEW v_gaps AS -- Spans that nobody watched, between two watched hours of a source.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  s.name AS source, -- text: name of the source, as configured
  strftime('%Y-%m-%dT%H:%M:%SZ', (g.before + 1) * 3600, 'unixepoch') AS from_hour, -- time: first hour that was not watched
  strftime('%Y-%m-%dT%H:%M:%SZ', g.hour * 3600, 'unixepoch') AS to_hour, -- time: first hour that was watched again
  g.hour - g.before - 1 AS hours -- integer: length of the gap
FROM (SELECT source_id, hour, lag(hour) OVER (PARTITION BY source_id ORDER BY hour) AS before FROM coverage WHERE share > 0) g
JOIN sources s ON s.id = g.source_id JOIN brands b ON b.id = s.brand_id
WHERE g.hour > g.before + 1;

CREATE VIEW v_revisions AS -- What an edited mention said before.
SELECT
  r.mention_id AS mention_id, -- integer: id in v_mentions
  r.revision AS revision, -- integer: number of the old text
  strftime('%Y-%m-%dT%H:%M:%SZ', r.replaced_at, 'unixepoch') AS replaced_at, -- time: when the edit was seen
  r.title AS title, -- text: old headline
  r.text AS text, -- text: old text
  r.stars AS stars, -- integer: old stars
  CASE r.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: old polarity
  r.compound AS compound -- real: old verdict of the scorer
FROM revisions r;

CREATE VIEW v_labels AS -- What people corrected, beside the verdict of the scorer.
SELECT
  x.mention_id AS mention_id, -- integer: id in v_mentions
  b.name AS brand, -- text: name of the brand, as configured
  m.text AS text, -- text: what was written
  m.stars AS stars, -- integer: 1 to 5, NULL without a rating
  CASE m.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: what the person said
  CASE x.scorer_polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS scorer_polarity, -- text: what the scorer says
  (SELECT group_concat(cause) FROM (SELECT c.cause FROM mention_causes mc JOIN causes c ON c.id = mc.cause_id
    WHERE mc.mention_id = m.id ORDER BY mc.cause_id)) AS causes, -- text: causes according to the person
  (SELECT group_concat(cause) FROM (SELECT c.cause FROM json_each(x.scorer_causes) j JOIN causes c ON c.id = json_extract(j.value, '$[0]')
    ORDER BY c.id)) AS scorer_causes, -- text: causes according to the scorer
  x.author AS author, -- text: who corrected it
  x.note AS note, -- text: why
  strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch') AS at, -- time: when
  l.version AS lexicon -- text: version of the lexicon behind the verdict of the scorer
FROM labels x JOIN mentions m ON m.id = x.mention_id JOIN brands b ON b.id = m.brand_id JOIN lexicons l ON l.id = m.lexicon_id;

CREATE VIEW v_label_changes AS -- The audit of all corrections, oldest first.
SELECT
  x.id AS id, -- integer: number of the correction
  x.mention_id AS mention_id, -- integer: id in v_mentions
  strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch') AS at, -- time: when
  x.author AS author, -- text: who
  x.note AS note, -- text: why
  CASE x.polarity_before WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity_before, -- text: polarity before
  CASE x.polarity WHEN 1 THEN 'negative' WHEN 2 THEN 'neutral' WHEN 3 THEN 'positive' ELSE 'unknown' END AS polarity, -- text: polarity after
  x.causes_before AS causes_before, -- text: JSON, causes before
  x.causes AS causes -- text: JSON, causes after
FROM label_changes x;

CREATE VIEW v_causes AS -- The causes, with the names that people read.
SELECT
  c.cause AS cause, -- text: key, as in all other views
  c.name_id AS name_id, -- text: Indonesian name
  c.name_en AS name_en -- text: English name
FROM causes c;

-- +goose Down
SELECT 1;
