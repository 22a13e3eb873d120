package dev.tollgate.control;

import static dev.tollgate.control.Statuses.rows;
import static dev.tollgate.control.Statuses.status;
import static dev.tollgate.control.Statuses.sum;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two sidecars on one Redis show the same books, exact to the micro-USD; without it, the last ones and their age. */
class SharedStatusIT {

    private static final String POLICY = """
            limits:
              - { name: each, per: [tenant], budget: { usd: 500, per: month } }
              - { name: fleet, budget: { usd: 1000, per: month } }
              - { name: tpm, per: [tenant, model], rate: { tokens: 100000000, every: 1m } }
            """;
    private static final List<String> MODELS = List.of(
            Http.NOVA, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/", "/model/amazon.nova-micro-v1%3A0/");

    private static Map<String, String> settings(Upstreams upstream, RealRedis redis) {
        return upstream.settings(
                redis,
                "TOLLGATE_LEDGER_RECOVERY",
                "0ms",
                "TOLLGATE_IDENTITY_TRUST",
                "request",
                "TOLLGATE_IDENTITY_TENANTS",
                "*",
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy(POLICY).toString());
    }

    private static void calls(SidecarProcess sidecar, int from, int count) {
        for (int i = from; i < from + count; i++) {
            String path = MODELS.get(i % MODELS.size()) + (i % 4 == 0 ? "converse-stream" : "converse");
            int status = Http.post(sidecar, path, Http.converse(10 + 7 * i), "X-Tollgate-Tenant", "tenant-" + i % 5)
                    .statusCode();
            assertEquals(200, status, path);
        }
    }

    /** What calls cost by their own records: by tenant, and by tenant and model. */
    private static Map<String, Long> recorded(SidecarProcess... sidecars) {
        Map<String, Long> costs = new TreeMap<>();
        Stream.of(sidecars)
                .flatMap(s -> s.usageRecords().stream())
                .map(JsonObject::new)
                .forEach(record -> {
                    long cost = record.getLong("microUsd");
                    costs.merge(record.getString("tenant"), cost, Long::sum);
                    costs.merge(record.getString("tenant") + ' ' + record.getString("model"), cost, Long::sum);
                    costs.merge("all", cost, Long::sum);
                });
        return costs;
    }

    private static Map<String, Long> shown(JsonObject status) {
        Map<String, Long> costs = new TreeMap<>();
        for (JsonObject row : rows(status, "spend")) {
            assertEquals(row.getLong("monthMicroUsd"), row.getLong("dayMicroUsd"), "all of it is of today");
            costs.put(row.getString("tenant") + ' ' + row.getString("model"), row.getLong("monthMicroUsd"));
        }
        for (JsonObject limit : rows(status, "limits")) {
            if (limit.getString("kind").equals("budget") && limit.getLong("used") > 0) {
                costs.put(limit.getString("tenant"), limit.getLong("used"));
            }
        }
        return costs;
    }

    @Test
    void twoSidecarsShowTheSameBooksToTheMicroUsd() {
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start();
                SidecarProcess first = SidecarProcess.serve(settings(upstream, redis));
                SidecarProcess second = SidecarProcess.serve(settings(upstream, redis))) {
            calls(first, 0, 31);
            calls(second, 31, 29);
            first.usageRecords(31);
            second.usageRecords(29);
            Statuses.await(
                    first,
                    "60 calls of both",
                    s -> sum(s, "spend", "monthCalls") == 60
                            && !rows(s, "limits").isEmpty()
                            && sum(s, "limits", "held") == 0);
            JsonObject one = status(first);
            // A pod lists the limits per tenant of the tenants that it served.
            JsonObject two = Statuses.await(
                    second,
                    "60 calls of both",
                    s -> sum(s, "spend", "monthCalls") == 60
                            && !rows(s, "limits").isEmpty()
                            && sum(s, "limits", "held") == 0);
            assertEquals(recorded(first, second), shown(one));
            assertEquals(shown(one), shown(two));
            assertEquals(two.getJsonObject("ledger").getInteger("pods"), 2);
            assertEquals(
                    50,
                    rows(one, "recent").size() + rows(status(second), "recent").size() - 10,
                    "each its own");
            withoutRedis(redis, first, shown(one));
        }
    }

    private static void withoutRedis(RealRedis redis, SidecarProcess sidecar, Map<String, Long> before) {
        redis.kill();
        JsonObject away = Statuses.await(
                sidecar, "the outage", s -> !s.getJsonObject("ledger").getBoolean("up"));
        assertEquals(before, shown(away), "the last values");
        assertEquals("degraded", away.getString("state"));
        assertTrue(
                away.getString("summary")
                        .matches("Redis away for \\d+ s: budgets deny, rates run on this pod's share\\."),
                away.getString("summary"));
        JsonObject later = Statuses.await(
                sidecar, "the age to grow", s -> s.getJsonObject("ledger").getLong("ageMillis") > 2000);
        assertEquals(before, shown(later));
        redis.restart();
        Statuses.await(
                sidecar,
                "Redis back, and fresh numbers",
                s -> s.getString("state").equals("ok")
                        && s.getJsonObject("ledger").getLong("ageMillis") < 2000);
    }

    @Test
    void aPodThatNeverReachedRedisAnswersToo() {
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start()) {
            redis.kill();
            try (SidecarProcess sidecar = SidecarProcess.serve(settings(upstream, redis))) {
                JsonObject status = status(sidecar);
                assertEquals("down", status.getString("state"));
                assertTrue(status.getString("summary").contains("budgets and rates deny"), status.getString("summary"));
                assertEquals(List.of(), rows(status, "limits"));
                assertEquals(0, status.getJsonObject("ledger").getInteger("pods"), "never heard");
            }
        }
    }
}
