package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.Ports;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
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
    private final ManualClock clock =
            new ManualClock(Instant.parse("2026-11-26T12:00:00Z").toEpochMilli());
    private final LogLines log = LogLines.of(PolicyWatcher.class);
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
        watcher = PolicyWatcher.start(vertx, file, Duration.ofMillis(5), clock, counting);
    }

    @AfterEach
    void close() {
        log.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** At once: a file that is written in place can be read half. */
    private void replace(String text) throws IOException {
        Files.move(
                Files.writeString(folder.resolve("next.yaml"), text),
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void refuses(String text, int times) throws IOException {
        replace(text);
        Ports.await(SOON, "a refusal", () -> counting.refused.get() == times);
        assertEquals(1, watcher.get().limits().size());
    }

    @Test
    void anEmptiedFileKeepsTheLimits() throws IOException {
        refuses("", 1);
        refuses("  \n", 2);
        refuses("# limits: [ { name: a, concurrency: 5 } ]\n", 3);
        refuses("---\n", 4);
        refuses("null", 5);
        replace("limits: []");
        Ports.await(SOON, "limits to be lifted", () -> watcher.get().limits().isEmpty());
    }

    @Test
    void halfOfAPolicyIsNotLoadedWhileItIsWritten() throws IOException {
        Path slow = Files.writeString(folder.resolve("slow.yaml"), "limits:\n  - { name: a, concurrency: 5 }\n");
        List<Integer> loaded = Collections.synchronizedList(new ArrayList<>());
        PolicyWatcher.Listener sizes = new PolicyWatcher.Listener() {
            @Override
            public void reloaded(Policy policy) {
                loaded.add(policy.limits().size());
            }

            @Override
            public void refused() {
                loaded.add(-1);
            }
        };
        PolicyWatcher.start(vertx, slow, Duration.ofMillis(5), clock, sizes, Duration.ofSeconds(2));
        Files.writeString(slow, "limits:\n  - { name: a, concurrency: 6 }\n");
        // Many looks, and yet far from the time that a file must stay as it is.
        LockSupport.parkNanos(200_000_000);
        Files.writeString(slow, "  - { name: b, concurrency: 7 }\n", StandardOpenOption.APPEND);
        Ports.await(Duration.ofSeconds(20), "the whole policy", () -> loaded.size() > 1);
        assertEquals(List.of(1, 2), loaded);
    }

    @Test
    void aFileThatWentAwayKeepsTheLimitsAndComesBack() throws IOException {
        Files.delete(file);
        Ports.await(SOON, "a refusal", () -> counting.refused.get() == 1);
        assertEquals(1, watcher.get().limits().size());
        replace("limits: [ { name: a, concurrency: 5 }, { name: b, concurrency: 6 } ]");
        Ports.await(SOON, "the new limits", () -> watcher.get().limits().size() == 2);
    }

    @Test
    void eachVersionIsGreaterThanTheLast() throws IOException {
        long first = watcher.get().version();
        replace("limits: [ { name: a, concurrency: 6 } ]");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
        Ports.await(SOON, "a reload", () -> watcher.get().version() > first);
    }

    @Test
    void aReloadLogsWhatItChanges() throws IOException {
        replace(
                "limits: [ { name: a, concurrency: 7 }, { name: b, budget: { usd: 5, per: day, override: { usd: 8, until: 2026-11-27 } } } ]");
        Ports.await(SOON, "the change in the log", () -> log.all()
                .containsAll(List.of(
                        "Policy: limit a: allows 5 calls in flight -> 7 calls in flight",
                        "Policy: limit b added: 5 USD a day (UTC); override 8 USD until 2026-11-27T00:00:00Z")));
        clock.advance(12 * 3_600_000);
        Ports.await(SOON, "the end of the override in the log", () -> log.all()
                .contains(
                        "Policy: limit b: override 8 USD until 2026-11-27T00:00:00Z is over, its own amount is 5 USD"));
    }

    @Test
    void theStateNamesTheMistakesUntilTheFileIsGood() throws IOException {
        Instant first = watcher.state().loadedAt().orElseThrow();
        assertEquals(List.of(), watcher.state().mistakes());
        refuses("limits:\n  - { name: a, concurrency: many }\n  - { nam: b, concurrency: 1 }\n", 1);
        List<PolicyState.Mistake> mistakes = watcher.state().mistakes();
        assertEquals(2, mistakes.get(0).line());
        assertTrue(mistakes.get(0).message().endsWith("found \"many\""), mistakes.toString());
        assertEquals(3, mistakes.get(1).line());
        assertEquals(first, watcher.state().loadedAt().orElseThrow(), "of what is in force");
        refuses("", 2);
        assertEquals(0, watcher.state().mistakes().get(0).line(), "the whole file");
        clock.advance(1000);
        replace("limits: [ { name: a, concurrency: 6 } ]");
        Ports.await("the good file", () -> counting.reloaded.get() == 2);
        assertEquals(List.of(), watcher.state().mistakes());
        assertTrue(watcher.state().loadedAt().orElseThrow().isAfter(first));
    }

    @Test
    void mistakesAreBounded() throws IOException {
        refuses("limits:\n" + "  - { name: a, concurrency: many }\n".repeat(1000), 1);
        assertEquals(100, watcher.state().mistakes().size());
        refuses("limits: [ { name: a, concurrency: " + "x".repeat(100_000) + " } ]", 2);
        assertTrue(watcher.state().mistakes().get(0).message().length() < 600);
    }
}
