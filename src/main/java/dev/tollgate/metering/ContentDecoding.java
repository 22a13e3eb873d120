package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Decodes a compressed answer for its meter, in bounded memory; the bytes that pass stay compressed. */
final class ContentDecoding implements Meter {

    private static final int ZLIB_METHOD = 8;

    private final Meter body;
    private final byte[] decoded = new byte[8192];
    private final @Nullable GzipHeader header;
    private @Nullable Inflater inflater;
    private boolean done;

    /** @param gzip true for gzip; false for deflate, with or without its zlib header */
    ContentDecoding(Meter body, boolean gzip) {
        this.body = body;
        this.header = gzip ? new GzipHeader() : null;
    }

    @Override
    public void accept(Buffer bytes) {
        byte[] chunk = bytes.getBytes();
        int at = header == null ? 0 : header.skip(chunk);
        if (done || at >= chunk.length) {
            return;
        }
        if (inflater == null) {
            boolean raw = header != null || (chunk[at] & 0x0f) != ZLIB_METHOD;
            inflater = new Inflater(raw);
        }
        inflater.setInput(chunk, at, chunk.length - at);
        inflate(inflater);
    }

    private void inflate(Inflater from) {
        try {
            for (int n = from.inflate(decoded); n > 0; n = from.inflate(decoded)) {
                body.accept(Buffer.buffer(Arrays.copyOf(decoded, n)));
            }
            done = from.finished();
        } catch (DataFormatException e) {
            // Nothing more can be read; what was read so far counts.
            done = true;
        }
        if (done) {
            from.end();
        }
    }

    @Override
    public boolean refused() {
        return body.refused();
    }

    @Override
    public Metered metered() {
        return body.metered();
    }

    @Override
    public Optional<String> exception() {
        return body.exception();
    }

    @Override
    public boolean produced() {
        return body.produced();
    }

    /** No frame can follow, because it would have to be compressed. */
    @Override
    public boolean atFrameBoundary() {
        return false;
    }
}
