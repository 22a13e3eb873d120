package dev.tollgate.bedrock;

import java.util.List;
import java.util.Optional;

/**
 * What an answer reported of its own usage.
 *
 * @param usage final counts; empty unless the answer reported them (the first event of a stream is not final)
 * @param passed what passed at least: counts reported so far, and output counted from the bytes that passed
 * @param tier that served the call, if the answer names it
 * @param optimized whether latency-optimised inference served the call, if the answer says so
 * @param purchases units beside tokens that the answer reported, such as a guardrail's text units
 */
public record Metered(
        Optional<Usage> usage,
        Usage passed,
        Optional<ServiceTier> tier,
        Optional<Boolean> optimized,
        List<Purchase> purchases) {

    /** An answer that reported nothing, and of which nothing passed. */
    public static final Metered NOTHING = new Metered(Optional.empty(), Usage.NONE, Optional.empty());

    public Metered {
        purchases = List.copyOf(purchases);
    }

    /** An answer that reported tokens only. */
    public Metered(Optional<Usage> usage, Usage passed, Optional<ServiceTier> tier) {
        this(usage, passed, tier, Optional.empty(), List.of());
    }
}
