package dev.tollgate.admission;

import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.SettleReply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sees every settle and release through: repeated by id with back-off until the ledger has answered. Bounded in number and
 * time; what does not fit is reported as unsettled, and the hold's lease charges its estimate. The queue survives a SIGTERM,
 * whose drain it sees through, and nothing else.
 */
final class Settlements {

    private static final Logger LOG = Logger.getLogger(Settlements.class);
    private static final int MAX_PENDING = 10_000;

    // What no limit waits for leaves room for what one does.
    private static final int MAX_COUNTED = 5_000;
    private static final long FIRST_RETRY_MILLIS = 50;
    private static final long LAST_RETRY_MILLIS = 2000;

    // The ledger remembers a lapsed hold for a day; a settlement must not come after that.
    private static final long MAX_AGE_NANOS = 12 * 3_600_000_000_000L;

    private final Vertx vertx;
    private final Ledger ledger;
    private final AdmissionListener listener;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile @Nullable Promise<Void> drained;

    private record Settlement(Hold hold, boolean releases, long startNanos) {
        /** True if no limit guards the call: only its tenant's spend waits for it. */
        boolean onlyCounts() {
            return hold.claims().isEmpty();
        }

        String name() {
            return releases ? "release" : "settle";
        }
    }

    Settlements(Vertx vertx, Ledger ledger, AdmissionListener listener) {
        this.vertx = vertx;
        this.ledger = ledger;
        this.listener = listener;
    }

    void settle(Hold hold) {
        begin(new Settlement(hold, false, System.nanoTime()));
    }

    void release(Hold hold) {
        begin(new Settlement(hold, true, System.nanoTime()));
    }

    int pending() {
        return pending.get();
    }

    /** Completes when nothing is pending. */
    Future<Void> drain() {
        Promise<Void> promise = Promise.promise();
        drained = promise;
        completeIfDrained();
        return promise.future();
    }

    private void completeIfDrained() {
        Promise<Void> waiting = drained;
        if (waiting != null && pending.get() == 0) {
            waiting.tryComplete();
        }
    }

    private void begin(Settlement settlement) {
        if (settlement.hold.claims().isEmpty()
                && (settlement.releases || settlement.hold.used().isNone())) {
            return;
        }
        if (pending.incrementAndGet() > (settlement.onlyCounts() ? MAX_COUNTED : MAX_PENDING)) {
            unsettled(settlement);
            return;
        }
        attempt(settlement, FIRST_RETRY_MILLIS);
    }

    private void attempt(Settlement settlement, long retryMillis) {
        long sentNanos = System.nanoTime();
        Hold hold = settlement.hold;
        Future<SettleReply> reply = settlement.releases ? ledger.release(hold) : ledger.settle(hold);
        reply.onSuccess(how -> {
                    listener.ledgerAnswered(settlement.name(), System.nanoTime() - sentNanos);
                    count(settlement, how);
                    end();
                })
                .onFailure(e -> {
                    if (!(e instanceof LedgerException failure)) {
                        LOG.error("A settlement failed inside Tollgate", e);
                        unsettled(settlement);
                        return;
                    }
                    listener.ledgerFailed(failure.fault());
                    boolean tooOld = sentNanos - settlement.startNanos > MAX_AGE_NANOS;
                    boolean stopping = drained != null && settlement.onlyCounts();
                    if (failure.fault().hopeless() || tooOld || stopping) {
                        unsettled(settlement);
                        return;
                    }
                    long next = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
                    vertx.setTimer(retryMillis, t -> attempt(settlement, next));
                });
    }

    private void count(Settlement settlement, SettleReply reply) {
        Hold hold = settlement.hold;
        if (reply == SettleReply.LATE || reply == SettleReply.UNKNOWN && !settlement.releases) {
            listener.settlement(hold.tenant(), "late");
        } else if (!settlement.releases) {
            boolean overrun = false;
            boolean refund = false;
            for (Claim claim : hold.claims()) {
                overrun |= claim.actual() > claim.estimate();
                refund |= claim.actual() < claim.estimate();
            }
            if (overrun || refund) {
                listener.settlement(hold.tenant(), overrun ? "overrun" : "refund");
            }
        }
    }

    private void unsettled(Settlement settlement) {
        ledger.abandon(settlement.hold);
        listener.settlement(settlement.hold.tenant(), "unsettled");
        end();
    }

    private void end() {
        pending.decrementAndGet();
        completeIfDrained();
    }
}
