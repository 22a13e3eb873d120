package dev.tollgate.pricing;

/**
 * What a call may cost before it is made.
 *
 * @param inputTokens all classes of input together
 * @param outputTokens the caller's maximum, or the model's
 * @param microUsd cost of those and of what is bought beside tokens, rounded up; at least 1 unless the call is free
 * @param usesTokens false for operations that no token limit guards
 * @param priced false if the price book has no line for the model, or for a requested option or unit
 */
public record Estimate(
        long inputTokens, long outputTokens, long microUsd, boolean usesTokens, boolean priced, PriceBook.Quote quote) {

    /** True if money limits guard the call. */
    public boolean costs() {
        return usesTokens || microUsd > 0;
    }

    /** Of a call that costs nothing. */
    public static Estimate free(PriceBook.Quote quote) {
        return new Estimate(0, 0, 0, false, true, quote);
    }
}
