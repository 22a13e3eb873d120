package dev.tollgate.simulator;

import dev.tollgate.bedrock.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Set;

/**
 * How long a prompt is, how long its answer will be, and what both cost in tokens.
 *
 * @param tier the requested service tier, which serves the call unless a fault names another; empty if none is
 */
record Answer(Usage usage, String family, String tier) {

    private static final Set<String> TEXT = Set.of("text", "content", "prompt", "inputText", "message", "input");
    private static final int USUAL = 60;
    private static final int LONGEST = 100_000;

    static Answer of(JsonObject body, String model, Faults faults) {
        long input = Math.max(1, (textLength(body) + 3) / 4);
        long most = maxTokens(body);
        long output = faults.number("tokens")
                .map(Integer::longValue)
                .orElse(most > 0 ? Math.min((most + 1) / 2, LONGEST) : USUAL);
        String bare = model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        boolean embedding = bare.contains("embed");
        Usage usage = new Usage(
                input,
                embedding ? 0 : output,
                faults.number("cache-read", 0),
                faults.number("cache-write", 0),
                faults.number("cache-write-1h", 0));
        return new Answer(usage, family(bare), faults.text("tier").orElse(tier(body)));
    }

    private static String tier(JsonObject body) {
        return body.getValue("serviceTier") instanceof JsonObject tier ? tier.getString("type", "") : "";
    }

    private static String family(String model) {
        for (String family : new String[] {"claude", "nova", "embed", "titan", "llama", "mistral", "cohere"}) {
            if (model.contains(family)) {
                return family;
            }
        }
        return "openai";
    }

    static long textLength(Object node) {
        long length = 0;
        if (node instanceof JsonObject object) {
            for (String key : object.fieldNames()) {
                Object value = object.getValue(key);
                if (value instanceof String text && TEXT.contains(key)) {
                    length += text.length();
                } else if (!key.equals("requestMetadata")) {
                    length += textLength(value);
                }
            }
        } else if (node instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                length += textLength(array.getValue(i));
            }
        }
        return length;
    }

    private static long maxTokens(JsonObject body) {
        long most = 0;
        for (String key : new String[] {
            "max_tokens", "max_completion_tokens", "max_output_tokens", "max_gen_len", "max_new_tokens"
        }) {
            most = Math.max(most, body.getLong(key, 0L));
        }
        most = Math.max(
                most, body.getJsonObject("inferenceConfig", new JsonObject()).getLong("maxTokens", 0L));
        return Math.max(
                most,
                body.getJsonObject("textGenerationConfig", new JsonObject()).getLong("maxTokenCount", 0L));
    }

    long input() {
        return usage.input();
    }

    long output() {
        return usage.output();
    }

    /** Text of one piece of the answer. */
    static String word(int i) {
        return i % 12 == 11 ? "toll.\n" : "gate ";
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(output(), 2000); i++) {
            text.append(word(i));
        }
        return text.toString();
    }
}
