package dev.tollgate.report;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names of members. Records are written by programs, so what follows a name is mostly what followed it last time: two
 * guesses are held against the bytes before the end of a name is looked for.
 */
final class Names {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_KNOWN = 4096;
    private static final int MAX_LENGTH = 64;
    private static final byte[] END = {'"', ':'};

    private final Map<String, Name> known = new HashMap<>();
    private Name last = new Name("");

    /** A name with the quote and the colon behind it, as words; the last word overlaps the one before it. */
    private static final class Name {
        final String text;
        final int length;
        final long mask;
        final long[] words;

        @Nullable
        Name next;

        @Nullable
        Name other;

        Name(String text) {
            this.text = text;
            byte[] name = text.getBytes(StandardCharsets.UTF_8);
            this.length = name.length + END.length;
            byte[] bytes = new byte[Math.max(Long.BYTES, length)];
            System.arraycopy(name, 0, bytes, 0, name.length);
            System.arraycopy(END, 0, bytes, name.length, END.length);
            this.mask = length < Long.BYTES ? (1L << length * Byte.SIZE) - 1 : -1;
            this.words = new long[(bytes.length + Long.BYTES - 1) / Long.BYTES];
            for (int i = 0; i < words.length; i++) {
                words[i] = (long) LONGS.get(bytes, Math.min(i * Long.BYTES, bytes.length - Long.BYTES));
            }
        }

        boolean isAt(byte[] bytes, int at) {
            if (((long) LONGS.get(bytes, at) & mask) != words[0]) {
                return false;
            }
            int behind = words.length - 1;
            for (int i = 1; i < behind; i++) {
                if ((long) LONGS.get(bytes, at + i * Long.BYTES) != words[i]) {
                    return false;
                }
            }
            return behind == 0 || (long) LONGS.get(bytes, at + length - Long.BYTES) == words[behind];
        }
    }

    /** Length of the name at a position, with quote and colon, if it is one of those guessed; else 0. */
    int follow(byte[] bytes, int at, int end) {
        Name first = last.next;
        if (first == null || at + MAX_LENGTH + Long.BYTES > end) {
            return 0;
        }
        if (first.isAt(bytes, at)) {
            last = first;
            return first.length;
        }
        Name second = last.other;
        if (second != null && second.isAt(bytes, at)) {
            last.other = first;
            last.next = second;
            last = second;
            return second.length;
        }
        return 0;
    }

    /** The name that was followed. */
    String text() {
        return last.text;
    }

    /** A name that was not guessed, which is remembered as the next guess. */
    String learn(byte[] bytes, int from, int to) {
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        if (to - from > MAX_LENGTH - END.length) {
            return text;
        }
        Name name = known.get(text);
        if (name == null) {
            if (known.size() >= MAX_KNOWN) {
                return text;
            }
            name = new Name(text.intern());
            known.put(name.text, name);
        }
        last.other = last.next;
        last.next = name;
        last = name;
        return name.text;
    }
}
