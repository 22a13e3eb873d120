package dev.tollgate.metering;

import static dev.tollgate.metering.Answers.json;
import static dev.tollgate.metering.Answers.meter;
import static dev.tollgate.metering.Answers.quoted;
import static dev.tollgate.metering.Answers.type;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingTest {

    private static final byte[] BODY = quoted("{'output':{'message':{'content':[{'text':'" + "gate ".repeat(9000)
                    + "'}]}},'usage':{'inputTokens':5,'outputTokens':6}}")
            .getBytes(StandardCharsets.UTF_8);
    private static final Optional<Usage> USAGE = Optional.of(new Usage(5, 6, 0, 0, 0));

    private interface Coder {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static Buffer encoded(Coder coder, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encoded = coder.over(out)) {
            encoded.write(bytes);
        }
        return Buffer.buffer(out.toByteArray());
    }

    private static Metered metered(String encoding, Buffer bytes) {
        return meter(Operation.CONVERSE, json().add("Content-Encoding", encoding), bytes);
    }

    @Test
    void readsGzip() throws IOException {
        assertEquals(
                USAGE, metered("gzip", encoded(GZIPOutputStream::new, BODY)).usage());
    }

    @Test
    void readsGzipWithEveryHeaderField() throws IOException {
        Buffer plain = encoded(GZIPOutputStream::new, BODY);
        Buffer full = Buffer.buffer(new byte[] {0x1f, (byte) 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 0})
                .appendBytes(new byte[] {3, 0, 1, 2, 3})
                .appendString("name\0comment\0")
                .appendBytes(new byte[] {9, 9})
                .appendBuffer(plain.slice(10, plain.length()));
        assertEquals(USAGE, metered("GZIP", full).usage());
    }

    @Test
    void readsDeflateWithAndWithoutItsHeader() throws IOException {
        assertEquals(
                USAGE,
                metered("deflate", encoded(DeflaterOutputStream::new, BODY)).usage());
        Coder raw = out -> new DeflaterOutputStream(out, new Deflater(Deflater.DEFAULT_COMPRESSION, true));
        assertEquals(USAGE, metered("deflate", encoded(raw, BODY)).usage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "Identity", ""})
    void identityIsNoEncoding(String name) {
        assertEquals(USAGE, metered(name, Buffer.buffer(BODY)).usage());
    }

    @Test
    void anUnknownEncodingCountsItsBytes() {
        Metered metered = metered("br", Buffer.buffer(new byte[500]));
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(500, metered.passed().output());
    }

    @Test
    void bytesThatAreNotWhatTheyClaimAreHarmless() {
        assertEquals(Optional.empty(), metered("gzip", Buffer.buffer(BODY)).usage());
    }

    @Test
    void anEncodedStreamIsReadAndTakesNoFrameOfOurs() throws IOException {
        Buffer frames = Answers.event("contentBlockDelta", "{'delta':{'text':'x'}}")
                .appendBuffer(Answers.event("metadata", "{'usage':{'inputTokens':5,'outputTokens':6}}"))
                .appendBuffer(EventStream.exception("throttlingException", "x"));
        Meter meter = Meter.of(
                Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE).add("Content-Encoding", "gzip"));
        meter.accept(encoded(GZIPOutputStream::new, frames.getBytes()));
        assertEquals(USAGE, meter.metered().usage());
        assertEquals(Optional.of("throttlingException"), meter.exception());
        assertFalse(meter.atFrameBoundary());
    }
}
