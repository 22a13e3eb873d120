package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * SIGTERM with 200 open streams: 150 end once the sidecar accepts no more calls, 50 never do. The upstream holds every stream
 * until the test releases it, so that no step depends on how fast the machine is.
 */
class TerminationIT {

    private static final int STREAMS = 200;
    private static final int ENDLESS = 50;
    private static final int TOKENS_OF_ONE = 1801;

    private static final Vertx VERTX = Vertx.vertx();
    private static final List<HttpServerResponse> HELD = new CopyOnWriteArrayList<>();
    private static final List<String> BODIES = new ArrayList<>();
    private static RealRedis redis;
    private static List<JsonObject> records;
    private static int exitCode;

    @BeforeAll
    static void terminate() {
        redis = RealRedis.start();
        try (SidecarProcess sidecar = SidecarProcess.serve(Map.of(
                "TOLLGATE_UPSTREAM_ENDPOINT",
                "http://127.0.0.1:" + upstream(),
                "TOLLGATE_UPSTREAM_BEARER_TOKEN",
                "key",
                "TOLLGATE_REDIS_URL",
                redis.url(),
                "TOLLGATE_LEDGER_RECOVERY",
                "0ms",
                "TOLLGATE_LEDGER_DEADLINE",
                "5s",
                "TOLLGATE_PROXY_SHUTDOWN_GRACE",
                "8s",
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy("limits: [ { name: t, budget: { tokens: 1000000, per: day } } ]")
                        .toString()))) {
            List<CompletableFuture<HttpResponse<byte[]>>> open = open(sidecar);
            Ports.await("all streams to be open", () -> HELD.size() == STREAMS);
            sidecar.process().destroy();
            Ports.await("no call to be accepted", () -> !accepts(sidecar));
            HELD.subList(ENDLESS, STREAMS).forEach(TerminationIT::end);
            exitCode = sidecar.terminate();
            open.forEach(s -> BODIES.add(new String(s.join().body(), StandardCharsets.ISO_8859_1)));
            records = sidecar.usageRecords().stream().map(JsonObject::new).toList();
        }
    }

    @AfterAll
    static void stop() {
        redis.close();
        Upstreams.await(VERTX.close());
    }

    private static int upstream() {
        return Upstreams.await(VERTX.createHttpServer()
                        .requestHandler(request -> request.body().onSuccess(body -> {
                            HttpServerResponse response = request.response()
                                    .setChunked(true)
                                    .putHeader("Content-Type", EventStream.CONTENT_TYPE);
                            response.write(event("contentBlockDelta", "{\"delta\":{\"text\":\"word\"}}"))
                                    .onSuccess(v -> HELD.add(response));
                        }))
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private static Buffer event(String type, String json) {
        return EventStream.event(type, json.getBytes(StandardCharsets.UTF_8));
    }

    private static void end(HttpServerResponse stream) {
        stream.end(event("metadata", "{\"usage\":{\"inputTokens\":1234,\"outputTokens\":567,\"totalTokens\":1801}}"));
    }

    private static List<CompletableFuture<HttpResponse<byte[]>>> open(SidecarProcess sidecar) {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<CompletableFuture<HttpResponse<byte[]>>> open = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            open.add(http.sendAsync(
                    HttpRequest.newBuilder(URI.create(sidecar.uri() + Http.NOVA + "converse-stream"))
                            .POST(HttpRequest.BodyPublishers.ofString(Http.converse(600)))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray()));
        }
        return open;
    }

    private static boolean accepts(SidecarProcess sidecar) {
        return Ports.answers(sidecar.port())
                && !new String(Http.post(sidecar, Http.NOVA + "converse", "{").body(), StandardCharsets.UTF_8)
                        .contains("Tollgate is stopping");
    }

    private static long ended(String end, boolean estimated) {
        return records.stream()
                .filter(r -> r.getString("end").equals(end) && r.getBoolean("estimated") == estimated)
                .count();
    }

    @Test
    void theExitCodeIsZero() {
        assertEquals(0, exitCode);
    }

    @Test
    void streamsThatEndWithinTheGraceTimeAreWhole() {
        assertEquals(
                STREAMS - ENDLESS,
                BODIES.stream().filter(b -> b.contains("\"totalTokens\":1801")).count());
    }

    @Test
    void streamsThatOutliveTheGraceTimeEndWithAFrameThatSaysWhy() {
        assertEquals(
                ENDLESS,
                BODIES.stream().filter(b -> b.contains("Tollgate is stopping")).count());
    }

    @Test
    void aWholeStreamIsRecordedWithItsUsage() {
        assertEquals(STREAMS - ENDLESS, ended("completed", false));
    }

    @Test
    void aCutStreamIsRecordedWithAnEstimate() {
        assertEquals(ENDLESS, ended("stopped", true));
    }

    @Test
    void theLedgerHoldsWhatTheRecordsSayAndNothingMore() {
        long tokens = records.stream()
                .mapToLong(r -> r.getLong("inputTokens") + r.getLong("outputTokens"))
                .sum();
        assertTrue(tokens > (STREAMS - ENDLESS) * (long) TOKENS_OF_ONE, "a cut stream is charged too: " + tokens);
        String stored = redis.command(
                "EVAL",
                "\"for _, f in ipairs(redis.call('HKEYS', 'tg2:{default}')) do if string.sub(f, 1, 1) == 'b' then"
                        + " local used, held = struct.unpack('<I8I8', redis.call('HGET', 'tg2:{default}', f))"
                        + " return used .. ' ' .. held end end\"",
                "0");
        assertEquals(tokens + " 0", stored.split("\r\n")[1], "used is what the records say, nothing is held");
    }
}
