package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.EventStreamDecoder;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever ends an answer, its reservation ends once, with the right amount, and nothing is left behind. */
class FaultsIT {

    private static final int MAX_TOKENS = 100;
    // What the stream of these tests uses when it is metered: 2 in, 50 out.
    private static final long USED = 52;

    // Longer than a busy machine holds a frame up.
    @RegisterExtension
    static final Product PRODUCT = Product.with(
                    "TOLLGATE_UPSTREAM_IDLE_TIMEOUT", "2s", "TOLLGATE_PROXY_DRAIN_TIMEOUT", "3s")
            .policy("""
            limits:
              - name: tokens
                budget: { tokens: 1000000000, per: month }
              - name: inflight
                concurrency: 1000
            """);

    private static JsonObject limit(String name) {
        JsonArray all =
                new JsonObject(PRODUCT.sidecar().get("/tollgate/v1/limits").body()).getJsonArray("limits");
        return all.stream()
                .map(JsonObject.class::cast)
                .filter(l -> l.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static long used() {
        return limit("tokens").getLong("used");
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Ports.await(
                "no hold, call or drained stream to be left",
                () -> limit("tokens").getLong("held") == 0
                        && limit("inflight").getLong("held") == 0
                        && PRODUCT.sidecar().metric("tollgate_inflight_requests") == 0
                        && PRODUCT.sidecar().metric("tollgate_draining_streams") == 0);
    }

    private static HttpResponse<byte[]> stream(String fault) {
        return Http.post(
                PRODUCT.sidecar(), Http.NOVA + "converse-stream", Http.converse(MAX_TOKENS), "x-simulate", fault);
    }

    private static List<String> frames(byte[] bytes) {
        List<String> frames = new ArrayList<>();
        new EventStreamDecoder(65536, (message, type, payload) -> frames.add(message + " " + type))
                .accept(Buffer.buffer(bytes));
        return frames;
    }

    private static void awaitUsed(long wanted) {
        Ports.await("used to be " + wanted, () -> used() == wanted);
    }

    /** The estimate of these calls: bytes / 3.3 or as learned, and the maximum of output tokens. */
    private static void awaitEstimate(long before) {
        Ports.await(
                "the estimate to be charged",
                () -> used() >= before + MAX_TOKENS && used() <= before + MAX_TOKENS + 100);
    }

    /** Input as estimated, about 40, and output counted from the bytes of the words that passed, at 3 bytes a token. */
    private static void awaitPassed(long before, int words) {
        Ports.await(
                "what passed to be charged, and no more; found " + (used() - before),
                () -> used() >= before + words && used() <= before + 60 + 3L * words);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503, 424})
    void anErrorOfTheUpstreamPassesAndCostsNothing(int status) {
        long before = used();
        HttpResponse<byte[]> response = stream("status=" + status);
        assertEquals(status, response.statusCode());
        assertTrue(response.headers().firstValue("x-amzn-ErrorType").orElse("").contains("Exception"));
        assertEquals(before, used());
    }

    @Test
    void anExceptionBeforeAnyEventCostsNothing() {
        long before = used();
        assertEquals(
                List.of("exception throttlingException"),
                frames(stream("exception=0").body()));
        assertEquals(before, used());
    }

    @Test
    void anExceptionInsideTheStreamPassesAndWhatPassedIsCharged() {
        long before = used();
        List<String> frames = frames(stream("exception=5").body());
        assertEquals("exception throttlingException", frames.get(5));
        awaitPassed(before, 4);
    }

    @Test
    void aStreamCutBetweenFramesEndsWithAnExceptionFrame() {
        long before = used();
        List<String> frames = frames(stream("cut=6").body());
        assertEquals(7, frames.size());
        assertEquals("exception modelStreamErrorException", frames.get(6));
        awaitPassed(before, 5);
    }

    @Test
    void aStreamCutInsideAFrameIsCutForTheClientToo() {
        long before = used();
        assertThrows(UncheckedIOException.class, () -> stream("cut-mid=6"));
        awaitPassed(before, 5);
    }

    @Test
    void aSilentStreamEndsWithAnExceptionFrame() {
        long before = used();
        List<String> frames = frames(stream("stall=4").body());
        assertEquals("exception modelStreamErrorException", frames.get(4));
        awaitPassed(before, 3);
    }

    @Test
    void anUpstreamThatNeverAnswersIsATimeout() {
        long before = used();
        HttpResponse<byte[]> response = Http.post(
                PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(MAX_TOKENS), "x-simulate", "delay=60000");
        assertEquals(408, response.statusCode());
        assertEquals(
                "ModelTimeoutException",
                response.headers().firstValue("x-amzn-ErrorType").orElse(""));
        awaitEstimate(before);
    }

    @Test
    void anUpstreamThatBreaksOffBeforeAnsweringIsUnavailable() {
        long before = used();
        HttpResponse<byte[]> response = Http.post(
                PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(MAX_TOKENS), "x-simulate", "no-answer");
        assertEquals(503, response.statusCode());
        awaitEstimate(before);
    }

    @Test
    void aWholeAnswerWhereAStreamWasAskedCostsWhatItReports() {
        long before = used();
        HttpResponse<byte[]> response = stream("whole-answer");
        assertEquals(200, response.statusCode());
        JsonObject usage = new JsonObject(new String(response.body(), StandardCharsets.UTF_8)).getJsonObject("usage");
        Ports.await("its settlement", () -> used() == before + usage.getLong("totalTokens"));
    }

    @Test
    void jsonWhereAStreamWasAskedPassesAndCostsNothing() {
        long before = used();
        HttpResponse<byte[]> response = stream("json");
        assertEquals(200, response.statusCode());
        assertTrue(new String(response.body(), StandardCharsets.UTF_8).contains("UnknownOperationException"));
        assertEquals(before, used());
    }

    @ParameterizedTest
    @CsvSource({"usage-twice", "pace=1"})
    void aWholeStreamIsChargedAsReported(String fault) {
        long before = used();
        stream(fault);
        awaitUsed(before + USED);
    }

    @Test
    void withoutUsageWhatPassedIsCharged() {
        long before = used();
        assertEquals(200, stream("no-usage").statusCode());
        awaitPassed(before, 50);
    }

    @Test
    void aStreamThatCannotBeReadAnyMoreIsChargedForWhatPassed() {
        long before = used();
        assertEquals(200, stream("garbage=3").statusCode());
        Ports.await("no less than 50 words to be charged", () -> used() >= before + 50);
    }

    @Test
    void anEndlessStreamIsGivenUpWhenItsClientHasGone() throws IOException {
        long before = used();
        hangUpAfter(2000, "endless");
        Ports.await("what passed to be charged", () -> used() >= before + 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 400, 437, 3000})
    void aClientThatHangsUpAnywhereIsChargedAsReported(int bytes) throws IOException {
        long before = used();
        hangUpAfter(bytes, "pace=2");
        Ports.await(
                "the call to be charged as reported, or never sent",
                () -> used() == before + USED || bytes == 0 && used() == before);
    }

    private static void hangUpAfter(int bytes, String fault) throws IOException {
        String body = Http.converse(MAX_TOKENS);
        try (Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port())) {
            socket.getOutputStream()
                    .write(("POST " + Http.NOVA + "converse-stream HTTP/1.1\r\nHost: localhost\r\nx-simulate: " + fault
                                    + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            assertEquals(bytes, in.readNBytes(bytes).length);
        }
    }
}
