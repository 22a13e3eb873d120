package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which event loop serves whom. */
@Timeout(30)
class DataPortTest {

    private final Vertx vertx = Vertx.vertx();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        vertx.close();
    }

    private int listen(Optional<Context> first) {
        ProxyConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(ProxyConfig.class)
                .build()
                .getConfigMapping(ProxyConfig.class);
        int port = Ports.free();
        DataPort data = new DataPort(
                vertx,
                first,
                config,
                request -> {
                    threads.add(Thread.currentThread());
                    request.response().end();
                },
                reason -> {});
        Upstreams.await(data.listen(port));
        return port;
    }

    private static Socket call(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        call(socket);
        return socket;
    }

    private static void call(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] head = new byte[15];
        assertEquals(head.length, socket.getInputStream().readNBytes(head, 0, head.length));
        socket.getInputStream().skip(socket.getInputStream().available());
        assertEquals("HTTP/1.1 200 OK", new String(head, StandardCharsets.US_ASCII));
    }

    /** A context on another event loop each time: each thread gets the next. */
    private Context another() {
        return CompletableFuture.supplyAsync(vertx::getOrCreateContext, task -> new Thread(task).start())
                .join();
    }

    private static Thread thread(Context context) {
        Promise<Thread> thread = Promise.promise();
        context.runOnContext(v -> thread.complete(Thread.currentThread()));
        return Upstreams.await(thread.future());
    }

    @Test
    void theFirstConnectionIsServedWhereItsLedgerIsAskedAndTheNextElsewhere() throws Exception {
        for (int i = 0; i < 5; i++) {
            Context ledger = another();
            int port = listen(Optional.of(ledger));
            threads.clear();
            try (Socket one = call(port);
                    Socket two = call(port)) {
                call(one);
                call(two);
            }
            assertSame(thread(ledger), threads.get(0));
            assertSame(threads.get(0), threads.get(2));
            assertSame(threads.get(1), threads.get(3));
            assertEquals(Runtime.getRuntime().availableProcessors() == 1, threads.get(0) == threads.get(1));
        }
    }

    @Test
    void everyProcessorServesSome() throws Exception {
        int port = listen(Optional.empty());
        int processors = Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < 2 * processors; i++) {
            call(port).close();
        }
        assertEquals(processors, Set.copyOf(threads).size());
    }
}
