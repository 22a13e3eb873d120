package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that are written are read again, however they are split and whatever is spoiled. */
class EventStreamTest {

    private record Frame(String messageType, String type, String payload) {}

    /** Collects frames and the sizes of those that were skipped. */
    private static final class Collected implements EventStreamDecoder.Listener {
        final List<Frame> frames = new ArrayList<>();
        final List<Long> skipped = new ArrayList<>();

        @Override
        public void frame(String messageType, String type, ByteBuffer payload) {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            frames.add(new Frame(messageType, type, new String(bytes, StandardCharsets.ISO_8859_1)));
        }

        @Override
        public void skipped(long bytes) {
            skipped.add(bytes);
        }
    }

    private static Buffer event(String type, String payload) {
        return EventStream.event(type, payload.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"a\":\"b\"}", "not json", "\0\1\u00ff"})
    void anEventIsReadAsItWasWritten(String payload) {
        Collected collected = new Collected();
        EventStreamDecoder decoder = new EventStreamDecoder(65536, collected);
        decoder.accept(event("chunk", payload));
        assertEquals(List.of(new Frame("event", "chunk", payload)), collected.frames);
        assertTrue(decoder.atBoundary());
        assertFalse(decoder.broken());
    }

    @ParameterizedTest
    @ValueSource(strings = {"stopping; retry", "a \"quoted\" word", "back\\slash", "ümlaut"})
    void anExceptionIsAJsonMessage(String message) {
        Collected collected = new Collected();
        new EventStreamDecoder(65536, collected).accept(EventStream.exception("modelStreamErrorException", message));
        Frame frame = collected.frames.get(0);
        assertEquals("exception", frame.messageType);
        assertEquals("modelStreamErrorException", frame.type);
        byte[] payload = frame.payload.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(message, new JsonObject(Buffer.buffer(payload)).getString("message"));
    }

    @Test
    void framesAreTheSameHoweverTheyAreSplit() {
        Random random = new Random(6);
        for (int round = 0; round < 500; round++) {
            Buffer all = Buffer.buffer();
            List<Frame> expected = new ArrayList<>();
            for (int n = random.nextInt(6); n > 0; n--) {
                String payload = "x".repeat(random.nextInt(9_000));
                expected.add(new Frame("event", "type" + n, payload));
                all.appendBuffer(event("type" + n, payload));
            }
            Collected collected = new Collected();
            EventStreamDecoder decoder = new EventStreamDecoder(65536, collected);
            for (int at = 0; at < all.length(); ) {
                int end = Math.min(all.length(), at + 1 + random.nextInt(5_000));
                decoder.accept(all.slice(at, end));
                at = end;
            }
            assertEquals(expected, collected.frames);
            assertTrue(decoder.atBoundary());
        }
    }

    @Test
    void betweenFramesIsABoundaryAndNowhereElse() {
        Buffer frame = event("chunk", "{\"a\":1}");
        EventStreamDecoder decoder = new EventStreamDecoder(65536, new Collected());
        assertTrue(decoder.atBoundary());
        for (int i = 0; i < frame.length(); i++) {
            decoder.accept(frame.slice(i, i + 1));
            assertEquals(i == frame.length() - 1, decoder.atBoundary(), "after byte " + i);
        }
    }

    @Test
    void anyFlippedBitEndsTheDecodingOrLeavesTheFrameOut() {
        Buffer good = event("chunk", "{\"a\":1}");
        for (int i = 0; i < good.length() * 8; i++) {
            byte[] bytes = good.getBytes();
            bytes[i / 8] ^= (byte) (1 << i % 8);
            Collected collected = new Collected();
            EventStreamDecoder decoder = new EventStreamDecoder(65536, collected);
            decoder.accept(Buffer.buffer(bytes));
            decoder.accept(good);
            assertTrue(collected.frames.isEmpty(), "bit " + i + ": " + collected.frames);
            assertTrue(decoder.broken() || !decoder.atBoundary(), "bit " + i);
        }
    }

    @Test
    void nothingIsReadBehindABadFrame() {
        byte[] bad = event("chunk", "{}").getBytes();
        bad[bad.length - 1] ^= 1;
        Collected collected = new Collected();
        EventStreamDecoder decoder = new EventStreamDecoder(65536, collected);
        decoder.accept(Buffer.buffer(bad));
        decoder.accept(event("chunk", "{}"));
        assertEquals(List.of(), collected.frames);
        assertTrue(decoder.broken());
    }

    @Test
    void aFrameLargerThanIsKeptIsSkippedAndTheNextIsRead() {
        Collected collected = new Collected();
        EventStreamDecoder decoder = new EventStreamDecoder(1024, collected);
        Buffer large = event("chunk", "x".repeat(5_000));
        decoder.accept(large.slice(0, 2_000));
        assertFalse(decoder.atBoundary());
        decoder.accept(large.slice(2_000, large.length()));
        decoder.accept(event("chunk", "{}"));
        assertEquals(List.of((long) large.length()), collected.skipped);
        assertEquals(List.of(new Frame("event", "chunk", "{}")), collected.frames);
    }

    @Test
    void aFrameOfExactlyTheBoundIsKept() {
        Buffer frame = event("chunk", "x".repeat(900));
        Collected collected = new Collected();
        new EventStreamDecoder(frame.length(), collected).accept(frame);
        assertEquals(1, collected.frames.size());
        Collected smaller = new Collected();
        new EventStreamDecoder(frame.length() - 1, smaller).accept(frame);
        assertEquals(1, smaller.skipped.size());
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(9);
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            Collected collected = new Collected();
            new EventStreamDecoder(1024, collected).accept(Buffer.buffer(bytes));
            assertEquals(List.of(), collected.frames);
        }
    }

    @Test
    void aFrameWithoutHeadersHasNoType() {
        Buffer frame = Buffer.buffer().appendInt(16).appendInt(0);
        frame.appendInt(crc(frame));
        frame.appendInt(crc(frame));
        Collected collected = new Collected();
        new EventStreamDecoder(1024, collected).accept(frame);
        assertEquals(List.of(new Frame("", "", "")), collected.frames);
    }

    private static int crc(Buffer bytes) {
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(bytes.getBytes());
        return (int) crc.getValue();
    }

    @Test
    void theWireFormatIsPinned() {
        byte[] frame = event("x", "{}").getBytes();
        ByteBuffer view = ByteBuffer.wrap(frame);
        assertEquals(frame.length, view.getInt(0));
        java.util.zip.CRC32 prelude = new java.util.zip.CRC32();
        prelude.update(frame, 0, 8);
        assertEquals((int) prelude.getValue(), view.getInt(8));
        assertArrayEquals(
                "{}".getBytes(StandardCharsets.UTF_8),
                java.util.Arrays.copyOfRange(frame, frame.length - 6, frame.length - 4));
    }
}
