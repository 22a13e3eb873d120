package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.local.LocalLedger;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random operations against the oracle: every answer, wait, balance and stored amount is the same. Replay one failing
 * seed with {@code -Dledger.seed=N}; any number of seeds with {@code -Dledger.seeds=N}.
 */
@Timeout(900)
class LedgerModelTest {

    private static final int SEEDS = Integer.getInteger("ledger.seeds", 500);
    private static final int OPERATIONS = Integer.getInteger("ledger.operations", 500);
    private static final int BATCH = 20;

    private static RedisFixture redis;

    @BeforeAll
    static void start() {
        redis = new RedisFixture();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void theScriptAnswersAsTheOracleDoes() {
        Integer only = Integer.getInteger("ledger.seed");
        long began = System.nanoTime();
        Map<String, Integer> statuses = new TreeMap<>();
        for (int seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            String difference = run(seed, RedisFixture.scriptWithTestClock(), statuses);
            assertEquals("", difference, "replay with -Dledger.seed=" + seed);
        }
        long operations = statuses.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "Ledger model: %d operations, seeds 0 to %d, 0 differences, %d s; answers %s%n",
                operations, SEEDS - 1, (System.nanoTime() - began) / 1_000_000_000, statuses);
        for (String status : List.of(
                "admitted",
                "denied",
                "duplicate",
                "ended",
                "too-large",
                "stale-period",
                "recovering",
                "restored",
                "settled",
                "released",
                "late",
                "unknown",
                "already",
                "extended",
                "expired",
                "peek",
                "seeded",
                "swept",
                "other-epoch",
                "bad-argument")) {
            assertTrue(only != null || statuses.containsKey(status), "no operation was answered " + status);
        }
    }

    /** The first difference, empty where there is none. */
    static String run(int seed, String scriptText, Map<String, Integer> statuses) {
        redis.send(Command.FLUSHALL);
        LedgerScript script = new LedgerScript("org", scriptText);
        Upstreams.await(
                redis.connection.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(scriptText)));
        LedgerOracle oracle = new LedgerOracle(false);
        LedgerOperations operations = new LedgerOperations(new Random(seed));
        for (int i = 0; i < OPERATIONS; i += BATCH) {
            List<LedgerScript.Call> calls = new ArrayList<>();
            List<List<String>> expected = new ArrayList<>();
            List<Future<Response>> sent = new ArrayList<>();
            for (int j = 0; j < BATCH; j++) {
                if (operations.wipes()) {
                    oracle.wipe();
                    sent.add(null);
                    redis.connection.send(Request.cmd(Command.FLUSHALL));
                    calls.add(null);
                    expected.add(null);
                    send(operations.now());
                }
                if (operations.failsOver()) {
                    oracle.server = "other" + i;
                    redis.connection.send(
                            Request.cmd(Command.SET).arg("clock:run").arg(oracle.server));
                }
                operations.advance();
                oracle.now = operations.now();
                LedgerScript.Call call = operations.next(oracle.epoch());
                send(operations.now());
                sent.add(redis.connection.send(script.bySha(call)));
                calls.add(call);
                expected.add(oracle.call(call));
            }
            for (int j = 0; j < sent.size(); j++) {
                if (sent.get(j) == null) {
                    continue;
                }
                List<String> found = flat(sent.get(j));
                if (found.get(0).equals("bad-argument")) {
                    found = List.of("bad-argument");
                }
                statuses.merge(found.get(0), 1, Integer::sum);
                if (!found.equals(expected.get(j))) {
                    return "operation " + (i + j) + " " + calls.get(j) + ": expected " + expected.get(j) + ", found "
                            + found;
                }
            }
            String stored = stored(oracle);
            if (!stored.isEmpty()) {
                return "after operation " + (i + BATCH) + ": " + stored;
            }
        }
        return "";
    }

    private static void send(long millis) {
        redis.connection.send(Request.cmd(Command.MSET)
                .arg("clock:s")
                .arg(String.valueOf(Math.floorDiv(millis, 1000)))
                .arg("clock:us")
                .arg(String.valueOf(Math.floorMod(millis, 1000) * 1000)));
    }

    private static List<String> flat(Future<Response> reply) {
        List<String> out = new ArrayList<>();
        try {
            for (Response part : reply.toCompletionStage().toCompletableFuture().get()) {
                out.add(part.toString());
            }
        } catch (Exception e) {
            out.add("error " + e.getMessage());
        }
        return out.isEmpty() ? List.of("nothing") : out;
    }

    private static String stored(LedgerOracle oracle) {
        Map<String, String> found = new TreeMap<>();
        for (String scope : List.of("", ":a", ":b")) {
            Response hash = redis.send(Command.HGETALL, "tg:{org}:budget" + scope);
            for (String field : hash.getKeys()) {
                String[] v = hash.get(field).toString().split(",");
                String base = v[4].equals(String.valueOf(oracle.era())) ? v[3] : v[0];
                if (!(v[0] + v[1] + base).equals("000")) {
                    String tenant = scope.isEmpty() ? "" : scope.substring(1);
                    found.put(tenant + " " + field, v[0] + "," + v[1] + "," + base);
                }
            }
        }
        if (!found.equals(oracle.storedAmounts())) {
            return "expected " + oracle.storedAmounts() + ", found " + found;
        }
        for (String tenant : List.of("a", "b")) {
            Map<String, Long> holds = new TreeMap<>();
            Response all = redis.send(Command.ZRANGE, "tg:{org}:holds:" + tenant, 0, -1, "WITHSCORES");
            for (Response one : all) {
                if (one.type() == ResponseType.MULTI) {
                    holds.put(one.get(0).toString(), one.get(1).toLong());
                }
            }
            if (all.size() > 0 && all.get(0).type() != ResponseType.MULTI) {
                for (int i = 0; i < all.size(); i += 2) {
                    holds.put(all.get(i).toString(), all.get(i + 1).toLong());
                }
            }
            if (!holds.equals(oracle.storedHolds(tenant))) {
                return "expected holds " + oracle.storedHolds(tenant) + ", found " + holds;
            }
        }
        return "";
    }

    /** Guards of the script, each taken away: some seed must notice. */
    private static final Map<String, String> MUTATIONS = new LinkedHashMap<>();

    static {
        MUTATIONS.put("elseif c.level < l.est then", "elseif c.level + 1 < l.est then");
        MUTATIONS.put("elseif c.used + c.held + l.est > l.a then", "elseif c.used + l.est > l.a then");
        MUTATIONS.put("elseif c.held + l.est > l.a then", "elseif c.held > l.a then");
        MUTATIONS.put("if l.est > c.burst then", "if false then");
        MUTATIONS.put("if now < l.b or now >= l.c then", "if now < l.b then");
        MUTATIONS.put("if elapsed < -5000 then c.at = now end", "");
        MUTATIONS.put("c.level, c.rem = c.burst, 0", "c.level, c.rem = c.burst, c.rem");
        MUTATIONS.put("c.rem = fmod(num, c.period)", "c.rem = 0");
        MUTATIONS.put("if l.d > c.version then", "if l.d ~= c.version then");
        MUTATIONS.put("lease_end <= now and #lapsed < most", "lease_end < now and #lapsed < most");
        MUTATIONS.put("if kind == 'b' then c.used = min(MAX, c.used + amount)", "if kind == 'x' then c.used = 0");
        MUTATIONS.put("if state ~= 'none' then\n  reclaim_only()", "if state == 'x' then\n  reclaim_only()");
        MUTATIONS.put("if state == 'ended' then\n    reclaim_only()", "if state == 'x' then\n    reclaim_only()");
        MUTATIONS.put("(state == 'expired' and l.est or 0)", "0");
        MUTATIONS.put("c.level = max(-c.burst, c.level - l.est)", "c.level = c.level - l.est");
        MUTATIONS.put("if l.est > c.base then", "if true then");
        MUTATIONS.put("elseif now < opens and l.enforce then", "elseif false then");
        MUTATIONS.put("if e + 0 ~= era then c.base = c.used end", "");
        MUTATIONS.put("if current == '' or (here ~= run", "if current == '' or (false");
        MUTATIONS.put("era = max(now, era + 1)", "era = now");
        MUTATIONS.put("held_member ~= member then", "false then");
        MUTATIONS.put("if current == '' or epoch ~= current then", "if current == '' then");
        MUTATIONS.put("call('SET', KEYS[2], op == 'SETTLE' and 'S' or 'R', 'PX', text(lease + HOUR))", "");
        MUTATIONS.put("(why == status and need > wait)", "false");
    }

    @Test
    void everyGuardTakenAwayIsNoticed() {
        String script = RedisFixture.scriptWithTestClock();
        List<String> unnoticed = new ArrayList<>();
        MUTATIONS.forEach((guard, without) -> {
            assertTrue(script.contains(guard), "the script has no " + guard);
            boolean noticed = false;
            for (int seed = 0; seed < 60 && !noticed; seed++) {
                noticed = !run(seed, script.replace(guard, without), new TreeMap<>())
                        .isEmpty();
            }
            if (!noticed) {
                unnoticed.add(guard);
            }
        });
        assertEquals(List.of(), unnoticed);
    }

    @Test
    void theLedgerInMemoryAnswersAsTheOracleDoes() {
        for (int seed = 0; seed < SEEDS; seed++) {
            ManualClock clock = new ManualClock(0);
            LocalLedger ledger = new LocalLedger(clock);
            LedgerOracle oracle = new LedgerOracle(true);
            LedgerOperations operations = new LedgerOperations(new Random(seed));
            oracle.call(new LedgerScript.Call("SEED", "", "epoch", 0, "a", List.of()));
            for (int i = 0; i < OPERATIONS; i++) {
                operations.advance();
                clock.set(operations.now());
                oracle.now = operations.now();
                LedgerScript.Call call = operations.next(oracle.epoch());
                if (!List.of("ADMIT", "SETTLE", "RELEASE", "EXTEND", "PEEK").contains(call.operation())
                        || !call.epoch().equals(oracle.epoch())) {
                    continue;
                }
                List<String> expected = oracle.call(call);
                if (expected.get(0).equals("bad-argument")) {
                    break;
                }
                assertEquals(comparable(expected, call), local(ledger, call), "seed " + seed + ", " + call);
            }
        }
    }

    /** The part of a reply that the Java contract shows. */
    private static String comparable(List<String> reply, LedgerScript.Call call) {
        String status = reply.get(0);
        return switch (call.operation()) {
            case "SETTLE", "RELEASE" -> status;
            case "EXTEND" -> String.valueOf(status.equals("extended"));
            case "PEEK" -> balances(reply);
            default ->
                switch (status) {
                    case "admitted" -> "admitted";
                    case "duplicate" -> "admitted";
                    case "denied" ->
                        "denied " + (Integer.parseInt(reply.get(2)) - 1) + " " + reply.get(3) + balances(reply);
                    case "too-large" -> "too-large " + (Integer.parseInt(reply.get(2)) - 1);
                    case "stale-period" -> "stale " + reply.get(1);
                    default -> "ended";
                };
        };
    }

    private static String balances(List<String> reply) {
        return " " + reply.subList(4, reply.size());
    }

    private static String local(LocalLedger ledger, LedgerScript.Call call) {
        Hold hold = new Hold(call.id(), call.tenant(), Duration.ofMillis(call.leaseMillis()), call.claims());
        return switch (call.operation()) {
            case "SETTLE" -> lower(ledger.settle(hold).result());
            case "RELEASE" -> lower(ledger.release(hold).result());
            case "EXTEND" -> String.valueOf(ledger.extend(hold).result());
            case "PEEK" ->
                " "
                        + texts(
                                ledger.peek(
                                                call.tenant(),
                                                call.claims().stream()
                                                        .map(c -> c.bucket())
                                                        .toList())
                                        .result(),
                                call);
            default -> {
                AdmitReply reply = ledger.admit(hold).result();
                if (reply instanceof AdmitReply.Admitted) {
                    yield "admitted";
                }
                if (reply instanceof AdmitReply.Denied d) {
                    yield "denied " + d.index() + " " + d.waitMillis() + " " + texts(d.balances(), call);
                }
                if (reply instanceof AdmitReply.TooLarge t) {
                    yield "too-large " + t.index();
                }
                yield reply instanceof AdmitReply.StalePeriod s ? "stale " + s.nowMillis() : "ended";
            }
        };
    }

    private static String lower(SettleReply reply) {
        return reply.name().toLowerCase(Locale.ROOT);
    }

    private static String texts(List<Balance> balances, LedgerScript.Call call) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < balances.size(); i++) {
            Balance b = balances.get(i);
            boolean rate = call.claims().get(i).bucket() instanceof Bucket.Rate;
            out.add(String.valueOf(rate ? b.level() : b.used()));
            out.add(String.valueOf(rate ? b.fullAfterMillis() : b.held()));
            out.add(b.refused() ? "1" : "0");
        }
        return out.toString();
    }
}
