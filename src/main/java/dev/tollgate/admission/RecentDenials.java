package dev.tollgate.admission;

import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Answers a retry storm from memory: a denial holds for at most 100 ms, for calls that claim no less. */
final class RecentDenials {

    private static final long MAX_MILLIS = 100;
    private static final int MAX_BUCKETS = 10_000;

    private final InstantSource clock;
    private final Map<BucketKey, Denial> denials = new ConcurrentHashMap<>();

    private record Denial(Decision.Denied decision, long estimate, long at, long until) {}

    RecentDenials(InstantSource clock) {
        this.clock = clock;
    }

    void remember(Hold hold, int index, Decision.Denied decision) {
        Claim claim = hold.claims().get(index);
        // A concurrency limit can free at any moment, and its ledger wait is only a guess.
        if (decision.reason() == Decision.Reason.CONCURRENCY || denials.size() >= MAX_BUCKETS) {
            denials.values().removeIf(d -> d.until <= clock.millis());
            return;
        }
        long now = clock.millis();
        long until = now + Math.min(decision.waitMillis(), MAX_MILLIS);
        denials.put(claim.bucket().key(hold.tenant()), new Denial(decision, claim.estimate(), now, until));
    }

    Optional<Decision.Denied> find(Hold hold) {
        if (denials.isEmpty()) {
            return Optional.empty();
        }
        long now = clock.millis();
        for (Claim claim : hold.claims()) {
            BucketKey key = claim.bucket().key(hold.tenant());
            Denial denial = denials.get(key);
            if (denial == null) {
                continue;
            }
            if (now >= denial.until || now < denial.at) {
                denials.remove(key, denial);
            } else if (claim.bucket().enforced() && claim.estimate() >= denial.estimate) {
                return Optional.of(denial.decision);
            }
        }
        return Optional.empty();
    }
}
