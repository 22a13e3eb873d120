package dev.tollgate.admission;

import dev.tollgate.ledger.Hold;
import dev.tollgate.pricing.Charge;
import java.util.concurrent.atomic.AtomicBoolean;

/** The right to make one call. Ends exactly once: by the first of settle, settle as estimated, and release. */
public final class Reservation {

    private final Plan plan;
    private final Demand demand;
    private final Hold hold;
    private final Settlements settlements;
    private final Runnable onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();

    Reservation(Plan plan, Demand demand, Hold hold, Settlements settlements, Runnable onEnd) {
        this.plan = plan;
        this.demand = demand;
        this.hold = hold;
        this.settlements = settlements;
        this.onEnd = onEnd;
    }

    Hold hold() {
        return hold;
    }

    /** Charges what was really used. */
    public void settle(Charge charge) {
        if (end()) {
            settlements.settle(hold.withClaims(plan.settled(charge)).metered(demand.used(charge)));
        }
    }

    /** Charges what was reserved, because what was used is not known. */
    public void settleAsEstimated() {
        if (end()) {
            settlements.settle(hold.withClaims(plan.asEstimated()).metered(demand.usedAsEstimated()));
        }
    }

    /** Gives everything back, because nothing was used. */
    public void release() {
        if (end()) {
            settlements.release(hold);
        }
    }

    private boolean end() {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            onEnd.run();
        }
        return first;
    }
}
