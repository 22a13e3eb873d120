-- Raw model invocation logs. Bodies stay text: counts and metadata are all that the views need.
CREATE EXTERNAL TABLE invocation_logs (
  schematype string,
  `timestamp` string,
  requestid string,
  operation string,
  modelid string,
  errorcode string,
  inferenceregion string,
  requestmetadata map<string, string>,
  input struct<inputtokencount: bigint, cachereadinputtokencount: bigint, cachewriteinputtokencount: bigint>,
  output struct<outputtokencount: bigint>
)
PARTITIONED BY (account string, region string, day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('case.insensitive' = 'true', 'ignore.malformed.json' = 'true')
LOCATION 's3://@BUCKET@/@PREFIX@/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.account.type' = 'enum',
  'projection.account.values' = '@ACCOUNTS@',
  'projection.region.type' = 'enum',
  'projection.region.values' = '@REGIONS@',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2023/09/28,NOW',
  'storage.location.template' = 's3://@BUCKET@/@PREFIX@/AWSLogs/${account}/BedrockModelInvocationLogs/${region}/${day}/'
);
