-- Tollgate's usage records, one JSON line for each call, in folders by day.
CREATE EXTERNAL TABLE usage_records (
  requestid string,
  tollgateid string,
  `timestamp` string,
  tenant string,
  applicationid string,
  costcenter string,
  environment string,
  userid string,
  model string,
  modelid string,
  operation string,
  decision string,
  `limit` string,
  inputtokens bigint,
  outputtokens bigint,
  cachereadtokens bigint,
  cachewrite5mtokens bigint,
  cachewrite1htokens bigint,
  microusd bigint,
  priceversion string,
  estimated boolean,
  `end` string,
  status int,
  latencyms bigint,
  firstbytems bigint,
  pod string
)
PARTITIONED BY (day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('case.insensitive' = 'true', 'ignore.malformed.json' = 'true')
LOCATION 's3://@BUCKET@/tollgate/usage/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2026/01/01,NOW',
  'storage.location.template' = 's3://@BUCKET@/tollgate/usage/${day}/'
);
