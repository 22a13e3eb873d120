package dev.tollgate.control;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The last value of something that takes time to ask for. Whoever wants it fresh shares one question; a costly one is asked
 * the more seldom, so that people who watch never take more than a small part of the ledger's time.
 */
final class Polled<T> {

    /** A question that took a millisecond is asked again 20 ms later at the earliest. */
    private static final long PAUSE = 20;

    private final Supplier<Future<T>> source;
    private final LongSupplier nanos;
    private Optional<T> last = Optional.empty();
    private Future<T> running = Future.failedFuture("not asked yet");
    private long askAtNanos;
    private boolean asked;

    Polled(Supplier<Future<T>> source) {
        this(source, System::nanoTime);
    }

    Polled(Supplier<Future<T>> source, LongSupplier nanos) {
        this.source = source;
        this.nanos = nanos;
    }

    /** The last value that was reported. */
    synchronized Optional<T> last() {
        return last;
    }

    /** Completes when the value is as fresh as it may be; never fails. */
    synchronized Future<Void> refresh() {
        long now = nanos.getAsLong();
        if (asked && (!running.isComplete() || now < askAtNanos)) {
            return done(running);
        }
        asked = true;
        running = source.get()
                .onComplete(
                        result -> answered(result.succeeded() ? Optional.of(result.result()) : Optional.empty(), now));
        return done(running);
    }

    private synchronized void answered(Optional<T> value, long askedNanos) {
        last = value.or(() -> last);
        long now = nanos.getAsLong();
        askAtNanos = now + (now - askedNanos) * PAUSE;
    }

    private static Future<Void> done(Future<?> future) {
        return future.transform(result -> Future.succeededFuture());
    }
}
