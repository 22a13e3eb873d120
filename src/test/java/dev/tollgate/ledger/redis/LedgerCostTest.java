package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.redis.Operation.Code;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a call costs Redis: script time by limits and batch beside an empty script in the same run, and bytes. */
@Timeout(180)
class LedgerCostTest {

    private static final int CALLS = Integer.getInteger("ledger.cost-calls", 320);
    private static final int ROUNDS = 7;
    private static final Pattern MICROS = Pattern.compile("cmdstat_eval:calls=\\d+,usec=(\\d+)");

    private static RedisFixture redis;
    private final LedgerScript script = new LedgerScript("org", LedgerScript.bundled());
    private Buffer life = Buffer.buffer();
    private long number;

    @BeforeAll
    static void start() {
        redis = new RedisFixture();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static List<Bucket> limits(int count) {
        long now = System.currentTimeMillis();
        List<Bucket> limits = new ArrayList<>();
        for (int i = 0; limits.size() < count; i++) {
            long start = now - 100_000_000;
            limits.add(new Bucket.Rate(
                    "tpm" + i + ":tokens:tm/claude-sonnet-4-5", false, true, 1L << 30, 1L << 30, 60_000, 1));
            limits.add(new Bucket.Budget(
                    "team" + i + ":usd:month:t@2026-11",
                    false,
                    true,
                    1L << 50,
                    start,
                    start + (1L << 33),
                    start + (1L << 34)));
            limits.add(new Bucket.Concurrency("inflight" + i + ":requests:t", false, true, 1L << 40));
            limits.add(new Bucket.Rate("org" + i + ":tokens:", true, true, 1L << 30, 1L << 30, 60_000, 1));
            limits.add(new Bucket.Rate("rpm" + i + ":requests:t", false, true, 1L << 30, 1L << 30, 60_000, 1));
            limits.add(new Bucket.Budget(
                    "org" + i + ":usd:day:@2026-11-24",
                    true,
                    true,
                    1L << 50,
                    start,
                    start + (1L << 33),
                    start + (1L << 34)));
        }
        return limits.subList(0, count);
    }

    private ModelRun run(Code code, List<Hold> holds) {
        List<Operation> operations =
                holds.stream().map(h -> new Operation(code, h)).toList();
        Set<String> acknowledged = code == Code.ADMIT
                ? Set.of()
                : Set.copyOf(holds.stream().map(Hold::id).toList());
        return new ModelRun(
                LedgerScript.Kind.CALLS,
                "pod",
                ++number,
                0,
                60_000,
                0,
                1000,
                life,
                "acme",
                operations,
                Set.of(),
                acknowledged);
    }

    private void begin() {
        redis.send(Command.FLUSHALL);
        ModelRun greet = new ModelRun(
                LedgerScript.Kind.GREET,
                "pod",
                ++number,
                0,
                60_000,
                0,
                1000,
                Buffer.buffer(),
                "",
                List.of(),
                Set.of(),
                Set.of());
        Response reply = Upstreams.await(redis.connection.send(script.byText(greet.script())));
        life = new RunReply(reply).life();
    }

    private static List<Hold> holds(int count, List<Bucket> limits) {
        List<Claim> claims = limits.stream().map(b -> new Claim(b, 1000, 400)).toList();
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            holds.add(new Hold(UUID.randomUUID().toString(), "acme", Duration.ofMinutes(1), claims));
        }
        return holds;
    }

    /** Microseconds of script for a call, ADMIT and SETTLE; the least of some rounds, as other processes only add. */
    private double micros(List<Bucket> limits, int batch, boolean empty) {
        List<Double> rounds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            redis.send(Command.CONFIG, "RESETSTAT");
            List<Hold> holds = holds(CALLS, limits);
            for (int from = 0; from < CALLS; from += batch) {
                for (Code code : List.of(Code.ADMIT, Code.SETTLE)) {
                    ModelRun run = run(code, holds.subList(from, Math.min(CALLS, from + batch)));
                    Response reply =
                            Upstreams.await(empty ? nothing(run) : redis.connection.send(script.byText(run.script())));
                    assertTrue(empty
                            || ReplyText.of(run, reply).get(4).startsWith(code == Code.ADMIT ? "ADMITTED" : "SETTLED"));
                }
            }
            Matcher m = MICROS.matcher(redis.send(Command.INFO, "commandstats").toString());
            assertTrue(m.find());
            rounds.add(Long.parseLong(m.group(1)) / (double) CALLS);
        }
        return rounds.stream().min(Comparator.naturalOrder()).orElseThrow();
    }

    private static Future<Response> nothing(ModelRun run) {
        LedgerScript.Run same = run.script();
        return redis.connection.send(Request.cmd(Command.EVAL)
                .arg("return 1")
                .arg("0")
                .arg(same.head())
                .arg(same.limits())
                .arg(same.operations()));
    }

    @Test
    void aBatchSharesTheCostOfARun() {
        begin();
        for (int count : new int[] {1, 6, 12}) {
            List<Bucket> limits = limits(count);
            double alone = micros(limits, 1, false);
            double sixteen = micros(limits, 16, false);
            System.out.printf(
                    "Ledger cost: %d limits, us of script a call: alone %.1f, in batches of 4 %.1f, of 16 %.1f; an empty script"
                            + " with the same arguments %.1f, in batches of 16 %.1f%n",
                    count, alone, micros(limits, 4, false), sixteen, micros(limits, 1, true), micros(limits, 16, true));
            assertTrue(sixteen < 0.5 * alone, count + " limits: " + sixteen + " us in batches, " + alone + " us alone");
        }
    }

    @Test
    void aHoldIsSmallAndASettledCallLeavesNothing() {
        begin();
        List<Bucket> limits = limits(6);
        List<Hold> holds = holds(1024, limits);
        send(Code.ADMIT, holds.subList(0, 16));
        long before = bytes();
        send(Code.ADMIT, holds.subList(16, 1024));
        double open = (bytes() - before) / 1008.0;
        send(Code.SETTLE, holds.subList(16, 1024));
        long fields = redis.send(Command.HLEN, "tg2:{org}:t:acme").toLong();
        System.out.printf("Ledger cost: %.0f bytes an open hold of 6 limits%n", open);
        assertTrue(open <= 400, open + " bytes an open hold");
        assertTrue(fields == 1 + 4 + 16, "a header, 4 cells and 16 holds, found " + fields + " fields");
        assertTrue(redis.send(Command.ZCARD, "tg2:{org}:h:acme").toLong() == 16);
    }

    private void send(Code code, List<Hold> holds) {
        for (int from = 0; from < holds.size(); from += 16) {
            ModelRun run = run(code, holds.subList(from, Math.min(holds.size(), from + 16)));
            Upstreams.await(redis.connection.send(script.byText(run.script())));
        }
    }

    private static long bytes() {
        return redis.send(Command.MEMORY, "USAGE", "tg2:{org}:t:acme", "SAMPLES", 0)
                        .toLong()
                + redis.send(Command.MEMORY, "USAGE", "tg2:{org}:h:acme", "SAMPLES", 0)
                        .toLong();
    }
}
