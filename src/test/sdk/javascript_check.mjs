// Unmodified @aws-sdk/client-bedrock-runtime against a running sidecar, as boto3_check.py does it:
//   npm install @aws-sdk/client-bedrock-runtime && node javascript_check.mjs http://127.0.0.1:8787
import assert from "node:assert/strict";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: { accessKeyId: "dummy", secretAccessKey: "dummy" },
  maxAttempts: 1,
});
const call = {
  modelId: "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0",
  messages: [{ role: "user", content: [{ text: "Hello" }] }],
  inferenceConfig: { maxTokens: 20 },
};

const answer = await client.send(new ConverseCommand(call));
assert.equal(answer.usage.outputTokens, 10);

let deltas = 0;
let usage;
for await (const event of (await client.send(new ConverseStreamCommand(call))).stream) {
  deltas += event.contentBlockDelta ? 1 : 0;
  usage = event.metadata?.usage ?? usage;
}
assert.equal(deltas, 10);
assert.equal(usage.outputTokens, 10);

await assert.rejects(client.send(new ConverseCommand(call)), (e) => {
  assert.equal(e.name, "ServiceQuotaExceededException");
  assert.equal(e.$metadata.httpStatusCode, 400);
  assert.match(e.message, /budget two/);
  return true;
});
console.log("javascript ok");
