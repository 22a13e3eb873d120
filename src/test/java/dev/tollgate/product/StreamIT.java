package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
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
    private static volatile boolean inStep;
    private static final AtomicInteger FRAMES_READ = new AtomicInteger();

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
        response.setChunked(true)
                .putHeader("Content-Type", EventStream.CONTENT_TYPE)
                .putHeader("x-amzn-RequestId", "upstream-id-1");
        next(response, 0);
    }

    /** Sends the next chunk once the client has read the one before, if it is a client that says so. */
    private static void next(HttpServerResponse response, int i) {
        if (i == FRAMES.size()) {
            response.end();
        } else if (inStep && i > FRAMES_READ.get()) {
            VERTX.setTimer(1, t -> next(response, i));
        } else {
            response.write(FRAMES.get(i)).onComplete(v -> next(response, i + 1));
        }
    }

    @AfterAll
    static void stop() {
        sidecar.close();
        Upstreams.await(VERTX.close());
    }

    @AfterEach
    void everyCallHasEnded() {
        inStep = false;
        Ports.await("no call", () -> sidecar.metric("tollgate_inflight_requests") == 0);
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

    private static HttpResponse<InputStream> stream() throws Exception {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request(), HttpResponse.BodyHandlers.ofInputStream());
    }

    @Test
    void eachChunkReachesTheClientBeforeTheNextIsSent() throws Exception {
        FRAMES_READ.set(0);
        inStep = true;
        InputStream body = stream().body();
        for (Buffer frame : FRAMES) {
            assertArrayEquals(frame.getBytes(), body.readNBytes(frame.length()));
            FRAMES_READ.incrementAndGet();
        }
        assertEquals(-1, body.read());
    }

    @Test
    void arrivesUnchanged() throws Exception {
        Buffer sent = Buffer.buffer();
        FRAMES.forEach(sent::appendBuffer);
        assertArrayEquals(sent.getBytes(), stream().body().readAllBytes());
    }

    @Test
    void theRequestIdOfTheUpstreamIsPassedOn() throws Exception {
        HttpResponse<InputStream> response = stream();
        response.body().readAllBytes();
        assertEquals(
                "upstream-id-1",
                response.headers().firstValue("x-amzn-RequestId").orElse(""));
    }

    @Test
    void isSettledAsReported() throws Exception {
        long used = budget().getLong("used");
        stream().body().readAllBytes();
        Ports.await("settled as reported", () -> budget().getLong("used") == used + 1801);
        assertEquals(0, budget().getLong("held"));
    }

    @Test
    void isReadToItsEndAndSettledWhenTheClientHangsUpAfterThreeChunks() throws IOException {
        long used = budget().getLong("used");
        FRAMES_READ.set(3);
        inStep = true;
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
        Ports.await("the answer to be read on", () -> sidecar.metric("tollgate_draining_streams") == 1);
        inStep = false;
        Ports.await("settled as reported", () -> budget().getLong("used") == used + 1801);
        Ports.await("a usage record that says so", () -> sidecar.usageRecords().stream()
                .anyMatch(r -> r.contains("\"end\":\"client-gone\"") && r.contains("\"estimated\":false")));
        Ports.await("no stream to be read on", () -> sidecar.metric("tollgate_draining_streams") == 0);
    }
}
