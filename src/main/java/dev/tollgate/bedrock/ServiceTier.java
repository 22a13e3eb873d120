package dev.tollgate.bedrock;

import java.util.Locale;

/** Processing tiers of a call; flex costs half, priority 75 % more (Amazon Bedrock pricing, service tiers). */
public enum ServiceTier {
    DEFAULT(100),
    FLEX(50),
    PRIORITY(175),
    RESERVED(100),
    BATCH(50);

    private final int percent;

    ServiceTier(int percent) {
        this.percent = percent;
    }

    /** Percent of the on-demand price. */
    public int percent() {
        return percent;
    }

    /** The tier of a name as requests and answers spell it; {@link #DEFAULT} if the name is unknown. */
    public static ServiceTier of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "flex" -> FLEX;
            case "priority" -> PRIORITY;
            case "reserved" -> RESERVED;
            case "batch" -> BATCH;
            default -> DEFAULT;
        };
    }
}
