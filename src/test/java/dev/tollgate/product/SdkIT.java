package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import dev.tollgate.harness.Sdk;
import dev.tollgate.simulator.Simulator.Received;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** Unmodified AWS SDK clients through the packaged sidecar, limits in a real Redis, signatures checked PRODUCT.upstream(). */
class SdkIT {

    private static final String NOVA = "us.amazon.nova-lite-v1:0";
    private static final String SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private static final String PROFILE_ARN =
            "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0";

    private static BedrockRuntimeClient client;
    private static BedrockRuntimeAsyncClient async;

    @RegisterExtension
    static final Product PRODUCT = Product.with(
                    "TOLLGATE_LEDGER_RECOVERY", "0ms",
                    "TOLLGATE_IDENTITY_TENANT", "acme",
                    "TOLLGATE_IDENTITY_APPLICATION", "shop",
                    "TOLLGATE_IDENTITY_TRUST", "request",
                    "TOLLGATE_IDENTITY_TENANTS", "ten,rate,tiny,globex")
            .controlPlane()
            .redis()
            .policy("""
            aliases:
              nova: us.amazon.nova-lite-v1:0
            limits:
              - name: month
                per: [tenant]
                budget: { usd: 100, per: month }
              - name: day-tokens
                per: [tenant]
                budget: { tokens: 100000000, per: day }
              - name: ten
                match: { tenant: ten }
                budget: { requests: 10, per: day }
              - name: rate
                match: { tenant: rate }
                rate: { requests: 1, every: 1h }
              - name: tiny
                match: { tenant: tiny }
                rate: { tokens: 100, every: 1m }
            """);

    @BeforeAll
    static void connect() {
        client = Sdk.sync(PRODUCT.sidecar().uri());
        async = Sdk.async(PRODUCT.sidecar().uri());
    }

    @AfterAll
    static void disconnect() {
        client.close();
        async.close();
    }

    private static Received last() {
        List<Received> all = PRODUCT.upstream().simulator().received();
        return all.get(all.size() - 1);
    }

    private static JsonObject lastMetadata() {
        return new JsonObject(new String(last().body(), StandardCharsets.UTF_8)).getJsonObject("requestMetadata");
    }

    @Test
    void theAnswersUsageIsTheUpstreams() {
        ConverseResponse answer = client.converse(Sdk.converse(NOVA, "Hello there", 50));
        assertEquals(last().usage().output(), answer.usage().outputTokens().longValue());
    }

    @Test
    void aCallIsSignedWithTheSidecarsCredentials() {
        client.converse(Sdk.converse(NOVA, "Hello there", 50));
        String authorization = last().headers().get("authorization");
        assertTrue(authorization.contains("AKIDEXAMPLE"), authorization);
    }

    @ParameterizedTest
    @CsvSource({"tenantId, acme", "applicationId, shop", "costCenter, unassigned", "environment, unknown"})
    void theBodyIsTaggedWithTheCaller(String key, String value) {
        client.converse(Sdk.converse(NOVA, "Hello there", 50));
        assertEquals(value, lastMetadata().getString(key));
    }

    @Test
    void theBodyIsTaggedWithTheRequestsId() {
        client.converse(Sdk.converse(NOVA, "Hello there", 50));
        assertFalse(lastMetadata().getString("requestId").isBlank());
    }

    @Test
    void metadataOfTheApplicationStaysBesideOurs() {
        client.converse(Sdk.converse(NOVA, "Hi", 5).toBuilder()
                .requestMetadata(Map.of("project", "x", "tenantId", "globex"))
                .build());

        assertEquals("x", lastMetadata().getString("project"));
        assertEquals("globex", lastMetadata().getString("tenantId"));
    }

    @Test
    void anArnIsSentInOneSpelling() {
        client.converse(Sdk.converse(PROFILE_ARN, "Hi", 5));
        assertEquals(
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0"
                        + "/converse",
                last().path());
    }

    @Test
    void anAliasIsSentAsTheModelThatItNames() {
        client.converse(Sdk.converse("nova", "Hi", 5));
        assertEquals("/model/us.amazon.nova-lite-v1%3A0/converse", last().path());
    }

    @Test
    void anApplicationProfileIsPricedByTheModelThatTheControlPlaneNames() {
        client.converse(
                Sdk.converse("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/zzz999", "Hi", 5));
        assertTrue(
                PRODUCT.sidecar().metric("tollgate_requests_total", "model=\"nova-lite\"", "model_id=\"zzz999\"") >= 1);
        assertEquals(0, PRODUCT.sidecar().metric("tollgate_unknown_price_total", "zzz999"));
    }

    @Test
    void invokeCarriesTheMetadataAsSignedHeader() {
        InvokeModelResponse answer = client.invokeModel(r -> r.modelId(SONNET)
                .contentType("application/json")
                .body(SdkBytes.fromUtf8String(
                        "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":20,\"messages\":[{\"role\":\"user\","
                                + "\"content\":\"Hello\"}]}")));

        assertTrue(answer.body().asUtf8String().contains("usage"));
        Received received = last();
        assertTrue(received.headers().get("x-amzn-bedrock-request-metadata").contains("\"tenantId\":\"acme\""));
        assertTrue(received.headers().get("authorization").contains("x-amzn-bedrock-request-metadata"));
    }

    @Test
    void aConverseStreamReachesTheAsyncClient() {
        AtomicInteger deltas = new AtomicInteger();
        List<Integer> outputTokens = new CopyOnWriteArrayList<>();
        async.converseStream(
                        r -> r.modelId(NOVA).messages(Sdk.user("Tell")).inferenceConfig(i -> i.maxTokens(40)),
                        ConverseStreamResponseHandler.builder()
                                .subscriber(ConverseStreamResponseHandler.Visitor.builder()
                                        .onContentBlockDelta(d -> deltas.incrementAndGet())
                                        .onMetadata(
                                                m -> outputTokens.add(m.usage().outputTokens()))
                                        .build())
                                .build())
                .join();
        assertEquals(20, deltas.get());
        assertEquals(List.of(20), outputTokens);
    }

    @Test
    void anInvokeStreamReachesTheAsyncClient() {
        AtomicInteger chunks = new AtomicInteger();
        async.invokeModelWithResponseStream(
                        r -> r.modelId(SONNET)
                                .body(
                                        SdkBytes.fromUtf8String(
                                                "{\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")),
                        InvokeModelWithResponseStreamResponseHandler.builder()
                                .subscriber(InvokeModelWithResponseStreamResponseHandler.Visitor.builder()
                                        .onChunk(c -> chunks.incrementAndGet())
                                        .build())
                                .build())
                .join();
        assertEquals(8, chunks.get());
    }

    @Test
    void countTokensPasses() {
        assertEquals(
                2,
                client.countTokens(r -> r.modelId(NOVA).input(i -> i.converse(c -> c.messages(Sdk.user("12345678")))))
                        .inputTokens());
    }

    @Test
    void applyGuardrailPasses() {
        client.applyGuardrail(r -> r.guardrailIdentifier("gr1")
                .guardrailVersion("1")
                .source("INPUT")
                .content(GuardrailContentBlock.fromText(t -> t.text("x"))));
        assertEquals("/guardrail/gr1/version/1/apply", last().path());
    }

    @Test
    void listAsyncInvokesPasses() {
        assertEquals(
                0,
                client.listAsyncInvokes(r -> r.maxResults(5))
                        .asyncInvokeSummaries()
                        .size());
        assertEquals("/async-invoke", last().path());
    }

    @Test
    void fiftyAtOnceAgainstTenAdmitExactlyTen() throws Exception {
        long before = PRODUCT.upstream().simulator().count();
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger denied = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(50);
        for (int i = 0; i < 50; i++) {
            threads.submit(() -> {
                try {
                    client.converse(Sdk.converse(NOVA, "Hello number", 30).toBuilder()
                            .requestMetadata(Map.of("tenantId", "ten"))
                            .build());
                    admitted.incrementAndGet();
                } catch (ServiceQuotaExceededException e) {
                    denied.incrementAndGet();
                }
            });
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        assertEquals(10, admitted.get());
        assertEquals(40, denied.get());
        assertEquals(10, PRODUCT.upstream().simulator().count() - before);

        long tokens = 0;
        BigDecimal dollars = BigDecimal.ZERO;
        for (Received r : PRODUCT.upstream().simulator().received()) {
            if (new String(r.body(), StandardCharsets.UTF_8).contains("\"tenantId\":\"ten\"")) {
                tokens += r.usage().input() + r.usage().output();
                // us.amazon.nova-lite: 0.06 and 0.24 USD for a million tokens, rounded half-even for each call.
                dollars = dollars.add(BigDecimal.valueOf(r.usage().input())
                        .multiply(new BigDecimal("0.06"))
                        .add(BigDecimal.valueOf(r.usage().output()).multiply(new BigDecimal("0.24")))
                        .setScale(0, RoundingMode.HALF_EVEN));
            }
        }
        Ports.await("all settled", () -> limit("month", "ten").getDouble("held") == 0);
        assertEquals(tokens, limit("day-tokens", "ten").getLong("used"));
        assertEquals(
                0,
                dollars.movePointLeft(6)
                        .compareTo(new BigDecimal(
                                limit("month", "ten").getValue("used").toString())));
        assertEquals(10, limit("ten", "all").getLong("used"));
        assertEquals(0, limit("ten", "all").getLong("held"));
    }

    private static JsonObject limit(String name, String tenant) {
        JsonArray all =
                new JsonObject(PRODUCT.sidecar().get("/tollgate/v1/limits").body()).getJsonArray("limits");
        return all.stream()
                .map(JsonObject.class::cast)
                .filter(l -> l.getString("name").equals(name)
                        && l.getString("tenant").equals(tenant))
                .findFirst()
                .orElseThrow();
    }

    /** One call an hour: the first or the second of any two is denied. */
    private static ThrottlingException throttled() {
        ConverseRequest call = Sdk.converse(NOVA, "Hi", 5).toBuilder()
                .requestMetadata(Map.of("tenantId", "rate"))
                .build();
        return assertThrows(ThrottlingException.class, () -> {
            client.converse(call);
            client.converse(call);
        });
    }

    @Test
    void aRateDeniesWithWhatTheSdkCallsThrottling() {
        ThrottlingException e = throttled();
        assertTrue(e.isThrottlingException());
        assertEquals(429, e.statusCode());
        assertTrue(e.getMessage().contains("limit rate"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After, [0-9]+",
        "x-amz-retry-after, [0-9]+",
        "X-Tollgate-Limit, rate;limit=.+",
        "X-Tollgate-Remaining, 0 requests",
        "x-amzn-RequestId, [0-9a-f-]+"
    })
    void aThrottledCallCarries(String header, String pattern) {
        ThrottlingException e = throttled();
        String value = e.awsErrorDetails()
                .sdkHttpResponse()
                .firstMatchingHeader(header)
                .orElse("none");
        assertTrue(value.matches(pattern), header + ": " + value);
    }

    @Test
    void aCallLargerThanItsLimitIsAValidationError() {
        ValidationException e = assertThrows(
                ValidationException.class,
                () -> client.converse(Sdk.converse(NOVA, "Hi", 5000).toBuilder()
                        .requestMetadata(Map.of("tenantId", "tiny"))
                        .build()));
        assertTrue(e.getMessage().contains("this call alone"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "tollgate_requests_total, model=\"nova-lite\", 1",
        "tollgate_invocations_total, outcome=\"success\", 1",
        "tollgate_tokens_total, type=\"output\", 5",
        "tollgate_cost_usd_total, model=\"nova-lite\", 0.000001"
    })
    void aCallIsCountedForItsTenant(String metric, String label, double least) {
        double before = PRODUCT.sidecar().metric(metric, "tenant=\"acme\"", label);
        client.converse(Sdk.converse(NOVA, "Count me", 10));
        Ports.await(metric, () -> PRODUCT.sidecar().metric(metric, "tenant=\"acme\"", label) - before >= least * 0.999);
    }

    @Test
    void aCallIsTimed() {
        PRODUCT.awaitNoCalls();
        double before = PRODUCT.sidecar().metric("gen_ai_client_operation_duration_seconds_count");
        client.converse(Sdk.converse(NOVA, "Count me", 10));
        Ports.await(
                "one call more",
                () -> PRODUCT.sidecar().metric("gen_ai_client_operation_duration_seconds_count") == before + 1);
    }

    private static List<String> metrics() {
        client.converse(Sdk.converse(NOVA, "Count me", 10));
        return PRODUCT.sidecar().get("/q/metrics").body().lines().toList();
    }

    @Test
    void noLabelIsEmpty() {
        assertTrue(metrics().stream().noneMatch(l -> l.startsWith("tollgate") && l.contains("=\"\"")));
    }

    @Test
    void everyMetricHasAHelpText() {
        metrics().stream()
                .filter(l -> l.startsWith("# HELP tollgate") || l.startsWith("# HELP gen_ai"))
                .forEach(l -> assertTrue(l.split(" ", 4).length == 4 && !l.split(" ", 4)[3].isBlank(), l));
    }

    @Test
    void noHistogramHasATenant() {
        assertTrue(metrics().stream().noneMatch(l -> l.contains("_bucket{") && l.contains("tenant=")));
    }
}
