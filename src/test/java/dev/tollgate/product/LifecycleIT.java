package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Reload, outage and stop, as they happen to a running sidecar. */
class LifecycleIT {

    private static String message(HttpResponse<byte[]> response) {
        return new JsonObject(new String(response.body(), StandardCharsets.UTF_8)).getString("message");
    }

    @Test
    void aPolicyIsReloadedWithoutADroppedCallAndABadOneKeepsTheLast() throws Exception {
        Path policy = Upstreams.policy("limits: [ { name: first, budget: { requests: 1000000, per: day } } ]");
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar =
                        SidecarProcess.serve(upstream.settings("TOLLGATE_POLICY_FILE", policy.toString()))) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger failed = new AtomicInteger();
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
                while (!stop.get()) {
                    int status = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2))
                            .statusCode();
                    failed.addAndGet(status == 200 ? 0 : 1);
                }
            });
            Upstreams.replace(policy, "limits: [ { name: second, budget: { requests: 1000001, per: day } } ]");
            Ports.await(
                    "the new policy",
                    () -> sidecar.get("/tollgate/v1/limits").body().contains("\"second\""));
            Upstreams.replace(policy, "limits: [ { name: third, budget: { requests: none, per: day } } ]");
            Ports.await(
                    "the refusal to be counted",
                    () -> sidecar.metric("tollgate_policy_reload_total", "outcome=\"failure\"") == 1);
            assertTrue(sidecar.get("/tollgate/v1/limits").body().contains("\"second\""));
            Ports.await("the mistake in the log", () -> sidecar.log()
                    .contains("line 1: limits[0].budget.requests: expected a whole number"));
            Files.delete(policy);
            Ports.await(
                    "the missing file to be counted",
                    () -> sidecar.metric("tollgate_policy_reload_total", "outcome=\"failure\"") == 2);
            Upstreams.replace(policy, "limits: [ { name: fourth, budget: { requests: 1, per: day } } ]");
            Ports.await(
                    "the fourth policy",
                    () -> sidecar.get("/tollgate/v1/limits").body().contains("\"fourth\""));
            stop.set(true);
            load.join();
            assertTrue(failed.get() <= 1000, "only the last policy denies");
            HttpResponse<byte[]> denied = null;
            for (int i = 0; i < 2; i++) {
                denied = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2));
            }
            assertTrue(message(denied).contains("budget fourth"), message(denied));
        }
    }

    @Test
    void withoutRedisBudgetsDenyRatesShareAndAllComesBackByItself() {
        Path policy = Upstreams.policy("""
                limits:
                  - name: budget
                    match: { model: "nova-*" }
                    budget: { usd: 100, per: month }
                  - name: rate
                    match: { model: "titan-*" }
                    rate: { requests: 3, every: 1h }
                  - name: loose
                    match: { model: "llama*" }
                    budget: { usd: 100, per: month }
                    on-ledger-failure: open
                """);
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start();
                SidecarProcess sidecar = SidecarProcess.serve(upstream.settings(
                        "TOLLGATE_LEDGER", "redis",
                        "TOLLGATE_REDIS_URL", redis.url(),
                        "TOLLGATE_LEDGER_RECOVERY", "200ms",
                        "TOLLGATE_LEDGER_DEADLINE", "300ms",
                        "TOLLGATE_POLICY_FILE", policy.toString()))) {
            String titan = "/model/amazon.titan-text-lite-v1/invoke";
            String llama = "/model/meta.llama3-8b-instruct-v1%3A0/invoke";
            Ports.await(
                    "budgets to open",
                    () -> Http.post(sidecar, Http.NOVA + "converse", Http.converse(2))
                                    .statusCode()
                            == 200);
            redis.kill();
            Ports.await(
                    "the outage to be seen",
                    () -> Http.post(sidecar, Http.NOVA + "converse", Http.converse(2))
                                    .statusCode()
                            == 503);
            HttpResponse<byte[]> denied = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2));
            assertEquals(503, denied.statusCode());
            assertEquals(
                    "ServiceUnavailableException",
                    denied.headers().firstValue("x-amzn-ErrorType").orElse(""));
            assertTrue(denied.headers().firstValue("Retry-After").isPresent());
            List<Integer> shared = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                shared.add(Http.post(sidecar, titan, "{\"inputText\":\"x\"}").statusCode());
            }
            assertEquals(List.of(200, 200, 200, 429, 429), shared);
            assertEquals(200, Http.post(sidecar, llama, "{\"prompt\":\"x\"}").statusCode());
            assertEquals(1, sidecar.metric("tollgate_fail_open_total", "limit=\"loose\""));
            assertTrue(sidecar.metric("tollgate_ledger_errors_total") > 0);
            // The breaker looks at ten calls.
            for (int i = 0; i < 10; i++) {
                assertEquals(
                        503,
                        Http.post(sidecar, Http.NOVA + "converse", Http.converse(2))
                                .statusCode());
            }
            HttpResponse<String> ready = sidecar.get("/q/health/ready");
            assertEquals(200, ready.statusCode());
            assertTrue(ready.body().contains("\"credentials\": \"closed\""), ready.body());
            assertTrue(
                    ready.body().contains("\"ledger\": \"open\"")
                            || ready.body().contains("half_open"),
                    ready.body());

            redis.restart();
            Ports.await(
                    "calls to be admitted again",
                    () -> Http.post(sidecar, Http.NOVA + "converse", Http.converse(2))
                                    .statusCode()
                            == 200);
            Ports.await(
                    "every settlement to have reached the ledger",
                    () -> sidecar.metric("tollgate_settlement_backlog") == 0);
            assertTrue(sidecar.metric("tollgate_ledger_resets_total") >= 1);
        }
    }

    @Test
    void aStreamThatOutlivesTheGraceTimeIsCutWithAnExceptionFrameAndSettled() throws Exception {
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar = SidecarProcess.serve(upstream.settings(
                        "TOLLGATE_PROXY_SHUTDOWN_GRACE",
                        "500ms",
                        "TOLLGATE_POLICY_FILE",
                        Upstreams.policy("limits: [ { name: t, budget: { tokens: 1000000, per: day } } ]")
                                .toString()))) {
            HttpClient http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            CompletableFuture<HttpResponse<byte[]>> open = http.sendAsync(
                    HttpRequest.newBuilder(URI.create(sidecar.uri() + Http.NOVA + "converse-stream"))
                            .header("x-simulate", "tokens=1000; pace=50")
                            .POST(HttpRequest.BodyPublishers.ofString(Http.converse(2000)))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            Ports.await("it to be open", () -> upstream.simulator().count() == 1);
            assertEquals(0, sidecar.terminate());
            assertTrue(new String(open.get().body(), StandardCharsets.ISO_8859_1).contains("Tollgate is stopping"));
            assertEquals(
                    1,
                    sidecar.usageRecords().stream()
                            .filter(r -> r.contains("\"end\":\"stopped\"") && r.contains("\"estimated\":true"))
                            .count());
        }
    }

    @Test
    void requestBytesAreBoundInTotal() {
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar =
                        SidecarProcess.serve(upstream.settings("TOLLGATE_PROXY_MAX_BUFFERED_BYTES", "1000000"))) {
            String large = Http.converse(2).replace("Hello", "x".repeat(1_100_000));
            HttpResponse<byte[]> refused = Http.post(sidecar, Http.NOVA + "converse", large);
            assertEquals(413, refused.statusCode());
            assertTrue(message(refused).contains("max-buffered-bytes"), message(refused));
            for (int i = 0; i < 5; i++) {
                String fits = Http.converse(2).replace("Hello", "x".repeat(900_000));
                assertEquals(
                        200, Http.post(sidecar, Http.NOVA + "converse", fits).statusCode());
            }
            assertEquals(1, upstream.simulator().count() - 4);
        }
    }

    @Test
    void anIpv6LoopbackClientIsServed() {
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar = SidecarProcess.serve(upstream.settings())) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://[::1]:" + sidecar.port() + Http.NOVA + "converse"))
                    .POST(HttpRequest.BodyPublishers.ofString(Http.converse(2)))
                    .build();
            assertEquals(200, Http.send(request).statusCode());
        }
    }
}
