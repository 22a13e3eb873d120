package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Splice;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An API key in place of a signature; the signature itself is checked by every product test's upstream. */
class BearerSignerTest {

    private final Vertx vertx = Vertx.vertx();
    private final Endpoint endpoint = new Endpoint("localhost", 80, false, "us-east-1");

    @AfterEach
    void close() {
        Upstreams.await(vertx.close());
    }

    private static <T> Future<T> unguarded(Supplier<Future<T>> operation) {
        return operation.get();
    }

    private static UpstreamRequest request() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        Splice change = new Splice(1, 1, "\"a\":1".getBytes(StandardCharsets.UTF_8));
        MultiMap headers =
                MultiMap.caseInsensitiveMultiMap().add("host", "localhost").add("x-custom", "1");
        return new UpstreamRequest("POST", "/model/m/converse", headers, Payload.of(body, List.of(change)));
    }

    private Signer bearer() {
        return Signer.of(
                vertx, endpoint, Optional.of("abc"), BearerSignerTest::unguarded, () -> java.time.Instant.EPOCH);
    }

    @Test
    void anApiKeyIsABearerToken() {
        UpstreamRequest request = request();
        Upstreams.await(bearer().sign(request));
        assertEquals("Bearer abc", request.headers().get("authorization"));
    }

    @Test
    void anApiKeyReplacesWhatWasThere() {
        UpstreamRequest request = request();
        request.headers().set("Authorization", "AWS4-HMAC-SHA256 x");
        Upstreams.await(bearer().sign(request));
        assertEquals(List.of("Bearer abc"), request.headers().getAll("authorization"));
    }

    @Test
    void anApiKeyLeavesOtherHeadersAndTheBody() {
        UpstreamRequest request = request();
        Upstreams.await(bearer().sign(request));
        assertEquals("1", request.headers().get("x-custom"));
        assertEquals(7, request.payload().length());
    }

    @Test
    void aGetHasNoBodyAndNoHeaders() {
        UpstreamRequest get = UpstreamRequest.get("/inference-profiles/x");
        assertEquals("GET", get.method());
        assertEquals("/inference-profiles/x", get.path());
        assertTrue(get.headers().isEmpty());
        assertEquals(0, get.payload().length());
    }
}
