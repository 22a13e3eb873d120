package dev.tollgate.report;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of JSON where it lies. Most bytes of a log record are prompts and answers that nobody needs; this steps
 * over them eight at a time, where a general parser looks at each (see src/docs/performance.md). What is stepped over is
 * checked for its brackets and strings only.
 */
final class JsonCursor {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long SPACES = ONES * ' ';
    private static final long INDEXES = 0x0001020304050607L;
    private static final int MAX_DEPTH = 500;

    private final Texts texts = new Texts();
    private final Names names = new Names();
    private byte[] bytes = new byte[0];
    private int at;
    private int end;

    /** Starts at the first byte of a line; nothing at or behind {@code end} is read. */
    void reset(byte[] line, int from, int end) {
        this.bytes = line;
        this.at = from;
        this.end = end;
    }

    /** Where it is. */
    int position() {
        return at;
    }

    /** First byte of the next value or mark, spaces left out; 0 at the end of the line. */
    byte peek() {
        // Small enough to become a part of its callers.
        return at < end && bytes[at] > ' ' ? bytes[at] : peekBehindSpaces();
    }

    private byte peekBehindSpaces() {
        while (at < end) {
            byte b = bytes[at];
            if (b != ' ' && b != '\t' && b != '\r') {
                return b == '\n' ? 0 : b;
            }
            at++;
        }
        return 0;
    }

    /** Steps over a mark. */
    void expect(char mark) throws UnreadableException {
        if (peek() != mark) {
            throw unreadable();
        }
        at++;
    }

    /** Steps into an object; false, having stepped over the value, if it is none. */
    boolean object() throws UnreadableException {
        if (peek() == '{') {
            at++;
            return true;
        }
        skip();
        return false;
    }

    /** The next member's name, before its value; null, behind the object, if there is none. */
    @Nullable
    String name() throws UnreadableException {
        byte b = peek();
        if (b == ',') {
            at++;
            b = peek();
        }
        if (b == '}') {
            at++;
            return null;
        }
        if (b != '"') {
            throw unreadable();
        }
        int from = ++at;
        int known = names.follow(bytes, at, end);
        if (known > 0) {
            at += known;
            return names.text();
        }
        boolean escaped = string();
        int to = at - 1;
        expect(':');
        return escaped
                ? Escapes.decode(new String(bytes, from, to - from, StandardCharsets.UTF_8))
                : names.learn(bytes, from, to);
    }

    /** True before an array's next element; false behind the array. */
    boolean element() throws UnreadableException {
        byte b = peek();
        if (b == ',') {
            at++;
            b = peek();
        }
        if (b == ']') {
            at++;
            return false;
        }
        if (b == 0) {
            throw unreadable();
        }
        return true;
    }

    /** True if the next value is an integer. */
    boolean atInteger() {
        byte b = peek();
        return b == '-' || b >= '0' && b <= '9';
    }

    boolean atText() {
        return peek() == '"';
    }

    /** An integer of at most 18 digits. */
    long integer() throws UnreadableException {
        boolean negative = peek() == '-';
        at += negative ? 1 : 0;
        int first = at;
        long value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + bytes[at++] - '0';
        }
        byte behind = at < end ? bytes[at] : (byte) ' ';
        boolean integer = behind == ',' || behind == '}' || behind == ']' || behind >= 0 && behind <= ' ';
        if (at == first || at - first > 18 || !integer) {
            throw new UnreadableException("expected counts to be integers, found another number");
        }
        return negative ? -value : value;
    }

    /** A string; of any other scalar its spelling, nothing of null, objects and arrays. */
    String text() throws UnreadableException {
        byte b = peek();
        if (b != '"') {
            int from = at;
            skip();
            return b == '{' || b == '[' || b == 'n' ? "" : texts.of(bytes, from, at);
        }
        int from = ++at;
        boolean escaped = string();
        return escaped ? Escapes.decode(raw(from)) : texts.of(bytes, from, at - 1);
    }

    private String raw(int from) {
        return new String(bytes, from, at - 1 - from, StandardCharsets.UTF_8);
    }

    /** Epoch ms of a timestamp. */
    long millis() throws UnreadableException {
        int from = peek() == '"' ? at + 1 : at;
        if (from + 21 <= end && bytes[from + 20] == '"') {
            long millis = Timestamps.seconds(bytes, from);
            if (millis != Timestamps.NONE) {
                at = from + 21;
                return millis * 1000;
            }
        }
        return Timestamps.millis(text());
    }

    /** 64 bits of a string, never 0 but for an empty one. */
    long hash() throws UnreadableException {
        if (peek() != '"') {
            return Texts.hash(text());
        }
        int from = ++at;
        return string() ? Texts.hash(Escapes.decode(raw(from))) : Texts.hash(bytes, from, at - 1);
    }

    /** Steps behind a string's closing quote; true if it holds escapes. */
    private boolean string() throws UnreadableException {
        boolean escaped = false;
        while (true) {
            toSpecial();
            byte b = at < end ? bytes[at++] : 0;
            if (b == '"') {
                return escaped;
            }
            if (b != '\\' || at >= end) {
                throw unreadable();
            }
            escaped = true;
            at++;
        }
    }

    /** Goes to the next quote, backslash or control character. */
    private void toSpecial() {
        int last = end - Long.BYTES;
        int from = at;
        while (from <= last) {
            long eight = (long) LONGS.get(bytes, from);
            long quote = eight ^ QUOTES;
            long backslash = eight ^ BACKSLASHES;
            // The high bit of each byte that ends plain text; those above the lowest one may be wrong.
            long ends = (quote - ONES & ~quote | backslash - ONES & ~backslash | eight - SPACES & ~eight) & HIGHS;
            if (ends != 0) {
                // The lowest one's index, by a product that every compiler makes fast.
                at = from + (int) (((ends & -ends) >>> 7) * INDEXES >>> 56);
                return;
            }
            from += Long.BYTES;
        }
        while (from < end && bytes[from] != '"' && bytes[from] != '\\' && (bytes[from] < 0 || bytes[from] >= ' ')) {
            from++;
        }
        at = from;
    }

    /** Steps over a value. */
    void skip() throws UnreadableException {
        byte b = peek();
        if (b == '"') {
            at++;
            string();
        } else if (b == '{' || b == '[') {
            nested();
        } else {
            scalar();
        }
    }

    private void nested() throws UnreadableException {
        int depth = 0;
        do {
            byte b = at < end ? bytes[at++] : 0;
            switch (b) {
                case '"' -> string();
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case 0, '\n' -> throw unreadable();
                default -> {}
            }
        } while (depth > 0 && depth < MAX_DEPTH);
        if (depth > 0) {
            throw new UnreadableException("expected JSON at most " + MAX_DEPTH + " levels deep, found more");
        }
    }

    private void scalar() throws UnreadableException {
        int from = at;
        byte b;
        while (at < end && (b = bytes[at]) >= '+' && b <= 'z' && b != ',' && b != ']' && b != ':') {
            at++;
        }
        if (at == from) {
            throw unreadable();
        }
    }

    private static UnreadableException unreadable() {
        return new UnreadableException("expected a JSON object in each line, found no JSON");
    }
}
