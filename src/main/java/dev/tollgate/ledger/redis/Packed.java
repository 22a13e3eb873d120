package dev.tollgate.ledger.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Little-endian bytes, as the script's {@code struct.unpack} reads them. */
final class Packed {

    private byte[] bytes;
    private int length;

    /** @param expected bytes that it will probably take */
    Packed(int expected) {
        bytes = new byte[expected];
    }

    Packed u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Packed u16(int value) {
        return u8(value).u8(value >>> 8);
    }

    Packed u64(long value) {
        room(Long.BYTES);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            bytes[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** The text's UTF-8, and before it their number in two bytes. */
    Packed text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        u16(utf8.length).room(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
        return this;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
