package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** The {@code output} of a log record, in the shape that its operation and family gives it. */
final class LogBodies {

    /**
     * What the output says.
     *
     * @param tokens input, output, cache read, cache write of five minutes, of one hour
     * @param chunks whether a Converse stream is logged as an array of its events or as one object
     */
    record Body(
            String operation,
            String model,
            long[] tokens,
            boolean inS3,
            boolean chunks,
            long latencyMillis,
            String text) {}

    private LogBodies() {}

    static void output(JsonGenerator json, Body body) throws IOException {
        json.writeObjectFieldStart("output");
        json.writeStringField("outputContentType", "application/json");
        if (body.model().contains("canvas")) {
            json.writeObjectFieldStart("outputBodyJson");
            json.writeArrayFieldStart("images");
            json.writeString("iVBORw0KGgo=");
            json.writeEndArray();
            json.writeEndObject();
            json.writeNumberField("outputImageCount", 1);
            json.writeEndObject();
            return;
        }
        if (body.inS3()) {
            json.writeStringField("outputBodyS3Path", "s3://logs/data/output.json.gz");
        } else {
            json.writeFieldName("outputBodyJson");
            switch (body.operation()) {
                case "Converse" -> converse(json, body);
                case "ConverseStream" -> converseStream(json, body);
                case "InvokeModel" -> invoke(json, body);
                default -> invokeStream(json, body);
            }
        }
        json.writeNumberField("outputTokenCount", body.tokens()[1]);
        json.writeEndObject();
    }

    private static void converse(JsonGenerator json, Body body) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("output");
        json.writeObjectFieldStart("message");
        json.writeStringField("role", "assistant");
        json.writeStringField("content", body.text());
        // What a model says of usage is not its usage.
        json.writeObjectFieldStart("usage");
        json.writeNumberField("inputTokens", 777_777_777);
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
        json.writeStringField("stopReason", "end_turn");
        json.writeFieldName("usage");
        converseUsage(json, body);
        latency(json, "metrics", "latencyMs", body);
        json.writeEndObject();
    }

    private static void converseStream(JsonGenerator json, Body body) throws IOException {
        if (!body.chunks()) {
            converse(json, body);
            return;
        }
        json.writeStartArray();
        json.writeStartObject();
        json.writeObjectFieldStart("contentBlockDelta");
        json.writeStringField("delta", body.text());
        json.writeEndObject();
        json.writeEndObject();
        json.writeStartObject();
        json.writeObjectFieldStart("metadata");
        json.writeFieldName("usage");
        converseUsage(json, body);
        latency(json, "metrics", "latencyMs", body);
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
    }

    private static void converseUsage(JsonGenerator json, Body body) throws IOException {
        long[] tokens = body.tokens();
        json.writeStartObject();
        json.writeNumberField("inputTokens", tokens[0]);
        json.writeNumberField("outputTokens", tokens[1]);
        json.writeNumberField("totalTokens", tokens[0] + tokens[1]);
        json.writeNumberField("cacheReadInputTokens", tokens[2]);
        json.writeNumberField("cacheWriteInputTokens", tokens[3] + tokens[4]);
        json.writeArrayFieldStart("cacheDetails");
        for (int i = 3; i < 5; i++) {
            json.writeStartObject();
            json.writeStringField("ttl", i == 3 ? "5m" : "1h");
            json.writeNumberField("inputTokens", tokens[i]);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void invoke(JsonGenerator json, Body body) throws IOException {
        json.writeStartObject();
        json.writeStringField("completion", body.text());
        if (body.model().contains("claude")) {
            json.writeFieldName("usage");
            anthropicUsage(json, body, body.tokens()[1]);
        } else if (body.model().contains("titan")) {
            json.writeNumberField("inputTextTokenCount", body.tokens()[0]);
        } else if (body.model().contains("llama")) {
            json.writeNumberField("prompt_token_count", body.tokens()[0]);
            json.writeNumberField("generation_token_count", body.tokens()[1]);
        }
        json.writeEndObject();
    }

    private static void invokeStream(JsonGenerator json, Body body) throws IOException {
        json.writeStartArray();
        json.writeStartObject();
        json.writeStringField("type", "message_start");
        json.writeObjectFieldStart("message");
        json.writeStringField("role", "assistant");
        if (body.model().contains("claude")) {
            json.writeFieldName("usage");
            anthropicUsage(json, body, 1);
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeStartObject();
        json.writeStringField("type", "content_block_delta");
        json.writeStringField("text", body.text());
        json.writeEndObject();
        json.writeStartObject();
        json.writeStringField("type", "message_stop");
        latency(json, "amazon-bedrock-invocationMetrics", "invocationLatency", body);
        json.writeEndObject();
        json.writeEndArray();
    }

    private static void anthropicUsage(JsonGenerator json, Body body, long output) throws IOException {
        long[] tokens = body.tokens();
        json.writeStartObject();
        json.writeNumberField("input_tokens", tokens[0]);
        json.writeNumberField("output_tokens", output);
        json.writeNumberField("cache_read_input_tokens", tokens[2]);
        json.writeNumberField("cache_creation_input_tokens", tokens[3] + tokens[4]);
        json.writeObjectFieldStart("cache_creation");
        json.writeNumberField("ephemeral_5m_input_tokens", tokens[3]);
        json.writeNumberField("ephemeral_1h_input_tokens", tokens[4]);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void latency(JsonGenerator json, String object, String field, Body body) throws IOException {
        json.writeObjectFieldStart(object);
        json.writeNumberField(field, body.latencyMillis());
        json.writeEndObject();
    }
}
