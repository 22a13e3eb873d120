package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Meter;
import dev.tollgate.ledger.redis.Operation.Code;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Random runs of two pods over two tenants, a dozen ids and limits of all kinds; the same seed is the same sequence. */
final class LedgerOperations {

    static final Duration LEASE = Duration.ofSeconds(10);
    private static final long PERIOD = 120_000;
    private static final long DAY = 86_400_000;

    private final Random random;
    private final LedgerOracle oracle;
    private final boolean large;
    private final boolean crowded;
    private final Map<String, List<Hold>> asked = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, Long> acked = new HashMap<>();
    private final Map<String, Long> confirmed = new HashMap<>();
    private long now = 1_700_000_000_000L;
    private int fresh;
    private int meters;
    private long version = 1;

    LedgerOperations(Random random, LedgerOracle oracle) {
        this.random = random;
        this.oracle = oracle;
        this.large = random.nextInt(4) == 0;
        this.crowded = random.nextInt(8) == 0;
    }

    long now() {
        return now;
    }

    boolean wipes() {
        return random.nextInt(300) == 0;
    }

    boolean failsOver() {
        return random.nextInt(150) == 0;
    }

    void advance() {
        now += step(random.nextInt(1000));
    }

    private long step(int kind) {
        if (kind < 600) {
            return random.nextInt(50);
        }
        if (kind < 900) {
            return random.nextInt(1500);
        }
        if (kind < 955) {
            return random.nextInt(15_000);
        }
        if (kind < 970) {
            return -random.nextInt(4000);
        }
        if (kind < 975) {
            return -random.nextInt(20_000);
        }
        if (kind < 980) {
            return 3_600_000 + random.nextInt(1000);
        }
        if (kind < 986) {
            // Just before midnight, UTC.
            return DAY - Math.floorMod(now, DAY) - random.nextInt(300);
        }
        if (kind < 995) {
            return DAY * List.of(1, 1, 17, 34, 35, 36, 50).get(random.nextInt(7)) + random.nextInt(1000);
        }
        return 0;
    }

    /** A run of one pod; the pod knows what its last reply told it. */
    ModelRun next() {
        int kind = random.nextInt(100);
        String tenant = random.nextInt(3) == 0 ? "b" : "a";
        LedgerScript.Kind what = oracle.life.length() == 0 || kind < 3
                ? LedgerScript.Kind.GREET
                : kind < 8
                        ? LedgerScript.Kind.BEAT
                        : kind < 16
                                ? LedgerScript.Kind.PEEK
                                : kind < 20 ? LedgerScript.Kind.SWEEP : LedgerScript.Kind.CALLS;
        if (what == LedgerScript.Kind.SWEEP && random.nextInt(3) == 0) {
            tenant = "";
        }
        List<Operation> operations = new ArrayList<>();
        if (what == LedgerScript.Kind.CALLS) {
            int count = 1 + (random.nextBoolean() ? 0 : random.nextInt(6));
            for (int i = 0; i < count; i++) {
                operations.add(operation(tenant));
            }
            for (int i = crowded && rarely(12) ? 40 : 0; i > 0; i--) {
                operations.add(new Operation(Code.METER, metered(tenant)));
            }
        } else if (what == LedgerScript.Kind.PEEK) {
            operations.add(new Operation(Code.ADMIT, hold("peek", tenant, claims())));
        }
        return run(what, tenant, operations);
    }

    private ModelRun run(LedgerScript.Kind what, String tenant, List<Operation> operations) {
        String pod = random.nextInt(4) == 0 ? "pod-b" : "pod-a";
        boolean writes = what != LedgerScript.Kind.PEEK;
        long number = numbers.merge(pod, writes ? 1L : 0L, Long::sum);
        if (writes && rarely(40)) {
            number = Math.max(1, number - 1 - random.nextInt(3));
        }
        long acknowledged = acked.getOrDefault(pod + hex(oracle.life), 0L);
        boolean beats = what == LedgerScript.Kind.BEAT || what == LedgerScript.Kind.GREET;
        Set<Bucket> known = new HashSet<>();
        Set<String> confirmedNow = new HashSet<>();
        for (Operation operation : operations) {
            for (Claim claim : operation.claims()) {
                boolean there = oracle.cells.containsKey(LedgerOracle.name(tenant, claim.bucket()));
                if (claim.bucket().kind() != Bucket.Kind.RATE && (there ? random.nextBoolean() : rarely(400))) {
                    known.add(claim.bucket());
                }
            }
            String id = operation.hold.id();
            boolean was = confirmed.getOrDefault(id, -1L) == oracle.era;
            if (rarely(40) != was) {
                confirmedNow.add(id);
            }
        }
        return new ModelRun(
                what,
                pod,
                number,
                acknowledged + (rarely(120) ? 1 + random.nextInt(5) : 0),
                beats ? (rarely(6) ? 0 : 5000 + random.nextInt(10_000)) : LEASE.toMillis(),
                random.nextInt(3) == 0 ? 2000 : 0,
                crowded ? 6 : 1000,
                rarely(oracle.life.length() == 0 ? 2 : 100) ? other() : oracle.life.copy(),
                tenant,
                operations,
                known,
                confirmedNow);
    }

    private Buffer other() {
        return random.nextBoolean() ? Buffer.buffer() : Buffer.buffer(new byte[24]);
    }

    private boolean rarely(int n) {
        return random.nextInt(n) == 0;
    }

    static String hex(Buffer bytes) {
        return java.util.HexFormat.of().formatHex(bytes.getBytes());
    }

    /** What the pod learns of a run's reply. */
    void learn(ModelRun run, List<String> reply) {
        String life = run.pod() + hex(oracle.life);
        if (reply.get(0).equals("other-life")) {
            acked.put(life, Long.valueOf(reply.get(3)));
        } else if (run.kind() == LedgerScript.Kind.CALLS
                || run.kind() == LedgerScript.Kind.BEAT
                || run.kind() == LedgerScript.Kind.GREET) {
            acked.merge(life, Long.valueOf(reply.get(2)), Math::max);
        }
        if (reply.get(0).equals("done") && run.kind() == LedgerScript.Kind.CALLS) {
            for (int i = 0; i < run.operations().size(); i++) {
                String status = reply.get(4 + i);
                if (status.startsWith("ADMITTED") || status.startsWith("DUPLICATE") || status.startsWith("RESTORED")) {
                    confirmed.put(run.operations().get(i).hold.id(), oracle.era);
                }
            }
        }
    }

    private static Hold hold(String id, String tenant, List<Claim> claims) {
        return new Hold(id, tenant, LEASE, claims);
    }

    /** One operation, as the ledger's own interface can express it. */
    ModelRun nextCall() {
        String tenant = random.nextInt(3) == 0 ? "b" : "a";
        Operation operation =
                random.nextInt(12) == 0 ? new Operation(Code.ADMIT, hold("peek", tenant, claims())) : operation(tenant);
        boolean peeks = operation.hold.id().equals("peek");
        boolean was = confirmed.containsKey(operation.hold.id());
        return new ModelRun(
                peeks ? LedgerScript.Kind.PEEK : LedgerScript.Kind.CALLS,
                "pod",
                1,
                0,
                LEASE.toMillis(),
                0,
                1_000_000,
                oracle.life.copy(),
                tenant,
                List.of(operation),
                Set.of(),
                was ? Set.of(operation.hold.id()) : Set.of());
    }

    private Operation operation(String tenant) {
        int kind = random.nextInt(100);
        if (kind < 45) {
            return new Operation(Code.ADMIT, admit(tenant));
        }
        if (kind < 75) {
            boolean settle = kind < 66;
            return new Operation(settle ? Code.SETTLE : Code.RELEASE, end(tenant, settle));
        }
        if (kind < 78) {
            return new Operation(Code.METER, metered(tenant));
        }
        if (kind < 83) {
            return new Operation(Code.EXTEND, earlier(tenant));
        }
        if (kind < 88) {
            return new Operation(Code.RESTORE, random.nextBoolean() ? earlier(tenant) : admit(tenant));
        }
        List<Claim> budgets = claims().stream()
                .filter(c -> c.bucket().kind() == Bucket.Kind.BUDGET || rarely(60))
                .toList();
        return kind < 94
                ? new Operation(
                        Code.SEED,
                        hold("seed", tenant, budgets.stream().map(this::seen).toList()))
                : new Operation(
                        Code.MARK,
                        hold(
                                "mark",
                                tenant,
                                budgets.stream().map(this::threshold).toList()));
    }

    private Claim seen(Claim claim) {
        long seenIn = List.of(oracle.previous, oracle.previous, oracle.era, 1L).get(random.nextInt(4));
        return new Claim(claim.bucket(), claim.estimate() * 3 % Bucket.MAX_AMOUNT, seenIn);
    }

    private Claim threshold(Claim claim) {
        return Claim.of(claim.bucket(), List.of(0L, 80L, 95L, 101L, 181L, 203L).get(random.nextInt(6)));
    }

    private Hold admit(String tenant) {
        if (rarely(8)) {
            return earlier(tenant);
        }
        Hold hold = hold(tenant + "-" + fresh++, tenant, claims());
        asked.computeIfAbsent(tenant, t -> new ArrayList<>()).add(hold);
        return hold;
    }

    /** One of the last calls, or one that never was. */
    private Hold earlier(String tenant) {
        List<Hold> all = asked.getOrDefault(tenant, List.of());
        int last = all.size();
        return last == 0 || rarely(20)
                ? hold(tenant + "-" + fresh++, tenant, claims())
                : all.get(Math.max(0, last - 1 - random.nextInt(12)));
    }

    private Hold end(String tenant, boolean settle) {
        Hold of = earlier(tenant);
        List<Claim> claims = new ArrayList<>(of.claims());
        if (settle) {
            claims.replaceAll(c -> c.withActual(actual(c.estimate())));
            of = rarely(10) ? of : of.metered(used());
        }
        if (rarely(60) && !claims.isEmpty()) {
            Claim first = claims.get(0);
            claims.set(0, new Claim(first.bucket(), Math.max(0, first.estimate() - 1), first.actual()));
        }
        if (rarely(60)) {
            claims.add(claims.get(0));
        }
        return of.withClaims(claims);
    }

    /** A call that no limit guards, now and then one of the last again. */
    private Hold metered(String tenant) {
        meters += rarely(4) ? 0 : 1;
        return hold(tenant + "-m-" + meters, tenant, List.of()).metered(used());
    }

    private Meter used() {
        if (rarely(30)) {
            return new Meter(Meter.OTHER, Meter.OTHER, amount(), 1);
        }
        String model = crowded ? "model/" + random.nextInt(400) : "model-" + random.nextInt(4);
        return new Meter(model, rarely(3) ? "caf\u00e9 %" : "sales", amount(), random.nextInt(3));
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
        version += rarely(60) ? 1 : 0;
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
        long start = now - Math.floorMod(now, PERIOD) - (rarely(40) ? PERIOD : 0);
        long limit = large ? Bucket.MAX_AMOUNT - 7 : 800;
        long keep = start + PERIOD + (name.equals("month") ? 60_000 : 4_000_000_000L);
        return new Bucket.Budget(name + "@" + start / PERIOD, shared, enforced, limit, start, start + PERIOD, keep);
    }
}
