package dev.tollgate.admission;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.pricing.Charge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The right to make one call. Ends exactly once: by the first of settle, settle as estimated, and release. */
public final class Reservation {

    private final Plan plan;
    private final Demand demand;
    private final Hold hold;
    private final Admitted admitted;
    private final Settlements settlements;
    private final Runnable onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * What the ledger said.
     *
     * @param balances in the plan's order, with this call held; none if the ledger was not asked
     * @param at by the ledger's clock
     */
    record Admitted(List<Balance> balances, Instant at) {
        static final Admitted UNASKED = new Admitted(List.of(), Instant.EPOCH);
    }

    Reservation(Plan plan, Demand demand, Hold hold, Admitted admitted, Settlements settlements, Runnable onEnd) {
        this.plan = plan;
        this.demand = demand;
        this.hold = hold;
        this.admitted = admitted;
        this.settlements = settlements;
        this.onEnd = onEnd;
    }

    Hold hold() {
        return hold;
    }

    /** What is left of each limit that is enforced, once this is charged; nothing if the ledger was not asked. */
    public List<LimitLeft> left(Charge charge) {
        List<LimitLeft> left = new ArrayList<>();
        List<Claim> settled = plan.settled(charge);
        for (int i = 0; i < Math.min(settled.size(), admitted.balances.size()); i++) {
            if (settled.get(i).bucket().enforced()) {
                left.add(LimitLeft.of(plan.guards().get(i), settled.get(i), admitted.balances.get(i), admitted.at));
            }
        }
        return left;
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
