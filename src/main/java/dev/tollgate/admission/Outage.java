package dev.tollgate.admission;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.Limit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Decides while the ledger does not answer, limit by limit as the policy says: {@code deny}, {@code open}, or
 * {@code share}: a local bucket with 1/N of the limit, N the pods last seen alive. The worst of an outage is then one
 * more burst over all pods together. After the grace time shares are used up too.
 */
final class Outage {

    private final InstantSource clock;
    private final Duration grace;
    private final IntSupplier pods;
    private final AdmissionListener listener;
    private final LocalLedger shares;
    private long since = -1;
    private int sharedBy = 1;
    private long shareVersion = 1;

    Outage(InstantSource clock, Duration grace, IntSupplier pods, AdmissionListener listener) {
        this.clock = clock;
        this.grace = grace;
        this.pods = pods;
        this.listener = listener;
        this.shares = new LocalLedger(clock);
    }

    synchronized void over() {
        since = -1;
    }

    /** Milliseconds of continuous outage, begun now if it had not. */
    private synchronized long lasted() {
        since = since < 0 ? clock.millis() : since;
        int n = Math.max(1, pods.getAsInt());
        if (n != sharedBy) {
            sharedBy = n;
            shareVersion++;
        }
        return clock.millis() - since;
    }

    /** What a limit says of a call during an outage. */
    record Refusal(int index, Optional<AdmitReply> share) {}

    /** Empty where the call may be made. */
    Optional<Refusal> decide(Plan plan, Hold hold) {
        boolean graceIsOver = lasted() > grace.toMillis();
        List<Claim> shared = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < plan.limits().size(); i++) {
            Limit limit = plan.limits().get(i);
            switch (limit.onLedgerFailure()) {
                case DENY -> {
                    return Optional.of(new Refusal(i, Optional.empty()));
                }
                case SHARE -> {
                    if (graceIsOver) {
                        return Optional.of(new Refusal(i, Optional.empty()));
                    }
                    shared.add(Claim.of(
                            share(plan.claims().get(i).bucket()),
                            plan.claims().get(i).estimate()));
                    indexes.add(i);
                }
                case OPEN -> {}
            }
        }
        AdmitReply reply = shares.admit(hold.withClaims(shared)).result();
        if (reply instanceof AdmitReply.Denied denied) {
            return Optional.of(new Refusal(indexes.get(denied.index()), Optional.of(denied)));
        }
        if (reply instanceof AdmitReply.TooLarge large) {
            return Optional.of(new Refusal(indexes.get(large.index()), Optional.empty()));
        }
        plan.limits().stream()
                .filter(l -> l.onLedgerFailure() == Limit.OnLedgerFailure.OPEN)
                .forEach(l -> listener.failedOpen(l.name()));
        return Optional.empty();
    }

    /** Ends what a call held of the shares; for rates its estimate stays taken. */
    void ended(Hold hold) {
        shares.settle(hold.withClaims(hold.claims().stream()
                .filter(c -> c.bucket() instanceof Bucket.Concurrency)
                .map(c -> Claim.of(share(c.bucket()), c.estimate()))
                .toList()));
    }

    private synchronized Bucket share(Bucket bucket) {
        if (bucket instanceof Bucket.Rate rate) {
            return new Bucket.Rate(
                    rate.field(),
                    rate.shared(),
                    rate.enforced(),
                    Math.max(1, rate.burst() / sharedBy),
                    Math.max(1, rate.rate() / sharedBy),
                    rate.periodMillis(),
                    shareVersion);
        }
        if (bucket instanceof Bucket.Concurrency concurrency) {
            return new Bucket.Concurrency(
                    concurrency.field(),
                    concurrency.shared(),
                    concurrency.enforced(),
                    Math.max(1, concurrency.limit() / sharedBy));
        }
        return bucket;
    }
}
