package dev.tollgate.control;

import dev.tollgate.admission.LimitStatus;
import java.time.Instant;
import java.util.Optional;

/** When limits have room again, and when budgets end if they are used on as they were so far. */
final class Pace {

    // The first calls of a period say nothing of its pace.
    private static final long MIN_ELAPSED_MILLIS = 60_000;

    private Pace() {}

    /** When a budget starts over, or a rate is full again; empty for one that is full, and for concurrency. */
    static Optional<Instant> resetsAt(LimitStatus limit) {
        boolean full = limit.kind().equals("rate") && limit.remaining() == limit.limit();
        return full || limit.resetMillis() == 0
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(limit.resetMillis()));
    }

    /**
     * When a budget is used up at the pace of its period until now; empty if it starts over before, if it is used up
     * already, and for other limits.
     *
     * @param now when the numbers were reported
     */
    static Optional<Instant> exhaustedAt(LimitStatus limit, Instant now) {
        long elapsed = now.toEpochMilli() - limit.startMillis();
        long taken = limit.used() + limit.held();
        if (!limit.kind().equals("budget")
                || limit.used() == 0
                || taken >= limit.limit()
                || elapsed < MIN_ELAPSED_MILLIS) {
            return Optional.empty();
        }
        // In floating point: the product may be larger than a long.
        double left = (double) elapsed * (limit.limit() - taken) / limit.used();
        double at = now.toEpochMilli() + left;
        return at < limit.resetMillis() ? Optional.of(Instant.ofEpochMilli((long) at)) : Optional.empty();
    }
}
