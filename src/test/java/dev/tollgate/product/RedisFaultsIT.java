package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.FaultProxy;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Stalls;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis slow, silent, cut, killed, emptied, read-only, busy: decisions stay in time, budgets are never passed. */
class RedisFaultsIT {

    private static final int DEADLINE = 100;
    // The test client and a busy machine add to what the sidecar itself takes.
    private static final int SLACK = 250;

    private static Upstreams upstream;
    private static RealRedis redis;
    private static FaultProxy proxy;
    private static SidecarProcess sidecar;

    @BeforeAll
    static void start() {
        upstream = Upstreams.start();
        redis = RealRedis.start("--enable-debug-command", "yes");
        proxy = new FaultProxy(redis.port());
        sidecar = SidecarProcess.serve(upstream.settings(
                "TOLLGATE_LEDGER",
                "redis",
                "TOLLGATE_REDIS_URL",
                proxy.redisUrl(),
                "TOLLGATE_LEDGER_DEADLINE",
                DEADLINE + "ms",
                "TOLLGATE_LEDGER_RECOVERY",
                "100ms",
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy("limits: [ { name: b, budget: { requests: 1000000, per: month } } ]")
                        .toString()));
        healthy();
        for (int i = 0; i < 300; i++) {
            call();
        }
    }

    @AfterAll
    static void stop() {
        sidecar.close();
        proxy.close();
        redis.close();
        upstream.close();
    }

    private static HttpResponse<byte[]> call() {
        return Http.post(sidecar, Http.NOVA + "converse", Http.converse(2));
    }

    private static void healthy() {
        Ports.await(Duration.ofSeconds(10), "calls to be admitted", () -> call().statusCode() == 200);
    }

    @AfterEach
    void allIsRightAgainWithinASecond() {
        proxy.fault(FaultProxy.Fault.NONE);
        proxy.delay(0);
        long began = System.nanoTime();
        healthy();
        long millis = (System.nanoTime() - began) / 1_000_000;
        assertTrue(millis < 2000, "expected calls to be admitted again within a second or so, took " + millis + " ms");
        Ports.await(
                Duration.ofSeconds(10),
                "every settlement to have reached the ledger",
                () -> sidecar.metric("tollgate_settlement_backlog") == 0);
        JsonObject budget = new JsonObject(sidecar.get("/tollgate/v1/limits").body())
                .getJsonArray("limits")
                .getJsonObject(0);
        assertEquals(0, budget.getLong("held"));
        assertEquals(
                upstream.simulator().count(), budget.getLong("used"), "every call that reached the upstream, no other");
    }

    /** Calls during a fault: how long the slowest took, and their statuses. */
    private static List<Integer> callsInTime(int count) {
        List<Integer> statuses = new ArrayList<>();
        List<Long> millis = new ArrayList<>();
        int before = sidecar.usageRecords().size();
        long stalls;
        try (Stalls machine = new Stalls()) {
            for (int i = 0; i < count; i++) {
                long began = System.nanoTime();
                statuses.add(call().statusCode());
                millis.add((System.nanoTime() - began) / 1_000_000);
            }
            stalls = machine.mostMillis();
        }
        assertTrue(Collections.max(millis) < DEADLINE + SLACK, "a call took " + Collections.max(millis) + " ms");
        Ports.await(
                Duration.ofSeconds(5),
                "their records",
                () -> sidecar.usageRecords().size() >= before + count);
        List<Long> decided = sidecar.usageRecords().subList(before, before + count).stream()
                .map(r -> new JsonObject(r).getLong("latencyMs"))
                .sorted()
                .toList();
        long most = decided.get(count * 9 / 10);
        assertTrue(
                most <= DEADLINE + 25 + stalls,
                "nine in ten decisions by the sidecar's own clock, stalls of " + stalls + " ms: " + decided);
        return statuses;
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 50})
    void aSlowRedisIsWaitedFor(int delay) {
        proxy.delay(delay);
        assertTrue(callsInTime(20).stream().allMatch(s -> s == 200));
    }

    @Test
    void aRedisAsSlowAsTheDeadlineIsWaitedForNoLonger() {
        proxy.delay(DEADLINE);
        assertTrue(callsInTime(20).stream().allMatch(s -> s == 200 || s == 503));
    }

    @Test
    void aRedisSlowerThanTheDeadlineDeniesBudgets() {
        proxy.delay(500);
        assertTrue(callsInTime(30).stream().allMatch(s -> s == 503));
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultProxy.Fault.class,
            names = {"BLACK_HOLE", "RESET", "CUT_REPLY", "SLOW_CLOSE"})
    void aBrokenConnectionDeniesBudgets(FaultProxy.Fault fault) {
        proxy.fault(fault);
        assertTrue(callsInTime(30).stream().allMatch(s -> s == 503));
    }

    @Test
    void aPausedRedisDeniesBudgets() throws Exception {
        new ProcessBuilder("kill", "-STOP", String.valueOf(redis.pid())).start().waitFor();
        try {
            assertTrue(callsInTime(30).stream().allMatch(s -> s == 503));
        } finally {
            new ProcessBuilder("kill", "-CONT", String.valueOf(redis.pid()))
                    .start()
                    .waitFor();
        }
    }

    @Test
    void aRedisThatIsFullOrReadOnlyDeniesBudgets() throws IOException {
        for (List<String> broken :
                List.of(List.of("CONFIG", "SET", "maxmemory", "1"), List.of("REPLICAOF", "127.0.0.1", "1"))) {
            command(broken);
            List<Integer> statuses = callsInTime(20);
            command(
                    broken.get(0).equals("CONFIG")
                            ? List.of("CONFIG", "SET", "maxmemory", "0")
                            : List.of("REPLICAOF", "NO", "ONE"));
            assertTrue(statuses.stream().allMatch(s -> s == 503), broken + " " + statuses);
            healthy();
        }
    }

    @Test
    void aRedisThatIsBusyWithAScriptDeniesBudgets() throws Exception {
        command(List.of("CONFIG", "SET", "busy-reply-threshold", "20"));
        try (Socket other = new Socket("127.0.0.1", redis.port())) {
            other.getOutputStream().write("EVAL \"while true do end\" 0\r\n".getBytes());
            Ports.await(Duration.ofSeconds(5), "Redis to be busy", () -> redis.command("PING")
                    .startsWith("-BUSY"));
            List<Integer> statuses = callsInTime(20);
            command(List.of("SCRIPT", "KILL"));
            assertTrue(statuses.stream().allMatch(s -> s == 503), statuses.toString());
        }
    }

    @Test
    void aRedisThatIsKilledAndComesBackEmptyHasItsBudgetBackEachTime() {
        for (int round = 0; round < 5; round++) {
            redis.kill();
            callsInTime(3);
            redis.restart();
            healthy();
        }
        assertTrue(sidecar.metric("tollgate_ledger_resets_total") >= 5);
    }

    private static void command(List<String> command) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", redis.port())) {
            socket.getOutputStream().write((String.join(" ", command) + "\r\n").getBytes());
            assertEquals("+OK", new String(socket.getInputStream().readNBytes(3)));
        }
    }
}
