package dev.tollgate.admission;

import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers a retry storm from memory: a denial holds for at most 100 ms, for calls that claim no less. If the limit frees
 * later than that, one call queries the ledger again, and the others are denied from memory until it is answered, for at most
 * another 100 ms: a hot limit costs ten runs of the script a second, however many calls come.
 */
final class RecentDenials {

    private static final long MAX_MILLIS = 100;
    private static final int MAX_BUCKETS = 10_000;

    private final InstantSource clock;
    private final Map<BucketKey, Denial> denials = new ConcurrentHashMap<>();

    /** What is denied at least as much; compared by identity. */
    private static final class Denial {
        final Decision.Denied decision;
        final long estimate;
        final long at;
        final long until;

        Denial(Decision.Denied decision, long estimate, long at, long until) {
            this.decision = decision;
            this.estimate = estimate;
            this.at = at;
            this.until = until;
        }

        boolean holds(long now) {
            return at <= now && now < until;
        }

        /** True if it is too old, but surely as true as before: others can be denied while one call queries the ledger. */
        boolean lasts(long now) {
            return at <= now && now < at + 2 * MAX_MILLIS && now + MAX_MILLIS < at + decision.waitMillis();
        }

        Denial whileAsked() {
            return new Denial(decision, estimate, at, at + 2 * MAX_MILLIS);
        }
    }

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
            boolean holds = denial.holds(now);
            if (!holds && !denial.lasts(now)) {
                denials.remove(key, denial);
            } else if (claim.bucket().enforced() && claim.estimate() >= denial.estimate) {
                boolean asks = !holds && denials.replace(key, denial, denial.whileAsked());
                if (!asks) {
                    return Optional.of(denial.decision);
                }
            }
        }
        return Optional.empty();
    }

    /** The ledger admitted what was denied before. */
    void forget(Hold hold) {
        if (denials.isEmpty()) {
            return;
        }
        for (Claim claim : hold.claims()) {
            BucketKey key = claim.bucket().key(hold.tenant());
            Denial denial = denials.get(key);
            if (denial != null && claim.estimate() >= denial.estimate) {
                denials.remove(key, denial);
            }
        }
    }
}
