"""Shows with boto3 that the tests' control plane and Cost Explorer speak AWS's protocols: URL of each, name of an error."""
import os, sys
import boto3, botocore
from botocore.config import Config

os.environ.update(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY=sys.argv[3], AWS_EC2_METADATA_DISABLED="true")
bedrock = boto3.client("bedrock", region_name="us-east-1", endpoint_url=sys.argv[1], config=Config(retries={"mode": "standard"}))
model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
names = ["boto one", "boto-two", "boto_three"]
for name in names:
    made = bedrock.create_inference_profile(inferenceProfileName=name, modelSource={"copyFrom": model},
                                            tags=[{"key": "costCenter", "value": "sales"}])
    assert made["status"] == "ACTIVE", made
found, token = [], {}
while True:
    page = bedrock.list_inference_profiles(typeEquals="APPLICATION", **token)
    found += page["inferenceProfileSummaries"]
    if "nextToken" not in page:
        break
    token = {"nextToken": page["nextToken"]}
assert [p["inferenceProfileName"] for p in found] == names, found
arn = found[0]["inferenceProfileArn"]
assert bedrock.get_inference_profile(inferenceProfileIdentifier=arn)["models"][0]["modelArn"] == model
bedrock.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "a"}])
bedrock.untag_resource(resourceARN=arn, tagKeys=["costCenter"])
assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "team", "value": "a"}]
try:
    bedrock.create_inference_profile(inferenceProfileName=names[0], modelSource={"copyFrom": model})
    raise SystemExit("expected a conflict")
except bedrock.exceptions.ConflictException:
    pass
bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
try:
    bedrock.get_inference_profile(inferenceProfileIdentifier=arn)
    raise SystemExit("expected no such profile")
except bedrock.exceptions.ResourceNotFoundException:
    pass

ce = boto3.client("ce", region_name="us-east-1", endpoint_url=sys.argv[2])
assert ce.list_cost_allocation_tags(TagKeys=["costCenter"])["CostAllocationTags"][0]["Status"] == "Inactive"
errors = ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=[
    {"TagKey": "costCenter", "Status": "Active"}, {"TagKey": "unknown", "Status": "Active"}])["Errors"]
assert [e["TagKey"] for e in errors] == ["unknown"], errors
page = ce.get_cost_and_usage(TimePeriod={"Start": "2026-11-01", "End": "2026-11-27"}, Granularity="MONTHLY",
                             Metrics=["UnblendedCost"], GroupBy=[{"Type": "TAG", "Key": "costCenter"}, {"Type": "DIMENSION", "Key": "SERVICE"}])
assert page["ResultsByTime"][0]["Groups"][0]["Keys"][0] == "costCenter$sales", page
print("boto3", boto3.__version__, "botocore", botocore.__version__)
