package dev.tollgate.bedrock;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Splits a stream's bytes, however they arrive, into frames. Keeps at most one frame, and of a frame larger than the bound
 * nothing but its length. A frame whose checksum is wrong ends the decoding for good.
 */
public final class EventStreamDecoder {

    private static final byte BYTES = 6;
    private static final byte STRING = 7;
    // Of the values of true, false, byte, short, integer, long, bytes, string, timestamp and uuid; -1 if it varies.
    private static final int[] SIZES = {0, 0, 1, 2, 4, 8, -1, -1, 8, 16};
    private static final int MAX_FRAME = 25 * 1024 * 1024;

    /** Receives whole frames. */
    public interface Listener {
        /**
         * Receives a whole frame.
         *
         * @param messageType {@code event}, {@code exception} or {@code error}
         * @param type of the event or exception, empty if there is none
         * @param payload valid during the call only
         */
        void frame(String messageType, String type, ByteBuffer payload);

        /** Receives the size of a frame that is too large to be kept, in bytes. */
        default void skipped(long bytes) {}
    }

    private final Listener listener;
    private final int maxKept;
    private byte[] frame = new byte[4096];
    private int filled;
    private int total;
    private long skip;
    private String messageType = "";
    private String type = "";
    private boolean broken;

    /** @param maxKept largest frame that is kept, in bytes; larger ones are skipped */
    public EventStreamDecoder(int maxKept, Listener listener) {
        this.maxKept = maxKept;
        this.listener = listener;
    }

    /** True once a checksum or length was wrong. */
    public boolean broken() {
        return broken;
    }

    /** True if the bytes so far end with a whole frame. */
    public boolean atBoundary() {
        return filled == 0 && skip == 0;
    }

    /** @return how many bytes, these and those of the frame they end, are in no good frame: the bad one's, and all behind it */
    public int accept(Buffer bytes) {
        int at = 0;
        int length = bytes.length();
        while (at < length && !broken) {
            if (skip > 0) {
                int n = (int) Math.min(skip, length - at);
                skip -= n;
                at += n;
                continue;
            }
            int wanted = total == 0 ? EventStream.PRELUDE : total;
            int n = Math.min(wanted - filled, length - at);
            room(filled + n);
            bytes.getBytes(at, at + n, frame, filled);
            filled += n;
            at += n;
            if (filled == wanted) {
                whole();
            }
        }
        if (!broken) {
            return 0;
        }
        int bad = filled;
        filled = 0;
        return bad + length - at;
    }

    private void room(int size) {
        if (size > frame.length) {
            frame = Arrays.copyOf(frame, Math.max(size, Math.min(maxKept, frame.length * 2)));
        }
    }

    private void whole() {
        ByteBuffer view = ByteBuffer.wrap(frame, 0, filled);
        if (total == 0) {
            prelude(view);
            return;
        }
        if (crc(filled - EventStream.TRAILER) != view.getInt(filled - EventStream.TRAILER)) {
            broken = true;
            return;
        }
        int payload = EventStream.PRELUDE + view.getInt(4);
        messageType = "";
        type = "";
        for (int at = EventStream.PRELUDE; at >= 0 && at < payload; ) {
            at = header(view, at, payload);
        }
        view.position(payload).limit(filled - EventStream.TRAILER);
        filled = 0;
        total = 0;
        listener.frame(messageType, type, view);
    }

    /** Reads one header; returns the position after it, -1 if it is none. */
    private int header(ByteBuffer view, int at, int end) {
        int nameLength = frame[at] & 0xff;
        if (at + nameLength + 2 > end) {
            return -1;
        }
        byte kind = frame[at + 1 + nameLength];
        if (kind >= 0 && kind < SIZES.length && SIZES[kind] >= 0) {
            return at + 2 + nameLength + SIZES[kind];
        }
        if (at + nameLength + 4 > end || kind != STRING && kind != BYTES) {
            return -1;
        }
        int valueLength = view.getShort(at + 2 + nameLength) & 0xffff;
        int valueAt = at + 4 + nameLength;
        if (valueAt + valueLength > end) {
            return -1;
        }
        if (kind == BYTES) {
            return valueAt + valueLength;
        }
        String value = new String(frame, valueAt, valueLength, StandardCharsets.UTF_8);
        switch (new String(frame, at + 1, nameLength, StandardCharsets.UTF_8)) {
            case ":message-type" -> messageType = value;
            case ":event-type", ":exception-type", ":error-code" -> type = value;
            default -> {}
        }
        return valueAt + valueLength;
    }

    private void prelude(ByteBuffer view) {
        int length = view.getInt(0);
        int headers = view.getInt(4);
        int least = EventStream.PRELUDE + EventStream.TRAILER;
        if (length < least
                || length > MAX_FRAME
                || headers < 0
                || headers > length - least
                || crc(EventStream.PRELUDE - 4) != view.getInt(8)) {
            broken = true;
        } else if (length > maxKept) {
            skip = (long) length - EventStream.PRELUDE;
            filled = 0;
            listener.skipped(length);
        } else {
            total = length;
        }
    }

    private int crc(int length) {
        CRC32 crc = new CRC32();
        crc.update(frame, 0, length);
        return (int) crc.getValue();
    }
}
