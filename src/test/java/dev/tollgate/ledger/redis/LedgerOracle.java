package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.redis.Operation.Code;
import dev.tollgate.ledger.redis.Operation.Status;
import io.vertx.core.buffer.Buffer;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The ledger once more, written to be obviously right and not fast: a rate is one fraction in BigInteger, every run looks at
 * everything. Replies are lists of text, so that a difference can be read.
 */
final class LedgerOracle {

    private static final long MAX = Bucket.MAX_AMOUNT;
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    /** A count of either kind. */
    static final class Cell {
        Level level;
        long used;
        long held;
        long keep;
        long base;
        long prior;
        long era;
        long mark;
        long reset;
    }

    static final class Entry {
        final String id;
        final String tenant;
        char state;
        long due;
        List<Claim> claims = List.of();

        Entry(String id, String tenant) {
            this.id = id;
            this.tenant = tenant;
        }
    }

    final Map<String, Cell> cells = new TreeMap<>();
    final Map<String, Entry> entries = new TreeMap<>();
    final Map<String, Long> numbers = new TreeMap<>();
    final Map<String, Long> beats = new TreeMap<>();
    final Set<String> ranks = new TreeSet<>();
    final Set<String> tenants = new HashSet<>();
    final Map<String, SpendOracle> spends = new TreeMap<>();
    private final Set<String> metered = new HashSet<>();
    private LocalDate sweptOn = LocalDate.MIN;
    private final boolean reclaimsAll;
    String server = "first";
    String lifeServer = "";
    Buffer life = Buffer.buffer();
    long era;
    long previous;
    long opens;
    boolean fresh;
    long now;
    private boolean written;
    private int underflows;
    private List<Bucket> limits = List.of();

    /** @param reclaimsAll true for the ledger in memory, which reclaims every tenant's lapsed holds at each call */
    LedgerOracle(boolean reclaimsAll) {
        this.reclaimsAll = reclaimsAll;
    }

    void wipe() {
        cells.clear();
        entries.clear();
        numbers.clear();
        beats.clear();
        ranks.clear();
        tenants.clear();
        spends.clear();
        server = "first";
        lifeServer = "";
        life = Buffer.buffer();
        era = 0;
        previous = 0;
        opens = 0;
        fresh = false;
    }

    static String hex(String id) {
        return HexFormat.of().formatHex(EntryId.of(id).getBytes());
    }

    static String name(String tenant, Bucket bucket) {
        return (bucket.shared() ? "" : tenant) + " "
                + "rbc".charAt(bucket.kind().number()) + bucket.field();
    }

    List<String> run(ModelRun run) {
        written = false;
        underflows = 0;
        limits = run.limits();
        String pod = hex(run.pod());
        long stored = numbers.getOrDefault(pod, 0L);
        if (run.kind() == LedgerScript.Kind.PEEK) {
            return done(run, stored, List.of());
        }
        if (run.kind() == LedgerScript.Kind.GREET && life.length() > 0 && !server.equals(lifeServer)) {
            return begin(run, pod, true);
        }
        if (life.length() == 0) {
            boolean nobody = run.life().length() == 0 && run.acked() == 0 && beats.isEmpty() && tenants.isEmpty();
            return begin(run, pod, !nobody);
        }
        if (!run.life().equals(life)) {
            return List.of("other-life", text(now), text(stored), text(stored), hex(life));
        }
        boolean lost = run.limits().stream()
                .anyMatch(b -> b.kind() != Bucket.Kind.RATE
                        && run.known().contains(b)
                        && !cells.containsKey(name(run.tenant(), b)));
        if (stored < run.acked() || lost) {
            return begin(run, pod, true);
        }
        if (run.kind() == LedgerScript.Kind.BEAT || run.kind() == LedgerScript.Kind.GREET) {
            return beat(run, pod, stored);
        }
        int over = reclaim(run.tenant(), run.kind() == LedgerScript.Kind.SWEEP ? 64 : 4);
        if (run.kind() == LedgerScript.Kind.SWEEP) {
            numbers.put(pod, Math.max(stored, run.number()));
            tenants.add(run.tenant());
            return List.of("swept", text(now), text(over));
        }
        List<String> replies = new ArrayList<>();
        for (Operation operation : run.operations()) {
            replies.add(apply(run, operation));
        }
        if (written) {
            stored = Math.max(stored, run.number());
            numbers.put(pod, stored);
            tenants.add(run.tenant());
        }
        return done(run, stored, replies);
    }

    private List<String> done(ModelRun run, long stored, List<String> replies) {
        List<String> out = new ArrayList<>(List.of("done", text(now), text(stored), text(underflows)));
        out.addAll(replies);
        for (Bucket bucket : run.limits()) {
            out.add(balance(run.tenant(), bucket));
        }
        return out;
    }

    private static String hex(Buffer bytes) {
        return HexFormat.of().formatHex(bytes.getBytes());
    }

    private List<String> begin(ModelRun run, String pod, boolean waits) {
        long found = numbers.getOrDefault(pod, 0L);
        previous = era;
        long known = run.life().length() == 0 ? 0 : run.life().getLongLE(0) + 1;
        era = Math.max(Math.max(now, era + 1), known);
        opens = waits ? now + run.recovery() : 0;
        fresh = !waits;
        lifeServer = server;
        life = Buffer.buffer().appendLongLE(era).appendBuffer(EntryId.of(run.pod()));
        numbers.put(pod, Math.max(found, run.number()));
        return List.of("other-life", text(now), text(found), text(numbers.get(pod)), hex(life));
    }

    private List<String> beat(ModelRun run, String pod, long found) {
        long stored = Math.max(found, run.number());
        List<String> ended = new ArrayList<>();
        beats.forEach((other, end) -> {
            if (end >= 0 && end <= now) {
                ended.add(other);
            }
        });
        List<String> forgotten = new ArrayList<>();
        beats.forEach((other, end) -> {
            if (end < 0 && end >= DAY - now) {
                forgotten.add(other);
            }
        });
        numbers.put(pod, stored);
        beats.put(pod, run.lease() > 0 ? now + run.lease() : -now);
        if (run.lease() > 0) {
            ranks.add(pod);
        } else {
            ranks.remove(pod);
        }
        ended.stream().filter(o -> !o.equals(pod)).forEach(other -> {
            beats.put(other, -beats.get(other));
            ranks.remove(other);
        });
        forgotten.stream().filter(o -> !o.equals(pod)).forEach(other -> {
            beats.remove(other);
            numbers.remove(other);
        });
        return List.of(
                "beat",
                text(now),
                text(stored),
                text(found),
                text(ranks.size()),
                text(Math.max(0, new ArrayList<>(ranks).indexOf(pod))));
    }

    private int reclaim(String tenant, int most) {
        List<Entry> due = entries.values().stream()
                .filter(e -> e.due <= now && (reclaimsAll || e.tenant.equals(tenant)))
                .sorted(Comparator.comparingLong((Entry e) -> e.due).thenComparing(e -> e.id))
                .limit(reclaimsAll ? Long.MAX_VALUE : most)
                .toList();
        for (Entry entry : due) {
            written = true;
            if (entry.state != 'H') {
                entries.remove(entry.tenant + " " + entry.id);
                continue;
            }
            entry.state = 'L';
            entry.due = now + DAY;
            for (Claim claim : entry.claims) {
                Cell cell = cells.get(name(entry.tenant, claim.bucket()));
                if (claim.bucket().kind() == Bucket.Kind.RATE || cell == null) {
                    continue;
                }
                adopt(cell);
                cell.held = less(cell.held, claim.estimate());
                if (claim.bucket().kind() == Bucket.Kind.BUDGET) {
                    cell.used = Math.min(MAX, cell.used + claim.estimate());
                }
            }
        }
        return due.size();
    }

    private long less(long amount, long by) {
        if (amount < by) {
            underflows = Math.min(255, underflows + 1);
            return 0;
        }
        return amount - by;
    }

    /** What a cell's base means is of its era. */
    private void adopt(Cell cell) {
        if (cell.era != era) {
            cell.prior = cell.era == previous ? cell.base : cell.used;
            cell.base = cell.used;
            cell.era = era;
        }
    }

    private Cell cell(String tenant, Bucket bucket) {
        Cell cell = cells.get(name(tenant, bucket));
        if (cell == null) {
            cell = new Cell();
            cell.era = era;
        } else {
            adopt(cell);
        }
        if (bucket instanceof Bucket.Rate rate) {
            cell.level = level(cell.level, tenant, rate);
        }
        return cell;
    }

    private Cell change(String tenant, Bucket bucket) {
        Cell cell = cell(tenant, bucket);
        cells.put(name(tenant, bucket), cell);
        written = true;
        return cell;
    }

    private String balance(String tenant, Bucket bucket) {
        // The highest version that any limit of the run gives is in force; it was applied when the run was read.
        Cell cell = look(tenant, bucket);
        return switch (bucket.kind()) {
            case RATE -> {
                boolean full = cell.level.floor().longValueExact() >= cell.level.burst();
                yield cell.level.floor() + "," + (full ? 0 : cell.level.until(cell.level.burst()));
            }
            case BUDGET -> cell.used + "," + cell.held;
            case CONCURRENCY -> "0," + cell.held;
        };
    }

    /** As now, without writing: a copy. */
    private Cell look(String tenant, Bucket bucket) {
        Cell known = cells.get(name(tenant, bucket));
        Cell copy = new Cell();
        if (known != null) {
            copy.used = known.used;
            copy.held = known.held;
            copy.level = known.level;
        }
        if (bucket instanceof Bucket.Rate rate) {
            copy.level = level(copy.level, tenant, rate);
        }
        return copy;
    }

    /** Under the newest version that any limit of the run gives. */
    private Level level(Level known, String tenant, Bucket.Rate rate) {
        Level level = known == null ? null : known.now(now);
        for (Bucket given : limits) {
            if (given instanceof Bucket.Rate r && name(tenant, r).equals(name(tenant, rate))) {
                level = level == null ? Level.full(r, now) : level.under(r);
            }
        }
        return level;
    }

    private String apply(ModelRun run, Operation operation) {
        Set<Bucket> distinct = new HashSet<>();
        boolean wrong = operation.claims().stream().anyMatch(c -> !distinct.add(c.bucket()));
        wrong |= (operation.code == Code.SEED || operation.code == Code.MARK)
                && operation.claims().stream().anyMatch(c -> c.bucket().kind() != Bucket.Kind.BUDGET);
        if (wrong) {
            return answer(Status.NOT_AS_AGREED, 0, 0, 0, "0,0");
        }
        return switch (operation.code) {
            case ADMIT -> admit(run, operation);
            case RESTORE -> restore(run, operation);
            case SETTLE, RELEASE -> finish(run, operation);
            case EXTEND -> extend(run, operation);
            case SEED -> seed(run, operation);
            case MARK -> mark(run, operation);
            case METER -> meter(run, operation);
        };
    }

    private static String answer(Status status, int index, long wait, long refused, String decided) {
        return status + " " + index + " " + wait + " " + refused + " " + decided;
    }

    private static String plain(Status status) {
        return answer(status, 0, 0, 0, "0,0");
    }

    private Entry entry(ModelRun run, Operation operation) {
        return entries.get(run.tenant() + " " + hex(operation.hold.id()));
    }

    private String admit(ModelRun run, Operation operation) {
        Entry known = entry(run, operation);
        if (known != null) {
            return plain(known.state == 'H' ? Status.DUPLICATE : Status.ENDED);
        }
        Status status = null;
        int index = 0;
        long longest = 0;
        long refused = 0;
        List<Status> order = List.of(Status.RECOVERING, Status.DENIED, Status.TOO_LARGE);
        for (int i = 0; i < operation.claims().size(); i++) {
            Claim claim = operation.claims().get(i);
            Bucket bucket = claim.bucket();
            if (bucket instanceof Bucket.Budget b && (now < b.startMillis() || now >= b.endMillis())) {
                return answer(Status.STALE_PERIOD, i + 1, 0, 0, balance(run.tenant(), bucket));
            }
            if (!reclaimsAll && !cells.containsKey(name(run.tenant(), bucket)) && room(run, bucket.shared()) <= 0) {
                return answer(Status.TOO_MANY_CELLS, i + 1, 0, 0, balance(run.tenant(), bucket));
            }
            long[] wait = {0};
            Status why = refusal(run.tenant(), claim, wait);
            if (why != null) {
                refused |= 1L << i;
                int rank = order.indexOf(why);
                int best = status == null ? -1 : order.indexOf(status);
                if (bucket.enforced() && (rank > best || rank == best && wait[0] > longest)) {
                    status = why;
                    index = i + 1;
                    longest = wait[0];
                }
            }
        }
        if (status != null) {
            Bucket bucket = operation.claims().get(index - 1).bucket();
            return answer(status, index, longest, refused, balance(run.tenant(), bucket));
        }
        hold(run, operation);
        return answer(Status.ADMITTED, 0, 0, refused, "0,0");
    }

    private long room(ModelRun run, boolean shared) {
        String owner = shared ? " " : run.tenant() + " ";
        long count = cells.keySet().stream().filter(k -> k.startsWith(owner)).count();
        return shared
                ? run.maxCells() - (1 + numbers.size() + count) + beats.size() + 1
                : run.maxCells() - (tenants.contains(run.tenant()) ? 1 : 0) - count + 1;
    }

    private Status refusal(String tenant, Claim claim, long[] wait) {
        Cell cell = look(tenant, claim.bucket());
        if (claim.bucket() instanceof Bucket.Rate) {
            if (claim.estimate() > cell.level.burst()) {
                return Status.TOO_LARGE;
            }
            if (cell.level.floor().compareTo(BigInteger.valueOf(claim.estimate())) < 0) {
                wait[0] = cell.level.until(claim.estimate());
                return Status.DENIED;
            }
            return null;
        }
        if (claim.estimate() > claim.bucket().capacity()) {
            return Status.TOO_LARGE;
        }
        BigInteger sum = BigInteger.valueOf(claim.bucket() instanceof Bucket.Budget ? cell.used : 0)
                .add(BigInteger.valueOf(cell.held))
                .add(BigInteger.valueOf(claim.estimate()));
        if (sum.compareTo(BigInteger.valueOf(claim.bucket().capacity())) > 0) {
            wait[0] = claim.bucket() instanceof Bucket.Budget b ? b.endMillis() - now : 1000;
            return Status.DENIED;
        }
        if (now < opens && claim.bucket().enforced()) {
            wait[0] = opens - now;
            return Status.RECOVERING;
        }
        return null;
    }

    private void hold(ModelRun run, Operation operation) {
        for (Claim claim : operation.claims()) {
            Cell cell = change(run.tenant(), claim.bucket());
            if (claim.bucket().kind() == Bucket.Kind.RATE) {
                cell.level = cell.level.add(-claim.estimate());
            } else {
                cell.held = Math.min(MAX, cell.held + claim.estimate());
                keep(cell, claim.bucket());
            }
        }
        Entry entry = new Entry(hex(operation.hold.id()), run.tenant());
        entry.state = 'H';
        entry.due = now + run.lease();
        entry.claims = operation.claims();
        entries.put(run.tenant() + " " + entry.id, entry);
        written = true;
    }

    private static void keep(Cell cell, Bucket bucket) {
        if (bucket instanceof Bucket.Budget budget) {
            cell.keep = Math.max(cell.keep, budget.keepMillis());
        }
    }

    private String restore(ModelRun run, Operation operation) {
        Entry known = entry(run, operation);
        if (known != null) {
            return plain(known.state == 'H' ? Status.DUPLICATE : Status.ENDED);
        }
        hold(run, operation);
        return plain(Status.RESTORED);
    }

    private String finish(ModelRun run, Operation operation) {
        Entry known = entry(run, operation);
        boolean acked = run.acknowledged().contains(operation.hold.id());
        boolean settles = operation.code == Code.SETTLE;
        char state = known == null ? '-' : known.state;
        if (state == 'E' || state == '-' && acked) {
            return plain(Status.ALREADY);
        }
        if (known != null && !held(known.claims).equals(held(operation.claims()))) {
            return plain(Status.NOT_AS_AGREED);
        }
        for (Claim claim : operation.claims()) {
            if (state == '-' && !settles) {
                break;
            }
            Cell cell = change(run.tenant(), claim.bucket());
            long actual = settles ? claim.actual() : 0;
            if (claim.bucket().kind() == Bucket.Kind.RATE) {
                cell.level = cell.level.end((state == '-' ? 0 : claim.estimate()) - actual);
                continue;
            }
            if (state == 'H') {
                cell.held = less(cell.held, claim.estimate());
            }
            if (claim.bucket().kind() == Bucket.Kind.BUDGET) {
                cell.used = Math.min(MAX, cell.used + actual);
                if (state == 'L') {
                    cell.used = less(cell.used, claim.estimate());
                }
                keep(cell, claim.bucket());
            }
        }
        written = true;
        if (settles) {
            use(run, operation);
        }
        String key = run.tenant() + " " + hex(operation.hold.id());
        if (acked || state != '-' && !settles) {
            entries.remove(key);
        } else {
            Entry ended = new Entry(hex(operation.hold.id()), run.tenant());
            ended.state = 'E';
            ended.due = now + HOUR;
            entries.put(key, ended);
        }
        return plain(
                state == 'L'
                        ? Status.LATE
                        : state == '-' ? Status.UNKNOWN : settles ? Status.SETTLED : Status.RELEASED);
    }

    private String meter(ModelRun run, Operation operation) {
        boolean again = reclaimsAll
                ? !metered.add(operation.hold.id())
                : run.number() <= numbers.getOrDefault(hex(run.pod()), 0L);
        if (again) {
            return plain(reclaimsAll ? Status.ALREADY : Status.OVERTAKEN);
        }
        written = true;
        use(run, operation);
        return plain(Status.METERED);
    }

    private void use(ModelRun run, Operation operation) {
        if (reclaimsAll && SpendOracle.day(now).isAfter(sweptOn)) {
            sweptOn = SpendOracle.day(now);
            spends.values().forEach(of -> of.names().stream()
                    .filter(name -> of.over(name, now))
                    .forEach(of::remove));
        }
        if (!operation.hold.used().isNone()) {
            spends.computeIfAbsent(run.tenant(), t -> new SpendOracle()).add(operation.hold.used(), now);
        }
    }

    /** What a hold says of budgets and concurrency limits. */
    static List<String> held(List<Claim> claims) {
        return claims.stream()
                .filter(c -> c.bucket().kind() != Bucket.Kind.RATE)
                .map(c -> name("", c.bucket()) + (c.bucket().shared() ? " shared " : " own ") + c.estimate())
                .toList();
    }

    private String extend(ModelRun run, Operation operation) {
        Entry known = entry(run, operation);
        if (known != null && known.state == 'H') {
            known.due = now + run.lease();
            written = true;
            return plain(Status.EXTENDED);
        }
        if (known == null) {
            return plain(run.acknowledged().contains(operation.hold.id()) ? Status.ENDED : Status.UNKNOWN);
        }
        return plain(known.state == 'L' ? Status.LAPSED : Status.ENDED);
    }

    private String seed(ModelRun run, Operation operation) {
        for (Claim claim : operation.claims()) {
            long seenIn = claim.actual();
            Cell cell = cell(run.tenant(), claim.bucket());
            boolean last = seenIn == previous;
            long told = last ? cell.base : cell.prior;
            if (seenIn != era && claim.estimate() > told) {
                cell = change(run.tenant(), claim.bucket());
                cell.used = Math.min(MAX, cell.used + claim.estimate() - told);
                if (last) {
                    cell.base = claim.estimate();
                } else {
                    cell.prior = claim.estimate();
                }
                keep(cell, claim.bucket());
                if (fresh) {
                    fresh = false;
                    opens = now + run.recovery();
                }
            }
        }
        return plain(Status.SEEDED);
    }

    private String mark(ModelRun run, Operation operation) {
        for (int i = 0; i < operation.claims().size(); i++) {
            Claim claim = operation.claims().get(i);
            long threshold = claim.estimate();
            Cell cell = cell(run.tenant(), claim.bucket());
            if (threshold > 202) {
                return answer(Status.NOT_AS_AGREED, i + 1, 0, 0, balance(run.tenant(), claim.bucket()));
            }
            if (threshold == 0 ? cell.reset > 0 : cell.mark >= threshold) {
                return answer(Status.ALREADY, i + 1, 0, 0, balance(run.tenant(), claim.bucket()));
            }
            cell = change(run.tenant(), claim.bucket());
            if (threshold == 0) {
                cell.reset = 1;
            } else {
                cell.mark = threshold;
            }
            keep(cell, claim.bucket());
        }
        return plain(Status.MARKED);
    }

    /** True if the cell says no more than its absence. */
    boolean idle(String name, Cell cell) {
        return switch (name.charAt(name.indexOf(' ') + 1)) {
            case 'r' -> cell.level.now(now).floor().longValueExact() >= cell.level.burst();
            case 'b' -> {
                boolean none = cell.used + cell.mark + cell.reset == 0 && bases(cell) == 0;
                yield cell.held == 0 && (cell.keep < now || none);
            }
            default -> cell.held == 0;
        };
    }

    private long bases(Cell cell) {
        return cell.era == era ? cell.base + cell.prior : cell.used + (cell.era == previous ? cell.base : cell.used);
    }

    /** Stored as text: what the script keeps of a cell. */
    String stored(String name, Cell cell) {
        return switch (name.charAt(name.indexOf(' ') + 1)) {
            case 'r' -> cell.level.toString();
            case 'b' -> {
                adopt(cell);
                yield cell.used + "," + cell.held + "," + cell.keep + "," + cell.base + "," + cell.prior + ","
                        + cell.mark + "," + cell.reset;
            }
            default -> String.valueOf(cell.held);
        };
    }

    static String text(long n) {
        return String.valueOf(n);
    }

    /** Lives forever, as the ledger in memory does. */
    void live() {
        era = 1;
        life = Buffer.buffer().appendLongLE(era).appendBuffer(EntryId.of("pod"));
        lifeServer = server;
    }
}
