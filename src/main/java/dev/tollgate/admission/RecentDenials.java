package dev.tollgate.admission;

import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Answers a retry storm from memory: a denial holds for at most 100 ms, for calls that want no less. */
final class RecentDenials {

    private static final long MAX_MILLIS = 100;
    private static final int MAX_BUCKETS = 10_000;

    private final InstantSource clock;
    private final Map<String, Denial> denials = new ConcurrentHashMap<>();

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
        denials.put(name(hold, claim), new Denial(decision, claim.estimate(), now, until));
    }

    Decision.@Nullable Denied find(Hold hold) {
        if (denials.isEmpty()) {
            return null;
        }
        long now = clock.millis();
        for (Claim claim : hold.claims()) {
            String name = name(hold, claim);
            Denial denial = denials.get(name);
            if (denial == null) {
                continue;
            }
            if (now >= denial.until || now < denial.at) {
                denials.remove(name, denial);
            } else if (claim.bucket().enforced() && claim.estimate() >= denial.estimate) {
                return denial.decision;
            }
        }
        return null;
    }

    private static String name(Hold hold, Claim claim) {
        return (claim.bucket().shared() ? "" : hold.tenant())
                + '\n'
                + claim.bucket().field();
    }
}
