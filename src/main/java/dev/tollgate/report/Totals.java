package dev.tollgate.report;

import java.util.HashSet;
import java.util.Set;

/** Sums of a group, all integers. {@code calls} holds failed and denied ones too. */
public final class Totals {

    /** Upper bounds of the latency buckets in ms; the last bucket has none. */
    static final long[] LATENCY_BOUNDS = {250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000};

    private static final int MAX_MODELS = 50;

    long calls;
    long failed;
    long denied;
    long input;
    long output;
    long cacheRead;
    long cacheWrite;
    long cacheWrite1h;
    long latencyMillis;
    /** Micro-USD by part, see {@link CallCost#PARTS}. */
    final long[] cost = new long[CallCost.PARTS];

    final long[] latency = new long[LATENCY_BOUNDS.length + 1];
    /** Some of the models, for people. */
    final Set<String> models = new HashSet<>();

    private String lastModel = "";

    void add(CallRecord call, long[] parts, String model) {
        calls++;
        failed += call.failed ? 1 : 0;
        denied += call.denied ? 1 : 0;
        input += call.input;
        output += call.output;
        cacheRead += call.cacheRead;
        cacheWrite += call.cacheWrite;
        cacheWrite1h += Math.min(call.cacheWrite, call.cacheWrite1h);
        for (int i = 0; i < parts.length; i++) {
            cost[i] += parts[i];
        }
        if (call.latencyMillis >= 0) {
            latencyMillis += call.latencyMillis;
            latency[bucket(call.latencyMillis)]++;
        }
        name(model);
    }

    @SuppressWarnings("ReferenceEquality") // The same object is the usual case, and only saves time.
    private void name(String model) {
        if (model != lastModel && models.size() < MAX_MODELS) {
            models.add(model);
        }
        lastModel = model;
    }

    private static int bucket(long millis) {
        int bucket = 0;
        while (bucket < LATENCY_BOUNDS.length && millis > LATENCY_BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    void add(Totals other) {
        calls += other.calls;
        failed += other.failed;
        denied += other.denied;
        input += other.input;
        output += other.output;
        cacheRead += other.cacheRead;
        cacheWrite += other.cacheWrite;
        cacheWrite1h += other.cacheWrite1h;
        latencyMillis += other.latencyMillis;
        for (int i = 0; i < cost.length; i++) {
            cost[i] += other.cost[i];
        }
        for (int i = 0; i < latency.length; i++) {
            latency[i] += other.latency[i];
        }
        other.models.forEach(this::name);
    }

    long microUsd() {
        long sum = 0;
        for (long part : cost) {
            sum += part;
        }
        return sum;
    }

    long tokens() {
        return input + output + cacheRead + cacheWrite;
    }

    /** Calls of which the latency is known. */
    long timed() {
        long sum = 0;
        for (long count : latency) {
            sum += count;
        }
        return sum;
    }
}
