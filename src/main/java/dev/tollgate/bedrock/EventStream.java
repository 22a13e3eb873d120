package dev.tollgate.bedrock;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Frames of {@code application/vnd.amazon.eventstream}: 4 bytes total length, 4 bytes headers length, CRC32 of those
 * eight, headers, payload, CRC32 of all before.
 */
public final class EventStream {

    public static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";
    static final int PRELUDE = 12;
    static final int TRAILER = 4;

    private EventStream() {}

    /** An event with a JSON payload. */
    public static Buffer event(String type, byte[] payload) {
        return frame(
                Map.of(":message-type", "event", ":event-type", type, ":content-type", "application/json"), payload);
    }

    /** An exception that ends a stream, such as {@code internalServerException}. */
    public static Buffer exception(String type, String message) {
        byte[] payload = ("{\"message\":\"" + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        return frame(
                Map.of(":message-type", "exception", ":exception-type", type, ":content-type", "application/json"),
                payload);
    }

    private static Buffer frame(Map<String, String> headers, byte[] payload) {
        Buffer block = Buffer.buffer();
        headers.forEach((name, value) -> {
            byte[] n = name.getBytes(StandardCharsets.UTF_8);
            byte[] v = value.getBytes(StandardCharsets.UTF_8);
            block.appendByte((byte) n.length).appendBytes(n).appendByte((byte) 7);
            block.appendUnsignedShort(v.length).appendBytes(v);
        });
        Buffer frame = Buffer.buffer(PRELUDE + block.length() + payload.length + TRAILER);
        frame.appendInt(PRELUDE + block.length() + payload.length + TRAILER).appendInt(block.length());
        frame.appendInt(crc(frame)).appendBuffer(block).appendBytes(payload);
        return frame.appendInt(crc(frame));
    }

    private static int crc(Buffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.getBytes());
        return (int) crc.getValue();
    }
}
