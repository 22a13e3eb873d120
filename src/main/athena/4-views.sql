-- Each call once: of a log record and a usage record of the same request the log's counts decide, and the usage record adds
-- what the log lacks. Records that came twice count once.
CREATE OR REPLACE VIEW calls AS
WITH first_records AS (
  SELECT * FROM (
    SELECT m.*, row_number() OVER (PARTITION BY request_id, source ORDER BY input_file) AS nth FROM main m
  ) numbered WHERE nth = 1
),
logs AS (SELECT * FROM first_records WHERE source = 'log'),
usages AS (SELECT * FROM first_records WHERE source = 'usage'),
joined AS (
  SELECT
    coalesce(l.request_id, u.request_id) AS request_id,
    coalesce(l.time, u.time) AS time,
    coalesce(nullif(nullif(l.tenant, 'none'), ''), nullif(u.tenant, 'none'), '') AS tenant,
    coalesce(nullif(l.account, ''), u.account, '') AS account,
    coalesce(nullif(l.region, ''), u.region, '') AS region,
    coalesce(nullif(l.operation, ''), u.operation) AS operation,
    coalesce(l.model, u.model) AS model,
    coalesce(nullif(l.application, ''), u.application, '') AS application,
    coalesce(nullif(l.cost_center, ''), u.cost_center, '') AS cost_center,
    coalesce(nullif(l.environment, ''), u.environment, '') AS environment,
    coalesce(nullif(l.user_id, ''), u.user_id, '') AS user_id,
    CASE WHEN coalesce(l.tier_percent, 100) = 100 THEN coalesce(u.tier_percent, 100) ELSE l.tier_percent END AS percent,
    coalesce(l.input_tokens, u.input_tokens) AS input_tokens,
    coalesce(l.output_tokens, u.output_tokens) AS output_tokens,
    coalesce(l.cache_read_tokens, u.cache_read_tokens) AS cache_read_tokens,
    coalesce(l.cache_write_tokens, u.cache_write_tokens) AS cache_write_tokens,
    CASE WHEN l.request_id IS NULL THEN u.cache_write_1h_tokens
      ELSE least(l.cache_write_tokens, greatest(l.cache_write_1h_tokens, coalesce(u.cache_write_1h_tokens, 0)))
      END AS cache_write_1h_tokens,
    coalesce(l.input_price, u.input_price) AS input_price,
    coalesce(l.output_price, u.output_price) AS output_price,
    coalesce(l.cache_read_price, u.cache_read_price) AS cache_read_price,
    coalesce(l.cache_write_5m_price, u.cache_write_5m_price) AS cache_write_5m_price,
    coalesce(l.cache_write_1h_price, u.cache_write_1h_price) AS cache_write_1h_price,
    coalesce(l.units_micro_usd, u.units_micro_usd) AS units_micro_usd,
    coalesce(u.stated_micro_usd, 0) AS stated_micro_usd,
    l.request_id IS NOT NULL AS logged,
    coalesce(l.failed, u.failed) AS failed,
    coalesce(u.denied, false) AS denied,
    greatest(coalesce(l.latency_ms, -1), coalesce(u.latency_ms, -1)) AS latency_ms
  FROM logs l FULL OUTER JOIN usages u ON l.request_id = u.request_id
),
priced AS (
  SELECT j.*,
    input_tokens + output_tokens + cache_read_tokens + cache_write_tokens AS tokens,
    -- Pico-USD times the tier's percentage, and what rounds it up to a whole micro-USD.
    (input_tokens * input_price + output_tokens * output_price + cache_read_tokens * cache_read_price
      + (cache_write_tokens - cache_write_1h_tokens) * cache_write_5m_price
      + cache_write_1h_tokens * cache_write_1h_price) * percent + 99999999 AS raised
  FROM joined j
)
SELECT request_id, time, tenant, account, region, operation, model, application, cost_center, environment, user_id,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, failed, denied, latency_ms,
  CASE
    WHEN tokens = 0 THEN CASE WHEN failed OR denied THEN 0 WHEN stated_micro_usd > 0 THEN stated_micro_usd ELSE units_micro_usd END
    WHEN NOT logged AND stated_micro_usd > 0 THEN stated_micro_usd
    ELSE CAST((raised - mod(raised, 100000000)) / 100000000 AS bigint)
  END AS micro_usd
FROM priced;

-- The report's columns for each day and everything that people group by.
CREATE OR REPLACE VIEW spend AS
SELECT CAST(CAST(c.time AS date) AS varchar) AS day, c.tenant, c.model, c.application, c.cost_center, c.environment, c.account, c.region,
  coalesce(p.value, '') AS company, coalesce(d.value, '') AS department,
  count(*) AS calls, count(CASE WHEN c.failed THEN 1 END) AS failed_calls, count(CASE WHEN c.denied THEN 1 END) AS denied_calls,
  CAST(sum(c.input_tokens) AS bigint) AS input_tokens, CAST(sum(c.output_tokens) AS bigint) AS output_tokens,
  CAST(sum(c.cache_read_tokens) AS bigint) AS cache_read_tokens, CAST(sum(c.cache_write_tokens) AS bigint) AS cache_write_tokens,
  CAST(sum(c.cache_write_1h_tokens) AS bigint) AS cache_write_1h_tokens, CAST(sum(c.micro_usd) AS bigint) AS micro_usd
FROM calls c
LEFT JOIN (SELECT request_id, max(value) AS value FROM metadata WHERE key = 'company' GROUP BY request_id) p
  ON p.request_id = c.request_id
LEFT JOIN (SELECT request_id, max(value) AS value FROM metadata WHERE key = 'department' GROUP BY request_id) d
  ON d.request_id = c.request_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

CREATE OR REPLACE VIEW spend_by_tenant AS
SELECT tenant, CAST(sum(calls) AS bigint) AS calls, CAST(sum(micro_usd) AS bigint) AS micro_usd FROM spend GROUP BY tenant;

CREATE OR REPLACE VIEW spend_by_company AS
SELECT company, CAST(sum(calls) AS bigint) AS calls, CAST(sum(micro_usd) AS bigint) AS micro_usd FROM spend GROUP BY company;

CREATE OR REPLACE VIEW spend_by_department AS
SELECT department, CAST(sum(calls) AS bigint) AS calls, CAST(sum(micro_usd) AS bigint) AS micro_usd FROM spend GROUP BY department;

CREATE OR REPLACE VIEW spend_by_model AS
SELECT model, CAST(sum(calls) AS bigint) AS calls, CAST(sum(micro_usd) AS bigint) AS micro_usd FROM spend GROUP BY model;

CREATE OR REPLACE VIEW spend_by_day AS
SELECT day, CAST(sum(calls) AS bigint) AS calls, CAST(sum(micro_usd) AS bigint) AS micro_usd FROM spend GROUP BY day;
