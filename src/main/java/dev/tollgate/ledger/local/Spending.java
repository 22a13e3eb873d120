package dev.tollgate.ledger.local;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Ledger;

/** A budget's count for one period. */
final class Spending implements Count {

    private final Bucket.Budget budget;
    private long used;
    private long held;
    private int mark;
    private boolean resetMarked;

    Spending(Bucket.Budget budget) {
        this.budget = budget;
    }

    @Override
    public Count at(Bucket bucket, long nowMillis) {
        Spending copy = new Spending((Bucket.Budget) bucket);
        copy.used = used;
        copy.held = held;
        copy.mark = mark;
        copy.resetMarked = resetMarked;
        return copy;
    }

    @Override
    public long capacity() {
        return budget.limit();
    }

    @Override
    public long waitFor(long amount, long nowMillis) {
        return used + held + amount <= budget.limit() ? -1 : budget.endMillis() - nowMillis;
    }

    @Override
    public void hold(long estimate) {
        held = Math.min(Bucket.MAX_AMOUNT, held + estimate);
    }

    @Override
    public void end(long estimate, long actual, State before) {
        if (before == State.HELD) {
            held = Math.max(0, held - estimate);
        }
        used = Math.min(Bucket.MAX_AMOUNT, used + actual);
        if (before == State.LAPSED) {
            used = Math.max(0, used - estimate);
        }
    }

    @Override
    public void lapse(long estimate) {
        held = Math.max(0, held - estimate);
        used = Math.min(Bucket.MAX_AMOUNT, used + estimate);
    }

    @Override
    public Balance balance() {
        return new Balance.Budget(used, held);
    }

    @Override
    public boolean idle(long nowMillis) {
        return held == 0 && (budget.keepMillis() < nowMillis || used == 0 && mark == 0 && !resetMarked);
    }

    /** True if the threshold, or a higher one, was not marked before. */
    boolean mark(int threshold) {
        boolean first = threshold == Ledger.RESET ? !resetMarked : mark < threshold;
        resetMarked |= threshold == Ledger.RESET;
        mark = Math.max(mark, threshold);
        return first;
    }
}
