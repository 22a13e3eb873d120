package dev.tollgate.invocations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What AWS's cost sentry takes, through the product. */
class InvocationsIT {

    private static final String PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123";

    @RegisterExtension
    static final Product PRODUCT = Product.with(
                    "TOLLGATE_IDENTITY_TENANT", "acme",
                    "TOLLGATE_PROXY_KEEP_ALIVE", "1s",
                    "TOLLGATE_PROXY_MAX_BODY_BYTES", "100000")
            .policy("""
            aliases:
              sales: %s
              tiny: amazon.nova-micro-v1:0
              busy: meta.llama3-70b-instruct-v1:0
            profiles: { abc123: us.amazon.nova-lite-v1:0 }
            limits:
              - { name: day, match: { model: "claude-*" }, budget: { usd: 1, per: day } }
              - { name: tpm, match: { model: "claude-*" }, per: [model], rate: { tokens: 100000, every: 1m } }
              - { name: inflight, match: { model: "claude-*" }, per: [tenant], concurrency: 5 }
              - { name: seen, match: { model: "claude-*" }, budget: { requests: 1, per: day }, mode: shadow }
              - { name: small, match: { model: nova-micro }, budget: { usd: 0.000001, per: day } }
              - { name: rate, match: { model: "llama*" }, rate: { requests: 1, every: 1h } }
            """.formatted(PROFILE));

    @Test
    void awsOwnSampleWorksAsItStands() {
        HttpResponse<byte[]> answer = Calls.post(PRODUCT, Calls.AWS_SAMPLE);
        assertEquals(200, answer.statusCode(), Calls.text(answer));
        assertEquals(
                "/model/us.anthropic.claude-3-5-haiku-20241022-v1%3A0/converse",
                Calls.last(PRODUCT).path());
        JsonObject sent = Calls.lastBody(PRODUCT);
        assertEquals(
                new JsonArray("[{\"role\":\"user\",\"content\":[{\"text\":\"What is the capital of France?\"}]},"
                        + "{\"role\":\"assistant\",\"content\":[{\"text\":\"The capital is\"}]}]"),
                sent.getJsonArray("messages"));
        assertEquals(new JsonArray("[{\"text\":\"You are a helpful assistant.\"}]"), sent.getJsonArray("system"));
        assertEquals(
                new JsonObject("{\"maxTokens\":200,\"temperature\":0.7,\"topP\":0.9}"),
                sent.getJsonObject("inferenceConfig"));
        assertEquals(new JsonObject("{\"top_k\":50}"), sent.getJsonObject("additionalModelRequestFields"));

        JsonObject told = Calls.json(answer);
        assertEquals("claude-3-5-haiku", told.getString("model"));
        assertEquals("us.anthropic.claude-3-5-haiku-20241022-v1:0", told.getString("modelId"));
        assertEquals("end_turn", told.getString("stopReason"));
        assertTrue(told.getJsonObject("output")
                .getJsonObject("message")
                .getJsonArray("content")
                .getJsonObject(0)
                .getString("text")
                .startsWith("gate "));
        JsonObject usage = told.getJsonObject("usage");
        assertEquals(usage.getLong("inputTokens") + usage.getLong("outputTokens"), usage.getLong("totalTokens"));
        // 0.8 and 4 USD for a million tokens.
        long pico = usage.getLong("inputTokens") * 800_000 + usage.getLong("outputTokens") * 4_000_000;
        assertEquals((pico + 999_999) / 1_000_000, told.getLong("costMicroUsd"));
    }

    @Test
    void tagsAreEnrichedAndGoUpAsRequestMetadata() {
        Instant before = Instant.now();
        JsonObject tags = Calls.json(Calls.post(PRODUCT, Calls.AWS_SAMPLE)).getJsonObject("tags");
        assertEquals(
                Set.of("applicationId", "costCenter", "environment", "requestId", "timestamp", "modelMetric"),
                tags.fieldNames());
        assertEquals("web-portal", tags.getString("applicationId"));
        assertEquals("sales", tags.getString("costCenter"));
        assertEquals("prod", tags.getString("environment"));
        assertEquals("us.anthropic.claude-3-5-haiku-20241022-v1:0", tags.getString("modelMetric"));
        assertFalse(Instant.parse(tags.getString("timestamp")).isBefore(before.minusSeconds(1)));
        JsonObject metadata = Calls.lastBody(PRODUCT).getJsonObject("requestMetadata");
        for (String tag : List.of("applicationId", "costCenter", "environment", "requestId")) {
            assertEquals(tags.getString(tag), metadata.getString(tag));
        }
        assertEquals("acme", metadata.getString("tenantId"));
        String id = tags.getString("requestId");
        Ports.await(Duration.ofSeconds(5), "its usage record", () -> PRODUCT.sidecar().usageRecords().stream()
                .anyMatch(r -> r.contains("\"tollgateId\":\"" + id + '"')
                        && r.contains("\"operation\":\"converse\"")
                        && r.contains("\"tenant\":\"acme\"")
                        && r.contains("\"end\":\"completed\"")));
    }

    @Test
    void theLimitsThatAreLeftAreThoseOfTheLedger() {
        JsonArray limits = Calls.json(Calls.post(PRODUCT, Calls.AWS_SAMPLE)).getJsonArray("limits");
        List<String> named = limits.stream()
                .map(l -> ((JsonObject) l).getString("name") + ' ' + ((JsonObject) l).getString("unit"))
                .toList();
        assertEquals(List.of("day microUsd", "tpm tokens", "inflight calls"), named);
        PRODUCT.awaitNoCalls();
        long used = 1_000_000 - limits.getJsonObject(0).getLong("remaining");
        Ports.await(
                Duration.ofSeconds(5),
                "the ledger to have " + used,
                () -> Math.round(PRODUCT.limit("day").getDouble("used") * 1_000_000) == used);
        assertTrue(limits.getJsonObject(1).getLong("remaining") > 99_000);
        assertEquals(5, limits.getJsonObject(2).getLong("remaining"));
        assertTrue(Instant.parse(limits.getJsonObject(0).getString("resetsAt")).isAfter(Instant.now()));
        assertEquals(null, limits.getJsonObject(2).getValue("resetsAt"));
    }

    @ParameterizedTest
    @CsvSource({
        "sales, /model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc123/converse",
        "nova-lite, /model/amazon.nova-lite-v1%3A0/converse",
        "eu.amazon.nova-pro-v1:0, /model/eu.amazon.nova-pro-v1%3A0/converse",
    })
    void aModelIsAnAliasACostCenterOrAnIdentifier(String model, String path) {
        HttpResponse<byte[]> answer = Calls.post(PRODUCT, Calls.hello(model));
        assertEquals(200, answer.statusCode(), Calls.text(answer));
        assertEquals(path, Calls.last(PRODUCT).path());
        assertEquals(model, Calls.json(answer).getString("model"));
    }

    @Test
    void topKGoesWhereTheModelsFamilyTakesItAndIsAMistakeElsewhere() {
        String topK = Calls.hello("nova-lite").replace("\"max_tokens\":20", "\"top_k\":7");
        for (String model : List.of("nova-lite", "sales")) {
            assertEquals(
                    200, Calls.post(PRODUCT, topK.replace("nova-lite", model)).statusCode());
            assertEquals(
                    new JsonObject("{\"inferenceConfig\":{\"topK\":7}}"),
                    Calls.lastBody(PRODUCT).getJsonObject("additionalModelRequestFields"));
            assertFalse(Calls.lastBody(PRODUCT).containsKey("inferenceConfig"));
        }
        JsonObject refused = Calls.json(Calls.post(
                PRODUCT,
                topK.replace("nova-lite", "llama3-8b-instruct").replace("\"top_k\":7", "\"top_k\":7,\"top_p\":2")));
        assertEquals(
                Set.of("prompt.parameters.top_k", "prompt.parameters.top_p"),
                refused.getJsonArray("errors").stream()
                        .map(e -> ((JsonObject) e).getString("field"))
                        .collect(Collectors.toSet()));
    }

    @Test
    void mistakesAreAnsweredAllAtOnceAndCostNothing() {
        long calls = PRODUCT.upstream().simulator().count();
        HttpResponse<byte[]> answer = Calls.post(
                PRODUCT,
                Calls.hello("claude-3-5-hiaku").replace("\"max_tokens\":20", "\"temperature\":2"),
                "Content-Type",
                "application/json");
        assertEquals(400, answer.statusCode());
        assertEquals(
                "ValidationException",
                answer.headers().firstValue("x-amzn-ErrorType").orElse(""));
        assertTrue(answer.headers().firstValue("x-amzn-RequestId").isPresent());
        JsonObject body = Calls.json(answer);
        assertEquals(
                new JsonArray()
                        .add(new JsonObject()
                                .put("field", "prompt.parameters.temperature")
                                .put("expected", "a number from 0 to 1")
                                .put("found", "2"))
                        .add(new JsonObject()
                                .put("field", "model")
                                .put("expected", "a name that `tollgate models` lists, or an identifier")
                                .put("found", "\"claude-3-5-hiaku\"; near it: claude-3-5-haiku, claude-3-haiku")),
                body.getJsonArray("errors"));
        assertEquals(
                "prompt.parameters.temperature: expected a number from 0 to 1, found 2 (and 1 more mistake)",
                body.getString("message"));
        assertEquals(calls, PRODUCT.upstream().simulator().count());
    }

    @Test
    void aWrongContentTypeAndATooLargeBodyAreRefused() {
        HttpRequest xml = HttpRequest.newBuilder(URI.create(PRODUCT.sidecar().uri() + Calls.PATH))
                .header("Content-Type", "application/xml")
                .POST(HttpRequest.BodyPublishers.ofString(Calls.hello("nova-lite")))
                .build();
        HttpResponse<byte[]> answer = Http.send(xml);
        assertEquals(400, answer.statusCode());
        assertEquals(
                "Content-Type",
                Calls.json(answer).getJsonArray("errors").getJsonObject(0).getString("field"));
        HttpResponse<byte[]> large =
                Calls.post(PRODUCT, Calls.hello("nova-lite").replace("Hello", "x".repeat(100_001)));
        assertEquals(413, large.statusCode());
        assertTrue(Calls.json(large).getString("message").contains("at most 100000 bytes"));
        assertEquals(
                403,
                Calls.post(PRODUCT, Calls.hello("nova-lite"), "Origin", "https://evil.example")
                        .statusCode());
    }

    @ParameterizedTest
    @CsvSource({"tiny, 400", "busy, 429"})
    void aDenialIsThatOfTheDataPath(String model, int status) {
        // The first call of the rate is admitted.
        Calls.post(PRODUCT, Calls.hello(model));
        String stream = Calls.streamed(Calls.hello(model));
        String converse = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello\"}]}],"
                + "\"inferenceConfig\":{\"maxTokens\":20}}";
        HttpResponse<byte[]> own = Calls.post(PRODUCT, Calls.hello(model));
        HttpResponse<byte[]> path = Http.post(PRODUCT.sidecar(), "/model/" + model + "/converse", converse);
        for (HttpResponse<byte[]> answer : List.of(own, path, Calls.post(PRODUCT, stream))) {
            assertEquals(status, answer.statusCode(), Calls.text(answer));
            for (String header : List.of("x-amzn-ErrorType", "X-Tollgate-Limit", "X-Tollgate-Remaining")) {
                assertEquals(path.headers().firstValue(header), answer.headers().firstValue(header));
            }
            assertEquals(shape(path), shape(answer));
            assertEquals(Set.of("message"), Calls.json(answer).fieldNames());
        }
    }

    /** The message but for its amounts, which the length of a request and the time change. */
    private static String shape(HttpResponse<byte[]> answer) {
        return Pattern.compile("[0-9.]+")
                .matcher(Calls.json(answer).getString("message"))
                .replaceAll("N");
    }

    @Test
    void whatTheUpstreamRefusesPassesAsItIs() {
        for (String body : List.of(Calls.hello("nova-lite"), Calls.streamed(Calls.hello("nova-lite")))) {
            HttpResponse<byte[]> answer = Calls.post(PRODUCT, body, "x-simulate", "status=429");
            assertEquals(429, answer.statusCode());
            assertTrue(
                    answer.headers().firstValue("x-amzn-ErrorType").orElse("").startsWith("ThrottlingException"));
            assertEquals("{\"message\":\"simulated\"}", Calls.text(answer));
        }
    }

    @Test
    void anAnswerWithoutUsageIsToldWhatItWasCharged() {
        JsonObject told = Calls.json(Calls.post(PRODUCT, Calls.hello("nova-lite"), "x-simulate", "no-usage"));
        assertTrue(told.getJsonObject("usage").getLong("outputTokens") > 0, told::encode);
        assertTrue(told.getLong("costMicroUsd") > 0, told::encode);
    }

    @Test
    void otherMethodsAndPathsAreUnknownOperations() {
        for (String path : List.of(Calls.PATH, "/tollgate/v1/openapi.json", "/tollgate/nothing")) {
            HttpRequest get = HttpRequest.newBuilder(
                            URI.create(PRODUCT.sidecar().uri() + path))
                    .build();
            HttpResponse<byte[]> answer = Http.send(get);
            assertEquals(404, answer.statusCode());
            assertTrue(Calls.json(answer).getString("message").contains("found GET " + path));
        }
        assertEquals(
                404,
                Http.post(PRODUCT.sidecar(), "/tollgate/v1/nothing", Calls.AWS_SAMPLE)
                        .statusCode());
    }

    @Test
    void aConnectionWithoutACallIsClosedInTime() {
        HttpResponse<byte[]> answer = Calls.post(PRODUCT, Calls.hello("nova-lite"));
        assertEquals(200, answer.statusCode());
        String raw = RawCall.of(PRODUCT.sidecar(), Calls.hello("nova-lite")).untilClosed(Duration.ofSeconds(10));
        assertTrue(raw.startsWith("HTTP/1.1 200 OK"), raw);
    }
}
