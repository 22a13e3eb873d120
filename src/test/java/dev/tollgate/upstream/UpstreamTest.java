package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to a server that answers, is silent, breaks off or is not there. */
class UpstreamTest {

    private final Vertx vertx = Vertx.vertx();
    private int port;
    private boolean signs = true;

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    private Future<Void> sign(UpstreamRequest request) {
        return signs ? Future.succeededFuture() : Future.failedFuture(new IllegalStateException("no role"));
    }

    private Upstream upstream(Handler<HttpServerRequest> handler, String... settings) {
        port = Upstreams.await(vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1"))
                .actualPort();
        return to(port, settings);
    }

    private Upstream to(int target, String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("tollgate.upstream.endpoint", "http://127.0.0.1:" + target));
        for (int i = 0; i < settings.length; i += 2) {
            all.put("tollgate.upstream." + settings[i], settings[i + 1]);
        }
        UpstreamConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .withMapping(UpstreamConfig.class)
                .build()
                .getConfigMapping(UpstreamConfig.class);
        return new Upstream(vertx, config, Endpoint.of(config, Optional.empty()), this::sign);
    }

    private static UpstreamRequest post(String path, String body, String... headers) {
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], headers[i + 1]);
        }
        return new UpstreamRequest("POST", path, all, Payload.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Buffer body(HttpClientResponse answer) {
        Future<Buffer> body = answer.body();
        answer.resume();
        return Upstreams.await(body);
    }

    private static UpstreamFault fault(Future<HttpClientResponse> sent) {
        try {
            sent.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            throw new AssertionError("expected a failure");
        } catch (ExecutionException e) {
            return ((UpstreamException) e.getCause()).fault();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static void echo(HttpServerRequest request) {
        request.body().onSuccess(body -> request.response()
                .putHeader("x-method", request.method().name())
                .putHeader("x-uri", request.uri())
                .putHeader("x-host", request.getHeader("host"))
                .putHeader("x-length", String.valueOf(request.getHeader("content-length")))
                .putHeader("x-custom", String.valueOf(request.getHeader("x-custom")))
                .end(body));
    }

    @Test
    void aRequestArrivesAsItIs() {
        HttpClientResponse answer = Upstreams.await(
                upstream(UpstreamTest::echo).send(post("/model/a%3A0/converse?x=1", "{\"ü\":1}", "x-custom", "kept")));
        assertEquals(200, answer.statusCode());
        assertEquals("POST", answer.getHeader("x-method"));
        assertEquals("/model/a%3A0/converse?x=1", answer.getHeader("x-uri"));
        assertEquals("127.0.0.1:" + port, answer.getHeader("x-host"));
        assertEquals("8", answer.getHeader("x-length"));
        assertEquals("kept", answer.getHeader("x-custom"));
        assertEquals("{\"ü\":1}", body(answer).toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_535, 65_536, 65_537, 1_000_000, 10_000_000})
    void aBodyOfEverySizeArrivesWhole(int size) {
        HttpClientResponse answer = Upstreams.await(upstream(UpstreamTest::echo).send(post("/x", "y".repeat(size))));
        assertEquals(size, body(answer).length());
    }

    @Test
    void aGetHasNoLength() {
        HttpClientResponse answer =
                Upstreams.await(upstream(UpstreamTest::echo).send(UpstreamRequest.get("/async-invoke")));
        assertEquals("GET", answer.getHeader("x-method"));
        assertEquals("null", answer.getHeader("x-length"));
        body(answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307})
    void aRedirectIsAnAnswer(int status) {
        AtomicInteger requests = new AtomicInteger();
        Upstream upstream = upstream(request -> {
            requests.incrementAndGet();
            request.response()
                    .setStatusCode(status)
                    .putHeader("Location", "/elsewhere")
                    .end();
        });
        assertEquals(status, Upstreams.await(upstream.send(post("/x", "{}"))).statusCode());
        assertEquals(1, requests.get());
    }

    @Test
    void whatCannotBeSignedIsNotSent() {
        AtomicInteger requests = new AtomicInteger();
        Upstream upstream = upstream(request -> requests.incrementAndGet());
        signs = false;
        assertEquals(UpstreamFault.NO_CREDENTIALS, fault(upstream.send(post("/x", "{}"))));
        assertEquals(0, requests.get());
        assertFalse(upstream.canSign());
        assertFalse(upstream.sound());
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() {
        Upstream upstream = to(Ports.free());
        assertEquals(UpstreamFault.UNREACHABLE, fault(upstream.send(post("/x", "{}"))));
        assertTrue(upstream.canSign());
        assertFalse(upstream.sound());
    }

    @Test
    void aServerThatBreaksOffIsAReset() {
        Upstream upstream = upstream(request -> request.connection().close());
        assertEquals(UpstreamFault.RESET, fault(upstream.send(post("/x", "{}"))));
    }

    @Test
    void aServerThatIsSilentIsATimeout() {
        Upstream upstream = upstream(request -> {}, "idle-timeout", "300ms");
        assertEquals(UpstreamFault.TIMEOUT, fault(upstream.send(post("/x", "{}"))));
        assertEquals(300, upstream.idleTimeout().toMillis());
    }

    @Test
    void anAnswerAfterAFailureIsSoundAgain() {
        Upstream upstream = upstream(UpstreamTest::echo);
        signs = false;
        fault(upstream.send(post("/x", "{}")));
        signs = true;
        body(Upstreams.await(upstream.send(post("/x", "{}"))));
        assertTrue(upstream.canSign());
        assertTrue(upstream.sound());
    }

    @Test
    void beforeTheFirstCallAllIsWell() {
        Upstream upstream = upstream(UpstreamTest::echo);
        assertTrue(upstream.canSign());
        assertTrue(upstream.sound());
    }

    @Test
    void aMissingRoleIsKnownBeforeTheFirstCall() {
        Upstream upstream = upstream(UpstreamTest::echo);
        signs = false;
        upstream.prepare();
        assertFalse(upstream.canSign());
    }

    @Test
    void anAnswersBodyWaitsUntilItIsRead() {
        Upstream upstream = upstream(request -> request.response().end("x".repeat(100_000)));
        HttpClientResponse answer = Upstreams.await(upstream.send(post("/x", "{}")));
        assertEquals(100_000, body(answer).length());
    }
}
