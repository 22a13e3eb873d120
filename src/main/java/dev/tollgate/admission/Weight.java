package dev.tollgate.admission;

import dev.tollgate.bedrock.Usage;
import dev.tollgate.pricing.Estimate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a limit counts. Cache reads count for none but money, as in Bedrock's own quota. */
public enum Weight {
    TOKENS,
    QUOTA_TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    REQUESTS,
    USD;

    /** As it is written in a policy file. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Weight> of(String label) {
        return Arrays.stream(values()).filter(w -> w.label().equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Weight::label).toList();
    }

    /** Amount to reserve: tokens, requests or micro-USD. */
    long of(Estimate estimate) {
        long burndown = estimate.quote().price().burndown();
        return switch (this) {
            case TOKENS -> estimate.inputTokens() + estimate.outputTokens();
            case QUOTA_TOKENS -> estimate.inputTokens() + estimate.outputTokens() * burndown;
            case INPUT_TOKENS -> estimate.inputTokens();
            case OUTPUT_TOKENS -> estimate.outputTokens();
            case REQUESTS -> 1;
            case USD -> estimate.microUsd();
        };
    }

    /** Amount really used. */
    long of(Usage usage, long microUsd, int burndown) {
        long input = usage.input() + usage.cacheWrite();
        return switch (this) {
            case TOKENS -> input + usage.output();
            case QUOTA_TOKENS -> input + usage.output() * burndown;
            case INPUT_TOKENS -> input;
            case OUTPUT_TOKENS -> usage.output();
            case REQUESTS -> 1;
            case USD -> microUsd;
        };
    }
}
