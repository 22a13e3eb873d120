package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Ports;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyWatcherTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Counting counting = new Counting();
    private Path file;
    private PolicyWatcher watcher;

    /** Counts how reloads went. */
    private static final class Counting implements PolicyWatcher.Listener {
        private final AtomicInteger reloaded = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();

        @Override
        public void reloaded(Policy policy) {
            reloaded.incrementAndGet();
        }

        @Override
        public void refused() {
            refused.incrementAndGet();
        }
    }

    @BeforeEach
    void watch() throws IOException {
        file = Files.writeString(folder.resolve("policy.yaml"), "limits: [ { name: a, concurrency: 5 } ]");
        watcher = PolicyWatcher.start(vertx, file, Duration.ofMillis(5), counting);
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void refuses(String text, int times) throws IOException {
        Files.writeString(file, text);
        Ports.await(SOON, "a refusal", () -> counting.refused.get() == times);
        assertEquals(1, watcher.get().limits().size());
    }

    @Test
    void anEmptiedFileKeepsTheLimits() throws IOException {
        refuses("", 1);
        refuses("  \n", 2);
        Files.writeString(file, "limits: []");
        Ports.await(SOON, "limits to be lifted", () -> watcher.get().limits().isEmpty());
    }

    @Test
    void aFileThatWentAwayKeepsTheLimitsAndComesBack() throws IOException {
        Files.delete(file);
        Ports.await(SOON, "a refusal", () -> counting.refused.get() == 1);
        assertEquals(1, watcher.get().limits().size());
        Files.writeString(file, "limits: [ { name: a, concurrency: 5 }, { name: b, concurrency: 6 } ]");
        Ports.await(SOON, "the new limits", () -> watcher.get().limits().size() == 2);
    }

    @Test
    void eachVersionIsGreaterThanTheLast() throws IOException {
        long first = watcher.get().version();
        Files.writeString(file, "limits: [ { name: a, concurrency: 6 } ]");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
        Ports.await(SOON, "a reload", () -> watcher.get().version() > first);
    }
}
