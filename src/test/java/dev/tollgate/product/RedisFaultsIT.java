package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.FaultProxy;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.ArrayList;
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

    private static final int DEADLINE = 500;
    // Far above the deadline, so that a busy machine cannot blur which of the two ended a call.
    private static final int SLOW = 3000;

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
        Ports.await("calls to be admitted", () -> call().statusCode() == 200);
    }

    @AfterEach
    void allIsRightAgainByItself() {
        proxy.fault(FaultProxy.Fault.NONE);
        proxy.delay(0);
        healthy();
        Ports.await(
                "every settlement to have reached the ledger",
                () -> sidecar.metric("tollgate_inflight_requests") == 0
                        && sidecar.metric("tollgate_settlement_backlog") == 0);
        JsonObject budget = new JsonObject(sidecar.get("/tollgate/v1/limits").body())
                .getJsonArray("limits")
                .getJsonObject(0);
        assertEquals(0, budget.getLong("held"));
        assertEquals(
                upstream.simulator().count(), budget.getLong("used"), "every call that reached the upstream, no other");
    }

    /** The statuses of calls during a fault, which are answered while it lasts; at least half as soon as the deadline says. */
    private static List<Integer> callsInTime(int count) {
        int before = sidecar.usageRecords().size();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            statuses.add(call().statusCode());
        }
        Ports.await("their records", () -> sidecar.usageRecords().size() >= before + count);
        List<Long> decided = sidecar.usageRecords().subList(before, before + count).stream()
                .map(r -> new JsonObject(r).getLong("latencyMs"))
                .sorted()
                .toList();
        assertTrue(
                decided.get(count / 2) < SLOW / 2,
                "expected decisions near the deadline of " + DEADLINE + " ms by the sidecar's own clock: " + decided);
        return statuses;
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 100})
    void aSlowRedisIsWaitedFor(int delay) {
        proxy.delay(delay);
        assertTrue(callsInTime(15).stream().allMatch(s -> s == 200));
    }

    @Test
    void aRedisAsSlowAsTheDeadlineIsWaitedForNoLonger() {
        proxy.delay(DEADLINE);
        assertTrue(callsInTime(15).stream().allMatch(s -> s == 200 || s == 503));
    }

    @Test
    void aRedisSlowerThanTheDeadlineDeniesBudgets() {
        proxy.delay(SLOW);
        assertTrue(callsInTime(15).stream().allMatch(s -> s == 503));
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultProxy.Fault.class,
            names = {"BLACK_HOLE", "RESET", "CUT_REPLY", "SLOW_CLOSE"})
    void aBrokenConnectionDeniesBudgets(FaultProxy.Fault fault) {
        proxy.fault(fault);
        assertTrue(callsInTime(15).stream().allMatch(s -> s == 503));
    }

    @Test
    void aPausedRedisDeniesBudgets() throws Exception {
        new ProcessBuilder("kill", "-STOP", String.valueOf(redis.pid())).start().waitFor();
        try {
            double denied = sidecar.metric("tollgate_decisions_total", "decision=\"denied\"");
            double unavailable = sidecar.metric("tollgate_decisions_total", "decision=\"unavailable\"");
            assertTrue(callsInTime(15).stream().allMatch(s -> s == 503));
            assertEquals(denied, sidecar.metric("tollgate_decisions_total", "decision=\"denied\""), "none by a limit");
            assertEquals(unavailable + 15, sidecar.metric("tollgate_decisions_total", "decision=\"unavailable\""));
        } finally {
            new ProcessBuilder("kill", "-CONT", String.valueOf(redis.pid()))
                    .start()
                    .waitFor();
        }
    }

    @Test
    void aFullRedisDeniesBudgets() throws IOException {
        command(List.of("CONFIG", "SET", "maxmemory", "1"));
        List<Integer> statuses = callsInTime(15);
        command(List.of("CONFIG", "SET", "maxmemory", "0"));
        assertTrue(statuses.stream().allMatch(s -> s == 503), statuses.toString());
    }

    @Test
    void aReadOnlyRedisDeniesBudgets() throws IOException {
        command(List.of("REPLICAOF", "127.0.0.1", "1"));
        List<Integer> statuses = callsInTime(15);
        command(List.of("REPLICAOF", "NO", "ONE"));
        assertTrue(statuses.stream().allMatch(s -> s == 503), statuses.toString());
    }

    @Test
    void aRedisThatIsBusyWithAScriptDeniesBudgets() throws Exception {
        command(List.of("CONFIG", "SET", "busy-reply-threshold", "20"));
        try (Socket other = new Socket("127.0.0.1", redis.port())) {
            other.getOutputStream().write("EVAL \"while true do end\" 0\r\n".getBytes());
            Ports.await("Redis to be busy", () -> redis.command("PING").startsWith("-BUSY"));
            List<Integer> statuses = callsInTime(15);
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
