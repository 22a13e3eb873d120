package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.admission.BudgetEvent;
import dev.tollgate.harness.Ports;
import dev.tollgate.policy.Weight;
import dev.tollgate.telemetry.BudgetNotice.Event;
import dev.tollgate.telemetry.Webhook.Bounds;
import dev.tollgate.telemetry.Webhook.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Notices to a real HTTP server that answers, is slow, is mute, fails, or is not there. */
class BudgetNoticesTest {

    private static final Instant RESETS = Instant.parse("2026-12-01T00:00:00Z");
    private static final Bounds QUICK = new Bounds(Duration.ofMillis(200), Duration.ofMillis(5), 3, 4);
    // For what is not about time: no stall of the machine ends an attempt.
    private static final Bounds PATIENT = new Bounds(Duration.ofSeconds(10), Duration.ofMillis(5), 3, 4);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private final List<JsonObject> received = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static BudgetNotice notice(Event event, int percent) {
        return new BudgetNotice(
                event, new BudgetEvent("acme-month", "acme", Weight.USD, percent, 400_120_000, 500_000_000, RESETS));
    }

    private BudgetNotices notices(Bounds bounds, Consumer<HttpServerRequest> answer) throws Exception {
        int port = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    received.add(new JsonObject(body).put("path", request.uri()));
                    answer.accept(request);
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
        return new BudgetNotices(registry, Optional.of(hook(port, bounds)));
    }

    private Webhook hook(int port, Bounds bounds) {
        return new Webhook(vertx, URI.create("http://127.0.0.1:" + port + "/hook?key=1"), bounds, outcomes::add);
    }

    private void awaitOutcomes(Outcome... expected) {
        try {
            Ports.await(SOON, List.of(expected).toString(), () -> outcomes.equals(List.of(expected)));
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + ", found " + outcomes + " of " + received.size() + " requests", e);
        }
    }

    @Test
    void aNoticeIsAPostThatSlackUnderstands() throws Exception {
        notices(PATIENT, request -> request.response().end("ok")).accept(notice(Event.WARNED, 80));
        awaitOutcomes(Outcome.SENT);
        assertEquals(
                new JsonObject()
                        .put(
                                "text",
                                "Tollgate: budget acme-month of tenant acme passed 80 % (400.12 USD of 500 USD);"
                                        + " it resets at 2026-12-01T00:00:00Z")
                        .put("event", "warned")
                        .put("limit", "acme-month")
                        .put("tenant", "acme")
                        .put("percent", 80)
                        .put("unit", "microUsd")
                        .put("used", 400_120_000)
                        .put("amount", 500_000_000)
                        .put("resetsAt", "2026-12-01T00:00:00Z")
                        .put("path", "/hook?key=1"),
                received.get(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXHAUSTED | acme | USD | Tollgate: budget acme-month of tenant acme is used up (0.5 USD of 0.5 USD)",
                "RESET | acme | USD | Tollgate: budget acme-month of tenant acme started over: 0.5 USD until 2026-12-01",
                "WARNED | all | TOKENS | Tollgate: budget acme-month of all tenants passed 95 % (500000 tokens of 500000 tokens)"
            })
    void eachEventHasItsSentence(Event event, String tenant, Weight weight, String start) {
        String text = new BudgetNotice(
                        event, new BudgetEvent("acme-month", tenant, weight, 95, 500_000, 500_000, RESETS))
                .text();
        assertTrue(text.startsWith(start), text);
    }

    @Test
    void eachEventIsCounted() {
        BudgetNotices notices = new BudgetNotices(registry, Optional.empty());
        notices.accept(notice(Event.WARNED, 80));
        notices.accept(notice(Event.WARNED, 95));
        notices.accept(notice(Event.EXHAUSTED, 100));
        assertEquals(
                2,
                registry.get("tollgate.budget.events")
                        .tag("event", "warned")
                        .counter()
                        .count());
        assertEquals(
                1,
                registry.get("tollgate.budget.events")
                        .tag("event", "exhausted")
                        .counter()
                        .count());
    }

    @Test
    void aServerThatFailsIsTriedAgainUntilItAnswers() throws Exception {
        notices(PATIENT, request -> request.response()
                        .setStatusCode(received.size() < 3 ? 500 : 204)
                        .end())
                .accept(notice(Event.WARNED, 80));
        awaitOutcomes(Outcome.SENT);
        assertEquals(3, received.size());
    }

    @Test
    void aServerThatOnlyFailsIsGivenUpAndTheNextNoticeFollows() throws Exception {
        BudgetNotices notices = notices(PATIENT, request -> request.response()
                .setStatusCode(received.size() <= 3 ? 503 : 200)
                .end());
        notices.accept(notice(Event.WARNED, 80));
        notices.accept(notice(Event.EXHAUSTED, 100));
        awaitOutcomes(Outcome.FAILED, Outcome.SENT);
        assertEquals(4, received.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 404, 410})
    void aRejectionIsNotRepeated(int status) throws Exception {
        notices(PATIENT, request -> request.response()
                        .setStatusCode(status)
                        .putHeader("Location", "/elsewhere")
                        .end())
                .accept(notice(Event.WARNED, 80));
        awaitOutcomes(Outcome.FAILED);
        assertEquals(1, received.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429})
    void aBusyReceiverIsTriedAgain(int status) throws Exception {
        notices(PATIENT, request -> request.response()
                        .setStatusCode(received.size() < 2 ? status : 200)
                        .end())
                .accept(notice(Event.WARNED, 80));
        awaitOutcomes(Outcome.SENT);
    }

    @Test
    void aMuteServerIsGivenUpAndMoreThanTheQueueIsDropped() throws Exception {
        BudgetNotices notices = notices(QUICK, request -> {});
        for (int i = 0; i < 6; i++) {
            notices.accept(notice(Event.WARNED, 80));
        }
        assertEquals(List.of(Outcome.DROPPED, Outcome.DROPPED), outcomes, "no call waited for the receiver");
        awaitOutcomes(Outcome.DROPPED, Outcome.DROPPED, Outcome.FAILED, Outcome.FAILED, Outcome.FAILED, Outcome.FAILED);
    }

    @Test
    void aSlowServerGetsNoticesInOrderAndOneAtATime() throws Exception {
        List<Integer> open = new CopyOnWriteArrayList<>();
        BudgetNotices notices = notices(new Bounds(Duration.ofSeconds(5), Duration.ofMillis(5), 3, 10), request -> {
            open.add(1);
            assertEquals(1, open.size());
            vertx.setTimer(20, t -> {
                open.clear();
                request.response().end();
            });
        });
        for (int percent = 1; percent <= 5; percent++) {
            notices.accept(notice(Event.WARNED, percent));
        }
        awaitOutcomes(Outcome.SENT, Outcome.SENT, Outcome.SENT, Outcome.SENT, Outcome.SENT);
        assertEquals(
                List.of(1, 2, 3, 4, 5),
                received.stream().map(r -> r.getInteger("percent")).toList());
    }

    @Test
    void aServerThatIsNotThereIsGivenUp() {
        Webhook hook = hook(Ports.free(), QUICK);
        hook.send("{}");
        awaitOutcomes(Outcome.FAILED);
        assertTrue(hook.idle().isComplete());
    }

    @Test
    void aWebhookIsIdleOnceItsQueueIsEmpty() throws Exception {
        Webhook hook = hook(Ports.free(), QUICK);
        assertTrue(hook.idle().isComplete());
        hook.send("{}");
        assertTrue(!hook.idle().isComplete());
        hook.idle().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertEquals(List.of(Outcome.FAILED), outcomes);
    }
}
