package dev.tollgate.pricing;

import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;

/**
 * Token prices of a model, and what bounds its calls.
 *
 * @param above the prices hold for requests with more input tokens than this, cache included
 * @param contextTokens most input tokens the model takes
 * @param maxOutputTokens output tokens of a call that sets no maximum
 * @param burndown how often an output token counts against Bedrock's own quota
 */
public record Price(TokenRates rates, long above, long contextTokens, long maxOutputTokens, int burndown) {

    /** Pico-USD a token of input. */
    public long input() {
        return rates.input();
    }

    /** Pico-USD a token of output. */
    public long output() {
        return rates.output();
    }

    /** Pico-USD a token read from a cache. */
    public long cacheRead() {
        return rates.cacheRead();
    }

    /** Pico-USD a token written to a cache for five minutes. */
    public long cacheWrite5m() {
        return rates.cacheWrite5m();
    }

    /** Pico-USD a token written to a cache for one hour. */
    public long cacheWrite1h() {
        return rates.cacheWrite1h();
    }

    /** Micro-USD of tokens that cost this many pico-USD at the default tier, at most 5 x 10^18; rounded up. */
    public long microUsd(long pico, ServiceTier tier) {
        return Money.microUsd(pico, tier.percent(), 0);
    }

    /** Cost of tokens in micro-USD, rounded up. */
    public long cost(Usage usage, ServiceTier tier) {
        return Money.microUsd(rates.pico(usage), tier.percent(), 0);
    }
}
