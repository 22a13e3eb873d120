package dev.tollgate.report;

import dev.tollgate.bedrock.ServiceTier;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls that may still meet their other record: packed into about 25 bytes each. An entry starts with the bytes it has room
 * for, so that a merged call mostly fits where it was.
 */
final class PendingCalls {

    private static final int CHUNK = 1 << 16;
    private static final int MAX_ENTRY = 127;
    private static final int SPARE = 3;
    private static final ServiceTier[] TIERS = ServiceTier.values();

    private final Combinations combinations;
    private final List<byte[]> chunks = new ArrayList<>();
    private final byte[] scratch = new byte[MAX_ENTRY];
    private byte[] bytes = scratch;
    private int at;
    private int end = CHUNK;

    PendingCalls(Combinations combinations) {
        this.combinations = combinations;
    }

    /** Keeps a new call; returns its entry. */
    int add(CallRecord call) {
        int length = pack(call);
        return append(length);
    }

    /** Keeps a changed call; returns its entry, the same if it fits. */
    int replace(int entry, CallRecord call) {
        int length = pack(call);
        byte[] chunk = chunks.get(entry / CHUNK);
        int from = entry % CHUNK;
        if (chunk[from] < length) {
            return append(length);
        }
        System.arraycopy(scratch, 0, chunk, from + 1, length);
        return entry;
    }

    private int append(int length) {
        int room = length + SPARE;
        if (end + room + 1 > CHUNK) {
            chunks.add(new byte[CHUNK]);
            end = 0;
        }
        int entry = Math.multiplyExact(chunks.size() - 1, CHUNK) + end;
        byte[] chunk = chunks.get(chunks.size() - 1);
        chunk[end] = (byte) room;
        System.arraycopy(scratch, 0, chunk, end + 1, length);
        end += room + 1;
        return entry;
    }

    @SuppressWarnings("EnumOrdinal") // Packed and unpacked within one run.
    private int pack(CallRecord call) {
        bytes = scratch;
        at = 0;
        put(combinations.number(call));
        int flags = (call.log ? 1 : 0)
                | (call.usage ? 2 : 0)
                | (call.failed ? 4 : 0)
                | (call.denied ? 8 : 0)
                | (call.premium ? 16 : 0);
        put(flags | call.tier.ordinal() << 5);
        put(call.millis);
        put(call.input);
        put(call.output);
        put(call.cacheRead);
        put(call.cacheWrite);
        put(call.cacheWrite1h);
        put(call.statedMicroUsd);
        put(call.latencyMillis + 1);
        put(call.images);
        put(call.seconds);
        put(call.pixels);
        return at;
    }

    void get(int entry, CallRecord call) {
        bytes = chunks.get(entry / CHUNK);
        at = entry % CHUNK + 1;
        combinations.fill((int) take(), call);
        int flags = (int) take();
        call.log = (flags & 1) != 0;
        call.usage = (flags & 2) != 0;
        call.failed = (flags & 4) != 0;
        call.denied = (flags & 8) != 0;
        call.premium = (flags & 16) != 0;
        call.tier = TIERS[flags >> 5];
        call.millis = take();
        call.input = take();
        call.output = take();
        call.cacheRead = take();
        call.cacheWrite = take();
        call.cacheWrite1h = take();
        call.statedMicroUsd = take();
        call.latencyMillis = take() - 1;
        call.images = take();
        call.seconds = take();
        call.pixels = take();
    }

    private void put(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    private long take() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[at++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
