package dev.tollgate.product;

import static dev.tollgate.harness.OtlpCollector.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.OtlpCollector;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import dev.tollgate.simulator.Simulator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Traces and metrics as an OTLP receiver gets them. */
class OtlpIT {

    private static final OtlpCollector COLLECTOR = new OtlpCollector();

    @RegisterExtension
    static final Product PRODUCT = Product.with(
                    "TOLLGATE_OTLP_ENDPOINT", COLLECTOR.url() + "/",
                    "TOLLGATE_OTLP_HEADERS", "api-key=a%20secret, x-scope=7",
                    "TOLLGATE_OTLP_METRICS_EVERY", "1s",
                    "OTEL_RESOURCE_ATTRIBUTES", "k8s.namespace.name=team-a,nonsense,=x",
                    "TOLLGATE_IDENTITY_TENANT", "acme",
                    "TOLLGATE_IDENTITY_COST_CENTER", "sales")
            .policy("""
                    limits:
                      - { name: small, match: { model: "*micro*" }, budget: { tokens: 1, per: day } }
                    """);

    @AfterAll
    static void stop() {
        COLLECTOR.close();
    }

    private static String traceId() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static JsonObject span(String traceId) {
        Ports.await(Duration.ofSeconds(10), "the span of " + traceId, () -> COLLECTOR.spans().stream()
                .anyMatch(s -> s.getString("traceId").equals(traceId)));
        List<JsonObject> spans = COLLECTOR.spans().stream()
                .filter(s -> s.getString("traceId").equals(traceId))
                .toList();
        assertEquals(1, spans.size(), "one span a call");
        return spans.get(0);
    }

    private static int call(String path, String traceparent, String... more) {
        String[] headers = new String[more.length + 2];
        headers[0] = "traceparent";
        headers[1] = traceparent;
        System.arraycopy(more, 0, headers, 2, more.length);
        return Http.post(PRODUCT.sidecar(), path, Http.converse(100), headers).statusCode();
    }

    private static Simulator.Received upstream(String traceId) {
        return PRODUCT.upstream().simulator().received().stream()
                .filter(r -> String.valueOf(r.headers().get("traceparent")).contains(traceId))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aCallIsOneSpanBelowTheCallersAndAboveTheUpstreams() {
        String traceId = traceId();
        // Its own signature covers the trace headers; the one that goes up is ours, and the simulator checks it.
        int status = call(
                Http.NOVA + "converse",
                "00-" + traceId + "-00f067aa0ba902b7-01",
                "tracestate",
                "vendor=7,other=8",
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/bedrock/aws4_request,"
                        + " SignedHeaders=host;traceparent;tracestate, Signature=00");
        assertEquals(200, status);

        JsonObject span = span(traceId);
        assertEquals("00f067aa0ba902b7", span.getString("parentSpanId"));
        assertNotEquals("00f067aa0ba902b7", span.getString("spanId"));
        assertEquals("vendor=7,other=8", span.getString("traceState"));
        Simulator.Received received = upstream(traceId);
        assertEquals(
                "00-" + traceId + "-" + span.getString("spanId") + "-01",
                received.headers().get("traceparent"));
        assertEquals("vendor=7,other=8", received.headers().get("tracestate"));

        assertEquals("chat us.amazon.nova-lite-v1:0", span.getString("name"));
        assertEquals(3, span.getInteger("kind"));
        assertEquals("chat", attribute(span, "gen_ai.operation.name"));
        assertEquals("aws.bedrock", attribute(span, "gen_ai.provider.name"));
        assertEquals("us.amazon.nova-lite-v1:0", attribute(span, "gen_ai.request.model"));
        assertEquals(String.valueOf(received.usage().input()), attribute(span, "gen_ai.usage.input_tokens"));
        assertEquals(String.valueOf(received.usage().output()), attribute(span, "gen_ai.usage.output_tokens"));
        assertEquals("127.0.0.1", attribute(span, "server.address"));
        assertFalse(attribute(span, "server.port").isEmpty());
        assertEquals("200", attribute(span, "http.response.status_code"));
        assertEquals("", attribute(span, "error.type"));
        assertFalse(span.containsKey("status"));
        assertEquals("acme", attribute(span, "tollgate.tenant"));
        assertEquals("sales", attribute(span, "tollgate.cost_center"));
        assertEquals("approved", attribute(span, "tollgate.decision"));
        BigInteger start = new BigInteger(span.getString("startTimeUnixNano"));
        assertTrue(start.compareTo(new BigInteger(span.getString("endTimeUnixNano"))) < 0);
        assertFalse(span.encode().contains("Hello"), "no prompt, no answer");
    }

    @Test
    void streamsDenialsRefusalsAndErrorsAreSpansToo() {
        String stream = traceId();
        String denied = traceId();
        String refused = traceId();
        String failed = traceId();
        assertEquals(200, call(Http.NOVA + "converse-stream", "00-" + stream + "-00f067aa0ba902b7-01"));
        assertEquals(400, call("/model/amazon.nova-micro-v1%3A0/converse", "00-" + denied + "-00f067aa0ba902b7-01"));
        assertEquals(404, call("/model/x/no-such-operation", "00-" + refused + "-00f067aa0ba902b7-01"));
        assertEquals(
                429, call(Http.NOVA + "converse", "00-" + failed + "-00f067aa0ba902b7-01", "x-simulate", "status=429"));

        assertFalse(attribute(span(stream), "gen_ai.usage.output_tokens").isEmpty());
        assertEquals("denied", attribute(span(denied), "error.type"));
        assertEquals("small", attribute(span(denied), "tollgate.limit"));
        assertEquals("", attribute(span(denied), "gen_ai.usage.input_tokens"));
        assertEquals("refused", attribute(span(refused), "tollgate.decision"));
        assertFalse(attribute(span(refused), "error.type").isEmpty());
        assertEquals("ThrottlingException", attribute(span(failed), "error.type"));
        assertEquals(2, span(failed).getJsonObject("status").getInteger("code"));
    }

    @Test
    void aCallerWithoutATraceStartsOneAndOneThatDoesNotRecordStaysUnrecorded() {
        String unrecorded = traceId();
        assertEquals(200, call(Http.NOVA + "converse", "00-" + unrecorded + "-00f067aa0ba902b7-00"));
        String parent = upstream(unrecorded).headers().get("traceparent");
        assertTrue(parent.startsWith("00-" + unrecorded) && parent.endsWith("-00"), parent);

        assertEquals(
                200,
                Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(101))
                        .statusCode());
        String started = PRODUCT.upstream().simulator().received().stream()
                .filter(r ->
                        new String(r.body(), java.nio.charset.StandardCharsets.UTF_8).contains("\"maxTokens\":101"))
                .map(r -> r.headers().get("traceparent"))
                .findFirst()
                .orElseThrow()
                .split("-")[1];
        assertFalse(span(started).containsKey("parentSpanId"));
        assertTrue(
                COLLECTOR.spans().stream().noneMatch(s -> s.getString("traceId").equals(unrecorded)));
    }

    @Test
    void messagesNameTheirSenderAndMetricsArrive() {
        assertEquals(200, call(Http.NOVA + "converse", "00-" + traceId() + "-00f067aa0ba902b7-01"));
        Ports.await(Duration.ofSeconds(10), "token usage", () -> COLLECTOR
                .metric("gen_ai.client.token.usage")
                .isPresent());

        JsonObject histogram = COLLECTOR.metric("gen_ai.client.token.usage").orElseThrow();
        assertEquals("{token}", histogram.getString("unit"));
        assertEquals(2, histogram.getJsonObject("histogram").getInteger("aggregationTemporality"));
        JsonObject point =
                histogram.getJsonObject("histogram").getJsonArray("dataPoints").getJsonObject(0);
        assertEquals(14, point.getJsonArray("explicitBounds").size());
        JsonArray counts = point.getJsonArray("bucketCounts");
        assertEquals(15, counts.size());
        assertEquals(
                Long.parseLong(point.getString("count")),
                counts.stream().mapToLong(c -> Long.parseLong((String) c)).sum());
        JsonObject duration =
                COLLECTOR.metric("gen_ai.client.operation.duration").orElseThrow();
        assertEquals("s", duration.getString("unit"));
        JsonObject requests = COLLECTOR.metric("tollgate.requests").orElseThrow();
        assertTrue(requests.getJsonObject("sum").getBoolean("isMonotonic"));
        assertEquals(
                "acme",
                attribute(
                        requests.getJsonObject("sum").getJsonArray("dataPoints").getJsonObject(0), "tenant"));
        assertTrue(COLLECTOR.metric("process.resident.memory.bytes").isPresent());
        assertTrue(PRODUCT.sidecar().metric("tollgate_otlp_metrics_total", "outcome=\"sent\"") > 0);

        OtlpCollector.Message message = COLLECTOR.messages().get(0);
        assertEquals("a secret", message.headers().get("api-key"));
        assertEquals("7", message.headers().get("x-scope"));
        assertEquals("application/json", message.headers().get("content-type"));
        JsonObject resource = message.body()
                .getJsonArray(message.path().equals("/v1/traces") ? "resourceSpans" : "resourceMetrics")
                .getJsonObject(0)
                .getJsonObject("resource");
        assertEquals("tollgate", attribute(resource, "service.name"));
        assertEquals("team-a", attribute(resource, "k8s.namespace.name"));
        assertFalse(attribute(resource, "service.instance.id").isEmpty());
    }
}
