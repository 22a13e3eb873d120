package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Memory and places are taken by what arrived, never by what was declared; at the heap of the native image. */
@Timeout(120)
class BoundsIT {

    private static final int BODY_TIMEOUT_MILLIS = 3000;
    private static final int IN_FLIGHT = 50;
    private static final int LARGE = 15_000_000;

    @RegisterExtension
    static final Product PRODUCT = Product.with(
                    "TOLLGATE_PROXY_BODY_TIMEOUT",
                    BODY_TIMEOUT_MILLIS + "ms",
                    "TOLLGATE_PROXY_HEADER_TIMEOUT",
                    "1s",
                    "TOLLGATE_PROXY_MAX_IN_FLIGHT",
                    String.valueOf(IN_FLIGHT))
            .imageHeap();

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        PRODUCT.awaitNoCalls();
        Ports.await("a call to pass", () -> call(2).statusCode() == 200);
        assertTrue(PRODUCT.sidecar().process().isAlive());
    }

    private static HttpResponse<byte[]> call(int textBytes) {
        String body = Http.converse(2).replace("Hello", "x".repeat(textBytes));
        return Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", body);
    }

    private Socket open(String text) throws IOException {
        Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static String head(int length) {
        return "POST " + Http.NOVA + "converse HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String all(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void requestsWithoutABodyTheyDeclaredTakeNoMemoryAndLeakNoPlace() throws IOException {
        for (int i = 0; i < 1100; i++) {
            Socket socket = new Socket("127.0.0.1", PRODUCT.sidecar().port());
            socket.getOutputStream().write(head(LARGE).getBytes(StandardCharsets.ISO_8859_1));
            socket.close();
        }
        PRODUCT.awaitNoCalls();
    }

    @Test
    void oneByteOfALargeBodyTakesLittleMemory() throws IOException {
        for (int i = 0; i < 12; i++) {
            open(head(LARGE) + "{");
        }
        Ports.await("twelve open calls", () -> PRODUCT.sidecar().metric("tollgate_inflight_requests") >= 12);
        assertEquals(200, call(1_000_000).statusCode());
    }

    @Test
    void aBodyOfFifteenMegabytesPassesWithTheImagesHeap() {
        assertEquals(200, call(LARGE).statusCode());
    }

    @Test
    void ofSeveralLargeBodiesSomePassAndTheOthersAreToldToRetry() {
        List<CompletableFuture<Integer>> calls = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> call(LARGE).statusCode())
                        .exceptionally(e -> 408))
                .toList();
        Set<Integer> statuses = calls.stream().map(CompletableFuture::join).collect(Collectors.toSet());
        // 408, or the end of its connection, for one that gives way to the others.
        assertTrue(Set.of(200, 503, 408).containsAll(statuses), statuses.toString());
    }

    @Test
    void aBodyThatCanNeverFitIsTooLarge() throws IOException {
        String answer = all(open(head(20_000_000)));
        assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
        assertTrue(answer.contains("max-buffered-bytes"), answer);
    }

    @Test
    void aBodyThatDoesNotArriveInTimeIsRefused() throws IOException {
        String answer = all(open(head(10) + "{"));
        assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
        assertTrue(answer.contains("body-timeout") && answer.contains("1 bytes"), answer);
        Ports.await("the count", () -> PRODUCT.sidecar().metric("tollgate_refused_total", "slow-body") >= 1);
    }

    @Test
    void aHeadThatDoesNotArriveInTimeLosesItsConnection() throws IOException {
        assertEquals("", all(open("POST /model/x/conv")));
        assertEquals("", all(open("")));
    }

    @Test
    void halfSentRequestsGiveWayOldestFirst() throws IOException {
        List<Socket> half = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            half.add(open(head(10) + "{"));
        }
        Ports.await("a place that is given up", () -> call(2).statusCode() == 200);
        assertTrue(all(half.get(0)).startsWith("HTTP/1.1 408"), "the oldest is refused");
    }

    @Test
    void tooManyCallsAreToldToRetry() throws IOException {
        long began = System.nanoTime();
        for (int i = 0; i < IN_FLIGHT; i++) {
            open(head(10) + "{");
        }
        Ports.await(
                "all places to be taken", () -> PRODUCT.sidecar().metric("tollgate_inflight_requests") >= IN_FLIGHT);
        HttpResponse<byte[]> answer = call(2);
        if (answer.statusCode() == 200 && System.nanoTime() - began > 1_000_000_000L) {
            // So slow a machine that the oldest has given way.
            return;
        }
        assertEquals(503, answer.statusCode());
        assertEquals(
                "ServiceUnavailableException",
                answer.headers().firstValue("x-amzn-errortype").orElse(""));
    }
}
