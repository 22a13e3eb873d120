package dev.tollgate.report;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Strings of bytes, the same object for the same bytes where it was seen lately: names and values repeat all the time. */
final class Texts {

    private static final int SLOTS = 4096;
    private static final int MAX_LENGTH = 256;
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final byte[][] seen = new byte[SLOTS][];
    private final String[] texts = new String[SLOTS];

    String of(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > MAX_LENGTH) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        int hash = length;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + bytes[i];
        }
        int slot = (hash ^ hash >>> 15) & SLOTS - 1;
        byte[] known = seen[slot];
        if (known == null || !Arrays.equals(known, 0, known.length, bytes, from, to)) {
            seen[slot] = Arrays.copyOfRange(bytes, from, to);
            texts[slot] = new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        return texts[slot];
    }

    /** 64 bits of a text; two of ten million ids meet with a chance of 3 in a million. 0 for the empty text only. */
    static long hash(byte[] bytes, int from, int to) {
        long hash = FNV_BASIS;
        for (int i = from; i < to; i++) {
            hash = (hash ^ bytes[i]) * FNV_PRIME;
        }
        return from == to ? 0 : mixed(hash);
    }

    static long hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return hash(bytes, 0, bytes.length);
    }

    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        mixed ^= mixed >>> 33;
        return mixed == 0 ? 1 : mixed;
    }
}
