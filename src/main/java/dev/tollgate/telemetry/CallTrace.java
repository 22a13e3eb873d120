package dev.tollgate.telemetry;

import io.vertx.core.MultiMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A call's place in its trace. Without an exporter there is none, and the caller's headers pass on as they came; with one the
 * upstream's parent is our span.
 */
public final class CallTrace {

    /** Of calls that nobody traces. */
    public static final CallTrace NONE = new CallTrace(Optional.empty(), Optional.empty(), Optional.empty());

    private static final HexFormat HEX = HexFormat.of();
    private static final int ALL_PERCENT = 100;

    private final Optional<TraceParent> own;
    private final Optional<TraceParent> parent;
    private final Optional<String> state;

    private CallTrace(Optional<TraceParent> own, Optional<TraceParent> parent, Optional<String> state) {
        this.own = own;
        this.parent = parent;
        this.state = state;
    }

    /**
     * Takes up the caller's trace, or starts one.
     *
     * @param samplePercent of traces that start here; a caller's decision stays as it is
     */
    static CallTrace of(MultiMap request, int samplePercent) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        List<String> headers = request.getAll(TraceParent.HEADER);
        Optional<TraceParent> parent = headers.size() == 1 ? TraceParent.parse(headers.get(0)) : Optional.empty();
        String spanId = id(random);
        TraceParent own = parent.map(p -> new TraceParent(p.traceId(), spanId, p.sampled()))
                .orElseGet(() ->
                        new TraceParent(id(random) + id(random), spanId, random.nextInt(ALL_PERCENT) < samplePercent));
        Optional<String> state = parent.map(p -> String.join(",", request.getAll(TraceParent.STATE)))
                .filter(text -> !text.isEmpty());
        return new CallTrace(Optional.of(own), parent, state);
    }

    /** 16 hexadecimal digits, not all of them 0. */
    private static String id(ThreadLocalRandom random) {
        long bits = random.nextLong();
        return HEX.toHexDigits(bits == 0 ? 1 : bits);
    }

    /** Lets the upstream's part of the trace begin below our span. */
    public void propagate(MultiMap upstream) {
        own.ifPresent(span -> {
            upstream.set(TraceParent.HEADER, span.header());
            if (parent.isEmpty()) {
                upstream.remove(TraceParent.STATE);
            }
        });
    }

    /** The span to record; empty if nobody records this trace. */
    Optional<TraceParent> recorded() {
        return own.filter(TraceParent::sampled);
    }

    Optional<TraceParent> parent() {
        return parent;
    }

    /** What vendors add to a trace, as it came. */
    Optional<String> state() {
        return state;
    }
}
