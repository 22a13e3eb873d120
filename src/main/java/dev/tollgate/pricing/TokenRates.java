package dev.tollgate.pricing;

import dev.tollgate.bedrock.Usage;

/** Prices of the token classes in pico-USD (10^-12 USD) a token, so that every published price is an integer. */
record TokenRates(long input, long output, long cacheRead, long cacheWrite5m, long cacheWrite1h) {

    /** Of a model that is not sold by tokens. */
    static final TokenRates NONE = new TokenRates(0, 0, 0, 0, 0);

    private static final long MAX_PRICE = 1_000_000_000L;
    private static final long MAX_TOKENS = 1_000_000_000L;

    TokenRates {
        for (long price : new long[] {input, output, cacheRead, cacheWrite5m, cacheWrite1h}) {
            if (price < 0 || price > MAX_PRICE) {
                throw new IllegalArgumentException("expected a price from 0 to 1000 USD for a million tokens");
            }
        }
    }

    /** Cost in pico-USD; at most 5 x 10^18, because more than 10^9 tokens of a class count as 10^9. */
    long pico(Usage usage) {
        return of(usage.input(), input)
                + of(usage.output(), output)
                + of(usage.cacheRead(), cacheRead)
                + of(usage.cacheWrite5m(), cacheWrite5m)
                + of(usage.cacheWrite1h(), cacheWrite1h);
    }

    private static long of(long tokens, long price) {
        return Math.min(tokens, MAX_TOKENS) * price;
    }

    /** What makes one price dearer than another if a model is unknown. */
    long weight() {
        return input + output;
    }
}
