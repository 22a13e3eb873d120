package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.Ports;
import dev.tollgate.tenant.Caller;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The record of one call: its fields are a contract with whoever reads them. */
class UsageRecordTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123Z");
    private static final ModelTarget NOVA = ModelTarget.of(ModelId.parse("us.amazon.nova-lite-v1:0"), Optional.empty());

    private static UsageRecord record(Operation operation, Caller caller, String pod) {
        return new UsageRecord(
                NOW,
                new UsageRecord.Request("up-1", "toll-1", operation, "sdk-1", "attempt=1; max=3"),
                UsageRecord.Subject.of(caller, NOVA),
                new UsageRecord.Outcome("approved", "none", "completed", 200, 345, 12),
                new Usage(1, 2, 3, 4, 5),
                678,
                true,
                "2026-11",
                pod);
    }

    private static UsageRecord record() {
        return record(Operation.CONVERSE, new Caller("acme", "shop", "sales", "prod", "u1"), "pod-1");
    }

    private static String line(UsageRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        record.write(UsageRecord.lines(out));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theFieldsTheirOrderAndTheirTypesArePinned() {
        assertEquals(
                "{\"requestId\":\"up-1\",\"tollgateId\":\"toll-1\",\"timestamp\":\"2026-11-21T12:00:00.123Z\","
                        + "\"tenant\":\"acme\",\"applicationId\":\"shop\",\"costCenter\":\"sales\",\"environment\":\"prod\","
                        + "\"userId\":\"u1\",\"model\":\"nova-lite\",\"modelId\":\"us.amazon.nova-lite-v1:0\","
                        + "\"modelMetric\":\"us.amazon.nova-lite-v1:0\",\"operation\":\"converse\","
                        + "\"decision\":\"approved\",\"limit\":\"none\",\"inputTokens\":1,\"outputTokens\":2,"
                        + "\"cacheReadTokens\":3,\"cacheWrite5mTokens\":4,\"cacheWrite1hTokens\":5,\"microUsd\":678,"
                        + "\"priceVersion\":\"2026-11\",\"estimated\":true,\"end\":\"completed\",\"status\":200,"
                        + "\"latencyMs\":345,\"firstByteMs\":12,\"sdkInvocationId\":\"sdk-1\","
                        + "\"sdkAttempt\":\"attempt=1; max=3\",\"pod\":\"pod-1\"}\n",
                line(record()));
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void everyOperationIsNamedByItsLabel(Operation operation) {
        JsonObject json =
                new JsonObject(line(record(operation, record().subject().caller(), "pod")));
        assertEquals(operation.label(), json.getString("operation"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\nb", "a\"b", "a\\b", "a\0b", "a\u2028b", "𝕏", "{\"requestId\":\"forged\"}"})
    void noNameBreaksTheLineOrForgesAField(String name) {
        String line = line(record(Operation.CONVERSE, new Caller(name, name, name, name, name), name));
        assertEquals(line.length() - 1, line.indexOf('\n'), "one line");
        JsonObject json = new JsonObject(line);
        assertEquals(29, json.size());
        assertEquals(name, json.getString("tenant"));
        assertEquals(name, json.getString("userId"));
        assertEquals(name, json.getString("pod"));
        assertEquals("up-1", json.getString("requestId"));
    }

    @Test
    void theLargestNumbersAreWrittenExactly() {
        UsageRecord record = new UsageRecord(
                NOW,
                record().request(),
                record().subject(),
                new UsageRecord.Outcome("approved", "none", "completed", 200, Long.MAX_VALUE, 0),
                new Usage(Long.MAX_VALUE, 0, 0, 0, 0),
                Long.MAX_VALUE,
                false,
                "v",
                "p");
        JsonObject json = new JsonObject(line(record));
        assertEquals(1L << 52, json.getLong("inputTokens"));
        assertEquals(Long.MAX_VALUE, json.getLong("microUsd"));
        assertEquals(Long.MAX_VALUE, json.getLong("latencyMs"));
    }

    @Test
    void aRecordLeavesTheStreamOpenForTheNext() {
        List<String> closed = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed.add("closed");
            }
        };
        JsonGenerator lines = UsageRecord.lines(out);
        record().write(lines);
        record().write(lines);
        assertEquals(List.of(line(record()) + line(record())), List.of(out.toString(StandardCharsets.UTF_8)));
        assertEquals(List.of(), closed);
    }

    @Test
    void aCallThatWasRefusedBeforeAnybodyKnewIsUnknown() {
        UsageRecord.Subject unknown = UsageRecord.Subject.UNKNOWN;
        assertEquals("unknown", unknown.caller().tenant());
        assertEquals("none", unknown.caller().user());
        assertEquals("unknown", unknown.model());
    }

    private static UsageConfig to(Path file) {
        return new UsageConfig() {
            @Override
            public Optional<Path> file() {
                return Optional.of(file);
            }

            @Override
            public boolean stdout() {
                return false;
            }
        };
    }

    @Test
    void everyRecordReachesTheFileInItsOrder(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("usage.log");
        AtomicInteger dropped = new AtomicInteger();
        try (UsageLog log = new UsageLog(to(file), dropped::incrementAndGet)) {
            Random random = new Random(1);
            for (int i = 0; i < 1_000; i++) {
                log.write(record(
                        Operation.CONVERSE, new Caller("t" + i, "x".repeat(random.nextInt(100)), "c", "e", "u"), "p"));
            }
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(1_000, lines.size() + dropped.get());
        for (int i = 0; i < lines.size(); i++) {
            assertEquals("t" + i, new JsonObject(lines.get(i)).getString("tenant"));
        }
    }

    @Test
    void aRecordIsWrittenWithoutWaitingForTheEnd(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("usage.log");
        try (UsageLog log = new UsageLog(to(file), () -> {})) {
            log.write(record());
            Ports.await("the record in the file", () -> {
                try {
                    return Files.exists(file) && !Files.readString(file).isEmpty();
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void aFileThatIsThereIsContinued(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("usage.log");
        for (int run = 0; run < 2; run++) {
            try (UsageLog log = new UsageLog(to(file), () -> {})) {
                log.write(record());
            }
        }
        assertEquals(2, Files.readAllLines(file).size());
    }

    @Test
    void withoutAReaderNothingIsDroppedOrWritten() throws IOException {
        AtomicInteger dropped = new AtomicInteger();
        UsageConfig nowhere = new UsageConfig() {
            @Override
            public Optional<Path> file() {
                return Optional.empty();
            }

            @Override
            public boolean stdout() {
                return false;
            }
        };
        try (UsageLog log = new UsageLog(nowhere, dropped::incrementAndGet)) {
            log.write(record());
        }
        assertEquals(0, dropped.get());
    }

    @Test
    void aRecordHoldsNoSecretFieldNames() {
        String line = line(record());
        for (String word : new String[] {"prompt", "content", "authorization", "secret", "text"}) {
            assertFalse(line.contains("\"" + word), word);
        }
        assertTrue(line.endsWith("}\n"));
    }
}
