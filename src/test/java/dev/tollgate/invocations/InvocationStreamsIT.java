package dev.tollgate.invocations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import dev.tollgate.invocations.Calls.Event;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Server-sent events, with the heap of the image: deltas, then one done or one error, whatever happens. */
class InvocationStreamsIT {

    @RegisterExtension
    static final Product PRODUCT = Product.with("TOLLGATE_PROXY_COST_HEADERS", "true")
            .imageHeap()
            .policy("limits: [ { name: day, budget: { usd: 1000, per: day } } ]");

    private static final String STREAM = Calls.streamed(Calls.hello("nova-lite"));

    private static HttpResponse<byte[]> post(String faults) {
        return Calls.post(PRODUCT, STREAM, "x-simulate", faults);
    }

    @Test
    void deltasAreFollowedByTheWholeAnswerWithCostAndLimits() {
        HttpResponse<byte[]> answer = post("tokens=30");
        assertEquals(200, answer.statusCode());
        assertEquals(
                "text/event-stream", answer.headers().firstValue("Content-Type").orElse(""));
        assertFalse(answer.headers().firstValue("X-Tollgate-Cost").isPresent());
        List<Event> events = Calls.events(Calls.text(answer));
        assertEquals(31, events.size());
        List<Event> deltas = events.subList(0, 30);
        assertTrue(deltas.stream()
                .allMatch(e -> e.name().equals("delta") && e.data().size() == 1));
        Event done = events.get(30);
        assertEquals("done", done.name());
        assertEquals(
                List.of("model", "modelId", "output", "stopReason", "usage", "costMicroUsd", "tags", "limits"),
                List.copyOf(done.data().fieldNames()));
        String text = deltas.stream().map(e -> e.data().getString("text")).collect(Collectors.joining());
        assertEquals(
                new JsonArray().add(new JsonObject().put("text", text)),
                done.data().getJsonObject("output").getJsonObject("message").getJsonArray("content"));
        assertEquals(30, done.data().getJsonObject("usage").getLong("outputTokens"));
        assertTrue(done.data().getLong("costMicroUsd") > 0);
        assertEquals("day", done.data().getJsonArray("limits").getJsonObject(0).getString("name"));
    }

    @ParameterizedTest
    @CsvSource({
        "exception=4, throttlingException, simulated",
        "cut=4, modelStreamErrorException, the upstream broke off; retry",
        "cut-mid=4, modelStreamErrorException, the upstream broke off; retry",
        "garbage=4, modelStreamErrorException, 'expected whole events from the upstream, found damaged ones'",
        "json, modelStreamErrorException, 'expected an event stream from the upstream, found application/json'",
    })
    void whatGoesWrongIsToldOnceAtTheEnd(String fault, String type, String message) {
        HttpResponse<byte[]> answer = post(fault);
        assertEquals(200, answer.statusCode());
        List<Event> events = Calls.events(Calls.text(answer));
        Event last = events.get(events.size() - 1);
        assertEquals("error", last.name());
        assertEquals(new JsonObject().put("message", message).put("type", type), last.data());
        assertEquals(1, events.stream().filter(e -> !e.name().equals("delta")).count());
        assertEquals(fault.equals("json") ? 0 : 3, events.size() - 1);
    }

    @Test
    void aStreamWithoutUsageIsToldWhatItWasCharged() {
        List<Event> events = Calls.events(Calls.text(post("no-usage; tokens=8")));
        Event done = events.get(events.size() - 1);
        assertEquals("done", done.name());
        assertTrue(done.data().getJsonObject("usage").getLong("outputTokens") > 0);
    }

    @Test
    @Timeout(240)
    void slowReadersHoldTheirUpstreamsBackAndGetEverything() {
        long pid = PRODUCT.sidecar().process().pid();
        List<RawCall> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                // Of more than 3 MB of events each.
                readers.add(RawCall.of(PRODUCT.sidecar(), STREAM, "x-simulate: tokens=60000", "Connection: close"));
            }
            readers.forEach(reader -> assertTrue(reader.read(4096).contains("event: delta")));
            assertEquals(200, post("tokens=2").statusCode(), "expected others to be answered meanwhile");
            String rest = readers.get(0).untilClosed(Duration.ofSeconds(60));
            assertTrue(rest.contains("event: done"), "expected the end, found " + rest.substring(rest.length() - 300));
            // There is no memory for so long a text in this heap.
            assertFalse(rest.contains("\"output\":{"));
            assertTrue(rest.contains("\"outputTokens\":60000"));
        } finally {
            readers.forEach(RawCall::close);
        }
        PRODUCT.awaitNoCalls();
        assertTrue(PRODUCT.sidecar().process().isAlive() && pid > 0);
        assertFalse(
                PRODUCT.sidecar().log().contains("OutOfMemory"),
                PRODUCT.sidecar().log());
    }

    @Test
    void aClientThatGoesAwayEndsAsOnTheDataPath() {
        try (RawCall call = RawCall.of(PRODUCT.sidecar(), STREAM, "x-simulate: tokens=40; pace=20")) {
            assertTrue(call.read(300).startsWith("HTTP/1.1 200 OK"));
        }
        Ports.await(Duration.ofSeconds(10), "a record that says so", () -> PRODUCT.sidecar().usageRecords().stream()
                .anyMatch(r -> r.contains("\"end\":\"client-gone\"")
                        && r.contains("\"operation\":\"converse-stream\"")
                        && r.contains("\"outputTokens\":40")));
        PRODUCT.awaitNoCalls();
        Ports.await(
                Duration.ofSeconds(5),
                "nothing held",
                () -> PRODUCT.limit("day").getLong("held") == 0);
    }

    @Test
    void largeRequestsAtOnceNeedNoMoreThanTheHeap() throws InterruptedException {
        String large = Calls.hello("nova-lite").replace("Hello", "é\\n".repeat(1_000_000));
        List<Integer> statuses = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(new Thread(() -> statuses.add(Calls.post(PRODUCT, large).statusCode())));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        // Those without room are refused, or give way to others while they are half sent.
        assertTrue(statuses.stream().allMatch(s -> s == 200 || s == 503 || s == 408), statuses.toString());
        assertTrue(statuses.contains(200), statuses.toString());
        assertFalse(
                PRODUCT.sidecar().log().contains("OutOfMemory"),
                PRODUCT.sidecar().log());
    }
}
