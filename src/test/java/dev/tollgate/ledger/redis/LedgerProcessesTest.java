package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.LedgerListener;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Eight real processes with 50 calls in flight each on one Redis, killed at random, scripts flushed. */
class LedgerProcessesTest {

    private static final int PROCESSES = 8;
    private static final int KILLS = 10;
    private static final long LIMIT = 400_000;

    private static Process worker(RealRedis redis, int seed, Path journal, long start) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LedgerWorker.class.getName(),
                        redis.url(),
                        String.valueOf(seed),
                        journal.toString(),
                        String.valueOf(start),
                        String.valueOf(LIMIT))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        journal.resolveSibling("output").toFile()))
                .start();
    }

    @Test
    @Timeout(240)
    void nothingIsAdmittedTwiceLostOrLeftHeld(@TempDir Path folder) throws Exception {
        Vertx vertx = Vertx.vertx();
        List<Process> running = new ArrayList<>();
        try (RealRedis redis = RealRedis.start()) {
            long start = System.currentTimeMillis() - 1000;
            RedisLedger watcher = new RedisLedger(
                    vertx,
                    () -> Redis.createClient(vertx, RedisFixture.options(redis.url())),
                    RedisFixture.settings("org", "watcher", 0, 1000),
                    LedgerListener.NONE);
            Upstreams.await(watcher.start());
            Bucket budget = LedgerWorker.budget(start, LIMIT);
            List<Long> sums = new ArrayList<>();
            long sampling = vertx.setPeriodic(10, t -> watcher.peek("t0", List.of(budget))
                    .onSuccess(b -> sums.add(b.get(0).used(LIMIT) + b.get(0).held())));
            Random random = new Random(1);
            for (int i = 0; i < PROCESSES; i++) {
                running.add(worker(redis, i, folder.resolve("journal-" + i), start));
            }
            await(folder, "calls", () -> peek(watcher, budget).used(LIMIT) > 1000);
            for (int kill = 0; kill < KILLS; kill++) {
                int victim = random.nextInt(PROCESSES);
                running.get(victim).destroyForcibly().waitFor();
                redis.command("SCRIPT", "FLUSH");
                running.set(victim, worker(redis, 100 + kill, folder.resolve("journal-" + (100 + kill)), start));
                Upstreams.await(vertx.timer(300 + random.nextInt(600)));
            }
            await(folder, "the limit", () -> peek(watcher, budget).used(LIMIT) > LIMIT * 9 / 10);
            for (Process process : running) {
                process.destroyForcibly().waitFor();
            }
            // Heartbeats of the watcher sweep what the dead left held.
            Ports.await("nothing to be held", () -> peek(watcher, budget).held() == 0);
            vertx.cancelTimer(sampling);
            assertTrue(sums.size() > 100 && sums.stream().allMatch(s -> s <= LIMIT), "used + held past the limit");
            check(folder, peek(watcher, budget).used(LIMIT));
        } finally {
            running.forEach(Process::destroyForcibly);
            Upstreams.await(vertx.close());
        }
    }

    /** Tells what the workers said, if it does not come about. */
    private static void await(Path folder, String what, BooleanSupplier condition) throws IOException {
        try {
            Ports.await(Duration.ofSeconds(90), what, condition);
        } catch (AssertionError e) {
            String output = Files.readString(folder.resolve("output"));
            List<String> failed = new ArrayList<>();
            for (Path journal : journals(folder)) {
                Files.readAllLines(journal).stream()
                        .filter(l -> l.startsWith("failed"))
                        .limit(3)
                        .forEach(failed::add);
            }
            throw new AssertionError(e.getMessage() + "; " + failed + "\n" + output, e);
        }
    }

    private static List<Path> journals(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().startsWith("journal"))
                    .toList();
        }
    }

    private static Balance peek(RedisLedger ledger, Bucket budget) {
        return Upstreams.await(ledger.peek("t0", List.of(budget))).get(0);
    }

    /** What each worker itself wrote down; of the calls that a kill cut off, one of two amounts. */
    private static void check(Path folder, long used) throws IOException {
        long least = 0;
        long most = 0;
        int settled = 0;
        for (Path journal : journals(folder)) {
            Map<String, Long> estimates = new HashMap<>();
            Map<String, Long> actuals = new HashMap<>();
            Set<String> told = new HashSet<>();
            for (String line : Files.readAllLines(journal)) {
                String[] part = line.split(" ");
                switch (part[0]) {
                    case "try" -> estimates.put(part[1], Long.valueOf(part[2]));
                    case "settle" -> actuals.put(part[1], Long.valueOf(part[2]));
                    case "denied" -> estimates.remove(part[1]);
                    default -> told.add(part[0] + part[1]);
                }
            }
            for (Map.Entry<String, Long> call : estimates.entrySet()) {
                String id = call.getKey();
                long estimate = call.getValue();
                boolean sure = told.contains("settled" + id);
                boolean held = told.contains("admitted" + id);
                long actual = actuals.getOrDefault(id, estimate);
                least += sure ? actual : held ? Math.min(actual, estimate) : 0;
                most += sure ? actual : estimate;
                settled += sure ? 1 : 0;
            }
        }
        System.out.printf("Ledger processes: %d settled, used %d, journals say %d to %d%n", settled, used, least, most);
        assertTrue(least <= used && used <= most, "used " + used + ", journals say " + least + " to " + most);
        assertTrue(settled > 1000, settled + " settled");
        assertEquals(true, used <= LIMIT);
    }
}
