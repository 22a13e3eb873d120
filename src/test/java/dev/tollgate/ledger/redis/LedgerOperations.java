package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random operations over two tenants, a dozen ids and limits of all kinds; the same seed is the same sequence. */
final class LedgerOperations {

    private static final long LEASE = 10_000;
    private static final long PERIOD = 120_000;

    private final Random random;
    private final boolean large;
    private final Map<String, LedgerScript.Call> admitted = new HashMap<>();
    private long now = 1_700_000_000_000L;
    private int fresh;
    private long version = 1;

    LedgerOperations(Random random) {
        this.random = random;
        this.large = random.nextInt(4) == 0;
    }

    long now() {
        return now;
    }

    boolean wipes() {
        return random.nextInt(400) == 0;
    }

    boolean failsOver() {
        return random.nextInt(150) == 0;
    }

    void advance() {
        int kind = random.nextInt(100);
        now += kind < 60
                ? random.nextInt(50)
                : kind < 90
                        ? random.nextInt(1500)
                        : kind < 95
                                ? random.nextInt(15_000)
                                : kind < 97 ? -random.nextInt(4000) : kind < 98 ? -random.nextInt(20_000) : 0;
    }

    LedgerScript.Call next(String epoch) {
        String known = random.nextInt(200) == 0 ? "stale:0" : epoch;
        int kind = random.nextInt(100);
        if (epoch.isEmpty() && random.nextBoolean() || kind < 2) {
            return random.nextInt(3) == 0 ? greet(known) : seed(known);
        }
        if (kind < 50) {
            return admit(known);
        }
        if (kind < 80) {
            return end(known, kind < 72 ? "SETTLE" : "RELEASE");
        }
        if (kind < 86) {
            LedgerScript.Call of = earlier(known);
            return new LedgerScript.Call("EXTEND", known, of.id(), LEASE, of.tenant(), List.of());
        }
        if (kind < 96) {
            return new LedgerScript.Call("PEEK", known, "peek", 1, tenant(), claims());
        }
        return kind < 98 ? new LedgerScript.Call("SWEEP", known, "sweep", 1, tenant(), List.of()) : restore(known);
    }

    private String tenant() {
        return random.nextInt(3) == 0 ? "b" : "a";
    }

    private LedgerScript.Call greet(String epoch) {
        long recovery = random.nextInt(3) == 0 ? 2000 : 0;
        return new LedgerScript.Call("GREET", epoch, "epoch-" + random.nextInt(1000), recovery, "-", List.of());
    }

    private LedgerScript.Call seed(String epoch) {
        List<Claim> budgets = claims().stream()
                .filter(c -> c.bucket() instanceof Bucket.Budget)
                .toList();
        long recovery = random.nextInt(3) == 0 ? 2000 : 0;
        return new LedgerScript.Call("SEED", epoch, "epoch-" + random.nextInt(1000), recovery, tenant(), budgets);
    }

    private LedgerScript.Call admit(String epoch) {
        if (random.nextInt(8) == 0) {
            LedgerScript.Call again = earlier(epoch);
            return new LedgerScript.Call("ADMIT", epoch, again.id(), LEASE, again.tenant(), again.claims());
        }
        LedgerScript.Call call = new LedgerScript.Call("ADMIT", epoch, "id-" + fresh++, LEASE, tenant(), claims());
        admitted.put(call.id(), call);
        return call;
    }

    private LedgerScript.Call restore(String epoch) {
        LedgerScript.Call of = random.nextBoolean() ? earlier(epoch) : admit(epoch);
        return new LedgerScript.Call("RESTORE", epoch, of.id(), LEASE, of.tenant(), of.claims());
    }

    /** One of the last calls, or one that never was. */
    private LedgerScript.Call earlier(String epoch) {
        LedgerScript.Call of = admitted.get("id-" + (fresh - 1 - random.nextInt(12)));
        return of == null || random.nextInt(20) == 0
                ? new LedgerScript.Call("ADMIT", epoch, "id-" + fresh++, LEASE, tenant(), claims())
                : of;
    }

    private LedgerScript.Call end(String epoch, String operation) {
        LedgerScript.Call of = earlier(epoch);
        boolean settle = operation.equals("SETTLE");
        List<Claim> claims = of.claims().stream()
                .map(c -> settle ? c.withActual(actual(c.estimate())) : c)
                .toList();
        if (random.nextInt(60) == 0 && !claims.isEmpty()) {
            Claim first = claims.get(0);
            claims = new ArrayList<>(claims);
            claims.set(0, new Claim(first.bucket(), Math.max(0, first.estimate() - 1), first.actual()));
        }
        return new LedgerScript.Call(operation, epoch, of.id(), LEASE, of.tenant(), claims);
    }

    private long actual(long estimate) {
        return switch (random.nextInt(4)) {
            case 0 -> estimate;
            case 1 -> Math.min(Bucket.MAX_AMOUNT, estimate + amount());
            default -> estimate == 0 ? 0 : Math.floorMod(random.nextLong(), estimate + 1);
        };
    }

    private long amount() {
        if (large && random.nextInt(3) == 0) {
            return Bucket.MAX_AMOUNT - random.nextInt(3);
        }
        return random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(60);
    }

    private List<Claim> claims() {
        version += random.nextInt(60) == 0 ? 1 : 0;
        List<Bucket> all = new ArrayList<>(List.of(
                rate("tpm", false, true),
                rate("rpm", false, random.nextInt(10) > 0),
                rate("org-tpm", true, true),
                budget("day", false, true),
                budget("month", false, true),
                budget("org-day", true, true),
                budget("shadow", false, false),
                new Bucket.Concurrency("inflight", false, true, 60 + random.nextInt(200)),
                new Bucket.Concurrency("org-inflight", true, random.nextInt(5) > 0, 300)));
        Collections.shuffle(all, random);
        return all.subList(0, 1 + random.nextInt(8)).stream()
                .map(b -> Claim.of(b, amount()))
                .toList();
    }

    private Bucket rate(String field, boolean shared, boolean enforced) {
        long of = Math.max(1, version - random.nextInt(2));
        Random shape = new Random(of * 31 + field.hashCode());
        long period = List.of(1L, 1000L, 1001L, 60_000L).get(shape.nextInt(4));
        long burst = large ? Bucket.MAX_AMOUNT / 2 / period - shape.nextInt(5) : 50 + shape.nextInt(300);
        return new Bucket.Rate(field, shared, enforced, burst, 1 + shape.nextInt(500), period, of);
    }

    private Bucket budget(String name, boolean shared, boolean enforced) {
        long start = now - Math.floorMod(now, PERIOD) - (random.nextInt(40) == 0 ? PERIOD : 0);
        long limit = large ? Bucket.MAX_AMOUNT - 7 : 800;
        return new Bucket.Budget(
                name + "@" + start / PERIOD, shared, enforced, limit, start, start + PERIOD, start + 4_000_000_000L);
    }
}
