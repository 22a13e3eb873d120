package dev.tollgate.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Bounds the model names that become label values: made-up names never take the place of real ones. */
final class ModelNames {

    private static final int MAX_KNOWN = 500;
    private static final int MAX_UNKNOWN = 20;

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();

    /**
     * The name itself, or {@link CallLabels#OTHER} if there are too many.
     *
     * @param real true if the price book knows the model
     */
    String bounded(String name, boolean real) {
        Set<String> names = real ? known : unknown;
        if (names.contains(name)) {
            return name;
        }
        if (names.size() >= (real ? MAX_KNOWN : MAX_UNKNOWN)) {
            return CallLabels.OTHER;
        }
        names.add(name);
        return name;
    }
}
