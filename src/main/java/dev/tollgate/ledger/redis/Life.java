package dev.tollgate.ledger.redis;

import io.vertx.core.buffer.Buffer;

/**
 * The life of the ledger that this pod knows, and the numbers of its own runs: a ledger that has stored a lower number than
 * it once acknowledged has forgotten writes, and begins a new life. Belongs to the ledger's event loop.
 */
final class Life {

    private final Buffer pod;
    private final long recoveryMillis;
    private final int maxCells;
    private Buffer life = Buffer.buffer();
    private long number;
    private long acknowledged;

    Life(String podId, long recoveryMillis, int maxCells) {
        this.pod = EntryId.of(podId);
        this.recoveryMillis = recoveryMillis;
        this.maxCells = maxCells;
    }

    /** The life's bytes, none before the first greeting. */
    Buffer bytes() {
        return life;
    }

    boolean known() {
        return life.length() > 0;
    }

    /** Grows with each life; 0 for none. */
    long era() {
        return known() ? life.getLongLE(0) : 0;
    }

    /** The head of the next writing run, with a number of its own. */
    Buffer nextHead(long leaseMillis) {
        number++;
        return head(leaseMillis);
    }

    /** The head of a run that writes nothing. */
    Buffer head(long leaseMillis) {
        return Buffer.buffer(56)
                .appendLongLE(number)
                .appendLongLE(acknowledged)
                .appendLongLE(leaseMillis)
                .appendLongLE(recoveryMillis)
                .appendLongLE(maxCells)
                .appendBuffer(pod);
    }

    /** Number of the run whose head was written last. */
    long number() {
        return number;
    }

    /** A run was answered in this life. */
    void stored(long storedNumber) {
        acknowledged = Math.max(acknowledged, storedNumber);
        // What is not above the stored number counts as overtaken.
        number = Math.max(number, storedNumber);
    }

    /** Another life began: what the ledger acknowledged in an earlier one says nothing of this one. */
    void enter(Buffer other, long storedNumber) {
        life = other;
        acknowledged = storedNumber;
        number = Math.max(number, storedNumber);
    }
}
