package dev.tollgate.simulator;

import dev.tollgate.bedrock.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Bodies and stream payloads as each family answers them. */
final class Shapes {

    private Shapes() {}

    static JsonObject converseUsage(Usage usage) {
        JsonObject json = new JsonObject()
                .put("inputTokens", usage.input())
                .put("outputTokens", usage.output())
                .put("totalTokens", usage.allInput() + usage.output());
        if (usage.cacheRead() + usage.cacheWrite() > 0) {
            json.put("cacheReadInputTokens", usage.cacheRead()).put("cacheWriteInputTokens", usage.cacheWrite());
            JsonArray details = new JsonArray();
            if (usage.cacheWrite5m() > 0) {
                details.add(new JsonObject().put("ttl", "5m").put("inputTokens", usage.cacheWrite5m()));
            }
            if (usage.cacheWrite1h() > 0) {
                details.add(new JsonObject().put("ttl", "1h").put("inputTokens", usage.cacheWrite1h()));
            }
            json.put("cacheDetails", details);
        }
        return json;
    }

    static JsonObject converse(Answer answer, boolean withUsage) {
        JsonObject body = new JsonObject()
                .put(
                        "output",
                        new JsonObject()
                                .put(
                                        "message",
                                        new JsonObject()
                                                .put("role", "assistant")
                                                .put(
                                                        "content",
                                                        new JsonArray()
                                                                .add(new JsonObject().put("text", answer.text())))))
                .put("stopReason", "end_turn")
                .put("metrics", new JsonObject().put("latencyMs", 12));
        return tiered(withUsage ? body.put("usage", converseUsage(answer.usage())) : body, answer);
    }

    /** With the tier that served the call, as Converse reports it. */
    static JsonObject tiered(JsonObject body, Answer answer) {
        String tier = answer.tier();
        return tier.isEmpty() ? body : body.put("serviceTier", new JsonObject().put("type", tier));
    }

    /** The answer of ApplyGuardrail to so many text units. */
    static JsonObject guardrail(long units) {
        JsonObject usage = new JsonObject()
                .put("topicPolicyUnits", units)
                .put("contentPolicyUnits", units)
                .put("wordPolicyUnits", units)
                .put("sensitiveInformationPolicyUnits", units)
                .put("sensitiveInformationPolicyFreeUnits", 0)
                .put("contextualGroundingPolicyUnits", 0);
        return new JsonObject().put("action", "NONE").put("usage", usage);
    }

    private static JsonObject anthropicUsage(Usage usage) {
        return new JsonObject()
                .put("input_tokens", usage.input())
                .put("output_tokens", usage.output())
                .put("cache_read_input_tokens", usage.cacheRead())
                .put("cache_creation_input_tokens", usage.cacheWrite())
                .put(
                        "cache_creation",
                        new JsonObject()
                                .put("ephemeral_5m_input_tokens", usage.cacheWrite5m())
                                .put("ephemeral_1h_input_tokens", usage.cacheWrite1h()));
    }

    private static JsonObject openaiUsage(Usage usage) {
        return new JsonObject()
                .put("prompt_tokens", usage.allInput())
                .put("completion_tokens", usage.output())
                .put("total_tokens", usage.allInput() + usage.output())
                .put("prompt_tokens_details", cached(usage));
    }

    private static JsonObject cached(Usage usage) {
        return new JsonObject().put("cached_tokens", usage.cacheRead()).put("cache_write_tokens", usage.cacheWrite());
    }

    static JsonObject responses(Answer answer) {
        return new JsonObject()
                .put("object", "response")
                .put("output_text", answer.text())
                .put(
                        "usage",
                        new JsonObject()
                                .put("input_tokens", answer.usage().allInput())
                                .put("output_tokens", answer.output())
                                .put("input_tokens_details", cached(answer.usage())));
    }

    /** A whole InvokeModel answer. Cohere's and old Mistral's report their usage in headers only. */
    static JsonObject invoke(Answer answer, boolean withUsage) {
        Usage usage = withUsage ? answer.usage() : Usage.NONE;
        String text = answer.text();
        return switch (answer.family()) {
            case "claude" ->
                withUsage(
                        new JsonObject()
                                .put("type", "message")
                                .put(
                                        "content",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("type", "text")
                                                        .put("text", text))),
                        withUsage,
                        anthropicUsage(usage));
            case "nova" -> converse(answer, withUsage);
            case "embed" ->
                new JsonObject()
                        .put("embedding", new JsonArray().add(0.1).add(0.2))
                        .put("inputTextTokenCount", answer.input());
            case "titan" ->
                new JsonObject()
                        .put("inputTextTokenCount", answer.input())
                        .put(
                                "results",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("tokenCount", answer.output())
                                                .put("outputText", text)));
            case "llama" ->
                new JsonObject()
                        .put("generation", text)
                        .put("prompt_token_count", answer.input())
                        .put("generation_token_count", answer.output());
            case "cohere" ->
                new JsonObject().put("generations", new JsonArray().add(new JsonObject().put("text", text)));
            case "mistral" -> new JsonObject().put("outputs", new JsonArray().add(new JsonObject().put("text", text)));
            default -> chat(answer, withUsage);
        };
    }

    static JsonObject chat(Answer answer, boolean withUsage) {
        JsonObject message = new JsonObject().put("role", "assistant").put("content", answer.text());
        return withUsage(
                new JsonObject()
                        .put("object", "chat.completion")
                        .put(
                                "choices",
                                new JsonArray()
                                        .add(new JsonObject().put("index", 0).put("message", message))),
                withUsage,
                openaiUsage(answer.usage()));
    }

    private static JsonObject withUsage(JsonObject body, boolean with, JsonObject usage) {
        return with ? body.put("usage", usage) : body;
    }

    /** Payloads of InvokeModelWithResponseStream's chunks, before base64; the last carries the invocation metrics. */
    static List<JsonObject> chunks(Answer answer, boolean withUsage) {
        List<JsonObject> chunks = new ArrayList<>();
        boolean claude = answer.family().equals("claude");
        if (claude) {
            Usage begin = answer.usage();
            JsonObject usage = anthropicUsage(
                    new Usage(begin.input(), 1, begin.cacheRead(), begin.cacheWrite5m(), begin.cacheWrite1h()));
            JsonObject message = new JsonObject().put("role", "assistant");
            chunks.add(new JsonObject()
                    .put("type", "message_start")
                    .put("message", withUsage ? message.put("usage", usage) : message));
        }
        for (int i = 0; i < answer.output(); i++) {
            chunks.add(
                    claude
                            ? new JsonObject()
                                    .put("type", "content_block_delta")
                                    .put("delta", new JsonObject().put("text", Answer.word(i)))
                            : new JsonObject().put("outputText", Answer.word(i)));
        }
        if (claude && withUsage) {
            chunks.add(new JsonObject()
                    .put("type", "message_delta")
                    .put("usage", new JsonObject().put("output_tokens", answer.output())));
        }
        JsonObject last = new JsonObject().put("type", "message_stop");
        Usage usage = answer.usage();
        chunks.add(
                withUsage
                        ? last.put(
                                "amazon-bedrock-invocationMetrics",
                                new JsonObject()
                                        .put("inputTokenCount", usage.input())
                                        .put("outputTokenCount", usage.output())
                                        .put("cacheReadInputTokenCount", usage.cacheRead())
                                        .put("cacheWriteInputTokenCount", usage.cacheWrite())
                                        .put("invocationLatency", 40)
                                        .put("firstByteLatency", 4))
                        : last);
        return chunks;
    }
}
