"""Unmodified boto3 against a running sidecar: python3 boto3_check.py http://127.0.0.1:8787

The sidecar stands before the simulator with a policy that gives tenant "default" two requests a day
(src/test/java/dev/tollgate/product/OtherSdksIT.java starts it so). Exit 0 where all is as it should be.
"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client(
    "bedrock-runtime",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="dummy",
    aws_secret_access_key="dummy",
    config=Config(retries={"total_max_attempts": 1}),
)
model = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
messages = [{"role": "user", "content": [{"text": "Hello"}]}]

answer = client.converse(modelId=model, messages=messages, inferenceConfig={"maxTokens": 20})
assert answer["usage"]["outputTokens"] == 10, answer

stream = client.converse_stream(modelId=model, messages=messages, inferenceConfig={"maxTokens": 20})
events = list(stream["stream"])
assert sum("contentBlockDelta" in e for e in events) == 10, events
assert [e for e in events if "metadata" in e][0]["metadata"]["usage"]["outputTokens"] == 10, events

try:
    client.converse(modelId=model, messages=messages)
    raise AssertionError("expected the third call to be denied")
except client.exceptions.ServiceQuotaExceededException as e:
    assert "budget two" in str(e), e
try:
    client.invoke_model(modelId=model, body=json.dumps({"inputText": "x"}))
    raise AssertionError("expected the fourth call to be denied")
except ClientError as e:
    assert e.response["Error"]["Code"] == "ServiceQuotaExceededException", e.response
    assert e.response["ResponseMetadata"]["RequestId"], e.response
    assert e.response["ResponseMetadata"]["HTTPHeaders"]["x-tollgate-remaining"] == "0 requests", e.response
print("boto3", boto3.__version__, "ok")
