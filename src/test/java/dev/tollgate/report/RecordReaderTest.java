package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordReaderTest {

    private static final String HEAD =
            "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-11-03T12:00:00Z\",\"requestId\":\"r\","
                    + "\"modelId\":\"amazon.nova-lite-v1:0\"";

    private final RecordReader reader = new RecordReader(new Dimensions(Set.of("tenant"), Map.of()));
    private final CallRecord call = new CallRecord(1);

    private CallRecord read(String line) throws UnreadableException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        reader.read(bytes, 0, bytes.length, call);
        return call;
    }

    @Test
    void splitsCacheWritesByTheirTimeToLiveInEveryShape() throws UnreadableException {
        String input =
                ",\"input\":{\"inputTokenCount\":1,\"cacheWriteInputTokenCount\":900},\"output\":{\"outputBodyJson\":";
        for (String body : new String[] {
            "{\"usage\":{\"cacheDetails\":[{\"ttl\":\"5m\",\"inputTokens\":500},{\"ttl\":\"1h\",\"inputTokens\":400}]}}",
            "[{\"messageStart\":{}},{\"metadata\":{\"usage\":{\"cacheDetails\":[{\"inputTokens\":400,\"ttl\":\"1h\"}]}}}]",
            "{\"usage\":{\"cache_creation\":{\"ephemeral_5m_input_tokens\":500,\"ephemeral_1h_input_tokens\":400}}}",
            "[{\"type\":\"message_start\",\"message\":{\"usage\":{\"cache_creation\":{\"ephemeral_1h_input_tokens\":400}}}},7,"
                    + "null,\"text\",[{}]]"
        }) {
            CallRecord read = read(HEAD + input + body + "}}");
            assertEquals(900, read.cacheWrite, body);
            assertEquals(400, read.cacheWrite1h, body);
            assertEquals(500, read.tokens().cacheWrite5m(), body);
        }
    }

    @Test
    void takesCountsFromTheBodyOnlyIfTheRecordHasNone() throws UnreadableException {
        String body = "\"outputBodyJson\":{\"usage\":{\"input_tokens\":70,\"output_tokens\":30}}";
        assertEquals(70, read(HEAD + ",\"input\":{},\"output\":{" + body + "}}").input);
        CallRecord counted =
                read(HEAD + ",\"output\":{" + body + ",\"outputTokenCount\":3},\"input\":{\"inputTokenCount\":7}}");
        assertEquals(7, counted.input);
        assertEquals(3, counted.output);
    }

    @Test
    void readsTiersWhereTheyStand() throws UnreadableException {
        assertEquals(
                50,
                read(HEAD + ",\"input\":{\"inputBodyJson\":{\"serviceTier\":{\"type\":\"flex\"}}}}")
                        .tier
                        .percent());
        assertEquals(
                175,
                read(HEAD + ",\"input\":{\"inputBodyJson\":{\"service_tier\":\"priority\"}}}")
                        .tier
                        .percent());
        assertEquals(
                100,
                read(HEAD + ",\"input\":{\"inputBodyJson\":{\"a\":{\"service_tier\":\"flex\"}}}}")
                        .tier
                        .percent());
    }

    @Test
    void aBodyIsNeverTakenForTheRecord() throws UnreadableException {
        CallRecord read = read(
                HEAD + ",\"input\":{\"inputBodyJson\":{\"tenantId\":\"evil\",\"requestMetadata\":"
                        + "{\"tenantId\":\"evil\"},\"inputTokenCount\":9},\"inputTokenCount\":1},\"requestMetadata\":{\"tenantId\":\"good\"}}");
        assertEquals("good", read.values[0]);
        assertEquals(1, read.input);
    }

    @Test
    void refusesWhatIsNoRecord() {
        for (String line : new String[] {
            "",
            "[]",
            "{",
            "{}",
            "null",
            "{\"a\":}",
            HEAD,
            HEAD + ",\"input\":{}",
            HEAD + ",\"input\":{}}}",
            HEAD + "} {}",
            HEAD + ",\"input\":{\"inputTokenCount\":-1}}",
            HEAD + ",\"input\":{\"inputTokenCount\":1.5}}",
            HEAD + ",\"input\":{\"inputTokenCount\":\"7\"}}",
            HEAD + ",\"input\":{\"inputTokenCount\":99999999999999999999}}",
            HEAD + ",\"input\":{\"inputBodyJson\":\"raw\nline feed\"}}",
            HEAD + ",\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}",
            HEAD.replace("12:00:00Z", "12:00:00") + "}"
        }) {
            assertThrows(UnreadableException.class, () -> read(line), line);
        }
    }

    @Test
    void neverFailsButAsUnreadable() throws UnreadableException {
        String whole = HEAD
                + ",\"input\":{\"inputTokenCount\":12,\"inputBodyJson\":{\"a\":[1,\"\\u00e9\\\"x\",{\"b\":null}]}},"
                + "\"requestMetadata\":{\"tenantId\":\"t\"}}";
        read(whole);
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                reader.read(bytes, 0, 1 + random.nextInt(bytes.length), call);
            } catch (UnreadableException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("expected"));
            }
        }
    }

    @Test
    void readsTimesAsJavaDoes() throws UnreadableException {
        for (int day = 0; day < 4000; day++) {
            LocalDate date = LocalDate.of(2020, 1, 1).plusDays(day);
            String text = date + "T23:59:58Z";
            assertEquals(
                    Instant.parse(text).toEpochMilli(), read(HEAD.replace("2026-11-03T12:00:00Z", text) + "}").millis);
        }
        assertEquals(
                Instant.parse("2026-11-03T10:00:00.123Z").toEpochMilli(),
                read(HEAD.replace("2026-11-03T12:00:00Z", "2026-11-03T12:00:00.123+02:00") + "}").millis);
    }
}
