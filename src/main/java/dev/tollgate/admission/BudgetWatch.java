package dev.tollgate.admission;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.policy.Limit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Notices when a budget passes a threshold, is exhausted, or starts over, and reports it once for all pods: the one whose
 * mark the ledger takes first. If the ledger loses its data, a period's events can be reported again.
 */
final class BudgetWatch {

    private static final int MAX_BUDGETS = 10_000;

    private final Ledger ledger;
    private final AdmissionListener listener;
    private final Map<BucketKey, Told> told = new ConcurrentHashMap<>();

    /** What this pod knows to be reported of a budget: highest threshold in the period that ends then. */
    private record Told(long endMillis, int threshold) {}

    BudgetWatch(Ledger ledger, AdmissionListener listener) {
        this.ledger = ledger;
        this.listener = listener;
    }

    void saw(String tenant, Plan plan, List<Balance> balances) {
        for (int i = 0; i < balances.size(); i++) {
            Guard guard = plan.guards().get(i);
            if (guard.limit().quantity() instanceof Limit.Budget quantity) {
                saw(tenant, guard, quantity, balances.get(i));
            }
        }
    }

    /** A budget denied a call. */
    void denied(String tenant, Guard guard, Balance balance) {
        if (guard.limit().quantity() instanceof Limit.Budget) {
            reached(tenant, guard, Ledger.EXHAUSTED, balance);
        }
    }

    private void saw(String tenant, Guard guard, Limit.Budget quantity, Balance balance) {
        long amount = guard.claim().bucket().capacity();
        long used = balance.used(amount);
        int threshold = 0;
        for (int percent : quantity.warnAt()) {
            // used / amount >= percent / 100, without the product that could overflow
            if (used >= amount / 100 * percent + (amount % 100 * percent + 99) / 100) {
                threshold = Math.max(threshold, percent);
            }
        }
        reached(tenant, guard, used >= amount ? Ledger.EXHAUSTED : threshold, balance);
    }

    private void reached(String tenant, Guard guard, int threshold, Balance balance) {
        Bucket.Budget budget = (Bucket.Budget) guard.claim().bucket();
        BucketKey name = name(tenant, guard);
        Told known = told.get(name);
        if (known == null) {
            if (threshold == 0) {
                return;
            }
            known = new Told(budget.endMillis(), 0);
        }
        if (known.endMillis > budget.endMillis()) {
            return;
        }
        if (known.endMillis < budget.endMillis()) {
            known = new Told(budget.endMillis(), 0);
            remember(name, known);
            mark(tenant, guard, Ledger.RESET, balance);
        }
        int level = threshold > 0 && overridden(guard) ? threshold + Ledger.OVERRIDDEN : threshold;
        if (level > known.threshold) {
            remember(name, new Told(budget.endMillis(), level));
            mark(tenant, guard, level, balance);
        }
    }

    /** What an override allows has thresholds of its own. */
    private static boolean overridden(Guard guard) {
        return guard.limit().quantity() instanceof Limit.Budget own
                && own.amount() != guard.claim().bucket().capacity();
    }

    private void remember(BucketKey name, Told now) {
        if (told.size() >= MAX_BUDGETS && !told.containsKey(name)) {
            told.clear();
        }
        told.put(name, now);
    }

    private void mark(String tenant, Guard guard, int threshold, Balance balance) {
        Bucket.Budget budget = (Bucket.Budget) guard.claim().bucket();
        ledger.mark(tenant, budget, threshold)
                .onSuccess(first -> {
                    if (first) {
                        int percent = threshold > Ledger.EXHAUSTED ? threshold - Ledger.OVERRIDDEN : threshold;
                        callback(percent).accept(event(tenant, guard, percent, balance));
                    }
                })
                .onFailure(e -> told.remove(name(tenant, guard)));
    }

    private Consumer<BudgetEvent> callback(int threshold) {
        return threshold == Ledger.RESET
                ? listener::reset
                : threshold == Ledger.EXHAUSTED ? listener::exhausted : listener::warned;
    }

    private static BudgetEvent event(String tenant, Guard guard, int threshold, Balance balance) {
        Bucket.Budget budget = (Bucket.Budget) guard.claim().bucket();
        return new BudgetEvent(
                guard.limit().name(),
                budget.shared() ? guard.limit().owner() : tenant,
                guard.limit().quantity().weight(),
                threshold,
                balance.used(budget.limit()),
                budget.limit(),
                Instant.ofEpochMilli(budget.endMillis()));
    }

    /** The budget over all of its periods. */
    private static BucketKey name(String tenant, Guard guard) {
        return new BucketKey(guard.claim().bucket().shared() ? "" : tenant, guard.series());
    }
}
