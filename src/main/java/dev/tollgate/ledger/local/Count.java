package dev.tollgate.ledger.local;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;

/** One bucket's count in memory. */
interface Count {

    /** As it is now under this limit; a copy, so that looking changes nothing. */
    Count at(Bucket bucket, long nowMillis);

    /** The most that one call can take. */
    long capacity();

    /** Milliseconds until there is room for an amount, or -1 if there is. */
    long waitFor(long amount, long nowMillis);

    void hold(long estimate);

    /** Replaces what was held (or charged, if the lease lapsed, or nothing) by what was used. */
    void end(long estimate, long actual, State before);

    /** The lease ended: what was held is charged, if anything can be. */
    void lapse(long estimate);

    Balance balance();

    /** True if it says no more than its absence would. */
    boolean idle(long nowMillis);

    /** What is known of an id. */
    enum State {
        NONE,
        HELD,
        LAPSED,
        ENDED
    }

    static Count of(Bucket bucket, long nowMillis) {
        return switch (bucket.kind()) {
            case RATE -> new TokenBucket((Bucket.Rate) bucket, nowMillis);
            case BUDGET -> new Spending((Bucket.Budget) bucket);
            case CONCURRENCY -> new InFlight((Bucket.Concurrency) bucket);
        };
    }
}
