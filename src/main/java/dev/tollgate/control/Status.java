package dev.tollgate.control;

import dev.tollgate.admission.LimitsSnapshot;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * What one pod shows at one moment: of the fleet as the ledger last reported it, of itself as it is now.
 *
 * @param limits sorted, of those that this pod shows
 */
record Status(Instant now, PodFacts pod, LimitsSnapshot limits, SpendSnapshot spend) {

    /** Milliseconds since the older of limits and spend was reported, and not less than the ledger's silence. */
    long ageMillis() {
        long silent = pod.ledger().health().get().up()
                ? 0
                : pod.ledger().health().get().ageMillis();
        return Stream.of(limits.at(), spend.at())
                .filter(at -> at.isAfter(Instant.EPOCH))
                .mapToLong(at -> now.toEpochMilli() - at.toEpochMilli())
                .reduce(silent, Math::max);
    }

    Summary summary() {
        return Summary.of(pod, limits.limits());
    }
}
