package dev.tollgate.pricing;

import java.time.LocalDate;

/**
 * What the price of a call depends on beside the model.
 *
 * @param scope {@code global} or {@code regional}
 * @param day in UTC
 * @param inputTokens of the whole request, cache included
 * @param optimized true for latency-optimised inference
 */
record Terms(String scope, LocalDate day, long inputTokens, boolean optimized) {

    Terms standard() {
        return new Terms(scope, day, inputTokens, false);
    }
}
