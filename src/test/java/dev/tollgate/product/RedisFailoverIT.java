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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Redis comes back as another: with old data, as a replica that lost writes, empty under load; and as a cluster. */
@Timeout(240)
class RedisFailoverIT {

    private static final int ROUNDS = Integer.getInteger("tollgate.kill-rounds", 100);

    private static Upstreams upstream;

    @BeforeAll
    static void start() {
        upstream = Upstreams.start();
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    private static SidecarProcess sidecar(String url, String... more) {
        Map<String, String> settings = upstream.settings(more);
        settings.putAll(Map.of(
                "TOLLGATE_LEDGER", "redis",
                "TOLLGATE_REDIS_URL", url,
                "TOLLGATE_LEDGER_DEADLINE", "100ms",
                "TOLLGATE_LEDGER_RECOVERY", "100ms",
                "TOLLGATE_POLICY_FILE",
                        Upstreams.policy("limits: [ { name: b, budget: { requests: 1000000, per: month } } ]")
                                .toString()));
        return SidecarProcess.serve(settings);
    }

    private static int call(SidecarProcess sidecar) {
        return Http.post(sidecar, Http.NOVA + "converse", Http.converse(2)).statusCode();
    }

    private static void calls(SidecarProcess sidecar, int count) {
        for (int i = 0; i < count; i++) {
            Ports.await("a call to be admitted", () -> call(sidecar) == 200);
        }
    }

    private static JsonObject settled(SidecarProcess sidecar) {
        Ports.await(
                "every settlement to have reached the ledger",
                () -> sidecar.metric("tollgate_inflight_requests") == 0
                        && sidecar.metric("tollgate_settlement_backlog") == 0);
        return new JsonObject(sidecar.get("/tollgate/v1/limits").body())
                .getJsonArray("limits")
                .getJsonObject(0);
    }

    @Test
    void aReplicaThatLostWritesGetsThemBack() {
        long before = upstream.simulator().count();
        try (RealRedis primary = RealRedis.start();
                RealRedis replica = RealRedis.start("--replicaof", "127.0.0.1 " + primary.port());
                FaultProxy proxy = new FaultProxy(primary.port());
                SidecarProcess sidecar = sidecar(proxy.redisUrl())) {
            calls(sidecar, 20);
            Ports.await("the replica to follow", () -> replica.command("INFO", "replication")
                    .contains("master_link_status:up"));
            Ports.await("the replica to have what the primary has", () -> primary.command("WAIT", "1", "1000")
                    .startsWith(":1"));
            assertEquals(20, settled(sidecar).getLong("used"));
            replica.command("REPLICAOF", "NO", "ONE");
            calls(sidecar, 15);
            primary.kill();
            proxy.target(replica.port());
            calls(sidecar, 5);
            JsonObject budget = settled(sidecar);
            assertEquals(40, budget.getLong("used"), "20 that the replica had, 15 that it lost, 5 since");
            assertEquals(0, budget.getLong("held"));
            assertEquals(40, upstream.simulator().count() - before);
            assertEquals(1, sidecar.metric("tollgate_ledger_resets_total"));
        }
    }

    @Test
    void aRedisThatIsRestartedWithOldDataGetsTheRest(@TempDir Path folder) {
        try (RealRedis redis = RealRedis.start("--dir", folder.toString(), "--dbfilename", "old.rdb");
                SidecarProcess sidecar = sidecar(redis.url())) {
            calls(sidecar, 20);
            settled(sidecar);
            assertTrue(redis.command("SAVE").startsWith("+OK"));
            calls(sidecar, 15);
            settled(sidecar);
            redis.kill();
            redis.restart();
            calls(sidecar, 5);
            JsonObject budget = settled(sidecar);
            assertEquals(40, budget.getLong("used"));
            assertEquals(0, budget.getLong("held"));
        }
    }

    @Test
    void aBudgetIsExactAfterManyKillsUnderLoad() throws Exception {
        long before = upstream.simulator().count();
        AtomicInteger admitted = new AtomicInteger();
        ScheduledExecutorService load = Executors.newScheduledThreadPool(4);
        try (RealRedis redis = RealRedis.start();
                SidecarProcess sidecar = sidecar(redis.url())) {
            calls(sidecar, 50);
            for (int i = 0; i < 4; i++) {
                load.scheduleWithFixedDelay(
                        () -> admitted.addAndGet(call(sidecar) == 200 ? 1 : 0), 0, 1, TimeUnit.MILLISECONDS);
            }
            for (int round = 0; round < ROUNDS; round++) {
                int seen = admitted.get();
                Ports.await("calls in round " + round, () -> admitted.get() > seen + 20);
                redis.kill();
                redis.restart();
            }
            int seen = admitted.get();
            Ports.await("calls at the end", () -> admitted.get() > seen + 20);
            load.shutdown();
            assertTrue(load.awaitTermination(30, TimeUnit.SECONDS));
            JsonObject budget = settled(sidecar);
            long upstreamCalls = upstream.simulator().count() - before;
            long lines = sidecar.log()
                    .lines()
                    .filter(l -> !l.startsWith("{"))
                    .filter(l -> l.contains("Redis") || l.contains("ledger"))
                    .count();
            System.out.printf(
                    "%d kills under load: %d calls, used %d, held %d, %d log lines%n",
                    ROUNDS, upstreamCalls, budget.getLong("used"), budget.getLong("held"), lines);
            assertEquals(upstreamCalls, budget.getLong("used"));
            assertEquals(0, budget.getLong("held"));
            assertTrue(lines <= 4L * ROUNDS + 2, lines + " log lines in " + ROUNDS + " rounds of two changes each");
        } finally {
            load.shutdownNow();
        }
    }

    @Test
    void ratesOvershootByAtMostOneBurstOverAllPods() throws Exception {
        String policy = Upstreams.policy("limits: [ { name: r, rate: { requests: 60, every: 10h } } ]")
                .toString();
        try (RealRedis redis = RealRedis.start()) {
            List<SidecarProcess> pods = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    pods.add(SidecarProcess.serve(upstream.settings(
                            "TOLLGATE_LEDGER",
                            "redis",
                            "TOLLGATE_REDIS_URL",
                            redis.url(),
                            "TOLLGATE_LEDGER_DEADLINE",
                            "300ms",
                            "TOLLGATE_POLICY_FILE",
                            policy)));
                }
                calls(pods.get(0), 30);
                everyPodKnowsOfAll(redis, pods.size());
                redis.kill();
                int without = admitted(pods);
                assertEquals(60, without, "calls without Redis: the shares add up to the burst");
                redis.restart();
                Ports.await("calls to be admitted again", () -> call(pods.get(0)) == 200);
                int after = 1 + admitted(pods);
                assertTrue(after <= 60, after + " calls with an empty Redis: one burst");
            } finally {
                pods.forEach(SidecarProcess::close);
            }
        }
    }

    /** A pod hears of the others with its next heartbeat, which moves its own end. */
    private static void everyPodKnowsOfAll(RealRedis redis, int pods) {
        Ports.await("all pods to have heartbeats", () -> redis.command("ZCARD", "tg2:{default}:ranks")
                .equals(":" + pods + "\r\n"));
        List<String> before = heartbeats(redis);
        Ports.await("every pod to have beaten once more", () -> Collections.disjoint(before, heartbeats(redis)));
    }

    private static List<String> heartbeats(RealRedis redis) {
        return redis.command("ZRANGE", "tg2:{default}:beats", "0", "-1", "WITHSCORES")
                .lines()
                .filter(l -> l.matches("[0-9]{13}"))
                .toList();
    }

    /** Calls each pod until five in a row are denied. */
    private static int admitted(List<SidecarProcess> pods) {
        int admitted = 0;
        for (SidecarProcess pod : pods) {
            for (int denied = 0; denied < 5; ) {
                boolean ok = call(pod) == 200;
                admitted += ok ? 1 : 0;
                denied = ok ? 0 : denied + 1;
            }
        }
        return admitted;
    }

    @Test
    void aClusterOfThreePrimariesIsOneLedger(@TempDir Path folder) {
        List<RealRedis> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                nodes.add(RealRedis.start(
                        "--cluster-enabled",
                        "yes",
                        "--cluster-config-file",
                        folder.resolve("nodes-" + i).toString()));
            }
            for (int i = 0; i < 3; i++) {
                String slots = String.join(
                        " ",
                        Stream.iterate(i * 5462, s -> s + 1)
                                .limit(i == 2 ? 16384 - 2 * 5462 : 5462)
                                .map(String::valueOf)
                                .toList());
                assertEquals("+OK\r\n", nodes.get(i).command("CLUSTER", "ADDSLOTS", slots));
                assertEquals(
                        "+OK\r\n",
                        nodes.get(0)
                                .command(
                                        "CLUSTER",
                                        "MEET",
                                        "127.0.0.1",
                                        String.valueOf(nodes.get(i).port())));
            }
            for (RealRedis node : nodes) {
                Ports.await(
                        "the cluster to be one",
                        () -> node.command("CLUSTER", "INFO").contains("cluster_state:ok")
                                && node.command("CLUSTER", "INFO").contains("cluster_known_nodes:3"));
            }
            String hosts = String.join(",", nodes.stream().map(RealRedis::url).toList());
            try (SidecarProcess one =
                            sidecar(hosts, "QUARKUS_REDIS_CLIENT_TYPE", "cluster", "TOLLGATE_LEDGER_ORG", "one");
                    SidecarProcess two =
                            sidecar(hosts, "QUARKUS_REDIS_CLIENT_TYPE", "cluster", "TOLLGATE_LEDGER_ORG", "one");
                    SidecarProcess other =
                            sidecar(hosts, "QUARKUS_REDIS_CLIENT_TYPE", "cluster", "TOLLGATE_LEDGER_ORG", "another")) {
                calls(one, 10);
                calls(two, 7);
                calls(other, 3);
                settled(one);
                assertEquals(17, settled(two).getLong("used"));
                assertEquals(17, settled(one).getLong("used"));
                assertEquals(3, settled(other).getLong("used"));
            }
        } finally {
            nodes.forEach(RealRedis::close);
        }
    }
}
