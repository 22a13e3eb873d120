package dev.tollgate.upstream;

import dev.tollgate.bedrock.Splice;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;

/** A request body that is sent without being copied: the client's bytes, and at most one change of them. */
public final class Payload {

    /** No bytes. */
    public static final Payload EMPTY = new Payload(new byte[0], new Splice(0, 0, new byte[0]));

    private final byte[] body;
    private final Splice splice;

    private Payload(byte[] body, Splice splice) {
        this.body = body;
        this.splice = splice;
    }

    /** The bytes as they are; the array must not change any more. */
    public static Payload of(byte[] body) {
        return new Payload(body, new Splice(0, 0, new byte[0]));
    }

    /** The bytes with one change; the array must not change any more. */
    public static Payload of(byte[] body, Splice splice) {
        return new Payload(body, splice);
    }

    /** In bytes. */
    public int length() {
        return body.length + splice.growth();
    }

    /** All bytes from the start. */
    InputStream open() {
        InputStream head = new ByteArrayInputStream(body, 0, splice.start());
        InputStream inserted = new ByteArrayInputStream(splice.inserted());
        InputStream tail = new ByteArrayInputStream(body, splice.end(), body.length - splice.end());
        return splice.growth() == 0 && splice.inserted().length == 0
                ? new ByteArrayInputStream(body)
                : new SequenceInputStream(new SequenceInputStream(head, inserted), tail);
    }

    /** Views of the bytes in their order, none larger than {@code max}. */
    List<Buffer> slices(int max) {
        List<Buffer> slices = new ArrayList<>();
        slice(slices, body, 0, splice.start(), max);
        slice(slices, splice.inserted(), 0, splice.inserted().length, max);
        slice(slices, body, splice.end(), body.length, max);
        return slices;
    }

    // The only factory that does not copy.
    @SuppressWarnings("deprecation")
    private static void slice(List<Buffer> out, byte[] bytes, int start, int end, int max) {
        for (int at = start; at < end; at += max) {
            out.add(Buffer.buffer(Unpooled.wrappedBuffer(bytes, at, Math.min(max, end - at))));
        }
    }
}
