package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A ConverseStream of 500 chunks: at once, unchanged, settled by its metadata event, also when the client hangs up. */
class StreamIT {

    private static final int CHUNKS = 500;
    private static final String BODY = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Go\"}]}],"
            + "\"inferenceConfig\":{\"maxTokens\":1000}}";

    private static final Vertx VERTX = Vertx.vertx();
    private static final List<Buffer> FRAMES = new ArrayList<>();
    private static SidecarProcess sidecar;
    private static volatile long firstSentAt;
    private static volatile boolean sentAll;

    @BeforeAll
    static void start() {
        for (int i = 0; i < CHUNKS; i++) {
            FRAMES.add(EventStream.event(
                    "contentBlockDelta",
                    ("{\"contentBlockIndex\":0,\"delta\":{\"text\":\"word " + i + " \"},\"p\":\"abcdefgh\"}")
                            .getBytes(StandardCharsets.UTF_8)));
        }
        FRAMES.add(EventStream.event(
                "metadata",
                "{\"usage\":{\"inputTokens\":1234,\"outputTokens\":567,\"totalTokens\":1801},\"metrics\":{\"latencyMs\":9}}"
                        .getBytes(StandardCharsets.UTF_8)));
        int port = Upstreams.await(VERTX.createHttpServer()
                        .requestHandler(request -> request.body().onSuccess(body -> send(request.response())))
                        .listen(0, "127.0.0.1"))
                .actualPort();
        sidecar = SidecarProcess.serve(Map.of(
                "TOLLGATE_UPSTREAM_ENDPOINT",
                "http://127.0.0.1:" + port,
                "TOLLGATE_UPSTREAM_BEARER_TOKEN",
                "key",
                "TOLLGATE_LEDGER",
                "memory",
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy("""
                        limits:
                          - name: tokens
                            budget: { tokens: 1000000, per: month }
                        """).toString()));
    }

    private static void send(HttpServerResponse response) {
        sentAll = false;
        response.setChunked(true)
                .putHeader("Content-Type", EventStream.CONTENT_TYPE)
                .putHeader("x-amzn-RequestId", "upstream-id-1");
        firstSentAt = System.nanoTime();
        next(response, 0);
    }

    private static void next(HttpServerResponse response, int i) {
        if (i == FRAMES.size()) {
            response.end();
            sentAll = true;
            return;
        }
        response.write(FRAMES.get(i));
        VERTX.setTimer(1, t -> next(response, i + 1));
    }

    @AfterAll
    static void stop() {
        sidecar.close();
        Upstreams.await(VERTX.close());
    }

    private static JsonObject budget() {
        return new JsonObject(sidecar.get("/tollgate/v1/limits").body())
                .getJsonArray("limits")
                .getJsonObject(0);
    }

    private static HttpRequest request() {
        return HttpRequest.newBuilder(URI.create(sidecar.uri() + "/model/us.amazon.nova-lite-v1%3A0/converse-stream"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(BODY))
                .build();
    }

    @Test
    void arrivesChunkByChunkUnchangedAndIsSettled() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 8; round++) {
            long used = budget().getLong("used");
            HttpResponse<InputStream> response = http.send(request(), HttpResponse.BodyHandlers.ofInputStream());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            long firstReadAt = 0;
            int reads = 0;
            byte[] part = new byte[64 * 1024];
            for (int n; (n = response.body().read(part)) > 0; reads++) {
                firstReadAt = firstReadAt == 0 ? System.nanoTime() : firstReadAt;
                bytes.write(part, 0, n);
            }
            best = Math.min(best, firstReadAt - firstSentAt);
            Buffer sent = Buffer.buffer();
            FRAMES.forEach(sent::appendBuffer);
            assertArrayEquals(sent.getBytes(), bytes.toByteArray());
            assertTrue(reads > 100, "expected chunks one by one, found " + reads + " reads");
            assertEquals(
                    "upstream-id-1",
                    response.headers().firstValue("x-amzn-RequestId").orElse(""));
            Ports.await(Duration.ofSeconds(5), "settled as reported", () -> budget().getLong("used") == used + 1801);
        }
        assertTrue(best < 5_000_000, "expected the first chunk within 5 ms, best of eight was " + best / 1000 + " us");
        assertEquals(0, budget().getLong("held"));
    }

    @Test
    void isReadToItsEndAndSettledWhenTheClientHangsUpAfterThreeChunks() throws IOException {
        long used = budget().getLong("used");
        try (Socket socket = new Socket("127.0.0.1", sidecar.port())) {
            socket.getOutputStream()
                    .write(("POST /model/us.amazon.nova-lite-v1%3A0/converse-stream HTTP/1.1\r\nHost: localhost\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: " + BODY.length() + "\r\n\r\n"
                                    + BODY)
                            .getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            int wanted = FRAMES.get(0).length() * 3 + 200;
            byte[] part = new byte[wanted];
            assertEquals(wanted, in.readNBytes(part, 0, wanted));
        }
        Ports.await(Duration.ofSeconds(20), "settled as reported", () -> budget().getLong("used") == used + 1801);
        assertTrue(sentAll, "expected the upstream to be read to its end");
        Ports.await(Duration.ofSeconds(5), "a usage record that says so", () -> sidecar.usageRecords().stream()
                .anyMatch(r -> r.contains("\"end\":\"client-gone\"") && r.contains("\"estimated\":false")));
        assertEquals(0, sidecar.metric("tollgate_draining_streams"));
        assertEquals(0, sidecar.metric("tollgate_inflight_requests"));
    }
}
