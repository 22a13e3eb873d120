package dev.tollgate.ledger.local;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;

/** Calls in flight. */
final class InFlight implements Count {

    private static final long GUESS_MILLIS = 1000;

    private final Bucket.Concurrency limit;
    private long held;

    InFlight(Bucket.Concurrency limit) {
        this.limit = limit;
    }

    @Override
    public Count at(Bucket bucket, long nowMillis) {
        InFlight copy = new InFlight((Bucket.Concurrency) bucket);
        copy.held = held;
        return copy;
    }

    @Override
    public long capacity() {
        return limit.limit();
    }

    @Override
    public long waitFor(long amount, long nowMillis) {
        return held + amount <= limit.limit() ? -1 : GUESS_MILLIS;
    }

    @Override
    public void hold(long estimate) {
        held = Math.min(Bucket.MAX_AMOUNT, held + estimate);
    }

    @Override
    public void end(long estimate, long actual, State before) {
        if (before == State.HELD) {
            lapse(estimate);
        }
    }

    @Override
    public void lapse(long estimate) {
        held = Math.max(0, held - estimate);
    }

    @Override
    public Balance balance() {
        return new Balance.Concurrency(held);
    }

    @Override
    public boolean idle(long nowMillis) {
        return held == 0;
    }
}
