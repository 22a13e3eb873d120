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

class EventStreamDecoderTest {

    private static List<String> decode(Buffer bytes, Random random) {
        List<String> frames = new ArrayList<>();
        EventStreamDecoder decoder = new EventStreamDecoder(
                65536,
                (message, type, payload) ->
                        frames.add(message + " " + type + " " + StandardCharsets.UTF_8.decode(payload)));
        for (int at = 0; at < bytes.length(); ) {
            int n = Math.min(bytes.length() - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 400));
            decoder.accept(bytes.slice(at, at + n));
            at += n;
        }
        assertTrue(decoder.atBoundary());
        return frames;
    }

    @Test
    void framesComeOutHoweverTheBytesAreSplit() {
        Buffer bytes = Buffer.buffer();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String payload = "{\"n\":" + i + ",\"p\":\"" + "x".repeat(i * 13) + "\"}";
            bytes.appendBuffer(EventStream.event("chunk", payload.getBytes(StandardCharsets.UTF_8)));
            expected.add("event chunk " + payload);
        }
        bytes.appendBuffer(EventStream.exception("throttlingException", "slow \"down\""));
        expected.add("exception throttlingException {\"message\":\"slow \\\"down\\\"\"}");
        for (int seed = 0; seed < 200; seed++) {
            assertEquals(expected, decode(bytes, new Random(seed)), "seed " + seed);
        }
    }

    @Test
    void aFrameLargerThanTheBoundIsPassedOver() {
        Buffer bytes = EventStream.event("big", new byte[200_000]);
        bytes.appendBuffer(EventStream.event("small", "{}".getBytes(StandardCharsets.UTF_8)));
        assertEquals(List.of("event small {}"), decode(bytes, new Random(1)));
    }

    @Test
    void aWrongChecksumEndsTheDecoding() {
        for (int at : new int[] {0, 5, 9, 20, -1}) {
            Buffer frame = EventStream.event("chunk", "{\"a\":1}".getBytes(StandardCharsets.UTF_8));
            int index = at < 0 ? frame.length() - 1 : at;
            frame.setByte(index, (byte) (frame.getByte(index) ^ 0x11));
            List<String> frames = new ArrayList<>();
            EventStreamDecoder decoder = new EventStreamDecoder(65536, (m, t, p) -> frames.add(t));
            decoder.accept(frame.appendBuffer(Buffer.buffer(new byte[100_000])));
            assertTrue(frames.isEmpty());
            assertTrue(decoder.broken() || !decoder.atBoundary(), "byte " + index);
        }
    }

    @Test
    void randomBytesNeverThrow() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] noise = new byte[random.nextInt(5000)];
            random.nextBytes(noise);
            EventStreamDecoder decoder = new EventStreamDecoder(65536, (m, t, p) -> {});
            decoder.accept(Buffer.buffer(noise));
            assertFalse(decoder.broken() && noise.length < 12);
        }
    }
}
