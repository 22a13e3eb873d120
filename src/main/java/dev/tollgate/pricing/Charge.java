package dev.tollgate.pricing;

import dev.tollgate.bedrock.Usage;

/**
 * What a call is charged.
 *
 * @param microUsd cost of the usage, in micro-USD
 * @param burndown how often an output token counts against Bedrock's own quota
 * @param estimated true if the answer did not report its final usage
 */
public record Charge(Usage usage, long microUsd, int burndown, boolean estimated) {

    /** Of a call that cost nothing. */
    public static final Charge NOTHING = new Charge(Usage.NONE, 0, 1, false);
}
