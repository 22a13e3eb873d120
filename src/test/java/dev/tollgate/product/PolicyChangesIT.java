package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The policy changes while four users call without a pause. */
@Timeout(180)
class PolicyChangesIT {

    private static final int USERS = 4;

    @TempDir
    private static Path folder;

    private static Upstreams upstream;
    private static RealRedis redis;
    private static SidecarProcess sidecar;
    private static Path policy;
    private static long changes;

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
    private final ExecutorService load = Executors.newFixedThreadPool(USERS);

    @BeforeAll
    static void start() throws IOException {
        upstream = Upstreams.start();
        redis = RealRedis.start();
        // As the kubelet does it: a link to a folder, swapped in one step.
        policy = folder.resolve("..data/policy.yaml");
        swap(budget("start", 1));
        sidecar = SidecarProcess.serve(upstream.settings(
                redis,
                "TOLLGATE_LEDGER_RECOVERY",
                "0ms",
                "TOLLGATE_POLICY_CHECK_EVERY",
                "5ms",
                "TOLLGATE_POLICY_FILE",
                policy.toString()));
    }

    @AfterAll
    static void stop() {
        sidecar.close();
        redis.close();
        upstream.close();
    }

    private static void swap(String text) throws IOException {
        Path version = Files.createDirectory(folder.resolve("v" + ++changes));
        Files.writeString(version.resolve("policy.yaml"), text);
        Path link = folder.resolve("link");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, version.getFileName());
        Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String budget(String name, long requests) {
        return "limits: [ { name: " + name + ", budget: { requests: " + requests + ", per: day } } ]\n# " + changes;
    }

    private static double reloads() {
        return sidecar.metric("tollgate_policy_reload_total");
    }

    private static void change(String text) throws IOException {
        double before = reloads();
        swap(text);
        Ports.await("the change to be seen", () -> reloads() > before);
    }

    private List<Future<?>> callWithoutPause() {
        List<Future<?>> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            users.add(load.submit(() -> {
                while (running.get()) {
                    int status = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2))
                            .statusCode();
                    statuses.computeIfAbsent(status, s -> new AtomicInteger()).incrementAndGet();
                }
                return null;
            }));
        }
        return users;
    }

    @AfterEach
    void noCallIsDroppedWhateverChanges() {
        running.set(false);
        load.shutdownNow();
        assertTrue(Set.of(200, 400).containsAll(statuses.keySet()), new TreeMap<>(statuses).toString());
    }

    private static void reaches(long count) {
        Ports.await(
                count + " calls, there were " + upstream.simulator().count(),
                () -> upstream.simulator().count() == count);
    }

    private void denies() {
        int before = statuses.getOrDefault(400, new AtomicInteger()).get();
        Ports.await(
                "calls to be denied",
                () -> statuses.getOrDefault(400, new AtomicInteger()).get() > before + 50);
    }

    @Test
    void limitsThatAreRaisedLoweredRemovedAndRenamedHoldExactly() throws Exception {
        long start = upstream.simulator().count();
        change(budget("cap", 100));
        List<Future<?>> users = callWithoutPause();
        reaches(start + 100);
        denies();
        change(budget("cap", 250));
        reaches(start + 250);
        denies();
        assertEquals(start + 250, upstream.simulator().count(), "raised");
        change(budget("cap", 120));
        denies();
        assertEquals(start + 250, upstream.simulator().count(), "lowered below what is used");
        change("limits: [ { name: cap, budget: { requests: many, per: day } } ]\n");
        denies();
        assertEquals(start + 250, upstream.simulator().count(), "a broken file keeps the last good one");
        change(budget("renamed", 80));
        reaches(start + 330);
        denies();
        assertEquals(start + 330, upstream.simulator().count(), "renamed is another budget");
        change("limits: []\n");
        long free = upstream.simulator().count();
        Ports.await("calls to pass without limits", () -> upstream.simulator().count() > free + 200);
        long seen = upstream.simulator().count();
        change(budget("cap", 250));
        denies();
        assertTrue(upstream.simulator().count() - seen < 2000, "put back, it is used up as it was");
        running.set(false);
        for (Future<?> user : users) {
            user.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aThousandReloadsDropNoCall() throws Exception {
        change(budget("wide", 1_000_000_000));
        List<Future<?>> users = callWithoutPause();
        double before = reloads();
        for (int i = 1; i <= 1000; i++) {
            change(i % 10 == 9 ? "limits: [ { name: " + i + " ]\n" : budget("wide", 1_000_000_000 + i));
        }
        running.set(false);
        for (Future<?> user : users) {
            user.get(10, TimeUnit.SECONDS);
        }
        assertTrue(sidecar.metric("tollgate_policy_reload_total", "outcome=\"failure\"") > 50);
        assertEquals(Set.of(200), statuses.keySet());
        System.out.printf("%.0f reloads under load: %s%n", reloads() - before, statuses);
    }
}
