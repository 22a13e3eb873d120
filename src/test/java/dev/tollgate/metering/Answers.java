package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/** Builds answers and meters them; apostrophes stand for quotes. */
final class Answers {

    private Answers() {}

    static MultiMap type(String contentType) {
        return MultiMap.caseInsensitiveMultiMap().add("Content-Type", contentType);
    }

    static MultiMap json() {
        return type("application/json");
    }

    static String quoted(String json) {
        return json.replace('\'', '"');
    }

    static Buffer event(String type, String json) {
        return EventStream.event(type, quoted(json).getBytes(StandardCharsets.UTF_8));
    }

    static Buffer chunk(String json) {
        String inner = Base64.getEncoder().encodeToString(quoted(json).getBytes(StandardCharsets.UTF_8));
        return event("chunk", "{'bytes':'" + inner + "','p':'abc'}");
    }

    /** Meters the same however the bytes are split. */
    static Metered meter(Operation operation, MultiMap headers, Buffer bytes) {
        Metered whole = split(operation, headers, bytes, new Random(0), Integer.MAX_VALUE);
        int largest = Math.max(40, bytes.length() / 50);
        for (int seed = 1; seed < 30; seed++) {
            assertEquals(whole, split(operation, headers, bytes, new Random(seed), largest), "seed " + seed);
        }
        return whole;
    }

    private static Metered split(Operation operation, MultiMap headers, Buffer bytes, Random random, int largest) {
        Meter meter = Meter.of(operation, headers);
        for (int at = 0; at < bytes.length(); ) {
            int n = Math.min(bytes.length() - at, largest == Integer.MAX_VALUE ? largest : 1 + random.nextInt(largest));
            meter.accept(bytes.slice(at, at + n));
            at += n;
        }
        return meter.metered();
    }

    static Metered converseStream(Buffer... frames) {
        return meter(Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE), join(frames));
    }

    static Metered invokeStream(Buffer... frames) {
        return meter(Operation.INVOKE_STREAM, type(EventStream.CONTENT_TYPE), join(frames));
    }

    static Metered sse(String text) {
        return meter(Operation.CHAT_COMPLETIONS, type("text/event-stream; charset=utf-8"), Buffer.buffer(quoted(text)));
    }

    private static Buffer join(Buffer... frames) {
        Buffer all = Buffer.buffer();
        for (Buffer frame : frames) {
            all.appendBuffer(frame);
        }
        return all;
    }
}
