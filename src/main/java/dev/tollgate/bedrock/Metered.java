package dev.tollgate.bedrock;

import java.util.Optional;

/**
 * What an answer reported of its own usage.
 *
 * @param usage final counts; empty unless the answer reported them (the first event of a stream is not final)
 * @param passed what passed at least: counts reported so far, and output counted from the bytes that passed
 * @param tier that served the call, if the answer names it
 */
public record Metered(Optional<Usage> usage, Usage passed, Optional<ServiceTier> tier) {

    /** An answer that reported nothing, and of which nothing passed. */
    public static final Metered NOTHING = new Metered(Optional.empty(), Usage.NONE, Optional.empty());
}
