package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.LedgerListener;
import dev.tollgate.ledger.Spend;
import dev.tollgate.ledger.redis.RedisLedger;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Redis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What two sidecars spent together, in the ledger and in their usage records, to the micro-USD. */
class SpendIT {

    private static final String POLICY = """
            limits:
              - name: acme-day
                match: { tenant: acme }
                budget: { usd: 0.0001, per: day }
            """;

    @Test
    void theLedgersSpendIsWhatTheUsageRecordsSay() throws Exception {
        String policy = Upstreams.policy(POLICY).toString();
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start("--appendonly", "yes")) {
            Map<String, String> settings = upstream.settings(
                    redis,
                    "TOLLGATE_IDENTITY_TRUST",
                    "request",
                    "TOLLGATE_IDENTITY_TENANTS",
                    "acme,free",
                    "TOLLGATE_POLICY_FILE",
                    policy);
            try (SidecarProcess first = SidecarProcess.serve(settings);
                    SidecarProcess second = SidecarProcess.serve(settings)) {
                calls(List.of(first, second), 120);
                // Redis away: what waits is counted when it is back.
                redis.kill();
                calls(List.of(first, second), 20);
                redis.restart();
                Ports.await(
                        Duration.ofSeconds(20),
                        "nothing to wait for Redis",
                        () -> first.metric("tollgate_settlement_backlog") == 0
                                && second.metric("tollgate_settlement_backlog") == 0);
                calls(List.of(first, second), 60);
                Ports.await(
                        Duration.ofSeconds(10),
                        "every record",
                        () -> records(first, second).count() == 200);
                Map<String, long[]> recorded = recorded(first, second);
                assertTrue(recorded.size() >= 3, recorded.keySet().toString());
                RedisLedger ledger = ledger(upstream, redis);
                Ports.await(Duration.ofSeconds(10), "the ledger's spend to be the records'", () -> text(spent(ledger))
                        .equals(text(recorded)));
                Upstreams.await(ledger.close());
            }
        }
    }

    private static void calls(List<SidecarProcess> sidecars, int count) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int i = 0; i < count; i++) {
            SidecarProcess sidecar = sidecars.get(i % 2);
            String tenant = i % 3 == 0 ? "acme" : "free";
            String model = i % 5 == 0 ? "/model/amazon.nova-micro-v1%3A0/" : Http.NOVA;
            int tokens = 1 + i % 7;
            threads.submit(
                    () -> Http.post(sidecar, model + "converse", Http.converse(tokens), "X-Tollgate-Tenant", tenant));
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    }

    private static Stream<JsonObject> records(SidecarProcess... sidecars) {
        return Stream.of(sidecars).flatMap(s -> s.usageRecords().stream()).map(JsonObject::new);
    }

    /** Micro-USD, calls and tokens by tenant and model, of the calls that used something. */
    private static Map<String, long[]> recorded(SidecarProcess... sidecars) {
        Map<String, long[]> sums = new TreeMap<>();
        records(sidecars)
                .filter(r -> r.getString("decision").equals("approved"))
                .forEach(r -> add(
                        sums,
                        r.getString("tenant") + " " + r.getString("model"),
                        r.getLong("microUsd"),
                        1,
                        r.getLong("inputTokens") + r.getLong("outputTokens")));
        return sums;
    }

    private static Map<String, long[]> spent(RedisLedger ledger) {
        Map<String, long[]> sums = new TreeMap<>();
        for (Spend row :
                Upstreams.await(ledger.spend(Optional.empty(), "", 100)).rows()) {
            add(sums, row.tenant() + " " + row.model(), row.monthMicroUsd(), row.monthCalls(), row.monthTokens());
        }
        return sums;
    }

    private static void add(Map<String, long[]> sums, String key, long microUsd, long calls, long tokens) {
        long[] sum = sums.computeIfAbsent(key, k -> new long[3]);
        sum[0] += microUsd;
        sum[1] += calls;
        sum[2] += tokens;
    }

    private static String text(Map<String, long[]> sums) {
        StringBuilder out = new StringBuilder();
        sums.forEach((key, sum) -> out.append("%s %d %d %d%n".formatted(key, sum[0], sum[1], sum[2])));
        return out.toString();
    }

    private static RedisLedger ledger(Upstreams upstream, RealRedis redis) {
        RedisLedger ledger = new RedisLedger(
                upstream.vertx(),
                () -> Redis.createClient(upstream.vertx(), redis.url()),
                new RedisLedger.Settings("default", "reader", 1000, Duration.ZERO, 1000),
                LedgerListener.NONE);
        Upstreams.await(ledger.start());
        return ledger;
    }
}
