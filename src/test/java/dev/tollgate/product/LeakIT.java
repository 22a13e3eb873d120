package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Half an hour of mixed load: answers, streams, hang-ups, denials, failures, unknown tenants and models, policy reloads.
 * Not in verify: {@code mvn failsafe:integration-test failsafe:verify -Pleak [-Dtollgate.leak-minutes=30]}.
 */
@Tag("leak")
@Timeout(value = 3, unit = TimeUnit.HOURS)
class LeakIT {

    private static final int MINUTES = Integer.getInteger("tollgate.leak-minutes", 30);
    private static final String POLICY = """
            limits:
              - { name: tpm, per: [tenant, model], rate: { tokens: 100000000, every: 1m } }
              - { name: small, match: { tenant: "t1*" }, per: [tenant], rate: { requests: 60, every: 1m } }
              - { name: inflight, per: [tenant], concurrency: 1000 }
              - { name: day, per: [tenant], budget: { usd: 1000000, per: day } }
            """;

    @Test
    void memorySeriesAndKeysStayAsTheyAre() throws Exception {
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start()) {
            Path policy = Upstreams.policy(POLICY);
            try (SidecarProcess sidecar = SidecarProcess.serve(upstream.settings(
                    "TOLLGATE_LEDGER", "redis",
                    "TOLLGATE_REDIS_URL", redis.url(),
                    "TOLLGATE_LEDGER_DEADLINE", "300ms",
                    "TOLLGATE_UPSTREAM_IDLE_TIMEOUT", "2s",
                    "TOLLGATE_IDENTITY_TRUST", "request",
                    "TOLLGATE_IDENTITY_TENANTS", "*",
                    "TOLLGATE_METRICS_MAX_TENANTS", "20",
                    "TOLLGATE_POLICY_FILE", policy.toString()))) {
                run(sidecar, redis, policy);
            }
        }
    }

    private static void run(SidecarProcess sidecar, RealRedis redis, Path policy) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ScheduledExecutorService load = Executors.newScheduledThreadPool(6);
        for (int user = 0; user < 6; user++) {
            Random random = new Random(user);
            load.scheduleWithFixedDelay(
                    () -> {
                        attempt(sidecar, random);
                        calls.incrementAndGet();
                    },
                    0,
                    5 + 5 * user,
                    TimeUnit.MILLISECONDS);
        }
        BlockingQueue<Double> samples = new LinkedBlockingQueue<>();
        load.scheduleAtFixedRate(
                () -> samples.add(sidecar.metric("process_resident_memory_bytes") / 1048576), 5, 5, TimeUnit.SECONDS);
        List<Double> resident = new ArrayList<>();
        List<Long> series = new ArrayList<>();
        for (int minute = 0; minute < MINUTES; minute++) {
            double max = 0;
            for (int i = 0; i < 12; i++) {
                max = Math.max(max, samples.take());
            }
            Files.writeString(policy, POLICY + "# " + minute + "\n");
            resident.add(max);
            series.add(sidecar.get("/q/metrics")
                    .body()
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .count());
            System.out.printf(
                    "minute %d: %d calls, %.1f MiB resident, %d series%n",
                    minute + 1, calls.get(), max, series.get(minute));
        }
        load.shutdown();
        assertTrue(load.awaitTermination(60, TimeUnit.SECONDS));
        for (String open : List.of("inflight_requests", "draining_streams", "settlement_backlog")) {
            Ports.await(open + " to be none", () -> sidecar.metric("tollgate_" + open) == 0);
        }
        keysAreFew(redis);
        int warm = MINUTES / 3;
        int half = warm + (MINUTES - warm) / 2;
        double before =
                resident.subList(warm, half).stream().mapToDouble(d -> d).max().orElseThrow();
        double after = resident.subList(half, MINUTES).stream()
                .mapToDouble(d -> d)
                .max()
                .orElseThrow();
        System.out.printf(
                "%d calls in %d minutes; most resident after warm-up %.1f MiB in the first half, %.1f in the second; series %d and %d%n",
                calls.get(), MINUTES, before, after, series.get(half), series.get(MINUTES - 1));
        assertTrue(after <= before * 1.05, "memory grew from " + before + " to " + after);
        assertEquals(series.get(half), series.get(MINUTES - 1), "series grew: " + series);
    }

    private static void attempt(SidecarProcess sidecar, Random random) {
        try {
            one(sidecar, random);
        } catch (RuntimeException | IOException e) {
            // A cut answer is one of the things that are done to it.
        }
    }

    private static void one(SidecarProcess sidecar, Random random) throws IOException {
        String tenant = "t" + random.nextInt(40);
        String model = random.nextInt(20) == 0 ? "/model/vendor.new" + random.nextInt(5) + "/" : Http.NOVA;
        switch (random.nextInt(10)) {
            case 0 -> Http.post(sidecar, Http.NOVA + "converse", "no json", "X-Tollgate-Tenant", tenant);
            case 1 ->
                Http.post(
                        sidecar,
                        model + "converse",
                        Http.converse(50),
                        "X-Tollgate-Tenant",
                        tenant,
                        "x-simulate",
                        "status=" + List.of(429, 500, 503).get(random.nextInt(3)));
            case 2, 3 -> Http.post(sidecar, model + "converse-stream", Http.converse(50), "X-Tollgate-Tenant", tenant);
            case 4 ->
                Http.post(
                        sidecar,
                        model + "converse-stream",
                        Http.converse(50),
                        "X-Tollgate-Tenant",
                        tenant,
                        "x-simulate",
                        "cut=" + random.nextInt(20));
            case 5 -> hangUp(sidecar, tenant, random.nextInt(3000));
            default -> Http.post(sidecar, model + "converse", Http.converse(50), "X-Tollgate-Tenant", tenant);
        }
    }

    private static void hangUp(SidecarProcess sidecar, String tenant, int bytes) throws IOException {
        String body = Http.converse(50);
        try (Socket socket = new Socket("127.0.0.1", sidecar.port())) {
            socket.getOutputStream()
                    .write(("POST " + Http.NOVA + "converse-stream HTTP/1.1\r\nHost: l\r\nX-Tollgate-Tenant: " + tenant
                                    + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            socket.setSoTimeout(2000);
            socket.getInputStream().readNBytes(bytes);
        }
    }

    private static void keysAreFew(RealRedis redis) {
        Vertx vertx = Vertx.vertx();
        RedisConnection connection =
                Upstreams.await(Redis.createClient(vertx, redis.url()).connect());
        Response keys =
                Upstreams.await(connection.send(Request.cmd(Command.KEYS).arg("*")));
        Upstreams.await(vertx.close());
        System.out.printf("%d keys in Redis%n", keys.size());
        assertTrue(keys.size() < 20, "one hash and one index a tenant: " + keys);
    }
}
