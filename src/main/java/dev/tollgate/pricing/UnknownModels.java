package dev.tollgate.pricing;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which models the price book lacks, so that each is logged once and not with every call. Forgets the one that
 * was not called for longest when there are too many.
 */
public final class UnknownModels {

    private static final int MAX = 1000;

    private final Map<String, Boolean> seen = new LinkedHashMap<>(16, 0.75f, true);

    /** True at the first call of a model, as limits and metrics name it. */
    public synchronized boolean isNew(String model) {
        boolean first = seen.put(model, Boolean.TRUE) == null;
        if (seen.size() > MAX) {
            seen.remove(seen.keySet().iterator().next());
        }
        return first;
    }
}
