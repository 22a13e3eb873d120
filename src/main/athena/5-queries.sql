-- Dearest tenants of this month.
SELECT tenant, sum(micro_usd) / 1e6 AS usd, sum(calls) AS calls
FROM spend WHERE substr(day, 1, 7) = substr(CAST(current_date AS varchar), 1, 7)
GROUP BY tenant ORDER BY usd DESC LIMIT 20;

-- What each department spent on each model, by month.
SELECT substr(day, 1, 7) AS month, department, model, sum(micro_usd) / 1e6 AS usd
FROM spend GROUP BY 1, 2, 3 ORDER BY month, usd DESC;

-- How much of the input came from caches.
SELECT tenant, model, sum(cache_read_tokens) * 100e0 / nullif(sum(input_tokens + cache_read_tokens + cache_write_tokens), 0) AS percent
FROM spend GROUP BY tenant, model ORDER BY percent DESC;

-- Failed and denied calls.
SELECT day, tenant, sum(failed_calls) AS failed, sum(denied_calls) AS denied
FROM spend GROUP BY day, tenant HAVING sum(failed_calls) + sum(denied_calls) > 0 ORDER BY day, tenant;

-- Mean and longest latency by model.
SELECT model, avg(latency_ms) AS mean_ms, max(latency_ms) AS longest_ms
FROM calls WHERE latency_ms >= 0 GROUP BY model ORDER BY mean_ms DESC;
