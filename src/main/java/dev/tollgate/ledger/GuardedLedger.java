package dev.tollgate.ledger;

import dev.tollgate.Deadlines;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A ledger that is waited for no longer than a deadline, counted from when the request was written, and not asked while it
 * is down. Replies arrive on the caller's own context. Only the ledger's failures count; a bug passes through as it is.
 */
public final class GuardedLedger implements Ledger {

    private final Vertx vertx;
    private final Ledger ledger;
    private final Deadlines deadlines;
    private final String missed;
    private final Breaker breaker = new Breaker(System::nanoTime);

    /** @param deadline of an admit, at least 1 ms; the other operations wait until their connection is given up */
    public GuardedLedger(Vertx vertx, Ledger ledger, Duration deadline) {
        this.vertx = vertx;
        this.ledger = ledger;
        this.deadlines = new Deadlines(vertx, deadline);
        this.missed = "no answer of the ledger within " + Math.max(1, deadline.toMillis()) + " ms";
    }

    /** closed, open or half_open. */
    public String mode() {
        return breaker.mode();
    }

    @Override
    public Future<AdmitReply> admit(Hold hold, Runnable written) {
        Promise<AdmitReply> first = Promise.promise();
        Deadlines.Deadline deadline = deadlines.of(() -> expire(first));
        return guard(() -> {
            ledger.admit(hold, () -> {
                        written.run();
                        deadline.start();
                    })
                    .onComplete(reply -> {
                        deadline.met();
                        complete(first, reply);
                    });
            return first.future();
        });
    }

    /** A busy event loop runs its timers before it reads: this short one comes after what had already arrived. */
    private void expire(Promise<AdmitReply> first) {
        vertx.setTimer(1, t -> first.tryFail(new LedgerException(LedgerFault.TIMEOUT, missed)));
    }

    @Override
    public Future<SettleReply> settle(Hold hold) {
        return guard(() -> ledger.settle(hold));
    }

    @Override
    public Future<SettleReply> release(Hold hold) {
        return guard(() -> ledger.release(hold));
    }

    @Override
    public Future<Boolean> extend(Hold hold) {
        return guard(() -> ledger.extend(hold));
    }

    @Override
    public Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
        return guard(() -> ledger.peek(tenant, buckets));
    }

    @Override
    public Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
        return guard(() -> ledger.mark(tenant, budget, threshold));
    }

    @Override
    public Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
        return guard(() -> ledger.spend(tenant, cursor, limit));
    }

    @Override
    public void abandon(Hold hold) {
        ledger.abandon(hold);
    }

    private <T> Future<T> guard(Supplier<Future<T>> operation) {
        if (!breaker.allows()) {
            return Future.failedFuture(
                    new LedgerException(LedgerFault.OPEN_CIRCUIT, "the ledger is down; it is not queried again yet"));
        }
        Context caller = Vertx.currentContext();
        Promise<T> promise = Promise.promise();
        operation.get().onComplete(reply -> {
            if (reply.succeeded()) {
                breaker.answered();
            } else if (reply.cause() instanceof LedgerException failure) {
                breaker.failed(failure.fault());
            }
            if (caller == null || caller == Vertx.currentContext()) {
                complete(promise, reply);
            } else {
                caller.runOnContext(v -> complete(promise, reply));
            }
        });
        return promise.future();
    }

    private static <T> void complete(Promise<T> promise, AsyncResult<T> result) {
        if (result.succeeded()) {
            promise.tryComplete(result.result());
        } else {
            promise.tryFail(result.cause());
        }
    }
}
