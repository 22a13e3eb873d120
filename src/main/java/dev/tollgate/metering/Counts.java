package dev.tollgate.metering;

import dev.tollgate.bedrock.Usage;

/** Token counts in every family's spelling; -1 if not reported. Later counts replace earlier ones: streams are cumulative. */
final class Counts {

    private long input = -1;
    private long output = -1;
    private long cacheRead = -1;
    private long cacheWrite = -1;
    private long cacheWrite5m = -1;
    private long cacheWrite1h = -1;
    private long readInside = -1;
    private long writeInside = -1;
    private boolean unreadable;

    /** Forgets all. */
    void restart() {
        input = -1;
        output = -1;
        cacheRead = -1;
        cacheWrite = -1;
        cacheWrite5m = -1;
        cacheWrite1h = -1;
        readInside = -1;
        writeInside = -1;
        unreadable = false;
    }

    /** True once input or output was reported, and each as a count. */
    boolean found() {
        return (input >= 0 || output >= 0) && !unreadable;
    }

    /** True if input and output were reported, or neither: a usage of units other than tokens. */
    boolean whole() {
        return input >= 0 == output >= 0;
    }

    boolean inputFound() {
        return input >= 0;
    }

    /** A member of a usage object. */
    void usage(String name, long value) {
        switch (name) {
            case "inputTokens", "input_tokens", "prompt_tokens", "inputTextTokenCount", "prompt_token_count" ->
                input = value;
            case "outputTokens",
                    "output_tokens",
                    "completion_tokens",
                    "generation_token_count",
                    "totalOutputTextTokenCount" -> output = value;
            case "cacheReadInputTokens", "cache_read_input_tokens", "cacheReadInputTokenCount" -> cacheRead = value;
            case "cacheWriteInputTokens", "cache_creation_input_tokens", "cacheWriteInputTokenCount" ->
                cacheWrite = value;
            default -> {
                return;
            }
        }
        unreadable |= value == JsonScanner.NO_COUNT;
    }

    /** A member of {@code amazon-bedrock-invocationMetrics}. */
    void invocationMetrics(String name, long value) {
        switch (name) {
            case "inputTokenCount" -> usage("inputTokens", value);
            case "outputTokenCount" -> usage("outputTokens", value);
            default -> usage(name, value);
        }
    }

    /** A member of Anthropic's {@code cache_creation}. */
    void cacheCreation(String name, long value) {
        if (name.equals("ephemeral_5m_input_tokens")) {
            cacheWrite5m = value;
        } else if (name.equals("ephemeral_1h_input_tokens")) {
            cacheWrite1h = value;
        }
    }

    /** A member of the details of an OpenAI-shaped input count, which includes them. */
    void inputDetails(String name, long value) {
        if (name.equals("cached_tokens")) {
            readInside = value;
        } else if (name.equals("cache_write_tokens")) {
            writeInside = value;
        }
    }

    /** Starts over with Converse's {@code cacheDetails}. */
    void restartCacheDetails() {
        cacheWrite5m = 0;
        cacheWrite1h = 0;
    }

    /** An element of Converse's {@code cacheDetails}. */
    void cacheDetail(boolean oneHour, long tokens) {
        if (oneHour) {
            cacheWrite1h = Math.max(0, cacheWrite1h) + tokens;
        } else {
            cacheWrite5m = Math.max(0, cacheWrite5m) + tokens;
        }
    }

    /** The output of one of several results of Titan. */
    void addOutput(long tokens) {
        output = Math.max(0, output) + tokens;
    }

    /** Takes over what another document reported. */
    void replaceBy(Counts later) {
        input = later.input >= 0 ? later.input : input;
        output = later.output >= 0 ? later.output : output;
        cacheRead = later.cacheRead >= 0 ? later.cacheRead : cacheRead;
        cacheWrite = later.cacheWrite >= 0 ? later.cacheWrite : cacheWrite;
        cacheWrite5m = later.cacheWrite5m >= 0 ? later.cacheWrite5m : cacheWrite5m;
        cacheWrite1h = later.cacheWrite1h >= 0 ? later.cacheWrite1h : cacheWrite1h;
        readInside = later.readInside >= 0 ? later.readInside : readInside;
        writeInside = later.writeInside >= 0 ? later.writeInside : writeInside;
    }

    /**
     * Takes over Bedrock's own metrics. Their input excludes the cache, unless it equals an OpenAI-shaped count and says
     * nothing of the cache.
     */
    void replaceByMetrics(Counts metrics) {
        boolean sameTotal = metrics.input == input && metrics.cacheRead < 0;
        if (metrics.input >= 0 && !sameTotal) {
            cacheRead = Math.max(cacheRead, readInside);
            cacheWrite = Math.max(cacheWrite, writeInside);
            readInside = -1;
            writeInside = -1;
        }
        replaceBy(metrics);
    }

    /** The counts as they are billed: no class includes another. */
    Usage toUsage() {
        long read = readInside >= 0 ? readInside : Math.max(0, cacheRead);
        long written = writeInside >= 0 ? writeInside : Math.max(0, cacheWrite);
        long inside = Math.max(0, readInside) + Math.max(0, writeInside);
        long oneHour = Math.max(0, cacheWrite1h);
        long fiveMinutes = cacheWrite5m >= 0 || cacheWrite1h >= 0 ? Math.max(0, cacheWrite5m) : written;
        // A total without a breakdown by time to live, or larger than it, counts as five minutes.
        fiveMinutes = Math.max(fiveMinutes, written - oneHour);
        return new Usage(input - inside, output, read, fiveMinutes, oneHour);
    }
}
