package dev.tollgate.pricing;

/**
 * What a call may cost before it is made.
 *
 * @param inputTokens all classes of input together
 * @param outputTokens the caller's maximum, or the model's
 * @param microUsd cost of those, rounded up
 */
public record Estimate(long inputTokens, long outputTokens, long microUsd, PriceBook.Quote quote) {

    /** Of a call that uses no tokens. */
    public static Estimate free(PriceBook.Quote quote) {
        return new Estimate(0, 0, 0, quote);
    }
}
