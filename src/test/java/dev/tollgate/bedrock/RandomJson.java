package dev.tollgate.bedrock;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;

/** Makes JSON whose member names mean something in one place and nothing in others, and spells it in many ways. */
final class RandomJson {

    private static final List<String> NAMES = List.of(
            "max_tokens",
            "maxTokens",
            "max_gen_len",
            "inferenceConfig",
            "textGenerationConfig",
            "serviceTier",
            "service_tier",
            "performanceConfig",
            "latency",
            "type",
            "image",
            "source",
            "bytes",
            "data",
            "document",
            "content",
            "text",
            "messages",
            "system",
            "tools",
            "toolConfig",
            "toolResult",
            "toolUse",
            "input",
            "guardrailConfig",
            "requestMetadata",
            "additionalModelRequestFields",
            "model",
            "n",
            "cachePoint",
            "cache_control",
            "image_url",
            "url",
            "imageGenerationConfig",
            "numberOfImages",
            "query",
            "documents",
            "é",
            "quote\"in\\name",
            "");
    private static final List<String> TEXTS = List.of(
            "flex",
            "priority",
            "optimized",
            "image",
            "image_url",
            "text",
            "base64",
            "",
            "a \"b\" \\ c",
            "漢字",
            "😀",
            "}{][,:");

    private final Random random;

    RandomJson(long seed) {
        this.random = new Random(seed);
    }

    Object value(int depth) {
        int kind = random.nextInt(depth > 0 ? 8 : 5);
        return switch (kind) {
            case 0 -> (long) random.nextInt(100_000);
            case 1 -> random.nextInt(1000) / 8.0;
            case 2 -> random.nextBoolean();
            case 3, 4 -> TEXTS.get(random.nextInt(TEXTS.size()));
            case 5 -> array(depth - 1);
            default -> object(depth - 1);
        };
    }

    JsonObject object(int depth) {
        JsonObject object = new JsonObject();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.put(NAMES.get(random.nextInt(NAMES.size())), value(depth));
        }
        return object;
    }

    private JsonArray array(int depth) {
        JsonArray array = new JsonArray();
        for (int i = random.nextInt(4); i > 0; i--) {
            array.add(value(depth));
        }
        return array;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** The value as text, with spaces and escapes where JSON allows them. */
    String text(Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString();
    }

    private void write(StringBuilder out, Object value) {
        space(out);
        if (value instanceof JsonObject object) {
            out.append('{');
            String comma = "";
            for (String name : object.fieldNames()) {
                out.append(comma);
                space(out);
                string(out, name);
                space(out);
                out.append(':');
                write(out, object.getValue(name));
                comma = ",";
            }
            space(out);
            out.append('}');
        } else if (value instanceof JsonArray array) {
            out.append('[');
            for (int i = 0; i < array.size(); i++) {
                out.append(i == 0 ? "" : ",");
                write(out, array.getValue(i));
            }
            space(out);
            out.append(']');
        } else if (value instanceof String text) {
            string(out, text);
        } else {
            out.append(value);
        }
        space(out);
    }

    private void space(StringBuilder out) {
        if (chance(6)) {
            out.append(" \n\t\r".charAt(random.nextInt(4)));
        }
    }

    private void string(StringBuilder out, String text) {
        out.append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (!Character.isSurrogate(c) && chance(12)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
