package dev.tollgate.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Meters of one name that differ by one label: each is resolved once, so that a call finds it without allocating. */
final class ByLabel<M> {

    private final Map<String, M> meters = new ConcurrentHashMap<>();
    private final Function<String, M> meter;

    /** @param meter makes the meter of a label's value */
    ByLabel(Function<String, M> meter) {
        this.meter = meter;
    }

    M of(String label) {
        M known = meters.get(label);
        return known != null ? known : meters.computeIfAbsent(label, meter);
    }
}
