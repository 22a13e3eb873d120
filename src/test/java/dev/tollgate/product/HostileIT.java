package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that means harm: a clean 4xx or a closed connection, nothing charged, nothing told of the inside. */
class HostileIT {

    private static final String BODY = Http.converse(2);
    private static final String HEAD = "POST " + Http.NOVA + "converse HTTP/1.1\r\nHost: localhost\r\n";
    private static final int FUZZ = 10_000;

    @RegisterExtension
    static final Product PRODUCT = Product.with("TOLLGATE_IDENTITY_TRUST", "request", "TOLLGATE_IDENTITY_TENANTS", "*")
            .policy("limits: [ { name: r, budget: { requests: 1000000, per: month } } ]");

    private static long used() {
        return new JsonObject(PRODUCT.sidecar().get("/tollgate/v1/limits").body())
                .getJsonArray("limits")
                .getJsonObject(0)
                .getLong("used");
    }

    /** What comes back within a short time. */
    private static String send(byte[] bytes) {
        try (Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port())) {
            socket.setSoTimeout(3000);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            StringBuilder answer = new StringBuilder();
            InputStream in = socket.getInputStream();
            byte[] part = new byte[8192];
            try {
                for (int n; (n = in.read(part)) > 0; ) {
                    answer.append(new String(part, 0, n, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketTimeoutException e) {
                return answer.toString();
            }
            return answer.toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Everything that comes back, of a request that asks for its connection to be closed. */
    private static String exchange(String text) {
        try (Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}    ",
                "Content-Length: 5, 5\r\n\r\n{}   ",
                "Content-Length: +5\r\n\r\n{}   ",
                "Content-Length: -5\r\n\r\n{}   ",
                "Content-Length: 0x5\r\n\r\n{}   ",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 2\n\n{}",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "Host: other\r\nContent-Length: 2\r\n\r\n{}",
                "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
                "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nz\r\n{}\r\n0\r\n\r\n",
                "X-A: b\nContent-Length: 2\r\n\r\n{}",
                "X-A: b\0c\r\nContent-Length: 2\r\n\r\n{}"
            })
    void smugglingFormsNeverReachTheUpstream(String rest) {
        long before = PRODUCT.upstream().simulator().count();
        long used = used();
        String answer = send(HEAD + rest);
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
        assertEquals(before, PRODUCT.upstream().simulator().count());
        assertEquals(used, used());
        assertTrue(!answer.contains("\tat "), answer);
    }

    @Test
    void oversizeHeadsAreRefused() {
        String answer = send(HEAD + "X: " + "a".repeat(70_000) + "\r\n\r\n");
        assertTrue(answer.isEmpty() || answer.matches("(?s)HTTP/1.[01] 4.*"), answer);
        answer = send("POST /model/" + "a".repeat(70_000) + "/converse HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(answer.isEmpty() || answer.matches("(?s)HTTP/1.[01] 4.*"), answer);
    }

    @Test
    void aConnectionIsUsableAfterARefusalAndClosedAfterABodyThatIsTooLarge() throws IOException {
        String refused = "POST /model/m/train HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12345";
        String good = HEAD + "Content-Length: " + BODY.length() + "\r\nConnection: close\r\n\r\n" + BODY;
        try (Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((refused + good).getBytes(StandardCharsets.ISO_8859_1));
            String both = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(both.startsWith("HTTP/1.1 404") && both.contains("HTTP/1.1 200"), both);
        }
        try (Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write((HEAD + "Content-Length: 25000001\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(all.startsWith("HTTP/1.1 413"), all);
        }
    }

    @Test
    void compressedBodiesAreRefused() {
        String answer = send(HEAD + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\b\0");
        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        assertTrue(answer.contains("Content-Encoding"), answer);
    }

    @Test
    void nastyTenantNamesStayNames() {
        for (String tenant :
                List.of("a\"b", "a\\b", "a{b}", "tg2:{default}:due", "../../x", "a,b=c|d", "%00", "'; DROP", "𝕏")) {
            int status = Http.post(
                            PRODUCT.sidecar(),
                            Http.NOVA + "converse",
                            new JsonObject(BODY)
                                    .put("requestMetadata", new JsonObject().put("tenantId", tenant))
                                    .encode())
                    .statusCode();
            assertEquals(200, status, tenant);
        }
        String metrics = PRODUCT.sidecar().get("/q/metrics").body();
        assertTrue(metrics.contains("tenant=\"a\\\"b\""), "escaped in metrics");
        assertTrue(metrics.contains("tenant=\"a\\\\b\""), "escaped in metrics");
    }

    @Test
    void badFramingIsAnsweredInAwsShape() {
        String answer = send(HEAD + "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}");
        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        assertTrue(answer.contains("x-amzn-ErrorType: ValidationException") && answer.contains("folded"), answer);
    }

    @Test
    void aRequestWithoutHostIsAnsweredInAwsShape() {
        String answer = send("POST " + Http.NOVA + "converse HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        assertTrue(answer.startsWith("HTTP/1.1 400") && answer.contains("expected a Host header"), answer);
    }

    @Test
    void badFramingBehindAGoodRequestClosesTheConnectionAndIsNotAnswered() {
        long before = PRODUCT.upstream().simulator().count();
        String good = HEAD + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY;
        String answer = send(good + HEAD + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ");
        assertTrue(PRODUCT.upstream().simulator().count() - before <= 1);
        assertTrue(answer.indexOf("HTTP/1.1 ") == answer.lastIndexOf("HTTP/1.1 "), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example",
                "Host: 127.0.0.1.evil.example:8787",
                "Host: localhost\r\nOrigin: https://evil.example",
                "Host: localhost\r\nOrigin: null",
                "Host: localhost\r\nSec-Fetch-Site: cross-site",
                "Host: localhost\r\nContent-Type: text/plain",
                "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded",
                "Host: localhost\r\nContent-Type: multipart/form-data; boundary=x"
            })
    void whatAWebPageCanSendIsRefused(String headers) {
        long before = PRODUCT.upstream().simulator().count();
        String answer = send("POST " + Http.NOVA + "converse HTTP/1.1\r\n" + headers + "\r\nContent-Length: "
                + BODY.length() + "\r\n\r\n" + BODY);
        assertTrue(answer.startsWith("HTTP/1.1 403") && answer.contains("AccessDeniedException"), answer);
        assertEquals(before, PRODUCT.upstream().simulator().count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:1", "127.0.0.1", "[::1]:8787", "LOCALHOST"})
    void loopbackNamesAreAnswered(String host) {
        String answer = exchange("POST " + Http.NOVA + "converse HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: close\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY);
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }

    @Test
    void headersThatAreNotAsciiPassUnsigned() {
        String answer = exchange(HEAD + "Connection: close\r\nX-Name: caf\u00e9\r\nContent-Length: " + BODY.length()
                + "\r\n\r\n" + BODY);
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }

    @Test
    void identityIsNoEncoding() {
        String answer = exchange(HEAD + "Connection: close\r\nContent-Encoding: identity\r\nContent-Length: "
                + BODY.length() + "\r\n\r\n" + BODY);
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }

    @Test
    void aModelNameWithALineBreakForgesNoUsageRecord() {
        String body = "{\"model\":\"x\\n{\\\"requestId\\\":\\\"forged\\\"}\",\"messages\":[]}";
        int status = Http.post(PRODUCT.sidecar(), "/openai/v1/chat/completions", body)
                .statusCode();
        assertEquals(400, status);
        assertTrue(
                PRODUCT.sidecar().log().lines().noneMatch(l -> l.startsWith("{\"requestId\":\"forged")),
                PRODUCT.sidecar().log());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void tenantNamesThatAreNoNamesAreDenied(int i) {
        String tenant = List.of("", "x".repeat(129), "a\nb", "a\u0000b").get(i);
        String body = new JsonObject(BODY)
                .put("requestMetadata", new JsonObject().put("tenantId", tenant))
                .encode();
        assertEquals(
                403, Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", body).statusCode());
    }

    @Test
    @Timeout(240)
    void tenThousandRandomRequestsAreCleanlyRefused() {
        long before = PRODUCT.upstream().simulator().count();
        Random random = new Random(7);
        String base = HEAD + "Content-Type: application/json\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;
        int answered = 0;
        long passed = 0;
        for (int i = 0; i < FUZZ; i++) {
            byte[] bytes = base.getBytes(StandardCharsets.ISO_8859_1);
            for (int m = 1 + random.nextInt(4); m > 0; m--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            String answer = quick(bytes);
            answered += answer.isEmpty() ? 0 : 1;
            passed += answer.startsWith("HTTP/1.1 200") ? 1 : 0;
            // A version or method that is none is answered 501 by the parser, with the version as it came.
            assertTrue(
                    answer.isEmpty() || answer.matches("(?s)[^\n]* (200|4[0-9][0-9]|501) .*"),
                    () -> answer + new String(bytes, StandardCharsets.ISO_8859_1));
            assertTrue(!answer.contains("Exception in") && !answer.contains("\tat "), answer);
        }
        assertTrue(answered > FUZZ / 2, "answered " + answered);
        assertTrue(PRODUCT.upstream().simulator().count() - before >= passed);
        assertTrue(PRODUCT.sidecar().process().isAlive());
        Ports.await("every call to have ended", () -> PRODUCT.sidecar().metric("tollgate_inflight_requests") == 0);
    }

    /** The answer's first bytes, or nothing where the connection closes or a rest of the request is waited for. */
    private static String quick(byte[] bytes) {
        try (Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            byte[] part = new byte[300];
            int n = socket.getInputStream().read(part);
            return n <= 0 ? "" : new String(part, 0, n, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
