package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Eight real processes on one Redis, killed at random, settling a fifth of their calls twice, scripts flushed. */
class LedgerProcessesTest {

    private static final int PROCESSES = 8;
    private static final int KILLS = 16;
    private static final long LIMIT = 80_000;

    private static Process worker(RedisFixture redis, int seed, Path journal, long start) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LedgerWorker.class.getName(),
                        redis.server.url(),
                        String.valueOf(seed),
                        journal.toString(),
                        String.valueOf(start),
                        String.valueOf(LIMIT))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    @Timeout(240)
    void nothingIsAdmittedTwiceLostOrLeftHeld(@TempDir Path folder) throws Exception {
        try (RedisFixture redis = new RedisFixture()) {
            long start = redis.send(Command.TIME).get(0).toLong() * 1000 - 1000;
            Random random = new Random(1);
            List<Process> running = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                running.add(worker(redis, i, folder.resolve("journal-" + i), start));
            }
            Upstreams.await(redis.vertx.timer(6000));
            for (int kill = 0; kill < KILLS; kill++) {
                int victim = random.nextInt(PROCESSES);
                running.get(victim).destroyForcibly().waitFor();
                redis.send(Command.SCRIPT, "FLUSH");
                int seed = PROCESSES + kill;
                running.set(victim, worker(redis, seed, folder.resolve("journal-" + seed), start));
                Upstreams.await(redis.vertx.timer(400 + random.nextInt(800)));
            }
            Ports.await(Duration.ofSeconds(90), "the limit to come near", () -> nearlyUsed(redis));
            Ports.await(Duration.ofSeconds(30), "a call to be denied", () -> denied(folder));
            for (Process process : running) {
                process.destroyForcibly().waitFor();
            }
            Upstreams.await(redis.vertx.timer(LedgerWorker.LEASE.toMillis() + 500));
            check(redis, folder, start);
        }
    }

    private static boolean nearlyUsed(RedisFixture redis) {
        long used = 0;
        for (Response cell : redis.send(Command.HVALS, "tg:{org}:budget")) {
            used = Math.max(used, Long.parseLong(cell.toString().split(",")[0]));
        }
        return used > LIMIT * 9 / 10;
    }

    private static boolean denied(Path folder) {
        try (Stream<Path> journals = Files.list(folder)) {
            for (Path journal : journals.toList()) {
                if (Files.readString(journal).contains("denied")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(RedisFixture redis, Path folder, long start) throws IOException {
        LedgerScript script = new LedgerScript("org", LedgerScript.bundled());
        for (String tenant : List.of("t0", "t1", "t2")) {
            for (int i = 0; i < 20; i++) {
                Upstreams.await(redis.connection.send(
                        script.byText(new LedgerScript.Call("SWEEP", "", "sweep", 1, tenant, List.of()))));
            }
        }
        long expected = 0;
        int settled = 0;
        int expired = 0;
        int denied = 0;
        try (Stream<Path> journals = Files.list(folder)) {
            for (Path journal : journals.toList()) {
                Map<String, Long> estimates = new HashMap<>();
                Map<String, Long> actuals = new HashMap<>();
                for (String line : Files.readAllLines(journal)) {
                    String[] part = line.split(" ");
                    if (part[0].equals("try") && part.length == 4) {
                        estimates.put(part[1], Long.valueOf(part[2]));
                    } else if (part[0].equals("settle") && part.length == 3) {
                        actuals.put(part[1], Long.valueOf(part[2]));
                    } else if (part[0].equals("denied")) {
                        denied++;
                    }
                }
                for (Map.Entry<String, Long> call : estimates.entrySet()) {
                    Response hold = redis.send(Command.GET, "tg:{org}:hold:" + call.getKey());
                    String state = hold == null ? "none" : hold.toString().substring(0, 1);
                    if (state.equals("S")) {
                        settled++;
                        expected += actuals.get(call.getKey());
                    } else if (state.equals("H")) {
                        expired++;
                        expected += call.getValue();
                    }
                }
            }
        }
        List<Balance> balances = new ArrayList<>();
        for (Bucket bucket : List.of(LedgerWorker.budget(start, LIMIT), LedgerWorker.inFlight())) {
            Response reply = Upstreams.await(redis.connection.send(
                    script.byText(new LedgerScript.Call("PEEK", "", "peek", 1, "t0", List.of(Claim.of(bucket, 0))))));
            balances.add(new Balance(0, 0, reply.get(4).toLong(), reply.get(5).toLong(), false));
        }
        System.out.printf(
                "Ledger processes: %d settled, %d charged by their lease, %d denied, used %d of %d%n",
                settled, expired, denied, balances.get(0).used(), LIMIT);
        assertEquals(expected, balances.get(0).used());
        assertTrue(balances.get(0).used() <= LIMIT, "over-admission");
        assertEquals(0, balances.get(0).held());
        assertEquals(0, balances.get(1).held());
        assertTrue(settled > 1000 && denied > 0, settled + " settled, " + expired + " expired, " + denied + " denied");
    }
}
