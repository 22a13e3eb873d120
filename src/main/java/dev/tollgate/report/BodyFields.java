package dev.tollgate.report;

import dev.tollgate.bedrock.ServiceTier;

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
    private long images;
    private boolean premium;

    void clear() {
        images = 0;
        premium = false;
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
        call.images = call.images == 0 ? images : call.images;
        call.premium = premium;
        if (!counted) {
            call.input = input;
            call.output = Math.max(call.output, output);
            call.cacheRead = Math.max(call.cacheRead, cacheRead);
            call.cacheWrite = Math.max(call.cacheWrite, cacheWrite);
        }
        call.cacheWrite1h = Math.min(call.cacheWrite, cacheWrite1h);
    }

    void request(JsonCursor in) throws UnreadableException {
        if (in.object()) {
            for (String name; (name = in.name()) != null; ) {
                if (name.equals("imageGenerationConfig")) {
                    quality(in);
                } else {
                    tier(in, name);
                }
            }
        }
    }

    /** Titan's and Nova Canvas' dearer quality. */
    private void quality(JsonCursor in) throws UnreadableException {
        if (in.object()) {
            for (String name; (name = in.name()) != null; ) {
                String value = in.text();
                premium |= name.equals("quality") && value.equals("premium");
            }
        }
    }

    private void images(JsonCursor in) throws UnreadableException {
        if (in.peek() != '[') {
            in.skip();
            return;
        }
        in.expect('[');
        while (in.element()) {
            in.skip();
            images++;
        }
    }

    private void tier(JsonCursor in, String name) throws UnreadableException {
        boolean named = name.equals("serviceTier") || name.equals("service_tier");
        if (!named) {
            in.skip();
        } else if (in.atText()) {
            tier = ServiceTier.of(in.text());
        } else if (in.object()) {
            for (String inner; (inner = in.name()) != null; ) {
                tier(in, inner.equals("type") ? "serviceTier" : "");
            }
        }
    }

    void response(JsonCursor in) throws UnreadableException {
        if (in.peek() == '[') {
            in.expect('[');
            while (in.element()) {
                document(in);
            }
        } else {
            document(in);
        }
    }

    private void document(JsonCursor in) throws UnreadableException {
        if (!in.object()) {
            return;
        }
        for (String name; (name = in.name()) != null; ) {
            switch (name) {
                case "usage" -> usage(in);
                case "images" -> images(in);
                case "metrics", "amazon-bedrock-invocationMetrics" -> metrics(in);
                // Converse's stream, Anthropic's first chunk, OpenAI's last event.
                case "metadata", "message", "response" -> document(in);
                default -> tier(in, name);
            }
        }
    }

    private void usage(JsonCursor in) throws UnreadableException {
        if (!in.object()) {
            return;
        }
        for (String name; (name = in.name()) != null; ) {
            switch (name) {
                case "inputTokens", "input_tokens", "prompt_tokens" -> input = number(in);
                case "outputTokens", "output_tokens", "completion_tokens" -> output = number(in);
                case "cacheReadInputTokens", "cache_read_input_tokens" -> cacheRead = number(in);
                case "cacheWriteInputTokens", "cache_creation_input_tokens" -> cacheWrite = number(in);
                case "cache_creation" -> creation(in);
                case "cacheDetails" -> details(in);
                default -> in.skip();
            }
        }
    }

    /** Anthropic's spelling. */
    private void creation(JsonCursor in) throws UnreadableException {
        if (in.object()) {
            for (String name; (name = in.name()) != null; ) {
                long tokens = number(in);
                cacheWrite1h = name.equals("ephemeral_1h_input_tokens") ? tokens : cacheWrite1h;
            }
        }
    }

    /** Converse's spelling. */
    private void details(JsonCursor in) throws UnreadableException {
        if (in.peek() != '[') {
            in.skip();
            return;
        }
        in.expect('[');
        long sum = 0;
        while (in.element()) {
            sum += oneHour(in);
        }
        cacheWrite1h = sum;
    }

    private static long oneHour(JsonCursor in) throws UnreadableException {
        boolean oneHour = false;
        long tokens = 0;
        if (in.object()) {
            for (String name; (name = in.name()) != null; ) {
                switch (name) {
                    case "ttl" -> oneHour = in.text().equals("1h");
                    case "inputTokens" -> tokens = number(in);
                    default -> in.skip();
                }
            }
        }
        return oneHour ? tokens : 0;
    }

    private void metrics(JsonCursor in) throws UnreadableException {
        if (in.object()) {
            for (String name; (name = in.name()) != null; ) {
                boolean latency = name.equals("latencyMs") || name.equals("invocationLatency");
                long number = number(in);
                latencyMillis = latency ? number : latencyMillis;
            }
        }
    }

    private static long number(JsonCursor in) throws UnreadableException {
        if (in.atInteger()) {
            return Math.max(0, Math.min(1L << 40, in.integer()));
        }
        in.skip();
        return 0;
    }
}
