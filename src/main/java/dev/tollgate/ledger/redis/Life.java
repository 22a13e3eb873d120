package dev.tollgate.ledger.redis;

import io.vertx.core.buffer.Buffer;

/**
 * The life of the ledger that this pod knows, and the numbers of its own runs: a ledger that has stored a lower number than
 * it once acknowledged has forgotten writes, and begins a new life. Belongs to the ledger's event loop.
 */
final class Life {

    private static final int HEAD_BYTES = 56;

    private final byte[] pod;
    private final long recoveryMillis;
    private final int maxCells;
    private byte[] life = LedgerScript.NOTHING;
    private long era;
    private long number;
    private long acknowledged;

    Life(String podId, long recoveryMillis, int maxCells) {
        this.pod = EntryId.of(podId).getBytes();
        this.recoveryMillis = recoveryMillis;
        this.maxCells = maxCells;
    }

    /** The life's bytes, none before the first greeting. */
    byte[] bytes() {
        return life;
    }

    boolean known() {
        return life.length > 0;
    }

    /** Grows with each life; 0 for none. */
    long era() {
        return era;
    }

    /** The head of the next writing run, with a number of its own. */
    byte[] nextHead(long leaseMillis) {
        number++;
        return head(leaseMillis);
    }

    /** The head of a run that writes nothing. */
    byte[] head(long leaseMillis) {
        return new Packed(HEAD_BYTES)
                .u64(number)
                .u64(acknowledged)
                .u64(leaseMillis)
                .u64(recoveryMillis)
                .u64(maxCells)
                .bytes(pod)
                .toBytes();
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
        life = other.getBytes();
        era = other.getLongLE(0);
        acknowledged = storedNumber;
        number = Math.max(number, storedNumber);
    }
}
