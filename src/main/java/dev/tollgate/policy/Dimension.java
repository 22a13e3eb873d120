package dev.tollgate.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a limit can match, or keep separate buckets for. */
public enum Dimension {
    TENANT,
    MODEL,
    APPLICATION,
    COST_CENTER,
    ENVIRONMENT,
    /** Whom the application names, with {@code trust=request}; {@code none} where it names nobody. */
    USER;

    /** Its name in a policy file. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Dimension> of(String label) {
        return Arrays.stream(values()).filter(d -> d.label().equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Dimension::label).toList();
    }
}
