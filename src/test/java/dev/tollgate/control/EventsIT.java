package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import dev.tollgate.harness.SidecarProcess;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The stream of events: a tick a second from one snapshot, few streams, and no reader that slows another. */
class EventsIT {

    private static final int MAX = 8;

    /** So many tenants that a tick is larger than what sockets hold for a reader that does not read. */
    @RegisterExtension
    static final Product PRODUCT = Product.with("TOLLGATE_IDENTITY_TRUST", "request", "TOLLGATE_IDENTITY_TENANTS", "*")
            .imageHeap()
            .policy("limits: [ { name: day, per: [tenant], budget: { usd: 5, per: day } } ]\ntenants:\n"
                    + IntStream.range(0, 3000)
                            .mapToObj(i -> "  tenant-" + i + ": { cost-center: c }\n")
                            .collect(Collectors.joining()));

    /** One reader, by a plain socket, so that it can stop reading. */
    private static final class Reader implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;

        Reader(SidecarProcess sidecar, String query) throws IOException {
            socket = new Socket("127.0.0.1", sidecar.managementPort());
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /tollgate/v1/events" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        String head() throws IOException {
            StringBuilder head = new StringBuilder();
            for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                head.append(line).append('\n');
            }
            return head.toString();
        }

        JsonObject event() throws IOException {
            String line = lines.readLine();
            while (!line.startsWith("data: ")) {
                line = lines.readLine();
            }
            return new JsonObject(line.substring("data: ".length()));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static Reader reader() throws IOException {
        return new Reader(PRODUCT.sidecar(), "");
    }

    @Test
    void theNinthIsToldAndAPlaceThatIsLeftIsTaken() throws IOException {
        List<Reader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < MAX; i++) {
                readers.add(free());
            }
            HttpResponse<String> ninth = PRODUCT.sidecar().get("/tollgate/v1/events");
            assertEquals(503, ninth.statusCode());
            assertTrue(ninth.body().contains("expected at most 8 streams"), ninth.body());
            assertEquals("10", ninth.headers().firstValue("Retry-After").orElse(""));
            readers.remove(0).close();
            Ports.await("the place to be free again", () -> {
                try (Reader next = reader()) {
                    return next.head().startsWith("HTTP/1.1 200");
                } catch (IOException e) {
                    return false;
                }
            });
        } finally {
            for (Reader reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void readersThatDoNotReadSlowNobodyAndHoldNoMemory() throws IOException {
        List<Reader> mute = new ArrayList<>();
        try (Reader good = free()) {
            for (int i = 0; i < 5; i++) {
                mute.add(free());
            }
            JsonObject before = good.event();
            for (int i = 0; i < 12; i++) {
                JsonObject next = good.event();
                assertTrue(next.getString("generatedAt").compareTo(before.getString("generatedAt")) > 0);
                before = next;
            }
            // Garbage counts until it is collected.
            Ports.await(
                    "a heap of 64 MB to bear them",
                    () -> PRODUCT.sidecar().metric("jvm_memory_used_bytes", "area=\"heap\"") < 64e6);
            assertEquals(200, PRODUCT.sidecar().get("/tollgate/v1/status").statusCode());
            for (Reader reader : mute) {
                // What waited for it is whole: ticks are left out, never cut.
                reader.event();
                reader.event();
            }
        } finally {
            for (Reader reader : mute) {
                reader.close();
            }
        }
    }

    private static Reader free() {
        List<Reader> found = new ArrayList<>();
        Ports.await("a place", () -> {
            try {
                Reader reader = reader();
                if (reader.head().startsWith("HTTP/1.1 200")) {
                    return found.add(reader);
                }
                reader.close();
            } catch (IOException e) {
                // Again.
            }
            return false;
        });
        return found.get(0);
    }

    @Test
    void anEventIsTheStatusWithWhatMattersMost() throws IOException {
        try (Reader reader = free()) {
            JsonObject event = reader.event();
            while (event.getJsonArray("limits").isEmpty()) {
                event = reader.event();
            }
            assertEquals(2000, event.getJsonArray("limits").size());
            assertEquals(3001, event.getJsonObject("totals").getInteger("limits"));
            String all = event.getString("nextCursor");
            JsonObject first = Statuses.status(PRODUCT.sidecar(), "?cursor=" + all);
            assertEquals(List.copyOf(first.fieldNames()), List.copyOf(event.fieldNames()));
            assertEquals(Statuses.rows(Statuses.status(PRODUCT.sidecar()), "limits"), Statuses.rows(first, "limits"));
        }
    }

    @Test
    void aStreamCanBeOfOneTenant() throws IOException {
        try (Reader reader = new Reader(PRODUCT.sidecar(), "?tenant=tenant-7")) {
            JsonObject event = reader.event();
            while (event.getJsonArray("limits").isEmpty()) {
                event = reader.event();
            }
            assertEquals(
                    "tenant-7", event.getJsonArray("limits").getJsonObject(0).getString("tenant"));
            assertEquals(1, event.getJsonArray("limits").size());
        }
    }

    @Test
    void aSidecarThatStopsEndsItsStreams() throws IOException {
        try (SidecarProcess other = SidecarProcess.serve(PRODUCT.upstream().settings());
                Reader reader = new Reader(other, "")) {
            reader.event();
            assertEquals(0, other.terminate());
            while (reader.lines.readLine() != null) {
                // What was on its way.
            }
        }
    }
}
