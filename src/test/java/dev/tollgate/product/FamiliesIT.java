package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import dev.tollgate.simulator.Simulator.Received;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every operation and every family of bodies: passed on and metered as the upstream reported. */
class FamiliesIT {

    @RegisterExtension
    static final Product PRODUCT = Product.with().policy("""
            aliases:
              gpt: openai.gpt-oss-20b-1:0
              sales: arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123
            profiles:
              abc123: us.amazon.nova-lite-v1:0
            tenants:
              default: { cost-center: sales }
            limits:
              - name: inflight
                concurrency: 100
            """);

    private static JsonObject record(HttpResponse<?> response) {
        String id = response.headers().firstValue("x-amzn-RequestId").orElseThrow();
        Ports.await("a usage record of " + id, () -> PRODUCT.sidecar().usageRecords().stream()
                .anyMatch(r -> r.contains(id)));
        return new JsonObject(PRODUCT.sidecar().usageRecords().stream()
                .filter(r -> r.contains(id))
                .findFirst()
                .orElseThrow());
    }

    private static Usage lastUsage() {
        List<Received> all = PRODUCT.upstream().simulator().received();
        return all.get(all.size() - 1).usage();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0|{'max_tokens':30,'messages':[{'role':'user','content':'Hello you'}]}",
                "us.amazon.nova-pro-v1:0|{'inferenceConfig':{'max_new_tokens':30},'messages':[{'content':[{'text':'Hello'}]}]}",
                "amazon.titan-text-express-v1|{'inputText':'Hello there','textGenerationConfig':{'maxTokenCount':30}}",
                "amazon.titan-embed-text-v2:0|{'inputText':'Hello there'}",
                "meta.llama3-1-8b-instruct-v1:0|{'prompt':'Hello','max_gen_len':30}",
                "mistral.mistral-7b-instruct-v0:2|{'prompt':'Hello','max_tokens':30}",
                "cohere.command-text-v14|{'prompt':'Hello','max_tokens':30}",
                "openai.gpt-oss-20b-1:0|{'messages':[{'content':'Hello'}],'max_completion_tokens':30}"
            })
    void invokeOfEveryFamilyIsMetered(String model, String body) {
        String json = body.replace('\'', '"');
        for (String operation : List.of("invoke", "invoke-with-response-stream")) {
            HttpResponse<byte[]> response =
                    Http.post(PRODUCT.sidecar(), "/model/" + model.replace(":", "%3A") + "/" + operation, json);
            assertEquals(200, response.statusCode(), operation);
            Usage usage = lastUsage();
            JsonObject record = record(response);
            assertEquals(usage.input(), record.getLong("inputTokens"), operation);
            assertEquals(usage.output(), record.getLong("outputTokens"), operation);
            assertEquals(false, record.getBoolean("estimated"), operation);
            assertEquals("completed", record.getString("end"));
            assertTrue(record.getLong("microUsd") >= 0);
        }
    }

    @Test
    void cacheTokensOfAllKindsAreMeteredAndPriced() {
        HttpResponse<byte[]> response = Http.post(
                PRODUCT.sidecar(),
                "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
                Http.converse(200),
                "x-simulate",
                "tokens=100; cache-read=1000; cache-write=2000; cache-write-1h=3000");
        JsonObject record = record(response);
        assertEquals(1000, record.getLong("cacheReadTokens"));
        assertEquals(2000, record.getLong("cacheWrite5mTokens"));
        assertEquals(3000, record.getLong("cacheWrite1hTokens"));
        // 3 in, 15 out, 0.3 read, 3.75 and 6 write, USD for a million: 2 x 3 + 100 x 15 + 300 + 7500 + 18000
        assertEquals(6 + 1500 + 300 + 7500 + 18000, record.getLong("microUsd"));
    }

    @Test
    void openAiPathsAreMeteredAndTakeAliasesInTheBody() {
        String chat = "{\"model\":\"gpt\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":20";
        HttpResponse<byte[]> plain = Http.post(PRODUCT.sidecar(), "/openai/v1/chat/completions", chat + "}");
        assertEquals(200, plain.statusCode());
        assertEquals(10, record(plain).getLong("outputTokens"));
        List<Received> all = PRODUCT.upstream().simulator().received();
        assertTrue(new String(all.get(all.size() - 1).body(), StandardCharsets.UTF_8)
                .startsWith("{\"model\":\"openai.gpt-oss-20b-1:0\","));

        HttpResponse<byte[]> stream =
                Http.post(PRODUCT.sidecar(), "/openai/v1/chat/completions", chat + ",\"stream\":true}");
        assertEquals(10, record(stream).getLong("outputTokens"));
        assertTrue(new String(stream.body(), StandardCharsets.UTF_8).endsWith("data: [DONE]\n\n"));

        HttpResponse<byte[]> responses = Http.post(
                PRODUCT.sidecar(),
                "/openai/v1/responses",
                "{\"model\":\"gpt\",\"input\":\"Hello\",\"max_output_tokens\":8}");
        assertEquals(4, record(responses).getLong("outputTokens"));
    }

    @Test
    void theCostCentersProfileIsUsedForTheModelThatItRuns() {
        HttpResponse<byte[]> same = Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(4));
        JsonObject record = record(same);
        assertEquals("abc123", record.getString("modelMetric"));
        assertEquals("nova-lite", record.getString("model"));
        HttpResponse<byte[]> other =
                Http.post(PRODUCT.sidecar(), "/model/us.amazon.nova-pro-v1%3A0/converse", Http.converse(4));
        assertEquals("us.amazon.nova-pro-v1:0", record(other).getString("modelMetric"));
        HttpResponse<byte[]> named = Http.post(PRODUCT.sidecar(), "/model/sales/converse", Http.converse(4));
        assertEquals("abc123", record(named).getString("modelMetric"));
    }

    @Test
    void anUnknownModelIsPricedAtItsDearestRelativeAndCounted() {
        HttpResponse<byte[]> response =
                Http.post(PRODUCT.sidecar(), "/model/us.anthropic.claude-opus-99-v1%3A0/converse", Http.converse(1000));
        assertEquals(200, response.statusCode());
        // The dearest claude-opus of the book: 15 and 75 USD for a million.
        assertEquals(2 * 15 + 500 * 75, record(response).getLong("microUsd"));
        Ports.await("the count", () -> PRODUCT.sidecar().metric("tollgate_unknown_price_total", "claude-opus-99") >= 1);
    }

    @Test
    void guardrailsCountsAndAsyncInvokesPassAsRequests() {
        assertEquals(
                200,
                Http.post(PRODUCT.sidecar(), "/guardrail/gr1/version/1/apply", "{\"source\":\"INPUT\"}")
                        .statusCode());
        assertEquals(
                200,
                Http.post(PRODUCT.sidecar(), "/guardrail-checks/invoke", "{}").statusCode());
        assertEquals(
                200,
                Http.post(PRODUCT.sidecar(), Http.NOVA + "count-tokens", "{}").statusCode());
        HttpResponse<byte[]> started = Http.post(
                PRODUCT.sidecar(), "/async-invoke", "{\"modelId\":\"amazon.nova-reel-v1:0\",\"modelInput\":{}}");
        assertEquals(200, started.statusCode());
        assertEquals("async-invoke", record(started).getString("operation"));
        // One shot of six seconds, 0.08 USD each.
        assertEquals(480_000, record(started).getLong("microUsd"));
        HttpResponse<byte[]> got = Http.send(
                HttpRequest.newBuilder(URI.create(PRODUCT.sidecar().uri() + "/async-invoke/arn%3Aaws%3Abedrock%3Ax"))
                        .build());
        assertEquals(200, got.statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/model/m/invoke-with-bidirectional-stream,400,ValidationException",
        "POST,/model/m/train,404,UnknownOperationException",
        "GET,/model/m/converse,404,UnknownOperationException",
        "POST,/,404,UnknownOperationException",
        "GET,/q/metrics,404,UnknownOperationException"
    })
    void whatIsNotMeteredDoesNotPass(String method, String path, int status, String type) {
        long before = PRODUCT.upstream().simulator().count();
        HttpResponse<byte[]> response =
                Http.send(HttpRequest.newBuilder(URI.create(PRODUCT.sidecar().uri() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString("{}"))
                        .build());
        assertEquals(status, response.statusCode());
        assertEquals(type, response.headers().firstValue("x-amzn-ErrorType").orElse(""));
        assertTrue(new JsonObject(new String(response.body(), StandardCharsets.UTF_8)).containsKey("message"));
        assertEquals(before, PRODUCT.upstream().simulator().count());
    }

    @Test
    void bodiesThatAreNoJsonObjectAreRefused() {
        for (String body : List.of("", "x", "[]", "{\"a\":", "{} {}")) {
            HttpResponse<byte[]> response = Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", body);
            assertEquals(400, response.statusCode(), body);
            assertEquals(
                    "ValidationException",
                    response.headers().firstValue("x-amzn-ErrorType").orElse(""));
        }
    }

    @Test
    void aBodyOfTheLargestSizePassesAndALargerOneDoesNot() {
        String head = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"";
        String tail = "\"}]}],\"inferenceConfig\":{\"maxTokens\":2}}";
        String fits = head + "x".repeat(25_000_000 - head.length() - tail.length()) + tail;
        assertEquals(
                200, Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", fits).statusCode());
        HttpResponse<byte[]> tooLarge = Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", fits + " ");
        assertEquals(413, tooLarge.statusCode());
        assertEquals(
                "ValidationException",
                tooLarge.headers().firstValue("x-amzn-ErrorType").orElse(""));
    }

    @Test
    void hopByHopAndInboundAuthHeadersStayHere() throws Exception {
        Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port());
        String body = Http.converse(3);
        socket.getOutputStream()
                .write(("POST " + Http.NOVA + "converse HTTP/1.1\r\nHost: localhost\r\nConnection: x-private\r\n"
                                + "X-Private: 1\r\nTE: trailers\r\nX-Tollgate-Tenant: evil\r\nX-Custom: kept\r\n"
                                + "Authorization: AWS4-HMAC-SHA256 Credential=inbound\r\nX-Amz-Date: 20200101T000000Z\r\n"
                                + "X-Amz-Security-Token: inbound\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body)
                        .getBytes(StandardCharsets.UTF_8));
        socket.setSoTimeout(10_000);
        String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
        socket.close();
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        List<Received> all = PRODUCT.upstream().simulator().received();
        MultiMap headers = all.get(all.size() - 1).headers();
        assertEquals("kept", headers.get("x-custom"));
        for (String gone : List.of("x-private", "te", "x-tollgate-tenant", "x-amz-security-token")) {
            assertEquals(null, headers.get(gone), gone);
        }
        assertTrue(!headers.get("authorization").contains("inbound"));
        assertTrue(!headers.get("x-amz-date").startsWith("2020"));
    }
}
