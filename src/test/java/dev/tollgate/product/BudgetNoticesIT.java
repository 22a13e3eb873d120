package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A budget's thresholds and its end reach people, each once. */
class BudgetNoticesIT {

    private final Vertx vertx = Vertx.vertx();
    private final List<JsonObject> received = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private int receiver() throws Exception {
        return vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    received.add(new JsonObject(body));
                    request.response().end();
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
    }

    @Test
    void eachThresholdIsToldOnceInLogCounterAndWebhook() throws Exception {
        String policy = Upstreams.policy("""
                limits:
                  - { name: day, match: { tenant: acme }, budget: { requests: 4, per: day, warn-at: [50, 75] } }
                """).toString();
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar = SidecarProcess.serve(upstream.settings(
                        "TOLLGATE_IDENTITY_TENANT",
                        "acme",
                        "TOLLGATE_POLICY_FILE",
                        policy,
                        "TOLLGATE_NOTIFY_WEBHOOK",
                        "http://127.0.0.1:" + receiver() + "/hook"))) {
            int answered = 0;
            for (int i = 0; i < 6; i++) {
                answered += Http.post(sidecar, Http.NOVA + "converse", Http.converse(5))
                                        .statusCode()
                                == 200
                        ? 1
                        : 0;
            }
            assertEquals(4, answered);
            Ports.await("three notices, found " + received, () -> received.size() == 3);
            assertEquals(
                    List.of("warned 50", "warned 75", "exhausted 100"),
                    received.stream()
                            .map(n -> n.getString("event") + " " + n.getInteger("percent"))
                            .toList());
            assertTrue(received.get(2).getString("text").contains("budget day of tenant acme is used up"));
            assertTrue(sidecar.log().contains("budget day of tenant acme passed 75 %"), sidecar.log());
            assertEquals(2, sidecar.metric("tollgate_budget_events_total", "event=\"warned\"", "limit=\"day\""));
            assertEquals(1, sidecar.metric("tollgate_budget_events_total", "event=\"exhausted\""));
            Ports.await(
                    "three notices that were sent",
                    () -> sidecar.metric("tollgate_notices_total", "outcome=\"sent\"") == 3);
        }
    }

    @Test
    void aMuteReceiverDelaysNoCall() throws Exception {
        int mute = vertx.createHttpServer()
                .requestHandler(request -> received.add(new JsonObject()))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
        String policy = Upstreams.policy("limits: [ { name: day, budget: { requests: 100, per: day, warn-at: [1] } } ]")
                .toString();
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar = SidecarProcess.serve(upstream.settings(
                        "TOLLGATE_POLICY_FILE", policy, "TOLLGATE_NOTIFY_WEBHOOK", "http://127.0.0.1:" + mute))) {
            for (int i = 0; i < 20; i++) {
                assertEquals(
                        200,
                        Http.post(sidecar, Http.NOVA + "converse", Http.converse(5))
                                .statusCode());
            }
            Ports.await("the notice to arrive", () -> received.size() == 1);
            long start = System.nanoTime();
            assertEquals(0, sidecar.terminate());
            assertTrue(System.nanoTime() - start < 15_000_000_000L, "a mute receiver must not hold up the end");
        }
    }
}
