-- What tollgate etl makes. Token prices in pico-USD (10^-12 USD) a token; other money in micro-USD.
CREATE EXTERNAL TABLE main (
  request_id string,
  source string,
  time timestamp,
  account string,
  region string,
  operation string,
  model_id string,
  model string,
  application string,
  cost_center string,
  environment string,
  user_id string,
  tier_percent bigint,
  input_tokens bigint,
  output_tokens bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  cache_write_1h_tokens bigint,
  input_price bigint,
  output_price bigint,
  cache_read_price bigint,
  cache_write_5m_price bigint,
  cache_write_1h_price bigint,
  units_micro_usd bigint,
  stated_micro_usd bigint,
  price_version string,
  failed boolean,
  denied boolean,
  latency_ms bigint,
  input_file string
)
PARTITIONED BY (year string, month string, day string, tenant string)
STORED AS PARQUET
LOCATION 's3://@BUCKET@/tollgate/main/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.year.type' = 'integer',
  'projection.year.range' = '2023,2040',
  'projection.month.type' = 'integer',
  'projection.month.range' = '1,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '1,31',
  'projection.day.digits' = '2',
  'projection.tenant.type' = 'enum',
  'projection.tenant.values' = 'none,@TENANTS@',
  'storage.location.template' = 's3://@BUCKET@/tollgate/main/year=${year}/month=${month}/day=${day}/tenant=${tenant}/'
);

CREATE EXTERNAL TABLE metadata (
  request_id string,
  source string,
  key string,
  value string
)
PARTITIONED BY (year string, month string, day string, tenant string)
STORED AS PARQUET
LOCATION 's3://@BUCKET@/tollgate/metadata/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.year.type' = 'integer',
  'projection.year.range' = '2023,2040',
  'projection.month.type' = 'integer',
  'projection.month.range' = '1,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '1,31',
  'projection.day.digits' = '2',
  'projection.tenant.type' = 'enum',
  'projection.tenant.values' = 'none,@TENANTS@',
  'storage.location.template' = 's3://@BUCKET@/tollgate/metadata/year=${year}/month=${month}/day=${day}/tenant=${tenant}/'
);
