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
        int start = length;
        u16(text.length()).room(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128) {
                length = start;
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                return u16(utf8.length).bytes(utf8);
            }
            bytes[length++] = (byte) c;
        }
        return this;
    }

    Packed bytes(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
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
