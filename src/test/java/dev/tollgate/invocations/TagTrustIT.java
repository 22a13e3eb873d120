package dev.tollgate.invocations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tags fill in what policy and pod leave open, and move no call out from under a limit. */
class TagTrustIT {

    @RegisterExtension
    static final Product PRODUCT = Product.with(
                    "TOLLGATE_IDENTITY_TRUST", "request",
                    "TOLLGATE_IDENTITY_TENANTS", "acme",
                    "TOLLGATE_IDENTITY_TENANT", "acme",
                    "TOLLGATE_PROXY_COST_HEADERS", "true",
                    // A sixteenth of it for each answer.
                    "TOLLGATE_PROXY_MAX_BUFFERED_BYTES", "16000")
            .policy("""
            tenants:
              acme: { cost-center: finance }
            limits:
              - { name: finance, match: { cost-center: finance }, budget: { requests: 1000, per: day } }
              - { name: web, match: { application: web-portal }, budget: { requests: 1000, per: day } }
            """);

    @Test
    void whatThePolicySaysIsFixedAndWhatIsOpenIsFilledIn() {
        PRODUCT.awaitNoCalls();
        long finance = PRODUCT.limit("finance").getLong("used");
        JsonObject tags = Calls.json(Calls.post(PRODUCT, Calls.AWS_SAMPLE)).getJsonObject("tags");
        assertEquals("finance", tags.getString("costCenter"));
        assertEquals("web-portal", tags.getString("applicationId"));
        assertEquals(
                "finance",
                Calls.lastBody(PRODUCT).getJsonObject("requestMetadata").getString("costCenter"));
        Ports.await(
                Duration.ofSeconds(5),
                "counted",
                () -> PRODUCT.limit("finance").getLong("used") == finance + 1
                        && PRODUCT.limit("web").getLong("used") >= 1);
        String id = tags.getString("requestId");
        Ports.await(Duration.ofSeconds(5), "its record", () -> PRODUCT.sidecar().usageRecords().stream()
                .anyMatch(r -> r.contains(id)
                        && r.contains("\"applicationId\":\"web-portal\"")
                        && r.contains("\"environment\":\"prod\"")));
    }

    @Test
    void anotherTenantsNameIsRefusedAsOnTheDataPath() {
        HttpResponse<byte[]> answer = Calls.post(PRODUCT, Calls.AWS_SAMPLE, "X-Tollgate-Tenant", "globex");
        assertEquals(403, answer.statusCode());
        assertEquals(
                "AccessDeniedException",
                answer.headers().firstValue("x-amzn-ErrorType").orElse(""));
    }

    /** Headers by setting: on whole answers, with units. */
    @Test
    void answersTellInHeadersWhatTheyCostAndLeft() {
        for (HttpResponse<byte[]> answer : java.util.List.of(
                Calls.post(PRODUCT, Calls.hello("nova-lite")),
                Http.post(PRODUCT.sidecar(), "/model/nova-lite/converse", Http.converse(20)),
                Http.post(PRODUCT.sidecar(), "/model/nova-lite/invoke", Http.converse(20)))) {
            assertEquals(200, answer.statusCode());
            String cost = answer.headers().firstValue("X-Tollgate-Cost").orElse("");
            assertTrue(cost.matches("0\\.0000\\d+ USD"), cost);
            String left =
                    answer.headers().firstValue("X-Tollgate-Remaining-finance").orElse("");
            assertTrue(left.matches("9\\d\\d requests"), left);
        }
        HttpResponse<byte[]> failed = Http.post(
                PRODUCT.sidecar(), "/model/nova-lite/converse", Http.converse(20), "x-simulate", "status=500");
        assertEquals("0.00 USD", failed.headers().firstValue("X-Tollgate-Cost").orElse(""));
        HttpResponse<byte[]> stream =
                Http.post(PRODUCT.sidecar(), "/model/nova-lite/converse-stream", Http.converse(20));
        assertTrue(stream.headers().firstValue("X-Tollgate-Cost").isEmpty());
    }

    /** Nothing of it was passed on yet, so the client gets an error that it understands. */
    @Test
    void anAnswerThatBreaksOffWhileItIsHeldIsAnError() {
        HttpResponse<byte[]> answer =
                Http.post(PRODUCT.sidecar(), "/model/nova-lite/converse", Http.converse(20), "x-simulate", "cut-body");
        assertEquals(503, answer.statusCode());
        assertEquals(
                "ServiceUnavailableException",
                answer.headers().firstValue("x-amzn-ErrorType").orElse(""));
        assertEquals("the upstream broke off", Calls.json(answer).getString("message"));
    }

    @Test
    void anAnswerTooLargeToBeHeldPassesWithoutHeaders() {
        HttpResponse<byte[]> answer = Http.post(
                PRODUCT.sidecar(), "/model/nova-lite/converse", Http.converse(20), "x-simulate", "tokens=500");
        assertEquals(200, answer.statusCode());
        assertEquals(500, Calls.json(answer).getJsonObject("usage").getLong("outputTokens"));
        assertTrue(answer.headers().firstValue("X-Tollgate-Cost").isEmpty());
    }
}
