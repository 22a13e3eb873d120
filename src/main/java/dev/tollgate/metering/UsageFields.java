package dev.tollgate.metering;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tollgate.bedrock.Usage;
import java.io.IOException;
import java.util.Optional;

/**
 * Picks token counts out of JSON, for every family's spelling. Looks only where counts stand ({@code usage} at the top or
 * inside {@code message} or {@code response}, and a few top-level names), so that what a model writes is never taken for
 * its usage. Later counts replace earlier ones: streams report cumulatively.
 */
final class UsageFields {

    private static final int DEPTH = 6;

    private final String[] path = new String[DEPTH];
    private int depth;
    private String name = "";
    private boolean found;
    private long input;
    private long output;
    private long cacheRead;
    private long cacheWrite;
    private long cacheWrite5m = -1;
    private long cacheWrite1h = -1;
    private long cachedInside;
    private boolean cacheInside;
    private long detail;
    private boolean detail1h;

    /** Nothing where no count was seen. */
    Optional<Usage> usage() {
        if (!found) {
            return Optional.empty();
        }
        // OpenAI-shaped counts include what came from the cache, all others exclude it.
        long cached = cacheInside ? cachedInside : cacheRead;
        long plain = cacheInside ? Math.max(0, input - cachedInside) : input;
        long oneHour = Math.max(0, cacheWrite1h);
        long fiveMinutes = cacheWrite5m >= 0 || cacheWrite1h >= 0 ? Math.max(0, cacheWrite5m) : cacheWrite;
        // A total without a breakdown by time to live, or larger than it, counts as five minutes.
        fiveMinutes = Math.max(fiveMinutes, cacheWrite - oneHour);
        return Optional.of(new Usage(plain, output, cached, fiveMinutes, oneHour));
    }

    /** Starts a new JSON document; the counts stay. */
    void restart() {
        depth = 0;
        name = "";
    }

    void token(JsonParser in, JsonToken token) throws IOException {
        switch (token) {
            case FIELD_NAME -> name = in.currentName();
            case START_OBJECT, START_ARRAY -> {
                if (depth < DEPTH) {
                    path[depth] = name;
                }
                depth++;
                if (token == JsonToken.START_ARRAY && name.equals("cacheDetails") && depth == 3) {
                    cacheWrite5m = 0;
                    cacheWrite1h = 0;
                }
                if (token == JsonToken.START_OBJECT && inDetails()) {
                    detail = 0;
                    detail1h = false;
                }
            }
            case END_OBJECT, END_ARRAY -> {
                if (token == JsonToken.END_OBJECT && inDetails()) {
                    endDetail();
                }
                depth = Math.max(0, depth - 1);
                name = depth < DEPTH && depth > 0 ? path[depth] : "";
            }
            case VALUE_NUMBER_INT -> {
                if (depth < DEPTH) {
                    number(in.getValueAsLong());
                }
            }
            case VALUE_STRING -> {
                if (name.equals("ttl") && inDetails()) {
                    detail1h = in.getText().equals("1h");
                }
            }
            default -> {}
        }
    }

    private void number(long value) {
        if (depth == 1) {
            top(value);
        } else if (usageObject(depth - 1)) {
            usage(value);
        } else if (depth == 2 && path[1].equals("amazon-bedrock-invocationMetrics")) {
            invocationMetrics(value);
        } else if (depth >= 3 && usageObject(depth - 2)) {
            insideUsage(path[depth - 1], value);
        } else if (depth == 3 && path[1].equals("results") && name.equals("tokenCount")) {
            output += value;
            found = true;
        } else if (inDetails() && name.equals("inputTokens")) {
            detail = value;
        }
    }

    /** True where the container at this depth is a usage object in one of the known places. */
    private boolean usageObject(int at) {
        return at >= 1
                && at < DEPTH
                && path[at].equals("usage")
                && (at == 1 || at == 2 && (path[1].equals("message") || path[1].equals("response")));
    }

    /** Inside an element of Converse's {@code usage.cacheDetails}. */
    private boolean inDetails() {
        return depth == 4 && path[1].equals("usage") && path[2].equals("cacheDetails");
    }

    private void endDetail() {
        if (detail1h) {
            cacheWrite1h = Math.max(0, cacheWrite1h) + detail;
        } else {
            cacheWrite5m = Math.max(0, cacheWrite5m) + detail;
        }
    }

    private void top(long value) {
        switch (name) {
            case "inputTextTokenCount", "prompt_token_count" -> {
                input = value;
                found = true;
            }
            case "generation_token_count", "totalOutputTextTokenCount" -> {
                output = value;
                found = true;
            }
            default -> {}
        }
    }

    private void usage(long value) {
        switch (name) {
            case "inputTokens", "input_tokens", "prompt_tokens" -> {
                input = value;
                found = true;
            }
            case "outputTokens", "output_tokens", "completion_tokens" -> {
                output = value;
                found = true;
            }
            case "cacheReadInputTokens", "cache_read_input_tokens", "cacheReadInputTokenCount" -> cacheRead = value;
            case "cacheWriteInputTokens", "cache_creation_input_tokens", "cacheWriteInputTokenCount" ->
                cacheWrite = value;
            default -> {}
        }
    }

    private void insideUsage(String container, long value) {
        if (container.equals("cache_creation")) {
            if (name.equals("ephemeral_5m_input_tokens")) {
                cacheWrite5m = value;
            } else if (name.equals("ephemeral_1h_input_tokens")) {
                cacheWrite1h = value;
            }
        } else if (name.equals("cached_tokens")
                && (container.equals("prompt_tokens_details") || container.equals("input_tokens_details"))) {
            cachedInside = value;
            cacheInside = true;
        }
    }

    private void invocationMetrics(long value) {
        switch (name) {
            case "inputTokenCount" -> {
                input = value;
                cacheInside = false;
                found = true;
            }
            case "outputTokenCount" -> {
                output = value;
                found = true;
            }
            case "cacheReadInputTokenCount" -> cacheRead = value;
            case "cacheWriteInputTokenCount" -> cacheWrite = value;
            default -> {}
        }
    }
}
