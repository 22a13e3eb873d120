package dev.tollgate.invocations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An answer of a declared length that comes in two pieces, divided at each of many places: both APIs give all of it, also where what
 * the friendly one makes of the first piece is as long as the whole answer.
 */
class PiecesIT {

    private static final byte[] ANSWER = ("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
                    + "Hello, there. ".repeat(40)
                    + "\"}]}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":10,\"outputTokens\":20,"
                    + "\"totalTokens\":30}}")
            .getBytes(StandardCharsets.UTF_8);

    private static final int LONGEST_OPENING = 400;
    private static final AtomicInteger FIRST = new AtomicInteger();
    private static HttpServer upstream;
    private static SidecarProcess sidecar;

    @BeforeAll
    static void start() throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", PiecesIT::answer);
        upstream.start();
        String url = "http://127.0.0.1:" + upstream.getAddress().getPort();
        try (Upstreams usual = Upstreams.start()) {
            sidecar = SidecarProcess.serve(usual.settings("TOLLGATE_UPSTREAM_ENDPOINT", url));
        }
    }

    @AfterAll
    static void stop() {
        sidecar.close();
        upstream.stop(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, ANSWER.length);
        exchange.getResponseBody().write(ANSWER, 0, FIRST.get());
        exchange.getResponseBody().flush();
        pause();
        exchange.getResponseBody().write(ANSWER, FIRST.get(), ANSWER.length - FIRST.get());
        exchange.close();
    }

    /** So that the sidecar reads the pieces one by one. */
    private static void pause() {
        try {
            Thread.sleep(4);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noPieceIsTakenForTheLast() {
        for (int first = ANSWER.length - LONGEST_OPENING; first < ANSWER.length; first++) {
            FIRST.set(first);
            HttpResponse<byte[]> friendly = Http.post(sidecar, "/tollgate/v1/invocations", Calls.AWS_SAMPLE);
            JsonObject told = new JsonObject(new String(friendly.body(), StandardCharsets.UTF_8));
            assertEquals(200, friendly.statusCode(), told + " at " + first);
            assertEquals(20, told.getJsonObject("usage").getInteger("outputTokens"), told + " at " + first);
            HttpResponse<byte[]> own = Http.post(sidecar, Http.NOVA + "converse", Http.converse(10));
            assertEquals(
                    new String(ANSWER, StandardCharsets.UTF_8),
                    new String(own.body(), StandardCharsets.UTF_8),
                    "at " + first);
        }
    }
}
