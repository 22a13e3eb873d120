package dev.tollgate.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a limit counts. Cache reads count as money only, as in Bedrock's own quota. */
public enum Weight {
    TOKENS,
    QUOTA_TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    REQUESTS,
    USD;

    /** Its name in a policy file. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Weight> of(String label) {
        return Arrays.stream(values()).filter(w -> w.label().equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Weight::label).toList();
    }

    /**
     * What a call counts, in tokens, requests or micro-USD.
     *
     * @param input input and cache-write tokens
     * @param burndown how many quota tokens Bedrock counts for one output token
     */
    public long amount(long input, long output, long microUsd, int burndown) {
        return switch (this) {
            case TOKENS -> input + output;
            case QUOTA_TOKENS -> input + output * burndown;
            case INPUT_TOKENS -> input;
            case OUTPUT_TOKENS -> output;
            case REQUESTS -> 1;
            case USD -> microUsd;
        };
    }
}
