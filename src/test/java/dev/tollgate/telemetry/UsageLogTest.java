package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageLogTest {

    @TempDir
    Path directory;

    private final AtomicInteger dropped = new AtomicInteger();

    @Test
    void writesEachRecordOnceInOrder() throws IOException {
        Path file = directory.resolve("usage.jsonl");
        UsageLog log = log(file);
        List<String> ids = IntStream.range(0, 3000).mapToObj(i -> "id-" + i).toList();

        ids.forEach(id -> log.write(record(id)));
        log.close();

        List<String> found = Files.readAllLines(file).stream()
                .map(line -> line.substring("{\"requestId\":\"".length(), line.indexOf("\",")))
                .toList();
        assertEquals(ids, found);
        assertEquals(0, dropped.get());
    }

    @Test
    void wakesItsWriterOnceATickAndNotOnceACall() throws IOException {
        UsageLog log = log(directory.resolve("usage.jsonl"));
        long begun = System.nanoTime();
        long before = waits();

        for (int i = 0; i < 2000; i++) {
            log.write(record("id-" + i));
            LockSupport.parkNanos(50_000);
        }

        long ticks = (System.nanoTime() - begun) / UsageLog.GATHER_NANOS;
        // Each tick waits at most twice: for the time, and for a record if none had come.
        long found = waits() - before;
        assertTrue(found <= 2 * ticks + 4, "expected at most twice " + ticks + " waits, found " + found);
        log.close();
    }

    @Test
    void dropsAndCountsWhatDoesNotFit() throws IOException {
        UsageLog log = log(directory.resolve("usage.jsonl"));

        IntStream.range(0, 100_000).forEach(i -> log.write(record("id-" + i)));
        log.close();

        long written = Files.readAllLines(directory.resolve("usage.jsonl")).size();
        assertEquals(100_000, written + dropped.get());
    }

    private UsageLog log(Path file) throws IOException {
        UsageConfig config = new UsageConfig() {
            @Override
            public Optional<Path> file() {
                return Optional.of(file);
            }

            @Override
            public boolean stdout() {
                return false;
            }
        };
        return new UsageLog(config, dropped::incrementAndGet);
    }

    private static long waits() {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .filter(t -> t.getThreadName().equals("tollgate-usage"))
                .mapToLong(ThreadInfo::getWaitedCount)
                .sum();
    }

    private static UsageRecord record(String id) {
        return new UsageRecord(
                Instant.parse("2026-11-26T06:00:00Z"),
                new UsageRecord.Request(id, id, Operation.CONVERSE, "none", "none"),
                UsageRecord.Subject.UNKNOWN,
                new UsageRecord.Outcome("approved", "none", "answered", 200, 5, 4),
                Usage.NONE,
                12,
                false,
                "book",
                "pod-1");
    }
}
