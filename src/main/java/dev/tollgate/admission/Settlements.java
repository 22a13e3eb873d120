package dev.tollgate.admission;

import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.SettleReply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sees every settle and release through: repeated by id with back-off until the ledger has answered. Bounded in number
 * and time; what does not fit is told as unsettled, and the hold's lease charges its estimate.
 */
final class Settlements {

    private static final int MAX_PENDING = 10_000;
    private static final long FIRST_RETRY_MILLIS = 50;
    private static final long LAST_RETRY_MILLIS = 2000;

    // The ledger forgets an id one hour after its lease; a settlement must not come after that.
    private static final long MAX_AGE_MILLIS = 50 * 60_000L;

    private final Vertx vertx;
    private final Ledger ledger;
    private final AdmissionListener listener;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile @Nullable Promise<Void> drained;

    Settlements(Vertx vertx, Ledger ledger, AdmissionListener listener) {
        this.vertx = vertx;
        this.ledger = ledger;
        this.listener = listener;
    }

    void settle(Hold hold) {
        begin(hold, false);
    }

    void release(Hold hold) {
        begin(hold, true);
    }

    int pending() {
        return pending.get();
    }

    /** Completes when nothing is pending. */
    Future<Void> drain() {
        Promise<Void> promise = Promise.promise();
        drained = promise;
        told();
        return promise.future();
    }

    private void told() {
        Promise<Void> waiting = drained;
        if (waiting != null && pending.get() == 0) {
            waiting.tryComplete();
        }
    }

    private void begin(Hold hold, boolean release) {
        if (hold.claims().isEmpty()) {
            return;
        }
        if (pending.incrementAndGet() > MAX_PENDING) {
            pending.decrementAndGet();
            listener.settlement(hold.tenant(), "unsettled");
            return;
        }
        attempt(hold, release, FIRST_RETRY_MILLIS, System.nanoTime());
    }

    private void attempt(Hold hold, boolean release, long retryMillis, long began) {
        long sent = System.nanoTime();
        Future<SettleReply> reply = release ? ledger.release(hold) : ledger.settle(hold);
        reply.onSuccess(r -> {
                    listener.ledgerAnswered(release ? "release" : "settle", System.nanoTime() - sent);
                    done(hold, release, r);
                })
                .onFailure(e -> {
                    listener.ledgerFailed(LedgerFailures.kind(e));
                    boolean hopeless =
                            LedgerFailures.refused(e) || (System.nanoTime() - began) / 1_000_000 > MAX_AGE_MILLIS;
                    if (hopeless) {
                        listener.settlement(hold.tenant(), "unsettled");
                        end();
                    } else {
                        long next = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
                        vertx.setTimer(retryMillis, t -> attempt(hold, release, next, began));
                    }
                });
    }

    private void done(Hold hold, boolean release, SettleReply reply) {
        if (reply == SettleReply.LATE || reply == SettleReply.UNKNOWN && !release) {
            listener.settlement(hold.tenant(), "late");
        } else if (!release) {
            boolean overrun = hold.claims().stream().anyMatch(c -> c.actual() > c.estimate());
            boolean refund = hold.claims().stream().anyMatch(Settlements::below);
            if (overrun || refund) {
                listener.settlement(hold.tenant(), overrun ? "overrun" : "refund");
            }
        }
        end();
    }

    private static boolean below(Claim claim) {
        return claim.actual() < claim.estimate();
    }

    private void end() {
        pending.decrementAndGet();
        told();
    }
}
