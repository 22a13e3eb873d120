package dev.tollgate.proxy;

import static dev.tollgate.proxy.DataPath.NOVA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused by its head alone, and how a body is read. */
class IntakeTest {

    private static final String BODY = Http.converse(5);

    private static Upstreams upstream;
    private DataPath path;

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
        path.close();
    }

    private DataPath path(String... settings) {
        path = new DataPath(upstream, "limits: []", settings);
        return path;
    }

    /** The whole answer of a connection that closes behind it. */
    private String send(String head, String body) {
        try (Socket socket = new Socket("127.0.0.1", path.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST " + NOVA + "converse HTTP/1.1\r\n" + head + "Connection: close\r\n\r\n" + body)
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String send(String headers) {
        return send(headers + "Content-Length: " + BODY.length() + "\r\n", BODY);
    }

    private void passes(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }

    private void refuses(String answer, int status, String reason) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
        Ports.await("the count: " + answer, () -> path.count("tollgate.refused", "reason", reason) == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8787", "127.0.0.1", "[::1]:5", "LocalHost"})
    void aLoopbackNameIsAnswered(String host) {
        path();
        passes(send("Host: " + host + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.nip.io", "0.0.0.0"})
    void anotherNameIsNot(String host) {
        path();
        refuses(send("Host: " + host + "\r\n"), 403, "host");
    }

    @Test
    void aNameBySettingIsAnswered() {
        path("tollgate.proxy.allowed-hosts", "tollgate.internal");
        passes(send("Host: tollgate.internal:80\r\n"));
        refuses(send("Host: localhost\r\n"), 403, "host");
    }

    @Test
    void anyNameIsAnsweredWithAStar() {
        path("tollgate.proxy.allowed-hosts", "*");
        passes(send("Host: whatever.example\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example",
                "Origin: null",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-origin",
                "Content-Type: text/plain",
                "Content-Type: TEXT/PLAIN; charset=utf-8",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: multipart/form-data; boundary=x"
            })
    void whatAWebPageCanSendIsRefusedUnlessAllowed(String header) {
        path();
        refuses(send("Host: localhost\r\n" + header + "\r\n"), 403, "browser");
        path.close();
        path("tollgate.proxy.browsers", "allow");
        passes(send("Host: localhost\r\n" + header + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Type: application/json", "Content-Type: application/octet-stream", "X-A: text/plain"})
    void whatAWebPageCannotSendUnaskedPasses(String header) {
        path();
        passes(send("Host: localhost\r\n" + header + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "deflate", "identity, gzip", "x"})
    void anEncodedBodyIsRefused(String encoding) {
        path();
        refuses(send("Host: localhost\r\nContent-Encoding: " + encoding + "\r\n"), 400, "bad-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "IDENTITY", " identity "})
    void identityIsNoEncoding(String encoding) {
        path();
        passes(send("Host: localhost\r\nContent-Encoding: " + encoding + "\r\n"));
    }

    @Test
    void aChunkedBodyIsReadWhole() {
        path();
        String half = BODY.substring(0, 20);
        String rest = BODY.substring(20);
        passes(send(
                "Host: localhost\r\nTransfer-Encoding: chunked\r\n",
                Integer.toHexString(half.length()) + "\r\n" + half + "\r\n" + Integer.toHexString(rest.length())
                        + "\r\n" + rest + "\r\n0\r\n\r\n"));
    }

    @Test
    void aChunkedBodyIsBoundedToo() {
        path("tollgate.proxy.max-body-bytes", "100");
        String data = "x".repeat(101);
        refuses(
                send("Host: localhost\r\nTransfer-Encoding: chunked\r\n", "65\r\n" + data + "\r\n0\r\n\r\n"),
                413,
                "too-large");
    }

    @Test
    void aBodyThatDoesNotArriveIsGivenUp() {
        path("tollgate.proxy.body-timeout", "200ms");
        String answer = send("Host: localhost\r\nContent-Length: 100\r\n", "{");
        refuses(answer, 408, "slow-body");
        assertTrue(answer.contains("found 1 bytes of it"), answer);
    }

    @Test
    void aClientThatHangsUpInItsBodyIsCountedAndCostsNothing() throws IOException {
        path();
        try (Socket socket = new Socket("127.0.0.1", path.port())) {
            socket.getOutputStream()
                    .write(("POST " + NOVA + "converse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
                            .getBytes(StandardCharsets.ISO_8859_1));
            Ports.await("the call to be open", () -> path.openCalls.count() == 1);
        }
        Ports.await("the call to have ended", () -> path.count("tollgate.refused", "reason", "client-gone") == 1);
        assertEquals("client-gone-unread", path.lastRecord(1).getString("end"));
    }

    @Test
    void moreCallsThanTheBoundAreRefused() throws IOException {
        path("tollgate.proxy.max-in-flight", "1");
        try (Socket first = new Socket("127.0.0.1", path.port())) {
            first.getOutputStream()
                    .write(("POST " + NOVA + "converse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
                            .getBytes(StandardCharsets.ISO_8859_1));
            Ports.await("the first call to be open", () -> path.openCalls.count() == 1);
            String answer = send("Host: localhost\r\n");
            // A call that has been half-sent for a second gives way.
            assertTrue(answer.startsWith("HTTP/1.1 503") || answer.startsWith("HTTP/1.1 200"), answer);
        }
    }

    @Test
    void anErrorNeverShowsTheInside() {
        path();
        String answer = send("Host: localhost\r\nContent-Length: 9\r\n", "not json!");
        assertFalse(
                answer.contains("Exception in") || answer.contains("\tat ") || answer.contains("not json!"), answer);
    }
}
