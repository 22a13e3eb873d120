package dev.tollgate.ledger.local;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.SpendPage;
import dev.tollgate.ledger.local.Count.State;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/** One process' books, under one lock. Replies at once; nothing of it survives the process. */
public final class LocalLedger implements Ledger {

    private static final long UNKNOWN_KEPT_MILLIS = 3_600_000;
    private static final long LAPSED_KEPT_MILLIS = 86_400_000;
    private static final int ENDED_KEPT = 4096;
    private static final int MAX_PAGE = 1000;

    private final InstantSource clock;
    private final int maxBuckets;
    private final Map<String, Map<String, Count>> counts = new HashMap<>();
    private final Map<String, Entry> entries = new HashMap<>();
    private final SpendBook spend = new SpendBook();
    private final PriorityQueue<Entry> leases = new PriorityQueue<>((a, b) -> Long.compare(a.end, b.end));
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > ENDED_KEPT;
        }
    };

    private static final class Entry {
        final Hold hold;
        State state;
        long end;

        Entry(Hold hold, State state, long end) {
            this.hold = hold;
            this.state = state;
            this.end = end;
        }
    }

    /** @param maxBuckets of one tenant, and of all that tenants share */
    public LocalLedger(InstantSource clock, int maxBuckets) {
        this.clock = clock;
        this.maxBuckets = maxBuckets;
    }

    @Override
    public Future<AdmitReply> admit(Hold hold, Runnable written) {
        written.run();
        return Future.succeededFuture(decide(hold));
    }

    private synchronized AdmitReply decide(Hold hold) {
        long now = clock.millis();
        reclaim(now);
        Entry known = entries.get(hold.id());
        if (known != null) {
            return known.state == State.HELD
                    ? new AdmitReply.Admitted(balances(hold.tenant(), hold.claims(), now), List.of())
                    : new AdmitReply.Ended();
        }
        List<Integer> refused = new ArrayList<>();
        AdmitReply refusal = refusal(hold, refused, now);
        if (refusal != null) {
            return refusal;
        }
        for (Claim claim : hold.claims()) {
            change(hold.tenant(), claim.bucket(), now).hold(claim.estimate());
        }
        keep(new Entry(hold, State.HELD, now + hold.lease().toMillis()));
        return new AdmitReply.Admitted(balances(hold.tenant(), hold.claims(), now), List.copyOf(refused));
    }

    /** The reason not to admit, null if there is none. */
    private @org.jspecify.annotations.Nullable AdmitReply refusal(Hold hold, List<Integer> refused, long now) {
        AdmitReply refusal = null;
        long longest = -1;
        for (int i = 0; i < hold.claims().size(); i++) {
            Claim claim = hold.claims().get(i);
            Bucket bucket = claim.bucket();
            if (bucket instanceof Bucket.Budget budget && (now < budget.startMillis() || now >= budget.endMillis())) {
                return new AdmitReply.StalePeriod(now);
            }
            if (!hasRoom(bucket.key(hold.tenant()), now)) {
                return new AdmitReply.TooManyBuckets(i);
            }
            Count count = count(hold.tenant(), bucket, now);
            boolean tooLarge = claim.estimate() > count.capacity();
            long wait = tooLarge ? 0 : count.waitFor(claim.estimate(), now);
            if (wait < 0) {
                continue;
            }
            refused.add(i);
            if (!bucket.enforced() || refusal instanceof AdmitReply.TooLarge) {
                continue;
            }
            if (tooLarge) {
                refusal = new AdmitReply.TooLarge(i, count.balance());
            } else if (wait > longest) {
                longest = wait;
                refusal = new AdmitReply.Denied(i, wait, count.balance(), balances(hold.tenant(), hold.claims(), now));
            }
        }
        return refusal;
    }

    @Override
    public synchronized Future<SettleReply> settle(Hold hold) {
        return Future.succeededFuture(end(hold, true));
    }

    @Override
    public synchronized Future<SettleReply> release(Hold hold) {
        return Future.succeededFuture(end(hold, false));
    }

    private SettleReply end(Hold hold, boolean settles) {
        long now = clock.millis();
        reclaim(now);
        Entry known = entries.get(hold.id());
        State before = known == null ? State.NONE : known.state;
        if (before == State.ENDED || known == null && ended.containsKey(hold.id())) {
            return SettleReply.ALREADY;
        }
        if (settles && !hold.used().isNone()) {
            spend.add(hold.tenant(), hold.used(), now);
        }
        if (known == null && hold.claims().isEmpty()) {
            ended.put(hold.id(), true);
            return SettleReply.SETTLED;
        }
        if (before != State.NONE || settles) {
            for (Claim claim : hold.claims()) {
                long actual = settles ? claim.actual() : 0;
                change(hold.tenant(), claim.bucket(), now).end(claim.estimate(), actual, before);
            }
        }
        if (known == null) {
            keep(new Entry(hold, State.ENDED, now + UNKNOWN_KEPT_MILLIS));
            return SettleReply.UNKNOWN;
        }
        forget(known);
        ended.put(hold.id(), true);
        return before == State.LAPSED ? SettleReply.LATE : settles ? SettleReply.SETTLED : SettleReply.RELEASED;
    }

    @Override
    public synchronized Future<Boolean> extend(Hold hold) {
        long now = clock.millis();
        reclaim(now);
        Entry known = entries.get(hold.id());
        if (known == null || known.state != State.HELD) {
            return Future.succeededFuture(false);
        }
        leases.remove(known);
        known.end = now + hold.lease().toMillis();
        leases.add(known);
        return Future.succeededFuture(true);
    }

    @Override
    public synchronized Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
        long now = clock.millis();
        return Future.succeededFuture(
                buckets.stream().map(b -> count(tenant, b, now).balance()).toList());
    }

    @Override
    public synchronized Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
        long now = clock.millis();
        reclaim(now);
        Spending spending = (Spending) change(tenant, budget, now);
        return Future.succeededFuture(spending.mark(threshold));
    }

    @Override
    public synchronized Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
        int most = Math.max(1, Math.min(limit, MAX_PAGE));
        return Future.succeededFuture(spend.page(tenant, cursor, most, clock.millis()));
    }

    /** Nothing to do: what is not settled lapses. */
    @Override
    public void abandon(Hold hold) {}

    private void keep(Entry entry) {
        entries.put(entry.hold.id(), entry);
        leases.add(entry);
    }

    private void forget(Entry entry) {
        entries.remove(entry.hold.id());
        leases.remove(entry);
    }

    private void reclaim(long now) {
        while (!leases.isEmpty() && leases.element().end <= now) {
            Entry entry = leases.remove();
            if (entry.state != State.HELD) {
                entries.remove(entry.hold.id());
                if (entry.state == State.LAPSED) {
                    ended.put(entry.hold.id(), true);
                }
                continue;
            }
            for (Claim claim : entry.hold.claims()) {
                Count known = owner(claim.bucket().key(entry.hold.tenant()))
                        .get(claim.bucket().field());
                if (known != null) {
                    known.lapse(claim.estimate());
                }
            }
            entry.state = State.LAPSED;
            entry.end = now + LAPSED_KEPT_MILLIS;
            leases.add(entry);
        }
    }

    private List<Balance> balances(String tenant, List<Claim> claims, long now) {
        return claims.stream()
                .map(c -> count(tenant, c.bucket(), now).balance())
                .toList();
    }

    private Map<String, Count> owner(BucketKey key) {
        return counts.computeIfAbsent(key.owner(), k -> new HashMap<>());
    }

    private boolean hasRoom(BucketKey key, long now) {
        Map<String, Count> owned = owner(key);
        if (owned.containsKey(key.field()) || owned.size() < maxBuckets) {
            return true;
        }
        owned.values().removeIf(c -> c.idle(now));
        return owned.size() < maxBuckets;
    }

    /** As of now, to look at. */
    private Count count(String tenant, Bucket bucket, long now) {
        Count known = owner(bucket.key(tenant)).get(bucket.field());
        return known == null ? Count.of(bucket, now) : known.at(bucket, now);
    }

    /** As of now, to change: only what is written moves a bucket's clock, a denied call changes nothing. */
    private Count change(String tenant, Bucket bucket, long now) {
        Count count = count(tenant, bucket, now);
        owner(bucket.key(tenant)).put(bucket.field(), count);
        return count;
    }
}
