package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tollgate.bedrock.ServiceTier;
import java.io.IOException;

/**
 * The little of a logged body that the record's own counts do not say: how long cache writes live, the service tier, the
 * latency; and counts for a record without any. A stream's body is an array of chunks, of which the last counts.
 */
final class BodyFields {

    private ServiceTier tier = ServiceTier.DEFAULT;
    private long input;
    private long output;
    private long cacheRead;
    private long cacheWrite;
    private long cacheWrite1h;
    private long latencyMillis;

    void clear() {
        tier = ServiceTier.DEFAULT;
        input = 0;
        output = 0;
        cacheRead = 0;
        cacheWrite = 0;
        cacheWrite1h = 0;
        latencyMillis = -1;
    }

    void complete(CallRecord call, boolean counted) {
        call.tier = tier;
        call.latencyMillis = latencyMillis;
        if (!counted) {
            call.input = input;
            call.output = Math.max(call.output, output);
            call.cacheRead = Math.max(call.cacheRead, cacheRead);
            call.cacheWrite = Math.max(call.cacheWrite, cacheWrite);
        }
        call.cacheWrite1h = Math.min(call.cacheWrite, cacheWrite1h);
    }

    void request(JsonParser in, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            tier(in, in.currentName(), in.nextToken());
        }
    }

    private void tier(JsonParser in, String name, JsonToken value) throws IOException {
        boolean named = name.equals("serviceTier") || name.equals("service_tier");
        if (named && value == JsonToken.VALUE_STRING) {
            tier = ServiceTier.of(in.getText());
        } else if (named && value == JsonToken.START_OBJECT) {
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                tier(in, in.currentName().equals("type") ? "serviceTier" : "", in.nextToken());
            }
        } else {
            in.skipChildren();
        }
    }

    void response(JsonParser in, JsonToken value) throws IOException {
        if (value == JsonToken.START_ARRAY) {
            for (JsonToken token; (token = in.nextToken()) != JsonToken.END_ARRAY && token != null; ) {
                document(in, token);
            }
        } else {
            document(in, value);
        }
    }

    private void document(JsonParser in, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken inner = in.nextToken();
            switch (name) {
                case "usage" -> usage(in, inner);
                case "metrics", "amazon-bedrock-invocationMetrics" -> metrics(in, inner);
                // Converse's stream, Anthropic's first chunk, OpenAI's last event.
                case "metadata", "message", "response" -> document(in, inner);
                default -> tier(in, name, inner);
            }
        }
    }

    private void usage(JsonParser in, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken inner = in.nextToken();
            switch (name) {
                case "inputTokens", "input_tokens", "prompt_tokens" -> input = number(in, inner);
                case "outputTokens", "output_tokens", "completion_tokens" -> output = number(in, inner);
                case "cacheReadInputTokens", "cache_read_input_tokens" -> cacheRead = number(in, inner);
                case "cacheWriteInputTokens", "cache_creation_input_tokens" -> cacheWrite = number(in, inner);
                case "cache_creation" -> creation(in, inner);
                case "cacheDetails" -> details(in, inner);
                default -> in.skipChildren();
            }
        }
    }

    /** Anthropic's spelling. */
    private void creation(JsonParser in, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            boolean oneHour = in.currentName().equals("ephemeral_1h_input_tokens");
            long tokens = number(in, in.nextToken());
            cacheWrite1h = oneHour ? tokens : cacheWrite1h;
        }
    }

    /** Converse's spelling. */
    private void details(JsonParser in, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            in.skipChildren();
            return;
        }
        long sum = 0;
        for (JsonToken token; (token = in.nextToken()) != JsonToken.END_ARRAY && token != null; ) {
            sum += token == JsonToken.START_OBJECT ? oneHour(in) : 0;
        }
        cacheWrite1h = sum;
    }

    private static long oneHour(JsonParser in) throws IOException {
        boolean oneHour = false;
        long tokens = 0;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            if (name.equals("ttl")) {
                oneHour = value == JsonToken.VALUE_STRING && in.getText().equals("1h");
            } else if (name.equals("inputTokens")) {
                tokens = number(in, value);
            } else {
                in.skipChildren();
            }
        }
        return oneHour ? tokens : 0;
    }

    private void metrics(JsonParser in, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            boolean latency =
                    in.currentName().equals("latencyMs") || in.currentName().equals("invocationLatency");
            long number = number(in, in.nextToken());
            latencyMillis = latency ? number : latencyMillis;
        }
    }

    private static long number(JsonParser in, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NUMBER_INT) {
            return Math.max(0, Math.min(1L << 40, in.getLongValue()));
        }
        in.skipChildren();
        return 0;
    }
}
