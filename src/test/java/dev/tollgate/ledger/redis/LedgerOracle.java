package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ledger once more, written to be obviously right and not fast: a rate is one fraction in BigInteger, a hold is an
 * object in a list, every call looks at everything. Speaks the script's own arguments and replies.
 */
final class LedgerOracle {

    private static final long MAX = Bucket.MAX_AMOUNT;
    private static final long TOMBSTONE = 3_600_000;

    /** A level as a fraction: scaled / period. */
    private record Level(BigInteger scaled, long at, long version, long burst, long rate, long period) {
        BigInteger floor() {
            BigInteger[] parts = scaled.divideAndRemainder(BigInteger.valueOf(period));
            return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
        }

        BigInteger remainder() {
            return scaled.subtract(floor().multiply(BigInteger.valueOf(period)));
        }

        Level with(BigInteger level, BigInteger rest) {
            return new Level(level.multiply(BigInteger.valueOf(period)).add(rest), at, version, burst, rate, period);
        }

        Level now(long now) {
            if (now < at) {
                return new Level(scaled, now < at - 5000 ? now : at, version, burst, rate, period);
            }
            BigInteger full = BigInteger.valueOf(burst).multiply(BigInteger.valueOf(period));
            BigInteger grown = scaled.add(BigInteger.valueOf(now - at).multiply(BigInteger.valueOf(rate)));
            return new Level(grown.min(full), now, version, burst, rate, period);
        }

        Level under(Bucket.Rate given) {
            if (given.version() <= version) {
                return this;
            }
            BigInteger moved = floor().add(BigInteger.valueOf(given.burst() - burst));
            Level changed =
                    new Level(BigInteger.ZERO, at, given.version(), given.burst(), given.rate(), given.periodMillis());
            return changed.with(changed.clamp(moved), BigInteger.ZERO);
        }

        BigInteger clamp(BigInteger level) {
            return level.max(BigInteger.valueOf(-burst)).min(BigInteger.valueOf(burst));
        }

        Level add(long amount) {
            BigInteger level = clamp(floor().add(BigInteger.valueOf(amount)));
            boolean full = amount >= 0 && level.equals(BigInteger.valueOf(burst));
            return with(level, full ? BigInteger.ZERO : remainder());
        }

        long until(long amount) {
            BigInteger missing = BigInteger.valueOf(amount)
                    .multiply(BigInteger.valueOf(period))
                    .subtract(scaled);
            BigInteger[] parts = missing.divideAndRemainder(BigInteger.valueOf(rate));
            return parts[0].longValue() + (parts[1].signum() > 0 ? 1 : 0);
        }
    }

    private static final class Amounts {
        long used;
        long held;
        long keep;
        long base;
        long era;
    }

    private static final class Held {
        String id;
        String tenant;
        String member;
        long leaseEnd;
        long forgottenAt;
        String state;
        List<Claim> claims;
    }

    private final boolean reclaimsAll;
    private final Map<String, Level> levels = new TreeMap<>();
    private final Map<String, Amounts> amounts = new TreeMap<>();
    private final Map<String, Held> holds = new HashMap<>();
    private String epoch = "";
    private String begunIn = "";
    private long era;
    private long opens;
    long now;
    String server = "first";

    /** @param reclaimsAll true for the ledger in memory, which reclaims every tenant's expired holds at each call */
    LedgerOracle(boolean reclaimsAll) {
        this.reclaimsAll = reclaimsAll;
    }

    String epoch() {
        return epoch;
    }

    long era() {
        return era;
    }

    void wipe() {
        levels.clear();
        amounts.clear();
        holds.clear();
        epoch = "";
        begunIn = "";
        era = 0;
        opens = 0;
        server = "first";
    }

    List<String> call(LedgerScript.Call call) {
        holds.values().removeIf(h -> h.forgottenAt <= now && !live(h));
        String op = call.operation();
        if (op.equals("PEEK")) {
            return reply("peek", 0, 0, call, List.of());
        }
        if (op.equals("SEED")) {
            return seed(call);
        }
        if (op.equals("GREET")) {
            if (epoch.isEmpty() || !begunIn.equals(server)) {
                begin(call);
            }
            return List.of("greeted", text(now), epoch);
        }
        if (op.equals("SWEEP")) {
            return List.of("swept", text(now), text(reclaim(call.tenant(), 64)));
        }
        Held known = holds.get(call.id());
        boolean end = op.equals("SETTLE") || op.equals("RELEASE");
        if (end
                && known != null
                && (live(known) || known.state.equals("expired"))
                && !known.member.equals(member(call))) {
            return List.of("bad-argument");
        }
        if (epoch.isEmpty() || !call.epoch().equals(epoch)) {
            return List.of("other-epoch", text(now), epoch);
        }
        if (op.equals("ADMIT")) {
            return admit(call, known, false);
        }
        if (op.equals("RESTORE")) {
            return admit(call, known, true);
        }
        reclaim(call.tenant(), 4);
        return op.equals("EXTEND") ? extend(call, known) : end(call, known);
    }

    private static boolean live(Held hold) {
        return hold.state.equals("held");
    }

    private List<String> seed(LedgerScript.Call call) {
        if (epoch.isEmpty()) {
            begin(call);
        }
        for (Claim claim : call.claims()) {
            Amounts a = amounts(call.tenant(), claim.bucket());
            if (claim.estimate() > a.base) {
                a.used = Math.min(MAX, a.used + claim.estimate() - a.base);
                a.base = claim.estimate();
                a.keep = Math.max(a.keep, ((Bucket.Budget) claim.bucket()).keepMillis());
            }
        }
        return List.of("seeded", text(now), epoch);
    }

    private void begin(LedgerScript.Call call) {
        opens = call.leaseMillis() == 0 ? 0 : now + call.leaseMillis();
        epoch = call.id() + ":" + opens;
        begunIn = server;
        era = Math.max(now, era + 1);
    }

    private List<String> admit(LedgerScript.Call call, Held known, boolean force) {
        // Decided on the books as they will be after the reclaim, which happens either way.
        reclaim(call.tenant(), 4);
        if (known != null) {
            return reply(live(known) ? "duplicate" : "ended", 0, 0, call, List.of());
        }
        String status = null;
        int index = 0;
        long longest = 0;
        List<Integer> refused = new ArrayList<>();
        List<String> ranks = List.of("recovering", "denied", "too-large");
        for (int i = 0; i < call.claims().size(); i++) {
            Claim claim = call.claims().get(i);
            String why = null;
            long wait = 0;
            if (claim.bucket() instanceof Bucket.Rate rate) {
                Level level = level(call.tenant(), rate);
                if (claim.estimate() > level.burst()) {
                    why = "too-large";
                } else if (level.floor().compareTo(BigInteger.valueOf(claim.estimate())) < 0) {
                    why = "denied";
                    wait = level.until(claim.estimate());
                }
            } else if (claim.bucket() instanceof Bucket.Budget budget) {
                if (now < budget.startMillis() || now >= budget.endMillis()) {
                    if (!force) {
                        return reply("stale-period", i + 1, 0, call, refused);
                    }
                    break;
                }
                Amounts a = amounts(call.tenant(), budget);
                if (claim.estimate() > budget.limit()) {
                    why = "too-large";
                } else if (sum(a.used, a.held, claim.estimate()).compareTo(BigInteger.valueOf(budget.limit())) > 0) {
                    why = "denied";
                    wait = budget.endMillis() - now;
                } else if (now < opens && budget.enforced()) {
                    why = "recovering";
                    wait = opens - now;
                }
            } else {
                long most = ((Bucket.Concurrency) claim.bucket()).limit();
                Amounts a = amounts(call.tenant(), claim.bucket());
                if (claim.estimate() > most) {
                    why = "too-large";
                } else if (sum(0, a.held, claim.estimate()).compareTo(BigInteger.valueOf(most)) > 0) {
                    why = "denied";
                    wait = 1000;
                }
            }
            if (why != null) {
                refused.add(i);
                if (claim.bucket().enforced()) {
                    int rank = ranks.indexOf(why);
                    int best = status == null ? -1 : ranks.indexOf(status);
                    if (rank > best || rank == best && wait > longest) {
                        status = why;
                        index = i + 1;
                        longest = wait;
                    }
                }
            }
        }
        if (status != null && !force) {
            return reply(status, index, longest, call, refused);
        }
        for (Claim claim : call.claims()) {
            if (claim.bucket() instanceof Bucket.Rate rate) {
                levels.put(name(call.tenant(), rate), level(call.tenant(), rate).add(-claim.estimate()));
            } else {
                Amounts a = amounts(call.tenant(), claim.bucket());
                a.held = Math.min(MAX, a.held + claim.estimate());
                keep(a, claim.bucket());
            }
        }
        Held hold = new Held();
        hold.id = call.id();
        hold.tenant = call.tenant();
        hold.member = member(call);
        hold.leaseEnd = now + call.leaseMillis();
        hold.forgottenAt = hold.leaseEnd + TOMBSTONE;
        hold.state = "held";
        hold.claims = call.claims();
        holds.put(call.id(), hold);
        return reply(force ? "restored" : "admitted", 0, 0, call, refused);
    }

    private List<String> extend(LedgerScript.Call call, Held known) {
        if (known != null && live(known)) {
            known.leaseEnd = now + call.leaseMillis();
            known.forgottenAt = known.leaseEnd + TOMBSTONE;
            return reply("extended", 0, 0, call, List.of());
        }
        String status = known == null ? "unknown" : known.state.equals("expired") ? "expired" : "ended";
        return reply(status, 0, 0, call, List.of());
    }

    private List<String> end(LedgerScript.Call call, Held known) {
        String before = known == null ? "none" : known.state;
        if (before.equals("ended")) {
            return reply("already", 0, 0, call, List.of());
        }
        boolean settle = call.operation().equals("SETTLE");
        for (Claim claim : call.claims()) {
            long actual = settle ? claim.actual() : 0;
            long reserved = before.equals("none") ? 0 : claim.estimate();
            if (claim.bucket() instanceof Bucket.Rate rate) {
                if (settle || !before.equals("none")) {
                    levels.put(
                            name(call.tenant(), rate),
                            level(call.tenant(), rate).add(reserved - actual));
                }
                continue;
            }
            Amounts a = amounts(call.tenant(), claim.bucket());
            if (before.equals("held")) {
                a.held = Math.max(0, a.held - claim.estimate());
            }
            if (claim.bucket() instanceof Bucket.Budget) {
                long charged = before.equals("expired") ? claim.estimate() : 0;
                a.used = Math.max(0, Math.min(MAX, a.used + actual - charged));
                keep(a, claim.bucket());
            }
        }
        Held tombstone = new Held();
        tombstone.id = call.id();
        tombstone.tenant = call.tenant();
        tombstone.member = "";
        tombstone.state = "ended";
        tombstone.forgottenAt = now + call.leaseMillis() + TOMBSTONE;
        holds.put(call.id(), tombstone);
        String status =
                before.equals("none") ? "unknown" : before.equals("expired") ? "late" : settle ? "settled" : "released";
        return reply(status, 0, 0, call, List.of());
    }

    private static void keep(Amounts a, Bucket bucket) {
        if (bucket instanceof Bucket.Budget budget) {
            a.keep = Math.max(a.keep, budget.keepMillis());
        }
    }

    private int reclaim(String tenant, int most) {
        List<Held> due = holds.values().stream()
                .filter(h -> live(h) && h.leaseEnd <= now && (reclaimsAll || h.tenant.equals(tenant)))
                .sorted(Comparator.<Held>comparingLong(h -> h.leaseEnd).thenComparing(h -> h.member))
                .limit(reclaimsAll ? Long.MAX_VALUE : most)
                .toList();
        for (Held hold : due) {
            hold.state = "expired";
            for (Claim claim : hold.claims) {
                if (!(claim.bucket() instanceof Bucket.Rate)) {
                    Amounts a = amounts(hold.tenant, claim.bucket());
                    a.held = Math.max(0, a.held - claim.estimate());
                    if (claim.bucket() instanceof Bucket.Budget) {
                        a.used = Math.min(MAX, a.used + claim.estimate());
                    }
                }
            }
        }
        return due.size();
    }

    private static BigInteger sum(long a, long b, long c) {
        return BigInteger.valueOf(a).add(BigInteger.valueOf(b)).add(BigInteger.valueOf(c));
    }

    private Level level(String tenant, Bucket.Rate rate) {
        Level known = levels.get(name(tenant, rate));
        return known == null
                ? new Level(
                        BigInteger.valueOf(rate.burst()).multiply(BigInteger.valueOf(rate.periodMillis())),
                        now,
                        rate.version(),
                        rate.burst(),
                        rate.rate(),
                        rate.periodMillis())
                : known.now(now).under(rate);
    }

    private Amounts amounts(String tenant, Bucket bucket) {
        Amounts a = amounts.computeIfAbsent(name(tenant, bucket), k -> new Amounts());
        if (a.era != era) {
            a.era = era;
            a.base = a.used;
        }
        return a;
    }

    private static String name(String tenant, Bucket bucket) {
        return (bucket.shared() ? "" : tenant) + " " + bucket.field();
    }

    private static String member(LedgerScript.Call call) {
        StringBuilder member = new StringBuilder(call.id());
        for (Claim claim : call.claims()) {
            if (!(claim.bucket() instanceof Bucket.Rate)) {
                member.append('|')
                        .append(claim.bucket() instanceof Bucket.Budget ? 'b' : 'c')
                        .append(claim.bucket().shared() ? 's' : 't')
                        .append(claim.bucket().field())
                        .append('=')
                        .append(claim.estimate());
            }
        }
        return member.toString();
    }

    private static String text(long n) {
        return String.valueOf(n);
    }

    private List<String> reply(String status, int index, long wait, LedgerScript.Call call, List<Integer> refused) {
        List<String> out = new ArrayList<>(List.of(status, text(now), text(index), text(wait)));
        for (int i = 0; i < call.claims().size(); i++) {
            Bucket bucket = call.claims().get(i).bucket();
            if (bucket instanceof Bucket.Rate rate) {
                Level level = level(call.tenant(), rate);
                out.add(level.floor().toString());
                out.add(text(level.floor().longValue() >= level.burst() ? 0 : level.until(level.burst())));
            } else {
                Amounts a = amounts(call.tenant(), bucket);
                out.add(text(bucket instanceof Bucket.Budget ? a.used : 0));
                out.add(text(a.held));
            }
            out.add(refused.contains(i) ? "1" : "0");
        }
        return out;
    }

    /** What the script keeps of budgets and concurrency, but for fields that say no more than their absence. */
    Map<String, String> storedAmounts() {
        Map<String, String> stored = new TreeMap<>();
        amounts.forEach((name, a) -> {
            long base = a.era == era ? a.base : a.used;
            if (a.used + a.held + base > 0) {
                stored.put(name, a.used + "," + a.held + "," + base);
            }
        });
        return stored;
    }

    /** Members of a tenant's live holds with their lease ends. */
    Map<String, Long> storedHolds(String tenant) {
        Map<String, Long> stored = new TreeMap<>();
        holds.values().stream()
                .filter(h -> live(h) && h.tenant.equals(tenant))
                .forEach(h -> stored.put(h.member, h.leaseEnd));
        return stored;
    }
}
