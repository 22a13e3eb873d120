package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What this pod knows of the books, so that a ledger that lost writes gets them back: the used amount of each budget as last
 * seen, and the holds of its calls in flight. Bounded by {@link #MAX_BUDGETS} and the calls in flight. Belongs to the
 * ledger's event loop.
 */
final class Knowledge {

    private static final Logger LOG = Logger.getLogger(Knowledge.class);
    static final int MAX_BUDGETS = 10_000;
    private static final int MAX_ENDED = 4096;
    private static final long SWEEP_MARGIN_MILLIS = 3_600_000;
    private static final Duration NO_LEASE = Duration.ofMillis(1);

    private final Map<BucketKey, Seen> budgets = new HashMap<>();
    private final Map<String, Live> holds = new HashMap<>();
    private final Map<String, Long> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_ENDED;
        }
    };
    private final Map<String, Deque<Operation>> untold = new LinkedHashMap<>();
    private boolean droppedBefore;
    private long nowMillis;

    /** @param era of the life in which the amount was seen */
    private record Seen(Bucket.Budget budget, long used, long era) {}

    /** A hold that has not ended, as far as this pod knows. */
    private static final class Live {
        final Hold hold;
        /** Life in which the ledger confirmed it, 0 for none. */
        long era;
        /** Number of the run that ends it, 0 for none. */
        long endedBy;
        /** True once the ledger is known to have done that run. */
        boolean done;

        Live(Hold hold) {
            this.hold = hold;
        }
    }

    /** The ledger's time as it last answered; the pod's own clock never matters. */
    void at(long ledgerMillis) {
        nowMillis = ledgerMillis;
    }

    void asked(Hold hold) {
        holds.put(hold.id(), new Live(hold));
    }

    /** A call that no limit guards is to be counted; true if that is known to be done. */
    boolean metered(Hold hold) {
        Live live = holds.get(hold.id());
        if (live != null && live.done) {
            holds.remove(hold.id());
            ended.put(hold.id(), live.era);
        } else if (live == null && !ended.containsKey(hold.id())) {
            asked(hold);
        }
        return ended.containsKey(hold.id());
    }

    /** The run with this number carries the operation. */
    void sent(Operation operation, long number) {
        Live live = holds.get(operation.hold.id());
        if (live != null && !live.done && operation.ends()) {
            live.endedBy = number;
        }
    }

    /** The ledger answered the operation's run with an error: nothing of it was done. */
    void notDone(Operation operation) {
        Live live = holds.get(operation.hold.id());
        if (live != null && !live.done && operation.ends()) {
            live.endedBy = 0;
        }
    }

    /** After a connection broke: runs up to this number were done, later ones were not. */
    void done(long foundNumber) {
        for (Live live : holds.values()) {
            if (live.endedBy > foundNumber) {
                live.endedBy = 0;
                live.done = false;
            } else if (live.endedBy > 0) {
                live.done = true;
            }
        }
    }

    /** True if the ledger confirmed the operation's hold in this life: if it is missing there, it has ended. */
    boolean acknowledged(Operation operation, long era) {
        Live live = holds.get(operation.hold.id());
        Long endedIn = ended.get(operation.hold.id());
        return live != null && live.era == era || endedIn != null && endedIn == era;
    }

    void answered(Operation operation, Operation.Status status, long era) {
        String id = operation.hold.id();
        switch (operation.code) {
            case ADMIT, RESTORE -> {
                Live live = holds.get(id);
                boolean held = status == Operation.Status.ADMITTED
                        || status == Operation.Status.DUPLICATE
                        || status == Operation.Status.RESTORED;
                if (live != null && held) {
                    live.era = era;
                } else if (operation.code == Operation.Code.ADMIT && !held) {
                    holds.remove(id);
                }
            }
            case SETTLE, RELEASE, METER -> {
                holds.remove(id);
                ended.put(id, era);
            }
            case EXTEND, SEED, MARK -> {}
        }
    }

    void abandon(Hold hold) {
        holds.remove(hold.id());
    }

    /** A budget's used amount as the ledger gave it in a life. */
    void saw(String tenant, Bucket bucket, Balance balance, long era) {
        if (!(bucket instanceof Bucket.Budget budget) || !(balance instanceof Balance.Budget amounts)) {
            return;
        }
        BucketKey key = budget.key(tenant);
        Seen before = budgets.get(key);
        if (before == null && budgets.size() >= MAX_BUDGETS) {
            dropOldest();
        }
        long used = before != null && before.era == era ? Math.max(before.used, amounts.used()) : amounts.used();
        budgets.put(key, new Seen(budget, used, era));
    }

    /** Ended periods first, then the ones that end first: a tenth at once, so that it is seldom. */
    private void dropOldest() {
        List<Map.Entry<BucketKey, Seen>> oldest = budgets.entrySet().stream()
                .sorted(Comparator.comparingLong(e -> e.getValue().budget.endMillis()))
                .limit(MAX_BUDGETS / 10)
                .toList();
        if (oldest.get(oldest.size() - 1).getValue().budget.endMillis() > nowMillis && !droppedBefore) {
            droppedBefore = true;
            LOG.warnf(
                    "More than %d budgets are in use: this pod cannot restore all of them if Redis loses its data",
                    MAX_BUDGETS);
        }
        oldest.forEach(e -> budgets.remove(e.getKey()));
    }

    /** True if the ledger must have this bucket: this pod saw an amount in it in this life, and it is not yet swept. */
    boolean expects(String tenant, Bucket bucket, long era) {
        Seen seen = bucket.kind() == Bucket.Kind.BUDGET ? budgets.get(bucket.key(tenant)) : null;
        return seen != null
                && seen.era == era
                && seen.used > 0
                && seen.budget.keepMillis() > nowMillis + SWEEP_MARGIN_MILLIS;
    }

    /**
     * Another life began: whatever was seen in earlier ones is to be reported.
     *
     * @param foundNumber highest number of this pod's runs that the books contain
     * @return what there is to report: budgets and holds
     */
    int[] enter(long era, long foundNumber) {
        Map<String, List<Claim>> seeds = new LinkedHashMap<>();
        budgets.values().removeIf(seen -> seen.budget.keepMillis() < nowMillis);
        budgets.forEach((key, seen) -> {
            if (seen.era != era && seen.used > 0) {
                seeds.computeIfAbsent(key.owner(), k -> new ArrayList<>())
                        .add(new Claim(seen.budget, seen.used, seen.era));
            }
        });
        int[] told = {0, 0};
        seeds.forEach((owner, claims) -> {
            claims.sort(Comparator.comparingLong((Claim c) -> ((Bucket.Budget) c.bucket()).endMillis())
                    .reversed());
            for (int from = 0; from < claims.size(); from += Hold.MAX_CLAIMS) {
                List<Claim> part = claims.subList(from, Math.min(claims.size(), from + Hold.MAX_CLAIMS));
                later(new Operation(Operation.Code.SEED, new Hold("seed", owner, NO_LEASE, part)));
                told[0] += part.size();
            }
        });
        untold.values().forEach(queue -> queue.removeIf(o -> o.code == Operation.Code.RESTORE));
        done(foundNumber);
        for (Live live : holds.values()) {
            if (live.done) {
                live.era = era;
            } else if (live.era != 0) {
                later(new Operation(Operation.Code.RESTORE, live.hold));
                told[1]++;
            }
        }
        return told;
    }

    /** Queues what has to be reported, again if its run failed. */
    void later(Operation operation) {
        untold.computeIfAbsent(operation.hold.tenant(), k -> new ArrayDeque<>()).add(operation);
    }

    /** Moves what is shared or this tenant's into the batch; true if nothing of it is left. */
    boolean tell(String tenant, Batch batch) {
        return move("", batch) && move(tenant, batch);
    }

    private boolean move(String owner, Batch batch) {
        Deque<Operation> queue = untold.get(owner);
        while (queue != null && !queue.isEmpty() && batch.add(queue.peek())) {
            queue.poll();
        }
        if (queue == null || queue.isEmpty()) {
            untold.remove(owner);
            return true;
        }
        return false;
    }

    /** A tenant with something to report; empty for what is shared. */
    Optional<String> untold() {
        return untold.isEmpty()
                ? Optional.empty()
                : Optional.of(untold.keySet().iterator().next());
    }

    /** Holds that have not ended. */
    int live() {
        return holds.size();
    }
}
