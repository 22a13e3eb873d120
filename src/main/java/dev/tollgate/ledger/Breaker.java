package dev.tollgate.ledger;

import java.util.function.LongSupplier;

/**
 * Opens when the connection is lost, or after five deadlines in a row with no answer between; then lets one probe through
 * each 250 ms. Any answer closes it, an error of the server included: errors cost no waiting.
 */
final class Breaker {

    private static final int DEADLINES = 5;
    private static final long PROBE_NANOS = 250_000_000;

    private final LongSupplier nanoTime;
    private int deadlines;
    private boolean open;
    private boolean probing;
    private long probedAt;

    Breaker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** True if an operation may be sent now. */
    synchronized boolean allows() {
        if (!open) {
            return true;
        }
        if (nanoTime.getAsLong() - probedAt < PROBE_NANOS) {
            return false;
        }
        probing = true;
        probedAt = nanoTime.getAsLong();
        return true;
    }

    synchronized void answered() {
        deadlines = 0;
        open = false;
        probing = false;
    }

    synchronized void failed(LedgerFault fault) {
        switch (fault) {
            case CONNECTION, WRONG_SERVER -> open();
            case TIMEOUT -> {
                deadlines++;
                if (open || deadlines >= DEADLINES) {
                    open();
                }
            }
            case SERVER, BAD_ARGUMENT, FORMAT -> answered();
            case OPEN_CIRCUIT, OVERLOAD -> {}
        }
    }

    private void open() {
        if (!open) {
            open = true;
            probedAt = nanoTime.getAsLong();
        }
        probing = false;
    }

    synchronized String mode() {
        return !open ? "closed" : probing ? "half_open" : "open";
    }
}
