package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random JSON, read where it lies, against a parser that builds a tree. */
class JsonCursorOracleTest {

    private static final String LETTERS = "ab \"\\/\n\t\r\b\f{}[]:,0ü€𝕏\u0001\u007f";

    private final Random random = new Random(23);

    private static JsonCursor at(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        JsonCursor cursor = new JsonCursor();
        cursor.reset(bytes, 0, bytes.length);
        return cursor;
    }

    /** The same text somewhere in the middle of a larger buffer, whose rest must not matter. */
    private JsonCursor inside(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        int before = random.nextInt(30);
        byte[] larger = new byte[before + bytes.length + 40];
        java.util.Arrays.fill(larger, (byte) '"');
        System.arraycopy(bytes, 0, larger, before, bytes.length);
        JsonCursor cursor = new JsonCursor();
        cursor.reset(larger, before, before + bytes.length);
        return cursor;
    }

    private String text(int max) {
        int[] points = LETTERS.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        for (int n = random.nextInt(max + 1); n > 0; n--) {
            out.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return out.toString();
    }

    private Object value(int depth) {
        return switch (random.nextInt(depth > 3 ? 4 : 6)) {
            case 0 -> text(40);
            case 1 -> random.nextLong() / 1_000_000;
            case 2 -> random.nextBoolean();
            case 3 -> random.nextDouble();
            case 4 -> object(depth + 1);
            default -> {
                JsonArray array = new JsonArray();
                for (int n = random.nextInt(4); n > 0; n--) {
                    array.add(value(depth + 1));
                }
                yield array;
            }
        };
    }

    private JsonObject object(int depth) {
        JsonObject object = new JsonObject();
        for (int n = random.nextInt(6); n > 0; n--) {
            object.put(text(12) + n, value(depth));
        }
        return object;
    }

    /** Texts and integers of the top level, all else stepped over. */
    private static Map<String, Object> read(JsonCursor cursor) throws UnreadableException {
        Map<String, Object> members = new LinkedHashMap<>();
        assertTrue(cursor.object());
        for (String name = cursor.name(); name != null; name = cursor.name()) {
            if (cursor.atText()) {
                members.put(name, cursor.text());
            } else {
                cursor.skip();
            }
        }
        return members;
    }

    @Test
    void theTextsOfAnObjectAreReadAsAParserReadsThem() throws UnreadableException {
        for (int i = 0; i < 5_000; i++) {
            JsonObject object = object(0);
            String json =
                    random.nextInt(3) == 0 ? object.encode().replace(",", " , ").replace(":", " : ") : object.encode();
            JsonObject parsed = new JsonObject(json);
            Map<String, Object> expected = new LinkedHashMap<>();
            parsed.forEach(member -> {
                if (member.getValue() instanceof String text) {
                    expected.put(member.getKey(), text);
                }
            });
            JsonCursor cursor = inside(json);
            assertEquals(expected, read(cursor), json);
            assertEquals(0, cursor.peek(), "nothing is left");
        }
    }

    @Test
    void spoiledJsonEndsAndNeverReadsBeyondItsLine() {
        for (int i = 0; i < 10_000; i++) {
            StringBuilder json = new StringBuilder(object(0).encode());
            for (int n = random.nextInt(4); n > 0 && json.length() > 0; n--) {
                int at = random.nextInt(json.length());
                if (random.nextBoolean()) {
                    json.deleteCharAt(at);
                } else {
                    json.setCharAt(at, "\"\\{}[],:x0 ".charAt(random.nextInt(11)));
                }
            }
            JsonCursor cursor = inside(json.toString());
            try {
                read(cursor);
            } catch (UnreadableException | AssertionError e) {
                // As good as having read it.
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "-7, -7", "123456789012345678, 123456789012345678", "-0, 0", "007, 7"})
    void anIntegerHasUpTo18Digits(String json, long value) throws UnreadableException {
        JsonCursor cursor = at(json);
        assertTrue(cursor.atInteger());
        assertEquals(value, cursor.integer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1e3", "1234567890123456789", "-", "--1", "1x", "1-2"})
    void anotherNumberIsUnreadable(String json) {
        assertThrows(UnreadableException.class, () -> at(json).integer());
    }

    @ParameterizedTest
    @CsvSource({"true, true", "1.50, 1.50", "null, ''", "{}, ''", "[1], ''", "-3, -3"})
    void ofAnotherScalarTheTextIsItsSpelling(String json, String text) throws UnreadableException {
        assertEquals(text, at(json).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "\"abc", "\"a\\", "\"a\\\"", "\"a\nb\"", "\"a\u0001b\"", "\"\\u12\"", "\"\\u12g4\""})
    void aStringThatDoesNotEndIsUnreadable(String json) {
        assertThrows(UnreadableException.class, () -> at(json).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\"", "{\"a\":", "{\"a\":1", "[", "[1", "{\"a\":[{}", "", " "})
    void aValueThatDoesNotEndIsUnreadable(String json) {
        assertThrows(UnreadableException.class, () -> at(json).skip());
    }

    @Test
    void whatIsNestedTooDeepIsUnreadable() throws UnreadableException {
        at("[".repeat(499) + "]".repeat(499)).skip();
        assertThrows(UnreadableException.class, () -> at("[".repeat(500) + "]".repeat(500))
                .skip());
        assertThrows(
                UnreadableException.class, () -> at("{\"a\":".repeat(100_000)).skip());
    }

    @Test
    void anArraysElementsAreVisitedInOrder() throws UnreadableException {
        JsonCursor cursor = at("[ 1 , 2,3 ]x");
        cursor.expect('[');
        long sum = 0;
        while (cursor.element()) {
            sum = sum * 10 + cursor.integer();
        }
        assertEquals(123, sum);
        assertEquals('x', cursor.peek());
    }

    @Test
    void anArrayThatDoesNotEndIsUnreadable() {
        JsonCursor cursor = at("[");
        assertThrows(UnreadableException.class, () -> {
            cursor.expect('[');
            cursor.element();
        });
    }

    @Test
    void whatIsNoObjectIsSteppedOver() throws UnreadableException {
        for (String json : new String[] {"5", "\"a\"", "[{}]", "true", "null"}) {
            JsonCursor cursor = at(json + ",");
            assertFalse(cursor.object());
            assertEquals(',', cursor.peek());
        }
    }

    @Test
    void theHashOfATextDoesNotDependOnItsSpelling() throws UnreadableException {
        assertEquals(at("\"a/b\"").hash(), at("\"a\\/b\"").hash());
        assertEquals(at("\"\\u0061bc\"").hash(), at("\"abc\"").hash());
        assertEquals(Texts.hash("abc"), at("\"abc\"").hash());
        assertEquals(0, at("\"\"").hash());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-03T12:00:00Z",
                "2026-11-03T12:00:00.123Z",
                "2026-11-03T12:00:00+02:00",
                "2026-02-29T12:00:00Z"
            })
    void aTimeIsReadOrRefusedAsJavaTimeDoes(String text) {
        JsonCursor cursor = at("\"" + text + "\"");
        try {
            long expected = java.time.OffsetDateTime.parse(text).toInstant().toEpochMilli();
            assertEquals(expected, cursor.millis());
        } catch (java.time.DateTimeException e) {
            assertThrows(UnreadableException.class, cursor::millis);
        } catch (UnreadableException e) {
            throw new AssertionError(e);
        }
    }
}
