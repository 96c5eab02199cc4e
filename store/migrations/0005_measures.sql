-- +goose Up
-- What sources say beside texts: averages that pages show, answers to surveys, and
-- recommendations. None of it is a star or a verdict, so none of it is counted with them.

-- The last average of each local day.
CREATE TABLE ratings (
    source_id INTEGER NOT NULL REFERENCES sources,
    subject   TEXT    NOT NULL,
    day       TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    value     REAL    NOT NULL,
    best      REAL    NOT NULL CHECK (best > 0),
    count     INTEGER NOT NULL,
    PRIMARY KEY (source_id, subject, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
    source_id INTEGER NOT NULL REFERENCES sources,
    key       TEXT    NOT NULL, -- keyed pseudonym of the identity within the source
    at        INTEGER NOT NULL,
    day       TEXT    NOT NULL,
    score     INTEGER NOT NULL CHECK (score BETWEEN 0 AND 10),
    PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX answers_by_day ON answers (source_id, day, score);

CREATE TABLE advices (
    mention_id  INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
    recommended INTEGER NOT NULL CHECK (recommended IN (0, 1))
) STRICT;

CREATE VIEW v_ratings AS -- Averages that pages and stores show of all their ratings: the last of each local day, a series beside the reviews.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  s.name AS source, -- text: name of the source, as configured
  r.subject AS subject, -- text: what is rated, such as a page or a place
  r.day AS day, -- day: local date on which it was read
  r.value AS value, -- real: average as shown
  r.best AS best, -- real: end of the scale
  round(5 * r.value / r.best, 3) AS mean_stars, -- real: the same on a scale of five
  nullif(r.count, 0) AS ratings, -- integer: ratings behind it, NULL when the page does not say
  strftime('%Y-%m-%dT%H:%M:%SZ', r.at, 'unixepoch') AS read_at -- time: when it was read
FROM ratings r JOIN sources s ON s.id = r.source_id JOIN brands b ON b.id = s.brand_id;

CREATE VIEW v_nps_daily AS -- Answers to "how likely are you to recommend us?" by brand, source and local day. They are no mentions.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  s.name AS source, -- text: name of the source, as configured
  a.day AS day, -- day: local date of the answers
  count(*) AS answers, -- integer: all answers
  sum(a.score >= 9) AS promoters, -- integer: answers of 9 and 10
  sum(a.score BETWEEN 7 AND 8) AS passives, -- integer: answers of 7 and 8
  sum(a.score <= 6) AS detractors, -- integer: answers of 0 to 6
  round(100.0 * (sum(a.score >= 9) - sum(a.score <= 6)) / count(*), 1) AS nps -- real: Net Promoter Score of the day, -100 to 100
FROM answers a JOIN sources s ON s.id = a.source_id JOIN brands b ON b.id = s.brand_id
GROUP BY a.source_id, a.day;

CREATE VIEW v_advice AS -- Mentions of sources that ask for a recommendation instead of stars, such as Steam.
SELECT
  b.name AS brand, -- text: name of the brand, as configured
  b.competitor AS competitor, -- integer: 1 for a competitor, which is never alerted
  s.name AS source, -- text: name of the source, as configured
  m.id AS mention_id, -- integer: id in v_mentions
  a.recommended AS recommended, -- integer: 1 when the author recommends it, 0 when not
  strftime('%Y-%m-%dT%H:%M:%SZ', m.published_at, 'unixepoch') AS published_at, -- time: when the mention was published
  m.published_at AS published -- integer: published_at as unix seconds
FROM advices a JOIN mentions m ON m.id = a.mention_id JOIN sources s ON s.id = m.source_id JOIN brands b ON b.id = m.brand_id;

-- +goose Down
-- A step back is a restore of the backup that was taken before the migration.
SELECT 1;
