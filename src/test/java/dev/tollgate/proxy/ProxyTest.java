package dev.tollgate.proxy;

import static dev.tollgate.proxy.DataPath.NOVA;
import static dev.tollgate.proxy.DataPath.header;
import static dev.tollgate.proxy.DataPath.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a call, each end with its answer, its charge, its metrics and its record. */
class ProxyTest {

    private static final String POLICY = """
            limits:
              - { name: tokens, budget: { tokens: 1000000, per: month } }
              - { name: two, match: { tenant: two }, budget: { requests: 2, per: day } }
              - { name: rpm, match: { tenant: slow }, rate: { requests: 1, every: 1h } }
              - { name: busy, match: { tenant: none }, concurrency: 1 }
              - { name: tiny, match: { tenant: tiny }, rate: { tokens: 50, every: 1m } }
              - { name: shadow, match: { tenant: seen }, budget: { requests: 1, per: day }, mode: shadow }
            """;
    private static final String BODY = Http.converse(20);

    private static Upstreams upstream;
    private DataPath path;
    private int records;

    @BeforeAll
    static void start() {
        upstream = Upstreams.bearer();
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Ports.await("no open call", () -> path.openCalls.count() == 0);
        assertEquals(0, path.openCalls.draining());
        path.close();
    }

    private DataPath path(String... settings) {
        String[] all = new String[settings.length + 4];
        System.arraycopy(settings, 0, all, 0, settings.length);
        all[settings.length] = "tollgate.identity.trust";
        all[settings.length + 1] = "request";
        all[settings.length + 2] = "tollgate.identity.tenants";
        all[settings.length + 3] = "two,slow,none,tiny,seen";
        path = new DataPath(upstream, POLICY, all);
        return path;
    }

    private HttpResponse<String> call(String tenant, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "X-Tollgate-Tenant";
        all[headers.length + 1] = tenant;
        records++;
        return path.post(NOVA + "converse", BODY, all);
    }

    private JsonObject record() {
        return path.lastRecord(records);
    }

    @Test
    void anAdmittedCallIsAnsweredByTheUpstream() {
        path();
        HttpResponse<String> answer = call("two");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().contains("\"usage\""), answer.body());
    }

    @Test
    void anAdmittedCallIsRecordedAsItWent() {
        path();
        HttpResponse<String> answer = call("two", "amz-sdk-invocation-id", "sdk-1", "amz-sdk-request", "attempt=1");
        JsonObject record = record();
        assertEquals(header(answer, "x-amzn-RequestId"), record.getString("requestId"));
        assertEquals("two", record.getString("tenant"));
        assertEquals("nova-lite", record.getString("model"));
        assertEquals("us.amazon.nova-lite-v1:0", record.getString("modelId"));
        assertEquals("converse", record.getString("operation"));
        assertEquals("approved", record.getString("decision"));
        assertEquals("none", record.getString("limit"));
        assertEquals("completed", record.getString("end"));
        assertEquals(200, record.getInteger("status"));
        assertEquals(10, record.getLong("outputTokens"));
        assertEquals("sdk-1", record.getString("sdkInvocationId"));
        assertEquals("attempt=1", record.getString("sdkAttempt"));
        assertEquals("pod-1", record.getString("pod"));
        assertFalse(record.getBoolean("estimated"));
    }

    @Test
    void anAdmittedCallIsCounted() {
        path();
        call("two");
        record();
        assertEquals(1, path.count("tollgate.requests", "tenant", "two"));
        assertEquals(1, path.count("tollgate.decisions", "tenant", "two", "decision", "approved"));
        assertEquals(1, path.count("tollgate.invocations", "tenant", "two", "outcome", "success"));
        assertEquals(10, path.count("tollgate.tokens", "tenant", "two", "type", "output"));
        assertTrue(path.count("tollgate.cost.usd", "tenant", "two") > 0);
        assertEquals(
                1,
                path.registry.find("gen_ai.client.operation.duration").timers().stream()
                        .mapToLong(t -> t.count())
                        .sum());
    }

    @Test
    void whatTollgateAddsIsTimedByPhase() {
        path();
        call("two");
        record();
        for (String phase : new String[] {"read", "decide"}) {
            assertEquals(
                    1,
                    path.registry
                            .get("tollgate.overhead")
                            .tag("phase", phase)
                            .timer()
                            .count());
        }
    }

    @Test
    void aUsedUpBudgetDeniesWithWhatSdksDoNotRetry() {
        path();
        call("two");
        call("two");
        HttpResponse<String> denied = call("two");
        assertEquals(400, denied.statusCode());
        assertEquals("ServiceQuotaExceededException", header(denied, "x-amzn-ErrorType"));
        assertEquals("two;limit=2 requests", header(denied, "X-Tollgate-Limit"));
        assertEquals("0 requests", header(denied, "X-Tollgate-Remaining"));
        assertTrue(header(denied, "X-Tollgate-Reset").endsWith("T00:00:00Z"));
        assertEquals("none", header(denied, "Retry-After"));
    }

    @ParameterizedTest
    @CsvSource({
        "service-quota, 400, ServiceQuotaExceededException, none, none",
        "access-denied, 403, AccessDeniedException, none, none",
        "throttling, 429, ThrottlingException, 60, false"
    })
    void aUsedUpBudgetDeniesByTheSetting(String setting, int status, String type, String retryAfter, String should) {
        path("tollgate.denial.budget", setting);
        call("two");
        call("two");
        HttpResponse<String> denied = call("two");
        assertEquals(status, denied.statusCode());
        assertEquals(type, header(denied, "x-amzn-ErrorType"));
        if (!retryAfter.equals("none") && header(denied, "x-should-retry").equals("none")) {
            return; // Less than a minute before midnight in UTC.
        }
        assertEquals(retryAfter, header(denied, "Retry-After"));
        assertEquals(should, header(denied, "x-should-retry"));
    }

    @Test
    void aDeniedCallIsCountedAndRecordedAndNoSuccess() {
        path();
        call("two");
        call("two");
        call("two");
        JsonObject record = record();
        assertEquals("denied", record.getString("decision"));
        assertEquals("two", record.getString("limit"));
        assertEquals("denied", record.getString("end"));
        assertEquals(400, record.getInteger("status"));
        assertEquals(0, record.getLong("microUsd"));
        assertEquals(1, path.count("tollgate.decisions", "decision", "denied", "limit", "two"));
        assertEquals(2, path.count("tollgate.invocations", "tenant", "two"));
        assertEquals(
                2,
                path.registry.find("gen_ai.client.operation.duration").timers().stream()
                        .mapToLong(t -> t.count())
                        .sum());
    }

    @Test
    void aDeniedCallNeverReachesTheUpstream() {
        path();
        call("two");
        call("two");
        long before = upstream.simulator().count();
        call("two");
        assertEquals(before, upstream.simulator().count());
    }

    @Test
    void aRateDeniesWithARetryThatIsCappedAtAMinute() {
        path();
        call("slow");
        HttpResponse<String> denied = call("slow");
        assertEquals(429, denied.statusCode());
        assertEquals("ThrottlingException", header(denied, "x-amzn-ErrorType"));
        assertEquals("60", header(denied, "Retry-After"));
        assertEquals("60000", header(denied, "x-amz-retry-after"));
        assertEquals("false", header(denied, "x-should-retry"));
    }

    @Test
    void aCallLargerThanItsLimitIsAValidationError() {
        path();
        records++;
        HttpResponse<String> denied = path.post(NOVA + "converse", Http.converse(5000), "X-Tollgate-Tenant", "tiny");
        assertEquals(400, denied.statusCode());
        assertEquals("ValidationException", header(denied, "x-amzn-ErrorType"));
        assertTrue(message(denied).contains("this call alone"), message(denied));
    }

    @Test
    void aShadowLimitCountsAndDeniesNothing() {
        path();
        assertEquals(200, call("seen").statusCode());
        assertEquals(200, call("seen").statusCode());
        record();
        assertEquals(1, path.count("tollgate.decisions", "decision", "shadow_denied", "limit", "shadow"));
        assertEquals(2, path.count("tollgate.decisions", "tenant", "seen", "decision", "approved"));
    }

    @Test
    void aTenantThatMayNotBeNamedIsRefused() {
        path();
        HttpResponse<String> refused = call("umbrella");
        assertEquals(403, refused.statusCode());
        assertEquals("AccessDeniedException", header(refused, "x-amzn-ErrorType"));
        assertFalse(refused.body().contains("umbrella"), "the name is not repeated");
    }

    @ParameterizedTest
    @CsvSource({
        "/model/m/train, 404, UnknownOperationException, unknown-operation",
        "/, 404, UnknownOperationException, unknown-operation",
        "/model//converse, 404, UnknownOperationException, unknown-operation",
        "/model/a/invoke-with-bidirectional-stream, 400, ValidationException, not-metered"
    })
    void whatIsNotMeteredIsRefusedCountedAndRecorded(String to, int status, String type, String reason) {
        path();
        records++;
        HttpResponse<String> refused = path.post(to, BODY);
        assertEquals(status, refused.statusCode());
        assertEquals(type, header(refused, "x-amzn-ErrorType"));
        JsonObject record = record();
        assertEquals("refused", record.getString("decision"));
        assertEquals(reason, record.getString("limit"));
        assertEquals("refused", record.getString("end"));
        assertEquals("unknown", record.getString("tenant"));
        assertEquals(1, path.count("tollgate.refused", "reason", reason));
        assertEquals(0, path.count("tollgate.requests"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "\"x\"",
                "{} {}",
                "no json",
                "{\"requestMetadata\":5}",
                "{\"requestMetadata\":{\"a\":5}}",
                "{\"requestMetadata\":{},\"requestMetadata\":{}}"
            })
    void aBodyThatIsNoneOfItsOperationIsRefused(String body) {
        path();
        records++;
        HttpResponse<String> refused = path.post(NOVA + "converse", body);
        assertEquals(400, refused.statusCode());
        assertEquals("ValidationException", header(refused, "x-amzn-ErrorType"));
        assertEquals("bad-request", record().getString("limit"));
    }

    @Test
    void aBodyLargerThanItsBoundIsRefusedAndItsConnectionCloses() {
        path("tollgate.proxy.max-body-bytes", "1000");
        records++;
        HttpResponse<String> refused = path.post(NOVA + "converse", "x".repeat(1001));
        assertEquals(413, refused.statusCode());
        assertEquals("too-large", record().getString("limit"));
    }

    @Test
    void aBodyOfExactlyTheBoundPasses() {
        path("tollgate.proxy.max-body-bytes", String.valueOf(BODY.length()));
        assertEquals(200, call("seen").statusCode());
    }

    @Test
    void aStoppingSidecarRefusesWithARetry() {
        path();
        path.openCalls.stop();
        HttpResponse<String> refused = call("two");
        assertEquals(503, refused.statusCode());
        assertEquals("ServiceUnavailableException", header(refused, "x-amzn-ErrorType"));
        assertEquals("1", header(refused, "Retry-After"));
        assertEquals("stopping", record().getString("limit"));
    }

    @ParameterizedTest
    @CsvSource({
        "429, ThrottlingException",
        "500, InternalServerException",
        "503, ServiceUnavailableException",
        "424, ModelErrorException"
    })
    void anErrorOfTheUpstreamPassesCostsNothingAndIsCounted(int status, String type) {
        path();
        HttpResponse<String> answer = call("two", "x-simulate", "status=" + status);
        assertEquals(status, answer.statusCode());
        JsonObject record = record();
        assertEquals("upstream-error", record.getString("end"));
        assertEquals(0, record.getLong("microUsd"));
        assertEquals(status, record.getInteger("status"));
        assertEquals(1, path.count("tollgate.upstream.errors", "type", type));
        assertEquals(1, path.count("tollgate.invocations", "outcome", "failure", "tenant", "two"));
    }

    @Test
    void anUpstreamThatBreaksOffIsUnavailableAndChargedAsEstimated() {
        path();
        HttpResponse<String> answer = call("two", "x-simulate", "no-answer");
        assertEquals(503, answer.statusCode());
        JsonObject record = record();
        assertEquals("upstream-failed", record.getString("end"));
        assertTrue(record.getBoolean("estimated"));
        assertEquals(20, record.getLong("outputTokens"));
        assertEquals(1, path.count("tollgate.upstream.errors", "type", "reset"));
        assertEquals(1, path.count("tollgate.settlements", "kind", "estimated"));
    }

    @Test
    void anUpstreamThatIsSilentIsATimeoutAndChargedAsEstimated() {
        path("tollgate.upstream.idle-timeout", "300ms");
        HttpResponse<String> answer = call("two", "x-simulate", "delay=60000");
        assertEquals(408, answer.statusCode());
        assertEquals("ModelTimeoutException", header(answer, "x-amzn-ErrorType"));
        assertEquals("upstream-timeout", record().getString("end"));
        assertTrue(record().getBoolean("estimated"));
    }

    @Test
    void anUpstreamThatCannotBeReachedCostsNothing() {
        path("tollgate.upstream.endpoint", "http://127.0.0.1:" + Ports.free());
        HttpResponse<String> answer = call("two");
        assertEquals(503, answer.statusCode());
        assertTrue(message(answer).contains("no connection to 127.0.0.1"), message(answer));
        JsonObject record = record();
        assertEquals("upstream-failed", record.getString("end"));
        assertFalse(record.getBoolean("estimated"));
        assertEquals(0, record.getLong("microUsd"));
        assertEquals(1, path.count("tollgate.upstream.errors", "type", "unreachable"));
    }

    @Test
    void aCallThatCostNothingIsGivenBack() {
        path();
        call("two", "x-simulate", "status=500");
        call("two", "x-simulate", "status=500");
        assertEquals(200, call("two").statusCode(), "the budget of two has all of it again");
    }

    @ParameterizedTest
    @EnumSource(
            value = LedgerFault.class,
            names = {"TIMEOUT", "CONNECTION", "SERVER", "FORMAT"})
    void aLedgerThatFailsDeniesBudgets(LedgerFault fault) {
        path();
        path.ledger.failure = Optional.of(new LedgerException(fault, "down"));
        HttpResponse<String> denied = call("two");
        assertEquals(503, denied.statusCode());
        assertEquals("1", header(denied, "Retry-After"));
        assertEquals("denied", record().getString("end"));
        assertEquals(1, path.count("tollgate.ledger.errors", "kind", fault.label()));
    }

    @Test
    void aBugOfOursIsA500AndOpensNoGate() {
        path();
        path.ledger.failure = Optional.of(new IllegalStateException("a bug"));
        long before = upstream.simulator().count();
        HttpResponse<String> answer = call("two");
        assertEquals(500, answer.statusCode());
        assertEquals("InternalServerException", header(answer, "x-amzn-ErrorType"));
        assertFalse(answer.body().contains("a bug"), answer.body());
        assertEquals(before, upstream.simulator().count());
        assertEquals("internal", record().getString("limit"));
    }

    @Test
    void aStreamIsMeteredByItsLastEvent() {
        path();
        records++;
        HttpResponse<String> answer = path.post(NOVA + "converse-stream", BODY, "X-Tollgate-Tenant", "two");
        assertEquals(200, answer.statusCode());
        assertEquals(10, record().getLong("outputTokens"));
        assertEquals("converse-stream", record().getString("operation"));
    }

    @Test
    void aStreamThatIsCutIsChargedForWhatPassed() {
        path();
        records++;
        path.post(NOVA + "converse-stream", BODY, "X-Tollgate-Tenant", "two", "x-simulate", "cut=6");
        JsonObject record = record();
        assertEquals("upstream-failed", record.getString("end"));
        assertTrue(record.getBoolean("estimated"));
        assertTrue(record.getLong("outputTokens") >= 5, record.encode());
        assertEquals(1, path.count("tollgate.upstream.errors", "type", "connection"));
    }

    @Test
    void aStreamThatFallsSilentIsATimeout() {
        path("tollgate.upstream.idle-timeout", "2s");
        records++;
        path.post(NOVA + "converse-stream", BODY, "X-Tollgate-Tenant", "two", "x-simulate", "stall=4");
        assertEquals("upstream-timeout", record().getString("end"));
        assertEquals(200, record().getInteger("status"));
    }

    @Test
    void jsonInPlaceOfAStreamIsAnError() {
        path();
        records++;
        path.post(NOVA + "converse-stream", BODY, "X-Tollgate-Tenant", "two", "x-simulate", "json");
        JsonObject record = record();
        assertEquals("upstream-error", record.getString("end"));
        assertEquals(0, record.getLong("microUsd"));
    }

    @Test
    void theUpstreamSeesTheCallerInTheBodyAndNoHeaderOfOurs() {
        path();
        call("two", "X-Custom", "kept");
        var received = upstream.simulator().received();
        var last = received.get(received.size() - 1);
        JsonObject metadata =
                new JsonObject(io.vertx.core.buffer.Buffer.buffer(last.body())).getJsonObject("requestMetadata");
        assertEquals("two", metadata.getString("tenantId"));
        assertEquals(record().getString("tollgateId"), metadata.getString("requestId"));
        assertEquals("kept", last.headers().get("x-custom"));
        assertEquals("Bearer key", last.headers().get("authorization"));
        assertFalse(last.headers().contains("x-tollgate-tenant"));
    }

    @Test
    void anOpenAiCallerReadsTheErrorInBothShapes() {
        path();
        records++;
        HttpResponse<String> refused = path.post("/openai/v1/chat/completions", "{}");
        JsonObject body = new JsonObject(refused.body());
        assertEquals(400, refused.statusCode());
        assertEquals(body.getString("message"), body.getJsonObject("error").getString("message"));
        assertEquals("ValidationException", body.getJsonObject("error").getString("type"));
        assertEquals(400, body.getJsonObject("error").getInteger("code"));
    }

    @Test
    void aLongHeaderIsCutInTheRecord() {
        path();
        call("two", "amz-sdk-invocation-id", "x".repeat(500));
        assertEquals(100, record().getString("sdkInvocationId").length());
    }

    @Test
    void theListOfAsyncInvocationsPassesWithItsQuery() {
        path();
        records++;
        HttpResponse<String> answer = DataPath.send(
                HttpRequest.newBuilder(path.uri("/async-invoke?maxResults=5")).build());
        assertEquals(200, answer.statusCode());
        assertEquals("async-invoke-list", record().getString("operation"));
        assertEquals(0, record().getLong("microUsd"));
    }

    @Test
    void anUnknownModelIsCounted() {
        path();
        records++;
        path.post("/model/us.anthropic.claude-opus-99-v1%3A0/converse", BODY, "X-Tollgate-Tenant", "two");
        record();
        assertEquals(1, path.count("tollgate.unknown.price"));
    }
}
