package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Upstreams;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random runs against the oracle: every answer, wait, balance and every stored byte means the same. Replay one failing seed
 * with {@code -Dledger.seed=N}; any number of seeds with {@code -Dledger.seeds=N}.
 */
@Timeout(900)
class LedgerModelTest {

    private static final int SEEDS = Integer.getInteger("ledger.seeds", 100);
    private static final int RUNS = Integer.getInteger("ledger.runs", 300);
    private static final int PIPELINE = 20;

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
    void theScriptAnswersAndStoresAsTheOracleDoes() {
        Integer only = Integer.getInteger("ledger.seed");
        long startNanos = System.nanoTime();
        Map<String, Integer> statuses = new TreeMap<>();
        for (int seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            String difference = run(seed, RUNS, RedisFixture.scriptWithTestClock(), statuses);
            assertEquals("", difference, "replay with -Dledger.seed=" + seed);
        }
        System.out.printf(
                "Ledger model: seeds 0 to %d, 0 differences, %d s; answers %s%n",
                SEEDS - 1, (System.nanoTime() - startNanos) / 1_000_000_000, statuses);
        Set<String> missing = new TreeSet<>(Set.of("done", "other-life", "beat", "swept"));
        for (Operation.Status status : Operation.Status.values()) {
            missing.add(status.name());
        }
        missing.remove(Operation.Status.DAMAGED.name());
        missing.removeAll(statuses.keySet());
        assertTrue(only != null || missing.isEmpty(), "no operation was answered " + missing);
    }

    /** The first difference, empty if there is none. */
    static String run(int seed, int runs, String scriptText, Map<String, Integer> statuses) {
        redis.send(Command.FLUSHALL);
        LedgerScript script = new LedgerScript("org", scriptText);
        Upstreams.await(redis.connection.send(
                Request.cmd(Command.SCRIPT).arg("LOAD").arg(LedgerScript.withNumbers(scriptText))));
        LedgerOracle oracle = new LedgerOracle(false);
        LedgerOperations operations = new LedgerOperations(new Random(seed), oracle);
        for (int i = 0; i < runs; i += PIPELINE) {
            List<ModelRun> sent = new ArrayList<>();
            List<List<String>> expected = new ArrayList<>();
            List<Future<Response>> replies = new ArrayList<>();
            for (int j = 0; j < PIPELINE; j++) {
                if (operations.wipes()) {
                    oracle.wipe();
                    redis.connection.send(Request.cmd(Command.FLUSHALL));
                }
                if (operations.failsOver()) {
                    oracle.server = "other" + (i + j);
                    redis.connection.send(
                            Request.cmd(Command.SET).arg("clock:run").arg(oracle.server));
                }
                operations.advance();
                oracle.now = operations.now();
                sendTime(operations.now());
                ModelRun run = operations.next();
                List<String> answer = oracle.run(run);
                operations.learn(run, answer);
                sent.add(run);
                expected.add(answer);
                replies.add(redis.connection.send(script.bySha(run.script())));
                if (run.kind() == LedgerScript.Kind.SWEEP) {
                    String difference = compare(i, sent, expected, replies, statuses);
                    if (!difference.isEmpty()) {
                        return difference;
                    }
                    boolean swept = answer.get(0).equals("swept");
                    difference = (swept ? new LedgerState(redis).swept(oracle, run.tenant()) : "")
                            + new LedgerState(redis).difference(oracle);
                    if (!difference.isEmpty()) {
                        return "after a sweep, run " + (i + j) + " " + run + ": " + difference;
                    }
                    sent.clear();
                    expected.clear();
                    replies.clear();
                }
            }
            String difference = compare(i, sent, expected, replies, statuses);
            if (difference.isEmpty()) {
                difference = new LedgerState(redis).difference(oracle);
            }
            if (!difference.isEmpty()) {
                return "before run " + (i + PIPELINE) + ": " + difference;
            }
        }
        return "";
    }

    private static String compare(
            int from,
            List<ModelRun> sent,
            List<List<String>> expected,
            List<Future<Response>> replies,
            Map<String, Integer> statuses) {
        for (int j = 0; j < sent.size(); j++) {
            List<String> found = new ArrayList<>();
            try {
                Response reply =
                        replies.get(j).toCompletionStage().toCompletableFuture().get();
                found = ReplyText.of(sent.get(j), reply);
            } catch (Exception e) {
                found.add("error " + e.getMessage());
            }
            statuses.merge(found.get(0), 1, Integer::sum);
            for (String part : found) {
                int space = part.indexOf(' ');
                if (space > 0) {
                    statuses.merge(part.substring(0, space), 1, Integer::sum);
                }
            }
            if (!found.equals(expected.get(j))) {
                return "after run " + from + ", the " + j + "th " + sent.get(j) + ":\n  expected " + expected.get(j)
                        + "\n  found    " + found;
            }
        }
        return "";
    }

    private static void sendTime(long millis) {
        redis.connection.send(Request.cmd(Command.MSET)
                .arg("clock:s")
                .arg(String.valueOf(Math.floorDiv(millis, 1000)))
                .arg("clock:us")
                .arg(String.valueOf(Math.floorMod(millis, 1000) * 1000)));
    }
}
