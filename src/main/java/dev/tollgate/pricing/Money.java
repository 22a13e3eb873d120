package dev.tollgate.pricing;

/** Rounds money up to the micro-USD, in integers. */
final class Money {

    private static final long PICO_PER_MICRO = 1_000_000L;
    private static final long HUNDREDTHS = 100 * PICO_PER_MICRO;

    private Money() {}

    /**
     * The sum in micro-USD, rounded up once.
     *
     * @param tokens pico-USD of tokens, at most 5 x 10^18
     * @param percent of the token price that the tier costs, at most 1,000
     * @param units pico-USD of other units, at most 9 x 10^18
     */
    static long microUsd(long tokens, int percent, long units) {
        long whole = tokens / HUNDREDTHS * percent + units / PICO_PER_MICRO;
        long rest = tokens % HUNDREDTHS * percent + units % PICO_PER_MICRO * 100;
        return whole + (rest + HUNDREDTHS - 1) / HUNDREDTHS;
    }
}
