package dev.tollgate.ledger.local;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.SettleReply;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** One process' books, under one lock. Answers at once; nothing of it survives the process. */
public final class LocalLedger implements Ledger {

    private static final long TOMBSTONE_MILLIS = 3_600_000;

    private final InstantSource clock;
    private final Map<String, TokenBucket> rates = new HashMap<>();
    private final Map<String, Amounts> amounts = new HashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final PriorityQueue<Entry> leases = new PriorityQueue<>((a, b) -> Long.compare(a.leaseEnd, b.leaseEnd));

    public LocalLedger(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Future<AdmitReply> admit(Hold hold) {
        long now = clock.millis();
        reclaim(now);
        Entry known = entries.get(hold.id());
        if (known != null) {
            return Future.succeededFuture(
                    known.state == State.HELD
                            ? new AdmitReply.Admitted(balances(hold.tenant(), hold.claims(), now))
                            : new AdmitReply.Ended());
        }
        List<Balance> balances = new ArrayList<>();
        AdmitReply refusal = null;
        long longest = -1;
        for (int i = 0; i < hold.claims().size(); i++) {
            Claim claim = hold.claims().get(i);
            if (claim.bucket() instanceof Bucket.Budget budget
                    && (now < budget.startMillis() || now >= budget.endMillis())) {
                return Future.succeededFuture(new AdmitReply.StalePeriod(now));
            }
            long most = most(hold.tenant(), claim.bucket(), now);
            long wait = claim.estimate() > most ? 0 : wait(hold.tenant(), claim, now);
            balances.add(balance(hold.tenant(), claim.bucket(), now, wait >= 0));
            if (wait < 0 || !claim.bucket().enforced() || refusal instanceof AdmitReply.TooLarge) {
                continue;
            }
            if (claim.estimate() > most) {
                refusal = new AdmitReply.TooLarge(i, balances);
            } else if (wait > longest) {
                longest = wait;
                refusal = new AdmitReply.Denied(i, wait, balances);
            }
        }
        if (refusal != null) {
            return Future.succeededFuture(refusal);
        }
        for (Claim claim : hold.claims()) {
            if (claim.bucket() instanceof Bucket.Rate rate) {
                add(hold.tenant(), rate, -claim.estimate(), now);
            } else {
                Amounts sums = amounts(hold.tenant(), claim.bucket());
                sums.held = Math.min(Bucket.MAX_AMOUNT, sums.held + claim.estimate());
            }
        }
        Entry entry = new Entry(hold, now + hold.lease().toMillis());
        entries.put(hold.id(), entry);
        leases.add(entry);
        return Future.succeededFuture(new AdmitReply.Admitted(balances(hold.tenant(), hold.claims(), now)));
    }

    @Override
    public synchronized Future<SettleReply> settle(Hold hold) {
        return Future.succeededFuture(end(hold, State.SETTLED));
    }

    @Override
    public synchronized Future<SettleReply> release(Hold hold) {
        return Future.succeededFuture(end(hold, State.RELEASED));
    }

    private SettleReply end(Hold hold, State state) {
        long now = clock.millis();
        reclaim(now);
        Entry known = entries.get(hold.id());
        State before = known == null ? State.NONE : known.state;
        if (before == State.SETTLED || before == State.RELEASED) {
            return SettleReply.ALREADY;
        }
        for (Claim claim : hold.claims()) {
            long actual = state == State.SETTLED ? claim.actual() : 0;
            long reserved = before == State.NONE ? 0 : claim.estimate();
            if (claim.bucket() instanceof Bucket.Rate rate) {
                if (before != State.NONE || state == State.SETTLED) {
                    add(hold.tenant(), rate, reserved - actual, now);
                }
                continue;
            }
            Amounts sums = amounts(hold.tenant(), claim.bucket());
            if (before == State.HELD) {
                sums.held = Math.max(0, sums.held - claim.estimate());
            }
            if (claim.bucket() instanceof Bucket.Budget) {
                long charged = before == State.EXPIRED ? claim.estimate() : 0;
                sums.used = Math.max(0, Math.min(Bucket.MAX_AMOUNT, sums.used + actual - charged));
            }
        }
        if (known != null) {
            leases.remove(known);
        }
        Entry tombstone = new Entry(hold, now + hold.lease().toMillis() + TOMBSTONE_MILLIS);
        tombstone.state = state;
        entries.put(hold.id(), tombstone);
        leases.add(tombstone);
        return switch (before) {
            case NONE -> SettleReply.UNKNOWN;
            case EXPIRED -> SettleReply.LATE;
            default -> state == State.SETTLED ? SettleReply.SETTLED : SettleReply.RELEASED;
        };
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
        known.leaseEnd = now + hold.lease().toMillis();
        leases.add(known);
        return Future.succeededFuture(true);
    }

    @Override
    public synchronized Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
        long now = clock.millis();
        return Future.succeededFuture(
                buckets.stream().map(b -> balance(tenant, b, now, false)).toList());
    }

    private void reclaim(long now) {
        while (!leases.isEmpty() && leases.element().leaseEnd <= now) {
            Entry entry = leases.remove();
            if (entry.state != State.HELD) {
                entries.remove(entry.hold.id());
                continue;
            }
            for (Claim claim : entry.hold.claims()) {
                if (claim.bucket() instanceof Bucket.Rate) {
                    continue;
                }
                Amounts sums = amounts(entry.hold.tenant(), claim.bucket());
                sums.held = Math.max(0, sums.held - claim.estimate());
                if (claim.bucket() instanceof Bucket.Budget) {
                    sums.used = Math.min(Bucket.MAX_AMOUNT, sums.used + claim.estimate());
                }
            }
            entry.state = State.EXPIRED;
            entry.leaseEnd = now + TOMBSTONE_MILLIS;
            leases.add(entry);
        }
    }

    /** Milliseconds until there is room for the claim, or -1 where there is. */
    private long wait(String tenant, Claim claim, long now) {
        if (claim.bucket() instanceof Bucket.Rate rate) {
            return rate(tenant, rate, now).waitFor(claim.estimate());
        }
        Amounts sums = amounts(tenant, claim.bucket());
        if (claim.bucket() instanceof Bucket.Budget budget) {
            return sums.used + sums.held + claim.estimate() <= budget.limit() ? -1 : budget.endMillis() - now;
        }
        return sums.held + claim.estimate() <= most(tenant, claim.bucket(), now) ? -1 : 1000;
    }

    private long most(String tenant, Bucket bucket, long now) {
        if (bucket instanceof Bucket.Rate rate) {
            return rate(tenant, rate, now).burst();
        }
        return bucket instanceof Bucket.Budget budget ? budget.limit() : ((Bucket.Concurrency) bucket).limit();
    }

    private List<Balance> balances(String tenant, List<Claim> claims, long now) {
        return claims.stream().map(c -> balance(tenant, c.bucket(), now, false)).toList();
    }

    private Balance balance(String tenant, Bucket bucket, long now, boolean refused) {
        if (bucket instanceof Bucket.Rate rate) {
            TokenBucket level = rate(tenant, rate, now);
            return new Balance(level.level(), Math.max(0, level.waitFor(level.burst())), 0, 0, refused);
        }
        Amounts sums = amounts(tenant, bucket);
        return new Balance(0, 0, sums.used, sums.held, refused);
    }

    /** The bucket as of now, a copy. */
    private TokenBucket rate(String tenant, Bucket.Rate rate, long now) {
        TokenBucket known = rates.get(name(tenant, rate));
        TokenBucket bucket = known == null ? new TokenBucket(rate, now) : new TokenBucket(known);
        bucket.refill(rate, now);
        return bucket;
    }

    /** Only what is written moves a bucket's clock: a denied call changes nothing. */
    private void add(String tenant, Bucket.Rate rate, long amount, long now) {
        TokenBucket bucket = rate(tenant, rate, now);
        bucket.add(amount);
        rates.put(name(tenant, rate), bucket);
    }

    private Amounts amounts(String tenant, Bucket bucket) {
        return amounts.computeIfAbsent(name(tenant, bucket), k -> new Amounts());
    }

    private static String name(String tenant, Bucket bucket) {
        return (bucket.shared() ? "" : tenant) + '\n' + bucket.field();
    }

    private enum State {
        NONE,
        HELD,
        EXPIRED,
        SETTLED,
        RELEASED
    }

    private static final class Amounts {
        long used;
        long held;
    }

    private static final class Entry {
        final Hold hold;
        long leaseEnd;
        State state = State.HELD;

        Entry(Hold hold, long leaseEnd) {
            this.hold = hold;
            this.leaseEnd = leaseEnd;
        }
    }
}
