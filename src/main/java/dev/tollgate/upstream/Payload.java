package dev.tollgate.upstream;

import dev.tollgate.bedrock.Splice;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** A request body that is sent without being copied: the client's bytes, and few changes of them. */
public final class Payload {

    /** No bytes. */
    public static final Payload EMPTY = of(new byte[0]);

    private final List<Part> parts;
    private final int length;

    /** Bytes from {@code start} to before {@code end} of an array. */
    private record Part(byte[] bytes, int start, int end) {}

    private Payload(List<Part> parts, int length) {
        this.parts = parts;
        this.length = length;
    }

    /** The bytes as they are; the array must not change any more. */
    public static Payload of(byte[] body) {
        return of(body, List.of());
    }

    /** The bytes with changes that do not overlap; of two at one place the first comes first. */
    public static Payload of(byte[] body, List<Splice> changes) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        int length = body.length;
        for (Splice change :
                changes.stream().sorted(Comparator.comparingInt(Splice::start)).toList()) {
            parts.add(new Part(body, at, change.start()));
            parts.add(new Part(change.inserted(), 0, change.inserted().length));
            at = change.end();
            length += change.growth();
        }
        parts.add(new Part(body, at, body.length));
        return new Payload(parts, length);
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    /** All bytes from the start. */
    InputStream open() {
        return new SequenceInputStream(Collections.enumeration(parts.stream()
                .map(part -> new ByteArrayInputStream(part.bytes, part.start, part.end - part.start))
                .toList()));
    }

    /** Views of the bytes in their order, none larger than {@code max}. */
    List<Buffer> slices(int max) {
        List<Buffer> slices = new ArrayList<>();
        parts.forEach(part -> slice(slices, part.bytes, part.start, part.end, max));
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
