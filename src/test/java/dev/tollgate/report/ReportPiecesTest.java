package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts of a report: texts, times, escapes, filters, ids. */
class ReportPiecesTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aTextIsItsBytesWhateverWasSeenBefore() {
        Random random = new Random(31);
        Texts texts = new Texts();
        byte[] line = new byte[4_000];
        for (int i = 0; i < line.length; i++) {
            line[i] = (byte) ('a' + random.nextInt(3));
        }
        for (int i = 0; i < 200_000; i++) {
            int from = random.nextInt(line.length - 1);
            int to = Math.min(line.length, from + random.nextInt(90));
            assertEquals(new String(line, from, to - from, StandardCharsets.UTF_8), texts.of(line, from, to));
        }
    }

    @Test
    void aTextThatWasSeenIsTheSameObject() {
        Texts texts = new Texts();
        byte[] line = bytes("tenantId acme and more of the line");
        assertSame(texts.of(line, 0, 8), texts.of(line, 0, 8));
        assertSame("", texts.of(line, 5, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 200})
    void aTextOfEveryLengthAtTheEndOfItsBufferIsRead(int length) {
        byte[] line = bytes("x".repeat(length));
        assertEquals("x".repeat(length), new Texts().of(line, 0, length));
    }

    @Test
    void aShortTextDiffersFromALongerOneThatBeginsLikeIt() {
        Texts texts = new Texts();
        byte[] line = bytes("ab\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        assertEquals("ab", texts.of(line, 0, 2));
        assertEquals("ab\0", texts.of(line, 0, 3));
        assertEquals("ab", texts.of(line, 0, 2));
    }

    @Test
    void hashesOfAMillionIdsDiffer() {
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < 1_000_000; i++) {
            assertTrue(hashes.add(Texts.hash("id-" + i)), "id-" + i);
        }
        assertFalse(hashes.contains(0L));
    }

    @Test
    void onlyTheEmptyTextHasTheHashOfNothing() {
        assertEquals(0, Texts.hash(""));
        assertNotEquals(0, Texts.hash("\0"));
        assertEquals(Texts.hash("acme"), Texts.hash(bytes("xacmey"), 1, 5));
    }

    @Test
    void theUsualFormOfATimeIsReadAsJavaTimeReadsIt() {
        Random random = new Random(32);
        for (int i = 0; i < 100_000; i++) {
            Instant at = Instant.ofEpochSecond(random.nextLong(4_102_444_800L));
            String text = at.toString();
            if (text.length() == 20) {
                long read = Timestamps.seconds(bytes(text), 0);
                assertTrue(read == at.getEpochSecond() || read == Timestamps.NONE, text);
                int day = at.atZone(ZoneOffset.UTC).getDayOfMonth();
                assertTrue(read != Timestamps.NONE || day > 28, text + " is left to java.time");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-01-00T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-01-01T24:00:00Z",
                "2026-01-01T00:60:00Z",
                "2026-01-01T00:00:60Z",
                "2026-01-01 00:00:00Z",
                "2026/01/01T00:00:00Z",
                "2026-01-01T00:00:0xZ",
                "1969-01-01T00:00:00Z",
                "-026-01-01T00:00:00Z",
                "2026-01-01T00:00:00z"
            })
    void anotherFormIsNotRead(String text) {
        assertEquals(Timestamps.NONE, Timestamps.seconds(bytes(text), 0));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-03T12:00:00Z, 1793707200000",
        "2026-11-03T12:00:00.5Z, 1793707200500",
        "2026-11-03T14:00:00+02:00, 1793707200000",
        "1970-01-01T00:00:00Z, 0"
    })
    void aTimeHasAZone(String text, long millis) throws UnreadableException {
        assertEquals(millis, Timestamps.millis(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-11-03",
                "2026-11-03T12:00:00",
                "2026-02-30T12:00:00Z",
                "yesterday",
                "1793707200000"
            })
    void aTimeWithoutOneIsUnreadable(String text) {
        assertThrows(UnreadableException.class, () -> Timestamps.millis(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Europe/Vienna",
                "America/New_York",
                "Asia/Kathmandu",
                "Pacific/Apia",
                "Australia/Lord_Howe"
            })
    void daysAndHoursAreThoseOfTheZone(String name) {
        ZoneId zone = ZoneId.of(name);
        Timestamps times = new Timestamps(zone);
        Random random = new Random(33);
        for (int i = 0; i < 5_000; i++) {
            long millis = 1_700_000_000_000L + random.nextLong(100_000_000_000L);
            ZonedDateTime at = Instant.ofEpochMilli(millis).atZone(zone);
            assertEquals(at.toLocalDate().toString(), times.day(millis));
            assertEquals(LocalDateTime.from(at).toString().substring(0, 13), times.hour(millis));
        }
    }

    @Test
    void timesThatComeInAnyOrderHaveTheirOwnDay() {
        Timestamps times = new Timestamps(ZoneOffset.UTC);
        assertEquals("2026-11-03", times.day(1_793_707_200_000L));
        assertEquals("2026-11-02", times.day(1_793_707_200_000L - 86_400_000));
        assertEquals("2026-11-03", times.day(1_793_707_200_000L));
        assertEquals("1969-12-31", times.day(-1));
        assertEquals("1969-12-31T23", times.hour(-1));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "plain, plain",
                "a\\\"b, a\"b",
                "a\\\\b, a\\b",
                "a\\/b, a/b",
                "\\u0041, A",
                "\\u00fc, ü",
                "\\ud835\\udd4f, 𝕏",
                "a\\xb, axb"
            })
    void escapesAreDecoded(String escaped, String decoded) throws UnreadableException {
        assertEquals(decoded, Escapes.decode(escaped));
    }

    @Test
    void controlCharactersAreDecoded() throws UnreadableException {
        assertEquals("\n\t\r\b\f", Escapes.decode("\\n\\t\\r\\b\\f"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u", "\\u1", "\\u12", "\\u123", "\\u12G4", "\\u-123", "\\u 123"})
    void anEscapeWithoutItsFourDigitsIsUnreadable(String escaped) {
        assertThrows(UnreadableException.class, () -> Escapes.decode(escaped));
    }

    @ParameterizedTest
    @CsvSource({
        "acme, acme, true",
        "acme, globex, false",
        "ac*, acme, true",
        "a?me, acme, true",
        "a.me, acme, false",
        "*, x, true"
    })
    void aFilterPassesWhatAGlobFits(String glob, String value, boolean passes) {
        Filter filter = new Filter(List.of("none", glob));
        assertEquals(passes, filter.passes(value));
        assertEquals(passes, filter.passes(value), "also the second time");
        assertFalse(filter.passesAll());
    }

    @Test
    void aFilterWithoutGlobsPassesEverything() {
        Filter filter = new Filter(List.of());
        assertTrue(filter.passesAll());
        assertTrue(filter.passes("anything"));
    }

    @Test
    void groupKeysSortByTheirFirstValueThenByTheNext() {
        GroupKey a = new GroupKey(new String[] {"a", "z"});
        GroupKey b = new GroupKey(new String[] {"b", "a"});
        assertTrue(a.compareTo(b) < 0);
        assertTrue(new GroupKey(new String[] {"a", "y"}).compareTo(a) < 0);
        assertEquals(0, a.compareTo(new GroupKey(new String[] {"a", "z"})));
    }

    @Test
    void groupKeysAreEqualByTheirValues() {
        GroupKey key = new GroupKey(new String[] {"a", "z"});
        assertEquals(key, new GroupKey(new String[] {"a", "z"}));
        assertEquals(key.hashCode(), new GroupKey(new String[] {"a", "z"}).hashCode());
        assertNotEquals(key, new GroupKey(new String[] {"a"}));
        assertEquals(new GroupKey(new String[] {"a", "x"}), key.with(1, "x"));
        assertEquals("z", key.values()[1], "the key itself does not change");
    }

    @Test
    void anIdIsNewOnce() {
        Random random = new Random(34);
        IdTable table = new IdTable(false);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 300_000; i++) {
            long id = Texts.hash("id-" + random.nextInt(200_000));
            assertEquals(seen.add(id), table.part(id).add(id));
        }
    }

    @Test
    void anIdsEntryIsKeptWhileItsTableGrows() {
        IdTable table = new IdTable(true);
        Map<Long, Integer> entries = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            long id = Texts.hash("id-" + i);
            IdTable.Part part = table.part(id);
            part.insert(-1 - part.find(id), id, i);
            entries.put(id, i);
        }
        entries.forEach((id, entry) -> {
            IdTable.Part part = table.part(id);
            assertEquals(entry, part.entry(part.find(id)));
        });
    }

    @Test
    void idsOfAllPartsAreFound() {
        IdTable table = new IdTable(false);
        for (long first = 0; first < IdTable.PARTS; first++) {
            long id = first << 58 | 1;
            assertSame(table.part((int) first), table.part(id));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Converse, converse",
        "ConverseStream, converse-stream",
        "InvokeModel, invoke",
        "InvokeModelWithResponseStream, invoke-with-response-stream",
        "InvokeModelWithBidirectionalStream, invoke-with-bidirectional-stream",
        "StartAsyncInvoke, async-invoke",
        "CountTokens, count-tokens",
        "converse, converse",
        "Other, Other"
    })
    void operationsOfLogsAndRecordsHaveOneName(String operation, String label) {
        assertEquals(label, Operations.label(operation));
    }

    @ParameterizedTest
    @CsvSource({
        "completed, false",
        "denied, false",
        "client-gone, false",
        "client-gone-unread, false",
        "upstream-error, true",
        "upstream-failed, true",
        "upstream-timeout, true",
        "stopped, true",
        "refused, true",
        "something-new, true"
    })
    void aCallFailedUnlessItsEndSaysOtherwise(String end, boolean failed) {
        assertEquals(failed, Operations.failed(end));
    }

    @Test
    void aKeyIsReadFromTheFirstOfItsNames() {
        Dimensions dimensions = new Dimensions(Set.of("tenant", "team"), Map.of("tenant", List.of("org")));
        assertEquals(2, dimensions.size());
        int tenant = dimensions.index("tenant");
        assertEquals(List.of(new Dimensions.Place(tenant, 0)), dimensions.places("org"));
        assertEquals(List.of(new Dimensions.Place(tenant, 1)), dimensions.places("tenantId"));
        assertEquals(List.of(new Dimensions.Place(tenant, 2)), dimensions.places("tenant"));
        assertEquals(List.of(new Dimensions.Place(dimensions.index("team"), 0)), dimensions.places("team"));
        assertEquals(List.of(), dimensions.places("other"));
    }

    @Test
    void keysOfTimeAndTheModelAreNotReadByName() {
        Dimensions dimensions = new Dimensions(Set.of("day", "month", "hour", "model"), Map.of());
        assertEquals(0, dimensions.size());
        assertEquals(-1, dimensions.index("day"));
    }

    @ParameterizedTest
    @CsvSource({"table, TABLE", "json, JSON", "csv, CSV", "html, HTML", "focus, FOCUS"})
    void aFormatIsFoundByItsName(String name, ReportFormat format) {
        assertEquals(format, ReportFormat.of(name).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Table", "xml", "JSON"})
    void whatIsNoFormatIsNone(String name) {
        assertTrue(ReportFormat.of(name).isEmpty());
    }

    @Test
    void onlyFormatsForPeopleLeaveRowsOut() {
        assertTrue(ReportFormat.TABLE.limited());
        assertFalse(ReportFormat.HTML.limited());
        assertFalse(ReportFormat.FOCUS.limited());
    }
}
