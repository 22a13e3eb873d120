package dev.tollgate.control;

import static dev.tollgate.control.Statuses.rows;
import static dev.tollgate.control.Statuses.status;
import static dev.tollgate.control.Statuses.sum;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of /tollgate/v1/status, field by field. */
class StatusIT {

    private static final String POLICY = """
            limits:
              - { name: day, per: [tenant], budget: { usd: 5, per: day, time-zone: Europe/Vienna, warn-at: [80, 95] } }
              - { name: month, budget: { usd: 500, per: month }, mode: shadow }
              - { name: tpm, per: [tenant, model], rate: { quota-tokens: 100000, every: 1m } }
              - { name: rpm, rate: { requests: 600, every: 1m } }
              - { name: inflight, per: [tenant], concurrency: 20 }
              - { name: none, match: { tenant: acme, model: "claude-*" }, budget: { usd: 0.000001, per: day } }
              - { name: globex-day, match: { tenant: globex }, budget: { usd: 5, per: day } }
            tenants: { acme: { cost-center: a }, globex: { cost-center: b } }
            """;
    private static final String CLAUDE = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";

    @RegisterExtension
    static final Product POD =
            Product.with("TOLLGATE_IDENTITY_TENANT", "acme").policy(POLICY).redis();

    private static JsonObject status;
    private static long cost;

    @BeforeAll
    static void someCalls() {
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    200,
                    Http.post(POD.sidecar(), Http.NOVA + "converse", Http.converse(100))
                            .statusCode());
        }
        assertEquals(
                400,
                Http.post(POD.sidecar(), CLAUDE + "converse", Http.converse(100))
                        .statusCode());
        assertEquals(
                400, Http.post(POD.sidecar(), Http.NOVA + "converse", "no JSON").statusCode());
        status = Statuses.await(
                POD.sidecar(),
                "calls to be settled",
                s -> sum(s, "spend", "monthCalls") == 3
                        && !rows(s, "limits").isEmpty()
                        && sum(s, "limits", "held") == 0
                        && rows(s, "recent").size() == 5);
        cost = rows(status, "recent").stream()
                .mapToLong(c -> c.getLong("costMicroUsd"))
                .sum();
    }

    private static JsonObject limit(String name) {
        return rows(status, "limits").stream()
                .filter(l -> l.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void names(JsonObject object, String... names) {
        assertEquals(List.of(names), List.copyOf(object.fieldNames()));
    }

    @Test
    void theWholeHasTheseFields() {
        names(
                status,
                "version",
                "generatedAt",
                "state",
                "summary",
                "scope",
                "ledger",
                "policy",
                "limits",
                "spend",
                "recent",
                "upstream",
                "pod",
                "totals",
                "nextCursor");
        assertFalse(status.getString("version").isEmpty());
        Instant.parse(status.getString("generatedAt"));
        assertEquals("ok", status.getString("state"));
        assertTrue(status.getString("summary").startsWith("All well: Redis answers"), status.getString("summary"));
        assertNull(status.getString("nextCursor"));
    }

    @Test
    void whatIsTheFleetsAndWhatIsThisPodsIsSaid() {
        JsonObject scope = status.getJsonObject("scope");
        assertEquals(new JsonArray(List.of("limits", "spend")), scope.getJsonArray("fleet"));
        assertEquals(
                new JsonArray(List.of("ledger", "policy", "recent", "upstream", "pod")), scope.getJsonArray("pod"));
    }

    @Test
    void theLedgerHasTheseFields() {
        JsonObject ledger = status.getJsonObject("ledger");
        names(ledger, "kind", "up", "ageMillis", "pods", "durability");
        assertEquals("redis", ledger.getString("kind"));
        assertEquals(true, ledger.getBoolean("up"));
        assertTrue(ledger.getLong("ageMillis") >= 0);
        assertEquals(1, ledger.getInteger("pods"));
        assertTrue(List.of("none", "unknown").contains(ledger.getString("durability")), ledger.encode());
    }

    @Test
    void thePolicyHasTheseFields() {
        JsonObject policy = status.getJsonObject("policy");
        names(policy, "file", "loadedAt", "limits", "mistakes");
        assertTrue(policy.getString("file").endsWith(".yaml"));
        Instant.parse(policy.getString("loadedAt"));
        assertEquals(7, policy.getInteger("limits"));
        assertEquals(new JsonArray(), policy.getJsonArray("mistakes"));
    }

    @Test
    void aBudgetHasTheseFields() {
        JsonObject day = limit("day");
        names(
                day,
                "name",
                "bucket",
                "tenant",
                "model",
                "kind",
                "unit",
                "used",
                "held",
                "limit",
                "remaining",
                "period",
                "timeZone",
                "resetsAt",
                "exhaustedAt",
                "mode",
                "warnAt");
        assertEquals("acme", day.getString("tenant"));
        assertNull(day.getString("model"));
        assertEquals("budget", day.getString("kind"));
        assertEquals("microUsd", day.getString("unit"));
        assertEquals(cost, day.getLong("used"), "to the micro-USD");
        assertEquals(0, day.getLong("held"));
        assertEquals(5_000_000, day.getLong("limit"));
        assertEquals(5_000_000 - cost, day.getLong("remaining"));
        assertEquals("day", day.getString("period"));
        assertEquals("Europe/Vienna", day.getString("timeZone"));
        assertTrue(Instant.parse(day.getString("resetsAt")).isAfter(Instant.parse(status.getString("generatedAt"))));
        assertNull(day.getString("exhaustedAt"));
        assertEquals("enforce", day.getString("mode"));
        assertEquals(new JsonArray(List.of(80, 95)), day.getJsonArray("warnAt"));
        assertEquals("shadow", limit("month").getString("mode"));
        assertEquals("all", limit("month").getString("tenant"));
        assertEquals("UTC", limit("month").getString("timeZone"));
        assertEquals(1, limit("none").getLong("remaining"));
        assertEquals("acme", limit("none").getString("tenant"), "whose limit it is");
    }

    @Test
    void ratesAndConcurrencyHaveTheirUnits() {
        JsonObject tpm = rows(status, "limits").stream()
                .filter(l -> l.getString("bucket").equals("tpm/nova-lite"))
                .findFirst()
                .orElseThrow();
        assertEquals("rate", tpm.getString("kind"));
        assertEquals("tokens", tpm.getString("unit"));
        assertEquals("nova-lite", tpm.getString("model"));
        assertEquals("tpm", tpm.getString("name"));
        assertEquals("requests", limit("rpm").getString("unit"));
        JsonObject inflight = limit("inflight");
        assertEquals("concurrency", inflight.getString("kind"));
        assertEquals("calls", inflight.getString("unit"));
        assertEquals(20, inflight.getLong("remaining"));
        for (String field : List.of("period", "timeZone", "resetsAt", "exhaustedAt")) {
            assertNull(inflight.getString(field), field);
        }
    }

    @Test
    void spendHasTheseFields() {
        JsonObject spend = rows(status, "spend").get(0);
        names(spend, "tenant", "model", "dayMicroUsd", "monthMicroUsd", "dayCalls", "monthCalls");
        assertEquals("acme", spend.getString("tenant"));
        assertEquals("nova-lite", spend.getString("model"));
        assertEquals(cost, spend.getLong("dayMicroUsd"));
        assertEquals(cost, spend.getLong("monthMicroUsd"));
        assertEquals(3, spend.getLong("dayCalls"));
        assertEquals(3, spend.getLong("monthCalls"));
        assertEquals(1, rows(status, "spend").size());
    }

    @Test
    void lastCallsHaveTheseFieldsAndNoPrompt() {
        List<JsonObject> recent = rows(status, "recent");
        assertEquals(5, recent.size());
        recent.forEach(
                call -> names(call, "time", "requestId", "tenant", "model", "outcome", "reason", "costMicroUsd"));
        assertEquals(
                List.of("refused", "denied", "completed", "completed", "completed"),
                recent.stream().map(c -> c.getString("outcome")).toList(),
                "the newest first");
        assertEquals("none", recent.get(1).getString("reason"), "the limit that denied");
        assertEquals(0, recent.get(1).getLong("costMicroUsd"));
        assertNull(recent.get(2).getString("reason"));
        assertTrue(recent.get(2).getLong("costMicroUsd") > 0);
        assertEquals(
                POD.sidecar().usageRecords(5).stream()
                        .map(r -> new JsonObject(r).getString("requestId"))
                        .sorted()
                        .toList(),
                recent.stream().map(c -> c.getString("requestId")).sorted().toList());
        assertFalse(status.encode().contains("Hello"), "the prompt");
    }

    @Test
    void upstreamAndPodHaveTheseFields() {
        JsonObject upstream = status.getJsonObject("upstream");
        names(upstream, "region", "credentials", "errors");
        assertEquals("us-east-1", upstream.getString("region"));
        assertEquals("ok", upstream.getString("credentials"));
        assertEquals(0, upstream.getLong("errors"));
        JsonObject pod = status.getJsonObject("pod");
        names(pod, "tenant", "backlog", "unknownPrices");
        assertEquals("acme", pod.getString("tenant"));
        assertEquals(0, pod.getLong("backlog"));
        assertEquals(new JsonArray(), pod.getJsonArray("unknownPrices"));
        names(status.getJsonObject("totals"), "limits", "spend", "spendIsWhole");
    }

    @Test
    void rowsAreSorted() {
        List<String> keys = rows(status, "limits").stream()
                .map(l -> l.getString("tenant") + ' ' + l.getString("bucket"))
                .toList();
        assertEquals(List.copyOf(new TreeSet<>(keys)), keys);
    }

    @Test
    void aPodShowsNoOtherTenant() {
        for (String query : List.of("", "?tenant=globex")) {
            JsonObject seen = status(POD.sidecar(), query);
            assertFalse(seen.encode().contains("globex"), query);
        }
    }

    @Test
    void oneTenantIsShownWithWhatItShares() {
        JsonObject acme = status(POD.sidecar(), "?tenant=acme");
        assertEquals(rows(status, "limits").size(), rows(acme, "limits").size());
        JsonObject nobody = status(POD.sidecar(), "?tenant=nobody");
        assertEquals(
                List.of("all", "all"),
                rows(nobody, "limits").stream().map(l -> l.getString("tenant")).toList());
        assertEquals(List.of(), rows(nobody, "spend"));
        assertEquals(List.of(), rows(nobody, "recent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?cursor=nonsense", "?cursor=%00", "?cursor=AAAA"})
    void whatIsNoCursorIsNamed(String query) {
        HttpResponse<String> answer = POD.sidecar().get("/tollgate/v1/status" + query);
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("expected a cursor as nextCursor has it"), answer.body());
    }

    @Test
    void anEndlessTenantIsNamed() {
        String query = "?tenant=" + "x".repeat(129);
        for (String path : List.of("/tollgate/v1/status", "/tollgate/v1/events")) {
            HttpResponse<String> answer = POD.sidecar().get(path + query);
            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains("found 129"), answer.body());
        }
    }

    @Test
    void pageAndItsFilesAreSmallAndLoadNothingElse() {
        int raw = 0;
        int zipped = 0;
        for (Map.Entry<String, String> file : Map.of(
                        "/tollgate/", "text/html",
                        "/tollgate/status.css", "text/css",
                        "/tollgate/status.js", "text/javascript")
                .entrySet()) {
            HttpResponse<String> answer = POD.sidecar().get(file.getKey());
            assertEquals(200, answer.statusCode());
            assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith(file.getValue()));
            assertEquals(
                    "nosniff",
                    answer.headers().firstValue("X-Content-Type-Options").orElse(""));
            String policy =
                    answer.headers().firstValue("Content-Security-Policy").orElse("");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; "), policy);
            assertFalse(policy.contains("unsafe"), policy);
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            raw += bytes.length;
            zipped += zipped(bytes);
            assertFalse(answer.body().replace("http://www.w3.org/2000/svg", "").contains("://"), file.getKey());
            assertFalse(
                    answer.body().matches("(?s).*(innerHTML|outerHTML|insertAdjacent|document\\.write|eval\\().*"),
                    "text only");
        }
        assertTrue(raw <= 25_000, raw + " bytes");
        assertTrue(zipped <= 8_000, zipped + " bytes zipped");
    }

    /** How large a file is with gzip. */
    private static int zipped(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(bytes);
        deflater.finish();
        int size = deflater.deflate(new byte[bytes.length + 100]);
        deflater.end();
        // Head and checksum of gzip.
        return size + 18;
    }
}
