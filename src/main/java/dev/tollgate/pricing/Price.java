package dev.tollgate.pricing;

import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;

/**
 * Token prices of a model, and what bounds its calls.
 *
 * @param contextTokens most input tokens the model takes
 * @param maxOutputTokens output tokens of a call that sets no maximum
 * @param burndown how often an output token counts against Bedrock's own quota
 */
public record Price(TokenRates rates, long contextTokens, long maxOutputTokens, int burndown) {

    /** Cost of tokens in micro-USD, rounded up. */
    public long cost(Usage usage, ServiceTier tier) {
        return Money.microUsd(rates.pico(usage), tier.percent(), 0);
    }
}
