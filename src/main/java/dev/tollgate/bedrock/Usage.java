package dev.tollgate.bedrock;

/**
 * Tokens of one call, as they are billed: the four classes do not overlap. All are from 0 to 2^52.
 *
 * @param input without those read from or written to a cache
 * @param cacheWrite5m written to a cache for five minutes
 * @param cacheWrite1h written to a cache for one hour
 */
public record Usage(long input, long output, long cacheRead, long cacheWrite5m, long cacheWrite1h) {

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    private static final long MAX = 1L << 52;

    public Usage {
        input = clamp(input);
        output = clamp(output);
        cacheRead = clamp(cacheRead);
        cacheWrite5m = clamp(cacheWrite5m);
        cacheWrite1h = clamp(cacheWrite1h);
    }

    private static long clamp(long tokens) {
        return Math.max(0, Math.min(MAX, tokens));
    }

    public long cacheWrite() {
        return cacheWrite5m + cacheWrite1h;
    }

    /** All that the model read: what a long-context price tier is chosen by. */
    public long allInput() {
        return input + cacheRead + cacheWrite();
    }
}
