package dev.tollgate.telemetry;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a pod did since it started, for people. */
public final class PodCounts {

    private final LongAdder upstreamErrors = new LongAdder();
    // Bounded: its names are those that became label values.
    private final Map<String, LongAdder> unknownPrices = new ConcurrentHashMap<>();

    void upstreamError() {
        upstreamErrors.increment();
    }

    void unknownPrice(String model) {
        unknownPrices.computeIfAbsent(model, m -> new LongAdder()).increment();
    }

    /** Errors of the upstream, before or inside an answer. */
    public long upstreamErrors() {
        return upstreamErrors.sum();
    }

    /** Calls by model that the price book does not know. */
    public SortedMap<String, Long> unknownPrices() {
        SortedMap<String, Long> calls = new TreeMap<>();
        unknownPrices.forEach((model, count) -> calls.put(model, count.sum()));
        return calls;
    }
}
