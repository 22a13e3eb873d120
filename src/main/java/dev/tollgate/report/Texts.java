package dev.tollgate.report;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Strings of bytes, the same object for the same bytes where it was seen lately: names and values repeat all the time. */
final class Texts {

    private static final int SLOTS = 4096;
    private static final int WORDS = 16;
    private static final int MAX_LENGTH = WORDS * Long.BYTES;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MIX = 0x9e3779b97f4a7c15L;
    private static final long SEED = 0xcbf29ce484222325L;

    private final long[] seen = new long[SLOTS * WORDS];
    private final int[] lengths = new int[SLOTS];
    private final String[] texts = new String[SLOTS];
    private final long[] words = new long[WORDS];

    String of(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return "";
        }
        if (length > MAX_LENGTH || from + Long.BYTES > bytes.length) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        int count = words(bytes, from, length);
        long hash = length;
        for (int i = 0; i < count; i++) {
            hash = (hash ^ words[i]) * MIX;
            hash ^= hash >>> 29;
        }
        int slot = (int) (hash >>> 20) & SLOTS - 1;
        if (lengths[slot] != length || !same(slot * WORDS, count)) {
            System.arraycopy(words, 0, seen, slot * WORDS, count);
            lengths[slot] = length;
            texts[slot] = new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        return texts[slot];
    }

    /** The bytes as words, the last of which overlaps the one before it, or has zeros above a short text. */
    private int words(byte[] bytes, int from, int length) {
        if (length < Long.BYTES) {
            words[0] = (long) LONGS.get(bytes, from) & (1L << length * Byte.SIZE) - 1;
            return 1;
        }
        int count = 0;
        int last = from + length - Long.BYTES;
        for (int at = from; at < last; at += Long.BYTES) {
            words[count++] = (long) LONGS.get(bytes, at);
        }
        words[count++] = (long) LONGS.get(bytes, last);
        return count;
    }

    private boolean same(int first, int count) {
        for (int i = 0; i < count; i++) {
            if (seen[first + i] != words[i]) {
                return false;
            }
        }
        return true;
    }

    /** 64-bit hash of a string; two of ten million ids collide with a chance of 3 in a million. 0 for the empty string only. */
    static long hash(byte[] bytes, int from, int to) {
        long hash = SEED ^ to - from;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            hash = mixed(hash ^ (long) LONGS.get(bytes, at));
        }
        long rest = 0;
        for (; at < to; at++) {
            rest = rest << Byte.SIZE | bytes[at] & 0xff;
        }
        return from == to ? 0 : nonZero(mixed(hash ^ rest));
    }

    static long hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return hash(bytes, 0, bytes.length);
    }

    private static long nonZero(long hash) {
        return hash == 0 ? 1 : hash;
    }

    /** One to one, so that no bit of a hash is lost on the way (Stafford's thirteenth mixer). */
    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
