package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameMutationTest {

    private static final int MAX_KEPT = 4096;

    private static List<String> decode(Buffer bytes, Random random) {
        List<String> frames = new ArrayList<>();
        EventStreamDecoder decoder = new EventStreamDecoder(MAX_KEPT, (message, type, payload) -> {
            byte[] copy = new byte[payload.remaining()];
            payload.get(copy);
            frames.add(message + ' ' + type + ' ' + new String(copy, StandardCharsets.UTF_8));
        });
        for (int at = 0; at < bytes.length(); ) {
            int n = Math.min(bytes.length() - at, 1 + random.nextInt(200));
            decoder.accept(bytes.slice(at, at + n));
            at += n;
        }
        return frames;
    }

    private static Buffer stream(Random random, List<String> expected) {
        Buffer bytes = Buffer.buffer();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            String payload = "{\"p\":\"" + "y".repeat(random.nextInt(MAX_KEPT + 500)) + "\"}";
            Buffer frame = EventStream.event("chunk", payload.getBytes(StandardCharsets.UTF_8));
            if (frame.length() <= MAX_KEPT) {
                expected.add("event chunk " + payload);
            }
            bytes.appendBuffer(frame);
        }
        return bytes;
    }

    /** A changed byte ends the decoding, so that a frame that comes out is a frame that was sent, in its order. */
    @Test
    void aChangedByteNeverMakesAnotherFrame() {
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            List<String> expected = new ArrayList<>();
            Buffer bytes = stream(random, expected);
            assertEquals(expected, decode(bytes, random), "seed " + seed);
            int at = random.nextInt(bytes.length());
            bytes.setByte(at, (byte) (bytes.getByte(at) ^ (1 << random.nextInt(8))));
            List<String> frames = decode(bytes, random);
            assertTrue(frames.size() <= expected.size(), "seed " + seed);
            // A skipped frame's bytes are not kept, so its change is not seen; a kept one's is.
            for (String frame : frames) {
                assertTrue(expected.contains(frame), "seed " + seed);
            }
        }
    }

    @Test
    void aFrameThatClaimsMoreThanAFrameCanHoldBreaksTheStream() {
        for (int length : new int[] {0, 1, 15, -1, Integer.MAX_VALUE, 26 * 1024 * 1024}) {
            Buffer frame = EventStream.event("chunk", new byte[10]);
            frame.setInt(0, length);
            EventStreamDecoder decoder = new EventStreamDecoder(MAX_KEPT, (m, t, p) -> {
                throw new AssertionError("no frame");
            });
            decoder.accept(frame);
            assertTrue(decoder.broken(), "length " + length);
            assertFalse(decoder.atBoundary() && frame.length() == 0);
        }
    }
}
